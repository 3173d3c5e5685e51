"""Tickets for whoever gives a name: into the queue, out of it in order, and back again.

For programs that take names for one event, VIPs always first. The
queue is that of the hour of opening, without its window: requests of people without an account are
taken one by one, by the same rules, whenever somebody asks for the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from data.numbers import next_number
from data.rows import AnyRow, insert_row
from data.schema import QueueRequestRow, TicketTypeRow
from eventdesk.acts import Act, event_row, reads, writes
from eventdesk.booking import NewBooking, NewTicket, hand_back, need_sound
from eventdesk.core.booking_states import PAID, PENDING
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import kept_text, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.core.typed_text import line
from eventdesk.events import RequestState
from eventdesk.sales import check_answers, questions_for
from eventdesk.waiting.own_requests import place_of
from eventdesk.waiting.queue import (
    REQUESTS,
    TEAM,
    request_row,
    summary,
    take,
    take_back,
    waits_at,
    wish_of,
)
from eventdesk.waiting.waitlist_entries import priority_of

VIP: Final = "VIP"
REGULAR: Final = "Regular"

MOST_WAITING: Final = 20_000
"""Longest queue of people without an account, so that nobody fills the disk with names."""

MOST_OF_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Queued:
    """A request for one ticket, as who gave a name sees it.

    Attributes:
        ticket: Names it from now on; who has it may give it back.
        ticket_type: `VIP` or `Regular`.
        status: waiting, confirmed, sold_out, cancelled or failed.
        place: Its place in the queue, from 1; None when it does not wait.
        reason: Why it was not confirmed; "" where there is nothing to say.
        booking: Code of its booking; "" while there is none.
    """

    ticket: str
    name: str
    ticket_type: str
    status: RequestState
    place: int | None
    reason: str = ""
    booking: str = ""


@dataclass(frozen=True, slots=True)
class TypePlaces:
    """How a ticket type sells.

    Attributes:
        sold: Tickets that are paid, or cost nothing.
        held: Tickets that are not paid yet, and places offered to somebody on the waitlist.
        remaining: Places left; None is no limit.
    """

    sold: int
    held: int
    remaining: int | None


@writes(*TEAM, about="event_id")
def queue_up(act: Act, event_id: UUID, name: str, ticket_type: str) -> Queued:
    """Put somebody who gives a name at the end of their class in the queue, for one ticket.

    Args:
        name: Of who is to have the ticket.
        ticket_type: `VIP` or `Regular`.

    Raises:
        InvalidInputError: No name, another type, the event lacks one of the two, or it asks
            something that has to be answered.
        SalesClosedError: The event is not on sale this way, or the queue is full.
    """
    act.need(event_id, *TEAM)
    types = _types(act, event_id)
    if ticket_type not in types:
        raise InvalidInputError(
            msg("There is no ticket type {name}.", name=repr(ticket_type[:80])),
            hint=msg("Ask for {vip} or {regular}.", vip=VIP, regular=REGULAR),
        )
    _need_no_window(act, event_id)
    called = line(name, msg("A name"), most=MOST_OF_NAME, needed=True)
    type_id = types[ticket_type].id
    booking = NewBooking(called, "", (NewTicket(type_id, called),), paid=False)
    need_sound([booking])
    check_answers(questions_for(act.connection, event_id, type_id), {})
    request_id = new_id()
    insert_row(
        act.connection,
        QueueRequestRow,
        id=request_id,
        no=next_number(act.connection, QueueRequestRow.no),
        event_id=event_id,
        priority=priority_of(act.connection, event_id, type_id, account_id=None, email=""),
        wish=wish_of(booking, partly=False),
        state=RequestState.WAITING,
        reason="",
        created_at=act.now,
    )
    queued = _view(act, request_row(act, request_id))
    if (queued.place or 0) > MOST_WAITING:
        raise SalesClosedError(
            msg("The queue is full: {most} wait already.", most=MOST_WAITING),
            hint=msg("Try again when some of them have their turn behind them."),
        )
    act.record("ask", ("queue_request", request_id), event_id=event_id, tickets=1)
    return queued


@writes(*TEAM, about="event_id")
def serve_next(act: Act, event_id: UUID) -> Queued:
    """Take the next of the queue, VIPs always first: a ticket, or sold out.

    Raises:
        NotFoundError: Nobody waits.
        SalesClosedError: The event is not on sale this way.
    """
    act.need(event_id, *TEAM)
    _need_no_window(act, event_id)
    in_order = REQUESTS.where(waits_at(event_id)).order_by(
        QueueRequestRow.priority.desc(), QueueRequestRow.no
    )
    first = act.connection.execute(in_order.limit(1)).one_or_none()
    if first is None:
        raise NotFoundError(msg("Nobody waits."), hint=msg("Ask again when somebody has come."))
    take(act, first)
    return _view(act, request_row(act, first.id))


@writes(*TEAM, about="event_id")
def give_back(act: Act, event_id: UUID, ticket: str) -> Queued:
    """Give a ticket back, or a place in the queue; the place is free at once.

    Who has a confirmed ticket may do what an attendee may: in time, and before a door let them in.

    Args:
        ticket: As `queue_up` named it.

    Raises:
        NotFoundError: There is no such ticket, or none any more.
        InvalidInputError: It was used at a door, or it is too late.
    """
    act.need(event_id, *TEAM)
    row = _row(act, event_id, ticket)
    if row.state == RequestState.WAITING:
        take_back(act, row)
    elif row.booking_id is not None and row.booking_state in (PENDING, PAID):
        hand_back(act, row.booking_id, reason="")
    else:
        raise _not_there()
    return _view(act, request_row(act, row.id))


@reads(*TEAM, about="event_id")
def places_by_type(act: Act, event_id: UUID) -> dict[str, int | None]:
    """Say how many places are left of the types VIP and Regular; null is no limit.

    Raises:
        InvalidInputError: The event lacks one of the two.
    """
    return {name: each.remaining for name, each in _sales(act, event_id).items()}


@reads(*TEAM, about="event_id")
def sales_by_type(act: Act, event_id: UUID) -> dict[str, TypePlaces]:
    """Say how many tickets of the types VIP and Regular are sold, held and left.

    Raises:
        InvalidInputError: The event lacks one of the two.
    """
    return _sales(act, event_id)


def _sales(act: Act, event_id: UUID) -> dict[str, TypePlaces]:
    act.need(event_id, *TEAM)
    types = {row.id: name for name, row in _types(act, event_id).items()}
    return {
        types[each.ticket_type_id]: TypePlaces(each.sold, each.held, each.left)
        for each in summary(act, event_id).remaining
        if each.ticket_type_id in types
    }


def _types(act: Act, event_id: UUID) -> Mapping[str, Any]:
    """The two types of an event, by their names; VIP goes before Regular.

    Raises:
        InvalidInputError: One is not there, or VIPs would not go first.
    """
    there = (
        select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.priority)
        .where(
            TicketTypeRow.event_id == event_id,
            TicketTypeRow.active,
            TicketTypeRow.name.in_((VIP, REGULAR)),
        )
        .order_by(TicketTypeRow.position.desc())
    )
    types = {row.name: row for row in act.connection.execute(there)}
    for name, priority in ((VIP, 1), (REGULAR, 0)):
        if name not in types:
            raise InvalidInputError(
                msg("This event has no ticket type called {name}.", name=name),
                hint=advise(Remedy.ADD_TYPE, name=name, priority=str(priority)),
            )
    if types[VIP].priority <= types[REGULAR].priority:
        raise InvalidInputError(
            msg("VIPs would not go first at this event."),
            hint=advise(Remedy.RAISE_PRIORITY, name=VIP, priority=str(types[REGULAR].priority + 1)),
        )
    return types


def _need_no_window(act: Act, event_id: UUID) -> None:
    """Require an event that is on sale, whose requests are not taken by themselves."""
    event = event_row(act.connection, event_id)
    if event.state != "published":
        raise SalesClosedError(msg("This event is not on sale."), hint=msg("Publish it first."))
    if event.queue_until is not None:
        raise SalesClosedError(
            msg("Requests for this event are collected in an hour of opening, and taken together."),
            hint=advise(Remedy.END_OPENING_HOUR),
        )


def _row(act: Act, event_id: UUID, ticket: str) -> AnyRow:
    try:
        named = UUID(ticket)
    except ValueError:
        raise _not_there() from None
    which = REQUESTS.where(QueueRequestRow.id == named, QueueRequestRow.event_id == event_id)
    row = act.connection.execute(which).one_or_none()
    if row is None:
        raise _not_there()
    return row


def _not_there() -> NotFoundError:
    return NotFoundError(
        msg("There is no such ticket."), hint=msg("It may have been given back already.")
    )


def _view(act: Act, row: AnyRow) -> Queued:
    wanted = [UUID(each["type"]) for each in row.wish.get("tickets", ())]
    names = select(TicketTypeRow.name).where(TicketTypeRow.id.in_(wanted))
    return Queued(
        str(row.id),
        row.wish.get("name", ""),
        ", ".join(act.connection.execute(names).scalars()),
        RequestState(row.standing),
        place_of(act, row) if row.state == RequestState.WAITING else None,
        str(kept_text(row.said, "reason", row.reason)),
        row.booking_code or "",
    )
