"""How often and how fast each decoder reads generated frames, ours among them.

    python -m bench.decoding [--quick]

All decoders see the same frames in turn, in one run and one thread; times are the thread's
processor time, so other programs disturb the figures little.
"""

import argparse
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from bench.table import at_least, at_most, print_table, shown
from kiosk.decoder import Decoder
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.preview import Previewer
from kiosk.readers import Reader, Reading, zbar_reader, zxing_reader
from kiosk.scenes.conditions import CONDITIONS, HARD, PLAIN, Condition, typical
from kiosk.scenes.stills import render_frame

SIZES = {"480p": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
TICKET, SIGNED = 61, 122
"""Characters of a ticket's token, and of one that would be signed with Ed25519."""

Texts: TypeAlias = set[str]
Contestant: TypeAlias = Callable[[Image], Texts]


def contestants() -> dict[str, Contestant]:
    """Return each decoder; ours as for live frames and as for single pictures."""
    zxing, zbar = zxing_reader(), zbar_reader()
    opencv = cv2.QRCodeDetector()

    def by_opencv(gray: Image) -> Texts:
        try:
            _, texts, _, _ = opencv.detectAndDecodeMulti(gray)
        except cv2.error:  # It trips over some frames; that counts as not read.
            return set()
        return set(filter(None, texts))

    return {
        "zxing-cpp": by(zxing),
        "pyzbar": by(zbar),
        "cv2.QRCodeDetector": by_opencv,
        "ours, 4 frames": by(live),
        "ours, patient": by(partial(Decoder().decode, patient=True)),
    }


def by(read: Reader | None) -> Contestant:
    """Reduce readings to their texts; a library that is missing reads nothing."""
    return lambda gray: {reading.text for reading in read(gray)} if read else set()


def live(gray: Image) -> list[Reading]:
    """Show the frame four times, as long as the ring takes; a real hand gives better chances."""
    decoder = Decoder()
    looks = (decoder.decode(gray) for _ in range(4))
    return next(filter(None, looks), [])


def token(number: int, length: int = TICKET) -> str:
    """Return made-up text of a token's length and alphabet."""
    letters = np.random.default_rng(number).choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), length)
    return "".join(letters)


def gray_frame(
    tokens: Sequence[str], condition: Condition, size: tuple[int, int], seed: int
) -> Image:
    image = render_frame(tokens, condition, size, seed)
    return as_image(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def cpu_ms(call: Callable[[Image], object], gray: Image) -> float:
    began_s = time.thread_time()
    call(gray)
    return (time.thread_time() - began_s) * 1_000


def rates(frames: int) -> list[tuple[str, str, str, str]]:
    """Print how often each decoder reads which condition; return ours against the goals."""
    named = contestants()
    rows, misread = [], 0
    for condition in (*CONDITIONS, HARD):
        read = dict.fromkeys(named, 0)
        for seed in range(frames):
            text = token(seed)
            gray = gray_frame([text], condition, SIZES["720p"], seed)
            for name, texts in ((name, decode(gray)) for name, decode in named.items()):
                read[name] += text in texts
                misread += len(texts - {text})
        rows.append([condition.name, *(f"{count / frames:.0%}" for count in read.values())])
    print_table(f"Read, of {frames} frames at 720p", ["condition", *named], rows)
    goals, more_misread = typical_rates(named, frames)
    return [*goals, ("misread texts", *at_most(misread + more_misread, 0, "of all"))]


def typical_rates(
    named: dict[str, Contestant], frames: int
) -> tuple[list[tuple[str, str, str, str]], int]:
    rows, goals, misread = [], [], 0
    for (label, length), share in itertools.product(
        (("61 characters", TICKET), ("122 characters", SIGNED)), (0.12, 0.16, 0.2, 0.25, 0.35, 0.5)
    ):
        read = dict.fromkeys(named, 0)
        for seed in range(frames):
            text, rng = token(seed, length), np.random.default_rng(seed)
            gray = gray_frame([text], typical(share, rng), SIZES["720p"], seed)
            for name, texts in ((name, decode(gray)) for name, decode in named.items()):
                read[name] += text in texts
                misread += len(texts - {text})
        rows.append([label, f"{share:.0%}", *(f"{n / frames:.0%}" for n in read.values())])
        if share >= 0.2:
            ours = read["ours, 4 frames"] / frames * 100
            goals.append((f"{label} at {share:.0%} of the height", *at_least(ours, 97, "%")))
    head = ["token", "share of the height", *named]
    print_table(f"Read in ordinary mixed conditions, of {frames} frames at 720p", head, rows)
    return goals, misread


def speeds(frames: int) -> None:
    """Print the processor time a frame by size and number of codes."""
    named = {name: decode for name, decode in contestants().items() if name != "ours, 4 frames"}
    rows = []
    for (size_name, size), codes in itertools.product(SIZES.items(), (0, 1, 3)):
        times_ms: dict[str, list[float]] = defaultdict(list)
        found: dict[str, int] = defaultdict(int)
        timed = {**named, "ours, live": by(Decoder().decode)}
        for seed in range(frames):
            texts = {token(seed * 3 + index) for index in range(codes)}
            gray = gray_frame(sorted(texts), PLAIN, size, seed)
            for name, decode in timed.items():
                began_s = time.thread_time()
                read = decode(gray)
                times_ms[name].append((time.thread_time() - began_s) * 1_000)
                found[name] += len(read & texts)
        cells = [speed(times_ms[name], found[name], frames * codes) for name in timed]
        rows.append([size_name, codes, *cells])
    head = ["frame", "codes", *named, "ours, live"]
    print_table("Processor time, ms a frame: median / 95 % (found)", head, rows)


def speed(times_ms: list[float], found: int, shown_codes: int) -> str:
    p50_ms, p95_ms = np.percentile(times_ms, (50, 95))
    share = f" ({found / shown_codes:.0%})" if shown_codes else ""
    return f"{shown(float(p50_ms))} / {shown(float(p95_ms))}{share}"


def budget(frames: int) -> list[tuple[str, str, str, str]]:
    """Return what the live decoder costs a 720p frame, against the goals."""
    size = SIZES["720p"]
    held, changing, still = Decoder(), Decoder(), Decoder()
    one = [cpu_ms(held.decode, gray_frame([token(n)], PLAIN, size, n)) for n in range(frames)]
    empty = [cpu_ms(changing.decode, gray_frame([], PLAIN, size, n)) for n in range(frames)]
    room = [gray_frame([], PLAIN, size, 0)] * (frames + 4)
    standing = [cpu_ms(still.decode, gray) for gray in room][4:]
    hostile = [cpu_ms(Decoder().decode, gray) for gray in hostile_frames() for _ in range(3)]
    beyond_ms = cpu_ms(Decoder().decode, finders(1))
    picture = render_frame([], PLAIN, size)
    to_gray = [cpu_ms(lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), picture) for _ in room]
    preview = [cpu_ms(lambda bgr: Previewer().show(bgr, []), picture) for _ in room]
    return [
        ("a frame with a code, median", *at_most(float(np.median(one)), 3, "ms")),
        ("an empty frame of a moving scene, median", *at_most(float(np.median(empty)), 8, "ms")),
        ("an empty frame standing still, median", *at_most(float(np.median(standing)), 3, "ms")),
        ("the worst hostile frame", *at_most(max(hostile), 150, "ms")),
        (
            "a wall of finders one pixel a module",
            f"{shown(beyond_ms)} ms",
            "none",
            "no lens shows it",
        ),
        ("colour to gray, median", *at_most(float(np.median(to_gray)), 1, "ms")),
        ("a preview, median", *at_most(float(np.median(preview)), 1, "ms")),
    ]


def hostile_frames() -> list[Image]:
    """Return frames made to keep a decoder busy: noise, modules, walls of finder patterns."""
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 256, (720, 1280)).astype(np.uint8)
    modules = [
        np.kron(rng.integers(0, 2, (720 // px, 1280 // px)), np.full((px, px), 255))
        for px in (2, 3, 4, 8)
    ]
    return [noise, *(each.astype(np.uint8) for each in modules), *map(finders, (2, 3, 4, 6, 9))]


def finders(module_px: int) -> Image:
    """Return a wall of finder patterns, as dense as they go."""
    finder = np.zeros((7, 7), np.uint8)
    finder[1:6, 1:6], finder[2:5, 2:5] = 255, 0
    tile = np.pad(finder, ((0, 1), (0, 1)), constant_values=255)
    wall = np.kron(np.tile(tile, (90, 160)), np.ones((module_px, module_px), np.uint8))
    return np.ascontiguousarray(wall[:720, :1280].astype(np.uint8))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few frames; rough figures")
    frames = 4 if parser.parse_args().quick else 24
    print("## Decoding")
    reached = rates(frames)
    speeds(frames)
    goals = [*reached, *budget(frames)]
    print_table("Goals of decoding", ["what", "figure", "goal", ""], goals)


if __name__ == "__main__":
    main()
