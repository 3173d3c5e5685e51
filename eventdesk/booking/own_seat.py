"""Sitting elsewhere: another seat for a ticket that has one, chosen by whose it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import SeatRow, TicketRow
from eventdesk.acts import Act, event_of, owner_of, writes
from eventdesk.booking.changes import (
    TEAM,
    booking_facts,
    need_live,
    need_not_admitted,
    need_team_or_owner,
    need_valid,
    one_ticket,
    wall_time,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.seating import take_seats


@writes(*TEAM, own=True, about=event_of(TicketRow, "ticket_id"))
def change_seat(act: Act, ticket_id: UUID, seat_id: UUID) -> str:
    """Let a ticket sit on another free seat of its section; returns the seat's label.

    Its holder may as long as tickets may be handed on, the team at any time.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket or seat.
        InvalidInputError: It has no seat, was cancelled or used at the door, the seat is in
            another section, or it is too late.
        SeatTakenError: Somebody else has the seat, or is about to.
    """
    before = one_ticket(act.connection, ticket_id)
    booking = booking_facts(act.connection, before.booking_id)
    owner_id = before.account_id or owner_of(booking)
    team = need_team_or_owner(act, before.event_id, *TEAM, owner_id=owner_id)
    need_live(act, booking)
    need_valid(before)
    if not team:
        need_not_admitted(before)
        _need_in_time(booking, act.now)
    _need_same_section(act, ticket_id, seat_id)
    take_seats(act, before.event_id, [(ticket_id, seat_id)], holder_id=None)
    after: str = one_ticket(act.connection, ticket_id).seat
    detail = {"before": before.seat, "after": after}
    act.record("change_seat", ("ticket", ticket_id), event_id=before.event_id, **detail)
    return after


def _need_in_time(booking: AnyRow, now: datetime) -> None:
    until = booking.transfer_until or booking.starts_at
    if now > until:
        raise InvalidInputError(
            msg(
                "Seats could be changed until {until:%Y-%m-%d %H:%M}.",
                until=wall_time(booking, until),
            ),
            hint=msg("Ask the organizer."),
        )


def _need_same_section(act: Act, ticket_id: UUID, seat_id: UUID) -> None:
    sections = select(SeatRow.section_id)
    own = act.connection.execute(sections.where(SeatRow.ticket_id == ticket_id)).scalar()
    if own is None:
        raise InvalidInputError(msg("This ticket has no seat."), hint=msg("Ask the organizer."))
    wanted = act.connection.execute(sections.where(SeatRow.id == seat_id)).scalar()
    if wanted not in (own, None):  # of a seat that is not there it is told below
        raise InvalidInputError(
            msg("That seat is in another section."), hint=msg("Choose one of the same section.")
        )
