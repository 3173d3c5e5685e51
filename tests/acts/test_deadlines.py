"""What is past its deadline is free for everybody who asks, although nothing has swept it yet."""

import csv
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from eventdesk.acts import SYSTEM, Steps, watch_clock
from eventdesk.booking import (
    booking_detail,
    extend_deadline,
    list_attendees,
    list_bookings,
    my_bookings,
    my_tickets,
    upgrade_ticket,
)
from eventdesk.booking.own_tickets import my_ticket
from eventdesk.core.errors import InvalidInputError, SeatTakenError, SoldOutError
from eventdesk.door import Outcome, check_in
from eventdesk.events import event_detail, list_events
from eventdesk.exchange import Listing, export_tickets
from eventdesk.figures import Choice, event_overview
from eventdesk.figures import standing as wall
from eventdesk.figures.reports.sales import sales_report
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import start_payment, take_payment
from eventdesk.sales import NewDiscount, add_discount, availability, list_ticket_types, offers
from eventdesk.sales.places_left import Availability
from eventdesk.seating import hold_seats, list_sections, plan
from eventdesk.tables.files import Form
from eventdesk.waiting import (
    EntryState,
    accept,
    join,
    leave_session,
    list_waitlist,
    my_entries,
    my_programme,
    sign_up_for_session,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.figures.crowd import add_session, free, sell_out
from tests.orders import EARLY, add_seats, booking_of, order_for, person, set_event, set_type

LATE = EARLY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_sale(fair: Fair) -> None:
    """Two regular tickets, that cost something and are held for half an hour."""
    set_event(fair, hold_minutes=30)
    set_type(fair, fair.regular, price_minor=1000, quota=2)


def standing(fair: Fair) -> Availability:
    with Steps(fair.store, SYSTEM.at(LATE)).read() as act:
        return availability(act, fair.event.id)[fair.regular]


def test_an_overdue_booking_takes_no_place(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"), "Ann", "Ben")
    assert (standing(fair).taken, standing(fair).left) == (0, 2)
    assert offers(fair.store, SYSTEM.at(LATE), fair.event.id)[0].remaining == 2
    assert event_detail(fair.store, SYSTEM.at(LATE), fair.event.id).taken == 0
    assert list_events(fair.store, SYSTEM.at(LATE))[0].tickets == 0
    figures = event_overview(fair.store, SUPERVISOR.at(LATE), fair.event.id).figures
    assert (figures.taken, figures.pending) == (0, 0)
    assert booking_of(fair.store, booked.booking_id).state == "pending", "nothing has swept"


def test_the_wall_expects_nobody_of_an_overdue_booking(fair: Fair) -> None:
    fair.sell("Zoe")
    order_for(fair, person(fair.store, "Ann"))
    choice = Choice()
    early = wall(fair.store, SUPERVISOR.at(EARLY), fair.event.id, choice)
    late = wall(fair.store, SUPERVISOR.at(LATE), fair.event.id, choice)
    assert (early.total.expected, late.total.expected) == (2, 1)


def test_until_its_deadline_a_booking_keeps_its_places(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"))
    assert booked.expires_at is not None
    moment = timedelta(microseconds=1)
    with Steps(fair.store, SYSTEM).read() as act:
        kept = availability(act.at(booked.expires_at - moment), fair.event.id)
        gone = availability(act.at(booked.expires_at), fair.event.id)
    assert (kept[fair.regular].left, gone[fair.regular].left) == (1, 2)


def test_what_was_paid_in_part_keeps_its_places(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    set_type(fair, fair.vip, price_minor=3000)
    upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    with Steps(fair.store, SYSTEM.at(LATE)).read() as act:
        assert availability(act, fair.event.id)[fair.vip].taken == 1
    (line,), _ = list_bookings(fair.store, STAFF.at(LATE), fair.event.id)
    assert line.state == "pending"


def test_an_overdue_booking_is_shown_as_expired(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    (line,), _ = list_bookings(fair.store, STAFF.at(LATE), fair.event.id, state="expired")
    assert (line.state, line.tickets, line.due.minor, line.expires_at) == ("expired", 0, 0, None)
    assert list_bookings(fair.store, STAFF.at(LATE), fair.event.id, state="pending") == ([], 0)
    assert [each.line.state for each in my_bookings(fair.store, ann.at(LATE))] == ["expired"]
    detail = booking_detail(fair.store, ann.at(LATE), booked.booking_id)
    assert [ticket.state for ticket in detail.tickets] == ["expired"]
    (attendee,), _ = list_attendees(fair.store, STAFF.at(LATE), fair.event.id)
    assert attendee.state == "expired"
    assert my_tickets(fair.store, ann.at(LATE)) == []
    ticket = my_ticket(fair.store, ann.at(LATE), booked.ticket_ids[0])
    assert ticket.why_no_code == "The booking was not paid in time."


def test_an_overdue_booking_is_exported_and_reported_as_ended(fair: Fair, tmp_path: Path) -> None:
    order_for(fair, person(fair.store, "Ann"))
    path = tmp_path / "bookings.csv"
    export_tickets(
        fair.store, SYSTEM.at(LATE), Listing.BOOKINGS, Form.CSV, event_id=fair.event.id, path=path
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        (told,) = csv.DictReader(file)
    assert (told["state"], told["tickets"], told["due"]) == ("expired", "0", "0.00"), told
    report = sales_report(fair.store, SUPERVISOR.at(LATE), fair.event.id)
    assert report.tables[0].rows == ()


def test_an_overdue_booking_is_neither_paid_at_the_desk_nor_prolonged(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"))
    with pytest.raises(InvalidInputError, match="is expired; its places are free"):
        take_payment(fair.store, STAFF.at(LATE), booked.booking_id, method="cash")
    until = LATE + timedelta(days=1)
    with pytest.raises(InvalidInputError, match="is expired"):
        extend_deadline(fair.store, SUPERVISOR.at(LATE), booked.booking_id, until=until)


def test_a_ticket_of_an_overdue_booking_lets_nobody_in(fair: Fair) -> None:
    set_event(fair, hold_minutes=1)
    booked = order_for(fair, person(fair.store, "Ann"), now=NOON - timedelta(hours=1))
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.outcome is Outcome.CANCELLED


def test_the_seat_of_an_overdue_booking_is_free(fair: Fair) -> None:
    section_id, (first, second) = add_seats(fair, 2)
    set_type(fair, fair.regular, section_id=section_id)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    order_for(fair, ann, seat_id=first)
    order_for(fair, ann, seat_id=second, now=LATE)

    def states() -> list[str]:
        (section,) = plan(fair.store, SYSTEM.at(LATE), fair.event.id, holder_id=None)
        return [seat.state for seat in section.seats]

    assert states() == ["free", "taken"]
    (section,) = list_sections(fair.store, SYSTEM.at(LATE), fair.event.id)
    assert (section.taken, section.free) == (1, 1)
    hold_seats(fair.store, bob.at(LATE), fair.event.id, [first], holder_id=bob.id or uuid4())
    assert states() == ["held", "taken"]
    with pytest.raises(SeatTakenError):
        hold_seats(fair.store, bob.at(LATE), fair.event.id, [second], holder_id=bob.id or uuid4())


def test_the_places_of_an_overdue_booking_belong_to_the_waitlist_first(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    order_for(fair, ann, "Ann", "Ben")
    join(fair.store, bob.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    assert (standing(fair).free, standing(fair).left) == (2, 1)


def test_a_code_used_by_an_overdue_booking_is_good_again(fair: Fair) -> None:
    once = NewDiscount("ONCE", "percent", 1000, most_tickets=1)
    add_discount(fair.store, SUPERVISOR.at(EARLY), fair.event.id, once)
    order_for(fair, person(fair.store, "Ann"), code="ONCE")
    again = order_for(fair, person(fair.store, "Bob"), code="ONCE", now=LATE)
    assert str(again.total) == "9.00 EUR"


def test_an_offer_past_its_deadline_keeps_no_place(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    ticket, _ = sell_out(fair, fair.regular, quota=2)
    join(fair.store, ann.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    assert len(free(fair, ticket)) == 1
    with Steps(fair.store, SYSTEM.at(EARLY)).read() as act:
        assert availability(act, fair.event.id)[fair.regular].left == 0
    much_later = EARLY + timedelta(days=20)
    with Steps(fair.store, SYSTEM.at(much_later)).read() as act:
        left = availability(act, fair.event.id)[fair.regular]
    assert (left.left, left.promised) == (1, 0)
    assert my_entries(fair.store, ann.at(much_later)) == []
    assert list_waitlist(fair.store, STAFF.at(much_later), fair.event.id) == ([], 0)
    (entry,), _ = list_waitlist(fair.store, STAFF.at(much_later), fair.event.id, closed=True)
    assert entry.state is EntryState.EXPIRED
    assert order_for(fair, bob, now=much_later).state == "pending"


def test_an_offered_place_in_a_session_is_free_after_its_deadline(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    for each in (ann, bob):
        booked = order_for(fair, each)
        take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    talk, other = add_session(fair, "Talk"), add_session(fair, "Other")
    sign_up_for_session(fair.store, bob.at(EARLY), talk)
    sign_up_for_session(fair.store, ann.at(EARLY), other)
    sign_up_for_session(fair.store, ann.at(EARLY), talk, despite_conflict=True)
    leave_session(fair.store, bob.at(EARLY), talk)  # it clashes for Ann, so it is offered
    offer = my_entries(fair.store, ann.at(EARLY))[0]
    assert offer.offer_until is not None
    (shown,) = (
        item
        for item in my_programme(fair.store, bob.at(offer.offer_until), fair.event.id).items
        if item.session_id == talk
    )
    assert shown.left == 1


def test_while_the_clock_is_not_believed_nothing_is_overdue(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    order_for(fair, ann, "Ann", "Ben")
    watch_clock(fair.store, SYSTEM.at(EARLY))
    much_later = EARLY + timedelta(days=3)
    with Steps(fair.store, SYSTEM.at(much_later)).read() as act:
        left = availability(act, fair.event.id)[fair.regular].left
    assert left == 0
    with pytest.raises(SoldOutError):
        order_for(fair, bob, now=much_later)
    (line,), _ = list_bookings(fair.store, STAFF.at(much_later), fair.event.id)
    assert line.state == "pending"
    watch_clock(fair.store, SYSTEM.at(much_later))
    watch_clock(fair.store, SYSTEM.at(much_later + timedelta(minutes=11)))
    assert order_for(fair, bob, now=much_later + timedelta(minutes=12)).state == "pending"


def test_an_offer_holds_while_the_clock_is_not_believed(fair: Fair) -> None:
    ticket, _ = sell_out(fair, fair.regular, quota=2)
    ann = person(fair.store, "Ann")
    join(fair.store, ann.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, ticket)
    watch_clock(fair.store, SYSTEM.at(EARLY))
    much_later = EARLY + timedelta(days=20)
    with Steps(fair.store, SYSTEM.at(much_later)).read() as act:
        assert availability(act, fair.event.id)[fair.regular].left == 0
    assert len(my_entries(fair.store, ann.at(much_later))) == 1


def test_sold_held_and_left_of_each_type_are_told_apart(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=4)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    paid = order_for(fair, ann)
    take_payment(fair.store, STAFF.at(EARLY), paid.booking_id, method="cash")
    order_for(fair, bob, now=LATE)
    view, _ = list_ticket_types(fair.store, SUPERVISOR.at(LATE), fair.event.id)
    assert (view.sold, view.held, view.left) == (1, 1, 2)
    table = sales_report(fair.store, SUPERVISOR.at(LATE), fair.event.id).tables[-1]
    assert table.rows[0] == ("Regular", 1, 1, 2)
    later = LATE + timedelta(hours=1)
    view, _ = list_ticket_types(fair.store, SUPERVISOR.at(later), fair.event.id)
    assert (view.sold, view.held, view.left) == (1, 0, 3)


def test_what_was_paid_in_part_may_be_paid_to_the_end_through_a_gateway(fair: Fair) -> None:
    TestDeskGateway(fair.store.home).enable()
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    set_type(fair, fair.vip, price_minor=3000)
    upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    started = start_payment(fair.store, ann.at(LATE), booked.booking_id, provider="test-desk")
    assert started.amount.minor == 2000
    assert started.expires_at is not None
    assert started.expires_at > LATE


def test_what_no_believed_clock_has_ended_is_still_paid_and_accepted(fair: Fair) -> None:
    TestDeskGateway(fair.store.home).enable()
    (ticket,) = sell_out(fair, fair.regular)
    ann, ben = person(fair.store, "Ann"), person(fair.store, "Ben")
    set_type(fair, fair.vip, price_minor=3000)
    unpaid = order_for(fair, ann, ticket_type_id=fair.vip)
    join(fair.store, ben.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    (entry_id,) = free(fair, ticket)
    watch_clock(fair.store, SYSTEM.at(EARLY))
    ahead = EARLY + timedelta(days=3)
    start_payment(fair.store, ann.at(ahead), unpaid.booking_id, provider="test-desk")
    assert accept(fair.store, ben.at(ahead), entry_id).ticket_ids
