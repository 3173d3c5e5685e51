"""What becomes of the bookings, and of those who wait, when an event does not take place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.schema import BookingRow, QueueRequestRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.cancellations import give_up
from eventdesk.core.errors import InvalidInputError
from eventdesk.events.events import event_row
from eventdesk.events.opening_hour import RequestState
from eventdesk.waiting.waitlist_entry import EntryState

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


def end_waiting(connection: Connection, event_id: UUID, *, now: datetime) -> dict[str, int]:
    """End what waits for an event that is called off, inside the transaction that tells people.

    An offer left open could be taken, although there is nothing to go to.

    Returns:
        How many entries of waitlists and how many requests of the queue ended.
    """
    entries = connection.execute(
        update(WaitlistEntryRow)
        .where(
            WaitlistEntryRow.event_id == event_id,
            WaitlistEntryRow.state.in_((EntryState.WAITING, EntryState.OFFERED)),
        )
        .values(state=EntryState.LEFT, offer_until=None)
    )
    requests = connection.execute(
        update(QueueRequestRow)
        .where(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")
        .values(state=RequestState.CANCELLED, reason="The event is cancelled.", decided_at=now)
    )
    return {"waited": entries.rowcount, "requests": requests.rowcount}


def _left(connection: Connection, event_id: UUID) -> int:
    return connection.execute(
        select(func.count()).where(BookingRow.event_id == event_id, BookingRow.state.in_(_OPEN))
    ).scalar_one()
