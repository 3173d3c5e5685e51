"""What a service outside of the house is, told before anything of it is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import Field, Kind, at_field
from eventdesk.core.messages import Message, msg

Value: TypeAlias = str | int | bool | list[str] | None
Values: TypeAlias = Mapping[str, Value]
"""What was typed to set a service up, by the names of its fields."""


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A kind of service that can be set up.

    Attributes:
        name: Its word in commands and in the store.
        title: Its name for people.
        what: What it is good for, in a sentence.
        fields: What is typed to set it up, in the order of the form.
        probe: `module:function` that asks the service whether it works; given the values it
            answers with a `Message`, or raises a `ServiceError` that says what is wrong.
        needs: Module that must be installed; "" is none.
        extra: The extra of this package that brings it.
        of_event: Whether each event sets it up for itself; else admins do, for the house.
        everywhere: Whether admins may set up one for the house as well.
        several: Whether there may be more than one.
        deliveries: The kinds of deliveries that wait for any such service of the house.
        rules: Settings of the house that come with what was typed, for what calls it.
        one_of: Fields of which not all may be empty.
    """

    name: str
    title: Message
    what: Message
    fields: tuple[Field, ...]
    probe: str
    needs: str = ""
    extra: str = ""
    of_event: bool = False
    everywhere: bool = False
    several: bool = False
    rules: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the fields that are never shown."""
        return frozenset(each.name for each in self.fields if each.secret)

    @property
    def asked(self) -> tuple[Field, ...]:
        """Its fields for a form, which says below each what a command's help says of it."""
        return tuple(replace(each, hint=each.hint or each.help) for each in self.fields)

    @property
    def installed(self) -> bool:
        """Whether its library is there."""
        return not self.needs or find_spec(self.needs) is not None

    def clean(self, values: Values) -> dict[str, Value]:
        """Check what was typed, and trim it.

        Raises:
            InvalidInputError: There is no such field, or a value cannot be.
        """
        known = {each.name for each in self.fields}
        for name in values:
            if name not in known:
                raise InvalidInputError(
                    msg("{title} has no field {name!r}.", title=self.title, name=name),
                    hint=msg("Known: {fields}.", fields=", ".join(sorted(known))),
                )
        clean = {}
        for each in self.fields:
            with at_field(each.name):
                clean[each.name] = _cleaned(each, values.get(each.name))
        if self.one_of and not any(clean[name] for name in self.one_of):
            with at_field(self.one_of[0]):
                raise InvalidInputError(msg("Choose at least one."))
        return clean

    def need_installed(self) -> None:
        """See that its library is there.

        Raises:
            InvalidInputError: It is not.
        """
        if not self.installed:
            raise InvalidInputError(
                msg("{title} needs a package more.", title=self.title),
                hint=msg("Install it: {command}", command=f'pip install "eventdesk[{self.extra}]"'),
            )

    def ask(self, values: Values) -> Message:
        """Ask the service whether it works as set up; takes seconds.

        Raises:
            ServiceError: It does not; the message says what is wrong.
            InvalidInputError: Its library is not installed.
        """
        self.need_installed()
        answer: Message = named(self.probe)(values)
        return answer


def _cleaned(field: Field, value: Value) -> Value:
    """One value as its field takes it, as JSON has it."""
    given = _of_its_type(field, field.empty if value is None else value)
    if field.needed and given in (None, "", ()):
        raise InvalidInputError(msg("{what} is missing.", what=field.called))
    if field.choices and field.kind is Kind.ONE and given not in field.choices:
        raise InvalidInputError(
            msg("{what} cannot be {value!r}.", what=field.called, value=given),
            hint=msg("Choose one: {choices}.", choices=", ".join(map(str, field.choices))),
        )
    clean: Any = field.clean(given)
    return sorted(clean) if isinstance(clean, frozenset) else clean


_YES, _NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0", ""})


def _of_its_type(field: Field, value: Any) -> Any:
    """A value as its kind of field has it; numbers, and yes and no, may come as words."""
    what = field.called
    match field.kind:
        case Kind.NUMBER:
            if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
                return int(value)
            if value in (None, ""):
                return None
            if not isinstance(value, int) or isinstance(value, bool):
                raise InvalidInputError(msg("{what} is a whole number.", what=what))
        case Kind.YES:
            word = str(value if value is not None else "").strip().casefold()
            if word not in _YES | _NO:
                raise InvalidInputError(msg("{what} is yes or no.", what=what))
            return word in _YES
        case Kind.SEVERAL:
            several = value.split(",") if isinstance(value, str) else value or ()
            known = [str(each).strip() for each in several if str(each).strip()]
            for each in known:
                if each not in field.choices:
                    raise InvalidInputError(
                        msg("{what} cannot be {value!r}.", what=what, value=each),
                        hint=msg("Choose of: {choices}.", choices=", ".join(field.choices)),
                    )
            return tuple(known)
        case _:
            if value is not None and not isinstance(value, str):
                raise InvalidInputError(msg("{what} is text.", what=what))
            return value or ""
    return value


def named(where: str) -> Any:
    """What `module:name` names, imported now."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)
