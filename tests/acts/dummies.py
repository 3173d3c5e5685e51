"""Arguments that fit the signature of any use case, for calling each without knowing it."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import typing_extensions

from eventdesk.core.money import Money
from tests.build import NOON

DEPTH = 4
"""How deep values are made of values."""


def arguments(use_case: Callable[..., Any], **known: Any) -> dict[str, Any]:
    """Make keyword arguments for everything behind the act.

    Args:
        use_case: The function.
        known: Values by parameter name, such as `event_id`; they are given where the use case has
            a parameter of that name, also where it could be left out.
    """
    hints = typing.get_type_hints(inspect.unwrap(use_case))
    made = {}
    for parameter in list(inspect.signature(use_case).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in known:
            made[parameter.name] = known[parameter.name]
        elif parameter.default is parameter.empty:
            made[parameter.name] = value_of(hints[parameter.name], known)
    return made


def value_of(kind: Any, known: dict[str, Any], depth: int = DEPTH) -> Any:
    """Make some value of a type."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in inner else value_of(inner[0], known, depth)
    if origin is typing.Literal:
        return inner[0]
    if origin is not None:
        return _container(origin)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if dataclasses.is_dataclass(kind) and kind is not Money:
        return _record(typing.cast("type[Any]", kind), known, depth - 1)
    plain: dict[Any, Any] = {
        UUID: uuid4(),
        str: "something",
        int: 1,
        float: 1.0,
        bool: False,
        bytes: b"x",
        datetime: NOON,
        date: NOON.date(),
        timedelta: timedelta(hours=1),
        Path: Path("nowhere"),
        Money: Money(100, "EUR"),
    }
    if kind not in plain:
        return {} if typing_extensions.is_typeddict(kind) else None
    return plain[kind]


def _container(origin: Any) -> Any:
    if isinstance(origin, type) and issubclass(origin, list | set | frozenset | dict | tuple):
        return origin()
    name = getattr(origin, "__name__", "")
    return {} if "Mapping" in name else ()


def _record(kind: type[Any], known: dict[str, Any], depth: int) -> Any:
    """Make a dataclass; its fields are known by the same names as parameters are."""
    if depth < 0:
        return None
    hints = typing.get_type_hints(kind)
    needed = {
        field.name: known[field.name]
        if field.name in known
        else value_of(hints[field.name], known, depth)
        for field in dataclasses.fields(kind)
        if field.init
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    }
    return kind(**needed)
