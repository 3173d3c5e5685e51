"""Deadlines that have passed, whether or not a sweep has ended them yet.

What is overdue counts as ended for everybody who asks: the places of an unpaid booking and of an
offer are free from the moment of the deadline. `expiry` and `waitlist_offers` write it down later.
While the clock is not believed (`store_clock`) nothing is overdue.
Freed places belong to the waitlist first, as `availability` says.
"""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    TextClause,
    bindparam,
    case,
    func,
    select,
    text,
)

from data.bulk import chunks
from data.rows import AnyRow
from data.schema import BookingRow, PaymentRow, RefundRow, TicketRow, WaitlistEntryRow, aliased
from eventdesk.acts.act import Act
from eventdesk.acts.store_clock import believed
from eventdesk.core.booking_states import EXPIRED, SOLD_STATES, VALID
from eventdesk.core.paying import COUNTED, PaymentState

DUE = aliased(BookingRow, name="due_booking")
"""Bookings by a name of their own, so that a question about them stands inside any other."""

_PENDING = text("due_booking.state = 'pending'")
"""Spelled out, for SQLite takes a partial index only where it sees the very words."""

_CAME_IN = (
    select(func.coalesce(func.sum(PaymentRow.amount_minor), 0))
    .where(PaymentRow.booking_id == DUE.id, PaymentRow.state == PaymentState.PAID)
    .correlate(DUE)
    .scalar_subquery()
)
_WENT_BACK = (
    select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
    .where(RefundRow.booking_id == DUE.id, RefundRow.state.in_(COUNTED))
    .correlate(DUE)
    .scalar_subquery()
)


def past_deadline(now: datetime) -> tuple[TextClause, ColumnElement[bool]]:
    """The condition of `DUE` for all unpaid bookings past their deadline, those paid in part too.

    In the order of `DUE.expires_at` an index finds them.
    """
    return _PENDING, DUE.expires_at <= now


def overdue(now: datetime) -> Select[UUID]:
    """The ids of all bookings that hold no places any more, because their deadline has passed.

    One of which a part was paid keeps its places. Use it as `BookingRow.id.in_(overdue(now))`:
    SQLite asks it once, by the index of the deadlines.
    """
    return select(DUE.id).where(*past_deadline(now), _CAME_IN <= _WENT_BACK, believed(now))


def overdue_ids(connection: Connection, now: datetime) -> set[UUID]:
    """All bookings that are overdue and that no sweep has ended yet; mostly none."""
    return set(connection.execute(overdue(now)).scalars())


def booking_state(now: datetime) -> ColumnElement[str]:
    """The state of a `BookingRow`, with one that is overdue as expired."""
    return case((BookingRow.id.in_(overdue(now)), EXPIRED), else_=BookingRow.state)


def ticket_state(now: datetime) -> ColumnElement[str]:
    """The state of a `TicketRow`, with one of an overdue booking as expired."""
    ended = TicketRow.state.in_(SOLD_STATES) & TicketRow.booking_id.in_(overdue(now))
    return case((ended, EXPIRED), else_=TicketRow.state)


def takes_place(now: datetime) -> ColumnElement[bool]:
    """Whether a `TicketRow` takes a place: it is valid, and its booking is not overdue."""
    return (TicketRow.state == VALID) & TicketRow.booking_id.not_in(overdue(now))


def is_sold(now: datetime) -> ColumnElement[bool]:
    """Whether a booking costs a `TicketRow`: it is valid or a donation, and not overdue."""
    return TicketRow.state.in_(SOLD_STATES) & TicketRow.booking_id.not_in(overdue(now))


SOLD_TICKETS = func.sum(case((TicketRow.state == VALID, 1), else_=0))
"""How many tickets there are among what `is_sold`: donations are none."""


def offer_holds(now: datetime) -> ColumnElement[bool]:
    """Whether a `WaitlistEntryRow` has an offer that still keeps a place."""
    return (WaitlistEntryRow.state == "offered") & ~offer_lapsed(now)


def offer_lapsed(now: datetime) -> ColumnElement[bool]:
    """Whether the offer of a `WaitlistEntryRow` has ended with its deadline."""
    late = WaitlistEntryRow.offer_until <= now
    return (WaitlistEntryRow.state == "offered") & late & believed(now)


def has_lapsed(act: Act, entry: AnyRow) -> bool:
    """Whether what a row of the waitlist was offered has ended with its deadline."""
    late: bool = entry.offer_until <= act.now
    return late and act.connection.execute(select(believed(act.now))).scalar_one()


def lapsed_offers(act: Act) -> dict[UUID, int]:
    """How many offered places of each ticket type ended with their deadline; mostly none."""
    late = act.connection.execute(_LATE_OFFERS, {"now": act.now}).all()
    if not late or not act.connection.execute(select(believed(act.now))).scalar_one():
        return {}
    ended: Counter[UUID] = Counter()
    for row in late:
        if row.ticket_type_id is not None:
            ended[row.ticket_type_id] += row.places
    return ended


_LATE_OFFERS = select(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.places).where(
    text("waitlist_entry.state = 'offered'"),
    WaitlistEntryRow.offer_until <= bindparam("now", type_=WaitlistEntryRow.offer_until.type),
)


def overdue_tickets(connection: Connection, event_id: UUID, now: datetime) -> dict[UUID, int]:
    """How many valid tickets of each type the overdue bookings of an event have.

    It begins at the few overdue bookings, so that who counts tickets by an index may go on so and
    take these off.
    """
    due = connection.execute(_DUE, {"now": now})
    ended = [row.id for row in due if row.event_id == event_id]
    if ended:
        ended = list(overdue_ids(connection, now).intersection(ended))
    found: Counter[UUID] = Counter()
    for ids in chunks(ended):
        rows = connection.execute(
            select(TicketRow.ticket_type_id, func.count())
            .where(TicketRow.booking_id.in_(ids), TicketRow.state == "valid")
            .group_by(TicketRow.ticket_type_id)
        )
        found.update(dict(rows.all()))
    return found


_DUE = select(DUE.id, DUE.event_id).where(
    _PENDING, DUE.expires_at <= bindparam("now", type_=BookingRow.expires_at.type)
)
"""Built once, for it is asked with every booking; the event is compared outside, because its
index would lead through all of its unpaid bookings."""
