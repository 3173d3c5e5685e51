"""What is scanned while something lies over the desk: kept, taken, and chosen nothing by."""

import pytest
from textual.widgets import Input

from eventdesk.acts import SYSTEM
from eventdesk.door import UnpaidPolicy, add_gate, recent_scans
from screens.desk.desk_screen import DeskScreen
from screens.desk.walk_in import SoldDialog, WalkInDialog
from screens.find.find_screen import FindScreen
from screens.modals.questions import PickOne
from screens.money.cash_screen import CashScreen
from screens.money.take_money import TakeMoney
from tests.build import NOON
from tests.screens.exceptions import admitted, door
from tests.screens.stage import Stage, by_hand, noted, page, send, shown, typed, until

EAN = "4006381333931"
"""A code of another system: too short to tell by its looks, but no hand types it so fast."""


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\t"])
async def test_a_code_takes_no_money_and_goes_in_afterwards(stage: Stage, end: str) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    owing = stage.fair.token(stage.fair.sell("Uma Unpaid", paid=False))
    other = stage.fair.token(stage.fair.sell("Ada Lovelace"))
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{owing}\r")
        dialog = await shown(pilot, TakeMoney)
        await typed(pilot, "50")
        send(pilot, f"{other}{end}")
        await noted(pilot, "A ticket was scanned")
        assert pilot.app.screen is dialog
        assert dialog.line.value == "50"
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 1)
        assert screen.card.verdict.name == "Ada Lovelace"


async def test_a_code_chooses_no_gate_and_is_taken_at_the_one_that_is_chosen(stage: Stage) -> None:
    fair = stage.fair
    gate = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B")
    token = fair.token(fair.sell("Ada Lovelace"))
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("ctrl+g")
        asked = await shown(pilot, PickOne)
        send(pilot, f"{token}\r{EAN}\r")
        await noted(pilot, "A ticket was scanned")
        assert pilot.app.screen is asked
        assert admitted(stage) == 0
        await by_hand(pilot, "down", "enter")
        await until(pilot, lambda: pilot.app.screen not in (asked, screen))
        await until(pilot, lambda: admitted(stage) == 1)
        again = await shown(pilot, DeskScreen)
        assert again.place.gate is not None
        assert again.place.gate.id == gate.id
    [scan] = [
        each
        for each in recent_scans(fair.store, SYSTEM, fair.door.id, gate_id=gate.id)
        if each.name == "Ada Lovelace"
    ]
    assert scan.outcome.passes


async def test_a_code_closes_what_only_tells_and_is_answered(stage: Stage) -> None:
    door(stage)
    token = stage.fair.token(stage.fair.sell("Ada Lovelace"))
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("f2")
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Wally Walker")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        send(pilot, f"{token}\r")
        await until(pilot, lambda: admitted(stage) == 2)
        assert screen.entry.has_focus
        await until(pilot, lambda: screen.card.verdict.name == "Ada Lovelace")
        assert screen.card.verdict.word == "Admitted"


async def test_a_code_changes_nothing_in_a_walk_in(stage: Stage) -> None:
    door(stage)
    token = stage.fair.token(stage.fair.sell("Ada Lovelace"))
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("f2")
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Wally")
        send(pilot, f"{token}\r")
        await noted(pilot, "A ticket was scanned")
        await until(pilot, lambda: dialog.guest.value == "Wally")
        assert dialog.guest.has_focus
        await by_hand(pilot, "enter")
        await until(pilot, lambda: dialog.types.has_focus)
        send(pilot, f"{EAN}\r")
        await pilot.pause()
        assert dialog.types.has_focus
        assert admitted(stage) == 0


async def test_a_code_opens_nothing_where_something_is_searched_or_counted(stage: Stage) -> None:
    door(stage)
    fair = stage.fair
    booked = fair.sell_all(["Ada", "Grace"])
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("ctrl+p")
        find = await shown(pilot, FindScreen)
        send(pilot, f"{fair.token(booked)}\r")
        await noted(pilot, "A ticket was scanned")
        assert pilot.app.screen is find
        await until(pilot, lambda: not find.query_one(Input).value)
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 1)
        await pilot.press("f10")
        cash = await shown(pilot, CashScreen)
        await until(pilot, lambda: "100.00 EUR" in page(pilot))
        send(pilot, f"{fair.token(booked, 1)}\r")
        await pilot.pause()
        assert cash.is_current
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 2)
        assert screen.entry.has_focus
