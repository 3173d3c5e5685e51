"""Importing by the keys an organizer presses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from data.schema import TicketRow
from screens.modals.questions import PickOne, YesNo
from screens.organizer.event_screen import EventScreen
from screens.organizer.import_tab import ImportTab, TypesDialog, WaysDialog
from screens.widgets.path_suggester import PathSuggester
from tests.build import SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, text_of, until

pytestmark = pytest.mark.long

GOOD = "Who,E-Mail,Ticket,Price\nAda,ada@example.org,VIP,290\nKay,,Regular,120\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(GOOD)
    return path


@asynccontextmanager
async def tab_of(
    stage: Stage, size: tuple[int, int] = (80, 24), theme: str = "dark"
) -> AsyncIterator[tuple[Pilot[None], ImportTab]]:
    app = stage.app(actor=SUPERVISOR, theme=theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("import", enter=True)
        await reads(pilot, "Columns of the file")
        tab = screen.query_one(ImportTab)
        await until(pilot, lambda: tab.query_one("#file", Input).has_focus)
        yield pilot, tab


async def choose(pilot: Pilot[None], tab: ImportTab, path: Path) -> None:
    """Name a file and wait until it was checked."""
    tab.query_one("#file", Input).value = str(path)
    tab.query_one("#file", Input).focus()
    tab.checked = None
    await pilot.press("enter")
    await until(pilot, lambda: tab.checked is not None)


async def set_column(pilot: Pilot[None], tab: ImportTab, place: int, label: str) -> None:
    """Go to a column and say what it is."""
    tab.query_one("#columns").focus()
    await pilot.press("home", *(["down"] * place), "enter")
    picking = await shown(pilot, PickOne)
    picking.query_one(OptionList).highlighted = picking.names.index(label)
    tab.checked = None
    await pilot.press("enter")
    await until(pilot, lambda: tab.checked is not None)


def tickets(stage: Stage) -> int:
    with stage.fair.store.read() as connection:
        return connection.execute(select(func.count()).select_from(TicketRow)).scalar_one()


async def test_who_has_a_ticket_already_is_named(stage: Stage, people: Path) -> None:
    (code,) = stage.fair.sell("Ada").ticket_codes
    async with tab_of(stage, size=(120, 30)) as (pilot, tab):
        await choose(pilot, tab, people)
        await set_column(pilot, tab, 0, "Name")
        named = f"1 has a ticket already and gets another: Ada ({code})"
        await until(pilot, lambda: named in text_of(tab.screen, "#import-state"))
        await pilot.press("i")
        asked = await shown(pilot, YesNo)
        assert named in text_of(asked, "*")


async def test_a_file_is_chosen_corrected_checked_and_imported(stage: Stage, people: Path) -> None:
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await reads(pilot, "2 × no")
        assert "✗ no name" in page(pilot)
        await set_column(pilot, tab, 0, "Name")
        await reads(pilot, "2 tickets in 2 bookings can be")
        assert tickets(stage) == 0
        await pilot.press("i")
        await shown(pilot, YesNo)
        await reads(pilot, "together 410.00 EUR")
        await pilot.press("tab", "shift+tab", "enter")
        await until(pilot, lambda: tab.imported is not None)
        await reads(pilot, "✓ 2 tickets in 2 bookings were imported")
    assert tickets(stage) == 2


async def test_importing_again_finds_nothing_new(stage: Stage, people: Path) -> None:
    people.write_text(GOOD.replace("Who", "Name"))
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await pilot.press("i")
        await shown(pilot, YesNo)
        await pilot.press("tab", "shift+tab", "enter")
        await until(pilot, lambda: tab.imported is not None)
        await choose(pilot, tab, people)
        await reads(pilot, "2 here already")
    assert tickets(stage) == 2


async def test_a_file_that_cannot_be_read_says_why_and_keeps_its_name(
    stage: Stage, tmp_path: Path
) -> None:
    async with tab_of(stage) as (pilot, tab):
        tab.query_one("#file", Input).value = str(tmp_path / "nothing.csv")
        await pilot.press("enter")
        await reads(pilot, "There is no file")
        assert tab.query_one("#file", Input).value.endswith("nothing.csv")


async def test_unknown_types_are_mapped_or_added(stage: Stage, people: Path) -> None:
    people.write_text("Name,Ticket,Price\nAda,Backstage,50\nKay,,10\n")
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await reads(pilot, "unknown ticket type")
        await pilot.press("t")
        await shown(pilot, TypesDialog)
        tab.checked = None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tab.checked is not None)
        assert tab.checked is not None
        assert tab.checked.possible
        assert tab.checked.by_type == {"Backstage": 1, "Regular": 1}


async def test_the_options_hold_for_the_whole_file(stage: Stage, people: Path) -> None:
    people.write_text("Name,Ticket,Date\nAda,VIP,03/04/2026\n")
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await reads(pilot, "✗ bad date")
        await pilot.press("o")
        dialog = await shown(pilot, WaysDialog)
        dialog.form.fields["month_first"].put(True)  # March 4
        await pilot.pause()
        tab.checked = None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tab.checked is not None)
        assert tab.checked is not None
        assert tab.checked.possible


async def test_a_stopped_import_leaves_nothing(stage: Stage, people: Path) -> None:
    rows = "".join(f"Guest {n},VIP\n" for n in range(20_000))
    people.write_text("Name,Ticket\n" + rows)
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await pilot.press("i")
        await shown(pilot, YesNo)
        await pilot.press("tab", "shift+tab", "enter")
        while not tab.has_class("-importing"):  # `until` rests, and the import would be over
            await asyncio.sleep(0.01)
        tab.action_stop()
        await until(pilot, lambda: not tab.has_class("-importing"))
        await reads(pilot, "The import was stopped")
        assert tab.would_be_lost() == ""
    assert tickets(stage) == 0


async def test_hostile_cells_are_shown_as_text(stage: Stage, people: Path) -> None:
    people.write_text("Na[red]me,Ticket\n\x1b[31m[bold]Ada,VIP\n", encoding="utf-8")
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, people)
        await reads(pilot, "[bold]Ada")
        assert "Na[red]me" in page(pilot)
        assert "\x1b" not in text_of(pilot.app.screen, "#import-state")


def test_names_of_files_are_completed(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("x")
    (tmp_path / "orders.txt.gz").write_text("x")
    (tmp_path / "old").mkdir()
    suggest = PathSuggester((".csv",)).completed
    assert suggest(f"{tmp_path}/or") == f"{tmp_path}/orders.csv"
    assert suggest(f"{tmp_path}/ol") == f"{tmp_path}/old/"
    assert suggest(f"{tmp_path}/x") is None
    assert suggest(f"{tmp_path}/nowhere/x") is None
    assert suggest("") is None


async def test_a_guessed_code_page_is_shown_corrected_and_confirmed(
    stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("Name,Ticket\nИВАН,VIP\n".encode("koi8-r"))
    async with tab_of(stage, (160, 48)) as (pilot, tab):
        await choose(pilot, tab, path)
        await reads(pilot, "guessed to be")
        await pilot.press("i")
        asking = await shown(pilot, YesNo)
        assert "guessed to be" in asking.explanation
        await pilot.press("escape")
        tab.checked = None
        await pilot.press("o")
        dialog = await shown(pilot, WaysDialog)
        dialog.form.fields["encoding"].put("koi8-r")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tab.checked is not None)
        await reads(pilot, "ИВАН")
        assert "were guessed" not in page(pilot)
        await pilot.press("i")
        assert "guessed" not in (await shown(pilot, YesNo)).explanation
        await pilot.press("enter")
        await until(pilot, lambda: tab.imported is not None)
    assert tickets(stage) == 1


async def test_a_guess_is_imported_after_a_yes(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("Name,Ticket\nJürgen,VIP\n".encode("cp1252"))
    async with tab_of(stage) as (pilot, tab):
        await choose(pilot, tab, path)
        await pilot.press("i")
        assert "Jürgen" in (await shown(pilot, YesNo)).explanation
        await pilot.press("enter")
        await until(pilot, lambda: tab.imported is not None)
    assert tickets(stage) == 1
