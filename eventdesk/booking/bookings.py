"""Lists of bookings and attendees, one booking in full, and one's own bookings."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from data import search as index
from data.rows import AnyRow, begins, count_rows
from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    EventRow,
    QuestionRow,
    TicketRow,
    TicketTypeRow,
)
from eventdesk.acts import (
    Act,
    Actor,
    Permission,
    event_row,
    overdue,
    overdue_ids,
    owner_of,
    reads,
    takes_place,
    ticket_state,
)
from eventdesk.booking.booking import (
    AttendeeLine,
    BookingDetail,
    BookingLine,
    MyBooking,
    TicketLine,
)
from eventdesk.booking.changes import booking_facts, fee_of, money_of
from eventdesk.booking.foreign_codes import sold_elsewhere
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, VALID
from eventdesk.core.errors import need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance
from eventdesk.events import by_a_door
from eventdesk.money import balances

MAX_FOUND = 1000
"""Most matches of a search."""

MAX_OWN = 500

_TEAM = (Permission.TICKETS, Permission.DOOR, Permission.MONEY)


@reads(*_TEAM, about="event_id")
def list_bookings(
    act: Act, event_id: UUID, *, search: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[BookingLine], int]:
    """Read a page of an event's bookings, the newest first, and how many there are.

    Args:
        search: A booking or ticket code, the beginning of an e-mail address, or parts of the
            name of who booked or holds a ticket; at most `MAX_FOUND` are found.
        state: A state of bookings, or `waiting` for approval.
    """
    act.need(event_id, *_TEAM)
    numbers = select(BookingRow.no).where(BookingRow.event_id == event_id)
    if search.strip():
        found = _found_bookings(act, event_id, search)
        numbers = numbers.where(BookingRow.no.in_(found))
    if state:
        numbers = numbers.where(*_in_state(state, act.now))
    page = act.connection.execute(
        numbers.order_by(BookingRow.no.desc()).limit(limit).offset(offset)
    ).scalars()
    rows = act.connection.execute(
        BOOKINGS.where(BookingRow.no.in_(list(page))).order_by(BookingRow.no.desc())
    ).all()
    count = select(func.count()).select_from(numbers.subquery())
    return lines_of(act, rows), act.connection.execute(count).scalar_one()


@reads(*_TEAM, about="event_id")
def list_attendees(
    act: Act,
    event_id: UUID,
    *,
    search: str = "",
    state: str = "",
    came: bool | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AttendeeLine], int]:
    """Read a page of an event's tickets with their holders, and how many there are.

    The newest come first; of a search the closest, and at most `MAX_FOUND`.

    Args:
        search: A code, an e-mail address, a seat or parts of a name, with typos; "" is everybody.
        state: Only those in this state of an `AttendeeLine`; "" is any.
        came: Only those who were let in, or who were not; None is both.
    """
    act.need(event_id, *_TEAM)
    number = event_row(act.connection, event_id).number
    wanted = [*_ticket_in_state(event_id, state, act.now)] if state else []
    if came is not None:
        wanted.append(_LET_IN if came else ~_LET_IN)
    if search.strip():
        numbers = _found_tickets(act, event_id, number, search)
        if wanted:
            fitting = select(TicketRow.search_no).where(TicketRow.search_no.in_(numbers), *wanted)
            kept = set(act.connection.execute(fitting).scalars())
            numbers = [no for no in numbers if no in kept]
        total = len(numbers)
        numbers = numbers[offset : offset + limit]
    else:
        mine = (
            TicketRow.search_no > index.first_no(number),
            TicketRow.search_no < index.first_no(number + 1),
            *_without_donations(act.connection, event_id),
            *wanted,
        )
        total = count_rows(act.connection, *mine)
        newest = select(TicketRow.search_no).where(*mine).order_by(TicketRow.search_no.desc())
        numbers = list(act.connection.execute(newest.limit(limit).offset(offset)).scalars())
    place = {no: at for at, no in enumerate(numbers)}
    over = overdue_ids(act.connection, act.now)
    rows = act.connection.execute(ATTENDEES.where(TicketRow.search_no.in_(numbers))).all()
    let_in = select(AdmissionRow.ticket_id).where(
        AdmissionRow.ticket_id.in_([row.id for row in rows]), by_a_door()
    )
    inside = set(act.connection.execute(let_in).scalars())
    return [
        replace(attendee(row, over), came=row.id in inside)
        for row in sorted(rows, key=lambda each: place[each.search_no])
    ], total


@reads(*_TEAM, own=True)
def booking_detail(act: Act, booking_id: UUID) -> BookingDetail:
    """Read one booking in full, for the team, for who booked it, and for who holds a ticket of it.

    Somebody who only holds tickets sees those, and no amounts; who only works with the money sees
    no answers.

    Raises:
        NotFoundError: There is no such booking.
    """
    facts = booking_facts(act.connection, booking_id)
    tickets = tickets_of(act, facts)
    holds = act.actor.id is not None and any(each.account_id == act.actor.id for each in tickets)
    owner_id = act.actor.id if holds else owner_of(facts)
    here = act.need(facts.event_id, *_TEAM, owner_id=owner_id)
    team = here.may(*_TEAM)
    row = act.connection.execute(BOOKINGS.where(BookingRow.id == booking_id)).one()
    stands = balances(act.connection, [booking_id])[booking_id]
    (line,) = lines_of(act, [row])
    detail = BookingDetail(
        line,
        facts.event_name,
        facts.time_zone,
        tickets,
        row.note if team else "",
        row.discount_code,
        money_of(facts, row.kept_minor),
        stands.paid,
        stands.refunded + stands.promised,
        row.account_id,
        facts.cancel_until or facts.starts_at,
        facts.transfer_until or facts.starts_at,
        row.external_ref or "",
        facts.reverse_charge,
    )
    if owner_of(facts) == act.actor.id or here.may(Permission.TICKETS, Permission.DOOR):
        return detail
    if team:
        tickets = tuple(
            each if _is_of(each, act.actor) else replace(each, answers=()) for each in tickets
        )
        return replace(detail, tickets=tickets)
    return _of_holder(detail, act.actor)


@reads(Permission.ATTEND)
def my_bookings(act: Act) -> list[MyBooking]:
    """Read the bookings one made, and those that hold a ticket of one's own, the newest first."""
    act.need(None, Permission.ATTEND)
    booked = select(BookingRow.id).where(BookingRow.account_id == act.actor.id)
    holds = select(TicketRow.booking_id).where(TicketRow.account_id == act.actor.id)
    rows = act.connection.execute(
        BOOKINGS.where(or_(BookingRow.id.in_(booked), BookingRow.id.in_(holds)))
        .order_by(BookingRow.no.desc())
        .limit(MAX_OWN)
    ).all()
    these = select(EventRow.__table__).where(EventRow.id.in_({row.event_id for row in rows}))
    events = {event.id: event for event in act.connection.execute(these)}
    found = []
    for line, row in zip(lines_of(act, rows), rows, strict=True):
        event = events[line.event_id]
        times = event.starts_at, event.ends_at, event.time_zone
        found.append(MyBooking(line, event.name, *times, row.account_id == act.actor.id))
    return found


@reads(*_TEAM, about="event_id")
def waiting_for_approval(act: Act, event_id: UUID) -> int:
    """Count the bookings that somebody must approve or refuse."""
    act.need(event_id, *_TEAM)
    waiting = BookingRow.event_id == event_id, *_in_state("waiting", act.now)
    return count_rows(act.connection, *waiting)


BOOKINGS = select(BookingRow.__table__)


def _without_donations(connection: Connection, event_id: UUID) -> list[ColumnElement[bool]]:
    """What leaves donations out; nothing where the event takes none, for that is quicker."""
    takes = (TicketTypeRow.event_id == event_id) & (TicketTypeRow.admits == 0)
    types = connection.execute(select(TicketTypeRow.id).where(takes)).scalars().all()
    return [TicketRow.ticket_type_id.not_in(types)] if types else []


def _found_bookings(act: Act, event_id: UUID, typed: str) -> list[int | None]:
    """Numbers of the bookings that match: by code, address and name, and by their tickets."""
    text, folded = typed.strip()[:200], fold(typed[:200])
    here = select(BookingRow.no).where(BookingRow.event_id == event_id).limit(MAX_FOUND)
    meant = [BookingRow.code == read_code(text)]
    if "@" in text:
        meant += [begins(BookingRow.email, spelling) for spelling in {text, text.casefold()}]
    elif folded:
        meant.append(begins(BookingRow.folded_name, folded))
    found: dict[int | None, None] = {}
    for condition in meant:
        found.update(dict.fromkeys(act.connection.execute(here.where(condition)).scalars()))
    number = event_row(act.connection, event_id).number
    tickets = _found_tickets(act, event_id, number, typed)
    of_tickets = (
        select(BookingRow.no)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(TicketRow.search_no.in_(tickets))
    )
    found.update(dict.fromkeys(act.connection.execute(of_tickets).scalars()))
    return list(found)[:MAX_FOUND]


def _found_tickets(act: Act, event_id: UUID, number: int, typed: str) -> list[int]:
    """Search numbers of the tickets that match, the closest first."""
    text = typed.strip()[:200]
    code = read_code(text)
    if code.isascii() and ("-" in text or " " in text):  # a code as it is printed, in groups
        grouped = select(TicketRow.search_no).where(
            TicketRow.code == code, TicketRow.event_id == event_id
        )
        if exact := list(act.connection.execute(grouped).scalars()):
            return exact
    elsewhere = sold_elsewhere(act.connection, event_id, text, limit=MAX_FOUND)
    found = index.find(act.connection, act.store.vocabulary, number, text, limit=MAX_FOUND)
    return list(dict.fromkeys([*elsewhere.named, *found, *elsewhere.begun]))[:MAX_FOUND]


def lines_of(act: Act, rows: Sequence[Any]) -> list[BookingLine]:
    """Booking rows as lists show them; one that is overdue shows as expired."""
    ids = [row.id for row in rows]
    over = overdue_ids(act.connection, act.now).intersection(ids)
    stands: dict[UUID, Balance] = balances(act.connection, ids)
    for row in rows:
        if row.id in over:
            total = stands[row.id].total
            kept = Money(row.kept_minor, total.currency, total.exponent)
            stands[row.id] = replace(stands[row.id], total=kept)
    tickets = dict(
        act.connection.execute(
            select(TicketRow.booking_id, func.count())
            .where(TicketRow.booking_id.in_(ids), takes_place(act.now))
            .group_by(TicketRow.booking_id)
        ).all()
    )
    return [
        BookingLine(
            row.id,
            row.event_id,
            row.code,
            row.name,
            row.email,
            EXPIRED if row.id in over else row.state,
            tickets.get(row.id, 0),
            stands[row.id].total,
            _due(stands[row.id]),
            row.created_at,
            row.source,
            row.approved,
            None if row.id in over else row.expires_at,
        )
        for row in rows
    ]


def _due(stands: Balance) -> Money:
    """The amount due; a credit that is not promised back is negative."""
    if stands.due.minor > 0:
        return stands.due
    return Money(-stands.credit.minor, stands.total.currency, stands.total.exponent)


ATTENDEES = (
    select(
        TicketRow.__table__,
        TicketTypeRow.name.label("ticket_type"),
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
)


def attendee(row: AnyRow, over: Collection[UUID]) -> AttendeeLine:
    """A row of `ATTENDEES` as lists show it; `over` are the overdue bookings."""
    state = row.booking_state
    if row.state != "valid":
        state = row.state
    elif row.booking_id in over:
        state = EXPIRED
    elif not row.approved:
        state = "waiting"
    return AttendeeLine(
        row.id,
        row.booking_id,
        row.code,
        row.holder_name,
        row.holder_email,
        row.ticket_type,
        row.seat,
        state,
        row.line_two,
        row.blocked_note,
    )


def tickets_of(act: Act, facts: Any) -> tuple[TicketLine, ...]:
    """The tickets of a booking with their answers, in the order in which they were sold."""
    admitted = select(func.count()).where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
    rows = act.connection.execute(
        select(
            TicketRow.__table__,
            TicketTypeRow.name.label("ticket_type"),
            ticket_state(act.now).label("state_now"),
            admitted.scalar_subquery().label("admissions"),
        )
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.booking_id == facts.id)
        .order_by(TicketRow.search_no)
    ).all()
    answers = _answers(act.connection, facts.id)
    return tuple(
        TicketLine(
            row.id,
            row.code,
            row.holder_name,
            row.holder_email,
            row.line_two,
            row.ticket_type_id,
            row.ticket_type,
            row.seat,
            row.state_now,
            money_of(facts, row.price_minor),
            money_of(facts, fee_of(facts, row)),
            row.admissions > 0,
            row.account_id,
            tuple(answers.get(row.id, ())),
        )
        for row in rows
    )


def _answers(connection: Connection, booking_id: UUID) -> dict[UUID, list[tuple[str, str]]]:
    rows = connection.execute(
        select(AnswerRow.ticket_id, QuestionRow.text, AnswerRow.value)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(TicketRow, TicketRow.id == AnswerRow.ticket_id)
        .where(TicketRow.booking_id == booking_id)
        .order_by(QuestionRow.position)
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    for ticket_id, text, value in rows:
        found.setdefault(ticket_id, []).append((text, value))
    return found


@reads(internal=True)
def find_booking(act: Act, typed: str) -> UUID:
    """Find a booking by its code, in any case and with spaces or dashes.

    Raises:
        NotFoundError: There is none.
    """
    booking_id = act.connection.execute(
        select(BookingRow.id).where(BookingRow.code == read_code(typed[:40]))
    ).scalar_one_or_none()
    missing = msg("There is no booking with this code.")
    return need_found(booking_id, missing, hint=msg("Search for a name."))


def _of_holder(detail: BookingDetail, actor: Actor) -> BookingDetail:
    """A booking as somebody sees it who holds a ticket of it and did not book it."""
    tickets = tuple(each for each in detail.tickets if _is_of(each, actor))
    nothing = Money(0, detail.kept.currency, detail.kept.exponent)
    valid = sum(each.valid for each in tickets)
    line = replace(detail.line, email="", tickets=valid, total=nothing, due=nothing)
    return replace(
        detail,
        line=line,
        tickets=tickets,
        discount_code="",
        kept=nothing,
        paid=nothing,
        refunded=nothing,
        account_id=None,
    )


def _is_of(ticket: TicketLine, actor: Actor) -> bool:
    return actor.id is not None and ticket.account_id == actor.id


_LET_IN: Final = exists().where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())


def _ticket_in_state(event_id: UUID, state: str, now: datetime) -> tuple[Any, ...]:
    """What a ticket in a state of an `AttendeeLine` fulfils."""
    mine = select(BookingRow.id).where(BookingRow.event_id == event_id)
    late = TicketRow.booking_id.in_(overdue(now))
    if state == EXPIRED:
        return (or_(TicketRow.state == EXPIRED, and_(TicketRow.state == VALID, late)),)
    if state in (PENDING, PAID, "waiting"):
        mine = mine.where(BookingRow.approved.is_(state != "waiting"))
        if state != "waiting":
            mine = mine.where(BookingRow.state == state)
        return TicketRow.state == VALID, ~late, TicketRow.booking_id.in_(mine)
    return (TicketRow.state == state,)


def _in_state(state: str, now: datetime) -> tuple[Any, ...]:
    if state == "waiting":
        return (BookingRow.state.in_((PENDING, PAID)), BookingRow.approved.is_(False))
    if state == PENDING:
        return (BookingRow.state == PENDING, BookingRow.id.not_in(overdue(now)))
    if state == EXPIRED:
        return (or_(BookingRow.state == EXPIRED, BookingRow.id.in_(overdue(now))),)
    return (BookingRow.state == state,)
