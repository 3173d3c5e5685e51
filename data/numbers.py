"""Numbers that rows get one after the other, such as those of bookings.

They are unique and grow; nothing may need them without gaps, nor in the order of commits. Where
nothing may be missing, as of invoices, a use case counts by itself, about the event whose
transactions wait for each other.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from data.prepared import Prepared


def next_number(connection: Connection, column: ColumnElement[Any], count: int = 1) -> int:
    """The first of so many numbers that are the next of a column.

    SQLite has one writer, so they follow the highest and cost one look at the end of an index; an
    engine with many writers has a sequence for each column.

    The column has an index that begins with it; the transaction also writes the rows.
    """
    assert connection.dialect.name == "sqlite"
    assert count > 0
    highest = _highest(column).all(connection, {})[0][0]
    return 1 if highest is None else int(highest) + 1


@cache
def _highest(column: ColumnElement[Any]) -> Prepared:
    return Prepared(select(func.max(column)))
