"""Rows that are never changed: their seals in the audit, compared with what is there."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from data.schema import AuditRow, CashMovementRow
from data.sealed_rows import DETAIL, bounds_of, digest, rows_of
from eventdesk.model.people import ERASED

_NAMES = {"cash_movement": "Cash movement", "invoice": "Invoice"}


def row_problems(connection: Connection) -> Iterator[str]:
    """Name every sealed row that was changed, removed or put in by no use case.

    The entries that hold the seals are checked by the chain of the audit itself.
    """
    covered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for entry, seal in _seals(connection):
        try:
            table, scope, first, last, sealed = seal
            rows = rows_of(connection, table, scope, first, last)
        except (TypeError, ValueError, KeyError):
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
    entries = connection.execute(
        select(
            AuditRow.seq,
            AuditRow.verb,
            AuditRow.actor_name,
            AuditRow.subject_kind,
            AuditRow.detail,
        )
        .where(func.json_type(AuditRow.detail, f"$.{DETAIL}") == "array")
        .order_by(AuditRow.seq)
    )
    for entry in entries:
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
