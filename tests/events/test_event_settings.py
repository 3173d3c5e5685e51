"""Changing an event: what is checked, what its state forbids, and who is told."""

import typing
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.fields import Kind
from eventdesk.core.money import EXPONENTS, Money, read_currency
from eventdesk.events import (
    EVENT,
    EventChanges,
    EventDetail,
    Reminders,
    Visibility,
    cancel_event,
    change_event,
    changes_of,
    event_detail,
    publish_event,
    submit_event,
)
from eventdesk.money import add_vouchers, cancel_voucher
from eventdesk.sales import NewDiscount, add_discount
from eventdesk.wire.addresses import route_of
from tests.build import NOON, Fair, make_fair
from tests.events.organizing import START, House, make_house


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store)


def detail(house: House) -> EventDetail:
    return event_detail(house.store, house.organizer.at(NOON), house.event_id)


def put(fair: Fair, **changes: Any) -> EventDetail:
    typed = changes_of(changes)
    return change_event(fair.store, SYSTEM.at(NOON), fair.event.id, typed)


def test_every_field_comes_back_as_it_was_given(house: House) -> None:
    later = START + timedelta(days=1)
    house.change(
        name="  Harbour   Summit 2 ",
        description="# Hello\n\nWorld",
        category="Conference",
        language="de",
        online_url="https://example.org/live?x=1",
        starts_at=START + timedelta(hours=1),
        time_zone="Asia/Tokyo",
        currency="jpy",
        capacity=300,
        visibility="private",
        hold_minutes=30,
        offer_minutes=60,
        waitlist_auto=True,
        cancel_until=later,
        cancel_fee_bp=1000,
        cancel_fee_minor=250,
        transfer_until=later,
        queue_from=NOON,
        queue_until=START,
        prices_include_tax=False,
        invoice_sender="House\nStreet 1",
        bank_details="IBAN",
    )
    seen = detail(house)
    assert (seen.name, seen.description) == ("Harbour Summit 2", "# Hello\n\nWorld")
    assert (seen.currency, seen.currency_exponent, seen.capacity) == ("JPY", 0, 300)
    assert (seen.visibility, len(seen.access_code)) == (Visibility.PRIVATE, 8)
    assert (seen.time_zone, seen.starts_at) == ("Asia/Tokyo", START + timedelta(hours=1))
    rules = seen.rules
    assert (rules.hold_minutes, rules.offer_minutes, rules.waitlist_auto) == (30, 60, True)
    assert (rules.cancel_until, rules.transfer_until) == (later, later)
    assert (rules.cancel_fee_bp, rules.cancel_fee_minor) == (1000, 250)
    assert (rules.queue_from, rules.queue_until) == (NOON, START)
    assert not rules.prices_include_tax
    assert (seen.invoice_sender, seen.bank_details) == ("House\nStreet 1", "IBAN")
    assert house.recorded("change_event") == 1


def test_what_stays_the_same_is_no_change(house: House) -> None:
    house.change(name="Harbour Summit", capacity=None)
    assert house.recorded("change_event") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"name": "broken \ud800 letter"},
        {"description": "x" * 20_001},
        {"online_url": "javascript:alert(1)"},
        {"online_url": "http://[broken"},
        {"ends_at": START},
        {"time_zone": "Mars/Olympus"},
        {"currency": "XYZ"},
        {"capacity": 0},
        {"visibility": "secret"},
        {"access_code": "abc"},
        {"access_code": "abcdef\x1b[31m"},
        {"hold_minutes": 0},
        {"offer_minutes": 100_000},
        {"cancel_fee_bp": 10_001},
        {"cancel_fee_minor": -1},
        {"queue_from": NOON},
        {"queue_from": NOON, "queue_until": NOON},
    ],
)
def test_what_makes_no_sense_changes_nothing(house: House, wrong: dict[str, Any]) -> None:
    before = detail(house)
    with pytest.raises(InvalidInputError):
        house.change(category="Party", **wrong)
    assert detail(house) == before


def test_a_venue_of_another_event_is_not_this_ones(house: House) -> None:
    with pytest.raises(NotFoundError, match="There is no such venue at this event"):
        house.change(venue_id=uuid4())


def test_the_capacity_holds_everybody_who_has_a_place(fair: Fair) -> None:
    fair.sell_all(["Ada", "Grace", "Mary"])
    with pytest.raises(InvalidInputError, match="3 places"):
        put(fair, capacity=2)
    assert put(fair, capacity=3).capacity == 3


def test_the_currency_stays_once_something_was_booked_or_priced(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="Prices typed in EUR"):
        put(fair, currency="JPY")
    assert put(fair, currency="USD").currency == "USD"
    fair.sell()
    with pytest.raises(InvalidInputError, match="booked"):
        put(fair, currency="EUR")


def test_the_currency_stays_while_something_is_promised_in_it(fair: Fair) -> None:
    assert put(fair, currency="USD").currency == "USD"
    [voucher] = add_vouchers(fair.store, SYSTEM.at(NOON), fair.event.id, value=Money(500, "USD"))
    with pytest.raises(InvalidInputError, match="Vouchers of this event are in USD"):
        put(fair, currency="EUR")
    cancel_voucher(fair.store, SYSTEM.at(NOON), voucher.id)
    with pytest.raises(InvalidInputError, match="Vouchers"):
        put(fair, currency="EUR")


def test_the_currency_stays_while_a_code_is_worth_an_amount_of_it(fair: Fair) -> None:
    half = NewDiscount("HALF", "percent", 5000)
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, half)
    assert put(fair, currency="USD").currency == "USD"
    five = NewDiscount("FIVE", "amount", 500)
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, five)
    with pytest.raises(InvalidInputError, match="Codes of an amount of this event are in USD"):
        put(fair, currency="EUR")


def test_who_booked_cancels_by_rules_that_only_become_kinder(fair: Fair) -> None:
    begins = fair.event.starts_at
    put(fair, cancel_fee_bp=1000, cancel_fee_minor=200, cancel_until=begins - timedelta(days=2))
    fair.sell()
    for harder in (
        {"cancel_fee_bp": 1001},
        {"cancel_fee_minor": 201},
        {"cancel_fee_bp": 0, "cancel_fee_minor": 201},
    ):
        with pytest.raises(InvalidInputError, match="booked under these rules") as refused:
            put(fair, **harder)
        assert refused.value.hint == "Lower the fees only."
    with pytest.raises(InvalidInputError, match="booked under these rules") as refused:
        put(fair, cancel_until=begins - timedelta(days=3))
    assert refused.value.hint == "Let people cancel longer only."
    rules = put(fair, cancel_fee_bp=500, cancel_fee_minor=0, cancel_until=None).rules
    assert (rules.cancel_fee_bp, rules.cancel_fee_minor, rules.cancel_until) == (500, 0, None)
    with pytest.raises(InvalidInputError, match="booked under these rules"):
        put(fair, cancel_until=begins - timedelta(days=1))
    put(fair, starts_at=begins - timedelta(hours=1))


def test_what_an_admin_looks_at_does_not_change_meanwhile(house: House) -> None:
    house.complete()
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    with pytest.raises(InvalidInputError, match="waiting for approval") as refused:
        house.change(description="Something else.")
    assert "Take it back" in refused.value.hint
    house.change(hold_minutes=30, bank_details="IBAN")
    assert detail(house).rules.hold_minutes == 30


def test_a_private_event_does_not_slip_into_public(house: House) -> None:
    house.complete(visibility="private")
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    with pytest.raises(NotAllowedError, match="approval"):
        house.change(visibility="public")
    house.change(visibility="invited")
    public = EventChanges(visibility=Visibility.PUBLIC)
    change_event(house.store, house.admin.at(NOON), house.event_id, public)
    assert detail(house).visibility is Visibility.PUBLIC


def test_the_commission_is_for_admins(house: House) -> None:
    with pytest.raises(NotAllowedError, match="commission"):
        house.change(commission_bp=0)
    change_event(house.store, house.admin.at(NOON), house.event_id, {"commission_bp": 250})
    assert detail(house).commission_bp == 250
    house.change(commission_bp=250, name="Still mine")


def test_others_change_nothing(house: House) -> None:
    with pytest.raises(NotAllowedError):
        change_event(house.store, house.guest.at(NOON), house.event_id, {"name": "Mine"})


def test_guests_are_told_of_other_times_and_another_place(house: House) -> None:
    fair = make_fair(house.store, "Fair")
    fair.sell(account_id=house.guest.id)
    put(fair, name="Fair 2", description="New words")
    told = len(house.told(house.guest))
    put(fair, ends_at=fair.event.ends_at + timedelta(hours=1))
    put(fair, online_url="https://example.org/room")
    assert house.told(house.guest)[told:] == [
        "Fair 2 has other times",
        "Fair 2 is at another place",
    ]


def test_a_cancelled_event_only_settles_its_money(house: House) -> None:
    house.complete()
    publish_event(house.store, house.admin.at(NOON), house.event_id)
    cancel_event(house.store, house.organizer.at(NOON), house.event_id, reason="Storm.")
    with pytest.raises(InvalidInputError, match="cancelled"):
        house.change(name="Another")
    house.change(bank_details="IBAN")
    assert detail(house).bank_details == "IBAN"


def test_currencies_have_the_digits_of_iso_4217() -> None:
    assert read_currency(" eur ") == ("EUR", 2)
    assert [EXPONENTS[code] for code in ("JPY", "KRW", "KWD", "BHD", "USD")] == [0, 0, 3, 3, 2]
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)
    with pytest.raises(InvalidInputError, match="There is no currency 'EURO"):
        read_currency("EURO")


KINDS: Mapping[Kind, Any] = {
    Kind.LINE: str,
    Kind.PAGE: str,
    Kind.NUMBER: int,
    Kind.SHARE: int,
    Kind.MINOR: int,
    Kind.YES: bool,
    Kind.MOMENT: datetime,
}
NAMED: Mapping[str, Any] = {
    "venue_id": UUID | None,
    "visibility": Visibility,
    "reminders": Reminders,
}
"""The types of fields that are one of several."""


def test_changes_are_typed_as_the_fields_of_an_event_are() -> None:
    expected = dict(NAMED)
    for one in EVENT:
        may_be_none = not one.needed and one.kind not in (Kind.LINE, Kind.PAGE, Kind.YES)
        if one.name not in NAMED:
            kind = KINDS[one.kind]
            expected[one.name] = kind | None if may_be_none else kind
    assert typing.get_type_hints(EventChanges) == expected


@pytest.mark.parametrize("body", [b'{"colour": "red"}', b'{"capacity": "many"}', b"[]", b"null"])
def test_what_is_no_change_of_an_event_is_refused_on_the_way_in(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        route_of(change_event).arguments({"event": str(uuid4())}, {}, body)
