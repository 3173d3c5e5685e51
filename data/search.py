"""Finding people by anything typed: as they type, without accents, with typos.

A word that finds nobody is corrected against the vocabulary of names, which is small and
grows slowly, and not against the people, who are many.
"""

import threading
from collections.abc import Iterable, Sequence
from itertools import chain

from sqlalchemy import Connection

from data.sqlite.search import (
    SearchEntry,
    first_no,
    forget_words,
    last_used_no,
    learn_words,
    match,
    put,
    tidy,
)
from eventdesk.model.folding import fold

__all__ = [
    "SearchEntry",
    "Vocabulary",
    "entry",
    "find",
    "first_no",
    "forget_words",
    "last_used_no",
    "learn",
    "put",
    "tidy",
]

MAX_WORDS = 6
MAX_WORD_LENGTH = 40
MAX_SPELLINGS = 8
MAX_ADDRESS = 254

_AT = "\ue000"
"""Stands for @ in the index: a private character, part of words to FTS5 and in no folded text."""


class Vocabulary:
    """The words of all holders' names, kept in memory and topped up from the store."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._last_no = 0
        self._by_length: dict[int, list[str]] = {}
        self._beginnings: dict[int, list[str]] = {}
        self._lock = threading.Lock()

    def nearest(self, connection: Connection, word: str) -> list[str]:
        """Known words a typing slip away from `word`, nearest first.

        One slip (a letter more, less, wrong, or two swapped) in words of up to five letters, two
        in longer ones. When no whole word is near, beginnings of words are compared, because
        the person may still be typing.
        """
        slips = 1 if len(word) <= 5 else 2
        with self._lock:
            self._top_up(connection)
            lengths = range(len(word) - slips, len(word) + slips + 1)
            whole = [self._by_length.get(length, []) for length in lengths]
            beginnings = self._beginnings_of(len(word))
        return _near(word, [*chain(*whole)], slips) or _near(word, beginnings, slips)

    def _top_up(self, connection: Connection) -> None:
        rows = connection.exec_driver_sql(
            "SELECT no, word FROM name_word WHERE no > ? ORDER BY no", (self._last_no,)
        ).all()
        if not rows:
            return
        self._last_no = rows[-1][0]
        self._words.extend(word for _no, word in rows)
        # New lists: another thread may be reading the old ones.
        self._by_length, self._beginnings = {}, {}
        for word in self._words:
            self._by_length.setdefault(len(word), []).append(word)

    def _beginnings_of(self, length: int) -> list[str]:
        """The first letters of all longer words, each once; kept until a word is learned."""
        if length not in self._beginnings:
            longer = {word[:length] for word in self._words if len(word) > length}
            self._beginnings[length] = sorted(longer)
        return self._beginnings[length]


def _near(word: str, candidates: list[str], slips: int) -> list[str]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(
        word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=MAX_SPELLINGS
    )
    return [spelling for spelling, _slips, _index in near]


def entry(no: int, *, name: str, email: str, codes: Iterable[str], seat: str) -> SearchEntry:
    """What a ticket is found by.

    Of the e-mail the words before the @ and the whole address in one piece are indexed: the
    domain is shared by thousands and would make its every prefix slow.
    """
    return SearchEntry(
        no,
        _words_of(name),
        f"{_words_of(email.partition('@')[0])} {_address(email)}",
        " ".join(fold(code) for code in codes),
        _words_of(seat),
    )


def learn(connection: Connection, names: Iterable[str]) -> None:
    """Add the words of these names to the vocabulary."""
    words = {word for name in names for word in _words_of(name).split()}
    learn_words(connection, sorted(word for word in words if len(word) >= 3 and not word.isdigit()))


def find(
    connection: Connection, vocabulary: Vocabulary, event_number: int, typed: str, *, limit: int
) -> list[int]:
    """Find the search numbers that match what was typed, the closest matches first.

    Whole words come before beginnings, and only when neither finds anybody are typos
    corrected. What holds an @ is an e-mail address, complete as far as it is typed.

    Args:
        connection: A read transaction.
        vocabulary: The store's vocabulary.
        event_number: The event to search.
        typed: Anything: parts of a name, an e-mail address, a code, a seat.
        limit: Most numbers to return.
    """
    words = _query_words(typed)
    if not words:
        return []
    spellings = [[word] for word in words]
    if "@" in typed:
        whole_address = [[_address(typed)]]
        return match(connection, event_number, whole_address, whole=False, limit=limit)
    found = match(connection, event_number, spellings, whole=True, limit=limit)
    if len(found) < limit:
        begun = match(connection, event_number, spellings, whole=False, limit=limit)
        found = list(dict.fromkeys([*found, *begun]))[:limit]
    if found:
        return found
    corrected = [_spellings(connection, vocabulary, event_number, word) for word in words]
    if corrected == spellings:
        return []
    return match(connection, event_number, corrected, whole=False, limit=limit)


def _spellings(
    connection: Connection, vocabulary: Vocabulary, event_number: int, word: str
) -> Sequence[str]:
    """The word itself when somebody has it, else the known words near it."""
    if len(word) < 3 or any(char.isdigit() for char in word):
        return [word]
    if match(connection, event_number, [[word]], whole=False, limit=1):
        return [word, *vocabulary.nearest(connection, word)] if len(word) > 3 else [word]
    return vocabulary.nearest(connection, word) or [word]


def _query_words(typed: str) -> list[str]:
    local_part = typed[:400].partition("@")[0]
    return [word[:MAX_WORD_LENGTH] for word in fold(local_part).split()[:MAX_WORDS]]


def _address(email: str) -> str:
    """An address in one piece; it begins as no word does, so that no name finds it."""
    local_part, _, domain = email.strip()[:MAX_ADDRESS].partition("@")
    return _AT + "".join(fold(local_part).split()) + _AT + "".join(fold(domain).split())


def _words_of(text: str) -> str:
    return " ".join(word[:MAX_WORD_LENGTH] for word in fold(text[:1000]).split())
