"""Sets of columns on the screen: made, exported, scheduled, renamed and deleted with keys."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.exchange import (
    Comparison,
    Condition,
    Every,
    ExportSet,
    Listing,
    NewExportSet,
    Schedule,
    Selection,
    export_sets,
    save_export_set,
)
from eventdesk.tables.files import open_table
from screens.modals.columns_dialog import ColumnsDialog
from screens.modals.export_dialog import SaveDialog
from screens.modals.export_sets import ExportSets
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from tests.build import NOON
from tests.screens.stage import Stage, page, reads, shown, typed, until
from tests.screens.test_reports_tab import part_of

pytestmark = pytest.mark.long


def kept(stage: Stage) -> list[ExportSet]:
    return list(export_sets(stage.fair.store, SYSTEM, stage.fair.event.id))


def keep(stage: Stage, name: str = "Mail list") -> None:
    new = NewExportSet(name, Listing.ATTENDEES, selection=Selection(("name", "email")))
    save_export_set(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, new)


async def opened(pilot: Pilot[None]) -> ExportSets:
    await reads(pilot, "Ada")
    await pilot.press("ctrl+e")
    dialog = await shown(pilot, ExportSets)
    await reads(pilot, "The whole list")
    return dialog


async def test_columns_rows_and_order_are_chosen_kept_and_exported_with_keys(stage: Stage) -> None:
    for name in ("Ada", "Zoe", "Ben"):
        stage.fair.sell(name)
    async with part_of(stage, "attendees") as (pilot, _screen):
        await opened(pilot)
        await pilot.press("n")
        await shown(pilot, ColumnsDialog)
        await pilot.press("a", "down", "space", "down", "space", "u", "o", "o", "c")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["comparison"].put(Comparison.IS_NOT)
        dialog.form.fields["value"].put("ada")
        await pilot.press("ctrl+s")
        await shown(pilot, ColumnsDialog)
        assert "2 of 21 columns · only rows with name != ada" in page(pilot)
        await pilot.press("ctrl+s")
        await shown(pilot, TextQuestion)
        await typed(pilot, "Mail list")
        await pilot.press("enter")
        await shown(pilot, ExportSets)
        await reads(pilot, "▸ Mail list")
        await pilot.press("enter")
        await shown(pilot, SaveDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "2 rows are in")
    (one,) = kept(stage)
    condition = Condition("name", Comparison.IS_NOT, "ada")
    assert one.selection == Selection(("name", "booking"), (condition,), "name", True)
    (file,) = (stage.home / "exports").iterdir()
    table = open_table(file)
    assert table.heading == ("name", "booking")
    assert [cells[0] for _no, cells in table.rows()] == ["Zoe", "Ben"]


async def test_a_set_is_scheduled_renamed_and_deleted(stage: Stage) -> None:
    stage.fair.sell("Ada")
    keep(stage)
    async with part_of(stage, "attendees") as (pilot, _screen):
        await opened(pilot)
        await pilot.press("down", "s")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["kind"].put(Every.DAY)
        dialog.form.fields["time"].put("15:30")
        await pilot.press("ctrl+s")
        await shown(pilot, ExportSets)
        await reads(pilot, "daily 15:30")
        await reads(pilot, "Next Mon")
        assert kept(stage)[0].schedule == Schedule(Every.DAY, minute=15 * 60 + 30)
        await pilot.press("r")
        question = await shown(pilot, TextQuestion)
        question.query_one("#answer", Input).value = "Press [b]list"
        await pilot.press("enter")
        await reads(pilot, "Press [b]list")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await shown(pilot, ExportSets)
        await until(pilot, lambda: "Press [b]list" not in page(pilot))
    assert kept(stage) == []


async def test_a_time_that_cannot_be_is_refused_in_the_form(stage: Stage) -> None:
    stage.fair.sell("Ada")
    keep(stage)
    async with part_of(stage, "attendees") as (pilot, _screen):
        await opened(pilot)
        await pilot.press("down", "s")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["kind"].put(Every.DAY)
        dialog.form.fields["time"].put("25:00")
        await pilot.press("ctrl+s")
        await reads(pilot, "no time of day")
    assert kept(stage)[0].schedule is None


async def test_a_co_host_uses_sets_and_makes_none(stage: Stage) -> None:
    stage.fair.sell("Ada")
    keep(stage)
    granted = frozenset({Permission.TICKETS})
    cohost = Actor(ActorKind.SYSTEM, None, "Co", Role.COHOST, granted=granted)
    async with part_of(stage, "attendees", actor=cohost) as (pilot, _screen):
        await opened(pilot)
        assert "N makes" not in page(pilot)
        await pilot.press("down", "n", "delete")
        await shown(pilot, ExportSets)
        await pilot.press("enter")
        await shown(pilot, SaveDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "1 row is in")
