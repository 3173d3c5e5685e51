"""What is asked before a booking is made: by whom, whether it is new, and whose turn it is."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from data.schema import BookingRow, QueueRequestRow, TicketTypeRow
from eventdesk.acts.actor import Actor
from eventdesk.booking.booking import NewBooking, NewTicket
from eventdesk.core.errors import InvalidInputError, SalesClosedError
from eventdesk.sales.pricing import Quote
from eventdesk.seating.rows import need_own_hold


def own_booking(
    connection: Connection, actor: Actor, event_id: UUID, booking: NewBooking
) -> NewBooking:
    """A booking without what only the team may say of one.

    Raises:
        NotAllowedError: Its seats are those that another account holds.
    """
    if booking.hold_id is not None:
        need_own_hold(connection, actor, event_id, booking.hold_id)
    tickets = tuple(
        NewTicket(
            each.ticket_type_id,
            each.name,
            each.email,
            each.line_two,
            answers=each.answers,
            seat_id=each.seat_id,
        )
        for each in booking.tickets
    )
    return NewBooking(
        booking.name,
        booking.email,
        tickets,
        paid=False,
        account_id=actor.id,
        code=booking.code,
        source="attendee",
        hold_id=booking.hold_id or actor.id,
    )


def needs_approval(connection: Connection, quote: Quote) -> bool:
    """Whether somebody must approve a booking of these types."""
    ids = [line.ticket_type_id for line in quote.lines]
    return connection.execute(_NEEDS_APPROVAL, {"types": ids}).first() is not None


_NEEDS_APPROVAL = select(TicketTypeRow.id).where(
    TicketTypeRow.id.in_(bindparam("types", type_=TicketTypeRow.id.type, expanding=True)),
    TicketTypeRow.needs_approval.is_(True),
)


def need_not_cancelled(event: Any) -> None:
    """Refuse to book, for whomever, at an event that does not take place.

    Raises:
        InvalidInputError: It was cancelled.
    """
    if event.state == "cancelled":
        raise InvalidInputError(
            "This event was cancelled.", hint="Nobody gets a ticket for it any more."
        )


def need_new_refs(connection: Connection, event_id: UUID, bookings: Sequence[NewBooking]) -> None:
    """Refuse what was imported before, or stands twice in what is imported now.

    Raises:
        InvalidInputError: It was; the message names it.
    """
    refs = [booking.external_ref for booking in bookings if booking.external_ref]
    twice = [ref for ref, count in Counter(refs).items() if count > 1]
    for at in range(0, len(refs), 5000):
        known = select(BookingRow.external_ref).where(
            BookingRow.event_id == event_id, BookingRow.external_ref.in_(refs[at : at + 5000])
        )
        twice += [ref for ref in connection.execute(known).scalars() if ref]
    if twice:
        raise InvalidInputError(
            f"Booking {twice[0]!r} is here already.", hint="Leave out what was imported before."
        )


def need_no_queue(connection: Connection, event: Any, now: datetime) -> None:
    """Let nobody book past the requests of the hour of opening, until all of them were served.

    Raises:
        SalesClosedError: Requests are collected now, or some still wait for their turn.
    """
    if event.queue_from is None or event.queue_until is None or now < event.queue_from:
        return
    if now < event.queue_until:
        until = event.queue_until.astimezone(ZoneInfo(event.time_zone))
        raise SalesClosedError(
            f"Requests are collected until {until:%H:%M}, then all are served in turn.",
            hint="Make a request; it does not matter who is first.",
        )
    waiting = select(QueueRequestRow.id).where(
        QueueRequestRow.event_id == event.id, QueueRequestRow.state == "waiting"
    )
    if connection.execute(waiting.limit(1)).one_or_none() is not None:
        raise SalesClosedError(
            "The requests of the opening are being served.",
            hint="Try again in a moment: what is left is sold when all had their turn.",
        )
