"""The footer at 80 columns: whole entries, and always the way to all keys and out."""

import gc
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._footer import FooterKey

from data.store import Store
from eventdesk.desk import Desk
from screens.desk.desk_screen import ACTS
from screens.modals.help_screen import HelpScreen
from screens.modals.key_menu import KeyMenu
from screens.organizer.event_screen import TABS, EventScreen
from screens.wall.wall_screen import WallScreen
from screens.widgets.key_footer import KeyFooter
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    house = make_house(store)
    house.complete()
    return Office(house, desk, tmp_path / "home")


def footer(pilot: Pilot[None]) -> str:
    return page(pilot).splitlines()[-1]


def is_whole(screen: Screen[None]) -> bool:
    """Whether no entry reaches over the edge."""
    keys = screen.query_one(KeyFooter)
    return all(
        keys.content_region.contains_region(each.region) for each in keys.children if each.display
    )


async def test_every_part_of_an_event_has_a_whole_footer_at_80_columns(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        cut = []
        for spec in TABS:
            screen.open_part(spec.id, enter=True)
            await until(pilot, lambda part=spec.id: screen.current == part)  # type: ignore[misc]
            await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
            await until(pilot, lambda: "F1 Help" in footer(pilot).replace("  ", " "))
            if not is_whole(screen) or "Esc Back" not in footer(pilot):
                cut.append((spec.id, footer(pilot)))
        assert not cut


async def test_what_does_not_fit_is_said_and_listed_by_the_help(office: Office) -> None:
    async with office.part("attendees") as (pilot, screen):
        await until(pilot, lambda: "E Name" in footer(pilot))
        assert footer(pilot).rstrip().endswith("F1 Help Esc Back F9 More")
        assert "Erase" not in footer(pilot)
        await pilot.press("question_mark")
        await shown(pilot, HelpScreen)
        await pilot.press("end")
        await until(pilot, lambda: "Erase" in page(pilot))
        await pilot.press("question_mark")
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: "F8 Wall" in footer(pilot))
        assert "Del Erase" in footer(pilot)
        assert "F9 More" not in footer(pilot)
        await pilot.resize_terminal(30, 24)
        await until(pilot, lambda: "F9 More" in footer(pilot))
        assert "F1 Help Esc Back F9 More" in footer(pilot)
        assert is_whole(screen)


async def test_the_help_names_a_key_once(office: Office) -> None:
    async with office.part("attendees") as (pilot, _):
        await until(pilot, lambda: "E Name" in footer(pilot))
        await pilot.press("f6")
        await pilot.press("f1")
        await shown(pilot, HelpScreen)
        assert "Enter, Enter" not in page(pilot)
        assert "Go into the marked part" in page(pilot)


async def test_below_a_dialog_no_key_is_named(office: Office) -> None:
    async with office.part("attendees") as (pilot, screen):
        await until(pilot, lambda: "E Name" in footer(pilot))
        await pilot.press("f1")
        await shown(pilot, HelpScreen)
        await until(pilot, lambda: not footer(pilot).strip())
        await pilot.press("escape")
        await until(pilot, lambda: "E Name" in footer(pilot))
        assert pilot.app.screen is screen


async def test_more_lists_what_the_footer_has_no_room_for_and_does_it(office: Office) -> None:
    async with office.part("attendees") as (pilot, screen):
        await until(pilot, lambda: "F9 More" in footer(pilot))
        [more] = [each for each in screen.query(FooterKey) if each.action == "more_keys"]
        await pilot.click(more)
        menu = await shown(pilot, KeyMenu)
        shown_keys = {each.action for each in screen.query(FooterKey)}
        assert not shown_keys & {each.binding.action for each in menu.acts}
        await reads(pilot, "F8")
        assert "Erase a guest who has no account" in page(pilot)
        assert "People, bookings, events, screens, acts" in page(pilot)
        await pilot.press("f8")
        await shown(pilot, WallScreen)
        await pilot.press("escape")
        await shown(pilot, EventScreen)
        await pilot.press("f9")
        menu = await shown(pilot, KeyMenu)
        actions = [each.binding.action for each in menu.acts if each.enabled]
        await pilot.press(*["down"] * actions.index("wall"), "enter")
        await shown(pilot, WallScreen)


async def test_the_desk_shows_all_its_keys_at_80_columns(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        for act in ACTS:
            if act.shown:
                assert str(act.label) in footer(pilot)
        assert is_whole(screen)


async def test_entries_are_made_anew_only_when_they_change_and_then_leave_nothing(
    stage: Stage,
) -> None:
    of_other_tests = entries()
    async with stage.desk_screen() as (pilot, screen):
        shown = screen.query(FooterKey).results()
        before = list(shown)
        screen.refresh_bindings()
        await pilot.pause()
        assert list(screen.query(FooterKey)) == before
        keys = screen.query_one(KeyFooter)
        for _ in range(3):
            await keys.recompose()
        await pilot.pause()
        del before, shown
        gc.collect()
        there = {id(each) for each in screen.query(FooterKey)}
        assert entries() - of_other_tests == there - of_other_tests


def entries() -> set[int]:
    """The entries of footers that are alive, whoever holds them."""
    return {id(each) for each in gc.get_objects() if isinstance(each, FooterKey)}
