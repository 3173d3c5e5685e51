"""Keys that need a line are dimmed while a list has none."""

import pytest

from eventdesk.seating import NewRows, add_section, make_rows
from screens.modals.key_menu import KeyMenu
from screens.organizer.event_screen import EventScreen
from tests.build import NOON, SUPERVISOR
from tests.screens.stage import Stage, shown, until

pytestmark = pytest.mark.long

DIMMED = {"seats": "bmgr", "waitlist": "ou", "printers": "btlog"}


@pytest.mark.parametrize("part", DIMMED)
async def test_keys_that_need_a_line_are_dimmed_without_one(stage: Stage, part: str) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part(part, enter=True)

        def lit() -> list[str]:
            keys = screen.active_bindings
            return [key for key in DIMMED[part] if key not in keys or keys[key].enabled]

        await until(pilot, lambda: screen.tab is not None and not lit())


async def test_keys_come_back_with_the_first_line(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("seats", enter=True)
        await until(pilot, lambda: "b" in screen.active_bindings)
        assert not screen.active_bindings["b"].enabled
        store = stage.fair.store
        section = add_section(store, SUPERVISOR.at(NOON), stage.fair.event.id, "Stalls")
        make_rows(store, SUPERVISOR.at(NOON), section, NewRows("A", 3))
        await pilot.press("f5")
        await until(pilot, lambda: screen.active_bindings["b"].enabled)


async def test_the_menu_of_keys_turns_the_parts_as_the_screen_does(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        before = screen.current
        await pilot.press("f9")
        await shown(pilot, KeyMenu)
        await pilot.press("ctrl+pagedown")
        await until(pilot, lambda: screen.current != before)
        assert app.screen is screen
