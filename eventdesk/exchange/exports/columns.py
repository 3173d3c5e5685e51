"""Columns of lists, and reading rows of any number.

Instants are written on the event's clock, with its offset. Amounts stand in a column of their own
beside their currency.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select

from eventdesk.core.money import Money
from eventdesk.tables.cells import Cell

PAGE: Final = 500
"""Rows read at a time."""


Rows: TypeAlias = tuple[tuple[str, ...], Iterator[Sequence[Cell]]]
"""The names of columns, and rows that are read as they are taken."""

Columns = Sequence[tuple[str, Callable[[Any, Any], Cell]]]
"""Names of columns, each with what of a row stands in it."""


def streamed(connection: Connection, event: Any, query: Select[Any], columns: Columns) -> Rows:
    """Read a list row by row."""

    def rows() -> Iterator[Sequence[Cell]]:
        for row in connection.execute(query, execution_options={"yield_per": PAGE}):
            yield [value(row, event) for _, value in columns]

    return tuple(name for name, _ in columns), rows()


def as_it_is(name: str) -> Callable[[Any, Any], Cell]:
    """The column of this name as it is."""
    return lambda row, event: getattr(row, name)


def at(name: str) -> Callable[[Any, Any], Cell]:
    """An instant on the clock of the event."""

    def local(row: Any, event: Any) -> Cell:
        at: datetime | None = getattr(row, name)
        return None if at is None else at.astimezone(ZoneInfo(event.time_zone))

    return local


def on_its_clock(name: str) -> Callable[[Any, Any], Cell]:
    """An instant on the clock of the row's own event."""
    return lambda row, event: getattr(row, name).astimezone(ZoneInfo(row.time_zone))


def amount(name: str) -> Callable[[Any, Any], Cell]:
    """An amount in the row's own currency."""
    return lambda row, event: Money(getattr(row, name), row.currency, row.currency_exponent)
