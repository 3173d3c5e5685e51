"""The gateway of Stripe against a Stripe on loopback."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eventdesk.core.errors import (
    GatewayRefusedError,
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
from eventdesk.integrations.stripe.gateway import StripeGateway
from tests.build import NOON
from tests.integrations.stripe_vendor import KEY, SIGNING_SECRET, StripeVendor

VALUES = {"key": KEY, "signing_secret": SIGNING_SECRET, "address": "https://tickets.example.org"}


@pytest.fixture
def stripe() -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        yield vendor


@pytest.fixture
def gateway(stripe: StripeVendor) -> StripeGateway:
    return StripeGateway(VALUES, origin=stripe.origin)


def order(minor: int = 12000, currency: str = "EUR", minutes: int | None = 15) -> PaymentOrder:
    return PaymentOrder(
        uuid4(),
        Money(minor, currency, EXPONENTS[currency]),
        "Demo Days, booking ABCDEF",
        None if minutes is None else NOON + timedelta(minutes=minutes),
        NOON,
        back_to="/paid/1",
    )


def waiting(asked: PaymentOrder, started: Started, *, wanted: bool = True) -> OpenPayment:
    return OpenPayment(asked.payment_id, started.reference, asked.amount, wanted)


def told(gateway: StripeGateway, stripe: StripeVendor, kind: str, thing: Any) -> list[Any]:
    body = stripe.event(kind, thing)
    return list(gateway.hear(stripe.signed(body), body, now=NOON))


def paid(gateway: StripeGateway, stripe: StripeVendor, minor: int = 12000) -> tuple[UUID, str]:
    asked = order(minor)
    reference = gateway.start(asked).reference
    stripe.pay(reference)
    return asked.payment_id, reference


def test_a_page_is_made_and_asked_about_until_it_is_paid(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    assert started.address == f"https://checkout.stripe.com/c/pay/{started.reference}"
    assert stripe.sessions[started.reference]["success_url"] == "https://tickets.example.org/paid/1"
    assert gateway.ask(waiting(asked, started)) == []
    stripe.pay(started.reference)
    [notice] = gateway.ask(waiting(asked, started))
    assert (notice.payment_id, notice.state) == (asked.payment_id, Told.PAID)
    assert notice.received == asked.amount
    assert not stripe.refusals


def test_an_order_whose_answer_was_lost_is_one_page(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    asked = order()
    stripe.lose = "POST /v1/checkout/sessions"
    with pytest.raises(ServiceSilentError):
        gateway.start(asked)
    assert gateway.start(asked).reference in stripe.sessions
    assert len(stripe.sessions) == 1


def test_the_same_page_is_shown_again_and_not_one_that_is_closed(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    known = PaymentOrder(
        asked.payment_id, asked.amount, "Another name", None, NOON, started.reference
    )
    assert gateway.start(known) == started
    [notice] = gateway.ask(waiting(asked, started, wanted=False))
    assert notice.state is Told.EXPIRED
    with pytest.raises(GatewayRefusedError, match="closed"):
        gateway.start(known)


def test_closing_a_page_that_was_paid_changes_nothing(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    asked = order()
    started = gateway.start(asked)
    stripe.pay(started.reference)
    [notice] = gateway.ask(waiting(asked, started, wanted=False))
    assert notice.state is Told.PAID


@pytest.mark.parametrize("minutes", [1, 15, 60, 60 * 24 * 14, None])
def test_a_page_ends_when_stripe_lets_it(
    gateway: StripeGateway, stripe: StripeVendor, minutes: int | None
) -> None:
    started = gateway.start(order(minutes=minutes))
    assert started.expires_at is not None
    assert timedelta(minutes=30) < started.expires_at - NOON < timedelta(hours=24)
    assert not stripe.refusals


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [
        (500, "JPY", 500),
        (1250, "EUR", 1250),
        (5120, "KWD", 5120),
        (700, "ISK", 70000),
        (5000, "UGX", 500000),
        (50000, "MGA", 500),
    ],
)
def test_amounts_are_counted_as_stripe_does(
    gateway: StripeGateway, stripe: StripeVendor, minor: int, currency: str, units: int
) -> None:
    asked = order(minor, currency)
    started = gateway.start(asked)
    assert stripe.pay(started.reference)["amount_total"] == units
    [notice] = gateway.ask(waiting(asked, started))
    assert notice.received == asked.amount


@pytest.mark.parametrize(("minor", "currency"), [(5124, "KWD"), (50001, "MGA")])
def test_an_amount_that_stripe_cannot_count_is_refused_before_it_is_sent(
    gateway: StripeGateway, stripe: StripeVendor, minor: int, currency: str
) -> None:
    with pytest.raises(GatewayRefusedError, match="not so small"):
        gateway.start(order(minor, currency))
    assert not stripe.asked


def test_what_stripe_refuses_is_said_in_its_words(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayRefusedError, match="at least 50"):
        gateway.start(order(20))


def test_a_wrong_key_is_refused(stripe: StripeVendor) -> None:
    gateway = StripeGateway({**VALUES, "key": "sk_test_wrong"}, origin=stripe.origin)
    with pytest.raises(ServiceRefusedError):
        gateway.try_out()


def test_the_trial_says_whether_real_money_moves(gateway: StripeGateway) -> None:
    assert "no real money" in str(gateway.try_out())


def test_a_bank_that_decides_later_is_followed(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    for pays, state in ((True, Told.PAID), (False, Told.FAILED)):
        asked = order()
        started = gateway.start(asked)
        session = stripe.pay(started.reference, later=True)
        [notice] = told(gateway, stripe, "checkout.session.completed", session)
        assert notice.state is Told.PENDING
        [answer] = gateway.ask(waiting(asked, started))
        assert answer.state is Told.PENDING
        session = stripe.bank_says(started.reference, paid=pays)
        word = "succeeded" if pays else "failed"
        [notice] = told(gateway, stripe, f"checkout.session.async_payment_{word}", session)
        [answer] = gateway.ask(waiting(asked, started))
        assert (notice.state, answer.state) == (state, state)


def test_a_signed_notice_is_heard(gateway: StripeGateway, stripe: StripeVendor) -> None:
    asked = order()
    session = stripe.pay(gateway.start(asked).reference)
    [notice] = told(gateway, stripe, "checkout.session.completed", session)
    assert (notice.payment_id, notice.state) == (asked.payment_id, Told.PAID)
    [notice] = told(
        gateway, stripe, "payment_intent.succeeded", stripe.intents[session["payment_intent"]]
    )
    assert (notice.payment_id, notice.received) == (asked.payment_id, asked.amount)


def test_what_is_not_ours_or_nothing_new_says_nothing(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    for kind, thing in (
        ("checkout.session.completed", {"metadata": {}, "amount_total": 5, "currency": "eur"}),
        ("checkout.session.completed", {"metadata": {"eventdesk_payment": "7"}}),
        ("customer.created", {"metadata": {"eventdesk_payment": str(uuid4())}}),
        ("charge.dispute.created", {"metadata": {}, "payment_intent": None}),
    ):
        assert told(gateway, stripe, kind, thing) == []


FORGED = {
    "no signature": {},
    "nonsense": {"stripe-signature": "t=,v1"},
    "huge number": {"stripe-signature": "t=" + "9" * 5000 + ",v1=00"},
    "another secret": None,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_notice_is_refused(gateway: StripeGateway, stripe: StripeVendor, how: str) -> None:
    body = stripe.event("checkout.session.completed", {})
    headers = FORGED[how]
    with pytest.raises(NoticeRefusedError):
        gateway.hear(
            stripe.signed(body, secret="other") if headers is None else headers, body, now=NOON
        )


def test_a_notice_that_was_changed_on_the_way_is_refused(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    body = stripe.event("checkout.session.completed", {})
    with pytest.raises(NoticeRefusedError, match="wrong"):
        gateway.hear(stripe.signed(body), body + b" ", now=NOON)


def test_without_a_signing_secret_no_notice_is_heard(stripe: StripeVendor) -> None:
    gateway = StripeGateway({**VALUES, "signing_secret": ""}, origin=stripe.origin)
    body = stripe.event("checkout.session.completed", {})
    with pytest.raises(NoticeRefusedError):
        gateway.hear(stripe.signed(body, secret=""), body, now=NOON)


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_notice_from_another_time_is_refused_with_what_to_do(
    gateway: StripeGateway, stripe: StripeVendor, minutes: int
) -> None:
    body = stripe.event("checkout.session.completed", {})
    with pytest.raises(NoticeRefusedError, match="10 minutes") as refused:
        gateway.hear(stripe.signed(body), body, now=NOON + timedelta(minutes=minutes))
    assert "clock" in refused.value.hint


def test_a_signed_notice_of_nonsense_is_refused(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    for body in (b"", b"[]", b"{}", b'{"type":"x","data":{"object":7}}', b"\xff"):
        with pytest.raises(NoticeRefusedError):
            gateway.hear(stripe.signed(body), body, now=NOON)


def back(reference: str, minor: int = 12000, refund_id: UUID | None = None) -> RefundOrder:
    return RefundOrder(refund_id or uuid4(), uuid4(), reference, Money(minor, "EUR"))


def test_money_goes_back_in_parts_and_never_beyond(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    _payment, reference = paid(gateway, stripe)
    assert gateway.refund(back(reference, 5000)).state is RefundState.PAID
    assert gateway.refund(back(reference, 7000)).state is RefundState.PAID
    refused = gateway.refund(back(reference, 1))
    assert refused.state is RefundState.FAILED
    assert "greater" in refused.reason


def test_the_same_refund_is_given_once_also_when_the_key_is_forgotten(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    _payment, reference = paid(gateway, stripe)
    asked = back(reference, 5000)
    gateway.refund(asked)
    stripe._keys.clear()
    assert gateway.refund(asked).state is RefundState.PAID
    assert [each["amount"] for each in stripe.refunds.values()] == [5000]


def test_a_refund_whose_answer_was_lost_is_given_once(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    _payment, reference = paid(gateway, stripe)
    asked = back(reference)
    for lost in ("GET /v1/refunds", "POST /v1/refunds"):
        stripe.lose = lost
        with pytest.raises(ServiceSilentError):
            gateway.refund(asked)
    assert gateway.refund(asked).state is RefundState.PAID
    assert len(stripe.refunds) == 1


def test_a_refund_that_failed_is_tried_anew_and_one_that_waits_is_not(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    _payment, reference = paid(gateway, stripe)
    asked = back(reference)
    stripe.refunds_end = "failed"
    answer = gateway.refund(asked)
    assert (answer.state, answer.reason) == (RefundState.FAILED, "expired or canceled card")
    stripe.refunds_end = "pending"
    assert gateway.refund(asked).state is RefundState.PENDING
    assert gateway.refund(asked).state is RefundState.PENDING
    assert len(stripe.refunds) == 2


def test_nothing_goes_back_of_a_page_that_nobody_paid(gateway: StripeGateway) -> None:
    started = gateway.start(order())
    with pytest.raises(GatewayRefusedError, match="Nothing was paid"):
        gateway.refund(back(started.reference))


def test_what_is_given_back_at_stripe_itself_is_heard(
    gateway: StripeGateway, stripe: StripeVendor
) -> None:
    payment_id, reference = paid(gateway, stripe)
    intent = stripe.sessions[reference]["payment_intent"]
    for amount, state in ((5000, Told.PARTLY_REFUNDED), (12000, Told.REFUNDED)):
        stripe.intents[intent]["_refunded"] = amount
        [notice] = told(gateway, stripe, "charge.refunded", stripe.charge(intent))
        assert (notice.payment_id, notice.state) == (payment_id, state)
        assert notice.refunded == Money(amount, "EUR")


@pytest.mark.parametrize(
    ("status", "state"),
    [("needs_response", Told.DISPUTED), ("won", Told.DISPUTE_WON), ("lost", Told.CHARGED_BACK)],
)
def test_a_dispute_is_heard_though_it_does_not_name_us(
    gateway: StripeGateway, stripe: StripeVendor, status: str, state: Told
) -> None:
    payment_id, reference = paid(gateway, stripe)
    dispute = stripe.dispute(stripe.sessions[reference]["payment_intent"], status)
    kind = "charge.dispute.created" if status == "needs_response" else "charge.dispute.closed"
    notice: PaymentNotice
    [notice] = told(gateway, stripe, kind, dispute)
    assert (notice.payment_id, notice.state) == (payment_id, state)
