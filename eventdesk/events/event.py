"""Events and venues: their states, what may be changed in which, and what is shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, MINOR, MOMENT, NUMBER, ONE, PAGE, SHARE, YES, Field
from eventdesk.core.ids import read_code
from eventdesk.core.languages import language
from eventdesk.core.messages import msg
from eventdesk.core.money import Money, read_currency


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


MIN_ACCESS_CODE: Final = 6
MAX_REPRINTS: Final = 100


def _access_code(typed: str) -> str:
    code = read_code(typed)
    if code and (len(code) < MIN_ACCESS_CODE or not (code.isascii() and code.isalnum())):
        raise InvalidInputError(
            f"An access code has at least {MIN_ACCESS_CODE} letters and digits.",
            hint="Leave it empty to draw one.",
        )
    return typed_text.line(code, msg("An access code"), most=40)


def _visibility(typed: str) -> str:
    try:
        return Visibility(typed).value
    except ValueError:
        raise InvalidInputError(
            f"An event is not {typed[:30]!r}.", hint="It is public, private or invited."
        ) from None


def _online(typed: str) -> str:
    return typed_text.link(typed, msg("The online address"))


def _currency(typed: str) -> str:
    return read_currency(typed)[0]


_VISIBILITY: Final = {
    Visibility.PUBLIC: "everybody, after an admin's approval",
    Visibility.PRIVATE: "whoever has its access code",
    Visibility.INVITED: "those on the list of invitations",
}

EVENT: Final = (
    Field("name", LINE, "Title", what="A name", needed=True, sort=Change.WORDS),
    Field("category", LINE, "Category", what="A category", sort=Change.WORDS),
    Field(
        "language",
        LINE,
        "Language",
        hint="Such as en, German or pt-BR.",
        check=language,
        sort=Change.WORDS,
    ),
    Field(
        "description",
        PAGE,
        "Description",
        hint="Markdown: # heading, **bold**, - list.",
        what="A description",
        lines=8,
        sort=Change.WORDS,
    ),
    Field(
        "time_zone", LINE, "Time zone", check=typed_text.time_zone, needed=True, sort=Change.TIMES
    ),
    Field("starts_at", MOMENT, "Begins", option="--starts", needed=True, sort=Change.TIMES),
    Field("ends_at", MOMENT, "Ends", option="--ends", needed=True, sort=Change.TIMES),
    Field(
        "venue_id",
        ONE,
        "Venue",
        hint="Venues are added in the programme, under rooms.",
        option=None,
        sort=Change.WORDS,
    ),
    Field(
        "online_url",
        LINE,
        "Online address",
        check=_online,
        most=2000,
        option="--online",
        sort=Change.WORDS,
    ),
    Field(
        "capacity",
        NUMBER,
        "Most people",
        hint="For all ticket types together; empty is without a limit.",
        what="A capacity",
        least=1,
        sort=Change.CAPACITY,
    ),
    Field(
        "visibility",
        ONE,
        "Who sees it",
        check=_visibility,
        choices=_VISIBILITY,
        sort=Change.VISIBILITY,
    ),
    Field(
        "access_code",
        LINE,
        "Access code",
        hint="For events by code; when it is empty, one is drawn.",
        check=_access_code,
        most=40,
        sort=Change.VISIBILITY,
    ),
    Field(
        "hold_minutes",
        NUMBER,
        "Unpaid holds places for",
        hint="Minutes; then they are free again.",
        what="The time a booking is held, in minutes,",
        needed=True,
        least=1,
        most=MAX_WAIT_MINUTES,
    ),
    Field("cancel_until", MOMENT, "Guests cancel until", hint="Empty is until it begins."),
    Field(
        "cancel_fee_bp",
        SHARE,
        "Kept of the price",
        what="The share kept",
        option="--cancel-fee",
        empty=0,
    ),
    Field(
        "cancel_fee_minor",
        MINOR,
        "Kept besides",
        hint="For each ticket that a guest cancels.",
        what="The fee",
        option="--cancel-amount",
        empty=0,
    ),
    Field("transfer_until", MOMENT, "Tickets change hands until", hint="Empty is until it begins."),
    Field(
        "waitlist_auto",
        YES,
        "Give freed places at once",
        hint="Else they are offered, and the next one is asked after the deadline.",
    ),
    Field(
        "offer_minutes",
        NUMBER,
        "An offer is open for",
        hint="Minutes.",
        what="The time an offer is open, in minutes,",
        needed=True,
        least=1,
        most=MAX_WAIT_MINUTES,
    ),
    Field(
        "queue_from",
        MOMENT,
        "Collect requests from",
        hint="For the hour of opening: requests are collected, then taken in order.",
    ),
    Field("queue_until", MOMENT, "until"),
    Field(
        "currency",
        LINE,
        "Currency",
        hint="It can be changed until somebody books.",
        check=_currency,
        needed=True,
        sort=Change.CURRENCY,
    ),
    Field(
        "prices_include_tax",
        YES,
        "Prices include tax",
        hint="Else tax comes on top; buyers see the full price either way.",
    ),
    Field(
        "reprint_limit",
        NUMBER,
        "Printed again by staff",
        hint="Times for each ticket; more takes a supervisor's PIN at the desk.",
        what="How often badges are printed again",
        needed=True,
        most=MAX_REPRINTS,
    ),
    Field(
        "badge_correction",
        YES,
        "Guests correct their badge",
        hint="At the kiosk, name and second line, before it prints.",
    ),
    Field(
        "invoice_sender",
        PAGE,
        "Sender of invoices",
        hint="Name, address and tax number, as receipts and invoices print them.",
        what="The sender",
        most=1000,
        sort=Change.MONEY,
    ),
    Field(
        "bank_details",
        PAGE,
        "Bank details",
        hint="For bank transfers; guests read them.",
        most=1000,
        lines=3,
        sort=Change.MONEY,
    ),
    Field(
        "commission_bp",
        SHARE,
        "Commission",
        hint="Of the organizer's net; empty is what was agreed with the owner.",
        option="--commission",
        sort=Change.MONEY,
    ),
)
"""The fields of an event that can be changed; those without a sort of change are rules."""


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

    def setting(self, name: str) -> Any:
        """What a field that can be changed is now."""
        if name == "venue_id":
            return self.venue.id if self.venue else None
        return getattr(self.rules if hasattr(self.rules, name) else self, name)


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
