"""The gateway of PayPal against a PayPal on loopback."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    NoticeRefusedError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.core.money import EXPONENTS, Money
from eventdesk.core.paying import RefundState
from eventdesk.integrations.payments import (
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    RefundOrder,
    Started,
    Told,
)
from eventdesk.integrations.paypal.gateway import PayPalGateway
from tests.build import NOON
from tests.integrations.paypal_vendor import CLIENT_ID, SECRET, WEBHOOK_ID, PayPalVendor

VALUES = {
    "client_id": CLIENT_ID,
    "secret": SECRET,
    "webhook_id": WEBHOOK_ID,
    "address": "https://tickets.example.org",
}


@pytest.fixture
def paypal() -> Iterator[PayPalVendor]:
    with PayPalVendor() as vendor:
        yield vendor


@pytest.fixture
def gateway(paypal: PayPalVendor) -> PayPalGateway:
    return PayPalGateway(VALUES, origin=paypal.origin)


def order(minor: int = 12000, currency: str = "EUR") -> PaymentOrder:
    amount = Money(minor, currency, EXPONENTS[currency])
    return PaymentOrder(uuid4(), amount, "Demo Days, booking ABCDEF", None, NOON, "", "/paid/1")


def waiting(asked: PaymentOrder, started: Started, *, wanted: bool = True) -> OpenPayment:
    return OpenPayment(asked.payment_id, started.reference, asked.amount, wanted)


def approved(gateway: PayPalGateway, paypal: PayPalVendor) -> OpenPayment:
    asked = order()
    started = gateway.start(asked)
    paypal.approve(started.reference)
    return waiting(asked, started)


def heard(gateway: PayPalGateway, paypal: PayPalVendor, kind: str, thing: Any) -> list[Any]:
    headers, body = paypal.send(kind, thing)
    return list(gateway.hear(headers, body, now=NOON))


def back(reference: str, minor: int = 12000, refund_id: UUID | None = None) -> RefundOrder:
    return RefundOrder(refund_id or uuid4(), uuid4(), reference, Money(minor, "EUR"))


def test_what_was_approved_is_captured_when_it_is_asked_about(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    assert started.address == f"https://www.paypal.com/checkoutnow?token={started.reference}"
    assert gateway.ask(waiting(asked, started)) == []
    paypal.approve(started.reference)
    [notice] = gateway.ask(waiting(asked, started))
    assert (notice.payment_id, notice.state) == (asked.payment_id, Told.PAID)
    assert notice.received == asked.amount
    assert gateway.ask(waiting(asked, started)) == [notice]
    assert not paypal.refusals


def test_what_nobody_needs_any_more_is_not_captured(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    paypal.approve(started.reference)
    assert gateway.ask(waiting(asked, started, wanted=False)) == []
    assert paypal.orders[started.reference]["status"] == "APPROVED"


def test_an_order_whose_answer_was_lost_is_one_order(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    gateway.try_out()
    asked = order()
    paypal.lose = "POST /v2/checkout/orders"
    with pytest.raises(ServiceSilentError):
        gateway.start(asked)
    assert [gateway.start(asked).reference] == [*paypal.orders]


def test_a_capture_whose_answer_was_lost_takes_once(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    paypal.lose = "/capture"
    with pytest.raises(ServiceSilentError):
        gateway.ask(payment)
    assert [each.state for each in gateway.ask(payment)] == [Told.PAID]


def test_a_capture_that_was_made_elsewhere_counts(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    paypal._capture(paypal.orders[payment.reference])
    assert [each.state for each in gateway.ask(payment)] == [Told.PAID]


@pytest.mark.parametrize(
    ("state", "later", "said"),
    [("PENDING", "COMPLETED", Told.PAID), ("PENDING", "DECLINED", Told.FAILED)],
)
def test_a_capture_that_waits_is_followed(
    gateway: PayPalGateway, paypal: PayPalVendor, state: str, later: str, said: Told
) -> None:
    payment = approved(gateway, paypal)
    paypal.captures_end = state
    assert [each.state for each in gateway.ask(payment)] == [Told.PENDING]
    capture = paypal.capture_of(payment.reference)
    [notice] = heard(gateway, paypal, "PAYMENT.CAPTURE.PENDING", capture)
    assert notice.state is Told.PENDING
    capture["status"] = later
    assert [each.state for each in gateway.ask(payment)] == [said]
    [notice] = heard(gateway, paypal, f"PAYMENT.CAPTURE.{later}", capture)
    assert (notice.payment_id, notice.state) == (payment.payment_id, said)


def test_a_card_that_was_declined_says_why(gateway: PayPalGateway, paypal: PayPalVendor) -> None:
    payment = approved(gateway, paypal)
    paypal.captures_end = "refused"
    [notice] = gateway.ask(payment)
    assert (notice.state, notice.reason) == (Told.FAILED, "The card was declined by the bank.")


@pytest.mark.parametrize(
    ("minor", "currency", "value"),
    [(500, "JPY", "500"), (1250, "EUR", "12.50"), (1200, "HUF", "12")],
)
def test_amounts_are_written_as_paypal_does(
    gateway: PayPalGateway, paypal: PayPalVendor, minor: int, currency: str, value: str
) -> None:
    asked = order(minor, currency)
    started = gateway.start(asked)
    unit = paypal.orders[started.reference]["purchase_units"][0]
    assert unit["amount"]["value"] == value
    paypal.approve(started.reference)
    [notice] = gateway.ask(waiting(asked, started))
    assert notice.received == asked.amount


@pytest.mark.parametrize(("minor", "currency"), [(1250, "HUF"), (5124, "KWD")])
def test_what_paypal_cannot_take_is_refused_before_it_is_asked(
    gateway: PayPalGateway, paypal: PayPalVendor, minor: int, currency: str
) -> None:
    with pytest.raises(GatewayRefusedError):
        gateway.start(order(minor, currency))
    assert not paypal.asked


def test_a_token_that_was_taken_back_is_asked_for_anew(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    gateway.start(order())
    paypal.tokens.clear()
    gateway.start(order())
    tokens = [each for each in paypal.asked if each.path == "/v1/oauth2/token"]
    assert len(tokens) == 2


def test_a_wrong_secret_or_webhook_is_named(paypal: PayPalVendor) -> None:
    with pytest.raises(ServiceRefusedError):
        PayPalGateway({**VALUES, "secret": "wrong"}, origin=paypal.origin).try_out()
    with pytest.raises(GatewayRefusedError):
        PayPalGateway({**VALUES, "webhook_id": "9"}, origin=paypal.origin).try_out()


def test_the_trial_says_that_it_works(gateway: PayPalGateway) -> None:
    assert "no real money" in str(gateway.try_out())


def test_an_approval_is_heard_as_something_to_ask_about(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    thing = paypal.orders[payment.reference]
    [notice] = heard(gateway, paypal, "CHECKOUT.ORDER.APPROVED", thing)
    assert (notice.payment_id, notice.state) == (payment.payment_id, Told.PENDING)


def test_what_goes_back_and_what_is_disputed_is_heard(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    gateway.ask(payment)
    ours, forty = str(payment.payment_id), {"currency_code": "EUR", "value": "40.00"}
    refund = {"custom_id": ours, "seller_payable_breakdown": {"total_refunded_amount": forty}}
    dispute = {"disputed_transactions": [{"custom": ours}], "dispute_amount": forty}
    for kind, thing, state in (
        ("PAYMENT.CAPTURE.REFUNDED", refund, Told.PARTLY_REFUNDED),
        ("PAYMENT.CAPTURE.REVERSED", {"custom_id": ours, "amount": forty}, Told.CHARGED_BACK),
        ("CUSTOMER.DISPUTE.CREATED", {**dispute, "reason": "UNAUTHORISED"}, Told.DISPUTED),
    ):
        notice: PaymentNotice
        [notice] = heard(gateway, paypal, kind, thing)
        assert (notice.payment_id, notice.state) == (payment.payment_id, state)
        assert notice.refunded == Money(4000, "EUR")
    outcome = {"dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}
    [notice] = heard(gateway, paypal, "CUSTOMER.DISPUTE.RESOLVED", {**dispute, **outcome})
    assert notice.state is Told.DISPUTE_WON


def test_what_is_not_ours_says_nothing(gateway: PayPalGateway, paypal: PayPalVendor) -> None:
    capture = {"custom_id": "shop-7", "amount": {"currency_code": "EUR", "value": "5.00"}}
    assert heard(gateway, paypal, "PAYMENT.CAPTURE.COMPLETED", capture) == []
    assert heard(gateway, paypal, "BILLING.PLAN.CREATED", {}) == []


def test_only_what_paypal_says_it_sent_is_heard(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    gateway.ask(payment)
    capture = paypal.capture_of(payment.reference)
    headers, body = paypal.send("PAYMENT.CAPTURE.COMPLETED", capture)
    for bad_headers, bad_body in (
        ({}, body),
        ({**headers, "paypal-transmission-sig": "sig=2"}, body),
        ({**headers, "paypal-cert-url": "https://paypal.com.example.org/CERT-1"}, body),
        (headers, body + b" "),
        (headers, body[:-1] + b'}, "webhook_id": {}'),
        (headers, b"[" * 100_000),
    ):
        with pytest.raises(NoticeRefusedError):
            gateway.hear(bad_headers, bad_body, now=NOON)
    without = PayPalGateway({**VALUES, "webhook_id": ""}, origin=paypal.origin)
    with pytest.raises(NoticeRefusedError):
        without.hear(headers, body, now=NOON)


def test_paypal_is_not_asked_about_what_says_nothing_of_ours(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    headers, _body = paypal.send("BILLING.PLAN.CREATED", {})
    forged = b'{"id": "WH-1", "event_type": "BILLING.PLAN.CREATED", "resource": {}}'
    assert gateway.hear(headers, forged, now=NOON) == []
    assert paypal.asked == []


def test_money_goes_back_in_parts_once_each_and_never_beyond(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    gateway.ask(payment)
    part = back(payment.reference, 5000)
    assert gateway.refund(part).state is RefundState.PAID
    paypal._keys.clear()
    assert gateway.refund(part).state is RefundState.PAID
    assert gateway.refund(back(payment.reference, 7000)).state is RefundState.PAID
    refused = gateway.refund(back(payment.reference, 1))
    assert (refused.state, "more than" in refused.reason) == (RefundState.FAILED, True)
    made = paypal.orders[payment.reference]["purchase_units"][0]["payments"]["refunds"]
    assert [each["amount"]["value"] for each in made] == ["50.00", "70.00"]


def test_a_refund_that_failed_is_tried_anew_and_one_that_waits_is_not(
    gateway: PayPalGateway, paypal: PayPalVendor
) -> None:
    payment = approved(gateway, paypal)
    gateway.ask(payment)
    asked = back(payment.reference)
    for ends, state in (("FAILED", RefundState.FAILED), ("PENDING", RefundState.PENDING)):
        paypal.refunds_end = ends
        assert gateway.refund(asked).state is state
    assert gateway.refund(asked).state is RefundState.PENDING
    made = paypal.orders[payment.reference]["purchase_units"][0]["payments"]["refunds"]
    assert len(made) == 2


@pytest.mark.parametrize("status", [409, 422])
def test_what_paypal_is_at_work_on_is_no_refusal(
    gateway: PayPalGateway, paypal: PayPalVendor, status: int
) -> None:
    payment = approved(gateway, paypal)
    paypal.at_work = status
    with pytest.raises(GatewaySilentError):
        gateway.ask(payment)
    paypal.at_work = 0
    gateway.ask(payment)
    paypal.at_work = status
    with pytest.raises(GatewaySilentError):
        gateway.refund(back(payment.reference))


def test_nothing_goes_back_of_an_order_that_nobody_paid(gateway: PayPalGateway) -> None:
    started = gateway.start(order())
    with pytest.raises(GatewayRefusedError, match="Nothing was paid"):
        gateway.refund(back(started.reference))


def test_an_app_that_is_locked_out_fails_no_refund(
    gateway: PayPalGateway, paypal: PayPalVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = approved(gateway, paypal)
    monkeypatch.setattr(paypal, "tokens", NoTokens())
    with pytest.raises(ServiceRefusedError) as refused:
        gateway.refund(back(payment.reference))
    assert not isinstance(refused.value, GatewayRefusedError)


class NoTokens(set[str]):
    """The tokens of a vendor that takes none of those it gives."""

    def add(self, _token: str) -> None:
        """Forget it at once."""
