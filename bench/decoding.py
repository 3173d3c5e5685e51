"""How often and how fast each decoder reads generated frames, ours among them.

    python -m bench.decoding [--quick]

All decoders see the same frames in turn, in one run and one thread; times are the thread's
processor time, so other programs disturb the figures little.
"""

import argparse
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from bench.table import at_least, at_most, print_table, shown
from eventdesk.exercises.scenes.conditions import CONDITIONS, HARD, PLAIN, ROUGH, Condition, typical
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.decoder import Decoder, Scene
from kiosk.frames import Image, as_image
from kiosk.looks import Look, looks, sharpened
from kiosk.opencv import cv2
from kiosk.preview import Previewer
from kiosk.readers import Reader, Reading, tapir_reader, zbar_reader, zxing_reader

SIZES = {"480p": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
HOSTILE = {**SIZES, "4K": (3840, 2160), "8K": (7680, 4320)}
LIVE, PATIENT = "ours, live", "ours, patient"
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
        "tapirscan": by(tapir_reader("medium")),
        "cv2.QRCodeDetector": by_opencv,
        "former, live": by(partial(live, Former)),
        "former, patient": by(Former().decode_patiently),
        LIVE: by(partial(live, Decoder)),
        PATIENT: by(partial(Decoder().decode, patient=True)),
    }


class Former:
    """Our decoder as it was before glare, damage and shade were measured: the floor."""

    def __init__(self) -> None:
        zxing, fast, zbar = zxing_reader(), zxing_reader(fast=True), zbar_reader()
        if zxing is None or fast is None or zbar is None:
            raise SystemExit("The benchmark of the decoders needs zxing-cpp and pyzbar.")
        most_px = 4_000_000
        self._first, self._last, self._turn = Look(zxing), Look(zbar), 0
        self._scene = Scene()
        self._ring = (
            Look(fast, scale=1.5, most_px=most_px),
            Look(zxing, sharpened, scale=1.5, most_px=most_px),
            Look(fast, scale=2, most_px=most_px),
            Look(zbar, scale=0.5),
        )

    def decode(self, gray: Image) -> list[Reading]:
        """Look once, and once more if that read nothing."""
        self._scene.changed(gray)
        self._turn += 1
        return self._first(gray) or self._ring[self._turn % len(self._ring)](gray)

    def decode_patiently(self, gray: Image) -> list[Reading]:
        """Look until something is read."""
        every = (self._first, *self._ring, self._last)
        return next(filter(None, (look(gray) for look in every)), [])


def by(read: Reader | None) -> Contestant:
    """Reduce readings to their texts; a library that is missing reads nothing."""
    return lambda gray: {reading.text for reading in read(gray)} if read else set()


def live(make: Callable[[], Decoder | Former], gray: Image) -> list[Reading]:
    """Show the frame as often as the ring has looks; a real hand gives better chances."""
    decoder = make()
    readings = (decoder.decode(gray) for _ in looks().ring)
    return next(filter(None, readings), [])


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
    rough = dict.fromkeys(named, 0)
    for condition in (*CONDITIONS, HARD, *ROUGH):
        read = dict.fromkeys(named, 0)
        for seed in range(frames):
            text = token(seed)
            gray = gray_frame([text], condition, SIZES["720p"], seed)
            for name, texts in ((name, decode(gray)) for name, decode in named.items()):
                read[name] += text in texts
                misread += len(texts - {text})
        rows.append([condition.name, *(f"{count / frames:.0%}" for count in read.values())])
        if condition in ROUGH:
            rough = {name: rough[name] + count for name, count in read.items()}
    print_table(f"Read, of {frames} frames at 720p", ["condition", *named], rows)
    goals, more_misread = typical_rates(named, frames)
    best = max(rough[name] for name in ("zxing-cpp", "pyzbar", "cv2.QRCodeDetector"))
    return [
        *goals,
        ("misread texts", *at_most(misread + more_misread, 0, "of all")),
        ("rough frames, patient, to the former looks", *times(rough, PATIENT, "former, patient")),
        ("rough frames, live, to the former looks", *times(rough, LIVE, "former, live")),
        ("rough frames, patient", *at_least(rough[PATIENT], best, f"of {len(ROUGH) * frames}")),
    ]


def times(read: dict[str, int], ours: str, floor: str) -> tuple[str, str, str]:
    """Return how many times as many frames we read as the floor does, which is at least 1."""
    return at_least(read[ours] / max(read[floor], 1), 1, "times")


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
            ours = read[LIVE] / frames * 100
            goals.append((f"{label} at {share:.0%} of the height", *at_least(ours, 97, "%")))
    head = ["token", "share of the height", *named]
    print_table(f"Read in ordinary mixed conditions, of {frames} frames at 720p", head, rows)
    return goals, misread


def speeds(frames: int) -> None:
    """Print the processor time a frame by size and number of codes."""
    named = {name: read for name, read in contestants().items() if not name.endswith("live")}
    rows = []
    for (size_name, size), codes in itertools.product(SIZES.items(), (0, 1, 3)):
        times_ms: dict[str, list[float]] = defaultdict(list)
        found: dict[str, int] = defaultdict(int)
        timed = {**named, "former, live": by(Former().decode), LIVE: by(Decoder().decode)}
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
    head = ["frame", "codes", *named, "former, live", LIVE]
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
    once_round = len(looks().ring)
    room = [gray_frame([], PLAIN, size, 0)] * (frames + once_round)
    standing = [cpu_ms(still.decode, gray) for gray in room][once_round:]
    hostile = [
        (f"the worst hostile {name} frame", *at_most(worst_ms(each), longest_ms(each), "ms"))
        for name, each in HOSTILE.items()
    ]
    picture = render_frame([], PLAIN, size)
    to_gray = [cpu_ms(lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), picture) for _ in room]
    preview = [cpu_ms(lambda bgr: Previewer().show(bgr, []), picture) for _ in room]
    return [
        ("a frame with a code, median", *at_most(float(np.median(one)), 3, "ms")),
        ("an empty frame of a moving scene, median", *at_most(float(np.median(empty)), 8, "ms")),
        ("an empty frame standing still, median", *at_most(float(np.median(standing)), 3, "ms")),
        ("a frame, median, to the former looks", *at_most(to_former(frames), 1.2, "times")),
        *hostile,
        ("colour to gray, median", *at_most(float(np.median(to_gray)), 1, "ms")),
        ("a preview, median", *at_most(float(np.median(preview)), 1, "ms")),
    ]


def to_former(frames: int) -> float:
    """Return the median time of frames of every condition, shown in turns, to the former looks."""
    readers = Decoder().decode, Former().decode
    times_ms: tuple[list[float], list[float]] = [], []
    shown_frames = itertools.product(range(frames), (PLAIN, HARD, *CONDITIONS, *ROUGH))
    for number, (seed, condition) in enumerate(shown_frames):
        gray = gray_frame([token(seed)], condition, SIZES["720p"], seed)
        for one in (number % 2, 1 - number % 2):  # Who looks second finds the frame in the cache.
            times_ms[one].append(cpu_ms(readers[one], gray))
    ours_ms, former_ms = times_ms
    return float(np.median(ours_ms) / np.median(former_ms))


def longest_ms(size: tuple[int, int]) -> float:
    """Return how long a live frame of a size may take; the largest has to be shrunk first."""
    return 150 if size <= HOSTILE["4K"] else 400


def worst_ms(size: tuple[int, int]) -> float:
    """Return the most that a live frame of a size costs that is made to keep a decoder busy.

    Each frame is shown until every look of the ring has had it.
    """
    worst = 0.0
    for gray in hostile_frames(size):
        decoder = Decoder()
        decoder.decode(np.zeros((360, 640), np.uint8))  # What is usual is measured once a source.
        times_ms = [cpu_ms(decoder.decode, gray) for _ in range(len(looks().ring) + 1)]
        worst = max(worst, *times_ms)
    return worst


def hostile_frames(size: tuple[int, int]) -> Iterator[Image]:
    """Yield noise, modules, and walls of finder patterns from less than a pixel a module up."""
    width, height = size
    rng = np.random.default_rng(5)
    yield rng.integers(0, 256, (height, width)).astype(np.uint8)
    for px in (2, 3, 4, 8):
        modules = rng.integers(0, 2, (height // px, width // px)).astype(np.uint8)
        yield cv2.resize(modules * 255, size, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    for module_px in (0.75, 0.875, 1, 1.125, 1.25, 1.5, 1.75, 2, 2.625, 3, 4, 5.25, 6, 9, 12, 18):
        yield finders(module_px, size)


def finders(module_px: float, size: tuple[int, int]) -> Image:
    """Return a wall of finder patterns, as dense as they go, of modules of some eighths of a pixel.

    A module that is no whole number of pixels has gray ones between.
    """
    finder = np.zeros((7, 7), np.uint8)
    finder[1:6, 1:6], finder[2:5, 2:5] = 255, 0
    tile = np.pad(finder, ((0, 1), (0, 1)), constant_values=255)
    side = round(len(tile) * module_px)
    fine = np.kron(tile, np.ones((side, side), np.uint8))
    once = cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)
    width, height = size
    wall = np.tile(once, (height // side + 1, width // side + 1))
    return as_image(np.ascontiguousarray(wall[:height, :width]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few frames; rough figures")
    frames = 4 if parser.parse_args().quick else 12
    print("## Decoding")
    reached = rates(frames)
    speeds(frames)
    goals = [*reached, *budget(frames)]
    print_table("Goals of decoding", ["what", "figure", "goal", ""], goals)


if __name__ == "__main__":
    main()
