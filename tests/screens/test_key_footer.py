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
from screens.organizer.event_screen import TABS
from screens.widgets.key_footer import KeyFooter
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import Stage, page, shown, until


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
        assert footer(pilot).rstrip().endswith("F1 Help Esc Back …")
        assert "Erase" not in footer(pilot)
        await pilot.press("f1")
        await shown(pilot, HelpScreen)
        await pilot.press("end")
        await until(pilot, lambda: "Erase" in page(pilot))
        await pilot.press("escape")
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: "F9 Wall" in footer(pilot))
        assert "Del Erase" in footer(pilot)
        assert "…" not in footer(pilot)
        await pilot.resize_terminal(30, 24)
        await until(pilot, lambda: "…" in footer(pilot))
        assert "F1 Help Esc Back …" in footer(pilot)
        assert is_whole(screen)


async def test_the_desk_shows_all_its_keys_at_80_columns(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        for act in ACTS:
            if act.shown:
                assert str(act.label) in footer(pilot)
        assert is_whole(screen)


async def test_entries_are_made_anew_only_when_they_change_and_then_leave_nothing(
    stage: Stage,
) -> None:
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
        alive = [each for each in gc.get_objects() if isinstance(each, FooterKey)]
        assert {id(each) for each in alive} == {id(each) for each in screen.query(FooterKey)}
