"""Building events and tickets in a few words."""

import atexit
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any
from uuid import UUID, uuid4

from data.store import Store
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role
from eventdesk.booking import Booked, NewBooking, NewTicket, book, token_of
from eventdesk.core.money import Money
from eventdesk.door import GateView, ListView, NewCheckInList, Scan, add_check_in_list, add_gate
from eventdesk.events import EventView, NewEvent, create_event
from eventdesk.sales import NewTicketType, add_ticket_type

NOON = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
"""Noon in Berlin on the day of the event."""

STAFF = Actor(ActorKind.ACCOUNT, UUID(int=1), "Sam Staff", Role.STAFF)
OTHER_STAFF = Actor(ActorKind.ACCOUNT, UUID(int=2), "Olu Other", Role.STAFF)
SUPERVISOR = Actor(ActorKind.ACCOUNT, UUID(int=3), "Sue Supervisor", Role.ORGANIZER)
ATTENDEE = Actor(ActorKind.ACCOUNT, UUID(int=4), "Ann Attendee", Role.ATTENDEE)


@dataclass(frozen=True)
class Fair:
    """One event with two ticket types, a check-in list for both and a gate."""

    store: Store
    event: EventView
    regular: UUID
    vip: UUID
    door: ListView
    gate: GateView

    def sell(self, name: str = "Ada Lovelace", **ticket: Any) -> Booked:
        """Sell one paid ticket."""
        return self.sell_all([name], **ticket)

    def sell_all(
        self, names: Sequence[str], *, paid: bool = True, approved: bool = True, **ticket: Any
    ) -> Booked:
        """Sell one booking with a ticket for each name."""
        email = ticket.pop("email", "ada@example.org")
        account_id = ticket.pop("account_id", None)
        ticket.setdefault("ticket_type_id", self.regular)
        tickets = tuple(NewTicket(name=name, **ticket) for name in names)
        booking = NewBooking(names[0], email, tickets, paid, approved, account_id)
        return book(self.store, SYSTEM.at(NOON), self.event.id, [booking])[0]

    def token(self, booked: Booked, index: int = 0) -> str:
        """The QR text of one of a booking's tickets."""
        return token_of(self.store, SYSTEM, booked.ticket_ids[index])

    def scan(self, text: str, **given: Any) -> Scan:
        """A scan of this text at the door, with a nonce of its own."""
        given.setdefault("nonce", uuid4().hex)
        given.setdefault("seen_at", NOON)
        given.setdefault("list_id", self.door.id)
        return Scan(text, **given)

    def list(self, name: str = "Another door", **given: Any) -> ListView:
        """Add another check-in list."""
        new = NewCheckInList(name, **given)
        return add_check_in_list(self.store, SYSTEM.at(NOON), self.event.id, new)


@cache
def _templates() -> Path:
    """A folder of stores to be copied, one for each process that tests."""
    folder = Path(mkdtemp(prefix="eventdesk-tests-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


@cache
def _empty() -> Path:
    home = _templates() / "empty"
    Store.create(home, device_name="test desk").close()
    return home


@cache
def _with_fair() -> tuple[Path, Fair]:
    home = _templates() / "fair"
    with empty_store(home) as store:
        return home, make_fair(store)


def empty_store(home: Path) -> Store:
    """Open a new, empty store. It is copied: making all its tables takes half a second."""
    copytree(_empty(), home)
    return Store(home)


def store_with_fair(home: Path) -> Store:
    """Open a new store with the event of `make_fair`, copied as well."""
    copytree(_with_fair()[0], home)
    return Store(home)


def fair_of(store: Store) -> Fair:
    """The event of a store that `store_with_fair` opened."""
    return replace(_with_fair()[1], store=store)


def make_fair(store: Store, name: str = "Demo Days", **door: Any) -> Fair:
    """Set up an event; keyword arguments are those of its check-in list."""
    day = NOON.replace(hour=0)
    event = create_event(
        store,
        SYSTEM.at(NOON),
        NewEvent(name, day, day + timedelta(days=2), "Europe/Berlin", published=True),
    )
    regular = NewTicketType("Regular", Money(12000, "EUR"))
    vip = NewTicketType("VIP", Money(29000, "EUR"), priority=1)
    regular_id = add_ticket_type(store, SYSTEM.at(NOON), event.id, regular)
    vip_id = add_ticket_type(store, SYSTEM.at(NOON), event.id, vip)
    new = NewCheckInList(door.pop("list_name", "Main entrance"), **door)
    listed = add_check_in_list(store, SYSTEM.at(NOON), event.id, new)
    gate = add_gate(store, SYSTEM.at(NOON), event.id, "Gate A")
    return Fair(store, event, regular_id, vip_id, listed, gate)
