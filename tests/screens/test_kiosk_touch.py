"""Touches at the kiosk: what counts as one, and what a finger can meet."""

import time
from collections.abc import Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList

from eventdesk.acts import SYSTEM
from eventdesk.door import counters, set_staff_pin
from screens.self_service import touch
from screens.self_service.keyboard import Keyboard
from screens.self_service.kiosk_screen import BUSY_HERE
from screens.self_service.staff_menu import StaffPin, TouchPick
from screens.self_service.touch import TouchPause
from tests.build import NOON
from tests.screens.stage import FakeScanner, Stage, reads, shown, typed, until
from tests.screens.test_kiosk_without_code import guest

pytestmark = pytest.mark.long

PIN = "258013"


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


async def test_a_code_seen_while_somebody_types_does_not_answer_for_them(stage: Stage) -> None:
    camera = FakeScanner()
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.kiosk(camera, size=(120, 40)) as (pilot, screen):
        await pilot.press("f9")
        await typed(pilot, "ada@example.org")
        camera.show(token)
        await reads(pilot, str(BUSY_HERE))
        assert screen.query_one("#guest-email", Input).value == "ada@example.org"
        assert admitted(stage) == 0

        await screen.forget()
        camera.show(token)
        await reads(pilot, "Grace")


async def test_a_code_seen_while_tickets_are_offered_does_not_answer_either(stage: Stage) -> None:
    guest(stage)
    camera = FakeScanner()
    token = stage.fair.token(stage.fair.sell("Alan Turing"))
    async with stage.kiosk(camera, size=(120, 40)) as (pilot, screen):
        await pilot.press("f9", *"ada@example.org", "enter", *PIN, "enter")
        await until(pilot, lambda: screen.panes.current == "tickets")
        camera.show(token)
        await reads(pilot, str(BUSY_HERE))
        assert admitted(stage) == 0


async def test_a_code_is_taken_where_the_form_was_opened_and_nothing_typed(stage: Stage) -> None:
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        await pilot.press("f9")
        camera.show(stage.fair.token(stage.fair.sell("Grace Hopper")))
        await reads(pilot, "Grace")


def test_a_double_touch_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pause = TouchPause(0.4)
    assert pause.counts()
    now[0] += 0.3
    assert not pause.counts()
    now[0] += 0.2
    assert pause.counts()


async def test_an_answer_that_has_only_just_appeared_is_not_touched_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touch, "TOUCH_PAUSE_S", 3600.0)
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show("nothing")
        await until(pilot, lambda: screen.verdict.answer is not None)
        await pilot.click(offset=(3, 3))
        assert screen.verdict.answer is not None


async def test_a_button_under_the_finger_is_not_pressed_when_a_screen_appears(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        monkeypatch.setattr(touch, "TOUCH_PAUSE_S", 3600.0)
        screen.touches.begin()
        await pilot.click("#no-code-button")
        assert screen.panes.current == "idle"


def targets(pilot: Pilot[None]) -> Iterator[tuple[str, int]]:
    """What can be touched now, and how many rows of it can be met."""
    screen = pilot.app.screen
    for button in screen.query(Button):
        if button.is_on_screen and button.region.width:
            yield str(button.id), button.region.height
    for line in screen.query(Input):
        if line.is_on_screen and line.region.width:
            yield str(line.id), line.region.height
    for keyboard in screen.query(Keyboard):
        if keyboard.is_on_screen and keyboard.region.width:
            whole = screen.find_widget(keyboard).visible_region.height
            yield "keyboard", min(keyboard._row_height, whole // len(keyboard.rows))
    for choices in screen.query(OptionList):
        if choices.is_on_screen and choices.option_count:
            lines = choices.virtual_size.height
            yield "choice", lines // choices.option_count


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_all_that_can_be_touched_is_three_rows_high(
    stage: Stage, size: tuple[int, int]
) -> None:
    guest(stage)
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    async with stage.kiosk(FakeScanner(), size=size) as (pilot, screen):
        met: list[tuple[str, int]] = list(targets(pilot))
        await pilot.press("f9")
        met += targets(pilot)
        await pilot.press(*"ada@example.org", "enter", *PIN, "enter")
        await until(pilot, lambda: screen.panes.current == "tickets")
        met += targets(pilot)
        for pane in ("questions", "badge"):
            screen.panes.current = pane
            await pilot.pause()
            met += targets(pilot)
        screen.badge.add_class("-typing")
        await pilot.pause()
        met += targets(pilot)
        await pilot.press("f10")
        await shown(pilot, StaffPin)
        met += targets(pilot)
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, TouchPick)
        met += targets(pilot)

    assert {"language-zh", "no-code-button", "guest-pin", "keyboard", "choice"} <= {*dict(met)}
    assert [each for each in met if each[1] < 3] == []
