"""Mistyped words: whom they may mean, nearest first, by how easily a hand makes the slips.

The distance is Damerau and Levenshtein's in its restricted form (optimal string alignment): a
letter more, less, wrong, or two neighbours swapped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection

from data.sqlite.search import beginning, both, either, holders, match, whole
from data.vocabulary import Words
from eventdesk.core.folding import fold

MAX_RANKED: Final = 300
"""Tickets of one kind of typo that are compared with what was typed."""

OTHERWISE_WRITTEN: Final = 0.3
"""What a name costs that was written in another way: umlauts, or words together or apart."""

NEAR: Final = 1.6
"""Up to here somebody is near enough not to look for whom two slips in a word may mean."""

LEFT_AWAY: Final = 2.0
MIN_TWICE: Final = 5
"""Letters from which on a word may have two slips."""

MIN_LETTERS: Final = 2
"""Letters from which on a word may have one."""

MIN_BEGUN: Final = 4
"""Letters from which on a word with a slip may be the beginning of a longer one."""

MIN_HALF: Final = 5
"""Signs of half an address that tell its holder from most others."""

_UMLAUTS: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


class Mistyped:
    """One search at an event for whom some folded words may mean."""

    def __init__(
        self, connection: Connection, event_number: int, known: Words, words: Sequence[str]
    ) -> None:
        self._connection, self._event_number = connection, event_number
        self._known, self._words = known, list(words)
        self._column = "name"
        self._readings: list[tuple[float, list[str]]] = [(0.0, self._words)]
        self._distances: dict[str, float] = {}
        self._found: dict[int, float] = {}

    def nearest(self, fill: int, *, beside: bool) -> dict[int, float]:
        """Find `fill` people or more, nearest first; only near ones beside an exact match."""
        self._look(self._otherwise_written())
        self._look(self._one_slip(whole))
        if len(self._found) < fill:
            self._look(self._one_slip(beginning))
        if beside:
            return self._in_order(NEAR)
        if len(self._found) < fill and len(self._words) > 1:
            self._look(self._a_slip_in_each())
        if not any(distance <= NEAR for distance in self._found.values()):
            self._look(self._two_slips())
        if not self._found:
            self._look(self._two_slips_begun())
        if not self._found and len(self._words) > 2:
            self._look(self._a_word_too_many())
        return self._in_order()

    def addresses(self, local_part: str) -> list[int]:
        """Find whose e-mail address may be meant, by what the index has of it up to the @."""
        self._column = "email"
        half = local_part[: len(local_part) // 2]
        begun = [half] if len(half) >= MIN_HALF else []  # of words that are in no name
        either_way = either([*map(beginning, (local_part, *begun)), *self._one_slip(beginning)])
        return match(self._connection, self._event_number, either_way, limit=MAX_RANKED)

    def _named(self, expressions: Iterable[str]) -> str:
        return f"{self._column} : {either(expressions)}"

    def _in_order(self, most: float = float("inf")) -> dict[int, float]:
        near = {no: distance for no, distance in self._found.items() if distance <= most}
        return dict(sorted(near.items(), key=lambda each: (each[1], each[0])))

    def _look(self, expressions: Iterator[str]) -> None:
        """Add who fulfils one of some expressions, with how far they are from what was typed."""
        some = list(expressions)
        if not some:
            return
        numbers = match(self._connection, self._event_number, either(some), limit=MAX_RANKED)
        new = [no for no in numbers if no not in self._found]
        for no, (name, _email) in holders(self._connection, new).items():
            self._found[no] = self._distance(name)

    def _distance(self, name: str) -> float:
        if name not in self._distances:
            words = fold(name[:1000]).split()
            self._distances[name] = min(
                more + name_distance(reading, words) for more, reading in self._readings
            )
        return self._distances[name]

    def _otherwise_written(self) -> Iterator[str]:
        """With umlauts as two letters, with words written together or apart."""
        for reading in _readings(self._words, self._known):
            self._readings.append((OTHERWISE_WRITTEN, reading))
            yield both(map(beginning, reading))

    def _one_slip(self, part: Callable[[str], str]) -> Iterator[str]:
        """With one slip in one of the words."""
        for at, spellings in enumerate(self._one_slip_away):
            if part is whole:
                spellings = list(filter(self._known.has, spellings))
            elif len(self._words[at]) < MIN_BEGUN:
                continue
            if spellings:
                yield both(self._with(at, self._named(map(part, spellings))))

    def _a_slip_in_each(self) -> Iterator[str]:
        parts = []
        for word, near in zip(self._words, self._one_slip_away, strict=True):
            part = whole if len(word) < MIN_BEGUN else beginning
            parts.append(
                either([beginning(word), *([self._named(map(part, near))] if near else [])])
            )
        yield both(parts)

    def _two_slips(self) -> Iterator[str]:
        for at, word in enumerate(self._words):
            spellings = self._known.two_slips_away(word) if _may_slip(word, MIN_TWICE) else []
            if spellings:
                yield both(self._with(at, self._named(map(whole, spellings))))

    def _two_slips_begun(self) -> Iterator[str]:
        for at, word in enumerate(self._words):
            spellings = self._known.begun_two_slips_away(word) if _may_slip(word, MIN_TWICE) else []
            if spellings:
                yield both(self._with(at, self._named(map(beginning, spellings))))

    def _a_word_too_many(self) -> Iterator[str]:
        for at in range(len(self._words)):
            rest = [*self._words[:at], *self._words[at + 1 :]]
            self._readings.append((LEFT_AWAY, rest))
            yield both(map(beginning, rest))

    def _with(self, at: int, expression: str) -> list[str]:
        """The words as they were typed, but for one."""
        expressions = list(map(beginning, self._words))
        expressions[at] = expression
        return expressions

    @cached_property
    def _one_slip_away(self) -> list[list[str]]:
        return [
            self._known.one_slip_away(word) if _may_slip(word, MIN_LETTERS) else []
            for word in self._words
        ]


def _may_slip(word: str, shortest: int) -> bool:
    return len(word) >= shortest and not any(char.isdigit() for char in word)


def _readings(words: list[str], known: Words) -> Iterator[list[str]]:
    """Other ways of writing words, of which each word is known."""
    plain = [_without_umlauts(word) for word in words]
    if plain != words:
        yield plain
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        if after:
            yield [*before, word + after[0], *after[1:]]
        for cut in range(2, len(word) - 1):
            first, second = word[:cut], word[cut:]
            if (len(first) == 2 or known.has(first)) and known.has_beginning(second):
                yield [*before, first, second, *after]


def _without_umlauts(word: str) -> str:
    for spelled, plain in _UMLAUTS:
        word = word.replace(spelled, plain)
    return word


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
