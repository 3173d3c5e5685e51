"""How many tickets the sections of an event still have seats for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import SeatRow, TicketRow, TicketTypeRow
from eventdesk.acts.deadlines import takes_place


def seats_left(
    connection: Connection, event_id: UUID, sold: Mapping[UUID, int], now: datetime
) -> dict[UUID | None, int]:
    """Say how many more tickets sections have seats for, whether seats are chosen or not.

    That is the seats which are not blocked, without those of guests whose type is for another
    section or none, and without one for each ticket of the section's own types. It is less than
    none where seats were blocked after their tickets were sold.

    Args:
        connection: A transaction.
        event_id: The event.
        sold: The sections, and how many tickets of all types that sit there take a place.
        now: The store's clock; tickets of overdue bookings have given their seats back.
    """
    return {
        section_id: _open(connection, section_id)
        - _guests(connection, event_id, section_id, now)
        - own
        for section_id, own in sold.items()
    }


def _open(connection: Connection, section_id: UUID) -> int:
    return connection.execute(
        select(func.count()).where(SeatRow.section_id == section_id, SeatRow.blocked.is_(False))
    ).scalar_one()


def _guests(connection: Connection, event_id: UUID, section_id: UUID, now: datetime) -> int:
    """Tickets that sit in a section although their type is not for it."""
    others = select(TicketTypeRow.id).where(
        TicketTypeRow.event_id == event_id, TicketTypeRow.section_id.is_distinct_from(section_id)
    )
    theirs = TicketRow.ticket_type_id.in_(others), TicketRow.state == "valid"
    # Asked first, for then no ticket is read where every type sits here.
    sold = select(TicketRow.id).where(TicketRow.event_id == event_id, *theirs)
    if connection.execute(sold.limit(1)).first() is None:
        return 0
    return connection.execute(
        select(func.count())
        .select_from(SeatRow)
        .join(TicketRow, TicketRow.id == SeatRow.ticket_id)
        .where(SeatRow.section_id == section_id, *theirs, takes_place(now))
    ).scalar_one()
