"""Tickets for whoever gives a name: into the queue, out of it in order, and back again.

For programs that take names for one event, VIPs always first. The queue is that of the hour of
opening, without its window: requests of people without an account are taken one by one, by the same
rules, whenever somebody asks for the next. A ticket is called by a short code from the moment it is
asked for: signs that nobody guesses, and behind them the number of its request.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from data.numbers import next_number
from data.prepared import Prepared
from data.rows import AnyRow, insert_row
from data.schema import BookingRow, QueueRequestRow, TicketTypeRow
from eventdesk.acts import Act, event_row, reads, writes
from eventdesk.booking import NewBooking, NewTicket, hand_back, need_sound
from eventdesk.core.errors import (
    InvalidInputError,
    NotFoundError,
    SalesClosedError,
    TicketOverError,
)
from eventdesk.core.formats import listed
from eventdesk.core.ids import CODE_ALPHABET, new_id, read_code
from eventdesk.core.messages import kept_text, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.core.typed_text import line
from eventdesk.events import RequestState
from eventdesk.sales import check_answers, questions_for
from eventdesk.waiting.own_requests import place_at
from eventdesk.waiting.queue import (
    REQUESTS,
    TEAM,
    are_collected,
    request_row,
    requests_at,
    summary,
    take,
    take_back,
    waits_at,
    wish_of,
)
from eventdesk.waiting.waitlist_entries import priority_of

VIP: Final = "VIP"
"""The type that goes before all others, whatever its priority."""

FIRST: Final = 1_000_000
"""The priority of a request for a `VIP` ticket: higher than any that a type can have."""

SECRET_SIGNS: Final = 7
"""Signs of a ticket's code that nobody guesses: 35 random bits of its id."""

MOST_SIGNS: Final = 19
"""Signs of the longest code: what is behind the secret ones is a number of the store."""

MOST_WAITING: Final = 20_000
"""Longest queue of people without an account, so that nobody fills the disk with names."""

MOST_OF_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Queued:
    """A request for one ticket, as who gave a name sees it.

    Attributes:
        ticket: Names it from now on; who has it may give it back.
        ticket_type: Its name.
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
        ticket_type: One of the event's own, by its name; `VIP` goes before all others.

    Raises:
        InvalidInputError: No name, another type, or the event asks something that has to be
            answered.
        SalesClosedError: The event is not on sale this way, or the queue is full.
    """
    act.need(event_id, *TEAM)
    _need_no_window(act, event_id)
    types = _types(act, event_id)
    if ticket_type not in types:
        raise InvalidInputError(
            msg("There is no ticket type {name}.", name=repr(ticket_type[:80])),
            hint=msg("Ask for one of these: {names}.", names=listed(list(types))),
        )
    called = line(name, msg("A name"), most=MOST_OF_NAME, needed=True)
    type_id = types[ticket_type]
    booking = NewBooking(called, "", (NewTicket(type_id, called),), paid=False)
    need_sound([booking])
    check_answers(questions_for(act.connection, event_id, type_id), {})
    request_id, no = new_id(), next_number(act.connection, QueueRequestRow.no)
    priority = FIRST
    if ticket_type != VIP:
        priority = priority_of(act.connection, event_id, type_id, account_id=None, email="")
    insert_row(
        act.connection,
        QueueRequestRow,
        id=request_id,
        no=no,
        event_id=event_id,
        priority=priority,
        wish=wish_of(booking, partly=False),
        state=RequestState.WAITING,
        reason="",
        created_at=act.now,
    )
    place = place_at(act, event_id, priority=priority, no=no)
    if place > MOST_WAITING:
        raise SalesClosedError(
            msg("The queue is full: {most} wait already.", most=MOST_WAITING),
            hint=msg("Try again when some of them have their turn behind them."),
        )
    act.record("ask", ("queue_request", request_id), event_id=event_id, tickets=1)
    ticket = ticket_of(request_id, no)
    return Queued(ticket, called, ticket_type, RequestState.WAITING, place)


@writes(*TEAM, about="event_id")
def serve_next(act: Act, event_id: UUID) -> Queued | None:
    """Take the next of the queue, VIPs always first: a ticket, or sold out; None: nobody waits.

    Raises:
        SalesClosedError: The event is not on sale this way.
    """
    act.need(event_id, *TEAM)
    _need_no_window(act, event_id)
    first = _FIRST.one_or_none(act.connection, {"event": event_id})
    if first is None:
        return None
    take(act, first)
    taken = _TAKEN.all(act.connection, {"request": first.id})[0]
    return _queued(act, first, RequestState(taken.state), taken)


@writes(*TEAM, about="event_id")
def give_back(act: Act, event_id: UUID, ticket: str) -> Queued:
    """Give a ticket back, or a place in the queue; the place is free at once.

    Who has a confirmed ticket may do what an attendee may: in time, and before a door let them in.

    Args:
        ticket: As `queue_up` named it.

    Raises:
        NotFoundError: There never was such a ticket.
        TicketOverError: It is none any more: given back or cancelled before, or sold out.
        InvalidInputError: It was used at a door, or it is too late.
    """
    act.need(event_id, *TEAM)
    row = _row(act, event_id, ticket)
    if row.state == RequestState.WAITING:
        take_back(act, row)
    elif row.standing == RequestState.CONFIRMED:
        hand_back(act, row.booking_id, reason="")
    else:
        raise TicketOverError(
            msg("Ticket {ticket} is none any more.", ticket=ticket_of(row.id, row.no)),
            hint=msg("It was given back or cancelled before, or was sold out."),
        )
    return _view(act, request_row(act, row.id))


@reads(*TEAM, about="event_id")
def places_by_type(act: Act, event_id: UUID) -> dict[str, int | None]:
    """Say how many places are left of each ticket type, by its name; null is no limit."""
    return {name: each.remaining for name, each in _sales(act, event_id).items()}


@reads(*TEAM, about="event_id")
def sales_by_type(act: Act, event_id: UUID) -> dict[str, TypePlaces]:
    """Say how many tickets of each type are sold, held and left, by its name."""
    return _sales(act, event_id)


def ticket_of(request_id: UUID, no: int) -> str:
    """The code of the ticket of a request: secret signs, then the request's number."""
    return _signs(request_id.int, SECRET_SIGNS) + _signs(no)


def _signs(number: int, count: int = 0) -> str:
    """A number in the signs of codes: its last ones, or all."""
    signs = ""
    while (number and not count) or len(signs) < count:
        number, digit = divmod(number, len(CODE_ALPHABET))
        signs = CODE_ALPHABET[digit] + signs
    return signs


def _sales(act: Act, event_id: UUID) -> dict[str, TypePlaces]:
    act.need(event_id, *TEAM)
    types = {type_id: name for name, type_id in _types(act, event_id).items()}
    return {
        types[each.ticket_type_id]: TypePlaces(each.sold, each.held, each.left)
        for each in summary(act, event_id).remaining
        if each.ticket_type_id in types
    }


def _types(act: Act, event_id: UUID) -> dict[str, UUID]:
    """The types of an event that are sold, in their order; the first one of a name."""
    there = (
        select(TicketTypeRow.name, TicketTypeRow.id)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active)
        .order_by(TicketTypeRow.position)
    )
    types: dict[str, UUID] = {}
    for name, type_id in act.connection.execute(there):
        types.setdefault(name, type_id)
    return types


def _need_no_window(act: Act, event_id: UUID) -> None:
    """Require an event that is on sale, and no request of its hour of opening to be overtaken.

    While they are collected and taken, everybody else's rules hold here, too: one request a person
    and lots within a class mean nothing where anybody asks by name as often as they like.
    """
    event = event_row(act.connection, event_id)
    if event.state != "published":
        raise SalesClosedError(msg("This event is not on sale."), hint=msg("Publish it first."))
    if act.now >= event.ends_at:
        raise SalesClosedError(msg("This event is over."))
    if event.queue_from is None or event.queue_until is None or act.now < event.queue_from:
        return
    if act.now < event.queue_until:
        raise SalesClosedError(
            msg("Requests for this event are collected in an hour of opening, and taken together."),
            hint=advise(Remedy.END_OPENING_HOUR),
        )
    if are_collected(act, event_id):
        raise SalesClosedError(
            msg("The requests of the opening are being served."),
            hint=msg("Try again in a moment: what is left is sold when all had their turn."),
        )


def _row(act: Act, event_id: UUID, ticket: str) -> AnyRow:
    """The request that a code names.

    Raises:
        NotFoundError: There is none.
    """
    code = read_code(ticket)
    unknown = NotFoundError(msg("There is no such ticket."), hint=msg("Check its signs."))
    if not SECRET_SIGNS < len(code) <= MOST_SIGNS or not set(code) <= set(CODE_ALPHABET):
        raise unknown
    number = 0
    for sign in code[SECRET_SIGNS:]:
        number = number * len(CODE_ALPHABET) + CODE_ALPHABET.index(sign)
    which = requests_at(act.now).where(
        QueueRequestRow.no == number,
        QueueRequestRow.event_id == event_id,
        QueueRequestRow.account_id.is_(None),
    )
    row = act.connection.execute(which).one_or_none()
    if row is None or ticket_of(row.id, row.no) != code:
        raise unknown
    return row


def _view(act: Act, row: AnyRow) -> Queued:
    return _queued(act, row, RequestState(row.standing), row)


def _queued(act: Act, row: AnyRow, status: RequestState, told: AnyRow) -> Queued:
    """A request that waits no more.

    Args:
        told: Has its reason, and the code of its booking.
    """
    wanted = [UUID(each["type"]) for each in row.wish.get("tickets", ())]
    names = [name for each in wanted for (name,) in _NAME.all(act.connection, {"type": each})]
    return Queued(
        ticket_of(row.id, row.no),
        row.wish.get("name", ""),
        ", ".join(names),
        status,
        None,
        str(kept_text(told.said, "reason", told.reason)),
        told.booking_code or "",
    )


_FIRST: Final = Prepared(
    REQUESTS.where(waits_at(bindparam("event", type_=QueueRequestRow.event_id.type)))
    .order_by(QueueRequestRow.priority.desc(), QueueRequestRow.no)
    .limit(1)
)
_TAKEN: Final = Prepared(
    select(
        QueueRequestRow.state,
        QueueRequestRow.reason,
        QueueRequestRow.said,
        BookingRow.code.label("booking_code"),
    )
    .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
    .where(QueueRequestRow.id == bindparam("request", type_=QueueRequestRow.id.type))
)
_NAME: Final = Prepared(
    select(TicketTypeRow.name).where(
        TicketTypeRow.id == bindparam("type", type_=TicketTypeRow.id.type)
    )
)
