"""Mistyped words: whom they may mean, nearest first, by how easily a hand makes the slips.

The distance is Damerau and Levenshtein's in its restricted form (optimal string alignment): a
letter more, less, wrong, or two neighbours swapped.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise
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

FAR: Final = 2.6
"""Up to here two slips in one word are meant."""

LEFT_AWAY: Final = 2.5
MAX_READINGS: Final = 16
"""Other ways of writing the same words that are looked up."""

MIN_TWICE: Final = 5
"""Letters from which on a word may have two slips."""

MIN_LETTERS: Final = 2
"""Letters from which on a word may have one."""

MIN_OTHERS: Final = 2
"""Such words that are enough, where one beside them may be left away."""

MANY_WORDS: Final = 3
"""Words from which on it is asked first who has all but one: where nobody has, no slip helps."""

MIN_BEGUN: Final = 4
"""Letters from which on a word with a slip may be the beginning of a longer one."""

MAX_FEW: Final = 200
"""Tickets with all words but one that are compared instead of looking for other spellings."""

MAX_LEFT: Final = 80
"""Tickets with all words but one that are found when that one may be left away."""

MAX_BEGUN: Final = 30
"""Known words up to which those that begin alike are looked up one by one.

FTS5 walks the rows of words as far as it needs them, but gathers all rows of a beginning first.
"""

MAX_MEANT: Final = 20
"""Known words that one may begin with a slip in it; the later the slip, the sooner."""

MAX_INDEXED: Final = 3
"""Letters up to which the index keeps beginnings as it keeps words."""

MIN_HALF: Final = 5
"""Signs of half an address that tell its holder from most others."""

_UMLAUTS: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


Reading = tuple[float, Sequence[str]]
"""Words that may be meant, and what it costs to have written them so."""


class Mistyped:
    """One search at an event for whom some folded words may mean."""

    def __init__(
        self, connection: Connection, event_number: int, known: Words, words: Sequence[str]
    ) -> None:
        self._connection, self._event_number = connection, event_number
        self._known, self._words = known, list(words)
        self._column = "name"
        self._is_name = not any(any(map(str.isdigit, word)) for word in self._words)
        self._names: dict[int, list[str]] = {}
        self._folded: dict[str, list[str]] = {}
        self._found: dict[int, float] = {}
        self._expressions: dict[str, str] = {}
        self._few: dict[int, list[int]] = {}

    def nearest(self, fill: int, *, beside: bool) -> dict[int, float]:
        """Find `fill` people or more, nearest first; only near ones beside an exact match."""
        if len(self._words) >= MANY_WORDS:
            self._find_few()
        self._look_otherwise_written()
        self._look(self._one_slip(begun=False))
        if len(self._found) < fill:
            if len(self._words) < MANY_WORDS:
                self._find_few()
            self._compare_with_few(MIN_BEGUN, NEAR)
            self._look(self._one_slip(begun=True))
        if beside or not self._is_name:
            return self._in_order(NEAR)
        if len(self._found) < fill and len(self._words) > 1:
            self._look(self._a_slip_in_each())
        if not any(distance <= NEAR for distance in self._found.values()):
            self._compare_with_few(MIN_TWICE, FAR)
            self._look(self._two_slips())
            self._leave_a_word_away()
            if not self._found:
                self._look(self._two_slips_begun())
        return self._in_order()

    def addresses(self, local_part: str) -> list[int]:
        """Find whose e-mail address may be meant, by what the index has of it up to the @."""
        self._column = "email"
        half = local_part[: len(local_part) // 2]
        begun = [half] if len(half) >= MIN_HALF else []  # of words that are in no name
        either_way = either([*map(beginning, (local_part, *begun)), *self._one_slip(begun=True)])
        return match(self._connection, self._event_number, either_way, limit=MAX_RANKED)

    def _spelled(self, known: Iterable[str]) -> str:
        return f"{self._column} : {either(map(whole, known))}"

    def _in_order(self, most: float = float("inf")) -> dict[int, float]:
        near = {no: distance for no, distance in self._found.items() if distance <= most}
        return dict(sorted(near.items(), key=lambda each: (each[1], each[0])))

    def _look(self, expressions: Iterator[str], *readings: Reading) -> None:
        """Add who fulfils one of some expressions, with how far they are from what was typed."""
        some = list(expressions)
        if some:
            numbers = match(self._connection, self._event_number, either(some), limit=MAX_RANKED)
            self._add(numbers, ((0.0, self._words), *readings))

    def _add(self, numbers: Iterable[int], readings: Sequence[Reading]) -> None:
        """Add some people with how far they are from the nearest reading of what was typed."""
        for no, words in self._named(numbers):
            least = float("inf")
            for more, reading in readings:
                least = min(least, more + name_distance(reading, words, most=least - more))
            self._found[no] = least

    def _named(self, numbers: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """The words of the names of those who were not found yet."""
        new = [no for no in numbers if no not in self._found]
        unread = [no for no in new if no not in self._names]
        for no, (name, _email) in holders(self._connection, unread).items():
            if name not in self._folded:
                self._folded[name] = fold(name[:1000]).split()
            self._names[no] = self._folded[name]
        for no in new:
            if no in self._names:
                yield no, self._names[no]

    def _find_few(self) -> None:
        """Find who has all words but one, for each word; kept where they are few.

        The word left out needs no other spelling to be looked up then.
        """
        for at, word in enumerate(self._words):
            others = self._without(at)
            least = 1 if _may_slip(word, MIN_BEGUN) else MIN_OTHERS
            if (self._is_name or least == 1) and _telling(others) >= least:
                few = self._with_all(others, MAX_FEW + 1)
                if len(few) <= MAX_FEW:
                    self._few[at] = few

    def _without(self, at: int) -> list[str]:
        return [*self._words[:at], *self._words[at + 1 :]]

    def _with_all(self, words: list[str], limit: int) -> list[int]:
        """Who has all of some words, as far as they were typed."""
        expression = both(map(self._begun, words))
        return match(self._connection, self._event_number, expression, limit=limit)

    def _compare_with_few(self, shortest: int, most: float) -> None:
        """Add whom of those few the word left out may mean as well."""
        for at, few in self._few.items():
            typed = self._words[at]
            if _may_slip(typed, shortest):
                for no, words in self._named(few):
                    if any(distance(typed, word) <= most for word in words):
                        far = name_distance(self._words, words, most=most)
                        if far <= most:
                            self._found[no] = far

    def _leave_a_word_away(self) -> None:
        """Add who has all words but one."""
        for at in range(len(self._words)):
            others = self._without(at)
            if _telling(others) >= MIN_OTHERS:
                few = self._few[at] if at in self._few else self._with_all(others, MAX_LEFT)
                self._add(few, [(LEFT_AWAY, others)])

    def _look_otherwise_written(self) -> None:
        """With umlauts as two letters, with words written together or apart."""
        hopeless = {at for at, few in self._few.items() if not few}
        readings = list(islice(_readings(self._words, self._known, hopeless), MAX_READINGS))
        expressions = (both(map(self._begun, reading)) for reading in readings)
        self._look(expressions, *((OTHERWISE_WRITTEN, reading) for reading in readings))

    def _one_slip(self, *, begun: bool) -> Iterator[str]:
        """With one slip in one of the words, which may be the beginning of another one."""
        for at, word in enumerate(self._words):
            if self._few.get(at) == [] or (begun and (len(word) < MIN_BEGUN or at in self._few)):
                continue
            if known := self._meant(at, begun=begun):
                yield both(self._with(at, self._spelled(known)))

    def _meant(self, at: int, *, begun: bool) -> list[str]:
        """The known words that a word with one slip may be, or begin."""
        spellings = self._one_slip_away[at]
        if begun:
            return self._known.beginning_with(reversed(spellings), MAX_MEANT)
        return list(filter(self._known.has, spellings))

    def _a_slip_in_each(self) -> Iterator[str]:
        """With one slip in some of the words."""
        if sum(map(bool, self._one_slip_away)) < MIN_OTHERS:
            return
        parts = []
        for at, word in enumerate(self._words):
            known = self._meant(at, begun=len(word) >= MIN_BEGUN)
            parts.append(either([self._begun(word), *([self._spelled(known)] if known else [])]))
        yield both(parts)

    def _two_slips(self) -> Iterator[str]:
        for at, word in self._may_slip_twice():
            if known := self._known.two_slips_away(word):
                yield both(self._with(at, self._spelled(known)))

    def _two_slips_begun(self) -> Iterator[str]:
        for at, word in self._may_slip_twice():
            if known := self._known.begun_two_slips_away(word):
                yield both(self._with(at, self._spelled(known)))

    def _may_slip_twice(self) -> Iterator[tuple[int, str]]:
        for at, word in enumerate(self._words):
            if at not in self._few and _may_slip(word, MIN_TWICE):
                yield at, word

    def _begun(self, word: str) -> str:
        """The expression for a word as far as it was typed."""
        if word not in self._expressions:
            known = self._known.beginning_with([word], MAX_BEGUN + 1)
            few = len(word) > MAX_INDEXED and 0 < len(known) <= MAX_BEGUN
            self._expressions[word] = either(map(whole, known)) if few else beginning(word)
        return self._expressions[word]

    def _with(self, at: int, expression: str) -> list[str]:
        """The words as they were typed, but for one."""
        expressions = list(map(self._begun, self._words))
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


def _telling(words: Iterable[str]) -> int:
    """How many of some words are more than an initial, which a tenth of all people have."""
    return sum(len(word) >= MIN_LETTERS for word in words)


def _readings(words: list[str], known: Words, whole: Collection[int]) -> Iterator[list[str]]:
    """Other ways of writing words, of which each word is known.

    Args:
        whole: Indexes of words that are not to be written apart.
    """
    plain = [_without_umlauts(word) for word in words]
    if plain != words:
        yield plain
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        joined = word + "".join(after[:1])
        initials = len(words) > MANY_WORDS and len(joined) == MIN_LETTERS
        if after and not initials and (known.has_beginning(joined) or not joined.isalpha()):
            yield [*before, joined, *after[1:]]
        if at in whole:
            continue
        for cut in range(MIN_LETTERS, len(word) - 1):
            first, second = word[:cut], word[cut:]
            if (cut == MIN_LETTERS or known.has(first)) and known.has_beginning(second):
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

MAX_WEIGHED: Final = 3
"""Slips in one word up to which it is told how easily a hand makes them."""

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


_WRONG: Final = {
    **{right + wrong: NEIGHBOUR for right, wrong in _neighbours()},
    **{pair: ALIKE for each in _SOUNDS for pair in (each, each[::-1])},
}
"""What it costs to have typed a letter for another, where it is less than any edit."""


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
    slips = _slips(typed, word)
    if slips > MAX_WEIGHED:
        return slips * EDIT
    near = word[: len(typed) + MAX_WEIGHED + 1]  # what is beyond costs more than a beginning
    last = _last_row(typed, near)
    begun = UNFINISHED + min(last[:-1], default=EDIT)
    return min(last[-1] if near == word else UNFINISHED + last[-1], begun)


def _slips(typed: str, word: str) -> int:
    """How few slips lie between what was typed and a word or its beginning, each counting as one.

    Counted up to `MAX_WEIGHED`: this is a hundred times as quick as weighing them.
    """
    from rapidfuzz.distance import OSA

    ends = range(max(0, len(typed) - MAX_WEIGHED), min(len(word), len(typed) + MAX_WEIGHED) + 1)
    return min(
        (OSA.distance(typed, word[:end], score_cutoff=MAX_WEIGHED) for end in ends),
        default=MAX_WEIGHED + 1,
    )


def _last_row(typed: str, word: str) -> list[float]:
    """The distances of `typed` from each beginning of `word`, the empty one first."""
    left_out = [_left_out(word, at) for at in range(len(word))]
    before: list[float] = []
    row = list(accumulate(left_out, initial=0.0))
    for at, letter in enumerate(typed):
        more = _too_many(typed, at)
        former, before = before, row
        row = [least := before[0] + more]
        for to, wanted in enumerate(word):
            if letter == wanted:
                least = before[to]
            else:
                wrong = before[to] + _WRONG.get(letter + wanted, EDIT) + (0.0 if to else FIRST)
                least = min(wrong, before[to + 1] + more, least + left_out[to])
                if at and to and letter == word[to - 1] and typed[at - 1] == wanted:
                    least = min(least, former[to - 1] + SWAPPED)
            row.append(least)
    return row


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


def name_distance(
    typed: Sequence[str], name: Sequence[str], *, most: float = float("inf")
) -> float:
    """How far typed words are from a name: each is taken for another word of it, in any order.

    From `most` on it need not be exact, but is no less than that.
    """
    least = LEFT_OVER * max(0, len(name) - len(typed))
    if not name:
        return EDIT * sum(map(len, typed))
    distances, chosen = [], set()
    for word in typed:
        row = [distance(word, each) for each in name[:MAX_NAME_WORDS]]
        far = min(row)
        least += far
        if least >= most:
            return least
        distances.append(row)
        chosen.add(row.index(far))
    if len(chosen) == len(typed):
        return least
    left_over = LEFT_OVER * max(0, len(name) - len(typed))
    return left_over + _assigned(typed, distances, frozenset())


def _assigned(
    typed: Sequence[str], distances: Sequence[Sequence[float]], taken: frozenset[int]
) -> float:
    """A small sum of distances, each typed word having a word of the name to itself.

    The least one for two and three words; of more the first ones choose first.
    """
    if not typed:
        return 0.0
    choices = sorted((far, at) for at, far in enumerate(distances[0]) if at not in taken)
    if not choices:
        return EDIT * sum(map(len, typed))
    if len(typed) == 1:
        return choices[0][0]
    if len(typed) > MAX_ASSIGNED:
        choices = choices[:1]
    return min(far + _assigned(typed[1:], distances[1:], taken | {at}) for far, at in choices)
