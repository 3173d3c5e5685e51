"""Reports and exports by the keys an organizer presses."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.exchange import Listing
from eventdesk.tables.files import open_table
from screens.modals.export_dialog import SaveDialog
from screens.modals.export_sets import ExportSets
from screens.modals.questions import YesNo
from screens.organizer.event_screen import EventScreen
from screens.organizer.organizer_screen import OrganizerScreen
from screens.organizer.reports_tab import ReportsTab
from tests.build import SUPERVISOR
from tests.people import make_cohost
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long


@asynccontextmanager
async def part_of(
    stage: Stage, part: str, size: tuple[int, int] = (80, 24), actor: Actor = SUPERVISOR
) -> AsyncIterator[tuple[Pilot[None], EventScreen]]:
    app = stage.app(actor=actor)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = EventScreen(app.tools, actor, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part(part, enter=True)
        await until(pilot, lambda: screen.tab is not None and screen.current == part)
        yield pilot, screen


async def test_reports_are_chosen_with_the_arrows_and_show_figures(stage: Stage) -> None:
    stage.fair.sell_all(["Ada", "Kay"])
    async with part_of(stage, "reports") as (pilot, screen):
        await reads(pilot, "First arrivals by hour")
        assert "Regular" in page(pilot)
        await pilot.press("right")
        await reads(pilot, "Sold (gross)")
        assert "240.00 EUR" in page(pilot)
        await pilot.press("pagedown")
        await reads(pilot, "Still to go back")
        await pilot.press("pagedown")
        await reads(pilot, "By method")
        tab = screen.query_one(ReportsTab)
        await pilot.press("right")
        await until(pilot, lambda: tab.view.report is not None and tab.view.report.kind == "sales")
        await reads(pilot, "█")


async def test_a_wide_screen_lists_the_reports_beside_the_one_on_show(stage: Stage) -> None:
    stage.fair.sell_all(["Ada", "Kay"])
    async with part_of(stage, "reports", (160, 48)) as (pilot, screen):
        await reads(pilot, "First arrivals by hour")
        await reads(pilot, "No-shows")
        tab = screen.query_one(ReportsTab)
        await until(pilot, lambda: tab.listed.has_focus)
        assert tab.listed.region.right <= tab.view.region.x
        await pilot.press("down")
        await reads(pilot, "Sold (gross)")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: tab.choices.has_focus and tab.listed.region.width == 0)
        await pilot.press("left")
        await reads(pilot, "First arrivals by hour")


async def test_a_report_follows_the_store(stage: Stage) -> None:
    async with part_of(stage, "reports") as (pilot, _screen):
        await reads(pilot, "No ticket was sold yet")
        stage.fair.sell()
        await reads(pilot, "Together")


@pytest.mark.parametrize("admin", [False, True])
async def test_a_report_is_saved_where_it_is_said(
    stage: Stage, tmp_path: Path, admin: bool
) -> None:
    stage.fair.sell()
    path = (tmp_path if admin else stage.home / "exports") / "report.pdf"
    actor = SYSTEM if admin else SUPERVISOR
    async with part_of(stage, "reports", actor=actor) as (pilot, _screen):
        await reads(pilot, "First arrivals")
        await pilot.press("s")
        dialog = await shown(pilot, SaveDialog)
        dialog.form.fields["form"].put("pdf")
        dialog.form.fields["path"].query_one(Input).value = str(path) if admin else "report"
        await pilot.press("ctrl+s")
        await until(pilot, path.exists)
        await shown(pilot, EventScreen)
    assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("granted", "sees", "not_this"),
    [
        (Permission.TICKETS, "Attendance", "Revenue"),
        (Permission.MONEY, "Revenue", "Attendance"),
        (Permission.PROGRAMME, "Sessions", "Revenue"),
    ],
)
async def test_a_co_host_sees_only_reports_of_what_was_granted(
    stage: Stage, granted: Permission, sees: str, not_this: str
) -> None:
    cohost = Actor(ActorKind.SYSTEM, None, "Co", Role.COHOST, granted=frozenset({granted}))
    async with part_of(stage, "reports", actor=cohost) as (pilot, _screen):
        await reads(pilot, sees)
        assert not_this not in page(pilot)


async def whole_list(pilot: Pilot[None]) -> SaveDialog:
    """Export the whole list, and not a set of its columns."""
    await pilot.press("ctrl+e")
    await shown(pilot, ExportSets)
    await reads(pilot, "The whole list")
    await pilot.press("enter")
    return await shown(pilot, SaveDialog)


async def test_every_list_is_exported_with_one_key(stage: Stage) -> None:
    stage.fair.sell("Ada Lovelace")
    for part, listing in (
        ("bookings", Listing.BOOKINGS),
        ("attendees", Listing.ATTENDEES),
        ("waitlist", Listing.WAITLIST),
        ("programme", Listing.SESSIONS),
        ("money", Listing.PAYMENTS),
    ):
        async with part_of(stage, part) as (pilot, screen):
            await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
            await whole_list(pilot)
            await pilot.press("ctrl+s")
            await shown(pilot, EventScreen)
            await until(pilot, lambda: bool(re.search("rows? (is|are) in", page(pilot))))
        found = [
            path for path in (stage.home / "exports").iterdir() if listing.title()[:4] in path.name
        ]
        assert len(found) == 1, part


async def test_an_export_asks_before_it_replaces_a_file(stage: Stage) -> None:
    stage.fair.sell("Ada Lovelace")
    exports = stage.home / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "people.csv").write_text("mine")
    async with part_of(stage, "attendees", actor=SYSTEM) as (pilot, screen):
        await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
        dialog = await whole_list(pilot)
        dialog.form.fields["path"].query_one(Input).value = str(exports / "people")
        await pilot.press("ctrl+s")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await reads(pilot, "already")
        assert (exports / "people.csv").read_text() == "mine"
        await pilot.press("ctrl+s")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await shown(pilot, EventScreen)
    table = open_table(exports / "people.csv")
    assert next(table.rows())[1][2] == "Ada Lovelace"


async def test_an_organizer_saves_nothing_outside_of_the_exports(
    stage: Stage, tmp_path: Path
) -> None:
    async with part_of(stage, "attendees") as (pilot, screen):
        await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
        dialog = await whole_list(pilot)
        dialog.form.fields["path"].query_one(Input).value = str(tmp_path / "people.csv")
        await pilot.press("ctrl+s")
        await reads(pilot, "may not write files outside")
        (stage.home / "exports").mkdir(exist_ok=True)
        (stage.home / "exports" / "theirs.csv").write_text("theirs")
        dialog.form.fields["path"].query_one(Input).value = "theirs"
        await pilot.press("ctrl+s")
        await reads(pilot, "already")
    assert not (tmp_path / "people.csv").exists()


async def test_the_events_of_a_team_are_exported_too(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(OrganizerScreen(app.tools, SYSTEM))
        await shown(pilot, OrganizerScreen)
        await pilot.press("ctrl+e")
        await shown(pilot, SaveDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "1 row is in")


async def test_what_is_no_list_cannot_be_exported(stage: Stage) -> None:
    async with part_of(stage, "reports") as (pilot, screen):
        await reads(pilot, "First arrivals")
        assert screen.tab is not None
        assert screen.tab.check_action("export_list", ()) is False


async def test_a_wide_overview_draws_arrivals_and_sales_beside_what_is_needed(stage: Stage) -> None:
    fair = stage.fair
    fair.sell_all(["Ada", "Kay"])
    async with part_of(stage, "overview", (120, 35)) as (pilot, _screen):
        await reads(pilot, "People let in")
        await reads(pilot, "Sales by day")
        await reads(pilot, "0 came of 2")
        await reads(pilot, "What it needs")
        fair.sell("Mia")
        await reads(pilot, "0 came of 3")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "People let in" not in page(pilot))


async def test_charts_of_sales_are_for_those_who_see_money(stage: Stage) -> None:
    stage.fair.sell()
    actor = make_cohost(stage.fair, Permission.DOOR)
    async with part_of(stage, "overview", (120, 35), actor) as (pilot, _screen):
        await reads(pilot, "People let in")
        assert "Sales by day" not in page(pilot)
