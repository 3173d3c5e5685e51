"""Taking the requests of the hour of opening in order, each once, by one process or by many.

The order is known before the first is taken: by priority, then by time or by lot. In each
transaction the first request in that order which still waits is taken, booked and decided, so that
a run that ends at any moment is simply started again, and several runs side by side share the work.
When the window has ended the spooler runs the queue, some requests in each turn.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from data.schema import EventRow, QueueRequestRow, SettingRow
from data.store import Store
from eventdesk.acts.actor import SYSTEM, Actor
from eventdesk.acts.attempts import attempt
from eventdesk.acts.audit import record
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import Booked, NewBooking
from eventdesk.booking.registration import place
from eventdesk.core.errors import EventDeskError, InvalidInputError, SoldOutError, StoreError
from eventdesk.events.each_event import each_by_itself
from eventdesk.events.event_notices import tell_organizers
from eventdesk.events.opening_hour import QueueSummary, RequestState, lot
from eventdesk.events.request_order import by_lot, seed_key, seed_of
from eventdesk.waiting.queue_views import TEAM, booking_of, counts, queue_event, summary

LOOK_AHEAD = 256
"""Most requests looked at together for the first that still waits."""

AT_A_TURN = 25
"""Requests taken in one turn of the spooler, which has badges to print besides."""

Progress = Callable[[QueueSummary], None]


@allowed(*TEAM)
def run_queue(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    most: int | None = None,
    progress: Progress | None = None,
    now: datetime,
) -> QueueSummary:
    """Take the requests that wait, in order; call it again to go on.

    Args:
        store: Where requests live.
        actor: Who runs it.
        event_id: The event.
        most: How many to take at most; None is all.
        progress: Called now and then with how it stands.
        now: The store's clock.

    Returns:
        How the queue stands afterwards.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no such event.
        InvalidInputError: There is no queue, or requests are still collected.
    """
    _run(store, actor, event_id, most, progress, now)
    with store.read() as connection:
        return summary(connection, event_id, now)


def serve_queues(store: Store, *, most: int = AT_A_TURN, now: datetime) -> int:
    """Take some requests of the queues whose window has ended; the spooler calls it in turns.

    Whether any wait is asked first, so that nothing is locked while none do.

    Returns:
        How many were taken.
    """
    with store.read() as connection:
        events = connection.execute(_TO_SERVE.where(EventRow.queue_until <= now)).scalars().all()
    left = most

    def serve(event_id: UUID) -> int:
        nonlocal left
        taken = _run(store, SYSTEM, event_id, left, None, now)
        left -= taken
        return taken

    return each_by_itself(store, events, serve, chore="queue", now=now)


_TO_SERVE = select(EventRow.id).where(
    EventRow.state == "published",
    exists().where(QueueRequestRow.event_id == EventRow.id, QueueRequestRow.state == "waiting"),
)


def _run(
    store: Store,
    actor: Actor,
    event_id: UUID,
    most: int | None,
    progress: Progress | None,
    now: datetime,
) -> int:
    """Take requests in order, at most so many; returns how many were taken."""
    with store.read() as connection:
        need_here(connection, actor, event_id, *TEAM)
        lots = by_lot(connection, event_id)
        if not lots:
            _runnable(connection, event_id, now)
    seed = _draw(store, actor, event_id, now) if lots else None
    order = _order(store, event_id, seed)
    at, taken, ahead = 0, 0, 1
    while at < len(order) and (most is None or taken < most):
        with store.write() as connection:
            # A person of the team may be banned while it runs.
            need_here(connection, actor, event_id, *TEAM)
            request, at = _first_waiting(connection, order[at : at + ahead], at)
            if request is None:
                ahead = min(2 * ahead, LOOK_AHEAD)  # another run is ahead of this one
                continue
            _take(store, connection, actor, request, now)
            _tell_when_through(connection, request, now)
        taken, ahead = taken + 1, 1
        if progress is not None and taken % 50 == 0:
            with store.read() as connection:
                standing = summary(connection, event_id, now)
            progress(standing)
    return taken


def _draw(store: Store, actor: Actor, event_id: UUID, now: datetime) -> bytes:
    """The seed of the lots: drawn once, when the window has closed, and kept in the audit."""
    with store.read() as connection:
        known = seed_of(connection, event_id)
        queue_until = queue_event(connection, event_id).queue_until
    if known is not None and queue_until is not None and now >= queue_until:
        return bytes.fromhex(known)
    fresh = secrets.token_bytes(16)
    with store.write() as connection:
        need_here(connection, actor, event_id, *TEAM)
        standing = _runnable(connection, event_id, now)
        known = seed_of(connection, event_id)
        if known is not None:
            return bytes.fromhex(known)
        connection.execute(insert(SettingRow).values(key=seed_key(event_id), value=fresh.hex()))
        subject = ("event", event_id)
        detail = {"seed": fresh.hex(), "requests": standing.waiting, "lots": "blake2b(id, seed)"}
        record(connection, actor, "draw_lots", subject, now=now, event_id=event_id, **detail)
    return fresh


def _runnable(connection: Connection, event_id: UUID, now: datetime) -> QueueSummary:
    standing = summary(connection, event_id, now)
    if standing.queue_until is None:
        raise InvalidInputError(
            "There is no queue for this event.", hint="Say when requests are collected first."
        )
    if not standing.runnable(now):
        raise InvalidInputError(
            "Requests are still collected.", hint="Run the queue when its time has ended."
        )
    return standing


def _order(store: Store, event_id: UUID, seed: bytes | None) -> list[UUID]:
    """The requests that wait, in the order in which they are taken."""
    with store.read() as connection:
        rows = connection.execute(
            select(QueueRequestRow.priority, QueueRequestRow.no, QueueRequestRow.id)
            .where(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")
            .order_by(QueueRequestRow.priority.desc(), QueueRequestRow.no)
        ).all()
    if seed is not None:
        rows = sorted(rows, key=lambda row: (-row.priority, lot(seed, row.id)))
    return [row.id for row in rows]


def _first_waiting(
    connection: Connection, ahead: Sequence[UUID], at: int
) -> tuple[Any | None, int]:
    """The first of these requests that still waits, and the position behind it in the order.

    Without one: None, and the position behind them all.
    """
    waiting = set(connection.execute(_STILL_WAITING, {"ahead": list(ahead)}).scalars())
    for step, request_id in enumerate(ahead, start=1):
        if request_id in waiting:
            return connection.execute(_REQUEST, {"request": request_id}).one(), at + step
    return None, at + len(ahead)


_STILL_WAITING = select(QueueRequestRow.id).where(
    QueueRequestRow.id.in_(bindparam("ahead", type_=QueueRequestRow.id.type, expanding=True)),
    QueueRequestRow.state == "waiting",
)
_REQUEST = (
    select(
        QueueRequestRow.id,
        QueueRequestRow.event_id,
        QueueRequestRow.account_id,
        QueueRequestRow.wish,
        EventRow.name.label("event_name"),
    )
    .join(EventRow, EventRow.id == QueueRequestRow.event_id)
    .where(QueueRequestRow.id == bindparam("request", type_=QueueRequestRow.id.type))
)
_ANY_WAITING = (
    select(QueueRequestRow.id)
    .where(
        QueueRequestRow.event_id == bindparam("event", type_=EventRow.id.type),
        QueueRequestRow.state == "waiting",
    )
    .limit(1)
)


def _take(store: Store, connection: Connection, actor: Actor, request: Any, now: datetime) -> None:
    """Book one request, or say why not."""
    booking = booking_of(request.wish, request.account_id)
    try:
        booked, reason = _book(store, connection, actor, request, booking, now)
    except StoreError:
        raise  # The request waits on: the machine was not able to, not the queue.
    except SoldOutError as error:
        _decide(connection, actor, request, RequestState.SOLD_OUT, str(error), now)
        return
    except EventDeskError as error:
        _decide(connection, actor, request, RequestState.FAILED, str(error), now)
        return
    _decide(connection, actor, request, RequestState.CONFIRMED, reason, now, booked=booked)


def _tell_when_through(connection: Connection, request: Any, now: datetime) -> None:
    """Tell the organizers with the last request, in the transaction that decides it."""
    if connection.execute(_ANY_WAITING, {"event": request.event_id}).first() is not None:
        return
    by_state = counts(connection, request.event_id)
    said = ", ".join(
        f"{by_state.get(state, 0)} {word}"
        for state, word in (
            (RequestState.CONFIRMED, "confirmed"),
            (RequestState.SOLD_OUT, "sold out"),
            (RequestState.FAILED, "failed"),
        )
    )
    title = f"All requests for {request.event_name} were taken"
    body = f"{said}. What is left is on sale now."
    tell_organizers(connection, request.event_id, "booking", title, body, now=now)


def _book(
    store: Store,
    connection: Connection,
    actor: Actor,
    request: Any,
    booking: NewBooking,
    now: datetime,
) -> tuple[Booked, str]:
    """Book all tickets, or as many as there are where fewer are welcome; says which."""
    asked = len(booking.tickets)
    while True:
        try:
            with attempt(connection):
                booked = place(store, connection, actor, request.event_id, booking, now=now)
        except SoldOutError as error:
            booking = _fewer(booking, error)
            if not request.wish["partly"] or not booking.tickets:
                raise
        else:
            got = len(booking.tickets)
            return booked, "" if got == asked else f"{got} of {asked}; the rest is sold out."


def _fewer(booking: NewBooking, error: SoldOutError) -> NewBooking:
    """The booking with only as many of its tickets as there were, the first ones first."""
    kept, left = [], error.left
    for ticket in booking.tickets:
        meant = error.ticket_type_id in (None, ticket.ticket_type_id)
        if not meant or left > 0:
            kept.append(ticket)
        left -= meant
    return replace(booking, tickets=tuple(kept))


def _decide(
    connection: Connection,
    actor: Actor,
    request: Any,
    state: RequestState,
    reason: str,
    now: datetime,
    *,
    booked: Booked | None = None,
) -> None:
    connection.execute(
        update(QueueRequestRow)
        .where(QueueRequestRow.id == request.id)
        .values(
            state=state,
            reason=reason,
            booking_id=booked.booking_id if booked else None,
            decided_at=now,
        )
    )
    subject = ("queue_request", request.id)
    detail = {"state": state.value, "reason": reason, "booking": booked.code if booked else ""}
    record(connection, actor, "take_request", subject, now=now, event_id=request.event_id, **detail)
    if booked is None:  # who got a booking is told by the booking
        title = f"No tickets for {request.event_name}"
        body = f"{reason} You may join the waitlist."
        notify(
            connection,
            request.account_id,
            "booking",
            title,
            body,
            now=now,
            event_id=request.event_id,
            subject=("event", request.event_id),
        )
