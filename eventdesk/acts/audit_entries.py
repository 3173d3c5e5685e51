"""Entries of the audit as they lie in the file, where somebody may have written anything.

A value that is not what its column holds (no JSON, half an id, bytes that are no text) fails when
it is read, and with it all that is read at once. Here the others are read all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, String, case, cast, func, select
from sqlalchemy.exc import DBAPIError

from data.schema import AuditRow
from data.types import is_of_value

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

ALL: Final = (*FACTS, AuditRow.detail, AuditRow.salts, AuditRow.withheld)

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


def read_entries(
    connection: Connection, seqs: Sequence[int], columns: Sequence[Any] = ALL
) -> Iterator[Any]:
    """Read entries by their numbers, ascending; a number without an entry is left out.

    Args:
        connection: A transaction.
        seqs: The numbers, ascending.
        columns: What is read of each.

    Yields:
        Rows with the number and the columns, or `Unreadable`.
    """
    query = select(AuditRow.seq, *columns).order_by(AuditRow.seq)
    for start in range(0, len(seqs), AT_ONCE):
        yield from _read(connection, query, seqs[start : start + AT_ONCE])


def has_array(name: str) -> ColumnElement[bool]:
    """Whether the detail of an entry is JSON and has an array of this name."""
    kind = func.json_type(AuditRow.detail, f"$.{name}")
    text = cast(AuditRow.detail, String)
    return case((func.json_valid(text) == 1, kind), else_="") == "array"


def _read(connection: Connection, query: Select[Any], seqs: Sequence[int]) -> Iterator[Any]:
    first, last = seqs[0], seqs[-1]
    # Without gaps, as they nearly always are, their bounds are enough.
    whole = last - first + 1 == len(seqs)
    these = AuditRow.seq.between(first, last) if whole else AuditRow.seq.in_(seqs)
    try:
        rows = connection.execute(query.where(these)).all()
    except _FAILS as error:
        if isinstance(error, DBAPIError) and not is_of_value(error):
            raise
        if len(seqs) == 1:
            yield Unreadable(seqs[0])
            return
        half = len(seqs) // 2
        yield from _read(connection, query, seqs[:half])
        yield from _read(connection, query, seqs[half:])
        return
    names = query.selected_columns.keys()
    kinds = [(place, _KINDS[name]) for place, name in enumerate(names) if name in _KINDS]
    for row in rows:
        whole = all(isinstance(row[place], kind) for place, kind in kinds)
        yield row if whole else Unreadable(row.seq)


# What a column holds once it is read, where its type takes more than that.
_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(("actor_kind", "actor_name", "verb", "subject_kind"), str),
    "detail": dict,
    **dict.fromkeys(("salts", "withheld"), (dict, type(None))),
}
