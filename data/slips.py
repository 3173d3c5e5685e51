"""How far a typed word is from a known one: edits weighed by how easily a hand makes them.

The distance is Damerau and Levenshtein's in its restricted form (optimal string alignment): a
letter more, less, wrong, or two neighbours swapped.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

EDIT: Final = 1.0
SWAPPED: Final = 0.8
DOUBLED: Final = 0.6
NEIGHBOUR: Final = 0.8
ALIKE: Final = 0.7
UMLAUT: Final = 0.3
FIRST: Final = 0.2
"""What an edit of the first letter costs more: people look at that one."""

UNFINISHED: Final = 0.25
"""What a word costs of which only the beginning was typed."""

MAX_NAME_WORDS: Final = 8
MAX_ASSIGNED: Final = 3

LEFT_OVER: Final = 0.05
"""What each word of a name costs that was not typed."""

_ROWS: Final = ("qwertyuiop asdfghjkl zxcvbnm", "qwertzuiop asdfghjkl yxcvbnm")
_SOUNDS: Final = ("ck", "kq", "cz", "sz", "iy", "ij", "jy", "fv", "vw", "bp", "dt", "gj", "xs")


def _neighbours() -> frozenset[tuple[str, str]]:
    """Pairs of letters side by side on a keyboard, of two layouts, both ways round."""
    pairs: set[tuple[str, str]] = set()
    for layout in _ROWS:
        rows = layout.split()
        for row, below in zip(rows, [*rows[1:], ""], strict=True):
            pairs.update(pairwise(row))
            pairs.update(zip(row, below, strict=False))
            pairs.update(zip(row[1:], below, strict=False))
    return frozenset({*pairs, *((right, left) for left, right in pairs)})


_NEIGHBOURS: Final = _neighbours()
_ALIKE: Final = frozenset(pair for a, b in _SOUNDS for pair in ((a, b), (b, a)))


@lru_cache(maxsize=20_000)
def distance(typed: str, word: str) -> float:
    """How far what was typed is from a word, or from the beginning of it.

    Zero for the word itself, about one for one edit; a word of which only the beginning was typed
    costs a little more than a whole one.
    """
    if typed == word:
        return 0.0
    if word.startswith(typed):
        return UNFINISHED
    last = _last_row(typed, word)
    return min(last[-1], UNFINISHED + min(last[:-1], default=EDIT))


def _last_row(typed: str, word: str) -> list[float]:
    """The distances of `typed` from each beginning of `word`, the empty one first."""
    before: list[float] = []
    row = [0.0]
    for at in range(len(word)):
        row.append(row[-1] + _left_out(word, at))
    for at, letter in enumerate(typed):
        more = _too_many(typed, at)
        former, before = before, row
        row = [before[0] + more]
        for to, wanted in enumerate(word):
            if letter == wanted:
                least = before[to]
            else:
                first = FIRST if not to else 0.0
                least = min(
                    before[to] + _wrong(letter, wanted) + first,
                    before[to + 1] + more,
                    row[to] + _left_out(word, to),
                )
                if at and to and letter == word[to - 1] and typed[at - 1] == wanted:
                    least = min(least, former[to - 1] + SWAPPED)
            row.append(least)
    return row


def _wrong(letter: str, wanted: str) -> float:
    pair = (letter, wanted)
    return ALIKE if pair in _ALIKE else NEIGHBOUR if pair in _NEIGHBOURS else EDIT


def _left_out(word: str, at: int) -> float:
    """What it costs to leave a letter of a word out."""
    if not at:
        return EDIT + FIRST
    if word[at] == word[at - 1]:
        return DOUBLED
    return UMLAUT if word[at] == "e" and word[at - 1] in "aou" else EDIT


def _too_many(typed: str, at: int) -> float:
    """What it costs to have typed a letter that does not belong there."""
    if not at:
        return EDIT
    if typed[at] == typed[at - 1]:
        return DOUBLED
    return UMLAUT if typed[at] == "e" and typed[at - 1] in "aou" else EDIT


def name_distance(typed: Sequence[str], name: Sequence[str]) -> float:
    """How far typed words are from a name: each is taken for another word of it, in any order."""
    left_over = LEFT_OVER * max(0, len(name) - len(typed))
    return left_over + _assigned(tuple(typed), tuple(name[:MAX_NAME_WORDS]))


def _assigned(typed: tuple[str, ...], name: tuple[str, ...]) -> float:
    """A small sum of distances, each typed word having a word of the name to itself.

    The least one for two and three words; of more the first ones choose first.
    """
    if not typed:
        return 0.0
    if not name:
        return EDIT * sum(map(len, typed))
    first, rest = typed[0], typed[1:]
    choices = sorted((distance(first, word), at) for at, word in enumerate(name))
    if not rest:
        return choices[0][0]
    if len(typed) > MAX_ASSIGNED:
        choices = choices[:1]
    return min(far + _assigned(rest, (*name[:at], *name[at + 1 :])) for far, at in choices)
