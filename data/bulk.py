"""Writing many rows of one table in one go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, insert

from data.schema import Base
from data.types import Convert

AT_ONCE = 1000
"""Ids or codes compared in one question."""


def insert_many(connection: Connection, of: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same keys: their values go to the driver as tuples.

    `connection.execute(insert(…), rows)` does the same and looks at each value of each row by
    its name and type, which costs more than the database does.
    """
    if not rows:
        return
    statement, makers = _statement(of.__table__, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(
        statement,
        [
            tuple([maker(row[name]) if maker else row[name] for name, maker in makers])
            for row in rows
        ],
    )


@lru_cache(maxsize=64)
def _statement(
    of: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[str, Convert | None]]]:
    """The statement, and in its order the columns with what makes their values."""
    compiled: Any = insert(of).compile(dialect=dialect, column_keys=list(names))
    columns = of.c
    order = compiled.positiontup or names
    makers = {name: columns[name].type.dialect_impl(dialect) for name in names}
    return str(compiled), [(name, makers[name].bind_processor(dialect)) for name in order]


T = TypeVar("T")


def chunks(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Cut ids or codes into lists of at most `size`, each once."""
    unique = list(dict.fromkeys(values))
    for at in range(0, len(unique), size):
        yield unique[at : at + size]
