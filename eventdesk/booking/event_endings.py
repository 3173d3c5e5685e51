"""What becomes of the bookings, and of those who wait, when an event does not take place."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import count_rows
from data.schema import BookingRow
from eventdesk.acts import Act, Permission, event_row, writes
from eventdesk.booking.cancellations import give_up
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

AT_ONCE = 20
"""Bookings in one transaction, so that desks go on meanwhile."""

_OPEN = ("pending", "paid")


@dataclass(frozen=True, slots=True)
class Ended:
    """How far it is.

    Attributes:
        cancelled: Bookings that this call cancelled.
        left: Bookings that are still open.
    """

    cancelled: int
    left: int


@writes(Permission.EVENT, about="event_id")
def cancel_event_bookings(act: Act, event_id: UUID, *, limit: int = AT_ONCE) -> Ended:
    """Cancel some bookings of a cancelled event for free, and begin to give their money back.

    Call it until none is left; what was done stays done, whatever ends the program meanwhile.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The event is not cancelled.
    """
    event = event_row(act.connection, event_id)
    act.need(event_id, Permission.EVENT)
    if event.state != "cancelled":
        raise InvalidInputError(msg("This event takes place."), hint=msg("Cancel the event first."))
    some = act.connection.execute(
        select(BookingRow.id)
        .where(BookingRow.event_id == event_id, BookingRow.state.in_(_OPEN))
        .order_by(BookingRow.no)
        .limit(limit)
    ).scalars()
    cancelled = 0
    for booking_id in some.all():
        give_up(act, booking_id, verb="cancel_booking", reason=event.refusal)
        cancelled += 1
    return Ended(cancelled, _left(act.connection, event_id))


def _left(connection: Connection, event_id: UUID) -> int:
    return count_rows(connection, BookingRow.event_id == event_id, BookingRow.state.in_(_OPEN))
