"""Places left of ticket types and events, and the check that no place is sold twice.

A valid ticket takes a place; those of bookings past their deadline do not, whether or not a sweep
has ended them (`deadlines`).

Freed places belong to the waitlist first: an entry that waits for a type, or was offered one,
keeps a place from everybody else. Of an event's capacity an entry keeps one only as far as its
type's quota, and the seats of its section, could give it a place. Who waits for more together than
there can ever be keeps none, nor, within `GATHERED_UNTIL` of the begin, who waits for more than are
free.

A type with a section has no more tickets than the section has seats for it, chosen or not:
those that are not blocked and that no ticket of another type has. Several types may share them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, text

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import BookingRow, EventRow, TicketRow, TicketTypeRow, WaitlistEntryRow, aliased
from eventdesk.acts import (
    Act,
    lapsed_offers,
    no_such_event,
    offer_holds,
    overdue_tickets,
    takes_place,
)
from eventdesk.core.booking_states import PENDING
from eventdesk.core.errors import NotFoundError, SoldOutError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.seating import seats_left

GATHERED_UNTIL: Final = timedelta(days=1)
"""How long before the event begins places are no longer gathered, so that none stays empty."""

PARTY: Final = text("waitlist_entry.state = 'waiting' AND waitlist_entry.least > 1")
"""Who waits for several places together, in the words of their partial index."""


@dataclass(frozen=True, slots=True)
class Availability:
    """The places of a ticket type.

    Attributes:
        quota: How many may be sold; None for as many as the event holds.
        taken: Valid tickets.
        promised: Places that entries of the waitlist are offered, or wait for and could be given.
        left: Places for everybody, the event's capacity included; None is no limit.
        free: Places nobody has, promised ones included; None is no limit.
        section_id: The section its tickets sit in.
        seats: Seats that section has left, promised ones included.
        most: Places that there can ever be; None is no limit.
    """

    ticket_type_id: UUID
    quota: int | None
    taken: int
    promised: int
    left: int | None
    free: int | None = None
    section_id: UUID | None = None
    seats: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class _Count:
    """The counts of a ticket type; `waiting` are the places of those who could be given them."""

    id: UUID
    name: str
    quota: int | None
    taken: int = 0
    offered: int = 0
    waiting: int = 0
    section_id: UUID | None = None
    waitlist: bool = False

    @property
    def free(self) -> int | None:
        return None if self.quota is None else max(0, self.quota - self.taken)

    @property
    def claims(self) -> int:
        """Places of the event that the waitlist of this type could be given."""
        promised = self.offered + self.waiting
        return promised if self.free is None else min(promised, max(self.free, self.offered))


def availability(act: Act, event_id: UUID) -> dict[UUID, Availability]:
    """Count for each ticket type of an event what is taken, promised and left.

    Raises:
        NotFoundError: There is no such event.
    """
    event = _event(act.connection, event_id)
    capacity: int | None = event.capacity
    counts = _counts(act, event_id)
    taken = sum(count.taken for count in counts)
    room = None if capacity is None else max(0, capacity - taken)
    seats = _seats(act, event_id, counts)
    counts = _within_reach(act, event, counts, seats)
    most = _most(counts, capacity, seats)
    claims = _claims(counts, seats)
    section_left = {
        section_id: free - _claims(_of(counts, section_id), seats)
        for section_id, free in seats.items()
    }
    return {
        count.id: Availability(
            count.id,
            count.quota,
            count.taken,
            count.offered + count.waiting,
            _least(
                None if count.free is None else count.free - count.offered - count.waiting,
                None if room is None else room - claims,
                section_left.get(count.section_id),
            ),
            _least(count.free, room, seats.get(count.section_id)),
            count.section_id,
            seats.get(count.section_id),
            most[count.id],
        )
        for count in counts
    }


@dataclass(frozen=True, slots=True)
class Held:
    """Places of a ticket type that are kept for people who have not paid yet.

    Attributes:
        unpaid: Tickets of unpaid bookings that are not overdue.
        offered: Places that the waitlist offers.
    """

    unpaid: int = 0
    offered: int = 0


def held_places(act: Act, event_id: UUID) -> dict[UUID, Held]:
    """Count what is held of each ticket type that has any held."""
    unpaid = act.connection.execute(
        select(TicketRow.ticket_type_id, func.count())
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(BookingRow.event_id == event_id, BookingRow.state == PENDING, takes_place(act.now))
        .group_by(TicketRow.ticket_type_id)
    )
    offered = act.connection.execute(
        select(WaitlistEntryRow.ticket_type_id, func.sum(WaitlistEntryRow.places))
        .where(
            WaitlistEntryRow.event_id == event_id,
            WaitlistEntryRow.ticket_type_id.is_not(None),
            offer_holds(act.now),
        )
        .group_by(WaitlistEntryRow.ticket_type_id)
    )
    tickets: dict[Any, int] = dict(unpaid.all())
    offers: dict[Any, int] = dict(offered.all())
    return {
        type_id: Held(tickets.get(type_id, 0), offers.get(type_id, 0))
        for type_id in {*tickets, *offers}
    }


def need_places(
    act: Act,
    event_id: UUID,
    wanted: Mapping[UUID, int],
    *,
    for_waitlist: bool = False,
    force: bool = False,
) -> None:
    """Require places: by quotas, seats, the event's capacity and the waitlist.

    Called inside the write transaction that then takes the places. The store has one writer at
    a time, so what was counted stays true until it commits.

    Args:
        wanted: How many tickets of each type, besides those that are there already.
        for_waitlist: The places go to somebody on the waitlist; promised ones count as free.
        force: A supervisor lets more in than planned; only the types are checked.

    Raises:
        SoldOutError: There are fewer places; it names the type, or None for the whole event.
        NotFoundError: No such event, or no such ticket type at it.
    """
    event = _event(act.connection, event_id)
    capacity: int | None = event.capacity
    everything = capacity is not None and not force
    listed = _counts(act, event_id, None if everything else list(wanted))
    if not {count.id for count in listed} >= wanted.keys():
        raise NotFoundError(msg("There is no such ticket type at this event."))
    if force:
        return
    seats = _seats(act, event_id, listed)
    if not for_waitlist:
        listed = _within_reach(act, event, listed, seats)
    counts = {count.id: count for count in listed}
    gives = event.state == "published" and event.starts_at > act.now
    waitlist = gives and all(counts[type_id].waitlist for type_id in wanted)
    for type_id, number in wanted.items():
        count = counts[type_id]
        if count.free is None or number <= 0:
            continue
        left = count.free if for_waitlist else count.free - count.offered - count.waiting
        if number > left:
            raise _sold_out(count, number, max(0, left), waitlist=waitlist)
    _need_seats(counts, wanted, seats, for_waitlist=for_waitlist, waitlist=waitlist)
    if capacity is not None:
        claims = 0 if for_waitlist else _claims(counts.values(), seats)
        left = capacity - sum(count.taken for count in counts.values()) - claims
        number = sum(wanted.values())
        if number > left and number > 0:
            raise _sold_out(None, number, max(0, left), waitlist=waitlist)


def _need_seats(
    counts: Mapping[UUID, _Count],
    wanted: Mapping[UUID, int],
    seats: Mapping[UUID | None, int],
    *,
    for_waitlist: bool,
    waitlist: bool,
) -> None:
    """Require seats in the sections; types that share one take them in turn."""
    left = {
        section_id: free - (0 if for_waitlist else _claims(_of(counts.values(), section_id), seats))
        for section_id, free in seats.items()
    }
    for type_id, number in wanted.items():
        section_id = counts[type_id].section_id
        if section_id is None or number <= 0:
            continue
        if number > left[section_id]:
            left_now = max(0, left[section_id])
            raise _sold_out(counts[type_id], number, left_now, waitlist=waitlist)
        left[section_id] -= number


def _of(counts: Iterable[_Count], section_id: UUID | None) -> list[_Count]:
    return [count for count in counts if count.section_id == section_id]


def _claims(counts: Iterable[_Count], seats: Mapping[UUID | None, int]) -> int:
    """Places that the waitlists of these types could be given, no more than there are seats."""
    of_section: dict[UUID | None, int] = {}
    offered: dict[UUID | None, int] = {}
    for count in counts:
        of_section[count.section_id] = of_section.get(count.section_id, 0) + count.claims
        offered[count.section_id] = offered.get(count.section_id, 0) + count.offered
    return sum(
        min(claims, max(seats[section_id], offered[section_id])) if section_id in seats else claims
        for section_id, claims in of_section.items()
    )


def _seats(act: Act, event_id: UUID, counts: Collection[_Count]) -> dict[UUID | None, int]:
    """Seats left in the sections of these types, which hold all types of each section."""
    sections = {count.section_id for count in counts if count.section_id is not None}
    sold = {each: sum(count.taken for count in _of(counts, each)) for each in sections}
    return seats_left(act, event_id, sold)


def _sold_out(count: _Count | None, wanted: int, left: int, *, waitlist: bool) -> SoldOutError:
    """The error of fewer places left than wanted; without a count, at the whole event."""
    name = plain(count.name) if count else ""
    figures = {"name": name[:1].upper() + name[1:], "left": left, "wanted": wanted}
    if left:
        of_type = msg("{name} has {left} left, and {wanted} were wanted.", **figures)
        of_event = msg("This event has {left} left, and {wanted} were wanted.", **figures)
        hint = (
            msg("Take {left} or fewer, or join the waitlist.", left=left)
            if waitlist
            else msg("Take {left} or fewer.", left=left)
        )
    else:
        of_type, of_event = msg("{name} is sold out.", **figures), msg("This event is sold out.")
        hint = (
            msg("Choose something else, or join the waitlist: freed places are offered in turn.")
            if waitlist
            else msg("Choose something else.")
        )
    message = of_type if name else of_event
    type_id = count.id if count else None
    return SoldOutError(message, ticket_type_id=type_id, left=left, waitlist=waitlist, hint=hint)


def _least(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return max(0, min(known)) if known else None


def _within_reach(
    act: Act, event: AnyRow, counts: list[_Count], seats: Mapping[UUID | None, int]
) -> list[_Count]:
    """The counts without the places of those who wait, but can be given nothing any more."""
    if not any(count.waiting for count in counts):
        return counts
    gathered = event.starts_at - act.now > GATHERED_UNTIL
    most = _most(counts, event.capacity, seats, free=not gathered)
    types = {"types": [count.id for count in counts]}
    in_vain: Counter[UUID | None] = Counter()
    for type_id, least, places in act.connection.execute(_PARTIES, types):
        bound = None if type_id is None else most[type_id]
        if bound is not None and least > bound:
            in_vain[type_id] += places
    return [replace(count, waiting=count.waiting - in_vain[count.id]) for count in counts]


def _most(
    counts: Collection[_Count],
    capacity: int | None,
    seats: Mapping[UUID | None, int],
    *,
    free: bool = False,
) -> dict[UUID, int | None]:
    """Places of each type that there can ever be, or only those that are `free` and not offered."""
    used = {count.id: count.taken + count.offered if free else 0 for count in counts}
    room = None if capacity is None else capacity - sum(used.values())
    seated = {
        section_id: left + sum(each.taken - used[each.id] for each in _of(counts, section_id))
        for section_id, left in seats.items()
    }
    return {
        count.id: _least(
            None if count.quota is None else count.quota - used[count.id],
            room,
            seated.get(count.section_id),
        )
        for count in counts
    }


def _event(connection: Connection, event_id: UUID) -> AnyRow:
    row = _EVENT.one_or_none(connection, {"event": event_id})
    if row is None:
        raise no_such_event()
    return row


def _counts(act: Act, event_id: UUID, type_ids: list[UUID] | None = None) -> list[_Count]:
    """Count the tickets and the waitlist of all types of an event, or of some.

    With some come all that share a section with one of them.
    """
    rows = act.connection.execute(
        _ALL_TYPES if type_ids is None else _SOME_TYPES, {"event": event_id, "types": type_ids}
    ).all()
    given = {"event": event_id, "types": [row.id for row in rows], "now": act.now}
    taken: dict[Any, int] = dict(act.connection.execute(_TAKEN, given).all())
    for type_id, number in overdue_tickets(act.connection, event_id, act.now).items():
        if type_id in taken:
            taken[type_id] -= number
    listed: dict[Any, int] = {
        (row[0], row[1]): row[2] for row in act.connection.execute(_LISTED, given)
    }
    for type_id, number in lapsed_offers(act).items():
        if (type_id, "offered") in listed:
            listed[type_id, "offered"] -= number
    return [
        _Count(
            row.id,
            row.name,
            row.quota,
            taken.get(row.id, 0),
            listed.get((row.id, "offered"), 0),
            listed.get((row.id, "waiting"), 0),
            row.section_id,
            row.waitlist,
        )
        for row in rows
    ]


# Built once: each booking asks them, and building one costs as much as asking.

_EVENT_ID = bindparam("event", type_=EventRow.id.type)
_TYPE_IDS = bindparam("types", type_=TicketTypeRow.id.type, expanding=True)

_EVENT: Final = Prepared(
    select(EventRow.capacity, EventRow.starts_at, EventRow.state).where(EventRow.id == _EVENT_ID)
)

_ALL_TYPES = (
    select(
        TicketTypeRow.id,
        TicketTypeRow.name,
        TicketTypeRow.quota,
        TicketTypeRow.section_id,
        TicketTypeRow.waitlist,
    )
    .where(TicketTypeRow.event_id == _EVENT_ID)
    .order_by(TicketTypeRow.position)
)

_NAMED = aliased(TicketTypeRow)

_SOME_TYPES = _ALL_TYPES.where(
    TicketTypeRow.id.in_(_TYPE_IDS)
    | TicketTypeRow.section_id.in_(select(_NAMED.section_id).where(_NAMED.id.in_(_TYPE_IDS)))
)

_TAKEN = (
    select(TicketRow.ticket_type_id, func.count())
    .where(
        TicketRow.event_id == _EVENT_ID,
        TicketRow.ticket_type_id.in_(_TYPE_IDS),
        TicketRow.state == "valid",
    )
    .group_by(TicketRow.ticket_type_id)
)

_LISTED = (
    select(
        WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.state, func.sum(WaitlistEntryRow.places)
    )
    .where(
        WaitlistEntryRow.ticket_type_id.in_(_TYPE_IDS),
        WaitlistEntryRow.state.in_(("waiting", "offered")),
    )
    .group_by(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.state)
)

_PARTIES = (
    select(
        WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.least, func.sum(WaitlistEntryRow.places)
    )
    .where(WaitlistEntryRow.ticket_type_id.in_(_TYPE_IDS), PARTY)
    .group_by(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.least)
)
