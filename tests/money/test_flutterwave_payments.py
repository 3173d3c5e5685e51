"""Paying through Flutterwave: from the order to the ledger, against a Flutterwave on loopback."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from data.schema import BookingRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import hear_gateways
from eventdesk.core.paying import PaymentState
from eventdesk.integrations.flutterwave.gateway import FlutterwaveGateway
from eventdesk.money import PaymentView, list_refunds, payments_of, refund, start_payment
from eventdesk.services import add_service
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.integrations.flutterwave_vendor import FlutterwaveVendor
from tests.integrations.test_flutterwave import VALUES
from tests.payments import Owed, balance_of, cancel_tickets, eur, owe


@pytest.fixture
def flutterwave(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlutterwaveVendor]:
    with FlutterwaveVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.flutterwave.gateway.ORIGIN", vendor.origin)
        add_service(store, SYSTEM.at(NOON), "flutterwave", VALUES)
        yield vendor


def start(store: Store, owed: Owed) -> PaymentView:
    with store.write() as connection:
        connection.execute(update(BookingRow).values(email="ada@example.org"))
    return start_payment(store, STAFF.at(NOON), owed.booking_id, provider="flutterwave")


def promise(store: Store, fair: Fair, vendor: FlutterwaveVendor) -> Owed:
    """Pay for two tickets and promise the money of one of them back."""
    owed = owe(fair, 5000, 7000)
    vendor.pay(start(store, owed).reference)
    hear_gateways(store, SYSTEM.at(NOON))
    cancel_tickets(store, owed, owed.ticket_ids[:1])
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    return owed


def test_two_who_ask_for_the_same_refund_at_once_give_it_back_once(
    store: Store, fair: Fair, flutterwave: FlutterwaveVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = promise(store, fair, flutterwave)
    later = SYSTEM.at(NOON + timedelta(minutes=1))
    look, others = FlutterwaveGateway._refunds, [threading.Thread]

    def look_while_another_asks(gateway: FlutterwaveGateway, number: int) -> list[dict[str, Any]]:
        found = look(gateway, number)
        if others:
            another = others.pop()(target=hear_gateways, args=(store, later))
            another.start()
            another.join()
        return found

    monkeypatch.setattr(FlutterwaveGateway, "_refunds", look_while_another_asks)
    hear_gateways(store, later)
    assert [each["amount_refunded"] for each in flutterwave.refunds] == [50]
    assert balance_of(store, owed.booking_id).refunded == eur(5000)


def test_what_was_given_back_must_be_known_before_more_is(
    store: Store, fair: Fair, flutterwave: FlutterwaveVendor
) -> None:
    promise(store, fair, flutterwave)
    flutterwave.lose = "/refund"
    hear_gateways(store, SYSTEM.at(NOON + timedelta(minutes=1)))
    flutterwave.hides_refunds = True
    hear_gateways(store, SYSTEM.at(NOON + timedelta(hours=1)))
    [waits], _total = list_refunds(store, SUPERVISOR, fair.event.id)
    assert (waits.state, len(flutterwave.refunds)) == ("pending", 1)


def test_what_is_under_way_there_does_not_end_at_its_deadline(
    store: Store, fair: Fair, flutterwave: FlutterwaveVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    transaction = flutterwave.pay(view.reference, status="pending")
    hear_gateways(store, SYSTEM.at(NOON + timedelta(days=1)))
    assert [each.state for each in states(store, owed)] == [PaymentState.PENDING]
    transaction["status"] = "successful"
    hear_gateways(store, SYSTEM.at(NOON + timedelta(days=2)))
    assert [each.state for each in states(store, owed)] == [PaymentState.PAID]


def states(store: Store, owed: Owed) -> tuple[PaymentView, ...]:
    return payments_of(store, STAFF.at(NOON), owed.booking_id).payments
