"""What somebody chose at an event: the types of their tickets, and the sessions."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, union

from data.rows import AnyRow
from data.schema import (
    BookingRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
)
from eventdesk.acts import Act
from eventdesk.mailing.addressee import Addressee


def chosen_by(
    act: Act, to: Addressee, event_id: UUID, booking: AnyRow | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types of somebody's valid tickets, and the sessions they come to, by name.

    Those are the sessions that a type is for, where it is for some, and those somebody signed up
    for.

    Args:
        act: The act that reads.
        to: Whom a mail goes to.
        event_id: The event.
        booking: The booking it is about; None is all that is theirs.
    """
    theirs = [TicketRow.event_id == event_id, TicketRow.state == "valid", _whose(to, booking)]
    held = (
        select(TicketRow.ticket_type_id)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(*theirs)
    )
    names = select(TicketTypeRow.name).where(TicketTypeRow.id.in_(held))
    types = act.connection.execute(names.order_by(TicketTypeRow.position)).scalars()
    sessions: Any = select(TicketTypeSessionRow.session_id).where(
        TicketTypeSessionRow.ticket_type_id.in_(held)
    )
    if to.account_id is not None:
        mine = SignUpRow.event_id == event_id, SignUpRow.account_id == to.account_id
        both = union(sessions, select(SignUpRow.session_id).where(*mine)).subquery()
        sessions = select(both.c.session_id)
    titles = select(SessionRow.title).where(SessionRow.id.in_(sessions))
    found = act.connection.execute(titles.order_by(SessionRow.starts_at, SessionRow.id)).scalars()
    return tuple(types), tuple(found)


def _whose(to: Addressee, booking: AnyRow | None) -> ColumnElement[bool]:
    """Conditions on tickets that are somebody's, of a booking or of all."""
    of_account: ColumnElement[UUID] = func.coalesce(TicketRow.account_id, BookingRow.account_id)
    if booking is None:
        return of_account == to.account_id
    here: ColumnElement[bool] = TicketRow.booking_id == booking.id
    if to.booker or (to.account_id is not None and booking.account_id == to.account_id):
        return here
    return here & (func.lower(TicketRow.holder_email) == to.address.lower())
