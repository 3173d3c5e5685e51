"""Random values of any type that use cases take or return."""

import dataclasses
import types
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import typing_extensions

from eventdesk.core.money import Money

DEPTH = 6
"""How deep values are made of values."""

WORDS = ("", "Ada", "Zoë Łukasz", "<b>[/b]", "日本 ☂", "line\nline", "0", " spaced ", "a" * 300)
START = datetime(2026, 1, 1, tzinfo=UTC)


def value_of(kind: Any, random: Random, depth: int = DEPTH) -> Any:
    """Make a value of a type; the same for the same numbers."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        options = [each for each in inner if depth > 0 or each is type(None)] or list(inner)
        return value_of(random.choice(options), random, depth)
    if origin is typing.Literal:
        return random.choice(inner)
    if origin is typing.Annotated:
        return value_of(inner[0], random, depth)
    if origin is not None:
        return _container(origin, inner, random, depth)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return random.choice(list(kind))
    if kind is Money:
        return Money(random.randrange(-(10**9), 10**9), "EUR")
    if dataclasses.is_dataclass(kind):
        return _record(kind, random, depth - 1)
    if typing_extensions.is_typeddict(kind):
        hints = typing.get_type_hints(kind)
        return {name: value_of(hint, random, depth - 1) for name, hint in hints.items()}
    return _plain(kind, random)


def _plain(kind: Any, random: Random) -> Any:
    makers: dict[Any, Any] = {
        type(None): lambda: None,
        bool: lambda: random.random() < 0.5,
        int: lambda: random.randrange(-(2**40), 2**40),
        float: lambda: random.uniform(-1e6, 1e6),
        str: lambda: random.choice(WORDS),
        bytes: lambda: random.choice(WORDS).encode(),
        UUID: lambda: UUID(int=random.getrandbits(128)),
        datetime: lambda: START + timedelta(microseconds=random.randrange(10**15)),
        date: lambda: START.date() + timedelta(days=random.randrange(10_000)),
        time: lambda: time(random.randrange(24), random.randrange(60)),
        timedelta: lambda: timedelta(microseconds=random.randrange(10**12)),
        Decimal: lambda: Decimal(random.randrange(10**6)) / 100,
        Path: lambda: Path("some") / f"file-{random.randrange(9)}.csv",
        Any: lambda: random.choice((None, True, 5, "text", [1, "two"], {"key": "value"})),
        object: lambda: random.choice((None, True, 5, "text")),
    }
    return makers[kind]()


def _container(origin: Any, inner: Sequence[Any], random: Random, depth: int) -> Any:
    size = random.randrange(3) if depth > 0 else 0
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(value_of(each, random, depth - 1) for each in inner)
    if issubclass(origin, Mapping):
        key, value = inner
        return {
            value_of(key, random, depth - 1): value_of(value, random, depth - 1)
            for _ in range(size)
        }
    made = [value_of(inner[0], random, depth - 1) for _ in range(size)]
    if issubclass(origin, AbstractSet):
        return frozenset(made) if origin is frozenset else set(made)
    if origin in (list, Sequence, Collection, Iterable):
        return made
    return tuple(made)


def _record(kind: Any, random: Random, depth: int) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(
        **{
            field.name: value_of(hints[field.name], random, depth)
            for field in dataclasses.fields(kind)
            if field.init
        }
    )
