"""Services as lists and senders see them, and the words for how they are."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from eventdesk.core.messages import Message, msg
from eventdesk.integrations.service import Values


class ServiceHealth(StrEnum):
    """How a service was met last."""

    UNKNOWN = "unknown"
    GOOD = "good"
    TROUBLE = "trouble"


WORDS: Final[dict[ServiceHealth, Message]] = {
    ServiceHealth.UNKNOWN: msg("not asked yet"),
    ServiceHealth.GOOD: msg("works"),
    ServiceHealth.TROUBLE: msg("in trouble"),
}


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of service that can be set up.

    Attributes:
        title: Its name for people.
        what: What it is good for.
        installed: Whether its library is there.
    """

    kind: str
    title: str
    what: str
    installed: bool


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as it was set up.

    Attributes:
        title: The name of its kind for people.
        event_id: The event it is for; None is the whole house.
        name: What tells it from others of its kind; may be "".
        values: What was typed, without what is secret.
        secrets: The names of the secret fields that are filled.
        health_text: What was said last; "" while nothing was.
        failing_since: Since when it is in trouble, aware UTC.
        rests_until: Until when it is left alone.
        waiting: Deliveries that wait for it.
        failed: Deliveries it would not take.
    """

    id: UUID
    kind: str
    title: str
    event_id: UUID | None
    name: str
    values: Values
    secrets: tuple[str, ...]
    enabled: bool
    health: ServiceHealth
    health_text: str
    checked_at: datetime | None
    failing_since: datetime | None
    rests_until: datetime | None
    waiting: int
    failed: int

    @property
    def words(self) -> str:
        """How it is, in a word or two."""
        return str(WORDS[self.health]) if self.enabled else str(msg("switched off"))


@dataclass(frozen=True, slots=True)
class SetUp:
    """A service that is switched on, for what calls it.

    Attributes:
        values: What was typed, secrets and all; never shown or logged.
    """

    id: UUID
    kind: str
    event_id: UUID | None
    name: str
    values: Values = field(repr=False)

    def text(self, name: str) -> str:
        """The value of a field of text; "" where it is empty."""
        return str(self.values.get(name) or "")


@dataclass(frozen=True, slots=True)
class ServiceTrial:
    """What a service said when it was tried.

    Attributes:
        works: Whether it does as set up.
        text: What it said, or what is wrong.
        hint: What to do about it; "" where it works.
    """

    works: bool
    text: str
    hint: str = ""
