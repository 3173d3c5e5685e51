"""The screen of one event: its parts, the keys between them, and what leaving it loses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.door import add_gate
from eventdesk.events import EventChanges, change_event
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.parts_screen import PartSpec
from screens.modals.questions import YesNo
from screens.organizer import event_screen
from screens.organizer.event_screen import TABS, EventScreen, tabs_for
from tests.build import NOON, STAFF, SUPERVISOR
from tests.screens.fake_parts import First, Slow
from tests.screens.stage import Stage, page, reads, shown, typed, until

pytestmark = pytest.mark.long

COHOST = Actor(
    ActorKind.ACCOUNT, None, "Cora Co-host", Role.COHOST, granted=frozenset({Permission.PROGRAMME})
)


def spec(part: str, title: str, kind: str, permission: Permission) -> PartSpec:
    return PartSpec(part, title, f"tests.screens.fake_parts:{kind}", permission)


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = (
        spec("overview", "First", "First", Permission.EVENT),
        spec("programme", "Mute", "Mute", Permission.PROGRAMME),
        spec("money", "Slow", "Slow", Permission.MONEY),
        spec("reports", "Broken", "Broken", Permission.EVENT),
        spec("settings", "Second", "Second", Permission.EVENT),
    )
    monkeypatch.setattr(event_screen, "TABS", fake)


@asynccontextmanager
async def event_of(
    stage: Stage, actor: Actor = SUPERVISOR, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], EventScreen]]:
    async with stage.app().run_test(size=size) as pilot:
        await shown(pilot, SignInScreen)
        pilot.app.push_screen(EventScreen(pilot.app.tools, actor, stage.fair.event))  # type: ignore[attr-defined]
        screen = await shown(pilot, EventScreen)
        await until(pilot, lambda: screen.tab is not None or not screen.specs)
        yield pilot, screen


async def test_parts_stand_in_their_order_and_open_when_they_are_marked(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        assert [each.title for each in screen.specs] == [
            "First",
            "Mute",
            "Slow",
            "Broken",
            "Second",
        ]
        assert "Demo Days" in page(pilot)
        assert "12:00" in page(pilot)
        await reads(pilot, "This is the first part")
        assert [tab.id for tab in screen.switcher.children] == ["tab-overview"]
        await pilot.press("down")
        await reads(pilot, "This part is mute")
        assert "This is the first part" not in page(pilot)
        await pilot.press("end", "enter")
        await reads(pilot, "This is the second part")
        assert isinstance(pilot.app.focused, Input)


async def test_it_has_the_looks_of_screens_of_parts(stage: Stage) -> None:
    async with event_of(stage) as (_pilot, screen):
        assert "PartsScreen" in screen._css_type_names
        assert screen.parts.region.x == 0
        assert screen.parts.region.width <= 20


async def test_a_part_comes_back_as_it_was_left(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        first = screen.tab
        await pilot.press("f6")
        await typed(pilot, "half a note")
        await pilot.press("ctrl+pagedown")
        await reads(pilot, "This part is mute")
        await pilot.press("ctrl+pageup")
        await reads(pilot, "half a note")
        assert screen.tab is first
        assert isinstance(pilot.app.focused, Input)


async def test_turning_goes_round_and_keeps_the_keyboard_on_its_side(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        await pilot.press("ctrl+pageup")
        await reads(pilot, "This is the second part")
        assert isinstance(pilot.app.focused, OptionList)
        assert screen.parts.highlighted == 4
        await pilot.press("ctrl+pagedown")
        await reads(pilot, "This is the first part")


async def test_f6_goes_between_list_and_part(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        await pilot.press("f6")
        assert isinstance(pilot.app.focused, Input)
        await reads(pilot, "F7 Fail")
        await pilot.press("f6")
        await until(pilot, lambda: screen.parts.has_focus)


async def test_a_part_without_fields_takes_the_keyboard_itself(stage: Stage) -> None:
    async with event_of(stage, COHOST) as (pilot, screen):
        assert [each.title for each in screen.specs] == ["Mute"]
        await pilot.press("f6")
        await reads(pilot, "F7 Shout")
        await pilot.press("f7")
        await reads(pilot, "It can shout")


async def test_who_may_nothing_sees_nothing(stage: Stage) -> None:
    async with event_of(stage, STAFF) as (pilot, screen):
        assert screen.specs == []
        await pilot.press("ctrl+pagedown", "f6", "f5", "escape")
        await shown(pilot, SignInScreen)


async def test_only_the_part_on_show_is_read_when_the_store_changed(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        first = screen.tab
        assert isinstance(first, First)
        await pilot.press("ctrl+pageup")
        await reads(pilot, "This is the second part")
        second = screen.tab
        assert isinstance(second, First)
        await until(pilot, lambda: second.reads > 0)
        before = first.reads, second.reads
        add_gate(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id, "Gate B")
        await until(pilot, lambda: second.reads > before[1])
        assert first.reads == before[0]
        await pilot.press("f5")
        await until(pilot, lambda: second.reads > before[1] + 1)


async def test_a_part_that_cannot_be_read_says_so_and_the_others_go_on(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        screen.open_part("reports")
        await until(pilot, lambda: pilot.app._notifications)
        assert [each.title for each in pilot.app._notifications] == [
            "There is no such event any more."
        ]
        await pilot.press("f5")
        await reads(pilot, "✗ There is no such event any more.")
        await pilot.press("home")
        await reads(pilot, "This is the first part")
        await reads(pilot, "✓ store ready")


async def test_an_error_of_a_part_is_shown_as_text(stage: Stage) -> None:
    async with event_of(stage) as (pilot, _screen):
        await pilot.press("f6", "f7")
        await until(pilot, lambda: pilot.app._notifications)
        [note] = pilot.app._notifications
        assert (note.title, note.message) == ("There is no [b]such[/b] thing.", "Look elsewhere.")
        assert not note.markup


async def test_leaving_asks_before_it_loses_something(stage: Stage) -> None:
    async with event_of(stage) as (pilot, _screen):
        await pilot.press("f6")
        await typed(pilot, "x")
        await pilot.press("ctrl+pagedown", "escape", "escape")
        await shown(pilot, YesNo)
        await reads(pilot, "The note is not saved.")
        await pilot.press("escape", "ctrl+q")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, EventScreen)
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await shown(pilot, SignInScreen)


async def test_leaving_while_a_part_is_read_harms_nobody(stage: Stage) -> None:
    Slow.gate = asyncio.Event()
    async with event_of(stage) as (pilot, screen):
        screen.open_part("money")
        await until(pilot, lambda: screen.switcher.current == "tab-money")
        await pilot.press("escape")
        await shown(pilot, SignInScreen)
        Slow.gate.set()
        await pilot.pause()
    Slow.gate = None


async def test_passing_through_the_list_opens_only_where_one_stays(stage: Stage) -> None:
    async with event_of(stage) as (pilot, screen):
        await reads(pilot, "This is the first part")
        await pilot.press("down", "down", "down", "down")
        await reads(pilot, "This is the second part")
        assert len(screen.switcher.children) < 5


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (20, 6), (1, 1)])
async def test_holds_in_every_size(stage: Stage, size: tuple[int, int]) -> None:
    hostile: EventChanges = {"name": "[b]Days\x1b[2J[/b] " + "漢" * 90}
    change_event(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, hostile)
    async with event_of(stage) as (pilot, _screen):
        await pilot.resize_terminal(*size)
        await pilot.press("down", "ctrl+pagedown")
        await pilot.pause()
        if size[0] >= 80:
            await reads(pilot, "[b]Days[/b]")
            assert "Second" in page(pilot)


def test_every_part_there_is_has_its_place_and_can_be_loaded() -> None:
    for each in TABS:
        assert len(str(each.title)) <= 13


@pytest.mark.parametrize("actor", [STAFF, COHOST, SUPERVISOR])
def test_a_part_is_listed_for_whom_it_is_allowed(actor: Actor) -> None:
    listed = {each.id for each in tabs_for(actor)}
    assert all((each.id in listed) == actor.may(each.permission) for each in event_screen.TABS)
