"""Card readers at the desk: the guest taps, the desk waits, gives up, and goes on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.door import keep_reader_here, reader_here
from eventdesk.integrations.payments import CardReader
from eventdesk.money import ways_to_pay
from eventdesk.services import add_service
from screens.desk.walk_in import SoldDialog, WalkInDialog
from screens.modals.questions import PickOne
from screens.money.at_reader import AtReader
from screens.money.take_money import TakeMoney
from tests.build import NOON, STAFF
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_stripe import VALUES
from tests.payments import Owed, accounts, owe, state_of
from tests.screens.stage import Stage, page, reads, shown, typed, until
from tests.screens.test_walk_in import problem, selling

pytestmark = pytest.mark.long


@pytest.fixture
def stripe(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        monkeypatch.setattr("screens.money.at_reader.POLL_S", 0.05)
        add_service(stage.fair.store, SYSTEM.at(NOON), "stripe", VALUES)
        yield vendor


@pytest.fixture
def reader(stage: Stage, stripe: StripeVendor) -> str:
    name = stripe.add_reader("Till [b]1")
    keep_reader_here(stage.fair.store.home, CardReader(name, "Till [b]1"))
    return name


@asynccontextmanager
async def taking(
    stage: Stage, owed: Owed, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], TakeMoney]]:
    """Open the desk, and there the payment of a booking."""
    ways = ways_to_pay(stage.fair.store, STAFF.at(NOON), owed.booking_id)
    async with stage.desk_screen(STAFF, size) as (pilot, screen):
        here = reader_here(stage.fair.store.home)
        pilot.app.push_screen(TakeMoney(screen.tools, screen.place, ways, "Ada", reader=here))
        yield pilot, await shown(pilot, TakeMoney)


async def at_reader(pilot: Pilot[None], stripe: StripeVendor, reader: str) -> AtReader:
    """Choose the card reader by its letter, and wait until it shows the amount."""
    await pilot.press("c")
    await reads(pilot, "Enter shows the amount on the card reader")
    await pilot.press("enter")
    dialog = await shown(pilot, AtReader)
    await reads(pilot, "Ask the guest to tap or insert the card")
    assert stripe.on_reader(reader)
    return dialog


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_a_guest_taps_and_the_booking_is_paid(
    stage: Stage, stripe: StripeVendor, reader: str, size: tuple[int, int]
) -> None:
    owed = owe(stage.fair, 12000)
    async with taking(stage, owed, size) as (pilot, dialog):
        await at_reader(pilot, stripe, reader)
        assert "120.00 EUR" in page(pilot)
        assert "Till [b]1" in page(pilot)
        stripe.tap(reader)
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
    assert state_of(stage.fair.store, owed.booking_id) == "paid"
    assert accounts(stage.fair.store) == {"gateway": 12000, "revenue": -12000}


async def test_a_declined_card_is_named_and_another_one_pays(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(stage.fair, 12000)
    async with taking(stage, owed) as (pilot, dialog):
        waits = await at_reader(pilot, stripe, reader)
        stripe.fail(reader)
        await reads(pilot, "The card was declined: No funds.")
        assert "Nothing was charged" in page(pilot)
        waits.action_again()
        await until(pilot, lambda: bool(stripe.on_reader(reader)))
        stripe.tap(reader)
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
    assert state_of(stage.fair.store, owed.booking_id) == "paid"


async def test_esc_takes_it_off_says_so_and_leaves_the_other_ways(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(stage.fair, 12000)
    async with taking(stage, owed) as (pilot, _dialog):
        await at_reader(pilot, stripe, reader)
        await pilot.press("escape")
        await reads(pilot, "✗ Nothing was charged.")
        assert stripe.on_reader(reader) == ""
        await pilot.press("escape")
        await shown(pilot, TakeMoney)
        await reads(pilot, "Nothing was charged.")
    assert state_of(stage.fair.store, owed.booking_id) == "pending"


async def test_esc_while_the_card_is_charged_says_that_nobody_knows_and_lets_the_desk_go_on(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    owed = owe(stage.fair, 12000)
    async with taking(stage, owed) as (pilot, _dialog):
        await at_reader(pilot, stripe, reader)
        stripe.readers[reader]["_charges"] = True
        await pilot.press("escape")
        await reads(pilot, "Nobody knows yet whether money moved")
        await pilot.press("escape")
        await shown(pilot, TakeMoney)
        await reads(pilot, "Nobody knows yet whether money moved")


async def test_a_reader_that_is_offline_is_named(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    stripe.fault = "terminal_reader_offline"
    async with taking(stage, owe(stage.fair, 12000)) as (pilot, _dialog):
        await pilot.press("c", "enter")
        await reads(pilot, "The card reader is offline.")
        assert "Nothing was charged" in page(pilot)


async def test_a_walk_in_pays_by_card_and_is_in(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    async with selling(stage) as (pilot, dialog):
        await by_reader(pilot, dialog)
        await reads(pilot, "Ask the guest to tap or insert the card")
        stripe.tap(reader)
        sold = (await shown(pilot, SoldDialog)).sold
        assert sold.check_in is not None
        assert sold.check_in.passes
        assert "by card" in page(pilot)
    assert accounts(stage.fair.store)["gateway"] == 12000


async def test_a_walk_in_that_is_given_up_sold_nothing_and_pays_in_cash_then(
    stage: Stage, stripe: StripeVendor, reader: str
) -> None:
    async with selling(stage) as (pilot, dialog):
        await by_reader(pilot, dialog)
        await reads(pilot, "Ask the guest to tap or insert the card")
        await pilot.press("escape")
        await reads(pilot, "✗ Nothing was charged.")
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing was sold." in problem(dialog))
    assert valid_tickets(stage.fair.store) == 0
    assert stripe.on_reader(reader) == ""


async def by_reader(pilot: Pilot[None], dialog: WalkInDialog) -> None:
    """Sell the marked ticket to Wally at the card reader."""
    await typed(pilot, "Wally")
    await pilot.press("enter")
    await until(pilot, lambda: dialog.focused is dialog.types)
    await pilot.press("enter")
    await until(pilot, lambda: dialog.focused is dialog.given)
    await pilot.press("down")
    await reads(pilot, "Enter shows the amount on the card reader")
    dialog.action_sell()
    await shown(pilot, AtReader)


def valid_tickets(store: Store) -> int:
    with store.read() as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM ticket WHERE state = 'valid'"
            ).scalar_one()
        )


async def test_the_desk_chooses_its_reader_and_forgets_it(
    stage: Stage, stripe: StripeVendor
) -> None:
    name, home = stripe.add_reader("Desk 2"), stage.fair.store.home
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("ctrl+e")
        await shown(pilot, PickOne)
        await reads(pilot, "Desk 2 · stripe s700 · ✓ online")
        await pilot.press("enter")
        await until(pilot, lambda: reader_here(home) == CardReader(name, "Desk 2"))
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("ctrl+e")
        await shown(pilot, PickOne)
        await pilot.press("down", "enter")
        await until(pilot, lambda: reader_here(home) is None)
