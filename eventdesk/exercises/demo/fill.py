"""Filling a store with a demo event: types, lists, gates, a team, and a crowd with tickets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from data.store import Store
from eventdesk.accounts import add_account, create_first_admin, needs_first_account
from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.door import (
    EntryPolicy,
    ListView,
    NewCheckInList,
    PrintPolicy,
    UnpaidPolicy,
    add_check_in_list,
    add_gate,
    set_staff_pin,
)
from eventdesk.events import EventView, NewEvent, create_event
from eventdesk.exercises.demo.agenda import (
    CURRENCY,
    TICKET_TYPES,
    TIME_ZONE,
    add_agenda,
    event_name,
    moved,
)
from eventdesk.exercises.demo.people import Person, people
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.sales import NewTicketType, add_ticket_type

MAX_SIZE = 1_000_000
BATCH = 2_000
"""Bookings in one transaction."""

PASSWORD = "demo-password"
STAFF_PIN = "271828"
GUEST_PIN = "314159"
ADMIN = ("admin@example.org", "Ada Admin")
ORGANIZER = ("organizer@example.org", "Olga Organizer")
STAFF = ("desk@example.org", "Dan Desk")

UNPAID_SHARE = 0.02
PRICED = {plan.key for plan in TICKET_TYPES if plan.price_minor}
TOGETHER_SHARE = 0.15
"""Share of bookings for two to four people."""


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """What was made, and how to get in.

    Attributes:
        guest_email: The first guest's address; with `GUEST_PIN` it opens the kiosk's other way in.
            "" where the store had accounts already, so that none were made.
        organizer_id: The account that organizes it; None where none was made.
    """

    event: EventView
    list: ListView
    tickets: int
    guest_email: str
    organizer_id: UUID | None = None


def fill_demo(
    store: Store,
    *,
    size: int,
    seed: int,
    now: datetime,
    doors_at: datetime | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> DemoEvent:
    """Make a believable event on the day of `now` and the next two; a seed makes the same crowd.

    Args:
        doors_at: When it begins; None is the day before, so that it is on at any hour.

    Raises:
        InvalidInputError: The size is out of range.
    """
    check_size(size)
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    new = NewEvent(
        event_name(seed, day.year),
        doors_at or day - timedelta(days=1),
        (doors_at or day) + timedelta(days=3),
        TIME_ZONE,
        published=True,
    )
    event = create_event(store, SYSTEM.at(now), new)
    add_agenda(store, event.id, day, later=moved(day, doors_at), now=now)
    types = {
        plan.key: add_ticket_type(
            store,
            SYSTEM.at(now),
            event.id,
            NewTicketType(
                plan.name,
                Money(plan.price_minor, CURRENCY),
                hidden=not plan.price_minor,  # crew and speakers: by the team alone
            ),
        )
        for plan in TICKET_TYPES
    }
    main = NewCheckInList("Main entrance", unpaid_policy=UnpaidPolicy.SETTLE)
    lounge = NewCheckInList(
        "VIP lounge",
        ticket_type_ids=frozenset({types["vip"], types["speaker"]}),
        entry_policy=EntryPolicy.AFTER_EXIT,
        print_policy=PrintPolicy.NEVER,
    )
    door = add_check_in_list(store, SYSTEM.at(now), event.id, main)
    add_check_in_list(store, SYSTEM.at(now), event.id, lounge)
    for gate in ("Gate A", "Gate B"):
        add_gate(store, SYSTEM.at(now), event.id, gate)
    guest = next(people(1, seed))
    guest_id, organizer_id = _add_team(store, event.id, guest, now)
    sold = 0
    bookings = _bookings(size, seed, types, guest_id)
    while batch := list(islice(bookings, BATCH)):
        book(store, SYSTEM.at(now), event.id, batch)
        sold += sum(len(booking.tickets) for booking in batch)
        on_progress(sold)
    email = guest.email if guest_id is not None else ""
    return DemoEvent(event, door, sold, email, organizer_id)


def check_size(size: int) -> None:
    """Accept a size that a demo event can have.

    Raises:
        InvalidInputError: It is out of range.
    """
    if not 1 <= size <= MAX_SIZE:
        raise InvalidInputError(
            msg("A demo event has 1 to {most} tickets, not {size}.", most=MAX_SIZE, size=size),
            hint=msg("Such as --size 500."),
        )


def _add_team(
    store: Store, event_id: UUID, guest: Person, now: datetime
) -> tuple[UUID | None, UUID | None]:
    """Make the demo's accounts where there are none yet; the first guest's, and the organizer's."""
    set_staff_pin(store, SYSTEM.at(now), event_id, STAFF_PIN)
    if not needs_first_account(store, SYSTEM):
        return None, None
    create_first_admin(store, SYSTEM.at(now), *ADMIN, PASSWORD)
    # So that paying online can be tried out; never beside events whose guests have to pay.
    TestDeskGateway(store.home).enable()

    def account(email: str, name: str, role: Role, secret: str) -> UUID:
        return add_account(
            store, SYSTEM.at(now), event_id, email=email, name=name, role=role, secret=secret
        )

    account(*STAFF, Role.STAFF, PASSWORD)
    organizer_id = account(*ORGANIZER, Role.ORGANIZER, PASSWORD)
    return account(guest.email, guest.name, Role.ATTENDEE, GUEST_PIN), organizer_id


def _bookings(
    size: int, seed: int, types: dict[str, UUID], guest_id: UUID | None
) -> Iterator[NewBooking]:
    """Group the crowd into bookings: most alone, some together, a few not paid yet."""
    random = Random(f"bookings {seed}")
    crowd = people(size, seed)
    first = True
    while True:
        together = random.randint(2, 4) if random.random() < TOGETHER_SHARE else 1
        group = list(islice(crowd, together))
        if not group:
            return
        tickets = tuple(
            NewTicket(types[one.ticket_type_hint], one.name, one.email, one.line_two)
            for one in group
        )
        costs = any(one.ticket_type_hint in PRICED for one in group)
        paid = first or not costs or random.random() >= UNPAID_SHARE
        account_id = guest_id if first else None
        yield NewBooking(group[0].name, group[0].email, tickets, paid=paid, account_id=account_id)
        first = False
