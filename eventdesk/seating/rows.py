"""Reading seats, and writing where a ticket sits, inside a transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from data import search
from data.schema import AccountRow, BookingRow, SeatRow, TicketRow, TicketTypeRow
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.deadlines import overdue, overdue_ids
from eventdesk.acts.permission import at
from eventdesk.core.errors import NotAllowedError, NotFoundError, SeatTakenError
from eventdesk.core.plain_text import plain
from eventdesk.events.event import LONGEST_WAIT_MINUTES
from eventdesk.seating.seats import SeatState, SeatView

TEAM = (Permission.TICKETS, Permission.DOOR)
"""Who may seat other people: either is enough."""

FARTHEST = timedelta(minutes=LONGEST_WAIT_MINUTES)
"""No hold is longer: one that ends later was made by a clock that was ahead, and is void."""


def seat_views(
    connection: Connection,
    event_id: UUID,
    holder_id: UUID | None,
    now: datetime,
    *,
    section_id: UUID | None = None,
    names: bool = False,
) -> list[SeatView]:
    """Read the seats of an event, or of one section, by row from the stage and by column.

    Args:
        connection: A transaction.
        event_id: The event.
        holder_id: Whose holds are `mine`.
        now: The store's clock; holds past their deadline are over.
        section_id: Only this section.
        names: With who sits there, for the team.
    """
    query = select(
        SeatRow.id,
        SeatRow.label,
        SeatRow.section_id,
        SeatRow.row_name,
        SeatRow.row_no,
        SeatRow.column_no,
        SeatRow.blocked,
        SeatRow.ticket_id,
        SeatRow.held_by,
        SeatRow.held_until,
    ).where(SeatRow.event_id == event_id)
    if names:
        query = query.add_columns(TicketRow.holder_name).outerjoin(
            TicketRow, TicketRow.id == SeatRow.ticket_id
        )
    if section_id is not None:
        query = query.where(SeatRow.section_id == section_id)
    query = query.order_by(SeatRow.section_id, SeatRow.row_no, SeatRow.column_no)
    given_up = overdue_seats(connection, event_id, now)
    return [
        SeatView(
            row.id,
            row.label,
            row.section_id,
            row.row_name,
            row.row_no,
            row.column_no,
            _state(row, holder_id, now, given_up),
            (row.holder_name or "") if names and row.ticket_id not in given_up else "",
            row.ticket_id if names and row.ticket_id not in given_up else None,
        )
        for row in connection.execute(query)
    ]


def overdue_seats(connection: Connection, event_id: UUID, now: datetime) -> set[UUID]:
    """The tickets of overdue bookings that still have a seat: it is free for others."""
    ended = overdue_ids(connection, now)
    if not ended:
        return set()
    seated = (
        select(TicketRow.id)
        .join(SeatRow, SeatRow.ticket_id == TicketRow.id)
        .where(SeatRow.event_id == event_id, TicketRow.booking_id.in_(overdue(now)))
    )
    return set(connection.execute(seated).scalars())


def open_to(holder_id: UUID | None, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The condition under which a seat may be held or taken by a holder."""
    nobody_else = [
        SeatRow.held_by.is_(None),
        SeatRow.held_until <= now,
        SeatRow.held_until > now + FARTHEST,
    ]
    if holder_id is not None:
        nobody_else.append(SeatRow.held_by == holder_id)
    return (SeatRow.ticket_id.is_(None), SeatRow.blocked.is_(False), or_(*nobody_else))


def need_own_hold(connection: Connection, actor: Actor, event_id: UUID, holder_id: UUID) -> None:
    """Let people hold for themselves and for a cart, and only the team for another account.

    Raises:
        NotAllowedError: It is another account's, and the actor is not of the team.
    """
    here = at(connection, actor, event_id)
    if holder_id == here.id or here.may(*TEAM):
        return
    account = select(AccountRow.id).where(AccountRow.id == holder_id)
    if connection.execute(account).one_or_none() is not None:
        raise NotAllowedError(
            f"{actor.name} may not use the seats of somebody else.", hint="Hold your own."
        )


def tickets_to_seat(
    connection: Connection, ticket_ids: Sequence[UUID], event_id: UUID | None = None
) -> list[Any]:
    """Read what seating needs of tickets, in the order of their ids.

    Raises:
        NotFoundError: There is no such ticket, or not at this event.
    """
    query = (
        select(
            TicketRow.id,
            TicketRow.event_id,
            TicketRow.seat,
            TicketRow.state,
            TicketRow.search_no,
            TicketRow.holder_name,
            TicketRow.holder_email,
            TicketRow.code,
            BookingRow.code.label("booking_code"),
            TicketTypeRow.section_id,
            TicketTypeRow.name.label("type_name"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.id.in_(ticket_ids))
    )
    if event_id is not None:
        query = query.where(TicketRow.event_id == event_id)
    rows = {row.id: row for row in connection.execute(query)}
    if not rows.keys() >= set(ticket_ids):
        raise NotFoundError("There is no such ticket.")
    return [rows[ticket_id] for ticket_id in ticket_ids]


def write_labels(
    connection: Connection, tickets: Sequence[Any], labels: Mapping[UUID, str]
) -> None:
    """Write the seat on each ticket, and where it is searched for."""
    connection.execute(
        update(TicketRow)
        .where(TicketRow.id == bindparam("of_ticket", type_=TicketRow.id.type))
        .values(seat=bindparam("label")),
        [{"of_ticket": ticket.id, "label": labels[ticket.id]} for ticket in tickets],
    )
    search.put(
        connection,
        [
            search.entry(
                ticket.search_no,
                name=ticket.holder_name,
                email=ticket.holder_email,
                codes=(ticket.code, ticket.booking_code),
                seat=labels[ticket.id],
            )
            for ticket in tickets
        ],
    )


def listed(labels: Sequence[str]) -> str:
    """Name a few seats: "A-1, A-2 and 3 more"."""
    shown = ", ".join(plain(label, limit=20) for label in labels[:4])
    return shown if len(labels) <= 4 else f"{shown} and {len(labels) - 4} more"


def not_free(labels: Sequence[str]) -> SeatTakenError | NotFoundError:
    """The error that names the seats which could not be had."""
    if not labels:
        return NotFoundError("There is no such seat at this event.")
    one = len(labels) == 1
    return SeatTakenError(
        f"Seat {listed(labels)} is not free any more."
        if one
        else f"Seats {listed(labels)} are not free any more.",
        labels=tuple(labels),
        hint="Choose another seat; the plan shows which are free.",
    )


def _state(
    row: Any, holder_id: UUID | None, now: datetime, given_up: Collection[UUID]
) -> SeatState:
    if row.ticket_id is not None and row.ticket_id not in given_up:
        return "taken"
    if row.blocked:
        return "blocked"
    if row.held_by is None or not now < cast("datetime", row.held_until) <= now + FARTHEST:
        return "free"
    return "mine" if row.held_by == holder_id else "held"
