"""The team registers people by name: adjacent seats, and the waitlist for who does not fit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventdesk.booking import NewBooking, NewTicket, cancel_booking
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SoldOutError
from eventdesk.core.money import Money
from eventdesk.sales import NewTicketType, add_ticket_type
from eventdesk.seating import hold_seats
from eventdesk.waiting import Registered, Without, list_waitlist, register
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, add_seats, order_for, person, set_event, set_type


def booking(fair: Fair, *names: str, email: bool = True) -> NewBooking:
    def address(name: str) -> str:
        return f"{name.lower()}@example.org" if email else ""

    tickets = tuple(NewTicket(fair.regular, name, address(name)) for name in names)
    return NewBooking(names[0], address(names[0]), tickets, paid=False, source="organizer")


def singles(fair: Fair, *names: str) -> list[NewBooking]:
    return [booking(fair, name) for name in names]


def got(done: list[Registered]) -> dict[str, str | int | None]:
    """The seat of each, or the place on the waitlist."""
    return {each.name: each.place if each.waits else each.seat for each in done}


def test_tickets_for_a_section_get_the_best_seats_side_by_side(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 7)
    set_type(fair, fair.regular, section_id=section_id)
    ann = person(fair.store, "Ann")
    assert ann.id is not None
    hold_seats(fair.store, ann.at(EARLY), fair.event.id, seats[:1], holder_id=ann.id)
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada", "Bob", "Cid"))
    assert got(done) == {"Ada": "H-3", "Bob": "H-4", "Cid": "H-5"}
    (again,) = register(fair.store, STAFF.at(EARLY), fair.event.id, [booking(fair, "Dan")])
    assert again.seat in ("H-2", "H-6")


def test_a_party_no_row_can_hold_sits_in_the_largest_groups(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 5)
    set_type(fair, fair.regular, section_id=section_id)
    order_for(fair, person(fair.store, "Mid"), seat_id=seats[2])
    done = register(
        fair.store, STAFF.at(EARLY), fair.event.id, [booking(fair, "Ada", "Bob", "Cid", "Dan")]
    )
    assert sorted(each.seat for each in done) == ["H-1", "H-2", "H-4", "H-5"]


def test_a_type_without_a_section_has_no_seats(fair: Fair) -> None:
    add_seats(fair, 2)
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    assert got(done) == {"Ada": ""}


def test_without_the_waitlist_it_is_all_or_nothing(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    with pytest.raises(SoldOutError):
        register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada", "Bob"))
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    assert got(done) == {"Ada": ""}


@pytest.mark.parametrize("together", [False, True])
def test_who_does_not_fit_waits_in_order(fair: Fair, together: bool) -> None:
    section_id, _ = add_seats(fair, 2)
    set_type(fair, fair.regular, section_id=section_id)
    names = ("Ada", "Bob", "Cid", "Dan")
    new = [booking(fair, *names)] if together else singles(fair, *names)
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, new, waitlist=True)
    assert got(done) == {"Ada": "H-1", "Bob": "H-2", "Cid": 1, "Dan": 2}
    waiting, _ = list_waitlist(fair.store, STAFF.at(EARLY), fair.event.id)
    assert [entry.name for entry in waiting] == ["Cid", "Dan"]
    assert len({each.booked.code for each in done if each.booked}) == (1 if together else 2)


def test_the_capacity_of_the_event_counts_too(fair: Fair) -> None:
    set_event(fair, capacity=1)
    done = register(
        fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada", "Bob"), waitlist=True
    )
    assert got(done) == {"Ada": "", "Bob": 1}


def test_nobody_overtakes_those_who_wait_and_who_waits_stays_at_the_place(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=0)
    register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"), waitlist=True)
    set_type(fair, fair.regular, quota=1)
    done = register(
        fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Bob", "Ada"), waitlist=True
    )
    assert got(done) == {"Bob": 2, "Ada": 1}


def test_an_unpaid_place_past_its_deadline_is_given_to_the_next_registered(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    order_for(fair, person(fair.store, "Ann"))
    late = EARLY + timedelta(days=2)
    done = register(
        fair.store, STAFF.at(late), fair.event.id, singles(fair, "Ada", "Bob"), waitlist=True
    )
    assert got(done) == {"Ada": "", "Bob": 1}


def test_who_would_wait_needs_an_address_and_nothing_is_done_without(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    new = [booking(fair, "Ada"), booking(fair, "Bob", email=False)]
    with pytest.raises(InvalidInputError, match="Bob would wait, and has no e-mail"):
        register(fair.store, STAFF.at(EARLY), fair.event.id, new, waitlist=True)
    assert got(register(fair.store, STAFF.at(EARLY), fair.event.id, new[:1])) == {"Ada": ""}


def test_a_type_without_a_waitlist_says_so(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=0, waitlist=False)
    with pytest.raises(InvalidInputError, match="has no waitlist"):
        register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"), waitlist=True)


def test_attendees_register_nobody_and_staff_force_nothing(fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        register(fair.store, ATTENDEE.at(EARLY), fair.event.id, singles(fair, "Ada"))
    with pytest.raises(NotAllowedError):
        register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"), force=True)


def test_a_donation_takes_no_place_from_those_who_register(fair: Fair) -> None:
    kind = NewTicketType("Gift", Money(500, "EUR"), admits=0)
    gift = add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, kind)
    set_event(fair, capacity=2)
    new = booking(fair, "Ada", "Bob", "Cid")
    both = replace(new, tickets=(*new.tickets, NewTicket(gift, "Gift")))
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, [both], waitlist=True)
    assert got(done) == {"Ada": "", "Bob": "", "Cid": 1, "Gift": ""}


def test_packages_are_registered_whole_and_do_not_wait(fair: Fair) -> None:
    kind = NewTicketType("Family", Money(10000, "EUR"), admits=4)
    family = add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, kind)
    set_event(fair, capacity=6)
    four = [NewTicket(family, f"Guest {number}") for number in range(4)]
    one = NewBooking("Ann", "ann@example.org", tuple(four), paid=False)
    done = register(
        fair.store,
        STAFF.at(EARLY),
        fair.event.id,
        [one, *singles(fair, "Ada", "Bob", "Cid")],
        waitlist=True,
    )
    assert [each.place for each in done] == [None] * 6 + [1]
    two = replace(one, tickets=tuple(replace(each, email="ann@example.org") for each in four * 2))
    with pytest.raises(InvalidInputError, match="Family has no waitlist"):
        register(fair.store, STAFF.at(EARLY), fair.event.id, [two], waitlist=True)


def without(done: list[Registered]) -> dict[str, Without | None]:
    return {each.name: each.without for each in done}


def test_who_has_a_ticket_is_passed_over_with_its_code(fair: Fair) -> None:
    (ada,) = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    (again, bob) = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada", "Bob"))
    assert (again.without, again.booked, again.ticket_code) == (
        Without.HAS_TICKET,
        None,
        ada.ticket_code,
    )
    assert not again.waits
    assert bob.booked is not None
    loud = replace(
        booking(fair, "Ada"), tickets=(NewTicket(fair.regular, " ÁDA", "ADA@Example.org"),)
    )
    (third,) = register(fair.store, STAFF.at(EARLY), fair.event.id, [loud])
    assert third.without is Without.HAS_TICKET
    (wanted,) = register(fair.store, STAFF.at(EARLY), fair.event.id, [loud], again=True)
    assert wanted.booked is not None


def test_only_the_same_name_and_address_are_the_same_person(fair: Fair) -> None:
    register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    new = [
        booking(fair, "Ada", email=False),
        replace(booking(fair, "Ann"), email="ada@example.org"),
    ]
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, new)
    assert without(done) == {"Ada": None, "Ann": None}


def test_a_file_that_names_somebody_twice_is_passed_over_whole_the_second_time(fair: Fair) -> None:
    twice = singles(fair, "Guest", "Guest")
    first = register(fair.store, STAFF.at(EARLY), fair.event.id, twice)
    assert [each.without for each in first] == [None, None]
    again = register(fair.store, STAFF.at(EARLY), fair.event.id, [*twice, booking(fair, "Guest")])
    assert [each.without for each in again] == [Without.HAS_TICKET, Without.HAS_TICKET, None]


def test_a_ticket_that_was_cancelled_is_none(fair: Fair) -> None:
    (ada,) = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    assert ada.booked is not None
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ada.booked.booking_id, reason="ill")
    (again,) = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    assert again.without is None


def test_partly_the_first_are_booked_and_the_others_named(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=2)
    new = [booking(fair, "Ada"), booking(fair, "Bob", email=False), booking(fair, "Cid")]
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, new, partly=True)
    assert without(done) == {"Ada": None, "Bob": None, "Cid": Without.NO_PLACE}
    assert list_waitlist(fair.store, STAFF.at(EARLY), fair.event.id) == ([], 0)


def test_places_of_those_who_are_passed_over_are_for_the_others(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=2)
    register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada"))
    done = register(fair.store, STAFF.at(EARLY), fair.event.id, singles(fair, "Ada", "Bob"))
    assert without(done) == {"Ada": Without.HAS_TICKET, "Bob": None}


@pytest.mark.parametrize("quota", [0, 1])
def test_who_cannot_wait_is_not_sent_to_the_waitlist(fair: Fair, quota: int) -> None:
    set_type(fair, fair.regular, quota=quota)
    new = singles(fair, "Ada", "Bob")
    with pytest.raises(SoldOutError) as early:
        register(fair.store, STAFF.at(EARLY), fair.event.id, new)
    assert (early.value.waitlist, "waitlist" in early.value.hint) == (True, True)
    with pytest.raises(SoldOutError) as running:
        register(fair.store, STAFF.at(NOON), fair.event.id, new)
    assert (running.value.waitlist, "waitlist" in running.value.hint) == (False, False)
    set_type(fair, fair.regular, waitlist=False)
    with pytest.raises(SoldOutError) as none:
        register(fair.store, STAFF.at(EARLY), fair.event.id, new)
    assert (none.value.waitlist, "waitlist" in none.value.hint) == (False, False)
