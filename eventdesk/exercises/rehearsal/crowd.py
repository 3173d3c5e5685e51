"""Guests of a rehearsal: who comes, with which ticket, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from random import Random
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import AdmissionRow, BookingRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act, Steps
from eventdesk.booking import TOKEN_FACTS, NewBooking, NewTicket, book, sealed
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.door import CheckInList
from eventdesk.exercises.demo.people import people
from eventdesk.exercises.false_tickets import foreign, forged
from eventdesk.exercises.rehearsal.plan import Plan
from eventdesk.figures import ArrivalCurve
from eventdesk.sales import read_ticket_types

STRANGERS = 0.12
"""Share of those who come with something that must not let them in."""

BATCH = 500
"""Bookings in one transaction."""

BAD_TEXTS = (
    "https://example.org/menu",
    "WIFI:S:guests;T:WPA;P:welcome;;",
    "urn:isbn:978-0-306-40615-7",
)


class Kind(StrEnum):
    """What a guest holds in the hand."""

    GENUINE = "genuine"
    USED = "used"
    """The same ticket as another guest's."""
    FORGED = "forged"
    FOREIGN = "foreign"
    """A ticket of this house for another event."""
    BAD = "bad"
    """A code that is no ticket at all."""


@dataclass(frozen=True, slots=True)
class Guest:
    """One who comes.

    Attributes:
        number: Place in the order of arrival, from 0.
        at_s: Event time, in seconds from the opening of the doors.
        ticket_id: Whose ticket it is; None where it is nobody's.
    """

    number: int
    at_s: float
    kind: Kind
    text: str
    ticket_id: UUID | None = None


def crowd(
    store: Store, door: CheckInList, plan: Plan, curve: ArrivalCurve, *, now: datetime
) -> tuple[list[Guest], int]:
    """Choose who comes; tickets that are missing are booked in this store.

    Returns:
        The guests in the order of arrival, and how many tickets had to be booked.

    Raises:
        InvalidInputError: The event has no ticket type for this list.
    """
    random = Random(f"rehearsal {plan.seed}")
    kinds = _kinds(plan.guests, random)
    wanted = sum(kind is Kind.GENUINE for kind in kinds)
    with store.read() as connection:
        tickets = _good_tickets(connection, store, door, now, wanted)
    missing = wanted - len(tickets)
    if missing > 0:
        _book(store, door, missing, plan.seed, now)
        with store.read() as connection:
            tickets = _good_tickets(connection, store, door, now, wanted)
    random.shuffle(tickets)
    return _arrive(store, kinds, tickets, arrivals(plan, curve, random), random), max(0, missing)


def arrivals(plan: Plan, curve: ArrivalCurve, random: Random) -> list[float]:
    """Draw when each guest comes, in seconds from the opening, in order.

    The curve is stretched or cut to the plan's minutes: who would come later comes within them.
    """
    within = curve.by(plan.minutes)
    drawn = sorted(random.random() * within for _ in range(plan.guests))
    times, minute = [], 0
    for share in drawn:
        while minute + 1 < plan.minutes and curve.by(minute + 1) < share:
            minute += 1
        low, high = curve.by(minute), curve.by(minute + 1)
        part = (share - low) / (high - low) if high > low else 0.0
        times.append((minute + min(1.0, max(0.0, part))) * 60)
    return times


def _kinds(guests: int, random: Random) -> list[Kind]:
    strangers = [Kind.USED, Kind.FORGED, Kind.FOREIGN, Kind.BAD]
    count = round(guests * STRANGERS)
    wrong = [strangers[place % len(strangers)] for place in range(count)]
    kinds = [Kind.GENUINE] * (guests - count) + wrong
    random.shuffle(kinds)
    if Kind.GENUINE in kinds:  # nobody can hold the ticket of somebody before the first
        first = kinds.index(Kind.GENUINE)
        kinds[0], kinds[first] = kinds[first], kinds[0]
    return kinds


def _good_tickets(
    connection: Connection, store: Store, door: CheckInList, now: datetime, limit: int
) -> list[tuple[UUID, str]]:
    """Read tickets that this list should let in, and make their tokens."""
    came = (
        select(AdmissionRow.id)
        .where(AdmissionRow.list_id == door.id, AdmissionRow.ticket_id == TicketRow.id)
        .exists()
    )
    query = TOKEN_FACTS.join(BookingRow, BookingRow.id == TicketRow.booking_id).where(
        TicketRow.event_id == door.event_id,
        TicketRow.state == "valid",
        TicketRow.blocked_note.is_(None),
        BookingRow.state == "paid",
        BookingRow.approved.is_(True),
        ~came,
    )
    act = Act(store, connection, SYSTEM.at(now))
    query = query.where(TicketRow.ticket_type_id.in_(_types(act, door)))
    rows = connection.execute(query.order_by(TicketRow.search_no).limit(limit)).all()
    return [(row.id, sealed(act, row)) for row in rows]


def _types(act: Act, door: CheckInList) -> list[UUID]:
    return [
        each.id
        for each in read_ticket_types(act, door.event_id)
        if not door.ticket_type_ids or each.id in door.ticket_type_ids
    ]


def _book(store: Store, door: CheckInList, count: int, seed: int, now: datetime) -> None:
    with Steps(store, SYSTEM.at(now)).read() as act:
        types = _types(act, door)
    if not types:
        raise InvalidInputError(
            msg("No ticket type of this event comes by {name}.", name=door.name),
            hint=msg("Add a ticket type, or name another list with --list."),
        )
    some = iter(people(count, seed))
    while batch := list(islice(some, BATCH)):
        bookings = [
            NewBooking(
                one.name, one.email, (NewTicket(types[0], one.name, one.email, one.line_two),), True
            )
            for one in batch
        ]
        book(store, SYSTEM.at(now), door.event_id, bookings, force=True)


def _arrive(
    store: Store,
    kinds: list[Kind],
    tickets: list[tuple[UUID, str]],
    times: list[float],
    random: Random,
) -> list[Guest]:
    fresh = iter(tickets)
    came: list[tuple[UUID, str]] = []
    guests = []
    for number, (kind, at_s) in enumerate(zip(kinds, times, strict=True)):
        ticket_id: UUID | None = None
        match kind:
            case Kind.GENUINE:
                ticket_id, text = next(fresh)
                came.append((ticket_id, text))
            case Kind.USED:
                ticket_id, text = random.choice(came)
            case Kind.FORGED:
                text = forged(random.choice(came)[1], random)
            case Kind.FOREIGN:
                text = foreign(store)
            case Kind.BAD:
                text = f"{random.choice(BAD_TEXTS)}#{number}"
        guests.append(Guest(number, at_s, kind, text, ticket_id))
    return guests
