"""Full-text search in SQLite: FTS5 over folded words, without a copy of the text.

A row's number carries its event in the upper bits, so one event is a range of numbers and a
search never reads another event's matches.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

EVENT_SHIFT = 32
"""Bits of a row number below the event's number."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What one ticket is found by; each text is folded, words apart by one space."""

    no: int
    name: str
    email: str
    code: str
    seat: str


def first_no(event_number: int) -> int:
    """The number before an event's first row."""
    return event_number << EVENT_SHIFT


def last_used_no(connection: Connection, event_number: int) -> int:
    """The number of an event's newest row, or `first_no`."""
    row = connection.exec_driver_sql(
        "SELECT max(search_no) FROM ticket WHERE search_no > ? AND search_no < ?",
        (first_no(event_number), first_no(event_number + 1)),
    ).scalar()
    return int(row or first_no(event_number))


def put(connection: Connection, entries: Iterable[SearchEntry]) -> None:
    """Add entries, or replace those with the same number."""
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO ticket_search (rowid, name, email, code, seat)"
        " VALUES (?, ?, ?, ?, ?)",
        [(entry.no, entry.name, entry.email, entry.code, entry.seat) for entry in entries],
    )


def learn_words(connection: Connection, words: Iterable[str]) -> None:
    """Remember the words of names, for correcting typos against."""
    rows = [(word,) for word in words]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO name_word (word) VALUES (?)", rows)


def tidy(connection: Connection) -> None:
    """Merge the index into one piece, which leaves out the words of entries that were replaced.

    0.3 s for a hundred thousand tickets.
    """
    connection.exec_driver_sql("INSERT INTO ticket_search (ticket_search) VALUES ('optimize')")


def forget_words(connection: Connection) -> None:
    """Take words out of the list for typos that are in nobody's name any more."""
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_term"
        " USING fts5vocab('main', 'ticket_search', 'col')"
    )
    unknown = connection.exec_driver_sql(
        "SELECT word FROM name_word WHERE word NOT IN"
        " (SELECT term FROM temp.search_term WHERE col = 'name')"
    )
    for word in unknown.scalars().all():
        # A word that the index takes apart is no term of it, but is found.
        connection.exec_driver_sql(
            "DELETE FROM name_word WHERE word = ? AND NOT EXISTS"
            " (SELECT 1 FROM ticket_search WHERE ticket_search MATCH ?)",
            (word, f'name : "{word}"'),
        )


def match(
    connection: Connection,
    event_number: int,
    words: Sequence[Sequence[str]],
    *,
    whole: bool,
    limit: int,
) -> list[int]:
    """Find the rows of an event that hold, for each word, one of its spellings.

    Args:
        connection: A read or write transaction.
        event_number: The event to search.
        words: For each word its spellings, folded; at least one word and one spelling each.
        whole: Match whole words; else beginnings.
        limit: Most rows to return.

    Returns:
        Row numbers, ascending.
    """
    star = "" if whole else "*"
    expression = " AND ".join(
        "(" + " OR ".join(f'"{spelling}"{star}' for spelling in spellings) + ")"
        for spellings in words
    )
    rows = connection.exec_driver_sql(
        "SELECT rowid FROM ticket_search WHERE ticket_search MATCH ?"
        " AND rowid > ? AND rowid < ? ORDER BY rowid LIMIT ?",
        (expression, first_no(event_number), first_no(event_number + 1), limit),
    )
    return [int(no) for no in rows.scalars()]
