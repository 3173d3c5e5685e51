"""Statements about one row by its id, counts of rows, and what many others are made of."""

from collections.abc import Container
from dataclasses import fields
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    TextClause,
    delete,
    func,
    insert,
    select,
    update,
)

from data.schema import Base, SettingRow

V = TypeVar("V")

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of a query; the columns are those the query names."""

LAST: Final = "\U0010ffff"
"""Sorts behind every text that begins alike."""


def begins(column: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Whether a column begins so: a range, which its index answers."""
    return column.between(typed, typed + LAST)


def insert_row(connection: Connection, table: type[Base], /, **values: object) -> None:
    """Insert one row; `data.bulk.insert_many` is for many."""
    connection.execute(insert(table).values(**values))


def update_row(
    connection: Connection, table: type[Base], row_id: UUID | None, /, **values: object
) -> None:
    """Give some columns of the row with this id other values."""
    connection.execute(update(table).where(table.__table__.c.id == row_id).values(**values))


def delete_row(connection: Connection, table: type[Base], row_id: UUID, /) -> None:
    """Delete the row with this id."""
    connection.execute(delete(table).where(table.__table__.c.id == row_id))


def setting(connection: Connection, key: str) -> str | None:
    """The value of a setting of the store; None where it has none."""
    return connection.execute(
        select(SettingRow.value).where(SettingRow.key == key)
    ).scalar_one_or_none()


def put_setting(connection: Connection, key: str, value: str) -> None:
    """Give a setting of the store a value."""
    connection.exec_driver_sql(
        "INSERT INTO setting (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def columns_of(
    table: type[Base], view: type, *, but: Container[str] = ()
) -> list[ColumnElement[Any]]:
    """The columns of a table that a view, a dataclass, has as fields, in the order of its fields.

    Args:
        but: Names of the fields that come from elsewhere.
    """
    return [getattr(table, field.name) for field in fields(view) if field.name not in but]


def view_from(view: type[V], row: object, /, **given: object) -> V:
    """A view, a dataclass, whose fields are columns of a row; what is given comes besides."""
    names = [field.name for field in fields(view)]  # type: ignore[arg-type]  # a dataclass
    return view(**{name: getattr(row, name) for name in names if name not in given}, **given)


def count_rows(connection: Connection, *where: ColumnElement[bool] | TextClause) -> int:
    """How many rows meet the conditions, all of one table."""
    return connection.execute(select(func.count()).where(*where)).scalar_one()
