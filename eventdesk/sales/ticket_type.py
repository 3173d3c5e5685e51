"""Ticket types as values: what an organizer sets, and how sales of one stand."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import (
    LINE,
    MINOR,
    MOMENT,
    MONEY,
    NUMBER,
    ONE,
    PAGE,
    SEVERAL,
    SHARE,
    YES,
    Field,
    cleaned,
)
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import MAX_MINOR, Money
from eventdesk.sales.price import TicketPrice

MAX_PRIORITY = 1000
MAX_DESCRIPTION = 4000


@dataclass(frozen=True, slots=True)
class NewTicketType:
    """A ticket type as an organizer sets it, priced in the event's currency.

    Attributes:
        quota: How many may be sold; None for as many as the event holds.
        priority: Higher goes first on the waitlist and in the queue: VIP before regular.
        valid_from: When the ticket begins to be good at the door; None is at once.
        sales_from: When sales begin; None is at once. The team may sell before and after.
        most_per_booking: How many one booking may hold.
        needs_approval: Whether a booking waits until the team approves of it.
        hidden: Shown only to who knows a code that names it.
        tax_bp: Tax in basis points; the event says whether prices include it.
        fee_bp: Service fee, as a share of the price.
        fee_minor: Service fee for each ticket, as an amount.
        section_id: The only section its tickets may sit in; None is any.
        session_ids: The sessions it lets in to; none means all.
        waitlist: Whether people may wait for it when it is sold out.
        accompanied: Whether its holders, such as children, enter only with or behind others of
            their booking.
    """

    name: str
    price: Money
    quota: int | None = None
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    description: str = ""
    sales_from: datetime | None = None
    sales_until: datetime | None = None
    most_per_booking: int | None = None
    needs_approval: bool = False
    hidden: bool = False
    tax_bp: int = 0
    fee_bp: int = 0
    fee_minor: int = 0
    section_id: UUID | None = None
    session_ids: frozenset[UUID] = frozenset()
    waitlist: bool = True
    accompanied: bool = False


def _price(price: Money) -> Money:
    if not 0 <= price.minor <= MAX_MINOR:
        raise InvalidInputError(
            msg("A price is zero or more."), hint=msg("Type 0 for a free ticket.")
        )
    return price


TICKET_TYPE: Final = (
    Field(
        "name", LINE, "Name", "Another name.", "Such as: Early bird.", what="A name", needed=True
    ),
    Field(
        "price",
        MONEY,
        "Price",
        "List price, such as 120.00.",
        "0 is free.",
        needed=True,
        check=_price,
    ),
    Field(
        "tax_bp",
        SHARE,
        "Tax",
        "Tax in percent, such as 19.",
        what="The tax",
        option="--tax",
        empty=0,
    ),
    Field("fee_bp", SHARE, "Service fee, a share", what="The fee", option=None, empty=0),
    Field("fee_minor", MINOR, "and an amount", what="A fee", option=None, empty=0),
    Field(
        "quota",
        NUMBER,
        "Places",
        'How many are sold; "none" for no limit.',
        "Empty: no limit.",
        what="The number of places",
    ),
    Field(
        "most_per_booking", NUMBER, "Most in one booking", none="no limit", option="--most", least=1
    ),
    Field(
        "sales_from",
        MOMENT,
        "On sale from",
        'Sales begin, such as "2026-06-01 09:30".',
        option="--from",
    ),
    Field("sales_until", MOMENT, "On sale until", 'Sales end; "none" for never.', option="--until"),
    Field(
        "priority",
        NUMBER,
        "Priority",
        "Higher goes first: VIP before regular.",
        "Higher goes first on the waitlist and in the queue.",
        what="A priority",
        least=-MAX_PRIORITY,
        most=MAX_PRIORITY,
        empty=0,
    ),
    Field("waitlist", YES, "Waitlist", "Whether people may wait.", "People may wait for it."),
    Field(
        "accompanied",
        YES,
        "Needs company",
        "Enters only with or behind others of the booking: children.",
        "Such as children: only with or behind others of the booking.",
        option="--accompanied/--alone",
    ),
    Field("needs_approval", YES, "Needs approval", "Ask first.", option="--approval/--no-approval"),
    Field(
        "hidden",
        YES,
        "Hidden",
        "Only with a code that names it.",
        "Only with a code that names it.",
        option="--hidden/--shown",
    ),
    Field("valid_from", MOMENT, "Good at the door from", none="at once", option="--good-from"),
    Field(
        "valid_until",
        MOMENT,
        "and until",
        'Good at the door until; "none" for ever.',
        option="--good-until",
    ),
    Field(
        "section_id",
        ONE,
        "Seats in",
        'Seats in this section only; "none" for any.',
        what="section",
        none="anywhere",
        option="--section",
    ),
    Field("session_ids", SEVERAL, "Only these sessions", option=None),
    Field("description", PAGE, "What buyers read", what="A description", most=MAX_DESCRIPTION),
)
"""The fields of a ticket type, in the order of its form."""


@dataclass(frozen=True, slots=True)
class TicketTypeView:
    """A ticket type as its organizer sees it.

    Attributes:
        active: Whether it is sold at all.
        price: What one ticket costs in full, without a code.
        taken: Valid tickets.
        promised: Entries of the waitlist that wait or have an offer.
        left: Places left for everybody, the event's capacity included; None is no limit.
        booked_once: Whether a ticket of it was ever booked or waited for, so that it stays.
        unpaid: Valid tickets that are not paid yet.
        offered: Places that are offered to somebody on the waitlist.
    """

    id: UUID
    event_id: UUID
    position: int
    about: NewTicketType
    active: bool
    price: TicketPrice
    taken: int
    promised: int
    left: int | None
    booked_once: bool
    unpaid: int = 0
    offered: int = 0

    @property
    def held(self) -> int:
        """Places kept for somebody who has not paid them yet."""
        return self.unpaid + self.offered

    @property
    def sold(self) -> int:
        """Valid tickets that are paid."""
        return self.taken - self.unpaid

    def state(self, now: datetime) -> str:
        """The state of its sales: `off`, `not yet`, `over`, `sold out` or `on sale`."""
        about = self.about
        if not self.active:
            return "off"
        if about.sales_from is not None and now < about.sales_from:
            return "not yet"
        if about.sales_until is not None and now >= about.sales_until:
            return "over"
        return "sold out" if self.left == 0 else "on sale"

    def money(self, minor: int) -> Money:
        """An amount in the currency of its price."""
        return replace(self.about.price, minor=minor)


def sound(kind: NewTicketType) -> NewTicketType:
    """Check what was typed, and trim it.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    _need_order(kind.sales_from, kind.sales_until, msg("Sales end before they begin."))
    _need_order(kind.valid_from, kind.valid_until, msg("The ticket expires before it is good."))
    return cleaned(TICKET_TYPE, kind)


def _need_order(first: datetime | None, then: datetime | None, message: Message) -> None:
    if first is not None and then is not None and then <= first:
        raise InvalidInputError(message, hint=msg("Check both times."))
