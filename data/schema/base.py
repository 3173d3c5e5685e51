"""The ground all tables stand on: a class declares a table, its attributes are the columns.

The classes are tables of SQLAlchemy's Core with types: no mapper stands behind them. Importing
and setting up the mappers took a quarter of a second of every start.
"""

import inspect
import types
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, TypeVar, Union, cast, get_args, get_origin
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnClause,
    FromClause,
    Index,
    LargeBinary,
    MetaData,
    Table,
    text,
)
from sqlalchemy.types import TypeEngine

from data.types import WHOLE, Id, Instant, PlainText

Said = Mapping[str, Any]
"""The messages among the texts of a row, as JSON by their columns (`messages.kept_texts`)."""

_KINDS: dict[Any, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    UUID: Id,
    datetime: Instant,
    str: PlainText,
    int: WHOLE,
    bool: Boolean,
    bytes: LargeBinary,
    dict[str, Any]: JSON,
    list[str]: JSON,
    list[Any]: JSON,
    Said: JSON(none_as_null=True),
}
"""How values of each type lie in the store."""

Col = ColumnClause
"""A column of a declared table, by the type of its values."""

Row = TypeVar("Row", bound="Base")


class _Wanted(NamedTuple):
    """What a column is beside its name, its type and whether it may be empty."""

    items: tuple[Any, ...] = ()
    options: dict[str, Any] = {}


def column(*items: Any, **options: Any) -> Col[Any]:
    """Declare what a column is beyond its annotation, as `sqlalchemy.Column` takes it."""
    return cast("Col[Any]", _Wanted(items, options))


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Declare an index of only those rows that a condition is true of, on every engine."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class _Table:
    """Stands for a table wherever a statement takes one."""

    __table__: ClassVar[FromClause]

    @classmethod
    def __clause_element__(cls) -> FromClause:
        """The table; how SQLAlchemy asks what an object stands for."""
        return cls.__table__


class Base(_Table):
    """Common ground of all tables.

    A subclass names its table in `__tablename__` and annotates each column as `Col[type]`,
    with `| None` where it may be empty.
    """

    metadata: ClassVar = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[Any, ...]] = ()
    __table__: ClassVar[Table]

    def __init_subclass__(cls) -> None:
        """Make the table, and put its columns in the place of what declared them."""
        *constraints, last = cls.__table_args__ or ({},)
        options = last if isinstance(last, dict) else {}
        if not isinstance(last, dict):
            constraints.append(last)
        columns = [
            _column(name, annotation, cls.__dict__.get(name, _Wanted()))
            for name, annotation in inspect.get_annotations(cls).items()
        ]
        _stand_for(cls, Table(cls.__tablename__, Base.metadata, *columns, *constraints, **options))


def aliased(row: type[Row], name: str | None = None) -> type[Row]:
    """The same table under another name, for statements that meet it twice."""
    alias = type(row.__name__, (_Table,), {})
    _stand_for(alias, row.__table__.alias(name))
    return cast("type[Row]", alias)


def _stand_for(row: "type[_Table]", table: FromClause) -> None:
    row.__table__ = table
    for each in table.c:
        setattr(row, each.key, each)


def _column(name: str, annotation: Any, wanted: _Wanted) -> Column[Any]:
    (kind,) = get_args(annotation)
    empty = get_origin(kind) in (Union, types.UnionType)
    if empty:
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    items = wanted.items
    if not (items and isinstance(items[0], TypeEngine)):
        items = (_KINDS[kind], *items)
    return Column(name, *items, nullable=empty, **wanted.options)
