"""The queue of the opening hour: making requests, and taking them in order.

`eventdesk.events.opening_hour` describes the order and the lots. Each transaction takes, books and
decides the first request that still waits, so that a run that ended is simply started again, and
several runs share the work. When the window has ended the spooler runs the queue, some requests in
each turn.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
)

from data.numbers import next_number
from data.rows import AnyRow, count_rows, insert_row, put_setting, update_row, view_from
from data.schema import AccountRow, BookingRow, EventRow, QueueRequestRow, SettingRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import (
    ERASED,
    SYSTEM,
    Act,
    ActorKind,
    Permission,
    Steps,
    booking_state,
    event_of,
    event_row,
    reads,
    steps,
    writes,
)
from eventdesk.booking import Booked, NewBooking, NewTicket, need_sound, place
from eventdesk.core.booking_states import CANCELLED, EXPIRED
from eventdesk.core.errors import (
    EventDeskError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SoldOutError,
    StoreError,
    need_found,
)
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, kept_text, kept_texts, msg
from eventdesk.events import (
    BY_LOT,
    BY_TIME,
    QueueSummary,
    Remaining,
    RequestState,
    RequestView,
    by_lot,
    each_by_itself,
    lot,
    need_visible,
    need_window,
    of_the_hour,
    order_key,
    seed_key,
    seed_of,
    tell_organizers,
)
from eventdesk.sales import Held, availability, held_places
from eventdesk.waiting.waitlist_entries import priority_of

TEAM = (Permission.TICKETS, Permission.EVENT)
"""Permissions of which one is needed to open and run a queue."""

MAX_TICKETS = 100
"""Most tickets one request asks for."""

LOOK_AHEAD = 256
"""Most requests looked at together for the first that still waits."""

AT_A_TURN = 25
"""Requests taken in one turn of the spooler, which has badges to print besides."""

Progress = Callable[[QueueSummary], None]


@reads(Permission.ATTEND)
def my_requests(act: Act, *, event_id: UUID | None = None) -> list[RequestView]:
    """Read a person's requests, the latest first."""
    mine = requests_at(act.now).where(QueueRequestRow.account_id == act.actor.id)
    if event_id is not None:
        mine = mine.where(QueueRequestRow.event_id == event_id)
    act.need(None, Permission.ATTEND)
    rows = act.connection.execute(mine.order_by(QueueRequestRow.no.desc()).limit(100))
    return request_views(act.connection, rows.all())


@reads(*TEAM, about="event_id")
def list_requests(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[RequestView], int]:
    """Read a page of an event's requests, the latest decided first, then those that wait."""
    which = [QueueRequestRow.event_id == event_id]
    if search.strip():
        typed = search.strip()[:100]
        which.append(
            AccountRow.name.icontains(typed, autoescape=True)
            | AccountRow.email.icontains(typed, autoescape=True)
        )
    act.need(event_id, *TEAM)
    total = act.connection.execute(
        select(func.count())
        .select_from(QueueRequestRow)
        .outerjoin(AccountRow, AccountRow.id == QueueRequestRow.account_id)
        .where(*which)
    ).scalar_one()
    rows = act.connection.execute(
        requests_at(act.now)
        .where(*which)
        .order_by(QueueRequestRow.decided_at.desc(), QueueRequestRow.no)
        .limit(limit)
        .offset(offset)
    )
    return request_views(act.connection, rows.all()), total


@reads(*TEAM, about="event_id")
def queue_summary(act: Act, event_id: UUID) -> QueueSummary:
    """Read the requests of a queue by state, and what remains of each ticket type."""
    act.need(event_id, *TEAM)
    return summary(act, event_id)


@writes(*TEAM, about="event_id")
def open_queue(
    act: Act,
    event_id: UUID,
    *,
    queue_from: datetime | None,
    queue_until: datetime | None,
    by_lot: bool = False,
) -> None:
    """Set when requests are collected, and whether lots are drawn; None and None is no queue.

    Raises:
        InvalidInputError: It ends before it begins, in the past or after the event has begun, or
            requests of the window before still wait.
    """
    act.need(event_id, *TEAM)
    event = event_row(act.connection, event_id)
    need_window(queue_from, queue_until, starts_at=event.starts_at, now=act.now)
    if queue_until is None and counts(act, event_id).get(RequestState.WAITING):
        raise InvalidInputError(msg("Requests still wait."), hint=msg("Run the queue first."))
    update_row(act.connection, EventRow, event_id, queue_from=queue_from, queue_until=queue_until)
    order = BY_LOT if by_lot else BY_TIME
    put_setting(act.connection, order_key(event_id), order)
    times = {"queue_from": str(queue_from), "queue_until": str(queue_until), "order": order}
    act.record("open_queue", ("event", event_id), event_id=event_id, **times)


@writes(*TEAM, about="event_id")
def close_queue(act: Act, event_id: UUID) -> None:
    """Collect no more requests from now on, so that those there are can be taken.

    Raises:
        InvalidInputError: No requests are collected now.
    """
    act.need(event_id, *TEAM)
    _need_window(event_row(act.connection, event_id), act.now)
    update_row(act.connection, EventRow, event_id, queue_until=act.now)
    act.record("close_queue", ("event", event_id), event_id=event_id)


@writes(Permission.ATTEND, about="event_id")
def ask(
    act: Act, event_id: UUID, booking: NewBooking, *, partly: bool = False, access_code: str = ""
) -> RequestView:
    """Ask for a booking, without seats, while requests are collected; one for each person.

    Args:
        partly: Whether fewer tickets are welcome when not all can be had.
        access_code: Of a private event.

    Raises:
        NotFoundError: No such event or ticket type, or none that this person may know of.
        InvalidInputError: No requests are collected now, there is one already, or it has no
            tickets, too many, or one without a name.
    """
    need_sound([booking])
    if len(booking.tickets) > MAX_TICKETS:
        raise InvalidInputError(
            msg("A request may be for at most {most} tickets.", most=MAX_TICKETS)
        )
    act.need(event_id, Permission.ATTEND)
    need_visible(act, event_id, access_code=access_code)
    if act.actor.kind is not ActorKind.ACCOUNT or act.actor.id is None:
        raise NotAllowedError(msg("Only people make requests."), hint=msg("Sign in first."))
    _need_window(event_row(act.connection, event_id), act.now)
    mine = QueueRequestRow.account_id == act.actor.id
    if count_rows(act.connection, mine, waits_at(event_id)):
        raise InvalidInputError(
            msg("There is a request of yours already."),
            hint=msg("Take it back to make another one."),
        )
    request_id = new_id()
    insert_row(
        act.connection,
        QueueRequestRow,
        id=request_id,
        no=next_number(act.connection, QueueRequestRow.no),
        event_id=event_id,
        account_id=act.actor.id,
        priority=_priority(act.connection, event_id, act.actor.id, booking),
        wish=wish_of(booking, partly=partly),
        state=RequestState.WAITING,
        reason="",
        created_at=act.now,
    )
    tickets = len(booking.tickets)
    act.record("ask", ("queue_request", request_id), event_id=event_id, tickets=tickets)
    return request_view(act.connection, request_row(act, request_id))


@writes(*TEAM, own=True, about=event_of(QueueRequestRow, "request_id"))
def withdraw(act: Act, request_id: UUID) -> RequestView:
    """Take a request back before it was taken.

    Raises:
        NotAllowedError: It is somebody else's.
        InvalidInputError: It was decided already.
    """
    row = request_row(act, request_id)
    act.need(row.event_id, *TEAM, owner_id=row.account_id)
    if row.state != RequestState.WAITING:
        raise InvalidInputError(
            msg("This request was decided already."), hint=msg("Cancel the booking instead.")
        )
    take_back(act, row)
    return request_view(act.connection, request_row(act, request_id))


@steps(*TEAM, about="event_id")
def run_queue(
    steps: Steps, event_id: UUID, *, most: int | None = None, progress: Progress | None = None
) -> QueueSummary:
    """Take the requests that wait, in order; returns the queue afterwards.

    Args:
        most: How many to take at most; None is all.
        progress: Called now and then with the queue as it is.

    Raises:
        InvalidInputError: There is no queue, or requests are still collected.
    """
    _run(steps, event_id, most, progress)
    with steps.read() as act:
        return summary(act, event_id)


@steps(internal=True)
def serve_queues(steps: Steps, *, most: int = AT_A_TURN) -> int:
    """Take some requests of the queues whose window has ended; returns how many, for the spooler.

    A read asks first whether any wait, so that nothing is locked while none do.
    """
    with steps.read() as act:
        ended = _TO_SERVE.where(EventRow.queue_until <= act.now)
        events = act.connection.execute(ended).scalars().all()
    left = most

    def serve(event_id: UUID) -> int:
        nonlocal left
        taken = _run(steps.by(SYSTEM), event_id, left, None)
        left -= taken
        return taken

    return each_by_itself(steps, events, serve, chore=msg("queue"))


def summary(act: Act, event_id: UUID) -> QueueSummary:
    """Count the requests and places of a queue, inside a transaction."""
    event = event_row(act.connection, event_id)
    by_state = counts(act, event_id)
    left = availability(act, event_id)
    held, nothing = held_places(act, event_id), Held()
    types = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active)
        .order_by(TicketTypeRow.position)
    )
    return QueueSummary(
        queue_from=event.queue_from,
        queue_until=event.queue_until,
        time_zone=event.time_zone,
        **{state.value: by_state.get(state, 0) for state in RequestState},
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
        seed=seed_of(act.connection, event_id) or "",
        by_lot=by_lot(act.connection, event_id),
    )


def counts(act: Act, event_id: UUID) -> dict[str, int]:
    """The number of requests of an event in each state, as `standing_at` says."""
    standing = standing_at(act.now)
    rows = act.connection.execute(
        select(standing.label("state"), func.count().label("requests"))
        .select_from(QueueRequestRow)
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(QueueRequestRow.event_id == event_id)
        .group_by(standing)
    )
    return {row.state: row.requests for row in rows}


def standing_at(now: datetime) -> ColumnElement[str]:
    """The state of a `QueueRequestRow` with its `BookingRow`: cancelled where that has ended."""
    ended = booking_state(now).in_((CANCELLED, EXPIRED))
    return case((ended, RequestState.CANCELLED.value), else_=QueueRequestRow.state)


def wish_of(booking: NewBooking, *, partly: bool) -> dict[str, Any]:
    """The part of a booking that a request keeps: only what a person may ask for."""
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
                **({} if ticket.chosen_minor is None else {"chosen": ticket.chosen_minor}),
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
                chosen_minor=ticket.get("chosen"),
            )
            for ticket in wish["tickets"]
        ),
        paid=False,
        account_id=account_id,
        code=wish["code"],
        source="queue",
    )


def requests_at(now: datetime) -> Select[Any]:
    """The statement that reads requests, with how each is `standing`."""
    return REQUESTS.add_columns(standing_at(now).label("standing"))


REQUESTS = (
    select(
        QueueRequestRow.__table__,
        EventRow.name.label("event_name"),
        BookingRow.code.label("booking_code"),
        BookingRow.state.label("booking_state"),
    )
    .join(EventRow, EventRow.id == QueueRequestRow.event_id)
    .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
    .outerjoin(AccountRow, AccountRow.id == QueueRequestRow.account_id)
)


def request_row(act: Act, request_id: UUID) -> AnyRow:
    """Read one request, as a row of `requests_at`.

    Raises:
        NotFoundError: There is none.
    """
    asked = requests_at(act.now).where(QueueRequestRow.id == request_id)
    row = act.connection.execute(asked).one_or_none()
    return need_found(row, msg("There is no such request."))


def take_back(act: Act, row: AnyRow) -> None:
    """End a request that waits, inside a transaction."""
    values = {"state": RequestState.CANCELLED, "decided_at": act.now}
    update_row(act.connection, QueueRequestRow, row.id, **values)
    act.record("withdraw", ("queue_request", row.id), event_id=row.event_id)


def request_view(connection: Connection, row: AnyRow) -> RequestView:
    """Make a view of a row of `requests_at`."""
    (view,) = request_views(connection, [row])
    return view


def request_views(connection: Connection, rows: Sequence[AnyRow]) -> list[RequestView]:
    """Make views of rows of `requests_at`."""
    of_events = TicketTypeRow.event_id.in_({row.event_id for row in rows})
    types = select(TicketTypeRow.id, TicketTypeRow.name).where(of_events)
    names = {str(row.id): row.name for row in connection.execute(types)} if rows else {}
    return [_view(row, names) for row in rows]


def _view(row: AnyRow, names: Mapping[str, str]) -> RequestView:
    wanted = dict.fromkeys(ticket["type"] for ticket in row.wish.get("tickets", ()))
    return view_from(
        RequestView,
        row,
        what=", ".join(names.get(each, each) for each in wanted),
        name=row.wish.get("name", ERASED),
        email=row.wish.get("email", ""),
        tickets=len(row.wish.get("tickets", ())),
        partly=row.wish.get("partly", False),
        state=RequestState(row.standing),
        reason=kept_text(row.said, "reason", row.reason),
        booking_code=row.booking_code or "",
    )


def _priority(connection: Connection, event_id: UUID, account_id: UUID, booking: NewBooking) -> int:
    """The lowest priority of its types, so that a VIP ticket takes no regular ones along."""
    wanted = {ticket.ticket_type_id for ticket in booking.tickets}
    known = count_rows(
        connection,
        TicketTypeRow.id.in_(wanted),
        TicketTypeRow.event_id == event_id,
        TicketTypeRow.active,
    )
    if known != len(wanted):
        raise NotFoundError(msg("There is no such ticket type at this event."))
    email = connection.execute(
        select(AccountRow.email).where(AccountRow.id == account_id)
    ).scalar_one_or_none()
    return min(
        priority_of(connection, event_id, type_id, account_id=account_id, email=email or "")
        for type_id in wanted
    )


def _need_window(event: AnyRow, now: datetime) -> None:
    if event.state != "published" or event.queue_from is None or event.queue_until is None:
        raise InvalidInputError(
            msg("No requests are collected for this event."), hint=msg("Book directly.")
        )
    if now < event.queue_from:
        raise InvalidInputError(
            msg("Requests are not collected yet."), hint=msg("Come back at the opening.")
        )
    if now >= event.queue_until:
        raise InvalidInputError(
            msg("Requests are collected no more."),
            hint=msg("See what is left, or join the waitlist."),
        )


def waits_at(event_id: Any) -> ColumnElement[bool]:
    """The requests of an event that wait."""
    return and_(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")


def collected_at(event_id: Any) -> ColumnElement[bool]:
    """Those of them that are taken together when the window of the event has closed."""
    return and_(waits_at(event_id), of_the_hour())


def are_collected(act: Act, event_id: UUID) -> bool:
    """Whether requests of the hour of opening still wait, inside a transaction."""
    return act.connection.execute(_ANY_WAITING, {"event": event_id}).first() is not None


_TO_SERVE = select(EventRow.id).where(
    EventRow.state == "published", exists().where(collected_at(EventRow.id))
)


def _run(steps: Steps, event_id: UUID, most: int | None, progress: Progress | None) -> int:
    """Take requests in order; returns how many were taken."""
    with steps.read() as act:
        act.need(event_id, *TEAM)
        lots = by_lot(act.connection, event_id)
        if not lots:
            _runnable(act, event_id)
    seed = _draw(steps, event_id) if lots else None
    order = _order(steps.store, event_id, seed)
    at, taken, ahead = 0, 0, 1
    while at < len(order) and (most is None or taken < most):
        with steps.write(about=event_id) as act:
            # Asked again: a member of the team may be banned while it runs.
            act.need(event_id, *TEAM)
            request, at = _firstwaits_at(act.connection, order[at : at + ahead], at)
            if request is None:
                ahead = min(2 * ahead, LOOK_AHEAD)  # another run is ahead of this one
                continue
            take(act, request)
            _tell_when_through(act, request)
        taken, ahead = taken + 1, 1
        if progress is not None and taken % 50 == 0:
            with steps.read() as act:
                standing = summary(act, event_id)
            progress(standing)
    return taken


def _draw(steps: Steps, event_id: UUID) -> bytes:
    """The seed of the lots: drawn once, when the window has closed, and kept in the audit."""
    with steps.read() as act:
        known = seed_of(act.connection, event_id)
        queue_until = event_row(act.connection, event_id).queue_until
    if known is not None and queue_until is not None and steps.now >= queue_until:
        return bytes.fromhex(known)
    fresh = secrets.token_bytes(16)
    with steps.write(about=event_id) as act:
        act.need(event_id, *TEAM)
        standing = _runnable(act, event_id)
        known = seed_of(act.connection, event_id)
        if known is not None:
            return bytes.fromhex(known)
        insert_row(act.connection, SettingRow, key=seed_key(event_id), value=fresh.hex())
        detail = {"seed": fresh.hex(), "requests": standing.waiting, "lots": "blake2b(id, seed)"}
        act.record("draw_lots", ("event", event_id), event_id=event_id, **detail)
    return fresh


def _runnable(act: Act, event_id: UUID) -> QueueSummary:
    standing = summary(act, event_id)
    if standing.queue_until is None:
        raise InvalidInputError(
            msg("There is no queue for this event."),
            hint=msg("Say when requests are collected first."),
        )
    if not standing.runnable(act.now):
        raise InvalidInputError(
            msg("Requests are still collected."), hint=msg("Run the queue when its time has ended.")
        )
    return standing


def _order(store: Store, event_id: UUID, seed: bytes | None) -> list[UUID]:
    """The requests that wait, in the order in which they are taken."""
    with store.read() as connection:
        rows = connection.execute(
            select(QueueRequestRow.priority, QueueRequestRow.no, QueueRequestRow.id)
            .where(collected_at(event_id))
            .order_by(QueueRequestRow.priority.desc(), QueueRequestRow.no)
        ).all()
    if seed is not None:
        rows = sorted(rows, key=lambda row: (-row.priority, lot(seed, row.id)))
    return [row.id for row in rows]


def _firstwaits_at(
    connection: Connection, ahead: Sequence[UUID], at: int
) -> tuple[Any | None, int]:
    """The first of these requests that still waits, or None; and the next position in the order."""
    waiting = set(connection.execute(_STILL_WAITING, {"ahead": list(ahead)}).scalars())
    for step, request_id in enumerate(ahead, start=1):
        if request_id in waiting:
            return connection.execute(_REQUEST, {"request": request_id}).one(), at + step
    return None, at + len(ahead)


_STILL_WAITING = select(QueueRequestRow.id).where(
    QueueRequestRow.id.in_(bindparam("ahead", type_=QueueRequestRow.id.type, expanding=True)),
    QueueRequestRow.state == "waiting",
)
_REQUEST = REQUESTS.where(QueueRequestRow.id == bindparam("request", type_=QueueRequestRow.id.type))
_ANY_WAITING = (
    select(QueueRequestRow.id)
    .where(collected_at(bindparam("event", type_=EventRow.id.type)))
    .limit(1)
)


def take(act: Act, request: AnyRow) -> None:
    """Book one request, or keep why not."""
    booking = booking_of(request.wish, request.account_id)
    try:
        booked, reason = _book(act, request, booking)
    except StoreError:
        raise  # The request waits on: the store failed, not the request.
    except SoldOutError as error:
        _decide(act, request, RequestState.SOLD_OUT, error.message)
        return
    except EventDeskError as error:
        _decide(act, request, RequestState.FAILED, error.message)
        return
    _decide(act, request, RequestState.CONFIRMED, reason, booked=booked)


def _tell_when_through(act: Act, request: AnyRow) -> None:
    """Tell the organizers with the last request, in the transaction that decides it."""
    if are_collected(act, request.event_id):
        return
    by_state = counts(act, request.event_id)
    title = msg("All requests for {event} were taken", event=request.event_name)
    body = msg(
        "{confirmed} confirmed, {sold_out} sold out, {failed} failed. What is left is on sale now.",
        confirmed=by_state.get(RequestState.CONFIRMED, 0),
        sold_out=by_state.get(RequestState.SOLD_OUT, 0),
        failed=by_state.get(RequestState.FAILED, 0),
    )
    tell_organizers(act, request.event_id, ("booking", title, body))


def _book(act: Act, request: AnyRow, booking: NewBooking) -> tuple[Booked, Message]:
    """Book all tickets, or as many as there are where fewer are welcome; with how many of them."""
    asked = len(booking.tickets)
    while True:
        try:
            with act.attempt():
                booked = place(act, request.event_id, booking)
        except SoldOutError as error:
            booking = _fewer(booking, error, admits_of(act.connection, request.event_id))
            if not request.wish["partly"] or not booking.tickets:
                raise
        else:
            got = len(booking.tickets)
            fewer = msg("{got} of {asked}; the rest is sold out.", got=got, asked=asked)
            return booked, msg("") if got == asked else fewer


def admits_of(connection: Connection, event_id: UUID) -> dict[UUID, int]:
    """How many people one of each type lets in."""
    types = select(TicketTypeRow.id, TicketTypeRow.admits).where(TicketTypeRow.event_id == event_id)
    return dict(connection.execute(types).all())


def _fewer(booking: NewBooking, error: SoldOutError, admits: Mapping[UUID, int]) -> NewBooking:
    """The booking with only as many of its tickets as there were, the first ones first.

    Donations stay beside tickets, and of packages only whole ones do.
    """
    kept, left = [], error.left
    for ticket in booking.tickets:
        kind = ticket.ticket_type_id
        meant = error.ticket_type_id in (None, kind) and admits[kind] > 0
        if not meant or left > 0:
            kept.append(ticket)
        left -= meant
    of_type = Counter(ticket.ticket_type_id for ticket in kept)
    over = {kind: count % max(1, admits[kind]) for kind, count in of_type.items()}
    for ticket in reversed(kept.copy()):
        if over[ticket.ticket_type_id]:
            over[ticket.ticket_type_id] -= 1
            kept.remove(ticket)
    if not any(admits[ticket.ticket_type_id] for ticket in kept):
        kept.clear()
    return replace(booking, tickets=tuple(kept))


def _decide(
    act: Act, request: AnyRow, state: RequestState, reason: Message, *, booked: Booked | None = None
) -> None:
    update_row(
        act.connection,
        QueueRequestRow,
        request.id,
        state=state,
        **kept_texts(reason=reason),
        booking_id=booked.booking_id if booked else None,
        decided_at=act.now,
    )
    event_id, code = request.event_id, booked.code if booked else ""
    detail = {"state": state.value, "reason": in_english(reason), "booking": code}
    act.record("take_request", ("queue_request", request.id), event_id=event_id, **detail)
    if booked is None:  # a booking tells of itself
        title = msg("No tickets for {event}", event=request.event_name)
        body = msg("{reason} You may join the waitlist.", reason=reason)
        subject, account_id = ("event", event_id), request.account_id
        act.tell(account_id, "booking", title, body, event_id=event_id, subject=subject)
