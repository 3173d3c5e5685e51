"""Line breaking and letter size for words that have to fit into a place."""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from badges.lettering import Extent, Lettering
from eventdesk.core.cells import clusters

_ASCENT, _DESCENT = 0.74, 0.22
"""Of the size: capitals and tails; scripts that reach further are given the room they need."""

_LEADING = 1.16
"""From one base line to the next, of the size, unless accents and tails would touch."""

_CLEAR = 0.04
"""Least room between the ink of two lines, of the size."""

_HINTING = 0.02
"""How much further a letter may reach at one size than at another, of the size."""

_NEARLY = 0.86
"""Fewer lines are better looking than letters this little larger."""

_MAX_WORDS = 80
_UNBROKEN = 6
"""Ideographs in a row that are still one word, such as a name."""


@dataclass(frozen=True, slots=True)
class Room:
    """A place for words, in dots, with the sizes of letters and the lines it may have.

    What does not fit at the smallest size is cut.
    """

    width: int
    height: int
    largest: int
    smallest: int
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines from top to bottom, the size of their letters and their height, in dots.

    Each base line is so many dots below the top of the block.
    """

    lines: tuple[str, ...]
    size: int
    baselines: tuple[int, ...]
    height: int


def fit(text: str, room: Room, letters: Lettering) -> Fitted:
    """Choose lines and size so that all ink stays in the room, as large as may be.

    Line breaks in the text, which is harmless as `plain` makes it, are kept.
    """
    if "\n" in text:
        lines, size = _listed(text.split("\n"), room, letters)
    else:
        lines, size = _wrapped(text, room, letters)
    while size > 1 and not _inside(lines, size, room, letters):
        size -= max(1, size // 50)
    return _placed(lines, size, letters)


def _wrapped(text: str, room: Room, letters: Lettering) -> tuple[tuple[str, ...], int]:
    """Break a text into the lines that allow the largest letters."""
    words = _words(text)
    ways = [
        (_size(lines, room, letters), lines)
        for count in range(1, min(room.lines, len(words)) + 1)
        for lines in [_balanced(words, count, letters)]
    ]
    best = max(size for size, _ in ways)
    if best < room.smallest:
        return _filled(text, room, letters)
    size, lines = next(way for way in ways if way[0] >= _NEARLY * best)
    return lines, size


def _listed(given: Sequence[str], room: Room, letters: Lettering) -> tuple[tuple[str, ...], int]:
    """Keep given lines; cut those that are too long at the smallest size."""
    lines = tuple(given[: room.lines])
    size = _size(lines, room, letters)
    if size >= room.smallest:
        return lines, size
    size = max(1, min(room.smallest, _tallest(lines, room, letters)))
    return tuple(_beginning(line, room.width / size, letters, "…") for line in lines), size


def _words(text: str) -> list[str]:
    """Split where a line may end: behind spaces and hyphens, and between many ideographs."""
    words: list[str] = []
    for word in text.split(" ")[:_MAX_WORDS]:
        parts = word.replace("-", "-\0").split("\0")
        pieces = [piece for part in parts for piece in _ideographs(part) if piece]
        words += [*pieces[:-1], pieces[-1] + " "] if pieces else []
    return [*words[:-1], words[-1].rstrip()] if words else [text]


def _ideographs(word: str) -> list[str]:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in word)
    return clusters(word) if wide > _UNBROKEN else [word]


def _balanced(words: Sequence[str], count: int, letters: Lettering) -> tuple[str, ...]:
    """Break words into at most `count` lines, the longest of which is as short as may be."""
    if count == 1:
        return ("".join(words),)
    widths = [letters.width(word) for word in words]
    low, high = max(widths), sum(widths)
    for _ in range(12):
        middle = (low + high) / 2
        if len(_greedy(widths, middle)) <= count:
            high = middle
        else:
            low = middle
    starts = [*_greedy(widths, high), len(words)]
    return tuple("".join(words[start:end]).strip() for start, end in pairwise(starts))


def _greedy(widths: Sequence[float], limit: float) -> list[int]:
    """Return the index of the first word of each line when each takes as many as fit."""
    starts, filled = [0], 0.0
    for place, width in enumerate(widths):
        if filled and filled + width > limit:
            starts.append(place)
            filled = 0.0
        filled += width
    return starts


def _size(lines: Sequence[str], room: Room, letters: Lettering) -> int:
    widest = max(letters.extent(line).width for line in lines)
    return min(room.largest, int(room.width / max(widest, 0.01)), _tallest(lines, room, letters))


def _tallest(lines: Sequence[str], room: Room, letters: Lettering) -> int:
    extents = [letters.extent(line) for line in lines]
    return int(room.height / (_steps(extents)[-1] + _below(extents)))


def _steps(extents: Sequence[Extent]) -> list[float]:
    """Return the base line of each line below the top of the block, in multiples of the size."""
    steps = [max(_ASCENT, extents[0].above + _HINTING)]
    for upper, lower in pairwise(extents):
        steps.append(steps[-1] + max(_LEADING, upper.below + lower.above + _CLEAR))
    return steps


def _below(extents: Sequence[Extent]) -> float:
    return max(_DESCENT, extents[-1].below + _HINTING)


def _inside(lines: Sequence[str], size: int, room: Room, letters: Lettering) -> bool:
    """Whether the lines fit once sizes and places are whole dots."""
    placed = _placed(tuple(lines), size, letters)
    widest = max(letters.extent(line).width for line in lines)
    return placed.height <= room.height and widest * size <= room.width


def _placed(lines: tuple[str, ...], size: int, letters: Lettering) -> Fitted:
    extents = [letters.extent(line) for line in lines]
    steps = _steps(extents)
    height = round((steps[-1] + _below(extents)) * size)
    return Fitted(lines, size, tuple(round(step * size) for step in steps), height)


def _filled(text: str, room: Room, letters: Lettering) -> tuple[tuple[str, ...], int]:
    """Fill the lines at the smallest size, whatever the words; the last one is cut."""
    size = max(1, min(room.smallest, _tallest(["Hg"] * room.lines, room, letters)))
    width = room.width / size
    lines: list[str] = []
    while text and len(lines) < room.lines - 1:
        lines.append(_beginning(text, width, letters))
        text = text[len(lines[-1]) :].strip()
    last = _beginning(text, width, letters, "…") if text else ""
    return tuple(line.strip() for line in [*lines, last] if line) or ("",), size


def _beginning(text: str, width: float, letters: Lettering, end: str = "") -> str:
    """Return `text` if it is at most `width` sizes wide, else what fits of it and `end`.

    Without an end, a line is rather broken between words when they fill most of it.
    """
    if letters.extent(text).width <= width:
        return text
    whole = clusters(text)
    starts = ["".join(whole[:count]) + end for count in range(1, len(whole))]
    fits = bisect_right(starts, width, key=lambda start: letters.extent(start).width)
    start = starts[max(0, fits - 1)] if starts else text
    cut = start.rfind(" ")
    return start[:cut] if not end and cut > 0.6 * len(start) else start
