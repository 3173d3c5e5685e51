"""Statements about one row by its id, counts of rows, and what many others are made of."""

from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, TextClause, delete, func, insert, select, update

from data.schema import Base

LAST: Final = "\U0010ffff"
"""Sorts behind every text that begins alike."""


def begins(column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a column begins so: a range, which its index answers."""
    between: ColumnElement[bool] = column.between(typed, typed + LAST)
    return between


def insert_row(connection: Connection, table: type[Base], /, **values: Any) -> None:
    """Insert one row; `data.bulk.insert_many` is for many."""
    connection.execute(insert(table).values(**values))


def update_row(connection: Connection, table: Any, row_id: UUID | None, /, **values: Any) -> None:
    """Give some columns of the row with this id other values."""
    connection.execute(update(table).where(table.id == row_id).values(**values))


def delete_row(connection: Connection, table: Any, row_id: UUID, /) -> None:
    """Delete the row with this id."""
    connection.execute(delete(table).where(table.id == row_id))


def columns_of(table: type[Base], view: type) -> list[Any]:
    """The columns that a view, a dataclass, takes its fields from, in the order of its fields."""
    return [getattr(table, field.name) for field in fields(view)]


def count_rows(connection: Connection, *where: ColumnElement[bool] | TextClause) -> int:
    """How many rows meet the conditions, all of one table."""
    return connection.execute(select(func.count()).where(*where)).scalar_one()
