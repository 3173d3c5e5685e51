"""Offers: freed places go to those who wait, VIP first, then by time, nobody skipped.

A place of a ticket type is offered with a deadline, or booked at once where the event gives places
without asking; a type with required questions is offered all the same. A place in a session is
given at once, unless it clashes with another session of the person; then it is offered. No deadline
lies behind the begin of the event, or of the session.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, select

from data.rows import AnyRow
from data.schema import EventRow, SessionRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.acts import (
    Act,
    Clock,
    Steps,
    attempt,
    clock_now,
    event_row,
    may_end,
    offer_holds,
    steps,
)
from eventdesk.booking import Booked, NewBooking, NewTicket, events_with_due, expire_due, place
from eventdesk.core.errors import EventDeskError, StoreError
from eventdesk.core.messages import Message, msg
from eventdesk.core.wall_clock import with_zone
from eventdesk.events import each_by_itself, those_that_need
from eventdesk.programme import (
    clashes,
    free_places,
    has_room,
    is_signed_up,
    may_enter,
    put_in,
    session_row,
)
from eventdesk.sales import availability
from eventdesk.seating import best_seat
from eventdesk.waiting.waitlist_entries import (
    ENTRIES,
    IN_ORDER,
    OFFERED,
    drop_entry,
    log,
    put_state,
    tell,
    which,
)
from eventdesk.waiting.waitlist_entry import EntryState


def offer(act: Act, entry: AnyRow, deadline: datetime) -> None:
    """Keep a place for somebody until a deadline, and tell them."""
    times = {"offered_at": act.now, "offer_until": deadline}
    put_state(act.connection, entry.id, EntryState.OFFERED, **times)
    log(act, "offer_place", entry, offer_until=str(deadline))
    title = msg("A place for you: {what}", what=entry.what)
    body = msg(
        "{event}: take it until {until}, or it goes to the next.",
        event=entry.event_name,
        until=with_zone(deadline, entry.time_zone),
    )
    tell(act, entry, ("offer", title, body))


def book_entry(
    act: Act, entry: AnyRow, ticket: NewTicket, pay_until: datetime, *, kind: str
) -> Booked:
    """Book the place of an entry, with the best free seat of its section, and tell the person.

    Places are counted apart from seats, so a ticket may get no seat; the notice says so.

    Args:
        entry: The entry.
        ticket: The ticket to book.
        pay_until: Deadline of the payment.
        kind: Kind of the notice: "booking" if the person accepted, "offer" if nobody asked them.

    Raises:
        InvalidInputError: An answer is missing or wrong.
        SalesError: There is no place after all.
    """
    put_state(act.connection, entry.id, EntryState.TAKEN, offer_until=None)
    section_id = act.connection.execute(
        select(TicketTypeRow.section_id).where(TicketTypeRow.id == entry.ticket_type_id)
    ).scalar_one()
    seat = best_seat(act, entry.event_id, section_id) if section_id else None
    booking = NewBooking(
        entry.name,
        entry.email,
        (replace(ticket, seat_id=seat.id if seat else None),),
        paid=False,
        account_id=entry.account_id,
        source="waitlist",
    )
    booked = place(act, entry.event_id, booking, promised_until=pay_until)
    put_state(act.connection, entry.id, EntryState.TAKEN, ticket_id=booked.ticket_ids[0])
    said: dict[str, object] = {"event": entry.event_name, "code": booked.code}
    said |= {"step": _next_step(entry, booked), "seat": _NO_SEAT}
    if seat:
        said["seat"] = msg("Your seat is {label}.", label=seat.label)
    body = msg("{event}, booking {code}: {step} {seat}", **said)
    if not section_id:
        body = msg("{event}, booking {code}: {step}", **said)
    tell(act, entry, (kind, msg("You have a place: {what}", what=entry.what), body))
    return booked


_NO_SEAT = msg("No seat is free for it just now; the organizer gives you one.")


def _next_step(entry: AnyRow, booked: Booked) -> Message:
    """The next step for somebody who was given a place."""
    if not booked.approved:
        return msg("the organizer will decide.")
    if booked.expires_at is None:
        return msg("your ticket is ready under My tickets.")
    return msg(
        "{total} are due until {until}, or the place goes back.",
        total=booked.total,
        until=with_zone(booked.expires_at, entry.time_zone),
    )


def _give_ticket(act: Act, entry: AnyRow, event: AnyRow, deadline: datetime) -> bool:
    """Book a place for somebody or offer it; False when the person can have none."""
    if entry.banned_at is not None:
        drop_entry(act, entry, msg("The account was closed."))
        return False
    if not (event.waitlist_auto and _book(act, entry, deadline)):
        offer(act.as_system(), entry, deadline)
    return True


def _book(act: Act, entry: AnyRow, deadline: datetime) -> bool:
    """Book without asking; False when something must be asked first."""
    ticket = NewTicket(entry.ticket_type_id, entry.name, entry.email)
    try:
        with attempt(act.connection):
            booked = book_entry(act.as_system(), entry, ticket, deadline, kind="offer")
    except StoreError:
        raise
    except EventDeskError:
        return False
    log(act.as_system(), "give_place", entry, booking=booked.code)
    return True


def _give_session(act: Act, entry: AnyRow, session: AnyRow, deadline: datetime) -> bool:
    """Sign somebody up, or offer it when it clashes; False when the person can have no place."""
    account_id = entry.account_id
    if account_id is None or entry.banned_at is not None:
        drop_entry(act, entry, msg("The account was closed."))
        return False
    if not may_enter(act.connection, account_id, session):
        drop_entry(act, entry, msg("There is no ticket that lets in to this session."))
        return False
    if clashes(act.connection, account_id, session):
        offer(act.as_system(), entry, deadline)
        return True
    if not is_signed_up(act.connection, account_id, session.id):
        put_in(act, account_id, session)
    put_state(act.connection, entry.id, EntryState.TAKEN)
    log(act.as_system(), "give_place", entry)
    title = msg("You have a place: {what}", what=entry.what)
    body = msg(
        "{event}: {starts_at}. It is in your programme.",
        event=entry.event_name,
        starts_at=with_zone(session.starts_at, entry.time_zone),
    )
    tell(act, entry, ("change", title, body))
    return True


MAX_AT_ONCE = 200
"""Places given in one transaction; the rest follows, so that nobody waits for the store."""


@dataclass
class _Free:
    """Places that are neither taken nor offered; counted down as they are given.

    Attributes:
        of_type: Places of each ticket type; None is no limit.
        room: Places left of the event's capacity; None is no limit.
        sections: The section of each ticket type that has one.
        seats: Tickets that each section still has seats for.
    """

    of_type: dict[UUID, int | None]
    room: int | None
    sections: dict[UUID, UUID]
    seats: dict[UUID, int]

    def of(self, type_id: UUID) -> int:
        """Places of a type that can be given now."""
        return max(0, min(self.limits(type_id), default=MAX_AT_ONCE))

    def limits(self, type_id: UUID) -> list[int]:
        """The limits of a type: its quota, the event's capacity and the seats of its section."""
        seats = self.seats[self.sections[type_id]] if type_id in self.sections else None
        bounds = (self.of_type[type_id], self.room, seats)
        return [number for number in bounds if number is not None]

    def take(self, type_id: UUID) -> None:
        """Count one down."""
        number = self.of_type[type_id]
        self.of_type[type_id] = None if number is None else number - 1
        self.room = None if self.room is None else self.room - 1
        if type_id in self.sections:
            self.seats[self.sections[type_id]] -= 1


def fill(act: Act, event_id: UUID) -> list[UUID]:
    """Give the free places of an event to those who wait; returns their entries in order.

    Called inside the transaction that freed them, after `registration.expire_due`.
    """
    wanted = select(EventRow.__table__).where(
        EventRow.id == event_id, EventRow.state == "published"
    )
    event = act.connection.execute(wanted).one_or_none()
    if event is None:
        return []
    sessions = _sessions_waited_for(act, event_id)
    given = _fill_types(act, event)
    for session_id in sessions:
        given += fill_session(act, session_id)
    return given


def fill_session(act: Act, session_id: UUID) -> list[UUID]:
    """Give the free places of a session to those who wait for them; returns their entries."""
    session = session_row(act.connection, session_id)
    if session.cancelled_at is not None or session.starts_at <= act.now:
        return []
    deadline = min(act.now + timedelta(minutes=session.offer_minutes), session.starts_at)
    given: list[UUID] = []
    free = min(free_places(act, session), MAX_AT_ONCE)
    while free > len(given):
        waiting = _next(act.connection, which(None, session_id), free - len(given))
        if not waiting:
            break
        for entry in waiting:
            if _give_session(act, entry, session, deadline):
                given.append(entry.id)
    return given


def lapse_offers(act: Act, event_id: UUID | None) -> int:
    """End the offers past their deadline, of one event or of all, and give their places on.

    Returns:
        How many offers ended.
    """
    due = ENTRIES.where(OFFERED, WaitlistEntryRow.offer_until <= act.now).order_by(
        WaitlistEntryRow.offer_until, WaitlistEntryRow.no
    )
    # The event is compared here: in SQL its index would go through all of its entries.
    lapsed = [entry for entry in act.connection.execute(due) if event_id in (None, entry.event_id)][
        :MAX_AT_ONCE
    ]
    if lapsed and not may_end(act):
        return 0
    for entry in lapsed:
        put_state(act.connection, entry.id, EntryState.EXPIRED)
        log(act.as_system(), "lapse_offer", entry, offer_until=str(entry.offer_until))
        title = msg("The place in {what} was kept until the deadline", what=entry.what)
        body = msg(
            "{event}: it went to the next. You may join the waitlist again.", event=entry.event_name
        )
        tell(act, entry, ("offer", title, body))
    for event in dict.fromkeys(entry.event_id for entry in lapsed):
        fill(act, event)
    return len(lapsed)


def events_to_fill(act: Act) -> list[UUID]:
    """The events at which `fill` has something to give; asked before anything is locked."""

    def gives(event_id: UUID) -> bool:
        return _types_to_give(act, event_id) or _sessions_to_give(act, event_id)

    return those_that_need(_events_waited_for(act), gives)


def _events_waited_for(act: Act) -> list[UUID]:
    """The published events at which somebody waits for something that has not begun."""
    for_type = (
        select(TicketTypeRow.event_id)
        .join(EventRow, EventRow.id == TicketTypeRow.event_id)
        .where(
            EventRow.starts_at > act.now,
            _somebody_waits(WaitlistEntryRow.ticket_type_id == TicketTypeRow.id),
        )
    )
    for_session = select(SessionRow.event_id).where(
        SessionRow.sign_up,
        SessionRow.starts_at > act.now,
        _somebody_waits(WaitlistEntryRow.session_id == SessionRow.id),
    )
    ids = for_type.union(for_session)
    published = select(EventRow.id).where(EventRow.id.in_(ids), EventRow.state == "published")
    return list(act.connection.execute(published).scalars())


def deadline_of(event: AnyRow, now: datetime) -> datetime:
    """Until when an offer made now is kept: not behind the begin of the event."""
    begins: datetime = event.starts_at
    return min(now + timedelta(minutes=event.offer_minutes), begins)


def pay_until(act: Act, entry: AnyRow) -> datetime:
    """Until when an accepted place must be paid.

    As long as the offer would have been kept, at least as long as any booking is held, and not
    behind the begin of the event.
    """
    event = event_row(act.connection, entry.event_id)
    held = act.now + timedelta(minutes=event.hold_minutes)
    deadline: datetime = min(max(held, entry.offer_until), event.starts_at)
    return deadline


def free_of_types(act: Act, event_id: UUID, type_ids: Sequence[UUID]) -> dict[UUID, int | None]:
    """Places of each type that are neither taken nor offered; None is no limit."""
    free = _free(act, event_id, event_row(act.connection, event_id).capacity)
    return {type_id: free.of(type_id) if free.limits(type_id) else None for type_id in type_ids}


def _free(act: Act, event_id: UUID, capacity: int | None) -> _Free:
    standing = availability(act, event_id)
    rows = act.connection.execute(
        select(WaitlistEntryRow.ticket_type_id, func.count().label("offers"))
        .where(WaitlistEntryRow.ticket_type_id.in_(standing), offer_holds(act.now))
        .group_by(WaitlistEntryRow.ticket_type_id)
    )
    offered = {row.ticket_type_id: row.offers for row in rows}
    taken = sum(each.taken for each in standing.values())
    sections: dict[UUID, UUID] = {}
    seats: dict[UUID, int] = {}
    of_type: dict[UUID, int | None] = {}
    for type_id, each in standing.items():
        if each.section_id is not None and each.seats is not None:
            sections[type_id] = each.section_id
            seats[each.section_id] = each.seats
        of_type[type_id] = each.quota
        if each.quota is not None:
            of_type[type_id] = each.quota - each.taken - offered.get(type_id, 0)
    for type_id, section_id in sections.items():
        seats[section_id] -= offered.get(type_id, 0)
    room = None if capacity is None else capacity - taken - sum(offered.values())
    return _Free(of_type, room, sections, seats)


def _fill_types(act: Act, event: AnyRow) -> list[UUID]:
    deadline = deadline_of(event, act.now)
    types = _types_waited_for(act.connection, event.id)
    if not types or deadline <= act.now:
        return []
    free = _free(act, event.id, event.capacity)
    given: list[UUID] = []
    while len(given) < MAX_AT_ONCE:
        waiting = [
            entry
            for type_id in types
            if free.of(type_id)
            for entry in _next(act.connection, which(type_id, None), free.of(type_id))
        ]
        if not waiting:
            break
        # The event's capacity, which may be less than the quotas together, goes by the same order.
        for entry in sorted(waiting, key=lambda each: (-each.priority, each.no)):
            if free.of(entry.ticket_type_id) and _give_ticket(act, entry, event, deadline):
                free.take(entry.ticket_type_id)
                given.append(entry.id)
    return given


def _types_to_give(act: Act, event_id: UUID) -> bool:
    """Whether a place is free in a ticket type that somebody waits for."""
    event = event_row(act.connection, event_id)
    types = _types_waited_for(act.connection, event_id)
    if not types or deadline_of(event, act.now) <= act.now:
        return False
    free = _free(act, event_id, event.capacity)
    return any(free.of(type_id) for type_id in types)


def _sessions_to_give(act: Act, event_id: UUID) -> bool:
    """Whether there is room in a session that somebody waits for."""
    return any(
        has_room(act, session_row(act.connection, session_id))
        for session_id in _sessions_waited_for(act, event_id)
    )


def _types_waited_for(connection: Connection, event_id: UUID) -> Sequence[UUID]:
    types = select(TicketTypeRow.id).where(
        TicketTypeRow.event_id == event_id,
        TicketTypeRow.active,
        _somebody_waits(WaitlistEntryRow.ticket_type_id == TicketTypeRow.id),
    )
    return connection.execute(types).scalars().all()


def _sessions_waited_for(act: Act, event_id: UUID) -> Sequence[UUID]:
    sessions = select(SessionRow.id).where(
        SessionRow.event_id == event_id,
        SessionRow.starts_at > act.now,
        SessionRow.cancelled_at.is_(None),
        _somebody_waits(WaitlistEntryRow.session_id == SessionRow.id),
    )
    return act.connection.execute(sessions).scalars().all()


def _next(connection: Connection, of_list: ColumnElement[bool], count: int) -> Sequence[Any]:
    """The entries that get the next places, in order."""
    waiting = ENTRIES.where(of_list, WaitlistEntryRow.state == "waiting").order_by(*IN_ORDER)
    return connection.execute(waiting.limit(min(count, MAX_AT_ONCE))).all()


def _somebody_waits(for_it: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(for_it, WaitlistEntryRow.state == "waiting")


@steps(anybody=True)
def sweep(steps: Steps) -> int:
    """End bookings and offers past their deadline and give freed places on; returns how many.

    A read asks first what is due, so that nothing is locked while nothing can be done. Each event
    is a transaction of its own, and one that fails keeps no other waiting.
    """
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    with steps.read() as act:
        due = events_with_due(act)
        late = select(WaitlistEntryRow.event_id).where(
            OFFERED, WaitlistEntryRow.offer_until <= act.now
        )
        offers = act.connection.execute(late.distinct()).scalars()
        events = dict.fromkeys([*due, *offers, *events_to_fill(act)])

    def end_and_give(event_id: UUID) -> int:
        with steps.write(about=event_id) as act:
            return (
                len(expire_due(act, event_id))
                + lapse_offers(act, event_id)
                + len(fill(act, event_id))
            )

    return each_by_itself(steps, events, end_and_give, chore=msg("sweep of deadlines"))
