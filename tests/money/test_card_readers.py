"""Paying at Stripe's card readers: from the desk to the ledger, against a Stripe on loopback."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from data.store import Store
from eventdesk.accounts import remove_member
from eventdesk.acts import SYSTEM, Permission
from eventdesk.booking import ask_at_reader, cancel_at_reader, hear_gateway, hear_gateways
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.paying import PaymentState, RefundState
from eventdesk.integrations.stripe.readers import StripeReaders
from eventdesk.money import (
    MovementKind,
    PaymentView,
    at_readers,
    card_readers,
    cash_agreement,
    close_shift,
    count,
    list_movements,
    list_refunds,
    open_shift,
    payments_of,
    refund,
    start_at_reader,
    start_payment,
    take_payment,
)
from eventdesk.money.gateways import under_way
from eventdesk.services import add_service
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_stripe import VALUES
from tests.orders import person
from tests.payments import Owed, accounts, eur, owe, state_of
from tests.people import make_cohost

SOON = NOON + timedelta(seconds=3)


@pytest.fixture
def stripe(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        add_service(store, SYSTEM.at(NOON), "stripe", VALUES)
        yield vendor


@pytest.fixture
def reader(stripe: StripeVendor) -> str:
    return stripe.add_reader()


def start(store: Store, owed: Owed, reader: str, at: datetime = NOON) -> PaymentView:
    return start_at_reader(store, STAFF.at(at), owed.booking_id, reader=reader)


def ask(store: Store, view: PaymentView, at: datetime = SOON) -> PaymentView:
    return ask_at_reader(store, STAFF.at(at), view.id)


def cancel(store: Store, view: PaymentView, at: datetime = SOON) -> PaymentView:
    return cancel_at_reader(store, STAFF.at(at), view.id)


def money_moved(stripe: StripeVendor) -> int:
    return sum(each["amount_received"] for each in stripe.intents.values())


def test_the_readers_are_listed_with_those_that_are_online_first(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    stripe.add_reader("A", online=False)
    stripe.add_reader("B")
    found = card_readers(store, STAFF.at(NOON), fair.event.id)
    assert [(each.label, each.online) for each in found] == [("B", True), ("A", False)]
    with pytest.raises(NotAllowedError):
        card_readers(store, person(store, "Nobody").at(NOON), fair.event.id)


def test_without_a_service_there_are_none(store: Store, fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="card readers"):
        card_readers(store, STAFF.at(NOON), fair.event.id)


def test_a_card_pays_and_the_ledger_has_it_as_stripes(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed, reader)
    assert (view.state, view.reference) == (PaymentState.PENDING, stripe.on_reader(reader))
    assert ask(store, view).state is PaymentState.PENDING
    stripe.tap(reader)
    assert ask(store, view).state is PaymentState.PAID
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}
    assert not stripe.refusals


@pytest.mark.parametrize("kind", ["terminal.reader.action_succeeded", "payment_intent.succeeded"])
def test_its_notices_book_it_once_where_nobody_asks(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str, kind: str
) -> None:
    view = start(store, owed := owe(fair, 12000), reader)
    thing = stripe.tap(reader)
    body = stripe.event(kind, thing if "reader" in kind else stripe.intents[view.reference])
    for _ in range(2):
        hear_gateway(store, SYSTEM.at(NOON), "stripe", stripe.signed(body), body)
    hear_gateways(store, SYSTEM.at(SOON))
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}


def test_who_may_no_longer_take_money_shows_nothing_on_a_reader(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora, owed = make_cohost(fair, Permission.MONEY), owe(fair, 12000)
    assert cora.id is not None
    cora_id = cora.id

    def taken_off_meanwhile(*args: Any, **given: Any) -> PaymentView | None:
        found = under_way(*args, **given)
        remove_member(store, SYSTEM.at(NOON), fair.event.id, cora_id)
        return found

    monkeypatch.setattr(at_readers, "under_way", taken_off_meanwhile)
    with pytest.raises(NotAllowedError):
        start_at_reader(store, cora.at(NOON), owed.booking_id, reader=reader)
    assert (stripe.on_reader(reader), stripe.intents) == ("", {})
    assert payments_of(store, SYSTEM.at(NOON), owed.booking_id).payments == ()


def test_a_desk_that_was_killed_is_not_needed_to_book_it(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    start(store, owed, reader)
    stripe.tap(reader)
    hear_gateways(store, SYSTEM.at(SOON))
    assert state_of(store, owed.booking_id) == "paid"


def test_who_starts_again_after_a_kill_finds_it_paid(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    start(store, owed, reader)
    stripe.tap(reader)
    with pytest.raises(InvalidInputError, match="paid"):
        start(store, owed, reader)
    assert (money_moved(stripe), accounts(store)["gateway"]) == (12000, 12000)


def test_who_starts_again_takes_the_first_try_off_the_reader(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    first = start(store, owed, reader)
    second = start(store, owed, reader)
    assert stripe.intents[first.reference]["status"] == "canceled"
    assert stripe.on_reader(reader) == second.reference
    stripe.tap(reader)
    assert ask(store, second).state is PaymentState.PAID
    assert money_moved(stripe) == 12000


@pytest.mark.parametrize("point", ["start", "present"])
def test_a_kill_at_any_point_lets_no_card_be_charged_unknown(
    store: Store,
    fair: Fair,
    stripe: StripeVendor,
    reader: str,
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owed, real = owe(fair, 12000), getattr(StripeReaders, point)

    def killed(*args: object) -> None:
        real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StripeReaders, point, killed)
        with pytest.raises(KeyboardInterrupt):
            start(store, owed, reader)
    shown = stripe.on_reader(reader)
    assert bool(shown) is (point == "present")
    if shown:
        stripe.tap(reader)
        hear_gateways(store, SYSTEM.at(SOON))
        assert state_of(store, owed.booking_id) == "paid"
    else:
        view = start(store, owed, reader)
        stripe.tap(reader)
        assert ask(store, view).state is PaymentState.PAID
    assert money_moved(stripe) == accounts(store)["gateway"] == 12000


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("terminal_reader_offline", "offline"),
        ("terminal_reader_busy", "busy"),
        ("terminal_reader_hardware_fault", "refused"),
    ],
)
def test_a_reader_that_does_not_show_it_is_named_and_nothing_is_left_behind(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str, code: str, words: str
) -> None:
    owed, stripe.fault = owe(fair, 12000), code
    view = start(store, owed, reader)
    assert view.state is PaymentState.FAILED
    assert words in view.error
    assert stripe.intents[view.reference]["status"] == "canceled"
    stripe.fault = ""
    again = start(store, owed, reader)
    stripe.tap(reader)
    assert ask(store, again).state is PaymentState.PAID


def test_a_reader_that_another_guest_pays_at_is_left_alone(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    first, second = owe(fair, 12000), owe(fair, 5000, name="Bob")
    waits = start(store, first, reader)
    assert "busy" in start(store, second, reader).error
    assert stripe.on_reader(reader) == waits.reference


def test_a_reader_that_is_not_there_any_more_is_named(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    for name in ("tmr_gone", "pi_1"):
        view = start(store, owe(fair, 12000, name=name), name)
        assert (view.state, "no such card reader" in view.error) == (PaymentState.FAILED, True)
    with pytest.raises(InvalidInputError, match="Choose a card reader"):
        start(store, owe(fair, 1, name="Bob"), " ")


def test_an_answer_in_time_is_not_needed_where_the_reader_shows_it(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    stripe.fault = "terminal_reader_timeout"
    view = start(store, owe(fair, 12000), reader)
    assert (view.state, "in time" in view.error) == (PaymentState.PENDING, True)
    stripe.tap(reader)
    assert ask(store, view).state is PaymentState.PAID


def test_what_never_came_to_the_reader_is_over_when_it_is_asked(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    stripe.fault = "terminal_reader_timeout"
    view = start(store, owe(fair, 12000), reader)
    stripe.readers[reader]["action"] = None
    asked = ask(store, view)
    assert (asked.state, "does not show it" in asked.error) == (PaymentState.FAILED, True)
    assert stripe.intents[view.reference]["status"] == "canceled"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("card_declined", "declined: No funds."),
        ("customer_canceled", "guest cancelled"),
        ("connection_error", "lost its connection"),
    ],
)
def test_what_fails_at_the_reader_is_named_and_can_be_tried_again(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str, code: str, words: str
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed, reader)
    body = stripe.event("terminal.reader.action_failed", stripe.fail(reader, code))
    hear_gateway(store, SYSTEM.at(NOON), "stripe", stripe.signed(body), body)
    [failed] = payments_of(store, STAFF.at(NOON), owed.booking_id).payments
    assert (failed.state, words in failed.error) == (PaymentState.FAILED, True)
    again = start(store, owed, reader)
    stripe.tap(reader)
    assert ask(store, again).state is PaymentState.PAID
    assert (view.id != again.id, money_moved(stripe)) == (True, 12000)


def test_a_reader_that_lost_its_connection_after_the_charge_is_not_believed(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owe(fair, 12000), reader)
    stripe.tap(reader)
    stripe.fail(reader, "connection_error")
    assert ask(store, view).state is PaymentState.PAID


def test_esc_takes_it_off_and_says_that_nothing_was_charged(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owed := owe(fair, 12000), reader)
    assert cancel(store, view).state is PaymentState.FAILED
    assert (stripe.on_reader(reader), money_moved(stripe)) == ("", 0)
    assert state_of(store, owed.booking_id) == "pending"
    take_payment(store, STAFF.at(SOON), owed.booking_id, method="cash")
    assert state_of(store, owed.booking_id) == "paid"


def test_esc_that_comes_after_the_card_says_that_it_is_paid(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owe(fair, 12000), reader)
    stripe.tap(reader)
    assert cancel(store, view).state is PaymentState.PAID


def test_esc_while_the_card_is_charged_waits_for_what_comes_of_it(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owe(fair, 12000), reader)
    stripe.readers[reader]["_charges"] = True
    assert cancel(store, view).state is PaymentState.PENDING
    stripe.tap(reader)
    assert cancel(store, view).state is PaymentState.PAID


def test_esc_without_an_answer_leaves_it_waiting_and_says_so(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owed := owe(fair, 12000), reader)
    stripe.down = True
    told = cancel(store, view)
    assert (told.state, told.error != "") == (PaymentState.PENDING, True)
    stripe.down = False
    stripe.tap(reader)
    hear_gateways(store, SYSTEM.at(SOON))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_reader_that_was_left_behind_is_free_after_five_minutes(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owe(fair, 12000), reader)
    hear_gateways(store, SYSTEM.at(NOON + timedelta(minutes=4)))
    assert stripe.on_reader(reader) == view.reference
    hear_gateways(store, SYSTEM.at(NOON + timedelta(minutes=6)))
    assert stripe.on_reader(reader) == ""
    assert stripe.intents[view.reference]["status"] == "canceled"


def test_a_page_is_closed_before_a_reader_takes_the_same(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    page = start_payment(store, STAFF.at(NOON), owed.booking_id, provider="stripe")
    start(store, owed, reader)
    assert stripe.sessions[page.reference]["status"] == "expired"


def test_no_page_is_made_while_a_reader_waits(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed, reader)
    page = start_payment(store, STAFF.at(NOON), owed.booking_id, provider="stripe")
    assert (page.id, page.address, stripe.sessions) == (view.id, "", {})
    assert stripe.on_reader(reader) == view.reference


def test_what_was_paid_in_cash_meanwhile_is_taken_off_the_reader(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    start(store, owed, reader)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    hear_gateways(store, SYSTEM.at(SOON))
    assert stripe.on_reader(reader) == ""


def test_money_goes_back_through_stripe(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(fair, 12000)
    view = start(store, owed, reader)
    stripe.tap(reader)
    ask(store, view)
    refund(store, SUPERVISOR.at(SOON), owed.booking_id, amount=eur(5000), reason="left early")
    hear_gateways(store, SYSTEM.at(SOON))
    [given], _total = list_refunds(store, SUPERVISOR.at(SOON), fair.event.id)
    assert given.state is RefundState.PAID
    assert [each["payment_intent"] for each in stripe.refunds.values()] == [view.reference]


def test_a_drawer_is_counted_without_what_came_and_went_by_reader(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    cora = make_cohost(fair, Permission.MONEY)
    opened = open_shift(
        store, cora.at(NOON), fair.event.id, drawer="Desk 1", float_amount=eur(10000)
    )
    by_card, in_cash = owe(fair, 12000), owe(fair, 5000)
    view = start_at_reader(store, cora.at(NOON), by_card.booking_id, reader=reader)
    stripe.tap(reader)
    assert ask_at_reader(store, cora.at(SOON), view.id).state is PaymentState.PAID
    take_payment(store, cora.at(SOON), in_cash.booking_id, method="cash")
    refund(store, cora.at(SOON), by_card.booking_id, amount=eur(2000), reason="left early")
    hear_gateways(store, SYSTEM.at(SOON))
    assert accounts(store)["gateway"] == 10000
    moves, _total = list_movements(store, cora, opened.id)
    assert [(each.kind, each.amount) for each in moves] == [
        (MovementKind.SALE, eur(5000)),
        (MovementKind.FLOAT, eur(10000)),
    ]
    found = count(store, cora.at(SOON), opened.id, {10000: 1, 5000: 1})
    assert (found.counted, found.difference) == (eur(15000), eur(0))
    closed = close_shift(store, cora.at(SOON), opened.id, {10000: 1, 5000: 1})
    assert (closed.expected, closed.difference) == (eur(15000), eur(0))
    agrees = cash_agreement(store, SYSTEM, fair.event.id)
    assert (agrees.ledger, agrees.drawers, agrees.agrees) == (eur(5000), eur(5000), True)


def test_notices_of_other_programs_readers_say_nothing(
    store: Store, fair: Fair, stripe: StripeVendor, reader: str
) -> None:
    view = start(store, owed := owe(fair, 12000), reader)
    stripe.intents[view.reference]["metadata"] = {}
    body = stripe.event("terminal.reader.action_succeeded", stripe.tap(reader))
    assert hear_gateway(store, SYSTEM.at(NOON), "stripe", stripe.signed(body), body) == 0
    assert state_of(store, owed.booking_id) == "pending"


@pytest.mark.long
def test_two_desks_that_begin_at_once_charge_one_card(
    store: Store, fair: Fair, stripe: StripeVendor
) -> None:
    """Each round two desks start the same booking at their own readers, and both guests tap."""
    for turn in range(5):
        owed = owe(fair, 1000, name=f"Guest {turn}")
        readers = [stripe.add_reader(), stripe.add_reader()]
        gate = threading.Barrier(2)
        views = _at_once([partial(_begun, store, owed, each, gate) for each in readers])
        for each in readers:
            if stripe.on_reader(each):
                stripe.tap(each)
        for view in views:
            if view is not None and view.reference.startswith("pi_"):
                ask(store, view)
        hear_gateways(store, SYSTEM.at(SOON))
        assert money_moved(stripe) <= 1000 * (turn + 1)
        assert money_moved(stripe) == accounts(store).get("gateway", 0)


def _begun(store: Store, owed: Owed, reader: str, gate: threading.Barrier) -> PaymentView | None:
    gate.wait(10)
    try:
        return start(store, owed, reader)
    except InvalidInputError:
        return None


def _note(found: list[PaymentView | None], call: Callable[[], PaymentView | None]) -> None:
    found.append(call())


def _at_once(calls: list[Callable[[], PaymentView | None]]) -> list[PaymentView | None]:
    found: list[PaymentView | None] = []
    threads = [threading.Thread(target=partial(_note, found, each)) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found
