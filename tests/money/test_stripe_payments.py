"""Paying through Stripe: from the order to the ledger, against a Stripe on loopback."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import hear_gateway, hear_gateways, hear_payment
from eventdesk.core.errors import InvalidInputError, NotFoundError, NoticeRefusedError
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.integrations.payments import PaymentNotice
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import (
    PaymentView,
    list_payments,
    list_refunds,
    page_of_payment,
    payments_of,
    refund,
    start_payment,
    take_payment,
    unknown_notices,
    ways_to_pay,
)
from eventdesk.services import ServiceHealth, add_service, change_service, list_services
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_stripe import VALUES
from tests.payments import Owed, accounts, balance_of, cancel_tickets, eur, owe, state_of

LATER = NOON + timedelta(minutes=15)


@pytest.fixture
def stripe(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        add_service(store, SYSTEM.at(NOON), "stripe", VALUES)
        yield vendor


def start(store: Store, owed: Owed, at: datetime = NOON) -> PaymentView:
    return start_payment(store, STAFF.at(at), owed.booking_id, provider="stripe")


def send(store: Store, stripe: StripeVendor, body: bytes, at: datetime = NOON) -> int:
    stripe.now = at
    return hear_gateway(store, SYSTEM.at(at), "stripe", stripe.signed(body), body)


def payment_of(store: Store, owed: Owed) -> PaymentView:
    return payments_of(store, STAFF.at(NOON), owed.booking_id).payments[0]


def test_it_is_offered_where_it_is_set_up_and_switched_on(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    ways = ways_to_pay(store, STAFF.at(NOON), owed.booking_id).ways
    assert [each.provider for each in ways if each.method is Method.GATEWAY] == ["stripe"]
    [service] = list_services(store, SYSTEM.at(NOON))
    change_service(store, SYSTEM.at(NOON), service.id, {}, enabled=False)
    with pytest.raises(NotFoundError):
        start(store, owed)
    assert not stripe.asked


def test_who_pays_is_led_to_the_page_and_the_booking_is_paid_by_its_notice(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    assert view.address == stripe.sessions[view.reference]["url"]
    assert view.link == f"https://tickets.example.org/pay/{view.id}"
    assert page_of_payment(store, SYSTEM.at(NOON), view.id) == view.address
    body = stripe.event("checkout.session.completed", stripe.pay(view.reference))
    assert send(store, stripe, body) == 1
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}
    assert page_of_payment(store, SYSTEM.at(NOON), view.id) == ""


def test_the_same_notice_again_and_other_ones_of_the_same_book_once(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    session = stripe.pay(view.reference)
    once = stripe.event("checkout.session.completed", session)
    more = stripe.event("payment_intent.succeeded", stripe.intents[session["payment_intent"]])
    for body in (more, once, once, more):
        send(store, stripe, body)
    hear_gateways(store, SYSTEM.at(NOON))
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}


def test_when_no_notice_comes_it_is_asked(store: Store, fair: Fair, stripe: StripeVendor) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    assert hear_gateways(store, SYSTEM.at(NOON)) == 0
    stripe.pay(view.reference)
    asked = len(stripe.asked)
    hear_gateways(store, SYSTEM.at(NOON + timedelta(seconds=1)))
    assert len(stripe.asked) == asked  # it was asked a second ago
    assert hear_gateways(store, SYSTEM.at(NOON + timedelta(seconds=3))) == 1
    assert state_of(store, owed.booking_id) == "paid"


def test_who_comes_back_is_answered_at_once(store: Store, fair: Fair, stripe: StripeVendor) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    hear_gateways(store, SYSTEM.at(NOON))
    stripe.pay(view.reference)
    hear_payment(store, SYSTEM.at(NOON), view.id)
    assert state_of(store, owed.booking_id) == "paid"


def test_pressing_pay_again_leads_to_the_same_page(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    assert start(store, owed).address == start(store, owed).address
    assert len(stripe.sessions) == 1


def test_an_order_whose_answer_was_lost_is_found_again(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    stripe.lose = "POST /v1/checkout/sessions"
    lost = start(store, owed)
    assert (lost.state, lost.address) == (PaymentState.PENDING, "")
    found = start(store, owed)
    assert (found.id, found.error) == (lost.id, "")
    assert [*stripe.sessions] == [found.reference]


def test_an_order_whose_answer_was_lost_may_lead_back_elsewhere(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    stripe.lose = "POST /v1/checkout/sessions"
    start(store, owed)
    who = STAFF.at(NOON)
    again = start_payment(store, who, owed.booking_id, provider="stripe", back_to="/bookings/1")
    assert (again.state, again.error, again.address != "") == (PaymentState.PENDING, "", True)


def test_a_page_that_is_open_may_be_paid_though_it_was_refused_to_show_it_again(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    [service] = list_services(store, SYSTEM.at(NOON))
    change_service(store, SYSTEM.at(NOON), service.id, {"key": "sk_test_wrong"})
    again = start(store, owed)
    assert (again.state, again.error != "") == (PaymentState.PENDING, True)
    change_service(store, SYSTEM.at(NOON), service.id, {"key": VALUES["key"]})
    stripe.pay(view.reference)
    hear_gateways(store, SYSTEM.at(NOON + timedelta(minutes=1)))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_page_that_is_closed_makes_room_for_another(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    stripe.sessions[view.reference]["status"] = "expired"
    assert start(store, owed).state is PaymentState.FAILED
    assert start(store, owed).address not in ("", view.address)


def test_a_page_nobody_paid_in_time_is_closed_at_stripe_too(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    hear_gateways(store, SYSTEM.at(LATER))
    assert stripe.sessions[view.reference]["status"] == "expired"
    assert payment_of(store, owed).state is PaymentState.EXPIRED


def test_what_a_bank_is_at_work_on_is_asked_about_beyond_the_deadline(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    stripe.pay(view.reference, later=True)
    hear_gateways(store, SYSTEM.at(LATER))
    hear_gateways(store, SYSTEM.at(LATER + timedelta(days=1)))
    assert payment_of(store, owed).state is PaymentState.PENDING
    asked = len(stripe.asked)
    hear_gateways(store, SYSTEM.at(LATER + timedelta(days=1, minutes=9)))
    assert len(stripe.asked) == asked
    stripe.bank_says(view.reference, paid=True)
    hear_gateways(store, SYSTEM.at(LATER + timedelta(days=3)))
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}


def test_what_is_under_way_beyond_its_deadline_is_not_paid_on_a_second_page(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    stripe.pay(view.reference, later=True)
    again = start(store, owed, NOON + timedelta(days=1))
    assert (again.id, again.state, again.address) == (view.id, PaymentState.PENDING, "")
    assert "under way" in again.show
    assert len(stripe.sessions) == 1


def test_a_page_beyond_its_deadline_is_closed_before_another_is_made(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    again = start(store, owed, NOON + timedelta(hours=1))
    assert stripe.sessions[view.reference]["status"] == "expired"
    assert again.address not in ("", view.address)


def test_nobody_is_led_to_the_page_of_a_payment_beyond_its_deadline(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    view = start(store, owe(fair, 12000, expires_at=LATER))
    assert (
        page_of_payment(store, SYSTEM.at(NOON), view.id) == stripe.sessions[view.reference]["url"]
    )
    assert page_of_payment(store, SYSTEM.at(LATER), view.id) == ""


def test_a_page_of_another_amount_is_closed_before_another_is_made(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(2000))
    start(store, owed)
    assert [each["status"] for each in stripe.sessions.values()] == ["expired", "open"]
    assert stripe.sessions[view.reference]["status"] == "expired"


def test_what_was_paid_in_the_last_moment_counts(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    stripe.pay(start(store, owed).reference)
    hear_gateways(store, SYSTEM.at(LATER + timedelta(minutes=1)))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_page_is_closed_when_the_booking_was_paid_in_another_way(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    hear_gateways(store, SYSTEM.at(NOON))
    assert stripe.sessions[view.reference]["status"] == "expired"
    assert accounts(store) == {"cash": 12000, "revenue": -12000}


def test_a_payment_of_a_booking_that_expired_gives_its_places_back(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    view = start(store, owed)
    session = stripe.pay(view.reference)
    cancel_tickets(store, owed, owed.ticket_ids, state="expired")
    send(store, stripe, stripe.event("checkout.session.completed", session))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_silent_stripe_loses_nothing_rests_and_is_shown(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    stripe.pay(start(store, owed).reference)
    stripe.down = True
    assert hear_gateways(store, SYSTEM.at(LATER)) == 0
    assert payment_of(store, owed).state is PaymentState.PENDING  # it may have been paid
    [service] = list_services(store, SYSTEM.at(NOON))
    assert service.health is ServiceHealth.TROUBLE
    assert "Stripe" in service.health_text
    stripe.down = False
    assert hear_gateways(store, SYSTEM.at(LATER + timedelta(seconds=1))) == 0  # it rests
    assert hear_gateways(store, SYSTEM.at(LATER + timedelta(seconds=3))) == 1
    [service] = list_services(store, SYSTEM.at(NOON))
    assert service.health is ServiceHealth.GOOD


def test_a_wrong_key_ends_no_payment(store: Store, fair: Fair, stripe: StripeVendor) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    start(store, owed)
    [service] = list_services(store, SYSTEM.at(NOON))
    change_service(store, SYSTEM.at(NOON), service.id, {"key": "sk_test_wrong"})
    hear_gateways(store, SYSTEM.at(LATER))
    assert payment_of(store, owed).state is PaymentState.PENDING
    [service] = list_services(store, SYSTEM.at(NOON))
    assert service.health is ServiceHealth.TROUBLE


def test_an_answer_that_cannot_be_read_keeps_no_other_payment_waiting(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    odd, good = owe(fair, 1000, expires_at=LATER), owe(fair, 2000, expires_at=LATER)
    for owed in (odd, good):
        stripe.pay(start(store, owed).reference)
    stripe.sessions[payment_of(store, odd).reference]["amount_total"] = None
    hear_gateways(store, SYSTEM.at(LATER))
    assert state_of(store, good.booking_id) == "paid"
    assert payment_of(store, odd).state is PaymentState.PENDING  # it may have been paid
    [service] = list_services(store, SYSTEM.at(NOON))
    assert (service.health, "makes no sense" in service.health_text) == (
        ServiceHealth.TROUBLE,
        True,
    )
    asked = len(stripe.asked)
    hear_gateways(store, SYSTEM.at(LATER + timedelta(seconds=1)))
    assert len(stripe.asked) == asked


def test_an_answer_about_a_refund_that_cannot_be_read_keeps_no_other_waiting(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    refunds = []
    for minor in (1000, 2000):
        owed = owe(fair, minor)
        session = stripe.pay(start(store, owed).reference)
        send(store, stripe, stripe.event("checkout.session.completed", session))
        cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
        refunds.append(session["payment_intent"])
    stripe.refunds["re_odd"] = {"payment_intent": refunds[0], "metadata": "odd"}
    hear_gateways(store, SYSTEM.at(NOON))
    assert [each["amount"] for each in stripe.refunds.values() if "id" in each] == [2000]


def test_a_gateway_that_fails_keeps_no_other_waiting(
    store: Store, fair: Fair, stripe: StripeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_gateway: TestDeskGateway) -> list[PaymentNotice]:
        raise RuntimeError("odd")

    TestDeskGateway(store.home).enable()
    owed = owe(fair, 2000)
    stripe.pay(start(store, owed).reference)
    monkeypatch.setattr(TestDeskGateway, "poll", fail)
    hear_gateways(store, SYSTEM.at(NOON))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_forged_notice_pays_nothing(store: Store, fair: Fair, stripe: StripeVendor) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    body = stripe.event("checkout.session.completed", stripe.pay(view.reference))
    with pytest.raises(NoticeRefusedError):
        hear_gateway(store, SYSTEM.at(NOON), "stripe", stripe.signed(body, secret="x"), body)
    assert state_of(store, owed.booking_id) == "pending"


def test_a_notice_of_ours_that_is_not_here_is_kept_and_one_of_others_is_not(
    store: Store, stripe: StripeVendor
) -> None:
    foreign = {"metadata": {}, "payment_status": "paid", "amount_total": 1, "currency": "eur"}
    ours = {**foreign, "metadata": {"eventdesk_payment": "0190163d-8694-739b-aea5-966c26f8ad91"}}
    for thing in (foreign, ours):
        send(store, stripe, stripe.event("checkout.session.completed", thing))
    assert [each[0] for each in unknown_notices(store, SYSTEM.at(NOON))] == ["stripe"]


def test_another_amount_than_was_asked_for_pays_nothing_and_says_so(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    session = stripe.pay(start(store, owed).reference)
    body = stripe.event("checkout.session.completed", {**session, "amount_total": 100})
    send(store, stripe, body)
    assert state_of(store, owed.booking_id) == "pending"
    assert "1.00 EUR came in instead of 120.00 EUR" in payment_of(store, owed).error


def test_money_goes_back_through_stripe_in_parts(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 7000, 5000)
    view = start(store, owed)
    send(store, stripe, stripe.event("checkout.session.completed", stripe.pay(view.reference)))
    for ticket_id, minor in zip(owed.ticket_ids, (7000, 5000), strict=True):
        cancel_tickets(store, owed, [ticket_id])
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
        stripe.lose = "POST /v1/refunds"
        at = NOON + timedelta(minutes=minor)
        hear_gateways(store, SYSTEM.at(at))
        hear_gateways(store, SYSTEM.at(at + timedelta(minutes=1)))
    assert sorted(each["amount"] for each in stripe.refunds.values()) == [5000, 7000]
    assert accounts(store) == {}


def test_a_refund_that_waits_at_the_bank_is_asked_about_ever_less_often(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed)
    send(store, stripe, stripe.event("checkout.session.completed", stripe.pay(view.reference)))
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    stripe.refunds_end = "pending"
    for second in range(0, 600, 2):
        hear_gateways(store, SYSTEM.at(NOON + timedelta(seconds=second)))
    looks = [each for each in stripe.asked if each.path == "/v1/refunds" and each.method == "GET"]
    assert 10 < len(looks) < 50
    [waits], _total = list_refunds(store, SUPERVISOR, fair.event.id)
    assert waits.state is RefundState.PENDING


def test_what_was_given_back_at_stripe_itself_stands_in_the_books(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    session = stripe.pay(start(store, owed).reference)
    send(store, stripe, stripe.event("checkout.session.completed", session))
    intent = session["payment_intent"]
    stripe.intents[intent]["_refunded"] = 4000
    send(store, stripe, stripe.event("charge.refunded", stripe.charge(intent)))
    assert balance_of(store, owed.booking_id).refunded == eur(4000)


def test_a_dispute_is_shown_and_a_lost_one_takes_the_money(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    owed = owe(fair, 12000)
    session = stripe.pay(start(store, owed).reference)
    send(store, stripe, stripe.event("checkout.session.completed", session))
    intent = session["payment_intent"]
    send(store, stripe, stripe.event("charge.dispute.created", stripe.dispute(intent)))
    [shown], _total = list_payments(store, SUPERVISOR, fair.event.id)
    assert (shown.state, shown.error) == (PaymentState.PAID, "Disputed: product not received")
    lost = stripe.dispute(intent, "lost")
    send(store, stripe, stripe.event("charge.dispute.closed", lost))
    assert balance_of(store, owed.booking_id).due == eur(12000)
    assert payment_of(store, owed).error == "Charged back: product not received"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/a?b", "/../{0}", ""])
def test_nobody_is_led_back_to_anything_but_a_page_of_the_house(
    store: Store, fair: Fair, stripe: StripeVendor, path: str
) -> None:
    owed = owe(fair, 12000)
    with pytest.raises(InvalidInputError):
        start_payment(store, STAFF.at(NOON), owed.booking_id, provider="stripe", back_to=path)
    assert not stripe.asked
