"""The camera: a picture, its focus and its light."""

import threading
import time
from collections.abc import Iterator

from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop

CAMERA_S = 5.0
"""How long the doctor waits for a picture."""

SETTLE_S = 1.0
"""Longest time a camera gets to find its light and focus."""

LOOKED_AT = 12
"""Pictures after which it had time enough."""


def look(patient: Patient) -> Iterator[Finding]:
    """Take some pictures and judge the best of them."""
    from kiosk.frames import Frame
    from kiosk.picture_quality import Quality, quality_of
    from kiosk.sources import open_source

    name, enough = patient.settings.camera, threading.Event()
    timer = threading.Timer(CAMERA_S, enough.set)
    timer.start()
    best: Quality | None = None
    size, began_s, seen = (0, 0), 0.0, 0
    try:
        for frame in open_source(name).frames(enough):
            if not isinstance(frame, Frame):
                continue
            began_s = began_s or time.monotonic()
            quality, size, seen = quality_of(frame.image), frame.size, seen + 1
            if best is None or quality.focus > best.focus:
                best = quality
            if seen >= LOOKED_AT or time.monotonic() - began_s > SETTLE_S:
                break
    finally:
        timer.cancel()
        enough.set()
    if best is None:
        yield stop("camera", f"{name} gives no picture", "Check its cable, or name another one.")
        return
    shown = f"{name}: {size[0]}×{size[1]}"
    measured = (
        f"focus {best.focus:.0f}, light {best.light:.0f} of 255, contrast {best.contrast:.0f}"
    )
    for fault, advice in best.faults:
        yield care("camera", f"{shown} is {fault} ({measured})", advice)
    if size[1] < 480:
        yield care("camera", f"{shown} is a small picture", "Choose a mode of 1280×720 or more.")
    if not best.faults:
        yield good("camera", f"{shown}, {measured}")
