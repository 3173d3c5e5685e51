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
from eventdesk.sales.chosen_price import MAX_CHOSEN
from eventdesk.sales.price import TicketPrice

MAX_PRIORITY = 1000
MAX_ADMITS = 50
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
        price_chosen: Whether who books names the price; `price` is the least then.
        suggested_minor: What a form proposes to them; None is the least.
        group_from: From how many of it in a booking on each costs `group_minor`; None is never.
        group_minor: The list price of each in a group.
        admits: How many people one of it lets in; 0 is a donation, without a ticket.
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
    price_chosen: bool = False
    suggested_minor: int | None = None
    group_from: int | None = None
    group_minor: int | None = None
    admits: int = 1


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
        "price_chosen",
        YES,
        "Pay what you want",
        "Who books names the price; the one set is the least.",
        "Who books names the price; the price above is the least.",
        option="--pay-what-you-want/--fixed-price",
    ),
    Field(
        "suggested_minor",
        MINOR,
        "Suggested price",
        "What is proposed to who names the price.",
        "Proposed to who names the price.",
        what="The suggested price",
        option="--suggested",
    ),
    Field(
        "group_from",
        NUMBER,
        "Group price from",
        'From how many in a booking on; "none" for no group price.',
        "So many in one booking; empty: no group price.",
        what="The size of a group",
        option="--group-from",
        least=2,
    ),
    Field(
        "group_minor",
        MINOR,
        "and then each costs",
        "What each costs in a group.",
        what="The group price",
        option="--group-price",
    ),
    Field(
        "admits",
        NUMBER,
        "Lets in",
        "How many people one lets in; 0 for a donation, 4 for a package of four.",
        "4: a package, a ticket for each; 0: a donation, without a place or ticket.",
        what="How many it lets in",
        most=MAX_ADMITS,
        empty=1,
    ),
    Field(
        "sales_from",
        MOMENT,
        "On sale from",
        'Sales begin, such as "2026-06-01 09:30".',
        option="--from",
    ),
    Field(
        "sales_until",
        MOMENT,
        "On sale until",
        'Sales end; "none" for never.',
        option="--until",
        after="sales_from",
    ),
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
        after="valid_from",
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
        return "sold out" if self.left is not None and self.left < about.admits else "on sale"

    def money(self, minor: int) -> Money:
        """An amount in the currency of its price."""
        return replace(self.about.price, minor=minor)


def sound(kind: NewTicketType) -> NewTicketType:
    """Check what was typed, and trim it.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    _need_order(kind, "sales_from", "sales_until", msg("Sales end before they begin."))
    _need_order(kind, "valid_from", "valid_until", msg("The ticket expires before it is good."))
    return _for_so_many(_with_sound_group(_with_sound_price(cleaned(TICKET_TYPE, kind))))


def _with_sound_price(kind: NewTicketType) -> NewTicketType:
    """Check what is proposed to who names the price; a fixed one proposes nothing."""
    if not kind.price_chosen:
        return replace(kind, suggested_minor=None)
    suggested, least = kind.suggested_minor, kind.price
    if max(suggested or 0, least.minor) > MAX_CHOSEN:
        raise InvalidInputError(
            msg("This is more than anybody may name as a price."),
            hint=msg("Check the digits."),
            field="price" if least.minor > MAX_CHOSEN else "suggested_minor",
        )
    if suggested is not None and suggested < least.minor:
        raise InvalidInputError(
            msg("The suggested price is less than {least}, the least.", least=least),
            hint=msg("Suggest {least} or more, or nothing.", least=least),
            field="suggested_minor",
        )
    return kind


def _with_sound_group(kind: NewTicketType) -> NewTicketType:
    """Check the price for groups: both of its parts, below a price that is fixed."""
    if kind.group_from is None:
        return replace(kind, group_minor=None)
    if kind.group_minor is None:
        raise InvalidInputError(
            msg("Say what each costs in a group."),
            hint=msg("Or leave the group price out."),
            field="group_minor",
        )
    if kind.price_chosen or kind.admits != 1:
        raise InvalidInputError(
            msg("Only a ticket for one, at a set price, has a group price."),
            hint=msg("Leave the group price out."),
            field="group_from",
        )
    if kind.group_minor >= kind.price.minor:
        raise InvalidInputError(
            msg("The group price is not below {price}, the price of one.", price=kind.price),
            hint=msg("Set a lower one, or none."),
            field="group_minor",
        )
    most = kind.most_per_booking
    if most is not None and most < kind.group_from:
        raise InvalidInputError(
            msg(
                "A booking may hold {most}, so there is no group of {size}.",
                most=most,
                size=kind.group_from,
            ),
            hint=msg("Let a booking hold more, or make the group smaller."),
            field="group_from",
        )
    return kind


def _for_so_many(kind: NewTicketType) -> NewTicketType:
    """Check a package, which is for several together, or a donation, which lets nobody in."""
    if kind.admits == 1:
        return kind
    if kind.admits > 1:
        return _as_package(kind)
    if not kind.price.minor and not kind.price_chosen:
        raise InvalidInputError(
            msg("A donation is more than nothing."),
            hint=msg("Set a price, or let who books name it."),
            field="price",
        )
    if kind.quota is not None or kind.section_id is not None or kind.session_ids:
        raise InvalidInputError(
            msg("A donation lets nobody in, so it has no places, seats or sessions."),
            hint=msg("Leave them empty."),
        )
    return replace(kind, waitlist=False, accompanied=False)


def _as_package(kind: NewTicketType) -> NewTicketType:
    """Check a type that lets in several: at a set price, and nobody waits for it alone."""
    if kind.price_chosen:
        raise InvalidInputError(
            msg("A package has a set price."),
            hint=msg("Set one, or sell tickets one by one."),
            field="price_chosen",
        )
    if kind.quota is not None and kind.quota < kind.admits:
        raise InvalidInputError(
            msg("There are fewer places than one package takes."),
            hint=msg("Type {admits} or more, or nothing.", admits=kind.admits),
            field="quota",
        )
    return replace(kind, waitlist=False)


def _need_order(kind: NewTicketType, begin: str, end: str, message: Message) -> None:
    first: datetime | None = getattr(kind, begin)
    then: datetime | None = getattr(kind, end)
    if first is not None and then is not None and then <= first:
        raise InvalidInputError(message, hint=msg("Check both times."), field=end)
