"""The hour of opening: asking for a booking, taking the request back, and how the queue stands.

Order and lots are described in `eventdesk.events.opening_hour`, taking the requests is `queue_run`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data.schema import AccountRow, EventRow, QueueRequestRow, SettingRow, TicketTypeRow
from data.store import Store
from eventdesk.acts.actor import Actor, ActorKind, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import NewBooking
from eventdesk.booking.placing import need_sound
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.events.event_access import need_visible
from eventdesk.events.opening_hour import RequestState, RequestView, need_window
from eventdesk.events.request_order import BY_LOT, BY_TIME, order_key
from eventdesk.waiting.queue_views import REQUESTS, TEAM, counts, queue_event, request_view, wish_of
from eventdesk.waiting.waitlist_entries import priority_of

MOST_TICKETS = 100
"""Most tickets one request asks for."""


@allowed(*TEAM)
def open_queue(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    queue_from: datetime | None,
    queue_until: datetime | None,
    by_lot: bool = False,
    now: datetime,
) -> None:
    """Say when requests are collected; None and None is no queue.

    VIP goes before regular; among equals who asked first, or with `by_lot` who draws the lower lot.

    Raises:
        NotAllowedError: The actor does not work for this event.
        InvalidInputError: It ends before it begins, in the past or after the event has begun, or
            requests of the window before still wait.
    """
    with store.write() as connection:
        need_here(connection, actor, event_id, *TEAM)
        event = queue_event(connection, event_id)
        need_window(queue_from, queue_until, starts_at=event.starts_at, now=now)
        if queue_until is None and counts(connection, event_id).get(RequestState.WAITING):
            raise InvalidInputError("Requests still wait.", hint="Run the queue first.")
        connection.execute(
            update(EventRow)
            .where(EventRow.id == event_id)
            .values(queue_from=queue_from, queue_until=queue_until)
        )
        order = BY_LOT if by_lot else BY_TIME
        connection.execute(delete(SettingRow).where(SettingRow.key == order_key(event_id)))
        connection.execute(insert(SettingRow).values(key=order_key(event_id), value=order))
        times = {"queue_from": str(queue_from), "queue_until": str(queue_until), "order": order}
        subject = ("event", event_id)
        record(connection, actor, "open_queue", subject, now=now, event_id=event_id, **times)


@allowed(*TEAM)
def close_queue(store: Store, actor: Actor, event_id: UUID, *, now: datetime) -> None:
    """Collect no more requests from now on, so that those there are can be taken.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no such event.
        InvalidInputError: No requests are collected now.
    """
    with store.write() as connection:
        need_here(connection, actor, event_id, *TEAM)
        _need_window(queue_event(connection, event_id), now)
        connection.execute(update(EventRow).where(EventRow.id == event_id).values(queue_until=now))
        subject = ("event", event_id)
        record(connection, actor, "close_queue", subject, now=now, event_id=event_id)


@allowed(Permission.ATTEND)
def ask(
    store: Store,
    actor: Actor,
    event_id: UUID,
    booking: NewBooking,
    *,
    partly: bool = False,
    access_code: str = "",
    now: datetime,
) -> RequestView:
    """Ask for a booking while requests are collected; one a person.

    Args:
        store: Where requests live.
        actor: Who asks.
        event_id: The event.
        booking: What is wished for; seats cannot be.
        partly: Whether fewer tickets are welcome when not all can be had.
        access_code: Of a private event.
        now: The store's clock.

    Raises:
        NotFoundError: No such event or ticket type, or none that this person may know of.
        NotAllowedError: Nobody is signed in, or the account was closed.
        InvalidInputError: No requests are collected now, there is one already, or it has no
            tickets, too many, or one without a name.
    """
    need_sound([booking])
    if len(booking.tickets) > MOST_TICKETS:
        raise InvalidInputError(f"A request may be for at most {MOST_TICKETS} tickets.")
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.ATTEND)
        need_visible(connection, actor, event_id, access_code=access_code, now=now)
        if actor.kind is not ActorKind.ACCOUNT or actor.id is None:
            raise NotAllowedError("Only people make requests.", hint="Sign in first.")
        _need_window(queue_event(connection, event_id), now)
        mine = QueueRequestRow.account_id == actor.id, QueueRequestRow.event_id == event_id
        waiting = select(QueueRequestRow.id).where(*mine, QueueRequestRow.state == "waiting")
        if connection.execute(waiting).first() is not None:
            raise InvalidInputError(
                "There is a request of yours already.",
                hint="Take it back to make another one.",
            )
        request_id = new_id()
        last = select(func.coalesce(func.max(QueueRequestRow.no), 0))
        connection.execute(
            insert(QueueRequestRow).values(
                id=request_id,
                no=connection.execute(last).scalar_one() + 1,
                event_id=event_id,
                account_id=actor.id,
                priority=_priority(connection, event_id, actor.id, booking),
                wish=wish_of(booking, partly=partly),
                state=RequestState.WAITING,
                reason="",
                created_at=now,
            )
        )
        subject = ("queue_request", request_id)
        tickets = len(booking.tickets)
        record(connection, actor, "ask", subject, now=now, event_id=event_id, tickets=tickets)
        return request_view(
            connection.execute(REQUESTS.where(QueueRequestRow.id == request_id)).one()
        )


@allowed(*TEAM, own=True)
def withdraw(store: Store, actor: Actor, request_id: UUID, *, now: datetime) -> RequestView:
    """Take a request back before it was taken.

    Raises:
        NotFoundError: There is no such request.
        NotAllowedError: It is somebody else's.
        InvalidInputError: It was decided already.
    """
    with store.write() as connection:
        mine = REQUESTS.where(QueueRequestRow.id == request_id)
        row = connection.execute(mine).one_or_none()
        if row is None:
            raise NotFoundError("There is no such request.")
        need_here(connection, actor, row.event_id, *TEAM, owner_id=row.account_id)
        if row.state != RequestState.WAITING:
            raise InvalidInputError(
                "This request was decided already.", hint="Cancel the booking instead."
            )
        connection.execute(
            update(QueueRequestRow)
            .where(QueueRequestRow.id == request_id)
            .values(state=RequestState.CANCELLED, decided_at=now)
        )
        subject = ("queue_request", request_id)
        record(connection, actor, "withdraw", subject, now=now, event_id=row.event_id)
        return request_view(connection.execute(mine).one())


def _priority(connection: Connection, event_id: UUID, account_id: UUID, booking: NewBooking) -> int:
    """The priority of a request: of its types the lowest counts.

    Else one VIP ticket in it would take regular ones past everybody who wants only those.
    """
    wanted = {ticket.ticket_type_id for ticket in booking.tickets}
    known = connection.execute(
        select(func.count()).where(
            TicketTypeRow.id.in_(wanted),
            TicketTypeRow.event_id == event_id,
            TicketTypeRow.active,
        )
    ).scalar_one()
    if known != len(wanted):
        raise NotFoundError("There is no such ticket type at this event.")
    email = connection.execute(
        select(AccountRow.email).where(AccountRow.id == account_id)
    ).scalar_one_or_none()
    return min(
        priority_of(connection, event_id, type_id, account_id, email or "") for type_id in wanted
    )


def _need_window(event: Any, now: datetime) -> None:
    if event.state != "published" or event.queue_from is None or event.queue_until is None:
        raise InvalidInputError("No requests are collected for this event.", hint="Book directly.")
    if now < event.queue_from:
        raise InvalidInputError("Requests are not collected yet.", hint="Come back at the opening.")
    if now >= event.queue_until:
        raise InvalidInputError(
            "Requests are collected no more.", hint="See what is left, or join the waitlist."
        )
