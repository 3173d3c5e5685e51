"""The sessions of a schedule, in the one shape that its formats are read into."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.shop import instant

UNREADABLE: Message = msg("This is no schedule.xml or schedule.json.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks."""

    name: str
    biography: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A session as a schedule has it.

    Attributes:
        guid: What it is called everywhere, whatever becomes of its title.
        description: Markdown.
    """

    guid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    track: str = ""
    description: str = ""
    persons: tuple[Person, ...] = ()


def begins(said: str) -> datetime:
    """When a session begins.

    Raises:
        InvalidInputError: It does not say, or not in which time zone.
    """
    at = instant(said)
    if at is None or len(said) <= len(date.min.isoformat()):
        raise InvalidInputError(
            UNREADABLE, hint=msg("A session in it does not say when it begins.")
        )
    return at


def lasts(said: str) -> timedelta:
    """How long a session lasts: hours and minutes, with days before them where it is longer.

    Raises:
        InvalidInputError: It does not say.

    >>> lasts("00:45"), lasts("1:02:30")
    (datetime.timedelta(seconds=2700), datetime.timedelta(days=1, seconds=9000))
    """
    parts = said.split(":")
    if not 2 <= len(parts) <= 3 or not all(each.isdecimal() and len(each) < 5 for each in parts):
        raise InvalidInputError(
            UNREADABLE, hint=msg("A session in it does not say how long it lasts.")
        )
    days, hours, minutes = ([0] * (3 - len(parts))) + [int(each) for each in parts]
    return timedelta(days=days, hours=hours, minutes=minutes)


def described(*parts: str) -> str:
    """The parts of a description as one."""
    return "\n\n".join(filter(None, (each.strip() for each in parts)))
