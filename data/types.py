"""How values that are not text or numbers lie in the store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Convert = Callable[[Any], Any]
"""What makes a driver's value of a value, or the other way round."""


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes in SQLite, the native type elsewhere."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        return dialect.type_descriptor(
            LargeBinary(16) if dialect.name == "sqlite" else Uuid(as_uuid=True)
        )

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        """What makes a column's value of a value."""
        return _id_to_bytes if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        """What makes a value of a column's."""
        if dialect.name == "sqlite":
            return _id_of_bytes
        return super().result_processor(dialect, coltype)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: microseconds since 1970 in SQLite, timestamptz elsewhere.

    Integers sort, index and group by minute without parsing.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        return dialect.type_descriptor(
            BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        )

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        """What makes a column's value of a value; a naive time is a programming error."""
        if dialect.name == "sqlite":
            return _microseconds
        convert = super().bind_processor(dialect)
        return lambda value: _aware(value) if convert is None else convert(_aware(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        """What makes a value of a column's."""
        if dialect.name == "sqlite":
            return _instant
        return super().result_processor(dialect, coltype)


# Functions of one argument rather than `process_bind_param` and `process_result_value`: those are
# reached through two more calls for each value of each row.


def _id_to_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.int.to_bytes(16, "big")


def _id_of_bytes(value: bytes | None) -> UUID | None:
    return None if value is None else UUID(bytes=value)


def _microseconds(value: datetime | None) -> int | None:
    return None if value is None else (_aware(value) - _EPOCH) // _MICROSECOND


def _instant(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + int(value) * _MICROSECOND


def _aware(value: Any) -> Any:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value!r}")
    return value
