"""JSON of what use cases take and give: frozen dataclasses, as pydantic reads and writes them."""

import typing
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads and writes one type; made once, when it is needed first."""
    return TypeAdapter(travelling(kind))


def travelling(kind: Any) -> Any:
    """A type as it goes over a wire, where a collection is a list.

    >>> travelling(Collection[int] | None)
    list[int] | None
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Collection:
        return list[travelling(inner[0])]  # type: ignore[misc]
    if type(None) in inner and len(inner) == 2:
        return travelling(inner[0]) | None
    if kind == UUID | str:
        return Annotated[kind, Field(union_mode="left_to_right")]  # ids come as texts, too
    return kind


def as_json(kind: Any, value: Any) -> Any:
    """A value as it goes over a wire, in the types of JSON; a collection in any order as a list."""
    is_list = isinstance(value, AbstractSet) and Collection in (
        typing.get_origin(each) for each in (kind, *typing.get_args(kind))
    )
    return adapter(kind).dump_python(list(value) if is_list else value, mode="json")


def read_json(kind: Any, written: bytes) -> Any:
    """Read a value of a type.

    Raises:
        InvalidInputError: It is not JSON, or not of this type; says where and why.
    """
    try:
        return adapter(kind).validate_json(written)
    except ValidationError as error:
        raise unreadable(error) from None


def read_value(kind: Any, value: object, name: str) -> Any:
    """Read a value of a type from what JSON or an address gave.

    Args:
        kind: The type.
        value: What was given: texts of an address are taken for numbers, times and ids.
        name: What it is called, for the error.

    Raises:
        InvalidInputError: It is not of this type; says where and why.
    """
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        raise unreadable(error, name) from None


def write_json(kind: Any, value: object) -> bytes:
    """Write a value of a type."""
    return adapter(kind).dump_json(value)


def unreadable(error: ValidationError, name: str = "") -> InvalidInputError:
    """The error for people: the first place that is wrong, and what should be there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join([*([name] if name else []), *map(str, first["loc"])])
    return InvalidInputError(
        msg("{place}: {problem}", place=place or "body", problem=first["msg"]),
        hint=msg("The description of this address says what it takes: /api/v1/openapi.json."),
    )
