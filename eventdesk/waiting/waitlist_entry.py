"""Waiting for a ticket type or a session that is full: entries, places and their order.

Whoever has the higher priority goes first, and among equals whoever came first. The priority is
the highest of three: that of the ticket type waited for, 1 for a person invited as VIP, and that
of a valid ticket the person has at the event already. Whom an organizer moved up goes before all.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

MOVED_UP: Final = 1_000_000
"""Priorities from here on were given by an organizer; no ticket type has one."""

INVITED_VIP: Final = 1
"""The priority of a person invited as VIP."""


class EntryState(StrEnum):
    """How a wish on a waitlist stands; the first two are open."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    EXPIRED = "expired"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class EntryView:
    """A wish on a waitlist.

    Attributes:
        what: Name of the ticket type or title of the session.
        place: Which of those waiting for the same it is, from 1; None when it waits no more.
        priority: Higher goes first; see `MOVED_UP`.
        offer_until: Until when the offered place is kept; None where nothing is offered.
        account_id: Whose it is; None when an organizer wrote down somebody without an account.
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

    @property
    def rank(self) -> str:
        """Why it goes before others, in a word; "" when it does not."""
        if self.priority >= MOVED_UP:
            return "moved up"
        return "VIP" if self.priority > 0 else ""


@dataclass(frozen=True, slots=True)
class WaitingList:
    """All who wait for one ticket type or one session.

    Attributes:
        free: Places that could be offered now; None where there is no limit.
    """

    ticket_type_id: UUID | None
    session_id: UUID | None
    what: str
    waiting: int
    offered: int
    free: int | None
