"""What a wish costs and what is offered, as the store says now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from data.schema import EventRow, SettingRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import (
    CodeError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    SalesClosedError,
)
from eventdesk.core.money import Money
from eventdesk.sales import (
    NewDiscount,
    NewTicketType,
    Offer,
    Quote,
    Wish,
    add_discount,
    add_ticket_type,
    change_ticket_type,
    list_ticket_types,
    offers,
    price_wishes,
    quote,
    switch_ticket_type,
)
from tests.build import NOON, SUPERVISOR, Fair, make_fair
from tests.figures.crowd import person, set_event, set_type


def ask(fair: Fair, *wishes: tuple[UUID, int], now: datetime = NOON, **given: Any) -> Quote:
    wanted = [Wish(type_id, count) for type_id, count in wishes]
    return quote(fair.store, SYSTEM.at(now), fair.event.id, wanted, **given)


def add_code(fair: Fair, code: str = "EARLY", **about: Any) -> None:
    new = NewDiscount(code, **{"kind": "percent", "value": 1000, **about})
    add_discount(fair.store, SUPERVISOR.at(NOON), fair.event.id, new)


def secret(fair: Fair) -> UUID:
    """Add a ticket type that is hidden."""
    kind = NewTicketType("Backstage", Money(5000, "EUR"), hidden=True)
    return add_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.event.id, kind)


def offered(fair: Fair, **given: Any) -> dict[str, Offer]:
    return {
        offer.name: offer for offer in offers(fair.store, SYSTEM.at(NOON), fair.event.id, **given)
    }


def test_a_quote_adds_up_all_its_tickets(fair: Fair) -> None:
    set_type(fair.store, fair.regular, tax_bp=1900, fee_bp=250, fee_minor=50)
    told = ask(fair, (fair.regular, 2), (fair.vip, 1))
    assert str(told.subtotal) == "530.00 EUR"
    assert str(told.discount) == "0.00 EUR"
    assert str(told.tax) == "38.32 EUR"
    assert str(told.fee) == "7.00 EUR"
    assert str(told.total) == "537.00 EUR"
    assert [(line.name, line.count) for line in told.lines] == [("Regular", 2), ("VIP", 1)]
    assert told.lines[1].price.total_minor == 29000


def test_wishes_for_one_type_are_added_up(fair: Fair) -> None:
    told = ask(fair, (fair.vip, 1), (fair.regular, 1), (fair.vip, 2))
    assert [(line.ticket_type_id, line.count) for line in told.lines] == [
        (fair.vip, 3),
        (fair.regular, 1),
    ]


def test_tax_is_added_where_prices_do_not_contain_it(fair: Fair) -> None:
    set_type(fair.store, fair.regular, tax_bp=1900)
    set_event(fair, prices_include_tax=False)
    told = ask(fair, (fair.regular, 1))
    assert (told.tax.minor, told.total.minor) == (2280, 14280)


def test_a_code_takes_off_and_says_which_tickets_use_it(fair: Fair) -> None:
    add_code(fair, type_ids=frozenset({fair.regular}))
    told = ask(fair, (fair.regular, 2), (fair.vip, 1), code=" ear ly")
    assert (told.discount.minor, told.total.minor) == (2400, 50600)
    assert told.discount_code == "EARLY"
    assert [line.discount_id for line in told.lines] == [told.discount_id, None]


def test_a_code_for_other_tickets_is_said(fair: Fair) -> None:
    add_code(fair, type_ids=frozenset({fair.vip}))
    with pytest.raises(CodeError, match="not for these"):
        ask(fair, (fair.regular, 1), code="EARLY")


def test_a_code_is_good_for_no_more_tickets_than_its_limit(fair: Fair) -> None:
    add_code(fair, most_tickets=2)
    assert ask(fair, (fair.regular, 2), code="EARLY").discount.minor == 2400
    with pytest.raises(CodeError, match="good for 2 more, not 3"):
        ask(fair, (fair.regular, 2), (fair.vip, 1), code="EARLY")


def test_a_hidden_type_is_seen_and_sold_only_with_a_code_that_names_it(fair: Fair) -> None:
    hidden = secret(fair)
    add_code(fair)
    add_code(fair, "CREW", kind="unlock", value=0, type_ids=frozenset({hidden}))
    assert list(offered(fair)) == ["Regular", "VIP"]
    assert list(offered(fair, code="EARLY")) == ["Regular", "VIP"]
    assert list(offered(fair, code="crew")) == ["Regular", "VIP", "Backstage"]
    for code in ("", "EARLY"):
        with pytest.raises(SalesClosedError, match="with a code only"):
            ask(fair, (hidden, 1), code=code)
    told = ask(fair, (hidden, 1), (fair.regular, 1), code="CREW")
    assert told.total.minor == 17000
    assert told.lines[0].discount_id == told.discount_id
    assert told.lines[1].discount_id is None


@pytest.mark.parametrize(
    ("given", "later", "message"),
    [
        ({"sales_from": NOON + timedelta(hours=1)}, timedelta(), "not on sale yet"),
        ({"sales_until": NOON + timedelta(hours=1)}, timedelta(hours=1), "have ended"),
        ({"active": False}, timedelta(), "no longer sold"),
    ],
)
def test_what_is_not_on_sale_now_is_said(
    fair: Fair, given: dict[str, Any], later: timedelta, message: str
) -> None:
    set_type(fair.store, fair.regular, **given)
    with pytest.raises(SalesClosedError, match=message) as caught:
        ask(fair, (fair.regular, 1), now=NOON + later)
    assert caught.value.ticket_type_id == fair.regular


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"state": "draft"}, "not published yet"),
        ({"state": "cancelled"}, "was cancelled"),
        ({"ends_at": NOON}, "is over"),
    ],
)
def test_an_event_that_is_not_open_sells_nothing_and_says_why(
    fair: Fair, given: dict[str, Any], message: str
) -> None:
    set_event(fair, **given)
    with pytest.raises(SalesClosedError, match=message):
        ask(fair, (fair.regular, 1))
    offer = offered(fair)["Regular"]
    assert not offer.on_sale
    assert message in offer.why_not


def test_a_booking_holds_no_more_of_a_type_than_allowed(fair: Fair) -> None:
    set_type(fair.store, fair.regular, most_per_booking=2)
    assert ask(fair, (fair.regular, 2)).total.minor == 24000
    with pytest.raises(LimitError, match="A booking may hold 2 of Regular, not 3") as caught:
        ask(fair, (fair.regular, 1), (fair.regular, 2))
    assert caught.value.most == 2


def test_the_team_sells_beyond_windows_limits_and_hidden_but_not_what_is_off(fair: Fair) -> None:
    hidden = secret(fair)
    set_type(fair.store, hidden, sales_until=NOON, most_per_booking=1)
    set_event(fair, state="draft")
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act:
        told = price_wishes(act, fair.event.id, [Wish(hidden, 3)], staff=True)
    assert told.total.minor == 15000
    switch_ticket_type(fair.store, SUPERVISOR.at(NOON), hidden, active=False)
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act, pytest.raises(SalesClosedError):
        price_wishes(act, fair.event.id, [Wish(hidden)], staff=True)


def test_nothing_and_what_is_not_of_the_event_cannot_be_wished_for(fair: Fair) -> None:
    for wishes in ([], [(fair.regular, 0)], [(fair.regular, 3), (fair.vip, -1)]):
        with pytest.raises(InvalidInputError, match="Choose at least one ticket"):
            ask(fair, *wishes)
    other = make_fair(fair.store, "Other")
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        ask(fair, (other.regular, 1))
    with pytest.raises(NotFoundError, match="There is no such event"):
        quote(fair.store, SYSTEM.at(NOON), uuid4(), [Wish(fair.regular)])


@pytest.mark.parametrize(
    ("of_event", "of_owner", "of_house", "expected"),
    [
        (500, 1000, "1500", 600),
        (None, 1000, "1500", 1200),
        (None, None, "1500", 1800),
        (None, None, None, 0),
        (0, 1000, "1500", 0),
    ],
)
def test_the_commission_is_the_events_else_the_owners_else_the_houses(
    fair: Fair, of_event: int | None, of_owner: int | None, of_house: str | None, expected: int
) -> None:
    owner = person(fair.store, "Olga", commission_bp=of_owner)
    with fair.store.write() as connection:
        connection.execute(
            update(EventRow)
            .where(EventRow.id == fair.event.id)
            .values(owner_id=owner.id, commission_bp=of_event)
        )
        if of_house is not None:
            connection.execute(insert(SettingRow).values(key="commission_bp", value=of_house))
    assert ask(fair, (fair.regular, 1)).lines[0].price.commission_minor == expected


def test_offers_say_what_is_left_and_what_it_costs_with_the_code(fair: Fair) -> None:
    add_code(fair, type_ids=frozenset({fair.vip}))
    set_type(fair.store, fair.regular, quota=1)
    fair.sell("Ada")
    shown = offered(fair, code="EARLY")
    assert shown["VIP"].price.total_minor == 26100
    assert (shown["VIP"].remaining, shown["VIP"].on_sale) == (None, True)
    assert (shown["Regular"].remaining, shown["Regular"].sold_out) == (0, True)
    assert shown["Regular"].why_not == "Regular is sold out."
    assert shown["Regular"].waitlist


def test_offers_are_in_the_order_of_the_organizer_and_without_what_is_off(fair: Fair) -> None:
    views = list_ticket_types(fair.store, SUPERVISOR.at(NOON), fair.event.id)
    change_ticket_type(
        fair.store, SUPERVISOR.at(NOON), fair.vip, replace(views[1].about, description="Front")
    )
    switch_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.regular, active=False)
    assert [(offer.name, offer.description) for offer in offered(fair).values()] == [
        ("VIP", "Front")
    ]


def test_a_code_that_does_not_hold_is_said_with_the_offers(fair: Fair) -> None:
    with pytest.raises(CodeError, match="There is no code “NONE”"):
        offers(fair.store, SYSTEM.at(NOON), fair.event.id, code="NONE")
