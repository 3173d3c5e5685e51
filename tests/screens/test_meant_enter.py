"""Enter takes money only where somebody pressed it for the amount on show."""

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget

from eventdesk.acts import SYSTEM
from eventdesk.booking import find_booking
from eventdesk.door import UnpaidPolicy, find_tickets
from eventdesk.money import payments_of
from screens.core import meant_enter
from screens.core.meant_enter import Moment
from screens.desk.walk_in import SoldDialog, WalkInDialog
from screens.money.take_money import TakeMoney
from tests.build import STAFF
from tests.screens.exceptions import admitted, door
from tests.screens.stage import Stage, comes_to_rest, reads, send, shown, typed, until

MOMENT_S, REPEAT_S = meant_enter.MOMENT_S, meant_enter.REPEAT_S


@pytest.fixture(autouse=True)
def as_people_press(meant_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del meant_keys
    monkeypatch.setattr(meant_enter, "MOMENT_S", MOMENT_S)
    monkeypatch.setattr(meant_enter, "REPEAT_S", REPEAT_S)


async def enter_after(pilot: Pilot[None], part: Widget, *seconds: float) -> None:
    """Press Enter so long after a part was painted, by the clock of the keys."""
    assert isinstance(part, Moment)
    await comes_to_rest(pilot)  # else it may be painted anew, and the moment begins again
    await until(pilot, lambda: part._shown_s < float("inf"))
    for later_s in seconds:
        key = Key("enter", "\r")
        key.time = part._shown_s + later_s
        pilot.app.post_message(key)
    await pilot.pause()


def paid(stage: Stage, code: str) -> int:
    booking_id = find_booking(stage.fair.store, SYSTEM, code)
    return len(payments_of(stage.fair.store, SYSTEM, booking_id).payments)


async def test_a_doubled_or_held_enter_takes_no_cash(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Uma Unpaid", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        dialog = await shown(pilot, TakeMoney)
        held = [0.5 + 0.03 * count for count in range(40)]
        await enter_after(pilot, dialog.line, -0.1, 0.05, 0.3, *held)
        assert paid(stage, booked.code) == 0
        assert pilot.app.screen is dialog
        await enter_after(pilot, dialog.line, 2.5)
        await until(pilot, lambda: admitted(stage) == 1)


async def test_enter_that_is_typed_ahead_of_the_amount_takes_no_cash(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Uma Unpaid", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        dialog = await shown(pilot, TakeMoney)
        await pilot.press("escape")
        await reads(pilot, "Enter takes the payment")
        send(pilot, "\r\r\r")
        dialog = await shown(pilot, TakeMoney)
        await pilot.pause()
        assert pilot.app.screen is dialog
        assert paid(stage, booked.code) == 0


async def test_a_part_is_taken_only_once_its_question_was_on_show(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Uma Unpaid", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        dialog = await shown(pilot, TakeMoney)
        await typed(pilot, "50")
        await enter_after(pilot, dialog.line, 1.0)
        await reads(pilot, "Enter again takes 50.00 EUR as a part")
        await enter_after(pilot, dialog.line, -0.1, 0.2)
        assert paid(stage, booked.code) == 0
        await enter_after(pilot, dialog.line, 2.0)
        await reads(pilot, "✓ 50.00 EUR are taken")


async def test_a_held_enter_sells_nothing_to_a_walk_in_and_hides_no_change(stage: Stage) -> None:
    door(stage)
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("f2")
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Wally Walker")
        await pilot.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.types)
        await pilot.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await enter_after(pilot, dialog.given, 0.3, 0.5, 0.53, 0.56, 0.59, 0.62, 0.65, 0.68, 0.71)
        assert admitted(stage) == 0
        await typed(pilot, "150")
        await enter_after(pilot, dialog.given, 2.0)
        sold = await shown(pilot, SoldDialog)
        await enter_after(pilot, sold.query_one("#close"), 0.1, 0.3)
        assert pilot.app.screen is sold
        await enter_after(pilot, sold.query_one("#close"), 1.5)
        await until(pilot, lambda: pilot.app.screen is not sold)


TWELVE = [f"Anna {surname}" for surname in ("Archer", "Baker", "Cook", "Dyer", "Eyre", "Fisher")]


async def test_a_quick_enter_after_a_fragment_admits_nobody_of_several(stage: Stage) -> None:
    door(stage)
    stage.fair.sell_all(TWELVE)
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "ann")
        await until(pilot, lambda: screen.results.found_for == "ann")
        held = [0.5 + 0.03 * count for count in range(40)]
        await enter_after(pilot, screen.results, 0.15, 0.3, *held)
        await until(pilot, lambda: not screen.in_flux and screen.typed == "ann")
        assert admitted(stage) == 0
        await enter_after(pilot, screen.results, 2.5)
        await until(pilot, lambda: admitted(stage) == 1)


async def test_whom_somebody_marked_goes_in_at_once(stage: Stage) -> None:
    door(stage)
    stage.fair.sell_all(TWELVE)
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "ann")
        await until(pilot, lambda: screen.results.found_for == "ann")
        await pilot.press("down")
        await enter_after(pilot, screen.results, 0.3)
        await until(pilot, lambda: admitted(stage) == 1)


@pytest.mark.parametrize("said", ["grace", "Anna Archer", "code", "booking"])
async def test_one_enter_takes_a_single_or_exact_match_however_soon(
    stage: Stage, said: str
) -> None:
    door(stage)
    booked = stage.fair.sell_all([*TWELVE, "Anna Archers"])
    stage.fair.sell("Grace Hopper")
    found = find_tickets(stage.fair.store, STAFF, stage.fair.event.id, booked.code)
    said = {"code": found[0].code, "booking": booked.code}.get(said, said)
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, said)
        await until(pilot, lambda: screen.results.found_for == said)
        await enter_after(pilot, screen.results, 0.1)
        await until(pilot, lambda: admitted(stage) == 1)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_whom_a_slip_may_mean_goes_in_only_with_one_enter_more(
    stage: Stage, size: tuple[int, int]
) -> None:
    door(stage)
    stage.fair.sell("Aditya Rao", email="ada@example.org")
    async with stage.desk_screen(size=size) as (pilot, screen):
        await typed(pilot, "ada")
        await reads(pilot, "Enter twice takes them")
        assert screen.card.verdict.word == "Is it them?"
        await enter_after(pilot, screen.results, 0.9)
        await reads(pilot, "Enter lets in")
        assert (admitted(stage), screen.typed) == (0, "ada")
        held = [0.03 * count for count in range(40)]
        await enter_after(pilot, screen.results, *held)
        await until(pilot, lambda: not screen.in_flux and screen.typed == "ada")
        assert admitted(stage) == 0
        await enter_after(pilot, screen.results, 2.5)
        await until(pilot, lambda: admitted(stage) == 1)


@pytest.mark.parametrize("others", [(), ("Adita Moss",)])
async def test_an_enter_sent_with_a_slip_only_asks(stage: Stage, others: tuple[str, ...]) -> None:
    door(stage)
    stage.fair.sell_all(["Aditya Rao", *others])
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "ada\r")
        await reads(pilot, "IS IT THEM?")
        await reads(pilot, "Enter lets in")
        assert (admitted(stage), screen.typed) == (0, "ada")
        await enter_after(pilot, screen.results, 0.9)
        await until(pilot, lambda: admitted(stage) == 1)


async def test_whom_somebody_marked_among_slips_goes_in_at_once(stage: Stage) -> None:
    door(stage)
    stage.fair.sell_all(["Aditya Rao", "Adita Moss"])
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "ada")
        await reads(pilot, "Enter twice takes them")
        await pilot.press("down")
        await until(pilot, lambda: screen.card.verdict.word == "Not in yet")
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
