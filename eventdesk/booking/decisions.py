"""An organizer's decisions on a booking: approval, refusal, more time to pay, a note."""

from datetime import datetime, timedelta
from uuid import UUID

from data.rows import AnyRow, update_row
from data.schema import BookingRow
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.booking.booking import Cancelled
from eventdesk.booking.cancellations import give_up
from eventdesk.booking.changes import booking_facts, need_live, tell_booker, wall_time
from eventdesk.core.booking_states import PENDING
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.money import need_taking_place

MAX_NOTE = 2000


@writes(Permission.TICKETS, about=event_of(BookingRow, "booking_id"))
def approve_booking(act: Act, booking_id: UUID) -> datetime | None:
    """Approve a booking that waits for it; return the deadline of what is due, None for nothing.

    The deadline is that of a waitlist offer, or of any booking where that is later.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: It does not wait for approval, or the event is cancelled.
    """
    booking = _waiting(act, booking_id)
    need_taking_place(booking)
    until = None
    if booking.state == PENDING:
        until = act.now + timedelta(minutes=max(booking.hold_minutes, booking.offer_minutes))
    update_row(act.connection, BookingRow, booking_id, approved=True, expires_at=until)
    body = msg("Your tickets are ready under My tickets.")
    if until is not None:
        body = msg(
            "Please pay until {until:%Y-%m-%d %H:%M}, or the places go back.",
            until=wall_time(booking, until),
        )
    title = msg("Booking {code} was approved", code=booking.code)
    tell_booker(act, booking, "booking", title=title, body=body, papers=until is None)
    act.record("approve_booking", ("booking", booking_id), event_id=booking.event_id)
    return until


@writes(Permission.TICKETS, about=event_of(BookingRow, "booking_id"))
def refuse_booking(act: Act, booking_id: UUID, *, reason: str) -> Cancelled:
    """Refuse a booking that waits for approval: it is cancelled, and what was paid goes back.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: It does not wait for approval, or no reason was given.
    """
    if not reason.strip():
        raise InvalidInputError(msg("Say why it is refused."), hint=msg("Whoever booked reads it."))
    _waiting(act, booking_id)
    return give_up(act, booking_id, verb="refuse_booking", reason=reason)


@writes(Permission.TICKETS, Permission.MONEY, about=event_of(BookingRow, "booking_id"))
def extend_deadline(act: Act, booking_id: UUID, *, until: datetime | None) -> None:
    """Set the deadline of an unpaid booking; None takes it away.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: Nothing is due, it waits for approval, or the instant has passed.
    """
    if until is not None and until <= act.now:
        raise InvalidInputError(msg("This deadline has passed."), hint=msg("Choose a later one."))
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS, Permission.MONEY)
    need_live(act, booking)
    if booking.state != PENDING or not booking.approved:
        raise InvalidInputError(
            msg("Booking {code} has no deadline.", code=booking.code),
            hint=msg("Only what is approved and not paid yet has one."),
        )
    update_row(act.connection, BookingRow, booking_id, expires_at=until)
    when = msg("There is no deadline any more.")
    if until is not None:
        at = wall_time(booking, until)
        when = msg("It is to be paid until {until:%Y-%m-%d %H:%M}.", until=at)
    title = msg("More time for booking {code}", code=booking.code)
    tell_booker(act, booking, "change", title=title, body=when)
    act.record(
        "extend_deadline",
        ("booking", booking_id),
        event_id=booking.event_id,
        until=None if until is None else until.isoformat(),
    )


@writes(Permission.TICKETS, Permission.DOOR, about=event_of(BookingRow, "booking_id"))
def note_booking(act: Act, booking_id: UUID, *, note: str) -> None:
    """Leave a note on a booking that the team reads; "" takes it away."""
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS, Permission.DOOR)
    update_row(act.connection, BookingRow, booking_id, note=note.strip()[:MAX_NOTE])
    act.record("note_booking", ("booking", booking_id), event_id=booking.event_id)


def _waiting(act: Act, booking_id: UUID) -> AnyRow:
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS)
    need_live(act, booking)
    if booking.approved:
        raise InvalidInputError(
            msg("Booking {code} does not wait for approval.", code=booking.code)
        )
    return booking
