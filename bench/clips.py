"""How long from "the code is wholly in the picture" until it is read, on generated clips.

    python -m bench.clips [--quick]

Simulates a camera of 30 frames a second of which only the newest frame is looked at: each look
costs its measured processor time and 5 ms to grab the frame; frames that pass meanwhile are
missed. The ticket is still moving and the lens still settling when it comes into view, so most
of the time is spent waiting for a sharp frame, not computing.
"""

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import numpy as np

from bench.decoding import token
from bench.table import at_least, at_most, print_table, shown
from eventdesk.exercises.scenes.clips import Presentation, clip_frames
from eventdesk.exercises.scenes.conditions import HARD, Condition, typical
from kiosk.decoder import Decoder
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.readers import zbar_reader, zxing_reader

FPS = 30
GRAB_S = 0.005
FLOOR = "floor: all our steps on every frame, in no time"


def camera(condition: Condition, seed: int) -> tuple[list[Image], int]:
    """Return the gray frames of one presentation, and which is the first wholly in view."""
    rng = np.random.default_rng(seed)
    arrive_s = float(rng.uniform(0.35, 0.8))
    showing = Presentation(
        token(seed), condition, empty_s=0.3, arrive_s=arrive_s, hold_s=1.3, leave_s=0
    )
    frames = list(clip_frames([showing], fps=FPS, seed=seed))
    quality = [cv2.IMWRITE_JPEG_QUALITY, condition.jpeg]
    grays = []
    for frame in frames:
        packed = cv2.imencode(".jpg", frame.image, quality)[1]
        grays.append(as_image(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)))
    return grays, next(frame.number for frame in frames if frame.in_view)


def wait_ms(
    look: Callable[[Image], object], frames: list[Image], in_view_from: int, *, slow: float = 1.0
) -> float:
    """Return the time until the code was read, infinite when it never was.

    Args:
        look: Reads a frame.
        frames: What the camera sends.
        in_view_from: The first frame with the code wholly in it.
        slow: Factor on the processor time; 0 for a computer that needs none.
    """
    free_s = 0.0
    for number, gray in enumerate(frames):
        if number / FPS < free_s:
            continue
        began_s = time.thread_time()
        found = look(gray)
        free_s = number / FPS + GRAB_S + (time.thread_time() - began_s) * slow
        if found and number >= in_view_from:
            return (free_s - in_view_from / FPS) * 1_000
    return math.inf


def waits(clips: int, *, hard: bool) -> dict[str, list[float]]:
    """Play the clips to each decoder."""
    waits_ms: dict[str, list[float]] = defaultdict(list)
    for seed in range(clips):
        rng = np.random.default_rng(seed)
        condition = HARD if hard else typical(float(rng.uniform(0.2, 0.45)), rng)
        frames, in_view_from = camera(condition, seed)
        looks = {"zxing-cpp": zxing_reader(), "pyzbar": zbar_reader(), "ours": Decoder().decode}
        for name, look in looks.items():
            if look is not None:
                waits_ms[name].append(wait_ms(look, frames, in_view_from))
        every_step = partial(Decoder().decode, patient=True)
        waits_ms[FLOOR].append(wait_ms(every_step, frames, in_view_from, slow=0))
    return waits_ms


def percentile(waits_ms: list[float], percent: int) -> float:
    """Return a percentile that may be infinite, which interpolation would spoil."""
    return float(np.percentile(waits_ms, percent, method="inverted_cdf"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few clips; rough figures")
    quick = parser.parse_args().quick
    normal, hard = waits(6 if quick else 40, hard=False), waits(4 if quick else 20, hard=True)
    print("## From wholly in the picture to read")
    rows = []
    for kind, by_name in (("normal", normal), ("hard", hard)):
        for name, waits_ms in by_name.items():
            read = sum(map(math.isfinite, waits_ms)) / len(waits_ms)
            times = (shown(percentile(waits_ms, percent)) for percent in (50, 90, 95))
            rows.append([f"{kind}, {len(waits_ms)} clips", name, f"{read:.0%}", *times])
    print_table("Milliseconds", ["clips", "decoder", "read", "median", "90 %", "95 %"], rows)
    ours, ours_hard = normal["ours"], hard["ours"]
    done = sum(map(math.isfinite, ours_hard)) / len(ours_hard) * 100
    goals = [
        ("normal clips, median", *at_most(percentile(ours, 50), 120, "ms")),
        ("normal clips, 95 %", *at_most(percentile(ours, 95), 250, "ms")),
        ("hard clips read", *at_least(done, 100, "%")),
        ("hard clips, 95 %", *at_most(percentile(ours_hard, 95), 450, "ms")),
    ]
    print_table("Goals of the way to the verdict", ["what", "figure", "goal", ""], goals)


if __name__ == "__main__":
    main()
