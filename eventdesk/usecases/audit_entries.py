"""Entries of the audit as they lie in the file, where somebody may have written anything.

A value that is not what its column holds (no JSON, half an id, bytes that are no text) fails when
it is read, and with it all that is read at once. Here the others are read all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, String, case, cast, func, select
from sqlalchemy.exc import DBAPIError

from data.schema import AuditRow
from data.sqlite.errors import is_of_value

FACTS: Final = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor_kind,
    AuditRow.actor_id,
    AuditRow.actor_name,
    AuditRow.verb,
    AuditRow.subject_kind,
    AuditRow.subject_id,
    AuditRow.event_id,
)

AT_ONCE: Final = 500
"""Entries read by one statement."""

_FAILS: Final = (ValueError, TypeError, ArithmeticError, RecursionError, DBAPIError)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that cannot be read, by its number."""

    seq: int

    @property
    def problem(self) -> str:
        """The sentence for people."""
        return f"Entry {self.seq} cannot be read."


def read_entries(connection: Connection, seqs: Sequence[int]) -> Iterator[Any]:
    """Read entries by their numbers, ascending; a number without an entry is left out.

    Args:
        connection: A transaction.
        seqs: The numbers, ascending.

    Yields:
        Rows with the number, the `FACTS`, the detail, the salts and what was withheld, or
        `Unreadable`.
    """
    for start in range(0, len(seqs), AT_ONCE):
        yield from _read(connection, seqs[start : start + AT_ONCE])


def has_array(name: str) -> ColumnElement[bool]:
    """Whether the detail of an entry is JSON and has an array of this name."""
    kind = func.json_type(AuditRow.detail, f"$.{name}")
    text = cast(AuditRow.detail, String)
    return case((func.json_valid(text) == 1, kind), else_="") == "array"


def _read(connection: Connection, seqs: Sequence[int]) -> Iterator[Any]:
    try:
        rows = connection.execute(_ENTRIES.where(AuditRow.seq.in_(seqs))).all()
    except _FAILS as error:
        if isinstance(error, DBAPIError) and not is_of_value(error):
            raise
        if len(seqs) == 1:
            yield Unreadable(seqs[0])
            return
        half = len(seqs) // 2
        yield from _read(connection, seqs[:half])
        yield from _read(connection, seqs[half:])
        return
    for row in rows:
        yield row if _is_whole(row) else Unreadable(row.seq)


def _is_whole(row: Any) -> bool:
    objects = (row.detail, row.salts or {}, row.withheld or {})
    texts = (row.actor_name, row.verb, row.actor_kind, row.subject_kind)
    return all(isinstance(each, dict) for each in objects) and all(
        isinstance(each, str) for each in texts
    )


_ENTRIES = select(
    AuditRow.seq, *FACTS, AuditRow.detail, AuditRow.salts, AuditRow.withheld
).order_by(AuditRow.seq)
