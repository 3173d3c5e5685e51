"""Pictures as half blocks: pixels to strips, two rows of pixels a line."""

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from kiosk.sightings import Outline

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""(height, width, 3), red, green, blue."""

HALF_BLOCK = "▀"
SHADES = 0xF0
"""Sixteen shades a colour: few enough that neighbours are often alike and painted together."""

AIM_SIDE, AIM_CORNER = 0.76, 0.16
"""Side of the square to aim at, and length of its corners, as parts of the picture's height."""


def fitted(image: Pixels, width: int, height: int) -> Pixels:
    """Return a copy as large as fits into `width` and `height`, which is even, by nearest pixel."""
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    wide, high = max(1, round(columns * scale)), max(2, round(rows * scale) // 2 * 2)
    across = np.arange(wide) * columns // wide
    down = np.arange(high) * rows // high
    return np.ascontiguousarray(image[np.ix_(down, across)])


def strips(pixels: Pixels) -> list[Strip]:
    """Return one strip for each two rows; neighbours of the same two colours are one segment."""
    reduced = (pixels & SHADES).astype(np.uint32)
    packed = (reduced[..., 0] << 16) | (reduced[..., 1] << 8) | reduced[..., 2]
    return [_strip(upper, lower) for upper, lower in zip(packed[::2], packed[1::2], strict=True)]


def _strip(upper: npt.NDArray[np.uint32], lower: npt.NDArray[np.uint32]) -> Strip:
    changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
    starts = np.concatenate(([0], changes))
    lengths = np.diff(np.concatenate((starts, [len(upper)])))
    segments = [
        Segment(HALF_BLOCK * length, _style(above, below))
        for length, above, below in zip(
            lengths.tolist(), upper[starts].tolist(), lower[starts].tolist(), strict=True
        )
    ]
    return Strip(segments, len(upper))


@lru_cache(maxsize=16_384)
def _style(above: int, below: int) -> Style:
    return Style(color=_colour(above), bgcolor=_colour(below))


@lru_cache(maxsize=4_096)
def _colour(packed: int) -> Color:
    return Color.from_rgb(packed >> 16, packed >> 8 & 255, packed & 255)


def draw_aim(pixels: Pixels, colour: tuple[int, int, int]) -> None:
    """Draw the corners of the square to aim at."""
    height, width = pixels.shape[:2]
    side, corner = int(height * AIM_SIDE), max(2, int(height * AIM_CORNER))
    left, top = (width - side) // 2, (height - side) // 2
    if left < 0 or side < 2 * corner:
        return
    right, bottom = left + side - 1, top + side - 1
    for y in (top, bottom):
        pixels[y, left : left + corner] = pixels[y, right - corner + 1 : right + 1] = colour
    for x in (left, right):
        pixels[top : top + corner, x] = pixels[bottom - corner + 1 : bottom + 1, x] = colour


def draw_outline(
    pixels: Pixels, outline: "Outline", scale: float, colour: tuple[int, int, int]
) -> None:
    """Draw the outline of a code, given in the pixels of the unscaled picture."""
    height, width = pixels.shape[:2]
    corners = np.asarray(outline, dtype=np.float64) * scale
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        steps = int(np.abs(end - start).max()) + 1
        line = np.linspace(start, end, steps + 1).round().astype(int)
        pixels[line[:, 1].clip(0, height - 1), line[:, 0].clip(0, width - 1)] = colour
