"""Vocabulary: the words of all holders' names, and those near a mistyped one."""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection

from data.sqlite.search import words_after

MAX_SPELLINGS: Final = 40

MAX_LETTERS: Final = 80
"""Letters of a script that are tried in the place of a wrong one; Chinese has too many."""

_ASCII: Final = "abcdefghijklmnopqrstuvwxyz"
_SCRIPT_SHIFT: Final = 8
"""Scripts lie in blocks of 256 code points."""


class Vocabulary:
    """The words of all holders' names, kept in memory and topped up from the store.

    Attributes:
        known: Those that were read so far.
    """

    def __init__(self) -> None:
        self.known = Words([])
        self._last_no = 0
        self._lock = threading.Lock()

    def words(self, connection: Connection) -> "Words":
        """All words there are, those that other threads and programs learned meanwhile too."""
        with self._lock:
            learned, self._last_no = words_after(connection, self._last_no)
            if learned:
                # A new list: another thread may be reading the old one.
                self.known = Words(sorted([*self.known.ordered, *learned]))
            return self.known


class Words:
    """Known words in order: a spelling is looked up by halves, whole or as a beginning.

    So are the few hundred spellings one slip away from what was typed, which needs no index of
    slips beside the words.
    """

    def __init__(self, ordered: list[str]) -> None:
        self.ordered = ordered
        self._letters: dict[int, str] = {}
        self._beginnings: dict[int, list[str]] = {}

    def has(self, spelling: str) -> bool:
        """Whether it is a known word."""
        at = bisect_left(self.ordered, spelling)
        return at < len(self.ordered) and self.ordered[at] == spelling

    def has_beginning(self, spelling: str) -> bool:
        """Whether a known word begins like that."""
        at = bisect_left(self.ordered, spelling)
        return at < len(self.ordered) and self.ordered[at].startswith(spelling)

    def beginning_with(self, spellings: Iterable[str], most: int) -> list[str]:
        """The known words that begin like one of some spellings, so many at most.

        Spellings that are words come first, then those that begin like each in turn.
        """
        begun = [(spelling, bisect_left(self.ordered, spelling)) for spelling in spellings]
        found = {
            spelling: None for spelling, at in begun if self.ordered[at : at + 1] == [spelling]
        }
        while begun and len(found) < most:
            begun = [
                (spelling, at)
                for spelling, at in begun
                if at < len(self.ordered) and self.ordered[at].startswith(spelling)
            ]
            found |= dict.fromkeys(self.ordered[at] for _spelling, at in begun)
            begun = [(spelling, at + 1) for spelling, at in begun]
        return list(found)[:most]

    def one_slip_away(self, word: str) -> list[str]:
        """The spellings one slip from a word that are known words or begin some."""
        spellings = dict.fromkeys(self._slips(word))
        return [each for each in spellings if each != word and self.has_beginning(each)]

    def two_slips_away(self, word: str) -> list[str]:
        """The known words up to two slips from a word, nearest first."""
        return _near(word, self.ordered)

    def begun_two_slips_away(self, word: str) -> list[str]:
        """The known words that begin, as long as a word, up to two slips from it."""
        length = len(word)
        if length not in self._beginnings:
            # Another thread makes the same ones.
            self._beginnings[length] = list(
                dict.fromkeys(each[:length] for each in self.ordered if len(each) > length)
            )
        return self.beginning_with(_near(word, self._beginnings[length]), MAX_SPELLINGS)

    def _slips(self, word: str) -> Iterator[str]:
        """All spellings one slip from a word: a letter more, less, wrong, or two swapped."""
        letters = _ASCII if word.isascii() else self._letters_like(word[-1])
        for at in range(len(word) + 1):
            begun, rest = word[:at], word[at:]
            if rest:
                yield begun + rest[1:]
            if len(rest) > 1:
                yield begun + rest[1] + rest[0] + rest[2:]
            for letter in letters:
                yield begun + letter + rest
                if rest:
                    yield begun + letter + rest[1:]

    def _letters_like(self, letter: str) -> str:
        """The letters of words in the script of a letter; none if there are very many."""
        script = ord(letter) >> _SCRIPT_SHIFT
        if script not in self._letters:
            first, beyond = (
                bisect_left(self.ordered, chr(each << _SCRIPT_SHIFT))
                for each in (script, script + 1)
            )
            letters = sorted(set().union(*self.ordered[first:beyond]))
            self._letters[script] = "".join(letters) if len(letters) <= MAX_LETTERS else ""
        return self._letters[script]


def _near(word: str, candidates: list[str]) -> list[str]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(
        word, candidates, scorer=OSA.distance, score_cutoff=2, limit=MAX_SPELLINGS
    )
    return [spelling for spelling, _slips, _index in near]
