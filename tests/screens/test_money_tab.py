"""The money of an event on screen: balance, lists, bank, vouchers, papers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import update
from textual.pilot import Pilot
from textual.widgets import Button

from data.schema import LedgerRow
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.paying import Method
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.integrations.test_desk import SCRIPT, TestDeskGateway
from eventdesk.money import (
    StatementLine,
    issue_invoice,
    list_vouchers,
    poll_gateways,
    refund,
    start_payment,
    take_payment,
)
from eventdesk.money.gateway_notices import receive_notice
from screens.accounts.sign_in_screen import SignInScreen
from screens.booking.booking_screen import BookingScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.money.import_preview import ImportPreview
from screens.money.paper_screen import PaperScreen
from screens.organizer.event_screen import EventScreen
from screens.organizer.money_tab import MoneyTab, UnknownNotices
from tests.build import NOON, SUPERVISOR
from tests.orders import set_event
from tests.payments import (
    Owed,
    accounts,
    balance_of,
    cancel_tickets,
    eur,
    owe,
    state_of,
    unlock_ledger,
)
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long


@asynccontextmanager
async def money_of(
    stage: Stage, size: tuple[int, int] = (80, 24), actor: Actor = SUPERVISOR
) -> AsyncIterator[tuple[Pilot[None], MoneyTab]]:
    """Open the money of the event, with the keyboard in the first list."""
    app = stage.app()
    async with app.run_test(size=size, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(EventScreen(app.tools, actor, stage.fair.event))
        screen = await shown(pilot, EventScreen)
        screen.open_part("money", enter=True)
        await until(pilot, lambda: isinstance(screen.tab, MoneyTab) and screen.tab.money)
        tab = screen.tab
        assert isinstance(tab, MoneyTab)
        await until(pilot, lambda: tab.table.has_focus_within)
        yield pilot, tab


async def show(pilot: Pilot[None], tab: MoneyTab, place: int) -> None:
    """Choose a list by its number and wait for its first line."""
    await pilot.press(str(place))
    await until(pilot, lambda: tab.switcher.current == tab.lists[place - 1].id)
    await until(pilot, lambda: tab.table.marked is not None)


def pay(stage: Stage, owed: Owed, method: str = "cash", minor: int | None = None) -> None:
    take_payment(
        stage.fair.store,
        SUPERVISOR.at(NOON),
        owed.booking_id,
        method=method,
        amount=None if minor is None else eur(minor),
        reference="17",
    )


async def test_the_balance_and_the_payments_are_shown_and_live(stage: Stage) -> None:
    first, second = owe(stage.fair, 12000), owe(stage.fair, 5000)
    pay(stage, first)
    async with money_of(stage) as (pilot, _tab):
        await reads(pilot, "EUR  in: cash 120.00")
        await reads(pilot, "still due 50.00")
        pay(stage, second, "terminal")
        await reads(pilot, "cash 120.00 · card 50.00")
        await until(pilot, lambda: second.code in page(pilot))
        await pilot.press("r")
        await until(pilot, lambda: list(stage.fair.store.home.glob("exports/receipt-*.pdf")))
        await pilot.press("enter")
        booking = await shown(pilot, BookingScreen)
        assert booking.booking_id in (first.booking_id, second.booking_id)


async def test_a_list_without_lines_says_what_to_do(stage: Stage) -> None:
    async with money_of(stage) as (pilot, _tab):
        await reads(pilot, "No payments yet.")
        for place, words in enumerate(
            (
                "No refund is open.",
                "Nobody paid too much",
                "Press I to import",
                "Press N to issue",
                "Nothing is issued yet",
            ),
            2,
        ):
            await pilot.press(str(place))
            await reads(pilot, words)


async def test_a_refund_is_handed_out(stage: Stage) -> None:
    owed = owe(stage.fair, 12000)
    pay(stage, owed)
    refund(stage.fair.store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(2000), reason="late")
    async with money_of(stage) as (pilot, tab):
        await reads(pilot, "to give back 20.00")
        await show(pilot, tab, 2)
        await reads(pilot, "◌ to pay")
        await pilot.press("o")
        dialog = await shown(pilot, FormDialog)
        assert dialog.form.values["by"] is Method.CASH
        await pilot.press("ctrl+s")
        await reads(pilot, "No refund is open.")
    assert balance_of(stage.fair.store, owed.booking_id).refunded == eur(2000)


async def test_a_refused_refund_is_tried_again(stage: Stage) -> None:
    store = stage.fair.store
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    (gateway.folder / SCRIPT).write_text("* paid\nrefund * failed\n")
    owed = owe(stage.fair, 12000)
    start_payment(store, SUPERVISOR.at(NOON), owed.booking_id, provider=gateway.name)
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(2000), reason="late")
    poll_gateways(store, SYSTEM.at(NOON))
    async with money_of(stage) as (pilot, tab):
        await show(pilot, tab, 2)
        await reads(pilot, "✗ refused")
        (gateway.folder / SCRIPT).write_text("refund * paid\n")
        await pilot.press("y")
        await until(pilot, lambda: balance_of(store, owed.booking_id).promised == eur(2000))
    poll_gateways(store, SYSTEM.at(NOON))
    assert balance_of(store, owed.booking_id).refunded == eur(2000)


async def test_what_was_paid_late_is_revived_and_what_was_too_much_given_back(stage: Stage) -> None:
    store = stage.fair.store
    late, much = owe(stage.fair, 12000), owe(stage.fair, 100, name="Bob [/b]")
    cancel_tickets(store, late, late.ticket_ids, state="expired")
    pay(stage, late, "transfer", 12000)
    async with money_of(stage) as (pilot, tab):
        await show(pilot, tab, 3)
        await reads(pilot, "! expired")
        await pilot.press("v")
        await until(pilot, lambda: state_of(store, late.booking_id) == "paid")
        pay(stage, much, "transfer", 150)
        await reads(pilot, "0.50 EUR")
        await pilot.press("g")
        await shown(pilot, TextQuestion)
        await pilot.press(*"sorry", "enter")
        await until(pilot, lambda: balance_of(store, much.booking_id).promised == eur(50))
        await reads(pilot, "Nobody paid too much")


async def test_a_statement_is_looked_at_booked_and_its_rest_assigned(
    stage: Stage, tmp_path: Path
) -> None:
    store = stage.fair.store
    first, second = owe(stage.fair, 12000), owe(stage.fair, 5000)
    file = tmp_path / "june.csv"
    file.write_text(
        f"date;amount;purpose;payer\n01.06.2026;120,00;{first.code};Ada\n"
        "02.06.2026;50,00;my ticket;Bob\n03.06.2026;7,00;gift;[/b]\n",
        encoding="utf-8",
    )
    async with money_of(stage) as (pilot, tab):
        await pilot.press("4", "i")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["path"].put(str(tmp_path / "other.csv"))
        await pilot.press("ctrl+s")
        await reads(pilot, "cannot be read")
        dialog.form.fields["path"].put(str(file))
        await pilot.press("ctrl+s")
        await shown(pilot, ImportPreview)
        await reads(pilot, "1 will be booked, 2 need a look")
        assert accounts(store).get("bank") is None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: accounts(store).get("bank") == 12000)
        await until(pilot, lambda: tab.table.marked is not None and "gift" in page(pilot))
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: getattr(tab.under_cursor(StatementLine), "payer", "") == "Bob")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["code"].put(second.code)
        await pilot.press("ctrl+s")
        await reads(pilot, "No line needs a look")
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["path"].put(str(file))
        await pilot.press("ctrl+s")
        preview = await shown(pilot, ImportPreview)
        await reads(pilot, "3 were known")
        assert preview.query_one("#book", Button).disabled
    assert state_of(store, second.booking_id) == "paid"


async def test_vouchers_are_issued_and_cancelled(stage: Stage) -> None:
    store = stage.fair.store
    async with money_of(stage) as (pilot, tab):
        await pilot.press("5", "n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["value"].put(5000)
        dialog.form.fields["code"].put("thanks!")
        await pilot.press("ctrl+s")
        await reads(pilot, "letters and digits only")
        dialog.form.fields["code"].put("thanks")
        await pilot.press("ctrl+s")
        await reads(pilot, "THANKS")
        await until(pilot, lambda: tab.table.marked is not None)
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "✗ cancelled")
    [voucher], _total = list_vouchers(store, SUPERVISOR, stage.fair.event.id)
    assert voucher.cancelled_at is not None


async def test_a_paper_is_read_and_exported(stage: Stage) -> None:
    store = stage.fair.store
    owed = owe(stage.fair, 12000, name="Ada [/b] Łukasz")
    issued = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    async with money_of(stage) as (pilot, tab):
        await show(pilot, tab, 6)
        await reads(pilot, issued.name)
        await pilot.press("enter")
        await shown(pilot, PaperScreen)
        await reads(pilot, "Ada [/b] Łukasz")
        await reads(pilot, "Still due")
        await pilot.press("e")
        path = store.home / "exports" / f"invoice-{issued.name}.pdf"
        await until(pilot, path.exists)


async def test_an_invoice_is_written_as_xml(stage: Stage) -> None:
    store = stage.fair.store
    set_event(stage.fair, invoice_sender="House\nVAT ID DE123456789")
    owed = owe(stage.fair, 12000)
    issued = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id, vat_id="FR12345678901")
    async with money_of(stage) as (pilot, tab):
        await show(pilot, tab, 6)
        await reads(pilot, issued.name)
        await pilot.press("x")
        path = store.home / "exports" / f"invoice-{issued.name}.xml"
        await until(pilot, path.exists)


async def test_what_gateways_told_of_unknown_payments_is_shown(stage: Stage) -> None:
    store = stage.fair.store
    async with money_of(stage, actor=SYSTEM) as (pilot, tab):
        assert not tab.check_action("unknown", ())
        told = PaymentNotice("evt-[b]7[/b]", None, Told.PAID)
        receive_notice(store, SYSTEM.at(NOON), "test-desk", told)
        await pilot.press("f5")
        await reads(pilot, "! A gateway told of 1 payment that is not here")
        receive_notice(
            store, SYSTEM.at(NOON), "test-desk", PaymentNotice("evt-8", None, Told.FAILED)
        )
        await pilot.press("f5")
        await reads(pilot, "! Gateways told of 2 payments that are not here")
        await pilot.press("u")
        await shown(pilot, UnknownNotices)
        await reads(pilot, "evt-[b]7[/b]  ! paid")
        await reads(pilot, "evt-8  ! failed")
        await pilot.press("escape")
        await shown(pilot, EventScreen)


async def test_the_books_are_checked(stage: Stage) -> None:
    owe(stage.fair, 12000)
    async with money_of(stage) as (pilot, _):
        await pilot.press("k")
        await reads(pilot, "✓ The books of 1 booking are")
        with stage.fair.store.write() as connection:
            unlock_ledger(connection)
            connection.execute(update(LedgerRow).values(amount_minor=LedgerRow.amount_minor * 2))
        await pilot.press("k")
        await reads(pilot, "Problems in the books: ")
