"""Rows of the store as lines of JSON, written and read."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Integer, Table

from data.types import Id, Instant, PlainText
from eventdesk.core.messages import msg


def line_of(names: Sequence[str], row: Sequence[Any]) -> str:
    """Write a row as one line of JSON."""
    values = {name: _written(value) for name, value in zip(names, row, strict=True)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def rows_of(table: Table, lines: Sequence[str]) -> list[dict[str, Any]]:
    """Read lines of JSON as rows of a table, which may lack columns.

    Raises:
        ValueError: They are no rows of this table, or have different columns.
    """
    rows: list[dict[str, Any]] = json.loads(f"[{','.join(lines)}]")
    if len(rows) != len(lines) or any(type(row) is not dict for row in rows):
        raise ValueError(msg("a line is no object"))
    if not rows:
        return []
    names = rows[0].keys()
    unknown = names - table.c.keys()
    if unknown:
        raise ValueError(msg("there is no column {column!r}", column=sorted(unknown)[0]))
    if any(row.keys() != names for row in rows):
        raise ValueError(msg("the rows of {table} have different columns", table=table.name))
    for name in names:
        _read(table.c[name], name, rows)
    return rows


def fields_of(names: Mapping[str, type], line: str) -> dict[str, Any]:
    """Read a line of JSON with exactly these fields; ValueError for any other."""
    values = json.loads(line)
    if not isinstance(values, dict) or values.keys() != names.keys():
        raise ValueError(msg("it has other fields"))
    return {name: _of_kind(kind, values[name]) for name, kind in names.items()}


def _of_kind(kind: type, value: Any) -> Any:
    if kind is datetime:
        return _instant(value)
    return UUID(_text(value)) if kind is UUID else _text(value)


def _written(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def _read(column: Column[Any], name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Convert and check the values of a column in all rows at once."""
    kind = column.type
    kinds = set(map(type, [row[name] for row in rows]))
    if column.nullable:
        kinds.discard(type(None))
    read = _id if isinstance(kind, Id) else _instant if isinstance(kind, Instant) else None
    if read is not None:
        for row in rows:
            value = row[name]
            row[name] = None if value is None and column.nullable else read(value)
        return
    if isinstance(kind, JSON):
        if not kinds <= {dict, list}:
            raise ValueError(msg("{name} is no object and no list", name=name))
        return
    expected = {Boolean: bool, Integer: int, PlainText: str}
    python = next((each for kept, each in expected.items() if isinstance(kind, kept)), None)
    if not kinds <= {python}:
        wrong = next(row[name] for row in rows if type(row[name]) in kinds - {python})
        raise ValueError(msg("{name} is {wrong!r}", name=name, wrong=wrong))


# Neighbouring rows have the same event and the same booking.
_known_id = lru_cache(maxsize=4096)(UUID)


def _id(value: Any) -> UUID:
    return _known_id(_text(value))


def _instant(value: Any) -> datetime:
    return _instant_spelled(_text(value))


@lru_cache(maxsize=4096)
def _instant_spelled(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(msg("{value} has no time zone", value=value))
    return instant.astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(msg("{value!r} is no text", value=value))
    return value
