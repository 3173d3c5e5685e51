"""Nothing on any screen is cut, too faint, without a glyph, or a key that does nothing."""

import subprocess
import sys

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Button, Label, Static

from screens.core.themes import DARK
from tests.crawl.house import TOURS
from tests.looks.contrast import faint
from tests.looks.coverage import kinds_of_screens, name_of, not_on_a_tour, visited
from tests.looks.cuts import cuts
from tests.looks.glyphs import missing
from tests.looks.keys import named_keys


class Page(App[None]):
    """Some widgets on a small screen."""

    CSS = """
    .short { width: 6; height: 1; }
    .away { offset-x: 30; }
    .off { dock: bottom; offset-y: 2; }
    .faint { color: #404040; background: #202020; }
    #list { height: 3; }
    """

    def compose(self) -> ComposeResult:
        yield Label("It fits", id="fits")
        yield Label("It does not fit", classes="short", id="short")
        told = Label("It does not fit", classes="short", id="told")
        told.tooltip = "It does not fit"
        yield told
        yield Static("nobody reads this", classes="faint", id="faint")
        yield Label("Far away", classes="away", id="away")
        with VerticalScroll(id="list"):
            for number in range(5):
                yield Label(f"Line {number}", id=f"line-{number}")
        yield Button("Save", classes="off", id="off")
        yield Label("Press N, Ctrl+S or F4", id="keys")


async def test_a_cut_text_is_found_unless_a_tooltip_or_scrolling_shows_it() -> None:
    async with Page().run_test(size=(36, 20)) as pilot:
        found = dict(cuts(pilot.app.screen))
        assert found == {
            "Label#short": "It does not fit",
            "Label#away": "out of sight: Far away",
            "Button#off": "out of sight: Save",
        }


async def test_a_faint_text_is_found() -> None:
    async with Page().run_test(size=(36, 20)) as pilot:
        pilot.app.register_theme(DARK)
        pilot.app.theme = DARK.name
        await pilot.pause()
        assert [name for name, _text in faint(pilot.app.screen)] == ["Static#faint"]


async def test_keys_that_a_text_names_are_found() -> None:
    async with Page().run_test(size=(36, 20)) as pilot:
        named = [way.key for way in named_keys(pilot.app.screen)]
        assert named == ["n", "ctrl+s", "f4"]


def test_a_sign_that_fonts_lack_is_found() -> None:
    assert list(missing("✓ ▸ é 🎫 Ω", "Ω")) == ["🎫 U+1F3AB"]


def test_all_kinds_of_screens_are_known() -> None:
    names = {kind.__name__ for kind in kinds_of_screens()}
    assert {"DeskScreen", "KioskScreen", "TicketsTab", "PaymentDialog"} <= names
    assert not {"RoleScreen", "Part", "DeskDialog"} & names


def test_a_tour_comes_by_each_kind_of_screen_or_a_reason_says_why_none_does() -> None:
    names = {name_of(kind) for kind in kinds_of_screens()}
    assert names == visited() | not_on_a_tour(), "add it to a tour and to visited.txt"
    assert not visited() & not_on_a_tour()


@pytest.mark.long
@pytest.mark.parametrize("tour", TOURS)
def test_a_tour_comes_by_its_screens_and_has_no_more_to_mend_than_is_known(tour: str) -> None:
    # By a process of its own: hundreds of screens leave their mark on a worker's memory.
    command = [sys.executable, "-m", "tests.looks", "--quick", tour]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{tour}: " in ran.stdout
