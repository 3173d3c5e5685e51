"""Quotes and offers: what tickets cost in full, by the terms and the code that hold now."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from data.prepared import Prepared
from data.rows import AnyRow, setting
from data.schema import AccountRow, EventRow, TicketTypeRow
from eventdesk.acts import Act, Permission, no_such_event, reads
from eventdesk.core.errors import (
    CodeError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    SalesClosedError,
)
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import NO_MONEY, Money
from eventdesk.core.plain_text import plain
from eventdesk.events import need_visible
from eventdesk.sales.chosen_price import price_named
from eventdesk.sales.discount import UsableCode
from eventdesk.sales.discounts import usable_code
from eventdesk.sales.places_left import Availability, availability
from eventdesk.sales.price import Discount, Terms, TicketPrice, price_of, split

COMMISSION_SETTING = "commission_bp"
"""Setting of the installation: what it keeps where neither event nor owner say otherwise."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A number of tickets of one type.

    Attributes:
        chosen_minor: What who books wants to pay for each, in minor units, where the type leaves
            it to them; None is what it suggests, or else the least.
    """

    ticket_type_id: UUID
    count: int = 1
    chosen_minor: int | None = None


@dataclass(frozen=True, slots=True)
class GroupPrice:
    """What one ticket costs where a booking holds so many of its type."""

    size: int
    price: TicketPrice


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The price of tickets of one type.

    Attributes:
        count: How many of it; a package counts once.
        price: Of one.
        discount_id: The code that each of these tickets uses; None where it is not for this type.
        chosen_minor: The amount that the wish named.
        admits: How many people one lets in; 0 is a donation.
        group_from: How many a booking has to hold for this price; None where it is no group's.
        group: The price in a group, where the type has one.
    """

    ticket_type_id: UUID
    name: str
    count: int
    price: TicketPrice
    discount_id: UUID | None = None
    chosen_minor: int | None = None
    admits: int = 1
    group_from: int | None = None
    group: GroupPrice | None = None

    @property
    def tickets(self) -> int:
        """How many tickets they are; a donation is one that lets nobody in."""
        return self.count * max(1, self.admits)

    def of_booking(self, tickets: int) -> "QuoteLine":
        """The price where a booking holds so many tickets of this type.

        Raises:
            InvalidInputError: They are no whole packages, or a donation of no amount.
        """
        if not self.admits and not self.price.list_minor:
            raise InvalidInputError(
                msg("Say how much {name} is to be.", name=plain(self.name)),
                hint=msg("Name an amount, or leave it out of the booking."),
            )
        if self.admits > 1 and tickets % self.admits:
            raise InvalidInputError(
                msg(
                    "{name} is for {admits} people together, not for {tickets}.",
                    name=plain(self.name),
                    admits=self.admits,
                    tickets=tickets,
                ),
                hint=msg("Name {admits} people for each.", admits=self.admits),
            )
        if self.group is None or tickets < self.group.size:
            return self
        return replace(self, price=self.group.price, group_from=self.group.size)

    def of_ticket(self, which: int) -> "QuoteLine":
        """What one ticket costs of several; of a package it is a share."""
        if self.admits <= 1:
            return self
        return replace(self, price=split(self.price, self.admits)[which % self.admits])


@dataclass(frozen=True, slots=True)
class Quote:
    """The full price of a booking.

    Attributes:
        lines: One for each ticket type and amount that was named, in the order of the wishes.
        subtotal: List prices.
        discount: Taken off.
        tax: Contained in `total`.
        fee: Contained in `total`.
        total: What the buyer pays.
        discount_code: The code in its one spelling, or "".
    """

    lines: tuple[QuoteLine, ...]
    subtotal: Money
    discount: Money
    tax: Money
    fee: Money
    total: Money
    discount_id: UUID | None = None
    discount_code: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket type as everybody sees it.

    Attributes:
        price: Of one ticket, with the code's discount; the least where who books names it.
        remaining: How many are left for everybody; None is no limit.
        on_sale: Whether it can be booked now.
        why_not: A sentence where it cannot; "" where it can.
        price_chosen: Whether who books names the price.
        least: The least that may be named.
        suggested: What stands in the form at first.
        admits: How many people one lets in; 0 is a donation.
        group_from: From how many on each costs `group_price`; None is never.
        group_price: Of one in a group, in full.
    """

    ticket_type_id: UUID
    name: str
    description: str
    price: TicketPrice
    currency: str
    exponent: int
    remaining: int | None
    sold_out: bool
    waitlist: bool
    on_sale: bool
    why_not: str
    needs_approval: bool
    most_per_booking: int | None
    section_id: UUID | None
    priority: int
    price_chosen: bool = False
    least: Money = NO_MONEY
    suggested: Money = NO_MONEY
    admits: int = 1
    group_from: int | None = None
    group_price: Money = NO_MONEY


@dataclass(frozen=True, slots=True)
class EventTerms:
    """The terms that all ticket types of an event share."""

    currency: str
    exponent: int
    tax_included: bool
    commission_bp: int
    state: str
    ends_at: datetime

    def money(self, minor: int) -> Money:
        """An amount in the event's currency."""
        return Money(minor, self.currency, self.exponent)

    def terms(self, kind: AnyRow, price_minor: int | None = None) -> Terms:
        """The terms of a ticket type's row, or those at another price."""
        return Terms(
            self.money(kind.price_minor if price_minor is None else price_minor),
            kind.tax_bp,
            kind.fee_bp,
            kind.fee_minor,
            self.tax_included,
            self.commission_bp,
        )

    def closed(self, now: datetime) -> Message | None:
        """Why nothing of this event is on sale; None where something may be."""
        if self.state == "cancelled":
            return msg("This event was cancelled.")
        if self.state != "published":
            return msg("This event is not published yet.")
        return msg("This event is over.") if now >= self.ends_at else None


@reads(public=True, about="event_id")
def quote(
    act: Act, event_id: UUID, wishes: Sequence[Wish], *, code: str = "", access_code: str = ""
) -> Quote:
    """Say what a person would pay; nothing is held by it.

    Args:
        wishes: What is wanted.
        code: A discount code as it was typed, or "".
        access_code: Opens a private event.

    Raises:
        NotFoundError: No such event that this person may see, or no such ticket type at it.
        InvalidInputError: Nothing was wished for.
        SalesError: It cannot be bought now; the leaf says why.
    """
    need_visible(act, event_id, access_code=access_code)
    return price_wishes(act, event_id, wishes, code=code)


def price_wishes(
    act: Act,
    event_id: UUID,
    wishes: Sequence[Wish],
    *,
    code: str = "",
    staff: bool = False,
    per_ticket: bool = False,
    apart: bool = False,
) -> Quote:
    """Price wishes inside a transaction; `need_places` checks whether there are places.

    Args:
        wishes: What is wanted; wishes for one type at one price are added up.
        code: A discount code as it was typed, or "".
        staff: The team books: sales windows, hidden types, the most a booking may hold and the
            state of the event do not matter.
        per_ticket: The wishes count tickets, of which a package has several.
        apart: The wishes are of several bookings: whether each is a group, and holds whole
            packages, is left to `QuoteLine.of_booking`.

    Raises:
        NotFoundError: No such event, or no such ticket type at it.
        InvalidInputError: Nothing was wished for, no whole package, or an amount was named that
            cannot be.
        SalesClosedError: A type is not on sale now, or only with a code.
        LimitError: More of a type than one booking may hold.
        CodeError: The code does not hold, is for other types, or not good for so many.
    """
    counts: Counter[UUID] = Counter()
    wanted: Counter[tuple[UUID, int | None]] = Counter()
    for wish in wishes:
        counts[wish.ticket_type_id] += wish.count
        wanted[wish.ticket_type_id, wish.chosen_minor] += wish.count
    if not counts or min(wish.count for wish in wishes) < 1:
        raise InvalidInputError(msg("Choose at least one ticket."))
    event = event_terms(act.connection, event_id)
    kinds = {kind.id: kind for kind in _kinds(act.connection, event_id, counts)}
    if kinds.keys() != counts.keys():
        raise NotFoundError(msg("There is no such ticket type at this event."))
    usable = usable_code(act, event_id, code) if code.strip() else None
    size = {kind.id: max(1, kind.admits) if per_ticket else 1 for kind in kinds.values()}
    for type_id, count in counts.items():
        whole = -(-count // size[type_id])
        _need_on_sale(event, kinds[type_id], usable, whole, act.now, staff)
    lines = tuple(
        _line(event, kinds[type_id], -(-count // size[type_id]), usable, chosen_minor)
        for (type_id, chosen_minor), count in wanted.items()
    )
    if not apart:
        lines = tuple(
            line.of_booking(
                counts[line.ticket_type_id] * (1 if per_ticket else max(1, line.admits))
            )
            for line in lines
        )
    if usable is not None:
        _need_uses(usable, sum(line.tickets for line in lines if line.discount_id is not None))
    subtotal, discount, tax, fee, total = (
        event.money(sum(line.count * getattr(line.price, f"{part}_minor") for line in lines))
        for part in ("list", "discount", "tax", "fee", "total")
    )
    code_id, code = (usable.id, usable.code) if usable else (None, "")
    return Quote(lines, subtotal, discount, tax, fee, total, code_id, code)


@reads(public=True, about="event_id")
def offers(act: Act, event_id: UUID, *, code: str = "", access_code: str = "") -> list[Offer]:
    """Read what an event sells, as everybody who may see it does, in the organizer's order.

    Hidden types are shown to who knows a code that names them; prices are with the code.

    Args:
        code: A discount code as it was typed, or "".
        access_code: Opens a private event.

    Raises:
        NotFoundError: There is no such event that this person may see.
        CodeError: The code does not hold.
    """
    need_visible(act, event_id, access_code=access_code)
    event = event_terms(act.connection, event_id)
    usable = usable_code(act, event_id, code) if code.strip() else None
    standing = availability(act, event_id)
    return [
        _offer(event, kind, usable, standing[kind.id], act.now)
        for kind in _kinds(act.connection, event_id)
        if kind.active and (not kind.hidden or _unlocks(usable, kind))
    ]


def team_prices(
    act: Act, event_id: UUID, *, code: str = "", chosen_minor: int | None = None
) -> tuple[QuoteLine, ...]:
    """Price one ticket of each type that lets one in, hidden ones too, in the organizer's order.

    Args:
        code: A discount code as it was typed, or "".
        chosen_minor: What is paid for types whose price is named, or their least where it is more.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The amount cannot be paid.
        CodeError: The code does not hold, or is for no type that is sold.
    """
    event = event_terms(act.connection, event_id)
    usable = usable_code(act, event_id, code) if code.strip() else None
    kinds = [each for each in _kinds(act.connection, event_id) if each.active and each.admits == 1]
    lines = tuple(_line(event, kind, 1, usable, _at_least(kind, chosen_minor)) for kind in kinds)
    if usable is not None and lines:
        _need_uses(usable, min(1, sum(line.discount_id is not None for line in lines)))
    return lines


def _at_least(kind: AnyRow, chosen_minor: int | None) -> int | None:
    """An amount for a type whose price is named; an amount below zero is left to be refused."""
    if chosen_minor is None or not kind.price_chosen:
        return None
    return chosen_minor if chosen_minor < 0 else max(chosen_minor, kind.price_minor)


@reads(Permission.TICKETS, Permission.MONEY, Permission.DOOR, about="event_id")
def sale_terms(act: Act, event_id: UUID) -> EventTerms:
    """Read what all prices of an event have in common."""
    act.need(event_id, Permission.TICKETS, Permission.MONEY, Permission.DOOR)
    return event_terms(act.connection, event_id)


def event_terms(connection: Connection, event_id: UUID) -> EventTerms:
    """Read what all prices of an event have in common.

    Raises:
        NotFoundError: There is no such event.
    """
    row = _TERMS.one_or_none(connection, {"event": event_id})
    if row is None:
        raise no_such_event()
    usual = row.commission if row.commission is not None else usual_share(connection)
    return EventTerms(
        row.currency, row.currency_exponent, row.prices_include_tax, usual, row.state, row.ends_at
    )


_TERMS: Final = Prepared(
    select(
        EventRow.currency,
        EventRow.currency_exponent,
        EventRow.prices_include_tax,
        func.coalesce(EventRow.commission_bp, AccountRow.commission_bp).label("commission"),
        EventRow.state,
        EventRow.ends_at,
    )
    .outerjoin(AccountRow, AccountRow.id == EventRow.owner_id)
    .where(EventRow.id == bindparam("event", type_=EventRow.id.type))
)


def usual_share(connection: Connection) -> int:
    """The installation's usual commission, in basis points."""
    return int(setting(connection, COMMISSION_SETTING) or 0)


def _kinds(
    connection: Connection, event_id: UUID, type_ids: Iterable[UUID] | None = None
) -> Sequence[Any]:
    query, ids = (_ALL_KINDS, []) if type_ids is None else (_KINDS, list(type_ids))
    return connection.execute(query, {"event": event_id, "types": ids}).all()


_ALL_KINDS = (
    select(TicketTypeRow.__table__)
    .where(TicketTypeRow.event_id == bindparam("event", type_=EventRow.id.type))
    .order_by(TicketTypeRow.position, TicketTypeRow.id)
)
_KINDS = _ALL_KINDS.where(
    TicketTypeRow.id.in_(bindparam("types", type_=TicketTypeRow.id.type, expanding=True))
)


def _unlocks(usable: UsableCode | None, kind: AnyRow) -> bool:
    return usable is not None and kind.id in usable.type_ids


def _line(
    event: EventTerms,
    kind: AnyRow,
    count: int,
    usable: UsableCode | None,
    chosen_minor: int | None = None,
) -> QuoteLine:
    discount, discount_id = _discount(usable, kind)
    list_minor = price_named(kind, chosen_minor, event.money(kind.price_minor))
    price = price_of(event.terms(kind, list_minor), discount)
    return QuoteLine(
        kind.id,
        kind.name,
        count,
        price,
        discount_id,
        chosen_minor,
        kind.admits,
        group=_group(event, kind, discount),
    )


def _group(event: EventTerms, kind: AnyRow, discount: Discount | None) -> GroupPrice | None:
    if kind.group_from is None:
        return None
    return GroupPrice(kind.group_from, price_of(event.terms(kind, kind.group_minor), discount))


def _discount(usable: UsableCode | None, kind: AnyRow) -> tuple[Discount | None, UUID | None]:
    """What a code takes off a type.

    Off a price that is named, or a donation, it takes nothing; it may unlock it.
    """
    if usable is None or not usable.is_for(kind.id, hidden=kind.hidden):
        return None, None
    if kind.price_chosen or not kind.admits:
        return None, usable.id if _unlocks(usable, kind) else None
    return usable.discount, usable.id


def _need_on_sale(
    event: EventTerms,
    kind: AnyRow,
    usable: UsableCode | None,
    count: int,
    now: datetime,
    staff: bool,
) -> None:
    if not kind.active:
        raise SalesClosedError(
            msg("{name} is no longer sold.", name=plain(kind.name)), ticket_type_id=kind.id
        )
    if staff:
        return
    if kind.hidden and not _unlocks(usable, kind):
        raise SalesClosedError(
            msg("{name} is sold with a code only.", name=plain(kind.name)),
            ticket_type_id=kind.id,
            hint=msg("Type the code you were given."),
        )
    if why_not := event.closed(now) or _outside_window(kind, now):
        raise SalesClosedError(why_not, ticket_type_id=kind.id)
    if kind.most_per_booking is not None and count > kind.most_per_booking:
        raise LimitError(
            msg(
                "A booking may hold {most} of {name}, not {count}.",
                most=kind.most_per_booking,
                name=plain(kind.name),
                count=count,
            ),
            most=kind.most_per_booking,
            hint=msg("Take {most} or fewer.", most=kind.most_per_booking),
        )


def _outside_window(kind: AnyRow, now: datetime) -> Message | None:
    if kind.sales_from is not None and now < kind.sales_from:
        return msg("{name} is not on sale yet.", name=plain(kind.name))
    if kind.sales_until is not None and now >= kind.sales_until:
        return msg("Sales of {name} have ended.", name=plain(kind.name))
    return None


def _need_uses(usable: UsableCode, tickets: int) -> None:
    if not tickets:
        raise CodeError(
            msg("The code “{code}” is not for these tickets.", code=usable.code),
            hint=msg("Leave it empty, or choose tickets that it is for."),
        )
    if usable.left is not None and tickets > usable.left:
        raise CodeError(
            msg(
                "The code “{code}” is good for {left} more, not {tickets}.",
                code=usable.code,
                left=usable.left,
                tickets=tickets,
            ),
            hint=msg(
                "Take {left} with the code, and the others in a second booking.", left=usable.left
            ),
        )


def _offer(
    event: EventTerms,
    kind: AnyRow,
    usable: UsableCode | None,
    standing: Availability,
    now: datetime,
) -> Offer:
    discount, _discount_id = _discount(usable, kind)
    left = None
    if kind.admits and standing.left is not None:
        left = standing.left // kind.admits
    group = _group(event, kind, discount)
    sold_out = left == 0
    why_not = event.closed(now) or _outside_window(kind, now)
    if not why_not and sold_out:
        why_not = msg("{name} is sold out.", name=plain(kind.name))
    return Offer(
        kind.id,
        kind.name,
        kind.description,
        price_of(event.terms(kind), discount),
        event.currency,
        event.exponent,
        left,
        sold_out,
        kind.waitlist,
        not why_not,
        str(why_not or ""),
        kind.needs_approval,
        kind.most_per_booking,
        kind.section_id,
        kind.priority,
        kind.price_chosen,
        event.money(kind.price_minor),
        event.money(price_named(kind, None, event.money(kind.price_minor))),
        kind.admits,
        kind.group_from,
        event.money(group.price.total_minor) if group else NO_MONEY,
    )
