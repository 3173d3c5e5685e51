"""An organizer chooses a layout, changes it in the editor, prints a sample, takes things back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.app import App
from textual.pilot import Pilot

from badges.drawing import pages
from badges.layout_file import load_layout, ready_layout
from badges.layout_parts import Kind, Layout
from data.store import Store
from eventdesk.core.errors import InvalidInputError
from eventdesk.desk import Desk
from eventdesk.printing import LayoutView, badge_settings, sample_badge
from screens.modals.questions import PickOne, TextQuestion, YesNo
from screens.organizer.badges_tab import BadgesTab
from screens.organizer.event_screen import EventScreen
from screens.organizer.layout_draft import NEW, LayoutDraft
from screens.organizer.layout_editor import LayoutEditor
from screens.organizer.layout_forms import PartDialog
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.detail_pane import DetailPane
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, store.home)


def chosen(office: Office) -> str:
    house = office.house
    return badge_settings(house.store, house.organizer, house.event_id).layout


def saved(office: Office, name: str) -> Layout:
    return load_layout(office.home / "layouts" / f"{name}.toml")


@asynccontextmanager
async def editing(
    office: Office, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], LayoutEditor]]:
    """Copy the 4 by 3 inch card, and open the copy in the editor."""
    async with office.part("badges", size=size) as (pilot, screen):
        await mark(pilot, screen, "card-4x3")
        await pilot.press("enter")
        await shown(pilot, TextQuestion)
        await pilot.press("enter")
        editor = await shown(pilot, LayoutEditor)
        await until(pilot, lambda: editor.preview.picture is not None)
        yield pilot, editor


async def mark(pilot: Pilot[None], screen: EventScreen, name: str) -> None:
    """Mark a layout in the list."""
    tab = screen.tab
    assert isinstance(tab, BadgesTab)
    await until(pilot, lambda: tab.under_cursor(LayoutView) is not None)
    await pilot.press("home")
    for _ in range(20):
        marked = tab.under_cursor(LayoutView)
        if marked is not None and marked.name == name:
            return
        await pilot.press("down")
    raise AssertionError(page(pilot))


async def test_an_event_takes_a_ready_layout_and_lets_guests_correct_their_badge(
    office: Office,
) -> None:
    async with office.part("badges") as (pilot, screen):
        await reads(pilot, "as the printer says, else label-62")
        await mark(pilot, screen, "card-4x3")
        await pilot.press("u")
        await reads(pilot, "Layout: card-4x3")
        await reads(pilot, "✓ card-4x3")
        assert chosen(office) == "card-4x3"
        await pilot.press("c")
        await reads(pilot, "kiosk: ✓ allowed")
        await pilot.press("u")
        await reads(pilot, "Layout: as the printer says")
        assert chosen(office) == ""


async def test_a_layout_is_changed_saved_and_the_former_one_taken_back(office: Office) -> None:
    async with editing(office) as (pilot, editor):
        first = editor.draft.parts[0]
        await pilot.press("down", "tab", "right", "down", "shift+left")
        moved = editor.draft.parts[1]
        was = ready_layout("card-4x3").sides[0][1]
        assert (moved.x, moved.y, moved.width) == (was.x, was.y + 1, was.width) or (
            moved.x == was.x + 1
        )
        await reads(pilot, "not saved")
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        await until(pilot, lambda: not editor.draft.changed)
        await pilot.press("ctrl+y")
        await pilot.press("ctrl+s")
        await noted(pilot, "Saved")
        assert saved(office, "card-4x3-2").sides == editor.draft.layout.sides
        assert first == editor.draft.parts[0]
        await pilot.press("escape")
        screen = await shown(pilot, EventScreen)
        await mark(pilot, screen, "card-4x3-2")
        await pilot.press("ctrl+z")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await until(
            pilot, lambda: saved(office, "card-4x3-2").sides == ready_layout("card-4x3").sides
        )


async def test_a_part_is_changed_in_a_form_and_an_error_keeps_what_was_typed(
    office: Office,
) -> None:
    async with editing(office, (140, 40)) as (pilot, editor):
        await pilot.press("enter")
        dialog = await shown(pilot, PartDialog)
        live = dialog.query_one(BadgePreview)
        await until(pilot, lambda: live.picture is not None)
        await until(pilot, lambda: _blocks_right_of(pilot, live.region.x) > 100)
        before = live.picture
        dialog.form.fields["text"].put("{nmae}")
        await pilot.press("ctrl+s")
        await reads(pilot, "names 'nmae', which no badge has")
        dialog.form.fields["text"].put("{name} & {organization}")
        await until(pilot, lambda: live.picture is not before)
        await pilot.press("ctrl+s")
        await shown(pilot, LayoutEditor)
        assert editor.draft.parts[0].text == "{name} & {organization}"
        await reads(pilot, "{name} & {organization}")


def _blocks_right_of(pilot: Pilot[None], column: int) -> int:
    return sum(line[column:].count("▀") for line in page(pilot).splitlines())


async def test_parts_are_added_copied_and_removed_and_there_is_a_back(office: Office) -> None:
    async with editing(office) as (pilot, editor):
        count = len(editor.draft.parts)
        await pilot.press("d", "delete", "delete")
        await until(pilot, lambda: len(editor.draft.parts) == count - 1)
        await pilot.press("b")
        await reads(pilot, "none yet, A adds to it")
        await pilot.press("a")
        await shown(pilot, PickOne)
        await pilot.press("down", "enter")
        await shown(pilot, LayoutEditor)
        await until(pilot, lambda: len(editor.draft.layout.sides) == 2)
        assert editor.draft.layout.sides[1][0].kind is Kind.QR
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        assert await shown(pilot, LayoutEditor) is editor


async def test_a_sample_is_printed_as_it_is_on_show(office: Office) -> None:
    async with editing(office) as (pilot, editor):
        await pilot.press("t")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await noted(pilot, "Printed")
        assert list((office.home / "badges").glob("*.txt"))
        await pilot.press("s")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await shown(pilot, LayoutEditor)
        assert editor.badge == sample_badge(editor.event.name)


async def test_deleting_and_renaming_say_what_they_do(office: Office) -> None:
    async with editing(office) as (pilot, _):
        await pilot.press("escape")
        screen = await shown(pilot, EventScreen)
        await mark(pilot, screen, "card-4x3-2")
        await pilot.press("r")
        await shown(pilot, TextQuestion)
        await pilot.press("end")
        await typed(pilot, "-vip")
        await pilot.press("enter")
        await reads(pilot, "card-4x3-2-vip")
        await mark(pilot, screen, "card-4x3-2-vip")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: not (office.home / "layouts/card-4x3-2-vip.toml").exists())


async def test_the_preview_shows_the_picture_that_is_printed() -> None:
    preview = BadgePreview()

    class Bare(App[None]):
        def on_mount(self) -> None:
            self.screen.mount(preview)

    async with Bare().run_test(size=(60, 30)) as pilot:
        await until(pilot, lambda: preview.size.area)
        preview.picture = pages(sample_badge(), ready_layout("label-62"), dpi=203)[0]
        preview.mark = (0.1, 0.1, 0.9, 0.3)
        await pilot.pause()
        rows = [row for row in preview._strips if "▀" in row.text]
        assert len(rows) == 30
        shades = {
            segment.style.color.triplet.red
            for row in rows
            for segment in row
            if segment.style is not None
            and segment.style.color is not None
            and segment.style.color.triplet is not None
        }
        assert min(shades) < 80
        assert max(shades) > 200
        whole = "".join(row.text for row in preview._strips)
        preview.zoomed = True
        await pilot.pause()
        larger = [row for row in preview._strips if "▀" in row.text]
        assert "".join(row.text for row in larger) != whole
        assert max(row.text.count("▀") for row in larger) > 50
        preview.picture = None
        await pilot.pause()
        assert not preview._strips


def test_a_draft_stays_on_the_paper_and_remembers_every_step() -> None:
    layout = ready_layout("label-62")
    draft = LayoutDraft(layout)
    draft.move(-100, 1000)
    part = draft.part
    assert part is not None
    assert (part.x, part.y) == (0, layout.height_mm - part.height)
    draft.stretch(1000, 0)
    assert draft.part is not None
    assert draft.part.width == layout.width_mm
    draft.stretch(-1000, 0)
    assert draft.part.width == layout.width_mm, "no part becomes nothing"
    with pytest.raises(InvalidInputError, match=r"label-62\.toml, line 12: Front 1 \(text"):
        draft.change(replace(draft.part, text="{shoe}"))
    draft.add(NEW[Kind.BOX])
    while draft.undo():
        pass
    assert draft.layout == layout
    assert not draft.changed
    while draft.redo():
        pass
    assert draft.part == NEW[Kind.BOX]
    picture = pages(sample_badge(), draft.layout, dpi=203)[0]
    assert (~np.asarray(picture)).any()


def test_the_last_part_of_the_front_stays() -> None:
    one = replace(ready_layout("label-62"), sides=((NEW[Kind.QR],),))
    draft = LayoutDraft(one)
    assert not draft.remove()
    draft.turn_over()
    assert not draft.remove()
    draft.add(NEW[Kind.TEXT])
    assert len(draft.layout.sides) == 2
    assert draft.remove()
    assert len(draft.layout.sides) == 1


async def test_a_wide_screen_says_in_clear_what_the_preview_is_too_small_for(
    office: Office,
) -> None:
    async with office.part("badges", size=(160, 48)) as (pilot, screen):
        await mark(pilot, screen, "card-4x3")
        await reads(pilot, "Maximiliane Wołoszańska-Featherstonehaugh")
        await reads(pilot, "QR code")
        await reads(pilot, "mm at")
        preview = screen.query_one("#badges-preview", BadgePreview)
        await until(pilot, lambda: preview.picture is not None)
        layouts, fields = screen.query_one("#badges-layouts"), screen.query_one(DetailPane)
        assert layouts.region.right <= preview.region.x
        assert preview.region.right <= fields.region.x


async def test_a_layout_with_a_mistake_is_a_line_that_says_so(office: Office) -> None:
    layouts = office.home / "layouts"
    layouts.mkdir(exist_ok=True)
    (layouts / "crooked.toml").write_text("name = ")
    async with office.part("badges") as (pilot, screen):
        await mark(pilot, screen, "card-4x3")
        await reads(pilot, "✗ broken")
