"""Whose a drawer is, what its money is counted in, and whether the books can tell it is wrong."""

from dataclasses import replace

import pytest

from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.paying import Method
from eventdesk.events import change_event
from eventdesk.money import MovementKind, cash_agreement, close_shift, open_shift, take_payment
from eventdesk.money.drawers import put_movement, read_shift
from tests.build import NOON, STAFF, Fair
from tests.orders import set_type
from tests.payments import eur, owe
from tests.people import make_staff


def test_who_calls_themselves_like_a_device_does_not_get_its_drawer(fair: Fair) -> None:
    shift = open_shift(
        fair.store, SYSTEM.at(NOON), fair.event.id, drawer="Till", float_amount=eur(100)
    )
    mallory = replace(make_staff(fair), name=SYSTEM.name)
    with pytest.raises(NotAllowedError, match="has this drawer"):
        read_shift(fair.store, mallory, shift.id)
    with pytest.raises(NotAllowedError, match="has this drawer"):
        close_shift(fair.store, mallory.at(NOON), shift.id, {}, note="mine")
    assert read_shift(fair.store, SYSTEM, shift.id).is_open


def test_the_currency_stays_while_a_drawer_is_open(fair: Fair) -> None:
    for kind in (fair.regular, fair.vip):
        set_type(fair, kind, price_minor=0)
    shift = open_shift(
        fair.store, STAFF.at(NOON), fair.event.id, drawer="Till", float_amount=eur(10000)
    )
    with pytest.raises(InvalidInputError, match="Till is open with money in EUR"):
        change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"currency": "JPY"})
    close_shift(fair.store, STAFF.at(NOON), shift.id, {10000: 1})
    change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"currency": "JPY"})


def test_a_drawer_that_holds_something_else_than_the_books_is_noticed(fair: Fair) -> None:
    booking = owe(fair, 12000)
    paid = take_payment(fair.store, STAFF.at(NOON), booking.booking_id, method=Method.CASH)
    shift = open_shift(
        fair.store, STAFF.at(NOON), fair.event.id, drawer="Till", float_amount=eur(0)
    )
    before = cash_agreement(fair.store, SYSTEM, fair.event.id)
    assert (before.drawers, before.outside, before.agrees) == (eur(0), eur(12000), True)
    with Steps(fair.store, STAFF.at(NOON)).write() as act:
        put_movement(act, shift.id, MovementKind.SALE, 11000, payment_id=paid.id)
    after = cash_agreement(fair.store, SYSTEM, fair.event.id)
    assert (after.drawers, after.outside, after.agrees) == (eur(11000), eur(0), False)
