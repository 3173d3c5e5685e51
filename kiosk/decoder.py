"""From a gray picture to the codes in it, spending time only where it pays.

zxing-cpp looks first. When it finds nothing, a live frame gets one retry, the next of a ring:
half as large again, the same sharpened, twice as large, and pyzbar as the second opinion. A
scene that stands still gets none once the ring has gone round, and a picture that already cost
far more than usual, such as a wall of finder patterns, gets none either. docs/benchmarks.md has
what each step brings and costs.
"""

import time
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

_COSTLY_S_PER_PX = 14e-9
"""Five times what a usual picture costs the first look; pyzbar would cost ten times as much."""

_ZBAR_LINES = 480
"""A higher picture is halved for pyzbar: a quarter of the time, and better on large codes."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to look at a picture: prepare it, read it, and scale what was found back."""

    read: Reader
    scale: float = 1.0
    prepare: Callable[[Image, float], Image] | None = None

    def __call__(self, gray: Image) -> list[Reading]:
        too_large = self.scale > 1 and gray.size > _LARGE_PX
        too_small = self.scale < 1 and min(gray.shape) <= _ZBAR_LINES
        if too_large:
            return []
        if self.prepare is None or too_small:
            return self.read(gray)
        prepared = self.prepare(gray, self.scale)
        return [_scaled(reading, self.scale) for reading in self.read(prepared)]


@dataclass(frozen=True, slots=True)
class _Cascade:
    first: _Look
    ring: tuple[_Look, ...] = ()
    last: tuple[_Look, ...] = ()
    """Too slow for live frames."""


class Decoder:
    """Reads the QR codes of one source, frame after frame. For one thread at a time.

    Attributes:
        retries: How many second looks live frames have got so far.

    Raises:
        DecoderError: Neither zxing-cpp nor pyzbar can be loaded.
    """

    def __init__(self) -> None:
        self._cascade = _cascade()
        self._scene = _Scene()
        self.retries = 0
        self._left = 0

    def decode(self, gray: Image, *, patient: bool = False) -> list[Reading]:
        """Find the codes in a picture.

        Args:
            gray: uint8 (height, width).
            patient: Try all steps until one finds something, for pictures that come only once.
                Otherwise at most one retry, because the next frame is on its way.

        Returns:
            All codes the first successful step found, in no order; empty ones left out.
        """
        if patient:
            looks = (self._cascade.first, *self._cascade.ring, *self._cascade.last)
            return next(filter(None, (look(gray) for look in looks)), [])
        changed = self._scene.changed(gray)
        began_s = time.thread_time()
        readings = self._cascade.first(gray)
        costly = time.thread_time() - began_s > gray.size * _COSTLY_S_PER_PX
        return readings if readings or costly else self._retry(gray, changed)

    def _retry(self, gray: Image, changed: bool) -> list[Reading]:
        ring = self._cascade.ring
        if changed:
            self._left = len(ring)
        if not self._left:
            return []
        look = ring[self.retries % len(ring)]
        self.retries, self._left = self.retries + 1, self._left - 1
        return look(gray)


class _Scene:
    """Notices when the picture changes, by a few hundred averaged blocks of it.

    Compared with the picture at the last change, not with the last frame, so that slow
    movement counts too.
    """

    _SAMPLES, _BLOCKS = (320, 180), (32, 18)
    _LEVELS = 4
    """Sensor noise averages out to about half a level a block; a ticket moves one by 20."""

    def __init__(self) -> None:
        self._blocks: np.ndarray[tuple[int, ...], np.dtype[np.int16]] | None = None

    def changed(self, gray: Image) -> bool:
        sampled = cv2.resize(gray, self._SAMPLES, interpolation=cv2.INTER_NEAREST)
        blocks = cv2.resize(sampled, self._BLOCKS, interpolation=cv2.INTER_AREA).astype(np.int16)
        if self._blocks is not None and np.abs(blocks - self._blocks).max() <= self._LEVELS:
            return False
        self._blocks = blocks
        return True


def _cascade() -> _Cascade:
    zxing, fast, zbar = zxing_reader(), zxing_reader(fast=True), zbar_reader()
    if zxing is not None and fast is not None:
        ring = (_Look(fast, 1.5, _enlarge), _Look(zxing, 1.5, _sharpen), _Look(fast, 2, _enlarge))
        if zbar is None:
            return _Cascade(_Look(zxing), ring)
        return _Cascade(_Look(zxing), (*ring, _Look(zbar, 0.5, _halve)), (_Look(zbar),))
    if zbar is not None:
        return _Cascade(_Look(zbar), (), (_Look(zbar, 0.5, _halve),))
    raise DecoderError(
        "No library that reads QR codes can be loaded.",
        hint="Install one with: pip install zxing-cpp",
    )


def _halve(gray: Image, scale: float) -> Image:
    return as_image(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _enlarge(gray: Image, scale: float) -> Image:
    larger = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return as_image(larger)


def _sharpen(gray: Image, scale: float) -> Image:
    larger = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(larger, (0, 0), 2)
    return as_image(cv2.addWeighted(larger, 2.5, soft, -1.5, 0))


def _scaled(reading: Reading, scale: float) -> Reading:
    return Reading(reading.text, outline_of([(x / scale, y / scale) for x, y in reading.outline]))
