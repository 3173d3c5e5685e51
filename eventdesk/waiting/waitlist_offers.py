"""Offers: freed places go to those who wait, VIP first, then by time.

Who waits for several places together is passed while fewer are free than will do: then they go to
the next whom they are enough for. Once as many went past as would do, nothing more goes past: what
becomes free is gathered, until it is enough or the event begins within `GATHERED_UNTIL`. Nothing is
gathered for more than there can ever be. Where the capacity or the seats are what is short, places
of other types that share them go past, too.

A place of a ticket type is offered with a deadline, or booked at once where the event gives places
without asking; a type with required questions is offered all the same. A place in a session is
given at once, unless it clashes with another session of the person; then it is offered. No deadline
lies behind the begin of the event, or of the session.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, select, update

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import EventRow, SessionRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.acts import Act, Clock, Steps, clock_now, event_row, may_end, offer_holds, steps
from eventdesk.booking import Booked, NewBooking, NewTicket, events_with_due, expire_due, place
from eventdesk.core.booking_states import PAID
from eventdesk.core.errors import EventDeskError, StoreError
from eventdesk.core.messages import Message, msg, msg_n
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
from eventdesk.sales import GATHERED_UNTIL, PARTY, availability
from eventdesk.seating import best_seats
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
from eventdesk.waiting.waitlist_entry import MOST_PLACES, EntryState, WhoComes


def offer(act: Act, entry: AnyRow, deadline: datetime, places: int = 1) -> None:
    """Keep so many places for somebody until a deadline, and tell them."""
    kept = {"offered_at": act.now, "offer_until": deadline, "places": places}
    put_state(act.connection, entry.id, EntryState.OFFERED, **kept)
    party = {"places": places} if entry.places > 1 else {}
    log(act, "offer_place", entry, offer_until=str(deadline), **party)
    title = msg_n(
        "A place for you: {what}",
        "{places} places for you: {what}",
        places,
        what=entry.what,
        places=places,
    )
    body = msg(
        "{event}: take it until {until}, or it goes to the next.",
        event=entry.event_name,
        until=with_zone(deadline, entry.time_zone),
    )
    tell(act, entry, ("offer", title, body))


def tickets_of(
    entry: AnyRow, people: Sequence[WhoComes] = (), *, answers: Mapping[UUID, str]
) -> tuple[NewTicket, ...]:
    """The tickets of an entry: for these people, or for all its places in its own name."""
    if not people:
        names = (entry.name, *(f"{entry.name} +{more}" for more in range(1, entry.places)))
        people = [WhoComes(name, entry.email) for name in names]
    return tuple(
        NewTicket(entry.ticket_type_id, one.name, one.email, answers={**answers, **one.answers})
        for one in people
    )


def book_entry(
    act: Act, entry: AnyRow, tickets: Sequence[NewTicket], pay_until: datetime, *, kind: str
) -> Booked:
    """Book the places of an entry, with the best free seats of its section, and tell the person.

    Places are counted apart from seats, so a ticket may get no seat; the notice says so.

    Args:
        entry: The entry.
        tickets: The tickets to book.
        pay_until: Deadline of the payment.
        kind: Kind of the notice: "booking" if the person accepted, "offer" if nobody asked them.

    Raises:
        InvalidInputError: An answer is missing or wrong.
        SalesError: There is no place after all.
    """
    put_state(act.connection, entry.id, EntryState.TAKEN, offer_until=None, places=len(tickets))
    section_id = act.connection.execute(
        select(TicketTypeRow.section_id).where(TicketTypeRow.id == entry.ticket_type_id)
    ).scalar_one()
    seats = best_seats(act, entry.event_id, section_id, len(tickets)) if section_id else ()
    seated = [
        replace(ticket, seat_id=seat.id if seat else None)
        for ticket, seat in zip_longest(tickets, seats)
    ]
    booking = NewBooking(
        entry.name,
        entry.email,
        tuple(seated),
        paid=False,
        account_id=entry.account_id,
        source="waitlist",
    )
    booked = place(act, entry.event_id, booking, promised_until=pay_until)
    put_state(act.connection, entry.id, EntryState.TAKEN, ticket_id=booked.ticket_ids[0])
    said: dict[str, object] = {"event": entry.event_name, "code": booked.code}
    said |= {"step": _next_step(entry, booked), "seat": _NO_SEAT}
    if seats:
        said["seat"] = msg_n(
            "Your seat is {label}.",
            "Your seats are {label}.",
            len(seats),
            label=", ".join(seat.label for seat in seats),
        )
    body = msg("{event}, booking {code}: {step} {seat}", **said)
    if not section_id:
        body = msg("{event}, booking {code}: {step}", **said)
    title = msg_n(
        "You have a place: {what}",
        "You have {places} places: {what}",
        len(tickets),
        what=entry.what,
        places=len(tickets),
    )
    act.tell(
        entry.account_id,
        kind,
        title,
        body,
        event_id=entry.event_id,
        subject=("booking", booked.booking_id),
        papers=booked.approved and booked.state == PAID,
    )
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


def _give_ticket(act: Act, entry: AnyRow, event: AnyRow, deadline: datetime, places: int) -> bool:
    """Book places for somebody or offer them; False when the person can have none."""
    if entry.banned_at is not None:
        drop_entry(act, entry, msg("The account was closed."))
        return False
    if not (event.waitlist_auto and _book(act, entry, deadline, places)):
        offer(act.as_system(), entry, deadline, places)
    return True


def _book(act: Act, entry: AnyRow, deadline: datetime, places: int) -> bool:
    """Book without asking; False when something must be asked first."""
    tickets = tickets_of(entry, answers={})[:places]
    try:
        with act.attempt():
            booked = book_entry(act.as_system(), entry, tickets, deadline, kind="offer")
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
        most: Places of each ticket type that there can ever be; None is no limit.
        sections: The section of each ticket type that has one.
        seats: Tickets that each section still has seats for.
    """

    of_type: dict[UUID, int | None]
    room: int | None
    most: dict[UUID, int | None]
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

    def reach(self, type_id: UUID, given: UUID) -> int:
        """Places of a type, but for the limits that it shares with another of which some are given.

        Who waits for no more than that, and is given nothing, lacks what the other type takes.
        """
        if type_id == given:
            return MOST_PLACES
        bounds: list[int | None] = [self.of_type[type_id]]
        section_id = self.sections.get(type_id)
        shares_seats = section_id is not None and section_id == self.sections.get(given)
        if section_id is not None and not shares_seats:
            bounds.append(self.seats[section_id])
        if self.room is None and not shares_seats:
            bounds.append(0)
        return min((bound for bound in bounds if bound is not None), default=MOST_PLACES)

    def take(self, type_id: UUID, places: int) -> None:
        """Count so many down."""
        number = self.of_type[type_id]
        self.of_type[type_id] = None if number is None else number - places
        self.room = None if self.room is None else self.room - places
        if type_id in self.sections:
            self.seats[self.sections[type_id]] -= places


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
    return [row.id for row in _WAITED_FOR.all(act.connection, {"now": act.now})]


def _somebody_waits(for_it: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(for_it, WaitlistEntryRow.state == "waiting")


def _waited_for() -> Select[UUID]:
    for_type = (
        select(TicketTypeRow.event_id)
        .join(EventRow, EventRow.id == TicketTypeRow.event_id)
        .where(
            EventRow.starts_at > bindparam("now"),
            _somebody_waits(WaitlistEntryRow.ticket_type_id == TicketTypeRow.id),
        )
    )
    for_session = select(SessionRow.event_id).where(
        SessionRow.sign_up,
        SessionRow.starts_at > bindparam("now"),
        _somebody_waits(WaitlistEntryRow.session_id == SessionRow.id),
    )
    ids = for_type.union(for_session)
    return select(EventRow.id).where(EventRow.id.in_(ids), EventRow.state == "published")


_WAITED_FOR: Final = Prepared(_waited_for())


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
        select(WaitlistEntryRow.ticket_type_id, func.sum(WaitlistEntryRow.places).label("offers"))
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
    most = {type_id: each.most for type_id, each in standing.items()}
    return _Free(of_type, room, most, sections, seats)


def _fill_types(act: Act, event: AnyRow) -> list[UUID]:
    deadline = deadline_of(event, act.now)
    given: list[UUID] = []
    while len(given) < MAX_AT_ONCE:
        shares = _shares(act, event, deadline)
        if not shares:
            break
        for entry, places, reach in shares[: MAX_AT_ONCE - len(given)]:
            if _give_ticket(act, entry, event, deadline, places):
                given.append(entry.id)
                _count_passed(act.connection, entry, places, reach)
    return given


def _types_to_give(act: Act, event_id: UUID) -> bool:
    """Whether somebody who waits for a ticket type can be given what is free."""
    event = event_row(act.connection, event_id)
    return bool(_shares(act, event, deadline_of(event, act.now)))


_Reach = Mapping[UUID, int]
"""Of ticket types, how many places together those wait for at most whom a place goes past."""


def _shares(act: Act, event: AnyRow, deadline: datetime) -> list[tuple[AnyRow, int, _Reach]]:
    """Whom the free places go to now, in order, how many to each, and past whom."""
    types = _types_waited_for(act.connection, event.id)
    if not types or deadline <= act.now:
        return []
    free = _free(act, event.id, event.capacity)
    waiting = [
        entry
        for type_id in types
        if free.of(type_id)
        for entry in _next(act.connection, which(type_id, None), free.of(type_id))
    ]
    parties = _Parties(free if event.starts_at - act.now > GATHERED_UNTIL else None)
    if waiting:
        waiting += parties.too_large(act.connection, types)
    with_parties = _types_with_parties(act.connection, event.id) if waiting else set()
    shares: list[tuple[AnyRow, int, _Reach]] = []
    # The event's capacity, which may be less than the quotas together, goes by the same order.
    for entry in sorted(waiting, key=lambda each: (-each.priority, each.no)):
        places = min(entry.places, free.of(entry.ticket_type_id))
        if places >= entry.least:
            reach = {each: free.reach(each, entry.ticket_type_id) for each in with_parties}
            shares.append((entry, places, reach))
            free.take(entry.ticket_type_id, places)
            parties.pass_by(places, reach)
        else:
            parties.leave_out(entry)
    return shares


class _Parties:
    """Those for whom too few places are free; gathers them once enough went past.

    Args:
        free: What is free and to be gathered from; None where nothing is gathered any more.
    """

    def __init__(self, free: _Free | None) -> None:
        self.free = free
        self.left_out: dict[UUID, dict[int, int]] = {}
        """Of each ticket type, by how many will do, how many went past whoever was passed most."""

    def too_large(self, connection: Connection, types: Sequence[UUID]) -> Sequence[Any]:
        """Those who wait for more places together than are free, in order."""
        free = self.free
        if free is None:
            return []
        columns = (WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.priority, WaitlistEntryRow.no)
        sizes = (WaitlistEntryRow.places, WaitlistEntryRow.least, WaitlistEntryRow.passed)
        rows: list[Any] = []
        for type_id in filter(free.of, types):
            larger = (
                select(*columns, *sizes)
                .where(which(type_id, None), PARTY, WaitlistEntryRow.least > free.of(type_id))
                .order_by(*IN_ORDER)
                .limit(MAX_AT_ONCE)
            )
            rows += connection.execute(larger).all()
        return rows

    def leave_out(self, entry: AnyRow) -> None:
        """Note somebody who cannot be given enough now."""
        if self.free is None:
            return
        most = self.free.most[entry.ticket_type_id]
        if most is None or entry.least <= most:
            past = self.left_out.setdefault(entry.ticket_type_id, {})
            past[entry.least] = max(past.get(entry.least, 0), entry.passed)
            self._gather(entry.ticket_type_id)

    def pass_by(self, places: int, reach: _Reach) -> None:
        """Note that so many places went past those who were left out."""
        for type_id, past in self.left_out.items():
            for least in past:
                past[least] += places if least <= reach.get(type_id, 0) else 0
            self._gather(type_id)

    def _gather(self, type_id: UUID) -> None:
        """Keep what is free, once as many went past somebody as would do."""
        past = self.left_out[type_id].items()
        if self.free is not None and any(number >= least for least, number in past):
            self.free.take(type_id, self.free.of(type_id))


def _types_with_parties(connection: Connection, event_id: UUID) -> set[UUID]:
    """The ticket types of an event for which somebody waits who may be passed over."""
    types = (
        select(WaitlistEntryRow.ticket_type_id)
        .join(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active, PARTY)
    )
    return {type_id for type_id in connection.execute(types).scalars() if type_id is not None}


def _count_passed(connection: Connection, entry: AnyRow, places: int, reach: _Reach) -> None:
    """Note with those who wait before an entry that its places went past them."""
    before = (WaitlistEntryRow.priority > entry.priority) | (
        (WaitlistEntryRow.priority == entry.priority) & (WaitlistEntryRow.no < entry.no)
    )
    for type_id, most in reach.items():
        if most > 1:
            connection.execute(
                update(WaitlistEntryRow)
                .where(which(type_id, None), PARTY, WaitlistEntryRow.least <= most, before)
                .values(passed=WaitlistEntryRow.passed + places)
            )


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


def _next(connection: Connection, of_list: ColumnElement[bool], free: int) -> Sequence[Any]:
    """Those for whom so many free places are enough, in order."""
    enough = WaitlistEntryRow.state == "waiting", WaitlistEntryRow.least <= free
    waiting = ENTRIES.where(of_list, *enough).order_by(*IN_ORDER)
    return connection.execute(waiting.limit(min(free, MAX_AT_ONCE))).all()


@steps(internal=True)
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
