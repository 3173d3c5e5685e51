"""Badges in advance on the screen: chosen, looked at, printed, stopped, taken up, printed again."""

import threading
from typing import Any

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.printing import list_batches, print_badges
from screens.core.themes import THEMES
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.organizer.badge_sheets import SheetLook, SheetProgress
from screens.organizer.event_screen import EventScreen
from screens.widgets.badge_preview import BadgePreview
from tests.screens.stage import Stage, noted, page, reads, shown
from tests.screens.test_reports_tab import part_of

pytestmark = pytest.mark.long


def state(stage: Stage) -> list[tuple[str, int]]:
    batches = list_batches(stage.fair.store, SYSTEM, stage.fair.event.id)
    return [(each.state, each.done) for each in batches]


async def begun(stage: Stage, pilot: Any) -> None:
    await reads(pilot, "label-62")
    await pilot.press("a")
    await shown(pilot, FormDialog)
    await pilot.press("ctrl+s")
    await shown(pilot, SheetLook)


async def test_badges_are_looked_at_before_they_are_printed(stage: Stage) -> None:
    for name in ("Zoe [b]Z[/b]", "Ada"):
        stage.fair.sell(name)
    async with part_of(stage, "badges") as (pilot, _screen):
        await begun(stage, pilot)
        assert "2 badges in advance" in page(pilot)
        assert page(pilot).index("1 Ada") < page(pilot).index("2 Zoe [b]Z[/b]")
        await pilot.press("escape")
        await shown(pilot, FormDialog)
        assert state(stage) == []
        await pilot.press("ctrl+s")
        await shown(pilot, SheetLook)
        await pilot.press("enter")
        await noted(pilot, "2 badges are out.")
    assert state(stage) == [("done", 2)]
    (file,) = (stage.home / "exports").iterdir()
    assert file.read_bytes().startswith(b"%PDF")


async def test_beside_the_picture_of_a_sheet_is_the_dialog_in_each_theme(stage: Stage) -> None:
    stage.fair.sell("Ada")
    async with part_of(stage, "badges") as (pilot, _screen):
        await begun(stage, pilot)
        picture = pilot.app.screen.query_one(BadgePreview)
        dialog = pilot.app.screen.query_one(".dialog")
        for theme in THEMES.values():
            pilot.app.theme = theme.name
            await pilot.pause()
            beside = next(iter(picture.render_line(picture.size.height // 2)))
            assert beside.style is not None
            assert beside.style.bgcolor == dialog.rich_style.bgcolor


async def test_what_was_stopped_goes_on_or_is_dropped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.fair.sell("Ada")
    drawing, go_on = threading.Event(), threading.Event()

    def held(*given: Any, on_progress: Any, **named: Any) -> Any:
        drawing.set()
        go_on.wait(30)
        return print_badges(*given, on_progress=on_progress, **named)

    monkeypatch.setattr("screens.organizer.badge_sheets.print_badges", held)
    async with part_of(stage, "badges") as (pilot, _screen):
        await begun(stage, pilot)
        await pilot.press("enter")
        await shown(pilot, SheetProgress)
        await pilot.press("escape")
        await reads(pilot, "It stops in a moment")
        go_on.set()
        await noted(pilot, "It was stopped.")
        assert state(stage) == [("open", 0)]
        await shown(pilot, EventScreen)
        await pilot.press("a")
        await shown(pilot, PickOne)
        await reads(pilot, "Print 1 more badge")
        await pilot.press("down", "enter")
        await noted(pilot, "Nothing more is printed.")
    assert state(stage) == [("dropped", 0)]


async def test_nobody_to_print_for_is_said_in_the_form(stage: Stage) -> None:
    async with part_of(stage, "badges") as (pilot, _screen):
        await reads(pilot, "label-62")
        await pilot.press("a")
        await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "There is nobody to print a badge for.")


async def test_sheets_are_printed_again(stage: Stage) -> None:
    stage.fair.sell("Ada")
    async with part_of(stage, "badges") as (pilot, _screen):
        await begun(stage, pilot)
        await pilot.press("enter")
        await noted(pilot, "1 badge is out.")
        await shown(pilot, EventScreen)
        await pilot.press("a")
        await shown(pilot, PickOne)
        await pilot.press("down", "enter")
        await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
    assert len(list((stage.home / "exports").iterdir())) == 2
