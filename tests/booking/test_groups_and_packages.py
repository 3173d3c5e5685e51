"""Prices for groups, and packages: what they cost, what they hold, and giving back a part."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    book,
    cancel_booking,
    cancel_tickets,
    order,
    upgrade_choices,
    upgrade_ticket,
)
from eventdesk.core.errors import CodeError, InvalidInputError, LimitError, SoldOutError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.door import Outcome, check_in, door_offers
from eventdesk.money import take_payment, verify_ledger
from eventdesk.sales import (
    NewDiscount,
    NewTicketType,
    Wish,
    add_discount,
    add_ticket_type,
    change_ticket_type,
    in_full,
    list_ticket_types,
    offers,
    quote,
)
from eventdesk.waiting.queue import _fewer
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, add_seats, order_for, person, set_type, tickets_of

FAMILY = NewTicketType("Family", Money(10000, "EUR"), admits=3, tax_bp=1900)


@pytest.fixture
def ann(fair: Fair) -> Actor:
    """Somebody who books."""
    return person(fair.store, "Ann")


@pytest.fixture
def groups(fair: Fair) -> Fair:
    """An event of which four regular tickets or more cost 90 euros each."""
    set_type(fair, fair.regular, group_from=4, group_minor=9000)
    return fair


@pytest.fixture
def family(fair: Fair) -> UUID:
    """A package for three people, of 100 euros."""
    return add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, FAMILY)


def people(count: int) -> list[str]:
    return [f"Guest {number}" for number in range(count)]


def prices(fair: Fair, booked: Booked) -> list[int]:
    return [row.price_minor for row in tickets_of(fair.store, booked.booking_id)]


def pay(fair: Fair, booked: Booked) -> None:
    assert booked.total is not None
    take_payment(
        fair.store, SUPERVISOR.at(EARLY), booked.booking_id, method="transfer", amount=booked.total
    )


def asked(fair: Fair, kind: UUID, count: int, **given: Any) -> int:
    wishes = [Wish(kind, count)]
    return quote(fair.store, SYSTEM.at(EARLY), fair.event.id, wishes, **given).total.minor


def is_sound(fair: Fair) -> bool:
    return verify_ledger(fair.store, SUPERVISOR, fair.event.id).problems == ()


def offer_of(fair: Fair, kind: UUID) -> Any:
    shown = offers(fair.store, SYSTEM.at(EARLY), fair.event.id)
    return next(each for each in shown if each.ticket_type_id == kind)


def test_a_group_pays_its_price_from_its_size_on(groups: Fair, ann: Actor) -> None:
    assert [asked(groups, groups.regular, count) for count in (3, 4, 5)] == [36000, 36000, 45000]
    booked = order_for(groups, ann, *people(4))
    assert prices(groups, booked) == [9000] * 4
    assert prices(groups, order_for(groups, ann, *people(3))) == [12000] * 3
    assert in_full(offer_of(groups, groups.regular)) == "120.00 EUR, from 4 on 90.00 EUR each"
    assert is_sound(groups)


def test_groups_are_of_one_booking_also_where_the_team_makes_many(groups: Fair) -> None:
    new = [
        NewBooking("Ann", "", tuple(NewTicket(groups.regular, name) for name in people(count)))
        for count in (3, 4, 1)
    ]
    made = book(groups.store, SUPERVISOR.at(EARLY), groups.event.id, new)
    assert [sum(prices(groups, each)) for each in made] == [36000, 36000, 12000]
    assert is_sound(groups)


def test_a_code_takes_its_share_off_the_price_of_the_group(groups: Fair) -> None:
    code = NewDiscount("TEN", "percent", 1000)
    add_discount(groups.store, SUPERVISOR.at(EARLY), groups.event.id, code)
    assert asked(groups, groups.regular, 4, code="TEN") == 4 * 8100


def test_who_booked_gives_back_a_group_whole_or_leaves_one(groups: Fair, ann: Actor) -> None:
    booked = order_for(groups, ann, *people(5))
    pay(groups, booked)
    with pytest.raises(InvalidInputError, match="is for 4 or more"):
        cancel_tickets(groups.store, ann.at(EARLY), booked.ticket_ids[:2], reason="")
    gone = cancel_tickets(groups.store, SUPERVISOR.at(EARLY), booked.ticket_ids[2:4], reason="")
    assert gone.refunded == Money(18000, "EUR")
    gone = cancel_booking(groups.store, ann.at(EARLY), booked.booking_id, reason="")
    assert gone.tickets == 3
    assert is_sound(groups)


def test_who_booked_exchanges_no_more_of_a_group_than_leaves_one(groups: Fair, ann: Actor) -> None:
    booked = order_for(groups, ann, *people(5))
    pay(groups, booked)
    upgrade_ticket(groups.store, ann.at(EARLY), booked.ticket_ids[0], groups.vip)
    with pytest.raises(InvalidInputError, match="is for 4 or more"):
        upgrade_ticket(groups.store, ann.at(EARLY), booked.ticket_ids[1], groups.vip)


def test_one_of_a_larger_group_may_go(groups: Fair, ann: Actor) -> None:
    booked = order_for(groups, ann, *people(5))
    assert cancel_tickets(groups.store, ann.at(EARLY), booked.ticket_ids[:1], reason="").tickets


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"group_minor": None}, "Say what each costs"),
        ({"group_minor": 12000}, "not below 120"),
        ({"price_chosen": True}, "for one, at a set price"),
        ({"admits": 2}, "for one, at a set price"),
        ({"most_per_booking": 3}, "no group of 4"),
        ({"group_from": 1}, "size of a group"),
    ],
)
def test_a_group_price_that_cannot_be_is_refused(
    fair: Fair, wrong: dict[str, Any], words: str
) -> None:
    sound = NewTicketType("Team", Money(12000, "EUR"), group_from=4, group_minor=9000)
    kind = replace(sound, **wrong)
    with pytest.raises(InvalidInputError, match=words):
        add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, kind)


def test_a_package_makes_a_ticket_for_each_and_costs_what_it_says(
    fair: Fair, ann: Actor, family: UUID
) -> None:
    booked = order_for(fair, ann, *people(6), ticket_type_id=family)
    assert booked.total == Money(20000, "EUR")
    assert prices(fair, booked) == [3334, 3333, 3333] * 2
    rows = tickets_of(fair.store, booked.booking_id)
    assert [row.tax_minor for row in rows] == [533, 532, 532] * 2
    pay(fair, booked)
    codes = {fair.token(booked, number) for number in range(6)}
    done = [check_in(fair.store, STAFF.at(NOON), fair.scan(code)).outcome for code in codes]
    assert done == [Outcome.ADMITTED] * 6
    assert is_sound(fair)


def test_a_package_is_for_all_of_its_people(fair: Fair, ann: Actor, family: UUID) -> None:
    with pytest.raises(InvalidInputError, match="3 people together, not for 4"):
        order_for(fair, ann, *people(4), ticket_type_id=family)
    split = [
        NewBooking("Ann", "", tuple(NewTicket(family, name) for name in people(count)))
        for count in (1, 2)
    ]
    with pytest.raises(InvalidInputError, match="3 people together"):
        book(fair.store, SUPERVISOR.at(EARLY), fair.event.id, split)


def test_a_package_takes_a_place_for_each_and_nothing_is_oversold(
    fair: Fair, ann: Actor, family: UUID
) -> None:
    set_type(fair, family, quota=5)
    assert offer_of(fair, family).remaining == 1
    order_for(fair, ann, *people(3), ticket_type_id=family)
    left = offer_of(fair, family)
    assert (left.remaining, left.sold_out, left.waitlist) == (0, True, False)
    with pytest.raises(SoldOutError):
        order_for(fair, ann, *people(3), ticket_type_id=family)
    (view,) = (
        each
        for each in list_ticket_types(fair.store, SUPERVISOR.at(EARLY), fair.event.id)
        if each.id == family
    )
    assert (view.held, view.left, view.state(EARLY)) == (3, 2, "sold out")


def test_limits_count_packages_and_codes_count_tickets(
    fair: Fair, ann: Actor, family: UUID
) -> None:
    set_type(fair, family, most_per_booking=1)
    assert asked(fair, family, 1) == 10000
    with pytest.raises(LimitError):
        order_for(fair, ann, *people(6), ticket_type_id=family)
    code = NewDiscount("TWO", "percent", 1000, most_tickets=2)
    add_discount(fair.store, SUPERVISOR.at(EARLY), fair.event.id, code)
    with pytest.raises(CodeError, match="good for 2 more, not 3"):
        asked(fair, family, 1, code="TWO")


def test_each_of_a_package_sits_in_its_section(fair: Fair, ann: Actor, family: UUID) -> None:
    section_id, seats = add_seats(fair, 3)
    set_type(fair, family, section_id=section_id)
    tickets = tuple(
        NewTicket(family, name, seat_id=seat) for name, seat in zip(people(3), seats, strict=True)
    )
    booked = order(fair.store, ann.at(EARLY), fair.event.id, NewBooking("Ann", "", tickets))
    rows = tickets_of(fair.store, booked.booking_id)
    assert [row.seat for row in rows] == ["H-1", "H-2", "H-3"]
    assert offer_of(fair, family).sold_out


def test_who_booked_gives_back_whole_packages_and_the_team_single_tickets(
    fair: Fair, ann: Actor, family: UUID
) -> None:
    booked = order_for(fair, ann, *people(6), ticket_type_id=family)
    pay(fair, booked)
    with pytest.raises(InvalidInputError, match="3 people together"):
        cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:2], reason="")
    gone = cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:3], reason="")
    assert gone.refunded == Money(10000, "EUR")
    gone = cancel_tickets(fair.store, SUPERVISOR.at(EARLY), booked.ticket_ids[3:4], reason="")
    assert gone.refunded == Money(3334, "EUR")
    gone = cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")
    assert gone.refunded == Money(6666, "EUR")
    assert is_sound(fair)


def test_a_package_is_neither_sold_to_one_at_the_door_nor_taken_for_a_ticket(
    fair: Fair, ann: Actor, family: UUID
) -> None:
    named = [each.name for each in door_offers(fair.store, STAFF, fair.event.id, fair.door.id)]
    assert named == ["Regular", "VIP"]
    (ticket_id,) = order_for(fair, ann).ticket_ids
    choices = upgrade_choices(fair.store, SUPERVISOR.at(EARLY), ticket_id)
    assert [each.name for each in choices] == ["VIP"]
    assert in_full(offer_of(fair, family)) == "100.00 EUR for 3 people"


def test_a_request_that_takes_fewer_takes_whole_packages_and_its_gift(
    fair: Fair, family: UUID
) -> None:
    gift = NewTicketType("Gift", Money(0, "EUR"), price_chosen=True, admits=0)
    gift_id = add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, gift)
    tickets = [NewTicket(family, name) for name in people(6)]
    wish = NewBooking("Ann", "", (*tickets, NewTicket(gift_id, "Ann", chosen_minor=500)))
    admits = {family: 3, gift_id: 0}
    fewer = _fewer(wish, SoldOutError(msg("Sold out."), ticket_type_id=None, left=5), admits)
    assert [each.name for each in fewer.tickets] == ["Guest 0", "Guest 1", "Guest 2", "Ann"]
    none = _fewer(wish, SoldOutError(msg("Sold out."), ticket_type_id=family, left=2), admits)
    assert none.tickets == ()


def test_a_package_is_sound_and_stays_as_large(fair: Fair, ann: Actor, family: UUID) -> None:
    store, who = fair.store, SUPERVISOR.at(EARLY)
    with pytest.raises(InvalidInputError, match="has a set price"):
        change_ticket_type(store, who, family, replace(FAMILY, price_chosen=True))
    with pytest.raises(InvalidInputError, match="fewer places"):
        change_ticket_type(store, who, family, replace(FAMILY, quota=2))
    order_for(fair, ann, *people(3), ticket_type_id=family)
    with pytest.raises(InvalidInputError, match="booked before"):
        change_ticket_type(store, who, family, replace(FAMILY, admits=4))
