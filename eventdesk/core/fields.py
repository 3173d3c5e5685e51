"""The fields of an entity, each declared once: for forms, commands, and the check of what is typed.

The tuple of an entity's fields stands beside its frozen value, in the order of its form. The
command line makes options of it, the screens a form, and the use case checks by it. A rule about
more than one field stands below it. Its words are plain literals: they are found where they stand,
and translated when they are shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from dataclasses import fields as attributes
from enum import Enum
from typing import Any, TypeVar

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import MAX_BP, MAX_MINOR, Money
from eventdesk.core.typed_text import MAX_LINE, MAX_PAGE, MAX_PEOPLE, line, page, whole

T = TypeVar("T")

Offers = Mapping[str, Iterable[tuple[Any, str]]]
"""What can be chosen, by the names of the fields: values, and how they are called."""


class Kind(Enum):
    """What a field holds."""

    LINE = "one line of text"
    PAGE = "lines of text"
    NUMBER = "a whole number, or None"
    MONEY = "an amount"
    MINOR = "an amount in minor units of the event's currency"
    SHARE = "a share in basis points"
    YES = "yes or no"
    MOMENT = "an instant, or None"
    ONE = "one of several, or None"
    SEVERAL = "any of several"


LINE, PAGE, NUMBER, MONEY, MINOR, SHARE, YES, MOMENT, ONE, SEVERAL = Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity.

    Attributes:
        name: The attribute of the entity's value.
        kind: What it holds.
        label: What a form calls it, in English; "" keeps it off forms.
        help: What `--help` says of it, in English; its label, where it is left out.
        hint: A sentence below it on a form, in English.
        option: Its option; "" makes it of the name, None leaves it off the command line.
        what: What a refusal calls it, in English; "The" and its label, where it is left out.
        needed: Whether it may not stay empty.
        least: Smallest number.
        most: Largest number, or most characters; None is the usual limit.
        check: Checks and trims instead of what its kind does; a field of text that has one says
            what is wrong while it is typed.
        choices: The values it can have, and how a form calls them.
        none: What None is called, in English; "" where one has to be chosen.
        empty: What an empty field of a form means.
        after: Name of the moment that this one has to come after.
        lines: How high its editor is.
        sort: Which sort of change it is, where the state of the entity may forbid some.
        secret: Whether it is a password or a key: it is not shown, and empty leaves it as it is.
    """

    name: str
    kind: Kind
    label: str = ""
    help: str = ""
    hint: str = ""
    _: KW_ONLY
    option: str | None = ""
    what: str = ""
    needed: bool = False
    least: int = 0
    most: int | None = None
    check: Callable[[Any], Any] | None = None
    choices: Mapping[Any, str | Message] = field(default_factory=dict)
    none: str = ""
    empty: Any = None
    after: str = ""
    lines: int = 4
    sort: Enum | None = None
    secret: bool = False

    @property
    def flag(self) -> str:
        """Its option without what switches it off."""
        return (self.option or f"--{self.name.replace('_', '-')}").partition("/")[0]

    @property
    def called(self) -> Message:
        """What a refusal calls it."""
        return Message(self.what or f"The {self.label[:1].lower()}{self.label[1:]}")

    @property
    def told(self) -> str:
        """What `--help` says of it, in English."""
        none = f'; "none" for {self.none}' if self.none else ""
        return self.help or f"{self.label}{none}."

    def clean(self, value: Any) -> Any:
        """Check a value, and trim it.

        Raises:
            InvalidInputError: It cannot be; the message says what.
        """
        with at_field(self.name):
            return self._cleaned(value)

    def _cleaned(self, value: Any) -> Any:
        if self.check is not None:
            return self.check(value)
        most, what = self.most, self.called
        match self.kind:
            case Kind.LINE:
                return line(value, what, most=most or MAX_LINE, needed=self.needed)
            case Kind.PAGE:
                return page(value, what, most=most or MAX_PAGE, needed=self.needed)
            case Kind.NUMBER:
                return whole(value, what, least=self.least, most=most or MAX_PEOPLE)
            case Kind.SHARE if value is not None and not 0 <= value <= MAX_BP:
                raise InvalidInputError(msg("{what} is 0 to 100 %.", what=what))
            case Kind.MINOR if value is not None and not 0 <= value <= MAX_MINOR:
                raise InvalidInputError(msg("{what} is zero or more.", what=what))
            case Kind.YES:
                return bool(value)
            case Kind.SEVERAL:
                return frozenset(value)
        return value


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """Say of what goes wrong inside that it is wrong with this field."""
    try:
        yield
    except InvalidInputError as error:
        error.field = error.field or name
        raise


def cleaned(fields: Iterable[Field], value: T) -> T:
    """Check the value of an entity field by field, and trim it.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    clean = {one.name: one.clean(getattr(value, one.name)) for one in fields}
    return replace(value, **clean)  # type: ignore[type-var]  # an entity is a dataclass


def like(kind: type[T], thing: object) -> T:
    """The value of an entity that is there, to be changed: the attributes that both have."""
    names = [each.name for each in attributes(kind)]  # type: ignore[arg-type]  # a dataclass
    return kind(**{name: getattr(thing, name) for name in names})


def filled(fields: Iterable[Field], value: T, typed: Mapping[str, Any]) -> T:
    """An entity with what stands in the fields of its form; what is not there stays."""
    values = {}
    for one in fields:
        if one.name in typed:
            given = typed[one.name]
            before = getattr(value, one.name)
            if isinstance(before, Money):
                given = replace(before, minor=given or 0)
            values[one.name] = one.empty if given is None else given
    return replace(value, **values)  # type: ignore[type-var]  # an entity is a dataclass
