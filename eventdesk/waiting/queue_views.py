"""The queue of the hour of opening as people and organizers see it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    AccountRow,
    BookingRow,
    EventRow,
    QueueRequestRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import NewBooking, NewTicket
from eventdesk.core.errors import NotFoundError
from eventdesk.events.opening_hour import QueueSummary, Remaining, RequestState, RequestView
from eventdesk.events.request_order import by_lot, seed_of
from eventdesk.sales.availability import Held, availability, held_places

TEAM = (Permission.TICKETS, Permission.EVENT)
"""Who opens and runs a queue."""


@allowed(Permission.ATTEND)
def my_requests(store: Store, actor: Actor, *, event_id: UUID | None = None) -> list[RequestView]:
    """Read a person's requests, the latest first.

    Raises:
        NotAllowedError: The account was closed.
    """
    mine = REQUESTS.where(QueueRequestRow.account_id == actor.id)
    if event_id is not None:
        mine = mine.where(QueueRequestRow.event_id == event_id)
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        rows = connection.execute(mine.order_by(QueueRequestRow.no.desc()).limit(100))
        return [request_view(row) for row in rows]


@allowed(*TEAM)
def list_requests(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[RequestView], int]:
    """Read a page of an event's requests, the latest decided first, then those that wait.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    which = [QueueRequestRow.event_id == event_id]
    if search.strip():
        typed = search.strip()[:100]
        which.append(
            AccountRow.name.icontains(typed, autoescape=True)
            | AccountRow.email.icontains(typed, autoescape=True)
        )
    with store.read() as connection:
        need_here(connection, actor, event_id, *TEAM)
        total = connection.execute(
            select(func.count())
            .select_from(QueueRequestRow)
            .outerjoin(AccountRow, AccountRow.id == QueueRequestRow.account_id)
            .where(*which)
        ).scalar_one()
        rows = connection.execute(
            REQUESTS.where(*which)
            .order_by(QueueRequestRow.decided_at.desc(), QueueRequestRow.no)
            .limit(limit)
            .offset(offset)
        )
        return [request_view(row) for row in rows], total


@allowed(*TEAM)
def queue_summary(store: Store, actor: Actor, event_id: UUID, *, now: datetime) -> QueueSummary:
    """Read how the queue stands: requests by state and what remains of each type.

    Raises:
        NotFoundError: There is no such event.
        NotAllowedError: The actor does not work for this event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *TEAM)
        return summary(connection, event_id, now)


def summary(connection: Connection, event_id: UUID, now: datetime) -> QueueSummary:
    """Count how the queue of an event stands, inside a transaction."""
    event = queue_event(connection, event_id)
    by_state = counts(connection, event_id)
    left = availability(connection, event_id, now)
    held, nothing = held_places(connection, event_id, now), Held()
    types = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active)
        .order_by(TicketTypeRow.position)
    )
    return QueueSummary(
        queue_from=event.queue_from,
        queue_until=event.queue_until,
        time_zone=event.time_zone,
        waiting=by_state.get(RequestState.WAITING, 0),
        confirmed=by_state.get(RequestState.CONFIRMED, 0),
        sold_out=by_state.get(RequestState.SOLD_OUT, 0),
        cancelled=by_state.get(RequestState.CANCELLED, 0),
        failed=by_state.get(RequestState.FAILED, 0),
        remaining=tuple(
            Remaining(
                row.id,
                row.name,
                left[row.id].left,
                left[row.id].taken - (its := held.get(row.id, nothing)).unpaid,
                its.unpaid + its.offered,
            )
            for row in types
        ),
        seed=seed_of(connection, event_id) or "",
        by_lot=by_lot(connection, event_id),
    )


def counts(connection: Connection, event_id: UUID) -> dict[str, int]:
    """How many requests of an event are in each state."""
    rows = connection.execute(
        select(QueueRequestRow.state, func.count().label("requests"))
        .where(QueueRequestRow.event_id == event_id)
        .group_by(QueueRequestRow.state)
    )
    return {row.state: row.requests for row in rows}


def wish_of(booking: NewBooking, *, partly: bool) -> dict[str, Any]:
    """What a request keeps of a booking: only what a person may ask for."""
    return {
        "name": booking.name,
        "email": booking.email,
        "code": booking.code,
        "partly": partly,
        "tickets": [
            {
                "type": str(ticket.ticket_type_id),
                "name": ticket.name,
                "email": ticket.email,
                "line_two": ticket.line_two,
                "answers": {str(key): value for key, value in ticket.answers.items()},
            }
            for ticket in booking.tickets
        ],
    }


def booking_of(wish: Mapping[str, Any], account_id: UUID | None) -> NewBooking:
    """The booking that a request asks for."""
    return NewBooking(
        wish["name"],
        wish["email"],
        tuple(
            NewTicket(
                UUID(ticket["type"]),
                ticket["name"],
                ticket["email"],
                ticket["line_two"],
                answers={UUID(key): value for key, value in ticket["answers"].items()},
            )
            for ticket in wish["tickets"]
        ),
        paid=False,
        account_id=account_id,
        code=wish["code"],
        source="queue",
    )


REQUESTS = (
    select(
        QueueRequestRow.id,
        QueueRequestRow.event_id,
        EventRow.name.label("event_name"),
        QueueRequestRow.account_id,
        QueueRequestRow.wish,
        QueueRequestRow.priority,
        QueueRequestRow.state,
        QueueRequestRow.reason,
        QueueRequestRow.booking_id,
        BookingRow.code.label("booking_code"),
        QueueRequestRow.created_at,
        QueueRequestRow.decided_at,
    )
    .join(EventRow, EventRow.id == QueueRequestRow.event_id)
    .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
    .outerjoin(AccountRow, AccountRow.id == QueueRequestRow.account_id)
)


def request_view(row: Any) -> RequestView:
    """Make a view of a row of `REQUESTS`."""
    return RequestView(
        id=row.id,
        event_id=row.event_id,
        event_name=row.event_name,
        name=row.wish["name"],
        email=row.wish["email"],
        tickets=len(row.wish["tickets"]),
        partly=row.wish["partly"],
        priority=row.priority,
        state=RequestState(row.state),
        reason=row.reason,
        booking_id=row.booking_id,
        booking_code=row.booking_code or "",
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def queue_event(connection: Connection, event_id: UUID) -> Any:
    """What an event says about its queue.

    Raises:
        NotFoundError: There is no such event.
    """
    event = connection.execute(
        select(
            EventRow.state,
            EventRow.starts_at,
            EventRow.queue_from,
            EventRow.queue_until,
            EventRow.time_zone,
        ).where(EventRow.id == event_id)
    ).one_or_none()
    if event is None:
        raise NotFoundError("There is no such event.", hint="List them: `eventdesk events`.")
    return event
