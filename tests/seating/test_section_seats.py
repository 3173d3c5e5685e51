"""Types that sit in a section are sold no more often than the section has seats for them."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from data.schema import SeatRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket, cancel_booking, order, upgrade_ticket
from eventdesk.core.errors import NotAllowedError, SeatTakenError, SoldOutError
from eventdesk.sales import availability
from eventdesk.sales.places_left import Availability
from eventdesk.seating import hold_seats, move_seat
from eventdesk.waiting import accept, ask, join, my_entries, open_queue, run_queue, waiting_lists
from tests.build import STAFF, SUPERVISOR, Fair
from tests.figures.crowd import offered, refill
from tests.orders import EARLY, add_seats, order_for, person, set_event, set_type, tickets_of


def standing(fair: Fair, type_id: UUID) -> Availability:
    with Steps(fair.store, SYSTEM.at(EARLY)).read() as act:
        return availability(act, fair.event.id)[type_id]


def hall(fair: Fair, seats: int, *type_ids: UUID) -> list[UUID]:
    """A section of so many seats for these types."""
    section_id, seat_ids = add_seats(fair, seats)
    for type_id in type_ids or (fair.regular,):
        set_type(fair, type_id, section_id=section_id)
    return seat_ids


def test_no_more_tickets_than_seats_are_sold_though_nobody_chooses_one(fair: Fair) -> None:
    hall(fair, 2)
    set_type(fair, fair.regular, price_minor=0)
    ann = person(fair.store, "Ann")
    assert standing(fair, fair.regular).left == 2
    with pytest.raises(SoldOutError, match="Regular has 2 left, and 5 were wanted"):
        order_for(fair, ann, *["Ann"] * 5)
    first = order_for(fair, ann, "Ann", "Bob")
    assert (standing(fair, fair.regular).left, standing(fair, fair.regular).free) == (0, 0)
    with pytest.raises(SoldOutError):
        fair.sell("Cleo")
    assert standing(fair, fair.vip).left is None
    cancel_booking(fair.store, ann.at(EARLY), first.booking_id, reason="")
    assert standing(fair, fair.regular).left == 2


def test_blocked_seats_and_those_of_guests_of_other_types_are_no_places(fair: Fair) -> None:
    seats = hall(fair, 4)
    with fair.store.write() as connection:
        connection.execute(update(SeatRow).where(SeatRow.id == seats[0]).values(blocked=True))
    (guest,) = fair.sell("Guest of the house", ticket_type_id=fair.vip).ticket_ids
    move_seat(fair.store, STAFF.at(EARLY), guest, seats[1])
    assert standing(fair, fair.regular).left == 2
    ann = person(fair.store, "Ann")
    order_for(fair, ann, seat_id=seats[2])
    assert standing(fair, fair.regular).left == 1
    with pytest.raises(SoldOutError):
        order_for(fair, ann, "Ann", "Bob")


def test_types_that_share_a_section_share_its_seats(fair: Fair) -> None:
    hall(fair, 3, fair.regular, fair.vip)
    ann = person(fair.store, "Ann")
    order_for(fair, ann)
    assert standing(fair, fair.vip).left == 2
    both = [NewTicket(fair.regular, "Ann"), *[NewTicket(fair.vip, "Bob")] * 2]
    booking = NewBooking("Ann", "ann@example.org", tuple(both))
    with pytest.raises(SoldOutError, match="VIP has 1 left, and 2 were wanted") as caught:
        order(fair.store, ann.at(EARLY), fair.event.id, booking)
    assert (caught.value.ticket_type_id, caught.value.left) == (fair.vip, 1)
    fewer = replace(booking, tickets=tuple(both[:2]))
    order(fair.store, ann.at(EARLY), fair.event.id, fewer)
    assert (standing(fair, fair.vip).left, standing(fair, fair.regular).left) == (0, 0)


def test_an_upgrade_takes_its_own_place_in_the_section_along(fair: Fair) -> None:
    seats = hall(fair, 1, fair.regular, fair.vip)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, seat_id=seats[0])
    upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    assert tickets_of(fair.store, booked.booking_id)[0].seat == "H-1"
    assert standing(fair, fair.regular).left == 0


def test_who_waits_is_offered_only_what_has_a_seat(store: Store, fair: Fair) -> None:
    hall(fair, 1)
    ann, bob, cleo = (person(store, name) for name in ("Ann", "Bob", "Cleo"))
    booked = order_for(fair, ann)
    for one in (bob, cleo):
        join(store, one.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    assert refill(fair) == []
    assert waiting_lists(store, SUPERVISOR.at(EARLY), fair.event.id)[0].free == 0
    cancel_booking(store, ann.at(EARLY), booked.booking_id, reason="")
    assert offered(store) == ["Bob"]
    with pytest.raises(SoldOutError):
        order_for(fair, ann)
    accept(store, bob.at(EARLY), my_entries(store, bob.at(EARLY))[0].id)
    assert refill(fair) == []


def test_who_waits_for_a_section_claims_no_more_of_the_event_than_it_has_seats(fair: Fair) -> None:
    hall(fair, 1)
    set_event(fair, capacity=3)
    ann, bob, cleo = (person(fair.store, name) for name in ("Ann", "Bob", "Cleo"))
    order_for(fair, ann)
    for one in (bob, cleo):
        join(fair.store, one.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    assert standing(fair, fair.vip).left == 2
    order_for(fair, ann, "Ann", "Dan", ticket_type_id=fair.vip)


def test_the_queue_gives_as_many_as_there_are_seats(fair: Fair) -> None:
    hall(fair, 2)
    late = EARLY.replace(hour=EARLY.hour + 1)
    open_queue(fair.store, SUPERVISOR.at(EARLY), fair.event.id, queue_from=EARLY, queue_until=late)
    tickets = tuple(NewTicket(fair.regular, f"Guest {number}") for number in range(3))
    wish = NewBooking("Ann", "ann@example.org", tickets)
    ask(fair.store, person(fair.store, "Ann").at(EARLY), fair.event.id, wish, partly=True)
    run_queue(fair.store, SUPERVISOR.at(late), fair.event.id)
    assert (standing(fair, fair.regular).taken, standing(fair, fair.regular).left) == (2, 0)


def test_an_attendee_takes_no_seat_of_a_section_that_the_ticket_is_not_for(fair: Fair) -> None:
    seats = hall(fair, 2, fair.vip)
    set_type(fair, fair.vip, price_minor=0)
    ann = person(fair.store, "Ann")
    with pytest.raises(SeatTakenError, match="not in the section of Regular"):
        order_for(fair, ann, seat_id=seats[0])
    booked = order_for(fair, ann, seat_id=seats[0], ticket_type_id=fair.vip)
    set_type(fair, fair.vip, section_id=None, price_minor=20000)
    (regular,) = order_for(fair, ann).ticket_ids
    with pytest.raises(SeatTakenError):
        upgrade_ticket(fair.store, ann.at(EARLY), regular, fair.vip, seat_id=seats[1])
    fair.sell("Guest of the house", seat_id=seats[1])
    assert tickets_of(fair.store, booked.booking_id)[0].seat == "H-1"


def test_nobody_books_the_seat_that_another_account_holds_by_naming_it(fair: Fair) -> None:
    seats = hall(fair, 2)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    assert ann.id is not None
    hold_seats(fair.store, ann.at(EARLY), fair.event.id, seats[:1], holder_id=ann.id)
    ticket = NewTicket(fair.regular, "Bob", seat_id=seats[0])
    booking = NewBooking("Bob", "bob@example.org", (ticket,), hold_id=ann.id)
    with pytest.raises(NotAllowedError, match="seats of somebody else"):
        order(fair.store, bob.at(EARLY), fair.event.id, booking)
    booked = order(fair.store, ann.at(EARLY), fair.event.id, booking)
    assert tickets_of(fair.store, booked.booking_id)[0].seat == "H-1"
