"""Cancelling bookings and tickets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from data.schema import BookingRow, TicketRow
from data.store import Store
from eventdesk.errors import NotFoundError
from eventdesk.model.people import Actor
from eventdesk.usecases.audit import record
from eventdesk.usecases.permission import need_door


def cancel_booking(
    store: Store, actor: Actor, booking_id: UUID, *, reason: str, now: datetime
) -> None:
    """Cancel a booking and every ticket in it.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no such booking.
    """
    need_door(actor)
    with store.write() as connection:
        event_id = connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking_id)
            .values(state="cancelled")
            .returning(BookingRow.event_id)
        ).scalar_one_or_none()
        if event_id is None:
            raise NotFoundError("There is no such booking.")
        connection.execute(
            update(TicketRow).where(TicketRow.booking_id == booking_id).values(state="cancelled")
        )
        subject = ("booking", booking_id)
        record(
            connection, actor, "cancel_booking", subject, now=now, event_id=event_id, reason=reason
        )
