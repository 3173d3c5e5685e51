"""What becomes of the bookings, and of those who wait, when an event does not take place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import BookingRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.cancellations import give_up
from eventdesk.core.errors import InvalidInputError

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


@allowed(Permission.EVENT)
def cancel_event_bookings(
    store: Store, actor: Actor, event_id: UUID, *, limit: int = AT_ONCE, now: datetime
) -> Ended:
    """Cancel some bookings of a cancelled event for free, and begin to give their money back.

    Call it until none is left; what was done stays done, whatever ends the program meanwhile.

    Raises:
        NotAllowedError: The actor does not organize this event.
        NotFoundError: There is no such event.
        InvalidInputError: The event is not cancelled.
    """
    with store.write() as connection:
        event = event_row(connection, event_id)
        need_here(connection, actor, event_id, Permission.EVENT)
        if event.state != "cancelled":
            raise InvalidInputError("This event takes place.", hint="Cancel the event first.")
        some = connection.execute(
            select(BookingRow.id)
            .where(BookingRow.event_id == event_id, BookingRow.state.in_(_OPEN))
            .order_by(BookingRow.no)
            .limit(limit)
        ).scalars()
        cancelled = 0
        for booking_id in some.all():
            give_up(
                store,
                connection,
                actor,
                booking_id,
                verb="cancel_booking",
                reason=event.refusal,
                now=now,
            )
            cancelled += 1
        return Ended(cancelled, _left(connection, event_id))


def _left(connection: Connection, event_id: UUID) -> int:
    return connection.execute(
        select(func.count()).where(BookingRow.event_id == event_id, BookingRow.state.in_(_OPEN))
    ).scalar_one()
