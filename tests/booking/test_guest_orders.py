"""Booking without an account: who may, by which rules, and what the buyer holds afterwards."""

from collections.abc import Sequence
from typing import Any

import pytest

from eventdesk.acts import VISITOR
from eventdesk.booking import GuestOrder, NewBooking, NewTicket, order_as_guest
from eventdesk.booking.guest_orders import AT_ONCE, MOST_AT_ONCE
from eventdesk.core.errors import (
    InvalidInputError,
    LimitError,
    NotAllowedError,
    NotFoundError,
    SeatTakenError,
    SoldOutError,
)
from eventdesk.events import invite
from eventdesk.sales import NewQuestion, add_question
from eventdesk.seating import hold_best, hold_seats, new_cart, plan, release_seats
from tests.build import SUPERVISOR, Fair
from tests.orders import EARLY, add_seats, booking_of, person, set_event, set_type, tickets_of


def buy(
    fair: Fair, *names: str, email: str = "Zoe@example.org ", access_code: str = "", **given: Any
) -> GuestOrder:
    """Order a ticket for each name without an account."""
    hold_id, code = given.pop("hold_id", None), given.pop("code", "")
    given.setdefault("ticket_type_id", fair.regular)
    tickets = tuple(NewTicket(name=name, **given) for name in names or ("Zoe",))
    booking = NewBooking("Zoe", email, tickets, code=code, hold_id=hold_id)
    asked = VISITOR.at(EARLY)
    return order_as_guest(fair.store, asked, fair.event.id, booking, access_code=access_code)


def held_seats(fair: Fair, cart: Any) -> Sequence[Any]:
    """The seats that a cart holds."""
    (section,) = plan(fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=cart)
    return [seat for seat in section.seats if seat.state == "mine"]


def test_a_visitor_books_and_pays_later(fair: Fair) -> None:
    bought = buy(fair, "Zoe", "Kim")
    row = booking_of(fair.store, bought.booked.booking_id)
    assert (row.account_id, row.email, row.source) == (None, "zoe@example.org", "guest")
    assert (bought.booked.state, bought.booked.expires_at) == ("pending", row.expires_at)
    assert bought.link.startswith("edl_")


def test_an_event_may_ask_for_an_account(fair: Fair) -> None:
    set_event(fair, guest_bookings=False)
    with pytest.raises(NotAllowedError, match="with an account"):
        buy(fair)
    section_id, seats = add_seats(fair, 2)
    cart = new_cart(fair.store, VISITOR)
    with pytest.raises(NotAllowedError):
        hold_seats(fair.store, VISITOR.at(EARLY), fair.event.id, seats, holder_id=cart)
    with pytest.raises(NotAllowedError):
        hold_best(fair.store, VISITOR.at(EARLY), fair.event.id, section_id, 1, holder_id=cart)


def test_a_private_event_opens_by_its_code_and_an_invited_one_to_no_visitor(fair: Fair) -> None:
    set_event(fair, visibility="private", access_code="SESAME")
    with pytest.raises(NotFoundError):
        buy(fair)
    assert buy(fair, access_code="sesame").booked.code
    set_event(fair, visibility="invited")
    invite(fair.store, SUPERVISOR.at(EARLY), fair.event.id, ["zoe@example.org"])
    with pytest.raises(NotFoundError):
        buy(fair, access_code="sesame")


def test_it_needs_an_address_to_which_the_link_can_go(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="e-mail address"):
        buy(fair, email="nowhere")


def test_questions_limits_and_places_bind_as_with_an_account(fair: Fair) -> None:
    set_type(fair, fair.regular, most_per_booking=2, quota=1)
    with pytest.raises(LimitError):
        buy(fair, "A", "B", "C")
    with pytest.raises(SoldOutError):
        buy(fair, "A", "B")
    add_question(
        fair.store, SUPERVISOR.at(EARLY), fair.event.id, NewQuestion("Diet?", required=True)
    )
    with pytest.raises(InvalidInputError, match="Diet"):
        buy(fair)


def test_one_address_has_a_few_unpaid_bookings_at_once(fair: Fair) -> None:
    for email in ("zoe@example.org", "ZOE@example.org", "zoe@example.org"):
        buy(fair, email=email)
    with pytest.raises(LimitError, match="3 unpaid"):
        buy(fair)
    assert buy(fair, email="kim@example.org").booked.code


def test_a_cart_holds_seats_and_takes_them_along(fair: Fair) -> None:
    cart, other = new_cart(fair.store, VISITOR), new_cart(fair.store, VISITOR)
    section_id, _seats = add_seats(fair, 3)
    set_type(fair, fair.regular, section_id=section_id)
    visitor = VISITOR.at(EARLY)
    chosen = hold_best(fair.store, visitor, fair.event.id, section_id, 2, holder_id=cart)
    assert [each.id for each in held_seats(fair, cart)] == [each.id for each in chosen]
    with pytest.raises(SeatTakenError):
        hold_seats(fair.store, visitor, fair.event.id, [chosen[0].id], holder_id=other)
    with pytest.raises(SeatTakenError):
        buy(fair, seat_id=chosen[0].id, hold_id=other)
    bought = buy(fair, seat_id=chosen[0].id, hold_id=cart)
    (ticket,) = tickets_of(fair.store, bought.booked.booking_id)
    assert ticket.seat == chosen[0].label
    assert release_seats(fair.store, visitor, fair.event.id, holder_id=cart) == 1


def test_a_visitor_takes_no_seats_that_an_account_holds(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    assert ann.id is not None
    _section, seats = add_seats(fair, 1)
    hold_seats(fair.store, ann.at(EARLY), fair.event.id, seats, holder_id=ann.id)
    with pytest.raises(NotAllowedError):
        buy(fair, seat_id=seats[0], hold_id=ann.id)
    with pytest.raises(NotAllowedError):
        release_seats(fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=ann.id)
    with pytest.raises(NotAllowedError):
        release_seats(fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=None, seat_ids=seats)


def test_whoever_is_signed_in_books_for_nobody_s_account_here(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booking = NewBooking("Ann", "ann@example.org", (NewTicket(fair.regular, "Ann"),))
    bought = order_as_guest(fair.store, ann.at(EARLY), fair.event.id, booking)
    assert booking_of(fair.store, bought.booked.booking_id).account_id is None


def test_nobody_has_a_stranger_mailed_again_and_again(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    for _ in range(MOST_AT_ONCE):
        assert buy(fair).booked.state != "pending"  # nothing is to be paid
    with pytest.raises(LimitError, match="just now"):
        buy(fair)
    assert buy(fair, email="another@example.org").booked.code
    later = VISITOR.at(EARLY + AT_ONCE)
    booking = NewBooking("Zoe", "zoe@example.org", (NewTicket(fair.regular, name="Zoe"),))
    assert order_as_guest(fair.store, later, fair.event.id, booking).booked.code
