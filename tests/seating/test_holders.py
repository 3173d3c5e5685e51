"""Who holds seats: an account for itself, a visitor in a cart of this house, each up to a limit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import NewBooking, NewTicket, order_as_guest, who_has_link
from eventdesk.core.cart_ids import is_cart_id, make_cart_id
from eventdesk.core.errors import EventDeskError, InvalidInputError, LimitError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.seating import (
    MAX_HELD,
    NewRows,
    add_section,
    block_seats,
    held_seats,
    hold_best,
    hold_longer,
    hold_seats,
    make_rows,
    new_cart,
    plan,
    release_seats,
)
from tests.build import NOON, SUPERVISOR, Fair
from tests.figures.crowd import id_of
from tests.orders import EARLY, person


def hall(fair: Fair, rows: str, seats: int) -> UUID:
    section_id = add_section(fair.store, SUPERVISOR.at(NOON), fair.event.id, "Stalls")
    make_rows(fair.store, SUPERVISOR.at(NOON), section_id, NewRows(rows, seats))
    return section_id


def section_of(fair: Fair) -> UUID:
    (section,) = plan(fair.store, SYSTEM.at(EARLY), fair.event.id, holder_id=None)
    return section.id


def seat_ids(fair: Fair) -> list[UUID]:
    sections = plan(fair.store, SYSTEM.at(EARLY), fair.event.id, holder_id=None)
    return [seat.id for section in sections for seat in section.seats]


def held(fair: Fair) -> int:
    sections = plan(fair.store, SYSTEM.at(EARLY), fair.event.id, holder_id=None)
    return sum(seat.state == "held" for section in sections for seat in section.seats)


def hold_each(fair: Fair, actor: Actor, holder: Callable[[], UUID]) -> list[EventDeskError]:
    """Try for every seat, each time as another holder; what was refused, and why."""
    refused: list[EventDeskError] = []
    for seat_id in seat_ids(fair):
        try:
            hold_seats(fair.store, actor.at(EARLY), fair.event.id, [seat_id], holder_id=holder())
        except EventDeskError as error:
            refused.append(error)
    return refused


@pytest.mark.parametrize("made_up", [uuid4, new_id])
def test_an_attendee_holds_no_more_with_another_holder_each_time(
    fair: Fair, made_up: Callable[[], UUID]
) -> None:
    hall(fair, "A-C", 30)
    ann = person(fair.store, "Ann")
    hold_each(fair, ann, lambda: id_of(ann))
    assert held(fair) == MAX_HELD
    for holder in (made_up, lambda: new_cart(fair.store, VISITOR)):
        refused = hold_each(fair, ann, holder)
        assert {type(each) for each in refused} == {NotAllowedError}
    assert held(fair) == MAX_HELD


WITH_HOLDER: dict[str, Callable[[Fair, UUID], object]] = {
    "hold_seats": lambda fair, holder: hold_seats(
        fair.store, VISITOR.at(EARLY), fair.event.id, seat_ids(fair)[1:2], holder_id=holder
    ),
    "hold_best": lambda fair, holder: hold_best(
        fair.store, VISITOR.at(EARLY), fair.event.id, section_of(fair), 1, holder_id=holder
    ),
    "hold_longer": lambda fair, holder: hold_longer(
        fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=holder
    ),
    "held_seats": lambda fair, holder: held_seats(
        fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=holder
    ),
    "plan": lambda fair, holder: plan(
        fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=holder
    ),
    "release_seats": lambda fair, holder: release_seats(
        fair.store, VISITOR.at(EARLY), fair.event.id, holder_id=holder
    ),
    "order_as_guest": lambda fair, holder: order_as_guest(
        fair.store,
        VISITOR.at(EARLY),
        fair.event.id,
        NewBooking("Zoe", "zoe@example.org", (NewTicket(fair.regular, "Zoe"),), hold_id=holder),
    ),
}


@pytest.mark.parametrize("verb", WITH_HOLDER)
def test_a_visitor_without_a_cart_of_this_house_holds_and_learns_nothing(
    fair: Fair, verb: str
) -> None:
    hall(fair, "A", 4)
    ann = person(fair.store, "Ann")
    first = seat_ids(fair)[:1]
    hold_seats(fair.store, ann.at(EARLY), fair.event.id, first, holder_id=id_of(ann))
    for holder in (uuid4(), new_id(), id_of(ann)):
        with pytest.raises(NotAllowedError):
            WITH_HOLDER[verb](fair, holder)
    assert held(fair) == 1


def test_a_cart_holds_fifty_and_carts_together_half_of_what_is_not_sold(fair: Fair) -> None:
    hall(fair, "A-L", 20)
    everything = seat_ids(fair)
    block_seats(fair.store, SUPERVISOR.at(EARLY), fair.event.id, everything[-40:], blocked=True)
    cart = new_cart(fair.store, VISITOR)
    refused = hold_each(fair, VISITOR, lambda: cart)
    assert held(fair) == MAX_HELD
    assert {type(each) for each in refused[:-40]} == {InvalidInputError}
    hold_each(fair, VISITOR, lambda: new_cart(fair.store, VISITOR))
    assert held(fair) == 100
    with pytest.raises(LimitError, match="Visitors hold as many"):
        hold_best(
            fair.store,
            VISITOR.at(EARLY),
            fair.event.id,
            section_of(fair),
            1,
            holder_id=new_cart(fair.store, VISITOR),
        )
    ann = person(fair.store, "Ann")
    hold_each(fair, ann, lambda: id_of(ann))
    assert held(fair) == 150


def test_who_has_the_link_of_a_booking_counts_as_a_visitor(fair: Fair) -> None:
    hall(fair, "A-L", 10)
    booking = NewBooking("Zoe", "zoe@example.org", (NewTicket(fair.regular, "Zoe"),))
    bought = order_as_guest(fair.store, VISITOR.at(EARLY), fair.event.id, booking)
    guest = who_has_link(fair.store, SYSTEM.at(EARLY), bought.link)
    hold_each(fair, guest, lambda: id_of(guest))
    assert held(fair) == MAX_HELD
    hold_each(fair, VISITOR, lambda: new_cart(fair.store, VISITOR))
    assert held(fair) == 60


def test_visitors_in_a_race_hold_no_more_than_their_share(fair: Fair) -> None:
    section_id = hall(fair, "A-L", 10)
    carts = [new_cart(fair.store, VISITOR) for _ in range(16)]

    def hold(cart: UUID) -> None:
        for _ in range(3):
            with suppress(LimitError):
                hold_best(
                    fair.store,
                    VISITOR.at(EARLY),
                    fair.event.id,
                    section_id,
                    7,
                    holder_id=cart,
                    split=True,
                )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, carts))
    assert held(fair) == 56


def test_a_cart_of_another_house_is_none_here(fair: Fair) -> None:
    theirs = make_cart_id(replace(fair.store.keys, audit_key=bytes(32)))
    assert not is_cart_id(fair.store.keys, theirs)


def test_an_id_of_a_cart_with_one_other_bit_is_none(fair: Fair) -> None:
    keys = fair.store.keys
    cart = make_cart_id(keys)
    assert is_cart_id(keys, cart)
    assert cart.version == 8
    assert not any(is_cart_id(keys, UUID(int=cart.int ^ 1 << bit)) for bit in range(128))
