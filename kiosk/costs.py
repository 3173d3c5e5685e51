"""What looks at live frames cost, so that none holds up the frames behind it.

A decoder tries every three finder patterns: a wall of them takes it seconds. What it takes for one
depends on the library, on pixels a module and on how a look prepared the picture, and no count
of ours agrees with all of them. So a picture full of edges is first read in small parts, and made
smaller where these take far too long.
"""

import time
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from kiosk.finders import share_of_edges
from kiosk.frames import Image
from kiosk.looks import Look, resized, restored
from kiosk.readers import Reading

_MAX_LONG = 2
"""Looks that take far too long and end the others; moire takes one by tapirscan so long."""

Clock: TypeAlias = Callable[[], float]
"""Tells the seconds of processor time that the thread has used."""

HARMLESS_PX = 300_000
"""In a picture this small even a wall of finder patterns takes no longer than a large one."""

_LINES = 12
"""Rows looked at for edges."""

_FULL = 0.18
"""Share of pixels that begin a dark or light stripe: walls that cost much have 0.21 and more."""

_PARTS = (4, 2)
"""The middle is read first, of so many times shorter sides: a small part shows the worst."""

_WALL = 10
"""Times the usual time that only a part of a wall takes: it takes 12 to 90, noise 6."""

_DOUBT = 3
"""Times that time from which there is no doubt."""

_LONG = 60
"""Times the usual time of the largest frame that no look may take: a seventh of a second."""


class Costs:
    """What looks cost on this machine and in this scene.

    Args:
        first: The look whose time is the measure for all.
        largest_px: Pixels of the largest frame.
        clock_s: Where the time is read.

    Attributes:
        last_s: What the last look took.
    """

    def __init__(self, first: Look, largest_px: int, clock_s: Clock = time.thread_time) -> None:
        self._clock_s = clock_s
        self._first, self._largest_px = first, largest_px
        self._usual_s_per_px: float | None = None
        self._scales: dict[Look, float] = {}
        self._long: set[Look] = set()
        self.last_s = 0.0

    def begin_scene(self) -> None:
        """Forget what the former scene cost."""
        self._scales.clear()
        self._long.clear()

    @property
    def is_long(self) -> bool:
        """Whether looks at this scene took far too long."""
        return len(self._long) >= _MAX_LONG

    def usual_s(self, pixels: int) -> float:
        """Return what the first look takes for a picture full of edges and of some size."""
        if self._usual_s_per_px is None:
            tries = [self._read(self._first, _REFERENCE)[1] for _ in range(3)]
            self._usual_s_per_px = min(tries) / _REFERENCE.size
        return self._usual_s_per_px * max(pixels, _REFERENCE.size)

    def look(self, look: Look, gray: Image) -> list[Reading]:
        """Look at a frame, made smaller where this look would take far too long."""
        long_s = _LONG * self.usual_s(self._largest_px)
        # What is a wall to the first look is one to all.
        scale = self._scales.get(look) or self._scales.get(self._first, 1.0)
        while True:
            small = resized(gray, scale)
            picture = look.picture(small)
            if picture is None:
                return []
            if look in self._scales or not self._is_wall(look, picture):
                break
            scale /= 2
        readings, self.last_s = self._read(look, picture)
        if self.last_s > long_s:
            self._long.add(look)
        self._scales[look] = scale / 2 if self.last_s > long_s else scale
        return [restored(reading, picture, gray) for reading in readings]

    def _is_wall(self, look: Look, picture: Image) -> bool:
        if not look.grows or picture.size <= HARMLESS_PX:
            return False
        if share_of_edges(picture, _LINES) < _FULL:
            return False
        return any(self._is_costly(look, _middle(picture, times)) for times in _PARTS)

    def _is_costly(self, look: Look, part: Image) -> bool:
        """Whether a part takes far too long; in doubt twice, as once may be the machine's fault."""
        most_s = _WALL * self.usual_s(0) * part.size / _REFERENCE.size
        took_s = self._read(look, part)[1]
        if most_s < took_s < _DOUBT * most_s:
            took_s = self._read(look, part)[1]
        return took_s > most_s

    def _read(self, look: Look, picture: Image) -> tuple[list[Reading], float]:
        began_s = self._clock_s()
        readings = look.read(picture)
        return readings, self._clock_s() - began_s


def _middle(picture: Image, times: int) -> Image:
    height, width = (side // times for side in picture.shape)
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return np.ascontiguousarray(picture[top : top + height, left : left + width])


def _modules(width: int, height: int, side: int) -> Image:
    drawn = np.random.default_rng(0).integers(0, 2, (height // side, width // side))
    return np.kron(drawn, np.full((side, side), 255)).astype(np.uint8)


_REFERENCE = _modules(640, 360, 8)
"""Modules without finder patterns."""
