"""The options of an entity's fields, and what was typed as them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import click

from eventdesk.acts import the_one_named
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import Field, Kind
from eventdesk.core.messages import msg
from eventdesk.core.money import NO_MONEY, Money, read_money, read_percent
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")

NONE: Final = "none"
"""What takes a limit, a time or a place away."""


@dataclass(frozen=True)
class Typed:
    """How typed values are meant.

    Attributes:
        zone: Time zone of instants.
        nothing: No money in the currency of amounts.
        offers: Reads what can be chosen, by the names of the fields.
    """

    zone: str = "UTC"
    nothing: Money = NO_MONEY
    offers: Mapping[str, Callable[[], Iterable[tuple[Any, str]]]] = field(default_factory=dict)

    def read(self, one: Field, typed: Any) -> Any:
        """What was typed as an option, as a value.

        Raises:
            InvalidInputError: It cannot be read.
            NotFoundError: There is nothing of this name, or several.
        """
        none = isinstance(typed, str) and is_none(typed)
        match one.kind:
            case Kind.NUMBER:
                return None if none else read_number(typed)
            case Kind.MOMENT:
                return None if none else read_moment(typed, self.zone)
            case Kind.MONEY:
                return read_money(typed, self.nothing.currency, self.nothing.exponent)
            case Kind.MINOR if none and one.empty is None:
                return None
            case Kind.MINOR:
                return read_money(typed, self.nothing.currency, self.nothing.exponent).minor
            case Kind.SHARE:
                return read_percent(typed)
            case Kind.YES if isinstance(typed, str):
                return read_yes(typed)
            case Kind.ONE if one.choices:
                return _chosen(one, typed)
            case Kind.ONE:
                return None if none else self._named(one, typed)
            case Kind.SEVERAL if one.name in self.offers:
                return tuple(self._named(one, each) for each in typed)
            case Kind.LINE if one.empty == "" and none:
                return ""
        return typed

    def _named(self, one: Field, typed: str) -> Any:
        offered = list(self.offers[one.name]())
        found = the_one_named(
            one.what, typed, offered, lambda each: plain(each[1]), id_of=lambda each: each[0]
        )
        return found[0]


def _chosen(one: Field, typed: str) -> Any:
    """What was chosen by its word, or by a beginning that only it has; else what was typed."""
    word = typed.strip().casefold()
    begun = [each for each in one.choices if word and str(each).startswith(word)]
    exact = [each for each in begun if str(each) == word]
    return exact[0] if exact else begun[0] if len(begun) == 1 else typed


def options(fields: Iterable[Field], *but: str, new: bool = False) -> Callable[[F], F]:
    """Give a command an option for each field that has one; `new` requires what is needed."""

    def decorate(command: F) -> F:
        for one in reversed([each for each in fields if each.name not in but]):
            if one.option is not None:
                command = _option(one, needed=new and one.needed)(command)
        return command

    return decorate


def _option(one: Field, *, needed: bool) -> Callable[[F], F]:
    name = one.name.replace("_", "-")
    if one.kind is Kind.YES:
        flag = one.option or f"--{name}/--no-{name}"
        return click.option(flag, one.name, default=None, help=one.told)
    flag = one.option or f"--{name}"
    kind = click.Choice(_words(one)) if one.choices else None
    several = one.kind is Kind.SEVERAL
    return click.option(flag, one.name, type=kind, multiple=several, required=needed, help=one.told)


def _words(one: Field) -> list[str]:
    """The words of what can be chosen, in the order in which they are declared."""
    first = next(iter(one.choices))
    return [str(each) for each in type(first) if each in one.choices]


def given(
    fields: Iterable[Field], value: T, options: Mapping[str, Any], how: Typed | None = None
) -> T:
    """An entity with the options that were given; the rest stays."""
    names = {one.name: one for one in fields}
    read = {
        name: (how or Typed()).read(names[name], typed)
        for name, typed in options.items()
        if name in names and typed not in (None, ())
    }
    return replace(value, **read)  # type: ignore[type-var]  # an entity is a dataclass


def is_none(typed: str) -> bool:
    """Whether nothing is typed, or the word for it."""
    return typed.strip().casefold() in ("", NONE)


def read_yes(typed: str) -> bool:
    """Read yes or no.

    Raises:
        InvalidInputError: It is neither.
    """
    answers = {"yes": True, "no": False}
    if typed.strip().casefold() not in answers:
        raise InvalidInputError(msg("Say yes or no."))
    return answers[typed.strip().casefold()]


def read_number(typed: str) -> int:
    """Read a whole number.

    Raises:
        InvalidInputError: It is none.
    """
    text = typed.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
        raise InvalidInputError(
            msg("{typed!r} is no whole number.", typed=typed[:20]),
            hint=msg('Type one, or "{none}".', none=NONE),
        )
    return int(text)
