"""The ground of changes of a booking: its rows, who may change it, and its sums."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select

from data.rows import AnyRow, update_row
from data.schema import AdmissionRow, BookingRow, EventRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, overdue_ids
from eventdesk.booking.booking import cancel_fee
from eventdesk.core.booking_states import (
    EXPIRED,
    GIVEN,
    PAID,
    PENDING,
    SOLD_STATES,
    STATE_WORDS,
    VALID,
)
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money

TEAM = (Permission.TICKETS, Permission.DOOR)
"""Permissions of the team members who change bookings."""

_ADMITTED = select(func.count()).where(AdmissionRow.ticket_id == TicketRow.id).scalar_subquery() > 0

_BOOKINGS = select(
    BookingRow.__table__,
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
    EventRow.reverse_charge,
).join(EventRow, EventRow.id == BookingRow.event_id)

_TICKETS = select(
    TicketRow.__table__,
    TicketTypeRow.name.label("ticket_type"),
    TicketTypeRow.admits,
    _ADMITTED.label("admitted"),
).join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)


def booking_facts(connection: Connection, booking_id: UUID) -> AnyRow:
    """Read a booking with the rules of its event.

    Raises:
        NotFoundError: There is no such booking.
    """
    row = connection.execute(_BOOKINGS.where(BookingRow.id == booking_id)).one_or_none()
    return need_found(
        row, msg("There is no such booking."), hint=msg("Search for its code or a name.")
    )


def ticket_facts(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Read tickets in the order in which they were sold, and whether any door let them in."""
    return connection.execute(_TICKETS.where(*where).order_by(TicketRow.search_no)).all()


def one_ticket(connection: Connection, ticket_id: UUID) -> AnyRow:
    """Read one ticket.

    Raises:
        NotFoundError: There is no such ticket.
    """
    row = next(iter(ticket_facts(connection, TicketRow.id == ticket_id)), None)
    return need_found(row, msg("There is no such ticket."))


def need_team_or_owner(
    act: Act, event_id: UUID, *permissions: Permission, owner_id: UUID | None
) -> bool:
    """Require the event's team, or the owner; say whether it is the team.

    The event's deadlines do not bind the team.

    Raises:
        NotAllowedError: The actor is neither, or was banned.
    """
    here = act.known_at(event_id)
    if here.event_id in (None, event_id) and here.may(*permissions):
        return True
    act.need(event_id, *permissions, owner_id=owner_id)
    return False


def need_live(act: Act, booking: AnyRow) -> None:
    """Require a booking that holds places: neither cancelled nor past its deadline.

    Raises:
        InvalidInputError: It holds none.
    """
    state = booking.state
    if state == PENDING and booking.id in overdue_ids(act.connection, act.now):
        state = EXPIRED
    if state not in (PENDING, PAID):
        raise InvalidInputError(
            msg("Booking {code} is {state}.", code=booking.code, state=STATE_WORDS[state]),
            hint=msg("Make a new booking instead."),
        )


def need_valid(ticket: AnyRow) -> None:
    """Refuse a cancelled ticket.

    Raises:
        InvalidInputError: It is cancelled.
    """
    if ticket.state == GIVEN:
        raise InvalidInputError(
            msg("{name} is a donation and lets nobody in.", name=ticket.ticket_type),
            hint=msg("Choose a ticket."),
        )
    if ticket.state != VALID:
        raise InvalidInputError(
            msg("Ticket {code} was cancelled.", code=ticket.code),
            hint=msg("Choose another, or book anew."),
        )


def need_not_admitted(ticket: AnyRow) -> None:
    """Refuse a ticket that a door let in.

    Raises:
        InvalidInputError: It was let in.
    """
    if ticket.admitted:
        raise InvalidInputError(
            msg("Ticket {code} was used at the door.", code=ticket.code),
            hint=msg("Ask the organizer."),
        )


def need_whole(tickets: Iterable[AnyRow], gone: Collection[UUID]) -> None:
    """Refuse to take away a part of a package, or so many that a group is none any more.

    Args:
        tickets: Those of a booking that were not cancelled.
        gone: Which of them go.

    Raises:
        InvalidInputError: Others would stay at a price that is not for them.
    """
    left: dict[UUID, list[AnyRow]] = {
        each.ticket_type_id: [] for each in tickets if each.id in gone
    }
    for each in tickets:
        if each.ticket_type_id in left and each.id not in gone:
            left[each.ticket_type_id].append(each)
    for rest in filter(None, left.values()):
        name, hint = rest[0].ticket_type, msg("Give all of them back, or ask the organizer.")
        size = max(each.group_from or 0 for each in rest)
        if len(rest) < size:
            raise InvalidInputError(
                msg("The price of {name} is for {size} or more.", name=name, size=size), hint=hint
            )
        if rest[0].admits > 1 and len(rest) % rest[0].admits:
            raise InvalidInputError(
                msg("{name} is for {admits} people together.", name=name, admits=rest[0].admits),
                hint=hint,
            )


def wall_time(booking: AnyRow, instant: datetime) -> datetime:
    """An instant on the clock of the booking's event."""
    return instant.astimezone(ZoneInfo(booking.time_zone))


def money_of(booking: AnyRow, minor: int) -> Money:
    """An amount in the booking's currency."""
    return Money(minor, booking.currency, booking.currency_exponent)


def fee_of(booking: AnyRow, ticket: AnyRow) -> int:
    """The fee of cancelling a ticket by the rules of the booking's event, in minor units."""
    return cancel_fee(
        ticket.price_minor, fee_bp=booking.cancel_fee_bp, fee_minor=booking.cancel_fee_minor
    )


def add_up(connection: Connection, booking_id: UUID, *, more_kept: int = 0) -> int:
    """Set a booking's total to its valid tickets and kept fees; say how many tickets it has."""
    count, prices = connection.execute(
        select(func.count(), func.coalesce(func.sum(TicketRow.price_minor), 0)).where(
            TicketRow.booking_id == booking_id, TicketRow.state.in_(SOLD_STATES)
        )
    ).one()
    kept = BookingRow.kept_minor + more_kept
    update_row(connection, BookingRow, booking_id, kept_minor=kept, total_minor=kept + prices)
    return int(count)


def tell_booker(
    act: Act,
    booking: AnyRow,
    kind: str,
    *,
    title: Message,
    body: str | Message,
    papers: bool = False,
) -> None:
    """Tell who booked of a change; see `Act.tell`."""
    tell(act, booking, booking.account_id, kind, title=title, body=body, papers=papers)


def tell(
    act: Act,
    booking: AnyRow,
    account_id: UUID | None,
    kind: str,
    *,
    title: Message,
    body: str | Message,
    papers: bool = False,
    ticket_id: UUID | None = None,
) -> None:
    """Tell somebody of a change of a booking, or of one ticket of it; see `Act.tell`."""
    act.tell(
        account_id,
        kind,
        title,
        msg("{event}: {body}", event=booking.event_name, body=body),
        event_id=booking.event_id,
        subject=("booking", booking.id) if ticket_id is None else ("ticket", ticket_id),
        papers=papers,
    )
