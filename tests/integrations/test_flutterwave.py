"""The gateway of Flutterwave against a Flutterwave on loopback."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from eventdesk.core.errors import (
    GatewayRefusedError,
    NoticeRefusedError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.core.money import EXPONENTS, Money
from eventdesk.core.paying import RefundState
from eventdesk.integrations.flutterwave.gateway import FlutterwaveGateway
from eventdesk.integrations.payments import (
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    RefundOrder,
    Told,
)
from tests.build import NOON
from tests.integrations.flutterwave_vendor import HASH, KEY, FlutterwaveVendor

VALUES = {"key": KEY, "secret_hash": HASH, "address": "https://tickets.example.org"}


@pytest.fixture
def vendor() -> Iterator[FlutterwaveVendor]:
    with FlutterwaveVendor() as vendor:
        yield vendor


@pytest.fixture
def gateway(vendor: FlutterwaveVendor) -> FlutterwaveGateway:
    return FlutterwaveGateway(VALUES, origin=vendor.origin)


def order(minor: int = 12000, currency: str = "NGN") -> PaymentOrder:
    return PaymentOrder(
        uuid4(),
        Money(minor, currency, EXPONENTS[currency]),
        "Demo Days, booking ABCDEF",
        NOON + timedelta(minutes=15),
        NOON,
        back_to="/paid/1",
        email="ada@example.org",
    )


def waiting(asked: PaymentOrder) -> OpenPayment:
    return OpenPayment(asked.payment_id, str(asked.payment_id), asked.amount)


def heard(gateway: FlutterwaveGateway, told: Any, proof: str = HASH) -> list[PaymentNotice]:
    body = json.dumps({"event": "charge.completed", "data": told}).encode()
    return list(gateway.hear({"verif-hash": proof}, body, now=NOON))


def back(reference: str, minor: int = 12000) -> RefundOrder:
    return RefundOrder(uuid4(), uuid4(), reference, Money(minor, "NGN"))


def test_a_link_is_made_and_asked_about_until_it_is_paid(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    assert started.address.startswith("https://checkout.flutterwave.com/")
    link = vendor.links[started.reference]
    assert (link["amount"], link["currency"], link["session_duration"]) == ("120.00", "NGN", 15)
    assert gateway.ask(waiting(asked)) == []
    vendor.pay(started.reference, status="failed")
    assert gateway.ask(waiting(asked)) == []
    vendor.pay(started.reference)
    [notice] = gateway.ask(waiting(asked))
    assert (notice.payment_id, notice.state) == (asked.payment_id, Told.PAID)
    assert notice.received == asked.amount


@pytest.mark.parametrize(
    ("minor", "currency", "amount"), [(5000, "UGX", "5000"), (1250, "GHS", "12.50")]
)
def test_amounts_have_the_digits_of_their_currency(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor, minor: int, currency: str, amount: str
) -> None:
    asked = order(minor, currency)
    vendor.pay(gateway.start(asked).reference)
    assert vendor.links[str(asked.payment_id)]["amount"] == amount
    assert gateway.ask(waiting(asked))[0].received == asked.amount


def test_no_second_link_is_made_for_what_was_paid(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    asked = order()
    reference = gateway.start(asked).reference
    again = replace(asked, reference=reference)
    assert gateway.start(again).address
    vendor.pay(reference)
    assert gateway.start(again).address == ""


def test_without_an_e_mail_address_it_says_what_to_do(gateway: FlutterwaveGateway) -> None:
    with pytest.raises(GatewayRefusedError, match="e-mail"):
        gateway.start(replace(order(), email=""))


def test_a_wrong_key_is_refused(vendor: FlutterwaveVendor) -> None:
    with pytest.raises(ServiceRefusedError):
        FlutterwaveGateway({**VALUES, "key": "x"}, origin=vendor.origin).try_out()


def test_the_trial_says_that_it_works(gateway: FlutterwaveGateway) -> None:
    assert str(gateway.try_out()) == "Flutterwave answers."


def test_a_notice_is_heard_after_its_transaction_was_asked_for(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    asked = order()
    transaction = vendor.pay(gateway.start(asked).reference)
    [notice] = heard(gateway, transaction)
    assert (notice.payment_id, notice.received) == (asked.payment_id, asked.amount)


def test_what_was_really_paid_is_told_whatever_the_notice_says(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    asked = order()
    transaction = vendor.pay(gateway.start(asked).reference, amount="1.00")
    [notice] = heard(gateway, {**transaction, "amount": 120.0})
    assert notice.received == Money(100, "NGN")


def test_a_transaction_of_another_payment_says_nothing(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    cheap, dear = order(100), order()
    gateway.start(dear)
    transaction = vendor.pay(gateway.start(cheap).reference)
    assert heard(gateway, {**transaction, "tx_ref": str(dear.payment_id)}) == []
    assert heard(gateway, {**transaction, "tx_ref": "shop-7"}) == []


def test_a_notice_of_what_failed_says_nothing(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    transaction = vendor.pay(gateway.start(order()).reference, status="failed")
    assert heard(gateway, {**transaction, "status": "successful"}) == []


@pytest.mark.parametrize("proof", ["", "other", "s3cret-hash "])
def test_a_forged_notice_is_refused(gateway: FlutterwaveGateway, proof: str) -> None:
    with pytest.raises(NoticeRefusedError, match="secret hash"):
        heard(gateway, {"id": 1, "tx_ref": str(uuid4())}, proof)


def test_without_a_secret_hash_no_notice_is_heard(vendor: FlutterwaveVendor) -> None:
    gateway = FlutterwaveGateway({**VALUES, "secret_hash": ""}, origin=vendor.origin)
    with pytest.raises(NoticeRefusedError):
        heard(gateway, {"id": 1, "tx_ref": str(uuid4())}, "")


def test_nonsense_is_refused(gateway: FlutterwaveGateway) -> None:
    for body in (b"", b"[]", b"{}", b'{"data":{"id":"x"}}', b"[" * 100_000):
        with pytest.raises(NoticeRefusedError):
            gateway.hear({"verif-hash": HASH}, body, now=NOON)


def test_money_goes_back_in_parts_once_each_and_never_beyond(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    reference = gateway.start(order()).reference
    vendor.pay(reference)
    part = back(reference, 5000)
    vendor.lose = "/refund"
    with pytest.raises(ServiceSilentError):
        gateway.refund(part)
    assert gateway.refund(part).state is RefundState.PAID
    assert gateway.refund(back(reference, 7000)).state is RefundState.PAID
    refused = gateway.refund(back(reference, 1))
    assert (refused.state, "more than" in refused.reason) == (RefundState.FAILED, True)
    assert [str(each["amount_refunded"]) for each in vendor.refunds] == ["50.00", "70.00"]


def test_a_refund_that_failed_is_tried_anew_and_one_that_waits_is_not(
    gateway: FlutterwaveGateway, vendor: FlutterwaveVendor
) -> None:
    reference = gateway.start(order()).reference
    vendor.pay(reference)
    asked = back(reference)
    for ends, state in (("failed", RefundState.FAILED), ("pending", RefundState.PENDING)):
        vendor.refunds_end = ends
        assert gateway.refund(asked).state is state
    assert gateway.refund(asked).state is RefundState.PENDING
    assert len(vendor.refunds) == 2


def test_nothing_goes_back_of_a_link_that_nobody_paid(gateway: FlutterwaveGateway) -> None:
    with pytest.raises(GatewayRefusedError, match="Nothing was paid"):
        gateway.refund(back(gateway.start(order()).reference))
