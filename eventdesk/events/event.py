"""Events and venues: their states, what may be changed in which, and what is shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an event happens."""

    id: UUID
    name: str
    address: str
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a venue."""

    id: UUID
    venue_id: UUID
    name: str
    capacity: int | None
    venue_name: str = ""


CATEGORIES: Final = (
    *("Conference", "Workshop", "Meetup", "Course", "Exhibition", "Concert", "Theatre"),
    *("Sport", "Party", "Community", "Other"),
)
"""Categories a form offers; an event may have any."""

MAX_WAIT_MINUTES: Final = 60 * 24 * 60
"""Sixty days: longest time a place is held or offered."""


class EventState(StrEnum):
    """How far an event is; all but `OVER` are stored."""

    DRAFT = "draft"
    WAITING = "waiting"
    """For an admin's approval."""
    PUBLISHED = "published"
    OVER = "over"
    """Published, and its end has passed."""
    CANCELLED = "cancelled"
    ARCHIVED = "archived"
    """Over or cancelled, and off the lists."""


class Visibility(StrEnum):
    """Who finds an event once it is published."""

    PUBLIC = "public"
    PRIVATE = "private"
    """Whoever has its access code."""
    INVITED = "invited"
    """Only those whose e-mail addresses are on its list."""


class Change(StrEnum):
    """What can be done to an event, as far as its state decides it."""

    WORDS = "its description"
    TIMES = "its times"
    CURRENCY = "its currency"
    CAPACITY = "its capacity"
    VISIBILITY = "who sees it"
    RULES = "its rules"
    MONEY = "its invoices and bank details"
    PROGRAMME = "its programme"
    SUBMIT = "submitting it"
    WITHDRAW = "taking it back"
    DECIDE = "approving or refusing it"
    CANCEL = "cancelling it"
    DELETE = "deleting it"
    ARCHIVE = "archiving it"
    UNARCHIVE = "bringing it back"


_SETTING_UP = frozenset(
    {
        *(Change.WORDS, Change.TIMES, Change.CURRENCY, Change.CAPACITY, Change.VISIBILITY),
        *(Change.RULES, Change.MONEY, Change.PROGRAMME),
    }
)

CHANGES: Final[Mapping[EventState, frozenset[Change]]] = {
    EventState.DRAFT: _SETTING_UP | {Change.SUBMIT, Change.CANCEL, Change.DELETE},
    # What an admin is looking at stays as it is until it is decided, or taken back.
    EventState.WAITING: frozenset(
        {
            *(Change.CAPACITY, Change.RULES, Change.MONEY, Change.PROGRAMME),
            *(Change.WITHDRAW, Change.DECIDE, Change.CANCEL),
        }
    ),
    EventState.PUBLISHED: _SETTING_UP | {Change.WITHDRAW, Change.CANCEL},
    # Times too: an event that goes on longer is not over.
    EventState.OVER: frozenset(
        {Change.WORDS, Change.TIMES, Change.MONEY, Change.PROGRAMME, Change.ARCHIVE}
    ),
    EventState.CANCELLED: frozenset({Change.MONEY, Change.ARCHIVE}),
    EventState.ARCHIVED: frozenset({Change.MONEY, Change.UNARCHIVE}),
}
"""Which changes are allowed in which state."""

_WAY_OUT: Final[Mapping[EventState, str]] = {
    EventState.DRAFT: "Submit it first.",
    EventState.WAITING: "Take it back first, change it, and submit it again.",
    EventState.PUBLISHED: "It is published already.",
    EventState.OVER: "Duplicate it to make the next one.",
    EventState.CANCELLED: "Duplicate it to make a new one.",
    EventState.ARCHIVED: "Bring it back first.",
}


_WAY_TO: Final[Mapping[Change, str]] = {
    Change.DELETE: "Only a draft can be deleted; what is over or cancelled can be archived.",
    Change.ARCHIVE: "Only an event that is over or cancelled can be archived.",
    Change.UNARCHIVE: "Only an archived event can be brought back.",
}
"""The way out of a refusal where the change says more than the state."""


def event_state(state: str, ends_at: datetime, now: datetime) -> EventState:
    """Say how far an event is from what is stored of it."""
    stored = EventState(state)
    return EventState.OVER if stored is EventState.PUBLISHED and ends_at <= now else stored


def need_change(state: EventState, change: Change) -> None:
    """Let only those changes pass that this state allows.

    Raises:
        InvalidInputError: It does not; the hint says the way out.
    """
    if change in CHANGES[state]:
        return
    way_to = None if state is EventState.WAITING else _WAY_TO.get(change)
    called = {EventState.WAITING: "waiting for approval", EventState.DRAFT: "a draft"}
    raise InvalidInputError(
        f"This event is {called.get(state, state.value)}: {change.value} is not possible now.",
        hint=way_to or _WAY_OUT[state],
    )


def shifted(at: datetime, time_zone: str, by: timedelta) -> datetime:
    """Move an instant by what a clock on the wall shows: 09:00 stays 09:00 in summer and winter.

    >>> shifted(datetime(2026, 3, 1, 8, tzinfo=UTC), "Europe/Berlin", timedelta(days=90)).hour
    7
    """
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone).replace(tzinfo=None) + by
    return local.replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class EventRules:
    """What an event lets its guests do, and until when.

    Attributes:
        hold_minutes: How long a booking that is not paid holds its places.
        offer_minutes: How long a freed place is offered to one on the waitlist.
        waitlist_auto: Whether a freed place is given without asking.
        cancel_until: Until when guests may cancel by themselves; None is until it begins.
        cancel_fee_bp: What is kept of a ticket's price, in basis points.
        cancel_fee_minor: What is kept of it besides, in minor units.
        transfer_until: Until when tickets may be given away; None is until it begins.
        queue_from: When requests are collected for the hour of opening, and until when.
        reprint_limit: How often staff print a badge again without a supervisor.
        badge_correction: Whether guests correct what their badge says at the kiosk.
    """

    hold_minutes: int = 15
    offer_minutes: int = 120
    waitlist_auto: bool = False
    cancel_until: datetime | None = None
    cancel_fee_bp: int = 0
    cancel_fee_minor: int = 0
    transfer_until: datetime | None = None
    queue_from: datetime | None = None
    queue_until: datetime | None = None
    queue_by_lot: bool = False
    prices_include_tax: bool = True
    reprint_limit: int = 1
    badge_correction: bool = False


@dataclass(frozen=True, slots=True)
class EventDetail:
    """Everything about an event that its page shows.

    What only the team may know is empty for others: the access code, why it was sent back and the
    commission.

    Attributes:
        reason: Why an admin sent it back, or why it was cancelled.
        owner_name: Who is responsible; "" where nobody is, as with the demo.
        taken: Places taken by valid tickets.
        team: Whether the reader works for this event.
    """

    id: UUID
    code: str
    name: str
    state: EventState
    description: str
    category: str
    language: str
    venue: Venue | None
    online_url: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    currency: str
    currency_exponent: int
    capacity: int | None
    visibility: Visibility
    access_code: str
    reason: str
    submitted_at: datetime | None
    published_at: datetime | None
    cancelled_at: datetime | None
    owner_id: UUID | None
    owner_name: str
    commission_bp: int | None
    rules: EventRules
    invoice_sender: str
    bank_details: str
    taken: int
    team: bool

    def allows(self, change: Change) -> bool:
        """Whether its state lets this be changed."""
        return change in CHANGES[self.state]


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event as people who look for one see it.

    Attributes:
        place: Its venue and address, or "online".
        cheapest: What its cheapest ticket costs in full; None when nothing is sold.
    """

    id: UUID
    code: str
    name: str
    category: str
    place: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    visibility: Visibility
    cheapest: Money | None
    state: EventState = EventState.PUBLISHED


@dataclass(frozen=True, slots=True)
class TeamEvent:
    """An event as those who work for it see it in their list.

    Attributes:
        role: What the reader is there; "admin" for admins of the installation.
        tickets: Valid tickets.
    """

    id: UUID
    code: str
    name: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    visibility: Visibility
    role: str
    tickets: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as lists show it."""

    id: UUID
    name: str
    code: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    tickets: int = 0
