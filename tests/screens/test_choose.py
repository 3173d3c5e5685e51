"""What is offered to choose from, and what is said while there is nothing."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import OptionList

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import LastPlace, add_gate, keep_last_place
from eventdesk.events import EventChanges, NewEvent, change_event, create_event
from screens.app import EventDeskApp
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import NOON, make_fair
from tests.screens.stage import Stage, page, reads, shown, until


async def test_says_how_to_make_the_first_event(desk: Desk, store: Store, tmp_path: Path) -> None:
    app = EventDeskApp(desk, Settings(tmp_path), start="desk")
    async with app.run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.has_class("-empty"))
        await reads(pilot, "eventdesk demo --size 500")


async def test_the_next_event_is_marked_and_told_by_the_days_of_its_own_zone(stage: Stage) -> None:
    store = stage.fair.store
    make_fair(store, "Another that is over")
    for name, month in (("Later", 8), ("Late night", 7)):
        begins = datetime(2026, month, 1, 22, 30, tzinfo=UTC)
        event = NewEvent(name, begins, begins + timedelta(hours=3), "Europe/Berlin")
        create_event(store, SYSTEM.at(NOON), event)
    stage.clock[0] = datetime(2026, 6, 20, tzinfo=UTC)
    async with stage.app(start="desk").run_test(size=(120, 24)) as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        names = [door.event.name for door in choice.doors]
        assert names == ["Late night", "Later", "Demo Days", "Another that is over"]
        assert "starts in 12 days · no check-in list yet · 2 Jul" in page(pilot)
        assert choice.door is not None
        assert choice.door.event.name == "Demo Days", "what has no list cannot be taken"


async def test_the_event_that_is_on_comes_first(stage: Stage) -> None:
    later = make_fair(stage.fair.store, "Winter Meetup")
    starts, ends = NOON + timedelta(days=21), NOON + timedelta(days=22)
    changes = EventChanges(starts_at=starts, ends_at=ends)
    change_event(stage.fair.store, SYSTEM.at(NOON), later.event.id, changes)
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        assert [door.event.name for door in choice.doors] == ["Demo Days", "Winter Meetup"]
        assert choice.door is not None
        assert choice.door.event.name == "Demo Days"
        assert "starts in 3 weeks" in page(pilot)


def has_focus(choice: ChooseScreen, column: str) -> bool:
    return choice.query_one(f"#{column}").has_focus


async def test_each_enter_goes_on_and_the_last_one_opens(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    stage.fair.list("Workshop")
    add_gate(store, SYSTEM.at(NOON), event_id, "Gate B")
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        for column in ("lists", "gates"):
            await pilot.press("enter")
            await until(pilot, partial(has_focus, choice, column))
        await pilot.press("enter")
        desk = await shown(pilot, DeskScreen)
        assert desk.place.check_in_list == stage.fair.door


async def test_the_only_list_and_gate_are_taken(stage: Stage) -> None:
    make_fair(stage.fair.store, "Another")
    async with stage.app(start="kiosk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await pilot.press("enter")
        kiosk = await shown(pilot, KioskScreen)
        assert kiosk.place is not None
        assert kiosk.place.gate is not None


async def test_the_last_place_of_this_machine_is_marked_and_opens_at_once(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    workshop = stage.fair.list("Workshop")
    gate = add_gate(store, SYSTEM.at(NOON), event_id, "Gate B")
    keep_last_place(store.home, LastPlace(event_id, workshop.id, gate.id, "desk"))
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.query_one("#gates").has_focus)
        await reads(pilot, "Gate B · this machine")
        await pilot.press("enter")
        desk = await shown(pilot, DeskScreen)
        assert (desk.place.check_in_list.id, desk.place.gate) == (workshop.id, gate)


async def test_a_click_marks_and_opens_nothing(stage: Stage) -> None:
    make_fair(stage.fair.store, "Another")
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await pilot.click("#gates", offset=(3, 1))
        await until(pilot, lambda: choice.query_one("#gates", OptionList).highlighted == 0)
        assert isinstance(pilot.app.screen, ChooseScreen)
        await pilot.click("#kiosk")
        kiosk = await shown(pilot, KioskScreen)
        assert kiosk.place is not None
        assert kiosk.place.gate is None


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_no_name_is_cut_beside_empty_space(stage: Stage, size: tuple[int, int]) -> None:
    name = "Hintereingang für Lieferanten"
    stage.fair.list(name)
    async with stage.app(start="desk").run_test(size=size) as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await reads(pilot, name.rsplit(maxsplit=1)[-1])
        assert "…" not in page(pilot)


async def test_the_marked_gate_stays_marked_when_one_comes_before_it(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    stage.fair.list("Workshop")
    for name in ("North", "South"):
        add_gate(store, SYSTEM.at(NOON), event_id, name)
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await pilot.pause()
        gates = choice.query_one("#gates", OptionList)
        gates.highlighted = 2
        add_gate(store, SYSTEM.at(NOON), event_id, "East")
        await choice.re_read()
        await pilot.pause()
        assert "North" in str(gates.get_option_at_index(gates.highlighted or 0).prompt)
