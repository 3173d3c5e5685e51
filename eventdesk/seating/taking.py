"""Giving tickets their seats: the only way in which a seat is taken.

All changes are updates with a condition under the write lock, so of several people who want one
seat the first has it; that a ticket sits once, and a seat has one ticket, the database keeps.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import SeatRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError, SeatTakenError
from eventdesk.core.plain_text import plain
from eventdesk.seating.rows import (
    TEAM,
    not_free,
    open_to,
    overdue_seats,
    seat_views,
    tickets_to_seat,
    write_labels,
)
from eventdesk.seating.seats import SeatView, best_block


@allowed(*TEAM)
def move_seat(
    store: Store, actor: Actor, ticket_id: UUID, seat_id: UUID | None, *, now: datetime
) -> str:
    """Give a ticket another seat, its first, or none.

    Returns:
        The label of its seat now; "" is none.

    Raises:
        NotAllowedError: The actor is not of the team.
        NotFoundError: There is no such ticket or seat.
        SeatTakenError: The seat is taken, held, blocked, or of another section.
    """
    with store.write() as connection:
        before = tickets_to_seat(connection, [ticket_id])[0]
        need_here(connection, actor, before.event_id, *TEAM)
        if seat_id is None:
            free_seats(connection, [ticket_id], now=now)
        else:
            take_seats(connection, before.event_id, [(ticket_id, seat_id)], holder_id=None, now=now)
        after = tickets_to_seat(connection, [ticket_id])[0].seat
        _note(connection, actor, "move_seat", before, now, before=before.seat, after=after)
        return str(after)


@allowed(*TEAM)
def swap_seats(
    store: Store, actor: Actor, ticket_a: UUID, ticket_b: UUID, *, now: datetime
) -> tuple[str, str]:
    """Let two tickets of one event change their seats.

    Returns:
        The labels of their seats now, in the order of the tickets.

    Raises:
        NotAllowedError: The actor is not of the team.
        NotFoundError: There is no such ticket.
        InvalidInputError: One of them has no seat, or they are of two events.
        SeatTakenError: A ticket may not sit in the other's section.
    """
    with store.write() as connection:
        a, b = tickets_to_seat(connection, [ticket_a, ticket_b])
        need_here(connection, actor, a.event_id, *TEAM)
        places = dict(
            connection.execute(
                select(SeatRow.ticket_id, SeatRow.id).where(
                    SeatRow.ticket_id.in_((ticket_a, ticket_b))
                )
            ).all()
        )
        if a.event_id != b.event_id or len(places) != 2:
            raise InvalidInputError(
                "Only two tickets with a seat each can swap them.", hint="Give a seat first."
            )
        free_seats(connection, [ticket_a, ticket_b], now=now)
        pairs = [(ticket_a, places[ticket_b]), (ticket_b, places[ticket_a])]
        take_seats(connection, a.event_id, pairs, holder_id=None, now=now)
        _note(connection, actor, "swap_seats", a, now, before=a.seat, after=b.seat)
        return b.seat, a.seat


def take_seats(
    connection: Connection,
    event_id: UUID,
    pairs: Sequence[tuple[UUID, UUID]],
    *,
    holder_id: UUID | None,
    any_section: bool = True,
    now: datetime,
) -> None:
    """Give tickets their seats inside a write transaction: all of them or, by raising, none.

    Sets the label on the ticket and in the search. A ticket that has a seat gives it up.

    Args:
        connection: The write transaction; the tickets are written already.
        event_id: The event of the tickets.
        pairs: Ticket and seat ids.
        holder_id: Whose holds count as free; None is nobody's.
        any_section: Whether a ticket of a type without a section may sit in every one; only the
            team seats people so.
        now: The store's clock; holds past their deadline count as free.

    Raises:
        SeatTakenError: A seat is taken, held by somebody else, blocked, or not in the section
            of the ticket's type.
        InvalidInputError: A ticket was cancelled.
        NotFoundError: There is no such ticket or seat at this event.
    """
    if not pairs:
        return
    tickets = tickets_to_seat(connection, [ticket_id for ticket_id, _ in pairs], event_id)
    if any(ticket.state != "valid" for ticket in tickets):
        raise InvalidInputError("A cancelled ticket has no seat.", hint="Choose another ticket.")
    free_seats(connection, [ticket.id for ticket in tickets if ticket.seat], now=now)
    free_overdue(connection, event_id, now=now)
    seats = {
        seat.id: seat
        for seat in connection.execute(
            select(SeatRow.id, SeatRow.label, SeatRow.section_id).where(
                SeatRow.event_id == event_id, SeatRow.id.in_([seat_id for _, seat_id in pairs])
            )
        )
    }
    refused: list[str] = []
    labels: dict[UUID, str] = {}
    for ticket, (_, seat_id) in zip(tickets, pairs, strict=True):
        if seat_id not in seats:
            raise NotFoundError("There is no such seat at this event.")
        seat = seats[seat_id]
        anywhere = any_section and ticket.section_id is None
        if not anywhere and ticket.section_id != seat.section_id:
            raise SeatTakenError(
                f"Seat {seat.label} is not in the section of {plain(ticket.type_name)}.",
                labels=(seat.label,),
                hint="Choose a seat of the section that the ticket is for.",
            )
        took = connection.execute(
            update(SeatRow)
            .where(SeatRow.id == seat_id, *open_to(holder_id, now))
            .values(ticket_id=ticket.id, held_by=None, held_until=None)
        ).rowcount
        labels[ticket.id] = seat.label
        if not took:
            refused.append(seat.label)
    if refused:
        raise not_free(refused)
    write_labels(connection, tickets, labels)


def best_seat(
    connection: Connection, event_id: UUID, section_id: UUID, *, now: datetime
) -> SeatView | None:
    """The best free seat of a section for one, by the rule of `hold_best`; None where all are gone.

    In a write transaction it stays free until `take_seats` gives it to a ticket.
    """
    seats = seat_views(connection, event_id, None, now, section_id=section_id)
    return next(iter(best_block(seats, 1)), None)


def free_seats(connection: Connection, ticket_ids: Collection[UUID], *, now: datetime) -> None:
    """Take the seats of tickets away inside a write transaction; who has none is left alone.

    A ticket whose seat is only text, without a plan, keeps it.
    """
    del now  # a seat that is given back is free at once, whatever the clock says
    ids = list(ticket_ids)
    seated = connection.execute(select(SeatRow.ticket_id).where(SeatRow.ticket_id.in_(ids)))
    ids = [ticket_id for ticket_id in seated.scalars() if ticket_id is not None]
    if not ids:
        return
    connection.execute(
        update(SeatRow)
        .where(SeatRow.ticket_id.in_(ids))
        .values(ticket_id=None, held_by=None, held_until=None)
    )
    write_labels(connection, tickets_to_seat(connection, ids), dict.fromkeys(ids, ""))


def free_overdue(connection: Connection, event_id: UUID, *, now: datetime) -> None:
    """Take the seats of overdue bookings away, before somebody else takes or holds them."""
    free_seats(connection, overdue_seats(connection, event_id, now), now=now)


def _note(
    connection: Connection, actor: Actor, verb: str, ticket: Any, now: datetime, **detail: object
) -> None:
    subject = ("ticket", ticket.id)
    record(connection, actor, verb, subject, now=now, event_id=ticket.event_id, **detail)
