"""Prices that who books names: what is taken, what is refused, and what the ledger holds."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.booking import Booked, NewBooking, NewTicket, cancel_tickets, order
from eventdesk.core.errors import CodeError, InvalidInputError
from eventdesk.core.money import Money
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
from eventdesk.sales.chosen_price import MAX_CHOSEN
from eventdesk.waiting.queue import booking_of, wish_of
from tests.build import SUPERVISOR, Fair
from tests.orders import EARLY, person, set_event, set_type, tickets_of

SOLIDARITY = NewTicketType("Solidarity", Money(500, "EUR"), price_chosen=True, suggested_minor=1500)


@pytest.fixture
def open_type(fair: Fair) -> UUID:
    """A type of at least 5 euros, of which 15 are suggested."""
    return add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, SOLIDARITY)


def pay(fair: Fair, kind: UUID, *amounts: int | None, code: str = "") -> Booked:
    tickets = tuple(NewTicket(kind, f"Guest {n}", chosen_minor=a) for n, a in enumerate(amounts))
    ann = person(fair.store, f"Ann {uuid4().hex[:6]}")
    booking = NewBooking("Ann", "", tickets, code=code)
    return order(fair.store, ann.at(EARLY), fair.event.id, booking)


def asked(fair: Fair, kind: UUID, chosen: Any, **given: Any) -> int:
    wishes = [Wish(kind, 1, chosen)]
    return quote(fair.store, SYSTEM.at(EARLY), fair.event.id, wishes, **given).total.minor


def test_each_ticket_costs_what_was_named_for_it(fair: Fair, open_type: UUID) -> None:
    booked = pay(fair, open_type, 500, 2500, None, 2500)
    assert booked.total == Money(500 + 2500 + 1500 + 2500, "EUR")
    prices = [row.price_minor for row in tickets_of(fair.store, booked.booking_id)]
    assert prices == [500, 2500, 1500, 2500]
    assert verify_ledger(fair.store, SYSTEM, fair.event.id).problems == ()


def test_tax_and_fee_are_worked_out_of_what_was_named(fair: Fair, open_type: UUID) -> None:
    set_type(fair, open_type, tax_bp=1900, fee_bp=1000)
    set_event(fair, prices_include_tax=False)
    assert asked(fair, open_type, 1000) == 1000 + 190 + 100


@pytest.mark.parametrize(
    "hostile", [-1, 499, 5.0, float("nan"), float("inf"), "1000", True, 10**30]
)
def test_an_amount_that_cannot_be_is_refused_with_what_can(
    fair: Fair, open_type: UUID, hostile: Any
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        asked(fair, open_type, hostile)
    assert "Solidarity" in str(refused.value)
    assert refused.value.hint


def test_the_most_is_bounded_so_that_sums_fit(fair: Fair, open_type: UUID) -> None:
    assert asked(fair, open_type, MAX_CHOSEN) == MAX_CHOSEN
    with pytest.raises(InvalidInputError, match="more than can be paid"):
        asked(fair, open_type, MAX_CHOSEN + 1)


def test_a_fixed_price_takes_no_amount(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="price of Regular is fixed"):
        asked(fair, fair.regular, 1)


def test_a_named_price_of_nothing_is_paid_at_once(fair: Fair) -> None:
    free = replace(SOLIDARITY, price=Money(0, "EUR"), suggested_minor=None)
    kind = add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, free)
    assert pay(fair, kind, 0).state == "paid"
    assert pay(fair, kind, 1).state == "pending"


def test_a_code_takes_nothing_off_a_named_price_and_may_unlock_it(
    fair: Fair, open_type: UUID
) -> None:
    set_type(fair, open_type, hidden=True)
    everything = NewDiscount("ALL", "percent", 5000)
    named = NewDiscount("FRIENDS", "percent", 5000, type_ids=frozenset({open_type}))
    for code in (everything, named):
        add_discount(fair.store, SUPERVISOR.at(EARLY), fair.event.id, code)
    assert asked(fair, open_type, 2000, code="FRIENDS") == 2000
    set_type(fair, open_type, hidden=False)
    with pytest.raises(CodeError, match="not for these"):
        asked(fair, open_type, 2000, code="ALL")


def test_a_ticket_of_a_named_price_is_cancelled_for_what_it_cost(
    fair: Fair, open_type: UUID
) -> None:
    booked = pay(fair, open_type, 700, 3000)
    paid = Money(3700, "EUR")
    take_payment(
        fair.store,
        SUPERVISOR.at(EARLY),
        booked.booking_id,
        method="cash",
        amount=paid,
        reference="",
    )
    gone = cancel_tickets(
        fair.store, SUPERVISOR.at(EARLY), booked.ticket_ids[1:], reason="", waive_fee=True
    )
    assert gone.refunded == Money(3000, "EUR")
    assert verify_ledger(fair.store, SYSTEM, fair.event.id).problems == ()


def test_everybody_sees_the_least_and_what_is_suggested(fair: Fair, open_type: UUID) -> None:
    (offer,) = (
        each
        for each in offers(fair.store, SYSTEM.at(EARLY), fair.event.id)
        if each.ticket_type_id == open_type
    )
    assert (offer.least.minor, offer.suggested.minor, offer.price_chosen) == (500, 1500, True)
    assert in_full(offer) == "from 5.00 EUR, you name it"
    nothing = replace(offer.price, total_minor=0)
    assert in_full(replace(offer, price=nothing)) == "you name the price"


def test_a_request_of_the_opening_hour_keeps_the_amount(open_type: UUID) -> None:
    booking = NewBooking("Ann", "", (NewTicket(open_type, "Ann", chosen_minor=900),))
    kept = booking_of(wish_of(booking, partly=False), None)
    assert kept.tickets[0].chosen_minor == 900


def test_what_is_suggested_is_no_less_than_the_least(fair: Fair, open_type: UUID) -> None:
    (view,) = (
        each
        for each in list_ticket_types(fair.store, SUPERVISOR.at(EARLY), fair.event.id)
        if each.id == open_type
    )
    assert view.about == SOLIDARITY
    cheap = replace(SOLIDARITY, suggested_minor=499)
    dear = replace(SOLIDARITY, suggested_minor=MAX_CHOSEN + 1)
    with pytest.raises(InvalidInputError, match="less than 5"):
        change_ticket_type(fair.store, SUPERVISOR.at(EARLY), open_type, cheap)
    with pytest.raises(InvalidInputError, match="more than anybody"):
        change_ticket_type(fair.store, SUPERVISOR.at(EARLY), open_type, dear)
    fixed = replace(SOLIDARITY, price_chosen=False)
    after = change_ticket_type(fair.store, SUPERVISOR.at(EARLY), open_type, fixed)
    assert after.about.suggested_minor is None
