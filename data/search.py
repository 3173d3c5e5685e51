"""Search for people: as they type, without accents, with typos.

A word that finds nobody, or hardly anybody, is corrected against the vocabulary of names, which
is small and grows slowly, and not against the people, who are many.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Connection

from data.mistyped import OTHERWISE_WRITTEN, Mistyped
from data.sqlite.search import (
    SearchEntry,
    beginning,
    both,
    first_no,
    forget_words,
    holders,
    last_used_no,
    learn_words,
    match,
    put,
    tidy,
    whole,
)
from data.vocabulary import Vocabulary
from eventdesk.core.folding import fold

__all__ = [
    "OTHERWISE_WRITTEN",
    "SearchEntry",
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
MAX_ADDRESS = 254
MAX_ADDRESS_SLIPS = 2

_LINK = re.compile(r"\s*(?:[a-z]+://|www\.)", re.IGNORECASE)
"""How a pasted link begins, which is no mistyped name."""

_AT = "\ue000"
"""Stands for @ in the index: a private character, part of words to FTS5 and in no folded text."""


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
    connection: Connection,
    vocabulary: Vocabulary,
    event_number: int,
    typed: str,
    *,
    limit: int,
    fill: int = 1,
) -> dict[int, float]:
    """Find the search numbers that match what was typed, the closest matches first.

    Whole words come before beginnings, and these before typos. What holds an @ is an e-mail
    address, complete as far as it is typed.

    Args:
        connection: A read transaction.
        vocabulary: Of the store.
        event_number: The event to search.
        typed: Anything: parts of a name, an e-mail address, a code, a seat.
        limit: Most numbers to return.
        fill: Look for typos while fewer than this many match as it is typed.

    Returns:
        Numbers with how far they are from what was typed, see `data.mistyped`; all that match as it
        is typed have 0.
    """
    words = _query_words(typed)
    if not words:
        return {}
    if "@" in typed:
        address = beginning(_address(typed))
        found = match(connection, event_number, address, limit=limit)
        if found:
            return dict.fromkeys(found, 0.0)
        known = vocabulary.words(connection)
        alike = Mistyped(connection, event_number, known, words).addresses(_address_before(typed))
        return dict(_nearest_addresses(connection, alike, _address(typed))[:limit])
    found = match(connection, event_number, both(map(whole, words)), limit=limit)
    is_a_word = len(words) == 1 and bool(found)
    if len(found) < limit:
        begun = match(connection, event_number, both(map(beginning, words)), limit=limit)
        found = [*found, *begun]
    as_typed = dict.fromkeys(found[:limit], 0.0)
    if is_a_word or len(as_typed) >= fill or _LINK.match(typed):
        return as_typed
    search = Mistyped(connection, event_number, vocabulary.words(connection), words)
    near = search.nearest(fill, beside=bool(as_typed))
    room = max(limit if not as_typed else fill, len(as_typed)) - len(as_typed)
    added = [each for each in near.items() if each[0] not in as_typed][:room]
    return {**as_typed, **dict(added)}


def _nearest_addresses(
    connection: Connection, numbers: Iterable[int], address: str
) -> list[tuple[int, float]]:
    """Those of some tickets whose holder's address, as far as it is typed, is a few slips away."""
    from rapidfuzz.distance import OSA

    near: list[tuple[float, int]] = []
    for no, (_name, email) in holders(connection, numbers).items():
        theirs, typed = _address(email), len(address)
        slips = min(
            OSA.distance(address, part)
            for part in (theirs, *(theirs[:end] for end in range(typed - 1, typed + 2)))
        )
        if slips <= MAX_ADDRESS_SLIPS:
            near.append((float(slips), no))
    return [(no, slips) for slips, no in sorted(near)]


def _query_words(typed: str) -> list[str]:
    local_part = typed[:400].partition("@")[0]
    return [word[:MAX_WORD_LENGTH] for word in fold(local_part).split()[:MAX_WORDS]]


def _address(email: str) -> str:
    """An address in one piece; it begins as no word does, so that no name finds it."""
    local_part, _, domain = email.strip()[:MAX_ADDRESS].partition("@")
    return _AT + "".join(fold(local_part).split()) + _AT + "".join(fold(domain).split())


def _address_before(email: str) -> str:
    """What all addresses begin with that have the same part before the @."""
    return _address(email).rpartition(_AT)[0] + _AT


def _words_of(text: str) -> str:
    return " ".join(word[:MAX_WORD_LENGTH] for word in fold(text[:1000]).split())
