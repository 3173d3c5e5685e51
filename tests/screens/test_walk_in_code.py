"""A discount code at the desk: what is due follows it, and a wrong one loses nothing."""

from typing import Any

import pytest
from sqlalchemy import update
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from data.schema import BookingRow, DiscountRow
from eventdesk.acts import ANYTHING, SYSTEM
from eventdesk.sales import NewDiscount, add_discount
from screens.core.messages import StoreChanged
from screens.desk.walk_in import SoldDialog, WalkInDialog
from screens.modals.questions import TextQuestion
from tests.build import NOON
from tests.orders import set_type
from tests.screens.stage import Stage, page, reads, shown, text_of, typed, until
from tests.screens.test_walk_in import problem, rows, selling, with_drawer

pytestmark = pytest.mark.long


def add_code(stage: Stage, code: str, **about: Any) -> None:
    fair = stage.fair
    new = NewDiscount(code, **{"kind": "percent", "value": 5000, **about})
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, new)


async def to_code(pilot: Pilot[None], dialog: WalkInDialog, name: str = "Wally Walker") -> None:
    """Type the name, take the first ticket, and go to the code by keys."""
    await typed(pilot, name)
    await pilot.press("enter")
    await until(pilot, lambda: dialog.focused is dialog.types)
    await pilot.press("enter")
    await until(pilot, lambda: dialog.focused is dialog.given)
    await pilot.press("tab")
    await until(pilot, lambda: dialog.focused is dialog.code)


async def test_prices_follow_a_code_as_it_is_typed_and_the_sale_is_at_that_price(
    stage: Stage,
) -> None:
    add_code(stage, "DOOR")
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await reads(pilot, "120.00 EUR due")
        await to_code(pilot, dialog)
        await typed(pilot, "door")
        await reads(pilot, "60.00 EUR due   ✓ with the code")
        assert "✓ 145.00 EUR" in page(pilot)
        assert dialog.focused is dialog.code
        await pilot.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await typed(pilot, "100")
        await reads(pilot, "change 40.00 EUR")
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "60.00 EUR")
    assert rows(stage.fair.store, BookingRow) == 1


async def test_a_code_that_was_not_priced_yet_sells_nothing_before_the_price_was_seen(
    stage: Stage,
) -> None:
    add_code(stage, "DOOR")
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await to_code(pilot, dialog)
        dialog.code.value = "door"
        dialog.action_sell()
        assert "Look at what is due" in problem(dialog)
        await reads(pilot, "60.00 EUR due")
        assert rows(stage.fair.store, BookingRow) == 0
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)


@pytest.mark.parametrize(
    ("code", "about", "sentence"),
    [
        ("NOSUCH", None, "There is no code “NOSUCH”"),
        ("LATE", {"valid_until": NOON.replace(hour=1)}, "The code “LATE” is over"),
        ("[b]x[/b]", None, "There is no code “[b]x[/b]”"),
    ],
)
async def test_a_code_that_does_not_hold_is_said_and_keeps_what_was_typed(
    stage: Stage, code: str, about: dict[str, Any] | None, sentence: str
) -> None:
    if about is not None:
        add_code(stage, code, **about)
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await to_code(pilot, dialog)
        await typed(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: sentence in problem(dialog))
        await reads(pilot, "120.00 EUR due   ! without the code")
        await pilot.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.code)
        assert (dialog.guest.value, dialog.code.value) == ("Wally Walker", code)
        assert sentence in problem(dialog)
        assert rows(stage.fair.store, BookingRow) == 0
        dialog.code.value = ""
        await until(pilot, lambda: not problem(dialog))
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)


async def test_an_unlocking_code_shows_which_type_it_is_for(stage: Stage) -> None:
    fair = stage.fair
    set_type(fair, fair.vip, hidden=True)
    add_code(stage, "INNER", kind="unlock", value=0, type_ids=frozenset({fair.vip}))
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await to_code(pilot, dialog)
        await typed(pilot, "inner")
        await reads(pilot, "! the code is not for this ticket")
        assert "✓ 290.00 EUR" in page(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "not for these tickets" in problem(dialog))
        assert rows(fair.store, BookingRow) == 0
        dialog.query_one("#types", OptionList).highlighted = 1
        await reads(pilot, "290.00 EUR due   ✓ with the code")
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)


async def test_a_code_that_another_desk_used_up_is_said_at_once(stage: Stage) -> None:
    add_code(stage, "LAST", most_tickets=1)
    async with selling(stage) as (pilot, dialog):
        await to_code(pilot, dialog)
        await typed(pilot, "last")
        await reads(pilot, "60.00 EUR due")
        with stage.fair.store.write() as connection:
            connection.execute(update(DiscountRow).values(active=False))
        dialog.post_message(StoreChanged(ANYTHING))
        await until(pilot, lambda: "is no longer taken" in problem(dialog))
        await reads(pilot, "120.00 EUR due   ! without the code")


async def test_a_code_that_makes_a_ticket_free_skips_the_payment(stage: Stage) -> None:
    add_code(stage, "GIFT", value=10000)
    async with selling(stage) as (pilot, dialog):
        await to_code(pilot, dialog)
        await typed(pilot, "gift")
        await reads(pilot, "Free of charge   ✓ with the code")
        await pilot.press("enter", "enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "Free of charge")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_dialog_with_a_wrong_code_fits_its_screen(
    stage: Stage, size: tuple[int, int]
) -> None:
    stage.fair.sell("Wally Walker", email="wally@example.org")
    async with selling(stage, size=size) as (pilot, dialog):
        await typed(pilot, "wally")
        await reads(pilot, "! has a ticket")
        dialog.code.value = "NOSUCH"
        await until(pilot, lambda: "There is no code" in problem(dialog))
        assert text_of(dialog, "#told").endswith("! without the code")
        for words in ("Name", "Code", "There is no code", "without the code", "Only sell"):
            assert words in page(pilot)


async def test_the_guest_names_the_price_where_the_ticket_leaves_it_to_them(stage: Stage) -> None:
    set_type(stage.fair, stage.fair.regular, price_minor=500, price_chosen=True)
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Wally Walker")
        await reads(pilot, "5.00 EUR due")
        await pilot.press("f4")
        question = await shown(pilot, TextQuestion)
        question.query_one(Input).value = "4"
        await pilot.press("enter")
        await reads(pilot, "At least 5.00 EUR")
        question = await shown(pilot, TextQuestion)
        question.query_one(Input).value = "7.50"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is dialog)
        await reads(pilot, "7.50 EUR due")
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)
        await reads(pilot, "7.50 EUR in cash")
