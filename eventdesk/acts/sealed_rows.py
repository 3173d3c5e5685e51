"""Rows that are never changed: their seals in the audit, compared with what is there."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from data.schema import AuditRow, CashMovementRow
from data.sealed_rows import DETAIL, bounds_of, digest, rows_of
from eventdesk.acts.actor import ERASED
from eventdesk.acts.audit_entries import Unreadable, has_array, read_entries

_NAMES = {"cash_movement": "Cash movement", "invoice": "Invoice"}


def row_problems(connection: Connection) -> Iterator[str]:
    """Name every sealed row that was changed, removed or put in by no use case.

    The entries that hold the seals are checked by the chain of the audit itself.
    """
    covered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for entry, seal in _seals(connection):
        try:
            table, scope, first, last, sealed = seal
            if [type(each) for each in seal] != [str, str, int, int, str]:
                raise TypeError
            rows = rows_of(connection, table, scope, first, last)
        except (TypeError, ValueError, KeyError, OverflowError):
            yield f"Entry {entry.seq} holds a seal that cannot be read."
            continue
        numbers = {row[0] for row in rows}
        if digest(rows) != sealed:
            yield f"{_called(table, scope, first, last)} was changed or removed ({entry.verb})."
        elif numbers & covered[table, scope]:
            yield f"{_called(table, scope, first, last)} was sealed twice."
        elif entry.subject_kind == "cash_movement":
            yield from _other_name(connection, first, entry)
        covered[table, scope] |= numbers
    for table, scope, first, last in bounds_of(connection):
        numbers = {row[0] for row in rows_of(connection, table, scope, first, last)}
        for number in sorted(numbers - covered[table, scope]):
            yield f"{_called(table, scope, number, number)} was put in by no use case."


def _seals(connection: Connection) -> Iterator[tuple[Any, Any]]:
    sealing = select(AuditRow.seq).where(has_array(DETAIL)).order_by(AuditRow.seq)
    for entry in read_entries(connection, connection.execute(sealing).scalars().all()):
        if isinstance(entry, Unreadable):
            continue  # the chain names it
        for seal in entry.detail[DETAIL]:
            yield entry, seal


def _other_name(connection: Connection, number: int, entry: Any) -> Iterator[str]:
    """Who moved the cash is the one whom the entry names, or erased."""
    name = connection.execute(
        select(CashMovementRow.actor_name).where(CashMovementRow.no == number)
    ).scalar_one()
    if name not in (entry.actor_name, ERASED):
        yield f"Cash movement {number} names {name}, the audit {entry.actor_name}."


def _called(table: str, scope: str, first: int, last: int) -> str:
    of = f" ({scope.partition('/')[2]})" if scope else ""
    return f"{_NAMES[table]} {first}{f' to {last}' if last > first else ''}{of}"
