"""The cash drawer on the screen: opened, moved, counted, closed, handed over, overseen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Digits

from eventdesk.accounts import set_desk_pin
from eventdesk.acts import Actor, Permission, Role
from eventdesk.core.messages import ENGLISH, use_language
from eventdesk.core.paying import Method
from eventdesk.money import (
    ShiftView,
    list_shifts,
    move,
    open_shift,
    open_shift_of,
    take_payment,
    ways_to_pay,
)
from screens.desk.desk_screen import DeskScreen
from screens.desk.supervisor_pin import SupervisorPin
from screens.modals.export_dialog import SaveDialog
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion
from screens.money.cash_acts import CountDialog
from screens.money.cash_screen import CashScreen
from screens.money.drawers_screen import DrawersScreen
from screens.money.paper_screen import PaperScreen
from screens.money.take_money import TakeMoney
from tests.build import NOON, STAFF
from tests.payments import eur, owe
from tests.people import PIN, make_cohost, make_known, make_staff
from tests.screens.stage import Stage, noted, page, reads, shown, text_of, typed, until

pytestmark = pytest.mark.long


@asynccontextmanager
async def cash(
    stage: Stage, actor: Actor = STAFF, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], CashScreen]]:
    """Open the drawer of somebody at the desk."""
    app = stage.app(start="desk", actor=actor, gate_id=stage.fair.gate.id)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = await shown(pilot, DeskScreen)
        app.push_screen(CashScreen(desk.tools, desk.place))
        screen = await shown(pilot, CashScreen)
        await until(pilot, lambda: "✓ store" in text_of(screen, "#health-store"))
        yield pilot, screen


def opened(stage: Stage, actor: Actor = STAFF, drawer: str = "Desk 1") -> ShiftView:
    fair = stage.fair
    make_known(fair, actor)
    return open_shift(
        fair.store, actor.at(NOON), fair.event.id, drawer=drawer, float_amount=eur(10000)
    )


async def fill(pilot: Pilot[None], kind: type[FormDialog[Any]] = FormDialog, **values: Any) -> None:
    """Fill a form in and submit it."""
    dialog = await shown(pilot, kind)
    for name, value in values.items():
        dialog.form.fields[name.replace("_", "-")].put(value)
    await pilot.press("ctrl+s")


async def test_without_a_drawer_the_screen_says_how_to_open_one(stage: Stage) -> None:
    async with cash(stage) as (pilot, screen):
        await reads(pilot, "Press N to open one")
        await pilot.press("n")
        await fill(pilot, drawer="Desk 1", float=10000)
        await until(pilot, lambda: screen.shift is not None)
        await until(pilot, lambda: screen.query_one(Digits).value == "100.00")
        await reads(pilot, "◦ float")


async def test_what_is_taken_at_the_desk_shows_at_once(stage: Stage) -> None:
    opened(stage)
    owed = owe(stage.fair, 12000)
    async with cash(stage) as (pilot, screen):
        await reads(pilot, "Sam Staff, since 12:00")
        take_payment(stage.fair.store, STAFF.at(NOON), owed.booking_id, method=Method.CASH)
        await pilot.press("f5")
        await reads(pilot, "+ sale")
        await reads(pilot, owed.code)
        assert screen.query_one(Digits).value == "220.00"


async def test_money_goes_in_and_out_and_a_slip_is_taken_back(stage: Stage) -> None:
    opened(stage)
    async with cash(stage, size=(160, 48)) as (pilot, screen):
        await reads(pilot, "◦ float")
        await pilot.press("i")
        await fill(pilot, amount=5000, reason="change from the bank")
        await reads(pilot, "+ put in")
        await pilot.press("o")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["amount"].put(99900)
        dialog.form.fields["reason"].put("courier")
        await pilot.press("ctrl+s")
        await reads(pilot, "holds 150.00 EUR")
        assert dialog.form.fields["reason"].raw == "courier", "what was typed stays"
        dialog.form.fields["amount"].put(1000)
        await pilot.press("ctrl+s")
        await reads(pilot, "− taken out")
        await pilot.press("home", "delete")
        await shown(pilot, TextQuestion)
        await typed(pilot, "typed wrongly")
        await pilot.press("enter")
        await reads(pilot, "↶ taken back")
        await until(pilot, lambda: screen.query_one(Digits).value == "150.00")
        await reads(pilot, "courier (taken back)")


async def test_a_count_runs_along_and_the_drawer_goes_on(stage: Stage) -> None:
    shift = opened(stage)
    async with cash(stage) as (pilot, _):
        await reads(pilot, "◦ float")
        await pilot.press("c")
        dialog = await shown(pilot, CountDialog)
        await reads(pilot, "✗ 100.00 EUR missing")
        dialog.form.fields["piece-5000"].put(2)
        await reads(pilot, "Counted 100.00 EUR   Expected 100.00 EUR   ✓ right")
        await pilot.press("ctrl+s")
        await noted(pilot, "Counted 100.00 EUR")
    again = open_shift_of(stage.fair.store, STAFF, stage.fair.event.id)
    assert again is not None
    assert (again.id, again.counts) == (shift.id, {5000: 2})


async def test_a_drawer_is_closed_with_a_note_and_its_report_is_saved(stage: Stage) -> None:
    opened(stage)
    async with cash(stage) as (pilot, screen):
        await reads(pilot, "◦ float")
        await pilot.press("l")
        dialog = await shown(pilot, CountDialog)
        dialog.form.fields["piece-5000"].put(1)
        await pilot.press("ctrl+s")
        await reads(pilot, "a difference needs a note")
        assert "✗ ✗" not in page(pilot)
        await until(pilot, lambda: dialog.form.fields["note"].has_focus_within)
        dialog.form.fields["note"].put("paid the taxi")
        await pilot.press("ctrl+s")
        await shown(pilot, PaperScreen)
        await reads(pilot, "50.00 EUR missing")
        await reads(pilot, "paid the taxi")
        await pilot.press("e")
        await shown(pilot, SaveDialog)
        await pilot.press("ctrl+s")
        await noted(pilot, "Saved")
        await until(pilot, lambda: screen.has_class("-none"))
    exports = list(Path(stage.fair.store.home, "exports").iterdir())
    assert [each.suffix for each in exports] == [".pdf"]


async def test_a_drawer_is_handed_to_the_next_operator(stage: Stage) -> None:
    sam, olu = make_staff(stage.fair), make_staff(stage.fair, name="Olu")
    opened(stage, sam)
    async with cash(stage, sam) as (pilot, _):
        await reads(pilot, "◦ float")
        await pilot.press("h")
        await fill(pilot, CountDialog, to=olu.id, piece_10000=1)
        await noted(pilot, "Desk 1 went from Sam to Olu")
        await shown(pilot, PaperScreen)
        await reads(pilot, "Handed over to  Olu")
    assert open_shift_of(stage.fair.store, olu, stage.fair.event.id) is not None


async def test_nobody_to_hand_over_to_is_said(stage: Stage) -> None:
    sam = make_staff(stage.fair)
    opened(stage, sam)
    async with cash(stage, sam) as (pilot, _):
        await reads(pilot, "◦ float")
        await pilot.press("h")
        await noted(pilot, "Nobody here can take it over")


async def test_who_manages_the_money_sees_all_drawers_and_closes_one(stage: Stage) -> None:
    sam = make_staff(stage.fair)
    cora = make_cohost(stage.fair, Permission.MONEY, Permission.DOOR)
    opened(stage, sam)
    async with cash(stage, cora, size=(160, 48)) as (pilot, _):
        await pilot.press("a")
        await shown(pilot, DrawersScreen)
        await reads(pilot, "Sam")
        await reads(pilot, "✓ agree")
        await pilot.press("k")
        await shown(pilot, PaperScreen)
        await reads(pilot, "Books and drawers agree")
        await pilot.press("escape", "c")
        await fill(pilot, CountDialog, piece_10000=1)
        await shown(pilot, PaperScreen)
        await pilot.press("escape")
        await shown(pilot, DrawersScreen)
        await reads(pilot, "✓ right")
        await pilot.press("c")
        await noted(pilot, "It is closed")
    (closed,), _ = list_shifts(stage.fair.store, cora, stage.fair.event.id)
    assert not closed.is_open


@pytest.mark.parametrize(
    ("language", "words"), [(ENGLISH, "15 Sep 12:00"), ("de", "15. Sept. 12:00")]
)
async def test_the_time_a_drawer_was_opened_at_has_room(
    stage: Stage, language: str, words: str
) -> None:
    cora, fair = make_cohost(stage.fair, Permission.MONEY, Permission.DOOR), stage.fair
    make_known(fair, STAFF)
    at = datetime(2026, 9, 15, 10, tzinfo=UTC)
    open_shift(fair.store, STAFF.at(at), fair.event.id, drawer="Till", float_amount=eur(10000))
    use_language(language)
    app = stage.app(actor=cora)
    try:
        async with app.run_test(size=(90, 24)) as pilot:
            app.push_screen(DrawersScreen(app.tools, cora, fair.event))
            await shown(pilot, DrawersScreen)
            await reads(pilot, "Staff")
            await reads(pilot, words)
    finally:
        use_language(ENGLISH)


async def test_staff_are_not_offered_the_drawers_of_others(stage: Stage) -> None:
    async with cash(stage) as (pilot, screen):
        await pilot.press("a")
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_an_organizer_finds_the_drawers_under_money(stage: Stage) -> None:
    boss = make_staff(stage.fair, Role.ORGANIZER, "Bo")
    app = stage.app(actor=boss)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(DrawersScreen(app.tools, boss, stage.fair.event))
        await shown(pilot, DrawersScreen)
        await reads(pilot, "No drawer was opened yet")


async def test_a_sale_leaves_the_drawer_with_a_supervisors_pin(stage: Stage) -> None:
    sam, sue = make_staff(stage.fair), make_staff(stage.fair, Role.ORGANIZER, "Sue")
    opened(stage, sam)
    owed = owe(stage.fair, 12000)
    take_payment(stage.fair.store, sam.at(NOON), owed.booking_id, method=Method.CASH)
    async with cash(stage, sam) as (pilot, screen):
        await reads(pilot, "+ sale")
        await ask(pilot)
        await noted(pilot, "none of this event has a desk PIN")
        assert screen.query_one(Digits).value == "220.00"
        set_desk_pin(stage.fair.store, sue.at(NOON), PIN)
        await until(pilot, lambda: pilot.app.screen is screen)
        await ask(pilot)
        await shown(pilot, SupervisorPin)
        await typed(pilot, PIN)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: screen.query_one(Digits).value == "100.00")


async def ask(pilot: Pilot[None]) -> None:
    """Ask for the newest movement to be taken back."""
    await pilot.press("home", "delete")
    await shown(pilot, TextQuestion)
    await typed(pilot, "was a card")
    await pilot.press("enter")


async def test_the_desk_asks_for_a_drawer_before_an_unpaid_booking_is_paid_in_cash(
    stage: Stage,
) -> None:
    owed = owe(stage.fair, 12000)
    ways = ways_to_pay(stage.fair.store, STAFF.at(NOON), owed.booking_id)
    async with cash(stage) as (pilot, screen):
        pilot.app.push_screen(TakeMoney(screen.tools, screen.place, ways, "Ada"))
        await shown(pilot, TakeMoney)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await fill(pilot, drawer="Till", float=5000)
        await until(pilot, lambda: pilot.app.screen is screen)
        await reads(pilot, owed.code)
        assert screen.query_one(Digits).value == "170.00"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_count_fits_its_screen(stage: Stage, size: tuple[int, int]) -> None:
    shift = opened(stage)
    move(stage.fair.store, STAFF.at(NOON), shift.id, kind="in", amount=eur(5), reason="[b]x")
    async with cash(stage, size=size) as (pilot, _):
        await reads(pilot, "[b]x")
        await pilot.press("l")
        dialog = await shown(pilot, CountDialog)
        await reads(pilot, "Expected 100.05 EUR")
        assert dialog.query_one(".form-dialog").region.bottom <= size[1]
