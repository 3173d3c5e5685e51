"""Digests of rows that are never changed; the audit takes them down with what wrote the rows.

A seal is `[table, scope, first, last, digest]`: the SHA-256 over the rows of a table whose numbers
are from `first` to `last`, as they lie in the file. Invoices count in each series of an event, so
their scope is `<event id in hex>/<series>`; elsewhere it is empty.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection

Seal = list[Any]
"""`[table, scope, first, last, digest]`, as it lies in the detail of an entry of the audit."""

DETAIL = "sealed"
"""Where an entry of the audit keeps its seals."""

_MOVEMENT = "no, id, shift_id, kind, amount_minor, payment_id, refund_id, counters_id, reason, at"
_INVOICE = "number, id, event_id, booking_id, series, content, issued_at"
_ROWS = {
    "cash_movement": f"SELECT {_MOVEMENT} FROM cash_movement WHERE no BETWEEN ? AND ? ORDER BY no",
    "invoice": f"SELECT {_INVOICE} FROM invoice WHERE number BETWEEN ? AND ?"
    " AND event_id = ? AND series = ? ORDER BY number",
}
"""What a seal covers. Who moved cash is not in it: a name may be erased."""

TABLES = tuple(_ROWS)


def invoices_of(event_id: bytes, series: str) -> str:
    """The scope of one series of invoices."""
    return f"{event_id.hex()}/{series}"


def seal_of(connection: Connection, table: str, scope: str, first: int, last: int) -> Seal:
    """Seal the rows of a table from one number to another, as they are now."""
    return [table, scope, first, last, digest(rows_of(connection, table, scope, first, last))]


def rows_of(
    connection: Connection, table: str, scope: str, first: int, last: int
) -> list[tuple[Any, ...]]:
    """Read the sealed columns of some rows; the first of each is its number.

    Raises:
        ValueError: It is no scope of this table.
        KeyError: There is no such table.
    """
    bounds: tuple[Any, ...] = (first, last)
    if bool(scope) != (table == "invoice"):
        raise ValueError(scope)
    if scope:
        event, _, series = scope.partition("/")
        bounds += (bytes.fromhex(event), series)
    return [tuple(row) for row in connection.exec_driver_sql(_ROWS[table], bounds)]


def digest(rows: list[tuple[Any, ...]]) -> str:
    """The SHA-256 of rows, in hexadecimal digits."""
    plain = [
        [f"x'{value.hex()}'" if isinstance(value, bytes) else value for value in row]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True).encode()).hexdigest()


def bounds_of(
    connection: Connection, event_id: bytes | None = None
) -> list[tuple[str, str, int, int]]:
    """Table, scope, lowest and highest number of all there is to seal, or of one event's.

    The movements of one event follow each other only where they were taken in together.
    """
    of_event = "" if event_id is None else " WHERE event_id = ?"
    bound = () if event_id is None else (event_id,)
    of_shift = f" WHERE shift_id IN (SELECT id FROM cash_shift{of_event})" if of_event else ""
    movements = connection.exec_driver_sql(
        f"SELECT min(no), max(no) FROM cash_movement{of_shift}", bound
    )
    series = connection.exec_driver_sql(
        f"SELECT event_id, series, min(number), max(number) FROM invoice{of_event}"
        " GROUP BY event_id, series",
        bound,
    )
    found = [("cash_movement", "", row[0], row[1]) for row in movements if row[0] is not None]
    return found + [("invoice", invoices_of(row[0], row[1]), row[2], row[3]) for row in series]
