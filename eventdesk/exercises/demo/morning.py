"""The morning of the demo event: what a house has set up ten minutes before doors open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from data.store import Store
from eventdesk.accounts import set_desk_pin, transfer_event
from eventdesk.acts import SYSTEM
from eventdesk.booking import list_attendees
from eventdesk.core.money import Money
from eventdesk.door import list_gates
from eventdesk.exercises.demo.agenda import CURRENCY
from eventdesk.exercises.demo.fill import DemoEvent
from eventdesk.money import add_vouchers
from eventdesk.printing import NewPrinter, add_printer, assign
from eventdesk.sales import (
    NewDiscount,
    TicketTypeView,
    add_discount,
    change_ticket_type,
    list_ticket_types,
)
from eventdesk.seating import NewRows, add_section, make_rows, move_seat, plan
from eventdesk.waiting import join

DESK_PIN: Final = "161803"
"""With which the organizer approves at others' desks."""

FRONT_ROWS: Final = NewRows("A-C", 14, aisles_after=(7,), blocked=("A-7", "A-8"))

DISCOUNTS: Final = (
    NewDiscount("EARLYBIRD", "percent", 2_000, most_tickets=100, note="Newsletter of spring"),
    NewDiscount("FRIENDS", "amount", 1_000, note="Friends of the house"),
)

VOUCHER: Final = ("HARBOUR-50", Money(5_000, CURRENCY))

WAITING: Final = (
    ("Lia Carvalho", "lia.carvalho@example.com"),
    ("Bao Nguyen", "bao.nguyen@example.net"),
    ("Greta Holm", "greta.holm@example.org"),
    ("Omar Haddad", "omar.haddad@example.com"),
)
"""Who waits for a VIP ticket, the first one first."""

PRINTERS: Final = (
    # Nothing listens at the discard port: this one is really out of reach, whatever the machine.
    (NewPrinter("Entrance left", "tcp://127.0.0.1:9"), "Gate A"),
    (NewPrinter("Entrance right", "folder"), "Gate B"),
    (NewPrinter("Back office", "folder"), ""),
)
"""Each with its gate; "" takes what no other printer takes."""

PAGE: Final = 500


def set_up_morning(store: Store, made: DemoEvent, *, now: datetime) -> None:
    """Give a demo event its seats, codes, waitlist, printers and a supervisor's PIN."""
    actor, event_id = SYSTEM.at(now), made.event.id
    types = {each.about.name: each for each in list_ticket_types(store, actor, event_id)}
    _seat_vips(store, types["VIP"], now)
    for discount in DISCOUNTS:
        add_discount(store, actor, event_id, discount)
    code, value = VOUCHER
    add_vouchers(store, actor, event_id, value=value, code=code)
    for name, email in WAITING if types["VIP"].taken else ():  # else there is a ticket left
        join(store, actor, event_id, ticket_type_id=types["VIP"].id, name=name, email=email)
    if made.organizer_id is not None:  # else the house has people and printers of its own
        transfer_event(store, actor, event_id, made.organizer_id)
        set_desk_pin(store, actor, DESK_PIN, account_id=made.organizer_id)
        _add_printers(store, event_id, now)


def _seat_vips(store: Store, vip: TicketTypeView, now: datetime) -> None:
    """Give the VIPs the front rows; whoever has no seat there stands, and no more are sold."""
    actor = SYSTEM.at(now)
    section_id = add_section(store, actor, vip.event_id, "Great Hall, front rows")
    make_rows(store, actor, section_id, FRONT_ROWS)
    rest = replace(vip.about, quota=max(1, vip.taken), section_id=section_id)
    change_ticket_type(store, actor, vip.id, rest)
    (front,) = plan(store, actor, vip.event_id, holder_id=None)
    free = [seat for seat in front.seats if seat.state == "free"]
    for ticket_id, seat in zip(_holders(store, vip), free, strict=False):
        move_seat(store, actor, ticket_id, seat.id)


def _holders(store: Store, vip: TicketTypeView) -> Iterator[UUID]:
    """The tickets of a type, the newest first."""
    for page in count():
        tickets, _found = list_attendees(
            store, SYSTEM, vip.event_id, offset=page * PAGE, limit=PAGE
        )
        yield from (each.ticket_id for each in tickets if each.ticket_type == vip.about.name)
        if len(tickets) < PAGE:
            return


def _add_printers(store: Store, event_id: UUID, now: datetime) -> None:
    gates = {gate.name: gate.id for gate in list_gates(store, SYSTEM, event_id)}
    for new, gate in PRINTERS:
        printer = add_printer(store, SYSTEM.at(now), new)
        if gate:
            assign(store, SYSTEM.at(now), printer.id, event_id=event_id, gate_ids=[gates[gate]])
