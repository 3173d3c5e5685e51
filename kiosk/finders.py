"""Finder patterns, the squares in three corners of a QR code, counted without decoding.

A row through the middle of one crosses dark, light, dark, light, dark in the proportions
1 : 1 : 3 : 1 : 1, whatever way the code is turned.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.sightings import Outline

_WINDOW = 9
"""A row's dark and light are told by the mean over one of so many parts of its length."""

_CONTRAST = 5
"""Levels below that mean at which a pixel is dark: more than the noise of a plain wall."""

_UNSURE = 0.6
"""How far a stripe may be from its proportion, in modules."""

_PROPORTIONS = np.array([1, 1, 3, 1, 1], np.float32)[:, None]

_MARGIN = 0.2
"""How far around its outline a code's own finder patterns may lie, in sides of the code."""


_TURNED = 2.5
"""How much longer than wide a code may look that is held at an angle."""

_COARSE_LINES, _FINE_LINES = 32, 192
"""Rows that show whether there is any pattern left, and how many there are."""

_MAX_CHECKED = 200
"""Crossings looked at one by one; more of them are print."""

Crossings: TypeAlias = npt.NDArray[np.float64]
"""(n, 3): x, y and the width of a module, in pixels."""


def crossings(gray: Image, lines: int) -> Crossings:
    """Find where rows cross what may be the middle of a finder pattern.

    Args:
        gray: uint8 (height, width).
        lines: How many rows to look at, spread unevenly so that no repeating picture hides
            between them; all if there are no more.

    Returns:
        Where. Print and noise have the proportions by chance, too.
    """
    chosen, dark = _dark_rows(gray, lines)
    return _crossed(chosen, dark)


def are_more_than(most: int, gray: Image, lines: int) -> bool:
    """Whether there are more `crossings` than so many; counted only where there may be."""
    chosen, dark = _dark_rows(gray, lines)
    return _edges(dark) > _EDGES * most and len(_crossed(chosen, dark)) > most


def share_of_edges(gray: Image, lines: int) -> float:
    """Return in which share of their pixels some rows turn dark or light."""
    _, dark = _dark_rows(gray, lines)
    return _edges(dark) / dark.size


def _edges(dark: Image) -> int:
    return cv2.countNonZero(cv2.absdiff(dark[:, 1:], dark[:, :-1]))


_EDGES = 4
"""Fewest ends of dark stripes that a crossing has for itself."""


def _dark_rows(gray: Image, lines: int) -> tuple[npt.NDArray[np.int64], Image]:
    """Return which rows were chosen, and where they are dark."""
    height, width = gray.shape
    step = max(height // lines, 1)
    chosen = np.arange(0, height - step + 1, step)
    chosen += np.arange(len(chosen)) * 37 % step
    rows = np.ascontiguousarray(gray[chosen])
    mean = as_image(cv2.blur(rows, (max(width // _WINDOW, 15) | 1, 1)))
    dark = as_image(cv2.threshold(cv2.subtract(mean, rows), _CONTRAST, 255, cv2.THRESH_BINARY)[1])
    dark[:, 0] = dark[:, -1] = 0
    return chosen, dark


def _crossed(chosen: npt.NDArray[np.int64], dark: Image) -> Crossings:
    width = dark.shape[1]
    flat = dark.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(edges).astype(np.float32)
    starts = np.arange(0, len(lengths) - 4, 2)  # Dark stripes begin at even edges.
    stripes = np.stack([lengths[starts + index] for index in range(5)])
    module = stripes.sum(axis=0) / 7
    fits = (np.abs(stripes - _PROPORTIONS * module) <= _UNSURE * module).all(axis=0)
    fits &= edges[starts] // width == edges[starts + 5] // width  # Within one row.
    begin = edges[starts[fits]]
    size = module[fits].astype(np.float64)
    return np.column_stack([begin % width + size * 3.5, chosen[begin // width], size])


def unread(gray: Image, outlines: Sequence[Outline]) -> bool:
    """Whether there seem to be the finder patterns of a code that was not read."""
    if not _patterns(gray, _COARSE_LINES, outlines):
        return False
    sizes = sorted(size for _, _, size in _patterns(gray, _FINE_LINES, outlines))
    return any(sizes[at + 2] <= 2 * sizes[at] for at in range(len(sizes) - 2))


def _patterns(
    gray: Image, lines: int, outlines: Sequence[Outline]
) -> list[tuple[float, float, float]]:
    """Return where rows and columns cross a finder pattern outside the outlines."""
    places: list[tuple[float, float, float]] = []
    for x, y, module in _outside(crossings(gray, lines), outlines)[:_MAX_CHECKED].tolist():
        known = any(abs(x - at_x) + abs(y - at_y) <= 5 * size for at_x, at_y, size in places)
        if not known and _is_crossed_upright(gray, x, y, module):
            places.append((x, y, module))
    return places


def _outside(found: Crossings, outlines: Sequence[Outline]) -> Crossings:
    for outline in outlines:
        corners = np.array(outline, np.float32)
        low, high = corners.min(axis=0), corners.max(axis=0)
        margin = (high - low).max() * _MARGIN
        at = found[:, :2]
        found = found[~((at >= low - margin) & (at <= high + margin)).all(axis=1)]
    return found


def _is_crossed_upright(gray: Image, x: float, y: float, module: float) -> bool:
    """Whether the column through a crossing has the proportions of a finder pattern, too."""
    reach = int(7 * module) + 2
    top = max(int(y) - reach, 0)
    column = gray[top : int(y) + reach + 1, int(x)]
    near = column[max(int(y - 3 * module) - top, 0) : int(y + 3 * module) - top + 1]
    middle = (int(near.min()) + int(near.max())) / 2
    edges = np.flatnonzero(np.diff(column < middle)) + 1
    here = int(np.searchsorted(edges, int(y) - top, side="right"))
    if column[int(y) - top] >= middle or not 3 <= here <= len(edges) - 3:
        return False
    stripes = np.diff(edges[here - 3 : here + 3]).astype(np.float32)
    high = float(stripes.sum()) / 7
    fits = np.abs(stripes - _PROPORTIONS[:, 0] * high) <= np.maximum(_UNSURE * high, 1)
    return bool(fits.all()) and module / _TURNED <= high <= module * _TURNED
