"""Paying a booking on screen: at the desk, by voucher, through the test desk."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import update
from textual.pilot import Pilot
from textual.widgets import Button, Label

from data.schema import EventRow
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import hear_gateway
from eventdesk.core.paying import Method
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import add_vouchers, ways_to_pay
from eventdesk.services import add_service
from screens.accounts.sign_in_screen import SignInScreen
from screens.booking.booking_screen import BookingScreen
from screens.money.payment_dialog import PaymentDialog, PaymentOutcome
from screens.money.payment_page import PaymentPage
from tests.build import NOON, STAFF, SUPERVISOR
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_stripe import VALUES
from tests.orders import person
from tests.payments import Owed, accounts, balance_of, eur, owe, state_of
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long

LATER = NOON + timedelta(minutes=15)


@asynccontextmanager
async def paying(
    stage: Stage, owed: Owed, actor: Actor = SUPERVISOR, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], PaymentDialog]]:
    """Open a booking and press the key that pays it."""
    app = stage.app()
    async with app.run_test(size=size, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(BookingScreen(app.tools, actor, owed.booking_id))
        screen = await shown(pilot, BookingScreen)
        await until(pilot, lambda: screen.detail is not None)
        await pilot.press("p")
        yield pilot, await shown(pilot, PaymentDialog)


@pytest.fixture
def stripe(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        add_service(stage.fair.store, SYSTEM.at(NOON), "stripe", VALUES)
        yield vendor


async def choose(pilot: Pilot[None], dialog: PaymentDialog, method: Method) -> None:
    way = next(each for each in dialog.ways.ways if each.method is method)
    dialog.form.fields["way"].put(way)
    await pilot.pause()


async def test_cash_is_taken_and_the_change_is_said(stage: Stage) -> None:
    owed = owe(stage.fair, 12000, expires_at=LATER)
    async with paying(stage, owed) as (pilot, dialog):
        assert "120.00 EUR are due until" in page(pilot)
        assert not dialog.form.fields["slip"].display
        dialog.form.fields["amount"].put(15000)
        await reads(pilot, "! Change to give back: 30.00 EUR")
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "✓ Paid: 120.00 EUR")
        await pilot.press("r")
        await until(pilot, lambda: list(stage.fair.store.home.glob("exports/receipt-*.txt")))
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        await reads(pilot, "✓ paid")
    assert accounts(stage.fair.store) == {"cash": 12000, "revenue": -12000}


async def test_a_card_payment_needs_its_slip_and_keeps_what_was_typed(stage: Stage) -> None:
    owed = owe(stage.fair, 12000)
    async with paying(stage, owed) as (pilot, dialog):
        await choose(pilot, dialog, Method.TERMINAL)
        dialog.form.fields["amount"].put(5000)
        await pilot.press("ctrl+s")
        await reads(pilot, "Please fill this in")
        dialog.form.fields["slip"].put("0017")
        dialog.form.fields["amount"].put(99900)
        await pilot.press("ctrl+s")
        await reads(pilot, "999.00 EUR are too much")
        assert dialog.form.values["slip"] == "0017"
        dialog.form.fields["amount"].put(5000)
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "70.00 EUR are still due.")
    assert balance_of(stage.fair.store, owed.booking_id).paid == eur(5000)


async def test_what_is_let_off_has_no_receipt(stage: Stage) -> None:
    owed = owe(stage.fair, 12000)
    async with paying(stage, owed) as (pilot, dialog):
        await choose(pilot, dialog, Method.FREE)
        dialog.form.fields["reason"].put("speaker")
        await pilot.press("ctrl+s")
        outcome = await shown(pilot, PaymentOutcome)
        await reads(pilot, "✓ Let off")
        assert not outcome.query_one("#receipt", Button).display
    assert state_of(stage.fair.store, owed.booking_id) == "paid"


async def test_a_buyer_pays_online_and_sees_the_answer_come(stage: Stage) -> None:
    gateway = TestDeskGateway(stage.fair.store.home)
    gateway.enable()
    ann = person(stage.fair.store, "Ann")
    owed = owe(stage.fair, 12000, expires_at=LATER, account_id=ann.id)
    async with paying(stage, owed, ann) as (pilot, dialog):
        assert [way.method for way in dialog.ways.ways] == [Method.GATEWAY, Method.VOUCHER]
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "◌ Waiting for the answer")
        [order] = gateway.orders()
        assert f"gateway answer {order.reference} paid" in " ".join(page(pilot).split())
        gateway.answer(order.reference, "twice")
        await reads(pilot, "✓ Paid: 120.00 EUR")
    assert accounts(stage.fair.store) == {"gateway": 12000, "revenue": -12000}


@pytest.mark.parametrize(
    ("answer", "words", "ledger"),
    [
        ("paid", "✓ Paid: 120.00 EUR", {"gateway": 12000, "revenue": -12000}),
        ("failed", "✗ It did not go through", {"receivable": 12000, "revenue": -12000}),
        ("twice", "✓ Paid: 120.00 EUR", {"gateway": 12000, "revenue": -12000}),
    ],
)
async def test_the_test_desk_is_answered_in_place_and_its_notice_is_heard(
    stage: Stage, answer: str, words: str, ledger: dict[str, int]
) -> None:
    gateway = TestDeskGateway(stage.fair.store.home)
    gateway.enable()
    ann = person(stage.fair.store, "Ann")
    owed = owe(stage.fair, 12000, expires_at=LATER, account_id=ann.id)
    async with paying(stage, owed, ann) as (pilot, _):
        await pilot.press("ctrl+s")
        outcome = await shown(pilot, PaymentOutcome)
        await reads(pilot, "Paid twice")
        assert outcome.query_one("#paid").has_focus
        await pilot.click(f"#{answer}")
        await reads(pilot, words)
        assert not outcome.query_one("#answers").display
    assert accounts(stage.fair.store) == ledger
    told = len(list((gateway.folder / "told").iterdir()))
    assert told == (2 if answer == "twice" else 1), "it came as a notice"


async def test_cash_at_the_desk_has_nothing_to_answer(stage: Stage) -> None:
    owed = owe(stage.fair, 12000, expires_at=LATER)
    async with paying(stage, owed) as (pilot, _):
        await pilot.press("ctrl+s")
        outcome = await shown(pilot, PaymentOutcome)
        await reads(pilot, "✓ Paid: 120.00 EUR")
        assert not outcome.query_one("#answers").display


async def test_a_payment_that_fails_says_what_to_do(stage: Stage) -> None:
    TestDeskGateway(stage.fair.store.home).enable()
    ann = person(stage.fair.store, "Ann")
    owed = owe(stage.fair, 12001, expires_at=LATER, account_id=ann.id)
    async with paying(stage, owed, ann) as (pilot, _):
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "✗ It did not go through")
        await reads(pilot, "Try again, or pay in another way")
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        await pilot.press("p")
        await shown(pilot, PaymentDialog)
    assert state_of(stage.fair.store, owed.booking_id) == "pending"


async def test_a_buyer_is_told_where_to_send_a_transfer_and_may_spend_a_voucher(
    stage: Stage,
) -> None:
    store = stage.fair.store
    with store.write() as connection:
        connection.execute(update(EventRow).values(bank_details="IBAN DE00 [/b] 1234"))
    [voucher] = add_vouchers(store, SUPERVISOR.at(NOON), stage.fair.event.id, value=eur(20000))
    ann = person(store, "Ann")
    owed = owe(stage.fair, 12000, account_id=ann.id)
    async with paying(stage, owed, ann) as (pilot, dialog):
        await choose(pilot, dialog, Method.TRANSFER)
        await reads(pilot, "IBAN DE00 [/b] 1234")
        await reads(pilot, f"Purpose: {owed.code}")
        assert dialog.query_one("#confirm", Button).disabled
        await choose(pilot, dialog, Method.VOUCHER)
        dialog.form.fields["voucher"].put(voucher.code.lower())
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "✓ Paid: 120.00 EUR")
    assert state_of(store, owed.booking_id) == "paid"


async def test_the_door_takes_money_but_lets_nothing_off(stage: Stage) -> None:
    owed = owe(stage.fair, 12000)
    ways = ways_to_pay(stage.fair.store, STAFF.at(NOON), owed.booking_id).ways
    assert [way.method for way in ways] == [
        Method.CASH,
        Method.TERMINAL,
        Method.TRANSFER,
        Method.VOUCHER,
    ]


async def test_a_page_of_a_provider_is_shown_as_a_code_until_it_was_paid_there(
    stage: Stage, stripe: StripeVendor
) -> None:
    owed = owe(stage.fair, 12000, expires_at=LATER)
    async with paying(stage, owed) as (pilot, dialog):
        await choose(pilot, dialog, Method.GATEWAY)
        await pilot.press("ctrl+s")
        there = await shown(pilot, PaymentPage)
        await reads(pilot, "Scan this with a phone")
        assert there.query_one("#code").size.height <= 24
        said = str(there.query_one(".typed", Label).content)
        assert said == f"https://tickets.example.org/pay/{there.view.id}"
        body = stripe.event("checkout.session.completed", stripe.pay(there.view.reference))
        hear_gateway(stage.fair.store, SYSTEM.at(NOON), "stripe", stripe.signed(body), body)
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "✓ Paid: 120.00 EUR")
    assert accounts(stage.fair.store) == {"gateway": 12000, "revenue": -12000}


async def test_closing_the_page_of_a_provider_leaves_the_payment_waiting(
    stage: Stage, stripe: StripeVendor
) -> None:
    owed = owe(stage.fair, 12000, expires_at=LATER)
    async with paying(stage, owed) as (pilot, dialog):
        await choose(pilot, dialog, Method.GATEWAY)
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentPage)
        await pilot.press("escape")
        await shown(pilot, PaymentOutcome)
        await reads(pilot, "◌ Waiting for the answer")
    assert [each["status"] for each in stripe.sessions.values()] == ["open"]
