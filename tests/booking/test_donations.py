"""Donations: part of a booking and of the money, and of nothing that has to do with places."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    book,
    booking_detail,
    cancel_booking,
    cancel_tickets,
    list_attendees,
    my_ticket,
    my_tickets,
    order,
    revive,
    transfer_ticket,
    upgrade_choices,
)
from eventdesk.core.errors import CodeError, InvalidInputError, SoldOutError
from eventdesk.core.money import Money
from eventdesk.door import Outcome, check_in, door_offers
from eventdesk.exchange import bring_event, pack_event
from eventdesk.money import take_payment, verify_ledger
from eventdesk.sales import (
    NewDiscount,
    NewQuestion,
    NewTicketType,
    TicketPrice,
    add_discount,
    add_question,
    add_ticket_type,
    change_ticket_type,
    left_in_words,
    list_ticket_types,
    offers,
)
from eventdesk.waiting import sweep
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, booking_of, person, set_event, set_type, tickets_of

DONATION = NewTicketType("Donation", Money(0, "EUR"), price_chosen=True, admits=0)


@pytest.fixture
def gift(fair: Fair) -> UUID:
    """A donation of any amount."""
    return add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, DONATION)


@pytest.fixture
def ann(fair: Fair) -> Actor:
    """Somebody who books."""
    return person(fair.store, "Ann")


def give(fair: Fair, ann: Actor, gift: UUID, minor: int = 2500, *, tickets: int = 1) -> Booked:
    """Book tickets and give something beside."""
    comes = [NewTicket(fair.regular, f"Guest {number}") for number in range(tickets)]
    new = NewBooking("Ann", "", (*comes, NewTicket(gift, "Ann", chosen_minor=minor)))
    return order(fair.store, ann.at(EARLY), fair.event.id, new)


def pay(fair: Fair, booked: Booked) -> None:
    assert booked.total is not None
    take_payment(
        fair.store,
        SUPERVISOR.at(EARLY),
        booked.booking_id,
        method="cash",
        amount=booked.total,
        reference="",
    )


def sound(fair: Fair) -> bool:
    return verify_ledger(fair.store, SUPERVISOR, fair.event.id).problems == ()


def test_it_is_paid_with_the_booking_and_admits_nobody(fair: Fair, ann: Actor, gift: UUID) -> None:
    booked = give(fair, ann, gift)
    assert booked.total == Money(14500, "EUR")
    pay(fair, booked)
    assert booking_of(fair.store, booked.booking_id).state == "paid"
    shown = my_tickets(fair.store, ann.at(EARLY))
    assert [each.id for each in shown] == [booked.ticket_ids[0]]
    donation = my_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[1])
    assert (donation.token, donation.why_no_code) == ("", "A donation lets nobody in.")
    token = fair.token(booked, 1)
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.CANCELLED
    assert sound(fair)


def test_it_takes_no_place_and_is_given_where_all_is_sold_out(
    fair: Fair, ann: Actor, gift: UUID
) -> None:
    set_event(fair, capacity=1)
    give(fair, ann, gift)
    with pytest.raises(SoldOutError):
        give(fair, ann, gift)
    assert give(fair, ann, gift, tickets=0).state == "pending"
    (offer,) = (
        each
        for each in offers(fair.store, SYSTEM.at(EARLY), fair.event.id)
        if each.ticket_type_id == gift
    )
    assert (offer.on_sale, offer.remaining) == (True, None)
    assert left_in_words(offer)[0] == "✓ donation, no ticket"


def test_nobody_is_asked_about_it_nor_listed_for_it(fair: Fair, ann: Actor, gift: UUID) -> None:
    new = NewQuestion("Which menu?", required=True)
    question = add_question(fair.store, SUPERVISOR.at(EARLY), fair.event.id, new)
    comes = NewTicket(fair.regular, "Ann", answers={getattr(question, "id", question): "Vegan"})
    both = NewBooking("Ann", "", (comes, NewTicket(gift, "Ann", chosen_minor=100)))
    order(fair.store, ann.at(EARLY), fair.event.id, both)
    for search in ("", "Ann"):
        lines, total = list_attendees(fair.store, STAFF, fair.event.id, search=search)
        assert ([line.ticket_type for line in lines], total) == (["Regular"], 1)


def test_nothing_is_no_donation(fair: Fair, ann: Actor, gift: UUID) -> None:
    with pytest.raises(InvalidInputError, match="Say how much"):
        give(fair, ann, gift, 0)


def test_cancelling_the_ticket_leaves_the_donation_and_then_all(
    fair: Fair, ann: Actor, gift: UUID
) -> None:
    booked = give(fair, ann, gift)
    pay(fair, booked)
    gone = cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:1], reason="")
    assert gone.refunded == Money(12000, "EUR")
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor) == ("paid", 2500)
    detail = booking_detail(fair.store, ann.at(EARLY), booked.booking_id)
    assert [(each.given, each.valid) for each in detail.tickets] == [(False, False), (True, False)]
    gone = cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")
    assert gone.refunded == Money(2500, "EUR")
    assert booking_of(fair.store, booked.booking_id).state == "cancelled"
    assert sound(fair)


def test_it_ends_with_its_booking(fair: Fair, ann: Actor, gift: UUID) -> None:
    booked = give(fair, ann, gift)
    late = EARLY + timedelta(hours=2)
    sweep(fair.store, SYSTEM.at(late))
    states = [row.state for row in tickets_of(fair.store, booked.booking_id)]
    assert states == ["expired", "expired"]
    assert sound(fair)
    assert booked.total is not None
    take_payment(
        fair.store, SUPERVISOR.at(late), booked.booking_id, method="transfer", amount=booked.total
    )
    assert revive(fair.store, SUPERVISOR.at(late), booked.booking_id) == "paid"
    states = [row.state for row in tickets_of(fair.store, booked.booking_id)]
    assert states == ["valid", "given"]
    assert sound(fair)


def test_it_moves_to_another_house_as_it_is(
    fair: Fair, ann: Actor, gift: UUID, tmp_path: Path
) -> None:
    pay(fair, give(fair, ann, gift))
    archive = pack_event(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        passphrase="a long way from home",
        path=tmp_path / "fair.zip",
    )
    with Store.create(tmp_path / "elsewhere", device_name="other") as other:
        bring_event(other, SYSTEM.at(NOON), archive.path, passphrase="a long way from home")
        assert verify_ledger(other, SYSTEM, fair.event.id).problems == ()
        lines, total = list_attendees(other, SYSTEM, fair.event.id, search="Ann")
        assert ([line.ticket_type for line in lines], total) == ([], 0)


def test_its_type_has_no_places_and_stays_what_it_is(fair: Fair, ann: Actor, gift: UUID) -> None:
    store, who = fair.store, SUPERVISOR.at(EARLY)
    with pytest.raises(InvalidInputError, match="no places, seats or sessions"):
        add_ticket_type(store, who, fair.event.id, replace(DONATION, name="Other", quota=3))
    nothing = replace(DONATION, name="Other", price_chosen=False)
    with pytest.raises(InvalidInputError, match="more than nothing"):
        add_ticket_type(store, who, fair.event.id, nothing)
    give(fair, ann, gift)
    with pytest.raises(InvalidInputError, match="booked before"):
        change_ticket_type(store, who, gift, replace(DONATION, admits=1))


def test_the_organizer_sees_how_many_were_given(fair: Fair, ann: Actor, gift: UUID) -> None:
    pay(fair, give(fair, ann, gift))
    give(fair, ann, gift, tickets=0)
    (view,) = (
        each
        for each in list_ticket_types(fair.store, SUPERVISOR.at(EARLY), fair.event.id)
        if each.id == gift
    )
    assert (view.sold, view.held, view.left, view.about.waitlist) == (1, 1, None, False)


def test_it_is_neither_handed_on_nor_exchanged_nor_sold_at_the_door(
    fair: Fair, ann: Actor, gift: UUID
) -> None:
    booked = give(fair, ann, gift)
    with pytest.raises(InvalidInputError, match="lets nobody in"):
        transfer_ticket(
            fair.store, SUPERVISOR.at(EARLY), booked.ticket_ids[1], name="Kim", email="k@x.org"
        )
    choices = upgrade_choices(fair.store, SUPERVISOR.at(EARLY), booked.ticket_ids[0])
    assert [each.name for each in choices] == ["VIP"]
    named = [each.name for each in door_offers(fair.store, STAFF, fair.event.id, fair.door.id)]
    assert named == ["Regular", "VIP"]


@pytest.fixture
def fixed(fair: Fair) -> UUID:
    """A donation of ten euros."""
    ten = NewTicketType("Ten", Money(1000, "EUR"), admits=0)
    return add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, ten)


def with_code(fair: Fair, ann: Actor, code: str, *type_ids: UUID) -> Booked:
    new = NewBooking("Ann", "", tuple(NewTicket(each, "Ann") for each in type_ids), code=code)
    return order(fair.store, ann.at(EARLY), fair.event.id, new)


def test_a_code_takes_nothing_off_a_donation_nor_is_it_used_by_one(
    fair: Fair, ann: Actor, fixed: UUID
) -> None:
    once = NewDiscount("ONCE", "percent", 10000, most_tickets=1)
    add_discount(fair.store, SUPERVISOR.at(EARLY), fair.event.id, once)
    with pytest.raises(CodeError, match="not for these"):
        with_code(fair, ann, "ONCE", fixed)
    assert with_code(fair, ann, "ONCE", fair.regular, fixed).total == Money(1000, "EUR")


def test_a_donation_that_a_code_unlocked_uses_it(fair: Fair, ann: Actor, fixed: UUID) -> None:
    set_type(fair, fixed, hidden=True)
    once = NewDiscount("ONCE", "percent", 5000, most_tickets=1, type_ids=frozenset({fixed}))
    add_discount(fair.store, SUPERVISOR.at(EARLY), fair.event.id, once)
    assert with_code(fair, ann, "ONCE", fixed).total == Money(1000, "EUR")
    with pytest.raises(CodeError, match="used up"):
        with_code(fair, ann, "ONCE", fixed)


def test_one_given_elsewhere_is_taken_over_at_its_amount(fair: Fair, gift: UUID) -> None:
    there = NewTicket(gift, "Ann", sold_at=TicketPrice(700, 0, 0, 0, 0, 700))
    made = book(fair.store, SUPERVISOR.at(EARLY), fair.event.id, [NewBooking("Ann", "", (there,))])
    assert made[0].total == Money(700, "EUR")
    nothing = NewBooking("Bob", "", (NewTicket(gift, "Bob"),))
    with pytest.raises(InvalidInputError, match="Say how much"):
        book(fair.store, SUPERVISOR.at(EARLY), fair.event.id, [nothing])
