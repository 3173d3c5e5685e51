"""What every change of a booking needs: its facts, who may, and the sums behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select

from data.rows import update_row
from data.schema import AdmissionRow, BookingRow, EventRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, overdue_ids
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, STATE_WORDS
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.money import balance

TEAM = (Permission.TICKETS, Permission.DOOR)
"""Who of an event's team changes its bookings."""

_ADMITTED = select(func.count()).where(AdmissionRow.ticket_id == TicketRow.id).scalar_subquery() > 0

_BOOKINGS = select(
    BookingRow.id,
    BookingRow.event_id,
    BookingRow.account_id,
    BookingRow.code,
    BookingRow.state,
    BookingRow.approved,
    BookingRow.name,
    BookingRow.email,
    BookingRow.total_minor,
    BookingRow.kept_minor,
    BookingRow.currency,
    BookingRow.currency_exponent,
    BookingRow.expires_at,
    BookingRow.discount_code,
    EventRow.name.label("event_name"),
    EventRow.state.label("event_state"),
    EventRow.starts_at,
    EventRow.time_zone,
    EventRow.cancel_until,
    EventRow.cancel_fee_bp,
    EventRow.cancel_fee_minor,
    EventRow.transfer_until,
    EventRow.hold_minutes,
    EventRow.offer_minutes,
).join(EventRow, EventRow.id == BookingRow.event_id)

_TICKETS = select(
    TicketRow.id,
    TicketRow.event_id,
    TicketRow.booking_id,
    TicketRow.ticket_type_id,
    TicketRow.code,
    TicketRow.state,
    TicketRow.holder_name,
    TicketRow.holder_email,
    TicketRow.seat,
    TicketRow.revision,
    TicketRow.search_no,
    TicketRow.account_id,
    TicketRow.blocked_note,
    TicketRow.price_minor,
    TicketRow.discount_id,
    TicketTypeRow.name.label("ticket_type"),
    _ADMITTED.label("admitted"),
).join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)


def booking_facts(connection: Connection, booking_id: UUID) -> Any:
    """Read a booking with the rules of its event.

    Raises:
        NotFoundError: There is no such booking.
    """
    row = connection.execute(_BOOKINGS.where(BookingRow.id == booking_id)).one_or_none()
    if row is None:
        raise NotFoundError(
            msg("There is no such booking."), hint=msg("Search for its code or a name.")
        )
    return row


def ticket_facts(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Read tickets in the order in which they were sold, and whether any door let them in."""
    return connection.execute(_TICKETS.where(*where).order_by(TicketRow.search_no)).all()


def one_ticket(connection: Connection, ticket_id: UUID) -> Any:
    """Read one ticket.

    Raises:
        NotFoundError: There is no such ticket.
    """
    for row in ticket_facts(connection, TicketRow.id == ticket_id):
        return row
    raise NotFoundError(msg("There is no such ticket."))


def need_team_or_owner(
    act: Act, event_id: UUID, *permissions: Permission, owner_id: UUID | None
) -> bool:
    """Let the event's team pass, and the owner of what is to be changed.

    Returns:
        Whether the actor acts for the team, which the event's deadlines do not bind.

    Raises:
        NotAllowedError: The actor is neither, or was banned.
    """
    here = act.known_at(event_id)
    if here.event_id in (None, event_id) and here.may(*permissions):
        return True
    act.need(event_id, *permissions, owner_id=owner_id)
    return False


def need_live(act: Act, booking: Any) -> None:
    """Let only bookings pass that have places.

    Raises:
        InvalidInputError: It was cancelled or has expired, ended by a sweep already or not.
    """
    state = booking.state
    if state == PENDING and booking.id in overdue_ids(act.connection, act.now):
        state = EXPIRED
    if state not in (PENDING, PAID):
        raise InvalidInputError(
            msg("Booking {code} is {state}.", code=booking.code, state=STATE_WORDS[state]),
            hint=msg("Make a new booking instead."),
        )


def need_valid(ticket: Any) -> None:
    """Let only tickets pass that were not cancelled.

    Raises:
        InvalidInputError: It was.
    """
    if ticket.state != "valid":
        raise InvalidInputError(
            msg("Ticket {code} was cancelled.", code=ticket.code),
            hint=msg("Choose another, or book anew."),
        )


def need_not_admitted(ticket: Any) -> None:
    """Refuse what its holder may not change once a door let the ticket in.

    Raises:
        InvalidInputError: It was let in.
    """
    if ticket.admitted:
        raise InvalidInputError(
            msg("Ticket {code} was used at the door.", code=ticket.code),
            hint=msg("Ask the organizer."),
        )


def wall_time(booking: Any, instant: datetime) -> datetime:
    """An instant on the clock of the booking's event."""
    return instant.astimezone(ZoneInfo(booking.time_zone))


def money_of(booking: Any, minor: int) -> Money:
    """An amount in the booking's currency."""
    return Money(minor, booking.currency, booking.currency_exponent)


def add_up(connection: Connection, booking_id: UUID, *, more_kept: int = 0) -> int:
    """Bring a booking's total up to its valid tickets and the fees it keeps.

    Returns:
        How many valid tickets it has.
    """
    count, prices = connection.execute(
        select(func.count(), func.coalesce(func.sum(TicketRow.price_minor), 0)).where(
            TicketRow.booking_id == booking_id, TicketRow.state == "valid"
        )
    ).one()
    kept = BookingRow.kept_minor + more_kept
    update_row(connection, BookingRow, booking_id, kept_minor=kept, total_minor=kept + prices)
    return int(count)


def due_now(connection: Connection, booking_id: UUID) -> Money:
    """What a booking has still to pay."""
    return balance(connection, booking_id).due


def tell_booker(act: Act, booking: Any, kind: str, title: str, body: str) -> None:
    """Let who booked know of a change."""
    tell(act, booking, booking.account_id, kind, title, body)


def tell(act: Act, booking: Any, account_id: UUID | None, kind: str, title: str, body: str) -> None:
    """Let somebody know of a change of a booking."""
    act.tell(
        account_id,
        kind,
        title,
        f"{booking.event_name}: {body}",
        event_id=booking.event_id,
        subject=("booking", booking.id),
    )
