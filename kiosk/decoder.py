"""The decoder: it finds the codes in a gray picture, and spends time only where it pays.

zxing-cpp looks first. When it finds nothing, a live frame gets one retry, the next of a ring. A
scene that stands still gets none once the ring has gone round, and one that took a look far too
long, such as a wall of finder patterns, gets none either (`kiosk/costs.py`). A picture that comes
only once gets looks until nothing in it seems to be left unread and no look finds more.
docs/benchmarks.md has what each look brings and costs.
"""

import math
import time
from collections.abc import Iterator

import numpy as np

from kiosk.costs import HARMLESS_PX, Clock, Costs
from kiosk.finders import are_more_than, unread
from kiosk.frames import Image
from kiosk.looks import Look, Looks, flattened, looks, resized, scaled
from kiosk.opencv import cv2
from kiosk.readers import Reading

LIVE_PX = 2_100_000
"""A live frame is made no larger than that, 1080p: one a guest holds a code into is not smaller."""

FINE_PX = 8_300_000
"""For one look in turn a live frame may be so large, 4K."""

PATIENT_PX = 50_000_000
"""Nor a picture that comes only once than that."""

_ROOMY_PX, _SMALL_PX = 2_500_000, 800_000
"""A picture of more pixels than the first is looked at in the second size as well."""

_MAX_SIDE = 16_000
"""zxing-cpp takes 65,535 pixels a side and OpenCV 32,767, also of what is enlarged."""

_SLIGHTLY = 1.5
"""How much too large a picture may be to be resized to the size itself."""

_LINES = 12
"""Rows looked at for finder patterns."""

_FINDERS_A_LINE = 20
"""More than that no picture of codes that can be read has: noise has 13, a page of print 9."""

_IN_VAIN = 2
"""Looks in turn that find no more codes once some were read: finder patterns hide in the dark."""

_COSTLY = 5
"""A picture that takes so many times the first look's usual time is no picture of a ticket."""


class Decoder:
    """Reads the QR codes of one source, frame after frame. For one thread at a time.

    Args:
        chosen: How to look; None takes all the ways that the libraries which are there allow.
        clock_s: Tells what looks cost, in seconds of this thread's processor time.

    Attributes:
        retries: How many second looks live frames have got so far.

    Raises:
        DecoderError: No library that reads codes can be loaded.
    """

    def __init__(self, chosen: Looks | None = None, clock_s: Clock = time.thread_time) -> None:
        self._looks = chosen or looks()
        self._scene = Scene()
        self._costs = Costs(self._looks.first, LIVE_PX, clock_s)
        self.retries = 0
        self._turn = self._left = 0

    def decode(self, gray: Image, *, patient: bool = False) -> list[Reading]:
        """Find the codes in a picture, in no order; empty ones are left out.

        Args:
            gray: uint8 (height, width), of any size.
            patient: Try all steps, for pictures that come only once. Otherwise at most one retry,
                because the next frame is on its way.
        """
        if patient:
            seen, scale = _bounded(gray, PATIENT_PX, harmless_px=LIVE_PX)
            return [scaled(reading, scale) for reading in self._patient(seen)]
        return self._live(gray)

    def _patient(self, gray: Image) -> list[Reading]:
        """Look until nothing seems to be left, and the last looks found no more."""
        found: list[Reading] = []
        left, in_vain = True, 0
        for look, scale in self._patient_looks(gray):
            texts = {reading.text for reading in found}
            readings = [scaled(each, scale) for each in look(resized(gray, scale))]
            fresh = [each for each in readings if each.text not in texts]
            found += fresh
            if fresh:
                left, in_vain = _is_left(gray, found), 0
            else:
                in_vain += 1
            if not left and in_vain >= _IN_VAIN:
                break
        return found

    def _patient_looks(self, gray: Image) -> Iterator[tuple[Look, float]]:
        """Yield each look, and by how much to shrink the picture for it."""
        first, last = self._looks.first, self._looks.last
        yield first, 1.0
        _, most = _bounded(gray, gray.size)
        size_px = gray.size * most**2
        if size_px > _ROOMY_PX:  # What hides a code often has the size of few pixels.
            scale = most * (_SMALL_PX / size_px) ** 0.5
            yield from ((look, scale) for look in (first, *last))
        yield from ((look, most) for look in last)

    def _live(self, frame: Image) -> list[Reading]:
        gray, scale = _bounded(frame, LIVE_PX)
        if self._scene.changed(gray):
            self._costs.begin_scene()
            self._left = len(self._ring(frame))
        readings = self._costs.look(self._looks.first, gray)
        costly = self._costs.last_s > _COSTLY * self._costs.usual_s(gray.size)
        if readings or costly or not self._left or self._costs.is_long:
            return [scaled(reading, scale) for reading in readings]
        return self._retry(frame, gray, scale)

    def _ring(self, frame: Image) -> list[Look]:
        return [look for look in self._looks.ring if not look.is_fine or frame.size > look.least_px]

    def _retry(self, frame: Image, gray: Image, scale: float) -> list[Reading]:
        self.retries += 1
        ring = self._ring(frame)
        look = ring[self._turn % len(ring)]
        if look.is_fine:
            gray, scale = _bounded(frame, FINE_PX)
        readings = self._costs.look(look, gray)
        if not readings:  # What reads a code is used until it reads no more.
            self._turn, self._left = (self._turn + 1) % len(ring), self._left - 1
        return [scaled(reading, scale) for reading in readings]


def _is_left(gray: Image, found: list[Reading]) -> bool:
    """Whether there seem to be more codes, also in the dark and in patchy light."""
    outlines = [reading.outline for reading in found]
    return unread(gray, outlines) or unread(flattened(gray), outlines)


def _bounded(gray: Image, most_px: int, *, harmless_px: int = HARMLESS_PX) -> tuple[Image, float]:
    """Shrink what is too large or a wall of finder patterns; return it, and by how much.

    A decoder tries every three finder patterns: it would take seconds.
    """
    over = max((gray.size / most_px) ** 0.5, max(gray.shape) / _MAX_SIDE)
    # By whole numbers it takes a fraction of the time.
    scale = 1.0 if over <= 1 else 1 / (over if over < _SLIGHTLY else math.ceil(over))
    while True:
        picture = resized(gray, scale)
        lines = min(_LINES, len(picture))
        most = _FINDERS_A_LINE * lines
        if picture.size <= harmless_px or not are_more_than(most, picture, lines):
            return picture, scale
        scale /= 2


class Scene:
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
        """Whether this picture is another than that at the last change."""
        sampled = cv2.resize(gray, self._SAMPLES, interpolation=cv2.INTER_NEAREST)
        blocks = cv2.resize(sampled, self._BLOCKS, interpolation=cv2.INTER_AREA).astype(np.int16)
        if self._blocks is not None and np.abs(blocks - self._blocks).max() <= self._LEVELS:
            return False
        self._blocks = blocks
        return True
