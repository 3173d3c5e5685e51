"""Quotes and offers: what tickets cost in full, by the terms and the code that hold now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from data.rows import AnyRow, setting
from data.schema import AccountRow, EventRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import Act, no_such_event, reads
from eventdesk.core.errors import (
    CodeError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    SalesClosedError,
)
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.sales.discount import UsableCode
from eventdesk.sales.discounts import usable_code
from eventdesk.sales.places_left import Availability, availability
from eventdesk.sales.price import Discount, Terms, TicketPrice, price_of

COMMISSION_SETTING = "commission_bp"
"""Setting of the installation: what it keeps where neither event nor owner say otherwise."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A number of tickets of one type."""

    ticket_type_id: UUID
    count: int = 1


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The price of tickets of one type.

    Attributes:
        price: Of one ticket.
        discount_id: The code that each of these tickets uses; None where it is not for this type.
    """

    ticket_type_id: UUID
    name: str
    count: int
    price: TicketPrice
    discount_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The full price of a booking.

    Attributes:
        lines: One for each ticket type, in the order of the wishes.
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
        price: Of one ticket, with the code's discount.
        remaining: Places left for everybody; None is no limit.
        on_sale: Whether it can be booked now.
        why_not: A sentence where it cannot; "" where it can.
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

    def terms(self, kind: AnyRow) -> Terms:
        """The terms of a ticket type's row."""
        return Terms(
            self.money(kind.price_minor),
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


@reads(anybody=True, about="event_id")
def quote(act: Act, event_id: UUID, wishes: Sequence[Wish], *, code: str = "") -> Quote:
    """Say what a person would pay; nothing is held by it.

    Raises:
        NotFoundError: No such event, or no such ticket type at it.
        InvalidInputError: Nothing was wished for.
        SalesError: It cannot be bought now; the leaf says why.
    """
    return price_wishes(act, event_id, wishes, code=code)


def price_wishes(
    act: Act, event_id: UUID, wishes: Sequence[Wish], *, code: str = "", staff: bool = False
) -> Quote:
    """Price wishes inside a transaction; `need_places` checks whether there are places.

    Args:
        wishes: What is wanted; wishes for one type are added up.
        code: A discount code as it was typed, or "".
        staff: The team books: sales windows, hidden types, the most a booking may hold and the
            state of the event do not matter.

    Raises:
        NotFoundError: No such event, or no such ticket type at it.
        InvalidInputError: Nothing was wished for.
        SalesClosedError: A type is not on sale now, or only with a code.
        LimitError: More of a type than one booking may hold.
        CodeError: The code does not hold, is for other types, or not good for so many.
    """
    counts: dict[UUID, int] = {}
    for wish in wishes:
        counts[wish.ticket_type_id] = counts.get(wish.ticket_type_id, 0) + wish.count
    if not counts or min(wish.count for wish in wishes) < 1:
        raise InvalidInputError(msg("Choose at least one ticket."))
    event = event_terms(act.connection, event_id)
    kinds = {kind.id: kind for kind in _kinds(act.connection, event_id, counts)}
    if kinds.keys() != counts.keys():
        raise NotFoundError(msg("There is no such ticket type at this event."))
    usable = usable_code(act, event_id, code) if code.strip() else None
    for type_id, count in counts.items():
        _need_on_sale(event, kinds[type_id], usable, count, act.now, staff)
    lines = tuple(_line(event, kinds[type_id], count, usable) for type_id, count in counts.items())
    if usable is not None:
        _need_uses(usable, sum(line.count for line in lines if line.discount_id is not None))
    subtotal, discount, tax, fee, total = (
        event.money(sum(line.count * getattr(line.price, f"{part}_minor") for line in lines))
        for part in ("list", "discount", "tax", "fee", "total")
    )
    code_id, code = (usable.id, usable.code) if usable else (None, "")
    return Quote(lines, subtotal, discount, tax, fee, total, code_id, code)


@reads(anybody=True, about="event_id")
def offers(act: Act, event_id: UUID, *, code: str = "") -> list[Offer]:
    """Read what an event sells, as everybody sees it, in the organizer's order.

    Hidden types are shown to who knows a code that names them; prices are with the code.

    Raises:
        NotFoundError: There is no such event.
        CodeError: The code does not hold.
    """
    event = event_terms(act.connection, event_id)
    usable = usable_code(act, event_id, code) if code.strip() else None
    standing = availability(act, event_id)
    return [
        _offer(event, kind, usable, standing[kind.id], act.now)
        for kind in _kinds(act.connection, event_id)
        if kind.active and (not kind.hidden or _unlocks(usable, kind))
    ]


def team_prices(act: Act, event_id: UUID, *, code: str = "") -> tuple[QuoteLine, ...]:
    """Price one ticket of each type the team sells, hidden ones too, in the organizer's order.

    Raises:
        NotFoundError: There is no such event.
        CodeError: The code does not hold, or is for no type that is sold.
    """
    event = event_terms(act.connection, event_id)
    usable = usable_code(act, event_id, code) if code.strip() else None
    kinds = [kind for kind in _kinds(act.connection, event_id) if kind.active]
    lines = tuple(_line(event, kind, 1, usable) for kind in kinds)
    if usable is not None and lines:
        _need_uses(usable, min(1, sum(line.discount_id is not None for line in lines)))
    return lines


def sale_terms(store: Store, event_id: UUID) -> EventTerms:
    """Read what all prices of an event have in common, in a transaction of its own.

    Raises:
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        return event_terms(connection, event_id)


def event_terms(connection: Connection, event_id: UUID) -> EventTerms:
    """Read what all prices of an event have in common.

    Raises:
        NotFoundError: There is no such event.
    """
    row = connection.execute(_TERMS, {"event": event_id}).one_or_none()
    if row is None:
        raise no_such_event()
    usual = row.commission if row.commission is not None else usual_share(connection)
    return EventTerms(
        row.currency, row.currency_exponent, row.prices_include_tax, usual, row.state, row.ends_at
    )


_TERMS = (
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


def _line(event: EventTerms, kind: AnyRow, count: int, usable: UsableCode | None) -> QuoteLine:
    discount, discount_id = _discount(usable, kind)
    price = price_of(event.terms(kind), discount)
    return QuoteLine(kind.id, kind.name, count, price, discount_id)


def _discount(usable: UsableCode | None, kind: AnyRow) -> tuple[Discount | None, UUID | None]:
    if usable is None or not usable.is_for(kind.id, hidden=kind.hidden):
        return None, None
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
    sold_out = standing.left == 0
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
        standing.left,
        sold_out,
        kind.waitlist,
        not why_not,
        str(why_not or ""),
        kind.needs_approval,
        kind.most_per_booking,
        kind.section_id,
        kind.priority,
    )
