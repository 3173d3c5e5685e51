"""Column types: ids, instants and text as they lie in the store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

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
    """An aware UTC instant as microseconds since 1970.

    Integers sort, index and group by minute without parsing, and move between engines as they are.
    """

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        """What makes a column's value of a value; a naive time is a programming error."""
        return _microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        """What makes a value of a column's."""
        return _instant


class PlainText(TypeDecorator[str]):
    """Text without the NUL character, which PostgreSQL cannot keep and C programs cut at.

    Raises:
        InvalidInputError: A value that has one is compared with or written.
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        """What makes a column's value of a value."""
        return without_nul


WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits: money, counters and search numbers outgrow 32."""


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


def without_nul(value: Any) -> Any:
    """The same text.

    Raises:
        InvalidInputError: It has a NUL character.
    """
    if value is not None and "\0" in value:
        raise InvalidInputError(
            msg("This text has a NUL character, which cannot be kept."),
            hint=msg("Type it again; it was damaged on its way here."),
        )
    return value


def is_of_value(error: Exception) -> bool:
    """Whether only a value could not be read, such as bytes that are no text; not the file."""
    return not getattr(getattr(error, "orig", error), "sqlite_errorname", None)
