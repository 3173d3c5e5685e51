"""How values that are not text or numbers lie in the store."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes in SQLite, the native type elsewhere."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        return dialect.type_descriptor(
            LargeBinary(16) if dialect.name == "sqlite" else Uuid(as_uuid=True)
        )

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Value to column."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Column to value."""
        if value is None or dialect.name != "sqlite":
            return cast("UUID | None", value)
        return UUID(bytes=value)


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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Value to column; a naive time is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Column to value."""
        if value is None or dialect.name != "sqlite":
            return cast("datetime | None", value)
        return _EPOCH + int(value) * _MICROSECOND
