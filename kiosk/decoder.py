"""From a gray picture to the codes in it, spending time only where it pays.

zxing-cpp looks first. When it finds nothing, a live frame gets one retry, the next of a ring:
half as large again, the same sharpened, twice as large, and pyzbar as the second opinion. A
scene that stands still gets none once the ring has gone round. docs/benchmarks.md has what
each step brings and costs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eventdesk.errors import DecoderError
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.readers import (
    Library,
    Reader,
    Reading,
    available_decoders,
    outline_of,
    zbar_reader,
    zxing_reader,
)

__all__ = ["Decoder", "Library", "Reading", "available_decoders"]

_LARGE_PX = 4_000_000
"""A picture of so many pixels has enough of them a module: it is not enlarged."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to look at a picture: prepare it, read it, and scale what was found back."""

    read: Reader
    scale: float = 1.0
    prepare: Callable[[Image, float], Image] | None = None

    def __call__(self, gray: Image) -> list[Reading]:
        if self.prepare is None:
            return self.read(gray)
        if self.scale > 1 and gray.size > _LARGE_PX:
            return []
        return [
            _scaled(reading, self.scale) for reading in self.read(self.prepare(gray, self.scale))
        ]


class Decoder:
    """Reads the QR codes of one source, frame after frame. For one thread at a time.

    Raises:
        DecoderError: Neither zxing-cpp nor pyzbar can be loaded.
    """

    def __init__(self) -> None:
        self._first, self._retries = _cascade()
        self._scene = _Scene()
        self._next = self._left = 0  # Of the ring; retries this scene may still get.

    def decode(self, gray: Image, *, patient: bool = False) -> list[Reading]:
        """Find the codes in a picture.

        Args:
            gray: uint8 (height, width).
            patient: Try all steps until one finds something, for pictures that come only once.
                Otherwise at most one retry, because the next frame is on its way.

        Returns:
            All codes the first successful step found, in no order; empty ones left out.
        """
        changed = self._scene.changed(gray)
        readings = self._first(gray)
        if readings or not self._retries:
            return readings
        if patient:
            return next(filter(None, (retry(gray) for retry in self._retries)), [])
        return self._retry(gray, changed)

    def _retry(self, gray: Image, changed: bool) -> list[Reading]:
        if changed:
            self._left = len(self._retries)
        if not self._left:
            return []
        self._left -= 1
        self._next = (self._next + 1) % len(self._retries)
        return self._retries[self._next](gray)


class _Scene:
    """Notices when the picture changes, by a few hundred averaged blocks of it.

    Compared with the picture at the last change, not with the last frame, so that slow
    movement counts too.
    """

    _BLOCKS = (32, 18)
    _LEVELS = 4
    """Sensor noise averages out to about half a level a block; a ticket moves one by 20."""

    def __init__(self) -> None:
        self._blocks: np.ndarray[tuple[int, ...], np.dtype[np.int16]] | None = None

    def changed(self, gray: Image) -> bool:
        sampled = np.ascontiguousarray(gray[::4, ::4])
        blocks = cv2.resize(sampled, self._BLOCKS, interpolation=cv2.INTER_AREA).astype(np.int16)
        if self._blocks is not None and np.abs(blocks - self._blocks).max() <= self._LEVELS:
            return False
        self._blocks = blocks
        return True


def _cascade() -> tuple[_Step, tuple[_Step, ...]]:
    zxing, fast, zbar = zxing_reader(), zxing_reader(fast=True), zbar_reader()
    second_opinion = () if zbar is None else (_Step(zbar),)
    if zxing is not None and fast is not None:
        enlarged = (
            _Step(fast, 1.5, _enlarge),
            _Step(zxing, 1.5, _sharpen),
            _Step(fast, 2, _enlarge),
        )
        return _Step(zxing), enlarged + second_opinion
    if zbar is not None:
        return _Step(zbar), ()
    raise DecoderError(
        "No library that reads QR codes can be loaded.",
        hint="Install one with: pip install zxing-cpp",
    )


def _enlarge(gray: Image, scale: float) -> Image:
    larger = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return as_image(larger)


def _sharpen(gray: Image, scale: float) -> Image:
    larger = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(larger, (0, 0), 2)
    return as_image(cv2.addWeighted(larger, 2.5, soft, -1.5, 0))


def _scaled(reading: Reading, scale: float) -> Reading:
    return Reading(reading.text, outline_of([(x / scale, y / scale) for x, y in reading.outline]))
