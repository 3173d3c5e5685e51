"""What an organizer decides about a booking: approval, refusal, and more time to pay."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, update

from data.schema import BookingRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import Cancelled
from eventdesk.booking.cancellations import give_up
from eventdesk.booking.changes import booking_facts, need_live, tell_booker, wall_time
from eventdesk.core.booking_states import PENDING
from eventdesk.core.errors import InvalidInputError
from eventdesk.money.balances import need_taking_place

MAX_NOTE = 2000


@allowed(Permission.TICKETS)
def approve_booking(
    store: Store, actor: Actor, booking_id: UUID, *, now: datetime
) -> datetime | None:
    """Approve a booking that waits for it; what is due has a deadline from now on.

    The deadline is that of an offer from the waitlist, or of any booking where that is later,
    for nobody waits in front of the screen any more.

    Returns:
        Until when it is to be paid; None where nothing is due.

    Raises:
        NotAllowedError: The actor may not, at this event.
        NotFoundError: There is no such booking.
        InvalidInputError: It does not wait for approval, or the event is cancelled.
    """
    with store.write() as connection:
        booking = _waiting(connection, actor, booking_id, now)
        need_taking_place(booking)
        until = None
        if booking.state == PENDING:
            until = now + timedelta(minutes=max(booking.hold_minutes, booking.offer_minutes))
        connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking_id)
            .values(approved=True, expires_at=until)
        )
        body = "Your tickets are ready under My tickets."
        if until is not None:
            body = f"Please pay until {wall_time(booking, until)}, or the places go back."
        tell_booker(
            connection, booking, "booking", f"Booking {booking.code} was approved", body, now
        )
        subject = ("booking", booking_id)
        record(connection, actor, "approve_booking", subject, now=now, event_id=booking.event_id)
        return until


@allowed(Permission.TICKETS)
def refuse_booking(
    store: Store, actor: Actor, booking_id: UUID, *, reason: str, now: datetime
) -> Cancelled:
    """Refuse a booking that waits for approval: it is cancelled, and all that was paid goes back.

    Raises:
        NotAllowedError: The actor may not, at this event.
        NotFoundError: There is no such booking.
        InvalidInputError: It does not wait for approval, or no reason was given.
    """
    if not reason.strip():
        raise InvalidInputError("Say why it is refused.", hint="Whoever booked reads it.")
    with store.write() as connection:
        _waiting(connection, actor, booking_id, now)
        return give_up(
            store,
            connection,
            actor,
            booking_id,
            verb="refuse_booking",
            reason=reason,
            now=now,
        )


@allowed(Permission.TICKETS, Permission.MONEY)
def extend_deadline(
    store: Store, actor: Actor, booking_id: UUID, *, until: datetime | None, now: datetime
) -> None:
    """Give an unpaid booking until then to be paid; None takes its deadline away.

    Raises:
        NotAllowedError: The actor may not, at this event.
        NotFoundError: There is no such booking.
        InvalidInputError: Nothing is due, it waits for approval, or the instant has passed.
    """
    if until is not None and until <= now:
        raise InvalidInputError("This deadline has passed.", hint="Choose a later one.")
    with store.write() as connection:
        booking = booking_facts(connection, booking_id)
        need_here(connection, actor, booking.event_id, Permission.TICKETS, Permission.MONEY)
        need_live(connection, booking, now)
        if booking.state != PENDING or not booking.approved:
            raise InvalidInputError(
                f"Booking {booking.code} has no deadline.",
                hint="Only what is approved and not paid yet has one.",
            )
        connection.execute(
            update(BookingRow).where(BookingRow.id == booking_id).values(expires_at=until)
        )
        when = "There is no deadline any more."
        if until is not None:
            when = f"It is to be paid until {wall_time(booking, until)}."
        tell_booker(
            connection, booking, "change", f"More time for booking {booking.code}", when, now
        )
        record(
            connection,
            actor,
            "extend_deadline",
            ("booking", booking_id),
            now=now,
            event_id=booking.event_id,
            until=None if until is None else until.isoformat(),
        )


@allowed(Permission.TICKETS, Permission.DOOR)
def note_booking(store: Store, actor: Actor, booking_id: UUID, *, note: str, now: datetime) -> None:
    """Leave a note on a booking that the team reads; "" takes it away.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no such booking.
    """
    with store.write() as connection:
        booking = booking_facts(connection, booking_id)
        need_here(connection, actor, booking.event_id, Permission.TICKETS, Permission.DOOR)
        kept = note.strip()[:MAX_NOTE]
        connection.execute(update(BookingRow).where(BookingRow.id == booking_id).values(note=kept))
        subject = ("booking", booking_id)
        record(connection, actor, "note_booking", subject, now=now, event_id=booking.event_id)


def _waiting(connection: Connection, actor: Actor, booking_id: UUID, now: datetime) -> Any:
    booking = booking_facts(connection, booking_id)
    need_here(connection, actor, booking.event_id, Permission.TICKETS)
    need_live(connection, booking, now)
    if booking.approved:
        raise InvalidInputError(f"Booking {booking.code} does not wait for approval.")
    return booking
