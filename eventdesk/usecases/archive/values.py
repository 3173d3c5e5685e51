"""Rows of the store as JSON, and back."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Integer, Table, Text

from data.types import Id, Instant


def line_of(names: Sequence[str], row: Sequence[Any]) -> str:
    """Write a row as one line of JSON."""
    values = {name: _written(value) for name, value in zip(names, row, strict=True)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def row_of(table: Table, line: str) -> dict[str, Any]:
    """Read a line of JSON as a row of a table; columns that are not there are left away.

    Raises:
        ValueError: It is no row of this table.
    """
    values = json.loads(line)
    if not isinstance(values, dict):
        raise ValueError("it is no object")
    unknown = values.keys() - table.c.keys()
    if unknown:
        raise ValueError(f"there is no column {sorted(unknown)[0]!r}")
    return {name: _read(table.c[name], value) for name, value in values.items()}


def fields_of(names: Mapping[str, type], line: str) -> dict[str, Any]:
    """Read a line of JSON that has exactly these fields of these kinds.

    Raises:
        ValueError: It has not.
    """
    values = json.loads(line)
    if not isinstance(values, dict) or values.keys() != names.keys():
        raise ValueError("it has other fields")
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


def _read(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None and column.nullable:
        return None
    if isinstance(kind, Id):
        return UUID(_text(value))
    if isinstance(kind, Instant):
        return _instant(value)
    if isinstance(kind, JSON):
        if not isinstance(value, dict | list):
            raise ValueError(f"{column.name} is no object and no list")
        return value
    expected = {Boolean: bool, Integer: int, Text: str}
    python = next((each for kept, each in expected.items() if isinstance(kind, kept)), None)
    if python is None or type(value) is not python:
        raise ValueError(f"{column.name} is {value!r}")
    return value


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return instant.astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value
