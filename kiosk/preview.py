"""The live picture for a screen made of characters: small, mirrored, a few times a second."""

import time

import numpy as np

from kiosk.frames import Image
from kiosk.opencv import cv2
from kiosk.readers import Reading, outline_of
from kiosk.sightings import Outline, Preview

WIDTH_PX = 160
FRAMES_A_SECOND = 12
OUTLINE_S = 0.3
"""How long an outline stays after its code was last read, so that it does not flicker."""


class Previewer:
    """Makes previews out of frames; one thread shows, any thread may look."""

    def __init__(self) -> None:
        self.preview: Preview | None = None
        self._due_at_s = 0.0
        self._readings: list[Reading] = []
        self._read_at_s = 0.0

    def show(self, image: Image, readings: list[Reading]) -> None:
        """Take a frame (height, width, 3) and its codes; most calls only note them."""
        now_s = time.monotonic()
        if readings or now_s - self._read_at_s > OUTLINE_S:
            self._readings, self._read_at_s = readings, now_s
        if now_s < self._due_at_s:
            return
        self._due_at_s = now_s + 1 / FRAMES_A_SECOND
        scale = min(WIDTH_PX / image.shape[1], 1.0)
        outlines = tuple(_mirrored(each.outline, image.shape[1], scale) for each in self._readings)
        self.preview = Preview(_small(image, scale), outlines)

    def clear(self) -> None:
        """Show nothing any more: the camera is lost."""
        self.preview = None
        self._readings = []


def _small(image: Image, scale: float) -> Image:
    height, width = image.shape[:2]
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    # Averaging every pixel of a large frame would take 2 ms; sixteen for each of ours are enough.
    sampled = min(size[0] * 4, width), min(size[1] * 4, height)
    coarse = cv2.resize(image, sampled, interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(coarse, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, ::-1, ::-1], dtype=np.uint8)


def _mirrored(outline: Outline, width: int, scale: float) -> Outline:
    return outline_of([((width - x) * scale, y * scale) for x, y in outline])
