"""Events and venues: their values, states and fields, and which changes a state allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, MINOR, MOMENT, NUMBER, ONE, PAGE, SHARE, YES, Field
from eventdesk.core.ids import read_code
from eventdesk.core.languages import language
from eventdesk.core.messages import Message, msg, msg_p
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
"""Longest time a place is held or offered: 60 days."""


class EventState(StrEnum):
    """The state of an event; all but `OVER` are stored."""

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


class Reminders(StrEnum):
    """When the guests of an event are reminded of its begin."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    HOURS = "hours"
    ALL = "all"


class Change(Enum):
    """A kind of change to an event that its state allows or not, as a refusal calls it."""

    WORDS = msg("its description")
    TIMES = msg("its times")
    CURRENCY = msg("its currency")
    CAPACITY = msg("its capacity")
    VISIBILITY = msg("who sees it")
    RULES = msg("its rules")
    MONEY = msg("its invoices and bank details")
    PROGRAMME = msg("its programme")
    SUBMIT = msg("submitting it")
    WITHDRAW = msg("taking it back")
    DECIDE = msg("approving or refusing it")
    CANCEL = msg("cancelling it")
    DELETE = msg("deleting it")
    ARCHIVE = msg("archiving it")
    UNARCHIVE = msg("bringing it back")


_SETTING_UP = frozenset(
    {
        *(Change.WORDS, Change.TIMES, Change.CURRENCY, Change.CAPACITY, Change.VISIBILITY),
        *(Change.RULES, Change.MONEY, Change.PROGRAMME),
    }
)

CHANGES: Final[Mapping[EventState, frozenset[Change]]] = {
    EventState.DRAFT: _SETTING_UP | {Change.SUBMIT, Change.CANCEL, Change.DELETE},
    # What an admin is looking at stays as it is until it is decided or taken back.
    EventState.WAITING: frozenset(
        {
            *(Change.CAPACITY, Change.RULES, Change.MONEY, Change.PROGRAMME),
            *(Change.WITHDRAW, Change.DECIDE, Change.CANCEL),
        }
    ),
    EventState.PUBLISHED: _SETTING_UP | {Change.WITHDRAW, Change.CANCEL},
    # Times too: an event may go on longer.
    EventState.OVER: frozenset(
        {Change.WORDS, Change.TIMES, Change.MONEY, Change.PROGRAMME, Change.ARCHIVE}
    ),
    EventState.CANCELLED: frozenset({Change.MONEY, Change.ARCHIVE}),
    EventState.ARCHIVED: frozenset({Change.MONEY, Change.UNARCHIVE}),
}
"""Which changes are allowed in which state."""

STATE_WORDS: Final[Mapping[EventState, Message]] = {
    EventState.DRAFT: msg("a draft"),
    EventState.WAITING: msg("waiting for approval"),
    EventState.PUBLISHED: msg_p("event", "published"),
    EventState.OVER: msg_p("event", "over"),
    EventState.CANCELLED: msg_p("event", "cancelled"),
    EventState.ARCHIVED: msg_p("event", "archived"),
}
"""The states behind "This event is …"."""

_WAY_OUT: Final[Mapping[EventState, Message]] = {
    EventState.DRAFT: msg("Submit it first."),
    EventState.WAITING: msg("Take it back first, change it, and submit it again."),
    EventState.PUBLISHED: msg("It is published already."),
    EventState.OVER: msg("Duplicate it to make the next one."),
    EventState.CANCELLED: msg("Duplicate it to make a new one."),
    EventState.ARCHIVED: msg("Bring it back first."),
}


_WAY_TO: Final[Mapping[Change, Message]] = {
    Change.DELETE: msg("Only a draft can be deleted; what is over or cancelled can be archived."),
    Change.ARCHIVE: msg("Only an event that is over or cancelled can be archived."),
    Change.UNARCHIVE: msg("Only an archived event can be brought back."),
}
"""The way out of a refusal where the change says more than the state."""


def event_state(state: str, ends_at: datetime, now: datetime) -> EventState:
    """The state of an event at an instant, from what is stored of it."""
    stored = EventState(state)
    return EventState.OVER if stored is EventState.PUBLISHED and ends_at <= now else stored


def need_change(state: EventState, change: Change) -> None:
    """Require a change that this state allows.

    Raises:
        InvalidInputError: It does not; the hint says the way out.
    """
    if change in CHANGES[state]:
        return
    way_to = None if state is EventState.WAITING else _WAY_TO.get(change)
    raise InvalidInputError(
        msg(
            "This event is {state}: {change} is not possible now.",
            state=STATE_WORDS[state],
            change=change.value,
        ),
        hint=way_to or _WAY_OUT[state],
    )


def shifted(at: datetime, time_zone: str, by: timedelta) -> datetime:
    """Move an instant by wall-clock time: 09:00 stays 09:00 in summer and winter.

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
            msg("An access code has at least {least} letters and digits.", least=MIN_ACCESS_CODE),
            hint=msg("Leave it empty to draw one."),
        )
    return typed_text.line(code, msg("An access code"), most=40)


def _reminders(typed: str) -> str:
    try:
        return Reminders(typed).value
    except ValueError:
        raise InvalidInputError(
            msg("Guests are not reminded {typed!r}.", typed=typed[:30]),
            hint=msg("One of: {choices}.", choices=", ".join(Reminders)),
        ) from None


def _visibility(typed: str) -> str:
    try:
        return Visibility(typed).value
    except ValueError:
        raise InvalidInputError(
            msg("An event is not {typed!r}.", typed=typed[:30]),
            hint=msg("It is public, private or invited."),
        ) from None


def _online(typed: str) -> str:
    return typed_text.link(typed, msg("The online address"))


def _currency(typed: str) -> str:
    return read_currency(typed)[0]


_VISIBILITY: Final = {
    Visibility.PUBLIC: msg("everybody, after an admin's approval"),
    Visibility.PRIVATE: msg("whoever has its access code"),
    Visibility.INVITED: msg("those on the list of invitations"),
}

REMINDER_WORDS: Final[dict[Reminders, Message]] = {
    Reminders.DAY: msg("1 day before"),
    Reminders.WEEK: msg("7 days and 1 day before"),
    Reminders.HOURS: msg("1 day and 2 hours before"),
    Reminders.ALL: msg("7 days, 1 day and 2 hours before"),
    Reminders.NONE: msg("not at all"),
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
    Field(
        "ends_at",
        MOMENT,
        "Ends",
        option="--ends",
        needed=True,
        sort=Change.TIMES,
        after="starts_at",
    ),
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
    Field(
        "reminders",
        ONE,
        "Guests are reminded",
        hint="Before it begins; in the program, and by mail where that is set up.",
        check=_reminders,
        choices=REMINDER_WORDS,
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
    Field(
        "queue_until",
        MOMENT,
        "until",
        help="Until when requests are collected.",
        after="queue_from",
    ),
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
        "own_badges",
        YES,
        "Guests print their badge",
        hint="Once, under My tickets; another copy only at the desk.",
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
        "reverse_charge",
        YES,
        "Reverse charge in the EU",
        hint="Companies elsewhere in the EU owe the tax and pay without it. Ask your tax adviser.",
        sort=Change.MONEY,
    ),
    Field(
        "bank_details",
        PAGE,
        "Bank details",
        hint="For bank transfers; guests read them. The payee first, then the IBAN.",
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
        hold_minutes: How long an unpaid booking holds its places.
        offer_minutes: How long a freed place is offered to one on the waitlist.
        waitlist_auto: Whether a freed place is given without asking.
        cancel_until: Deadline for guests to cancel by themselves; None is its begin.
        cancel_fee_bp: What is kept of a ticket's price, in basis points.
        cancel_fee_minor: What is kept besides, in minor units.
        transfer_until: Deadline for giving tickets away; None is its begin.
        queue_from: Begin of the collection of requests for the hour of opening.
        reprint_limit: How often staff print a badge again without a supervisor.
        badge_correction: Whether guests correct their badge at the kiosk.
        own_badges: Whether guests print their badge by themselves, once.
        guest_bookings: Whether people book without an account.
        public_sales: Whether everybody may see what is sold and left.
        reminders: When guests are reminded of its begin.
        reverse_charge: Whether companies of other countries of the EU owe the tax themselves.
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
    own_badges: bool = False
    guest_bookings: bool = True
    public_sales: bool = False
    reminders: Reminders = Reminders.DAY
    reverse_charge: bool = False


@dataclass(frozen=True, slots=True)
class EventDetail:
    """Everything about an event that its page shows.

    What only the team may know is empty for others: the access code, why it was sent back, the
    commission, and the bank details, which whoever books is told with what is to be paid.

    Attributes:
        reason: Why an admin sent it back, or why it was cancelled.
        owner_name: The owner; "" where there is none, as with the demo.
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
        """The present value of a field of `EVENT`."""
        if name == "venue_id":
            return self.venue.id if self.venue else None
        return getattr(self.rules if hasattr(self.rules, name) else self, name)


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event as people who look for one see it.

    Attributes:
        place: Its venue and address, or "online".
        cheapest: The full price of its cheapest ticket; None when nothing is sold.
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
        role: The role of the reader there; "admin" for admins of the installation.
        tickets: Valid tickets.
        owner: Name and e-mail address of whose event it is; "" without an owner.
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
    description: str
    owner: str


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
