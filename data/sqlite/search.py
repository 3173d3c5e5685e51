"""Full-text search in SQLite: FTS5 over folded words, without a copy of the text.

A row's number carries its event in the upper bits, so one event is a range of numbers and a
search never reads another event's matches.
"""

from collections.abc import Iterable
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


def words_after(connection: Connection, no: int) -> tuple[list[str], int]:
    """Return the words that were learned after one, in order, and the number of the newest.

    They come in one text: a hundred thousand rows would cost twenty times as much.
    """
    last_no, words = connection.exec_driver_sql(
        "SELECT max(no), group_concat(word, ' ')"
        " FROM (SELECT no, word FROM name_word WHERE no > ? AND word <> '' ORDER BY word)",
        (no,),
    ).one()
    return (words.split(" "), int(last_no)) if words else ([], no)


def holders(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return name and e-mail address of the holders of tickets, by search number."""
    listed = ", ".join(map(str, map(int, numbers)))
    if not listed:
        return {}
    rows = connection.exec_driver_sql(
        f"SELECT search_no, holder_name, holder_email FROM ticket WHERE search_no IN ({listed})"
    )
    return {no: (name, email) for no, name, email in rows}


def tidy(connection: Connection) -> None:
    """Merge the index into one piece, which leaves out the words of entries that were replaced.

    0.3 s for a hundred thousand tickets.
    """
    connection.exec_driver_sql("INSERT INTO ticket_search (ticket_search) VALUES ('optimize')")


def forget_words(connection: Connection) -> None:
    """Take words out of the list for typos that are in nobody's name any more.

    The newest number is not given again: programs that read up to it ask for later ones.
    """
    newest = connection.exec_driver_sql("SELECT max(no) FROM name_word").scalar()
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
    connection.exec_driver_sql(
        "INSERT INTO name_word (no, word) SELECT ?, ''"
        " WHERE ? > (SELECT coalesce(max(no), 0) FROM name_word)",
        (newest, newest),
    )


def match(connection: Connection, event_number: int, expression: str, *, limit: int) -> list[int]:
    """Find the rows of an event that fulfil an expression.

    The expression is made by `both`, `either` and `beginning`; row numbers ascend.
    """
    rows = connection.exec_driver_sql(
        "SELECT rowid FROM ticket_search WHERE ticket_search MATCH ?"
        " AND rowid > ? AND rowid < ? ORDER BY rowid LIMIT ?",
        (expression, first_no(event_number), first_no(event_number + 1), limit),
    )
    return [int(no) for no in rows.scalars()]


def whole(word: str) -> str:
    """The expression for a word; folded, so that it holds no quotation mark."""
    return f'"{word}"'


def beginning(word: str) -> str:
    """The expression for all words that begin so."""
    return f'"{word}"*'


def both(expressions: Iterable[str]) -> str:
    """The expression for rows that fulfil all of these."""
    return "(" + " AND ".join(expressions) + ")"


def either(expressions: Iterable[str]) -> str:
    """The expression for rows that fulfil one of these."""
    return "(" + " OR ".join(expressions) + ")"
