"""Entries of waitlists for full ticket types and sessions, as values, and their order.

The higher priority goes first, and among equals whoever came first. The priority is the highest of
three: that of the ticket type waited for, 1 for a person invited as VIP, and that of a valid ticket
the person has at the event already. Entries that an organizer moved up go before all.

Who waits for several places together is passed by who needs no more than are free, but not for
ever: once as many places went past as would do, the next ones are gathered (`gathers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from eventdesk.core.messages import _

MOVED_UP: Final = 1_000_000
"""Priorities from here on were given by an organizer; no ticket type has one."""

INVITED_VIP: Final = 1
"""The priority of a person invited as VIP."""


class EntryState(StrEnum):
    """The state of an entry; the first two are open."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    EXPIRED = "expired"
    LEFT = "left"


MOST_PLACES: Final = 20
"""Most places that one entry waits for."""

OPEN: Final = (EntryState.WAITING, EntryState.OFFERED)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a waitlist.

    Attributes:
        what: Name of the ticket type or title of the session.
        place: Its place in the order, from 1; None when it does not wait.
        priority: Higher goes first; see `MOVED_UP`.
        offer_until: Until when the offered place is kept; None where nothing is offered.
        account_id: Whose it is; None when the team wrote down somebody without an account.
        places: How many together; once offered, how many are.
        least: The fewest that will do.
        passed: How many places went past it, because it waits for more than were free.
    """

    id: UUID
    event_id: UUID
    event_name: str
    time_zone: str
    ticket_type_id: UUID | None
    session_id: UUID | None
    what: str
    name: str
    email: str
    account_id: UUID | None
    state: EntryState
    place: int | None
    priority: int
    created_at: datetime
    offered_at: datetime | None = None
    offer_until: datetime | None = None
    places: int = 1
    least: int = 1
    passed: int = 0

    @property
    def rank(self) -> str:
        """The reason why it goes before others, in a word; "" when it does not."""
        if self.priority >= MOVED_UP:
            return _("moved up")
        return "VIP" if self.priority > 0 else ""

    @property
    def party(self) -> str:
        """How many places it is about, in words; "" for one."""
        if self.places == 1:
            return ""
        if self.state is EntryState.WAITING and self.least < self.places:
            return _("up to {places} places", places=self.places)
        if self.state is EntryState.WAITING:
            return _("{places} together", places=self.places)
        return _("{places} places", places=self.places)


@dataclass(frozen=True, slots=True)
class WhoComes:
    """Somebody for whom an offered place is taken.

    Attributes:
        answers: Answers to the event's questions, by question.
    """

    name: str
    email: str = ""
    answers: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The waitlist of one ticket type or one session.

    Attributes:
        free: Places that could be offered now; None where there is no limit.
        wanted: Places that those who wait want together.
    """

    ticket_type_id: UUID | None
    session_id: UUID | None
    what: str
    waiting: int
    offered: int
    free: int | None
    wanted: int = 0
