"""Reports of an event: chosen, looked at, saved."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static, Tabs
from textual.widgets import Tab as Choice

from eventdesk.documents.report_text import table_lines
from eventdesk.model.people import Permission
from eventdesk.model.plain_text import plain
from eventdesk.model.reports import Report, ReportKind
from eventdesk.usecases.reports import REPORTS, ReportForm, save_report
from screens.modals.export_dialog import SaveDialog
from screens.organizer.tab import EventPart

EDGES: Final = 6
"""Cells beside the tables: margins and the scroll bar."""


class ReportsTab(EventPart):
    """Shows one report at a time, its figures with bars."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Left and right choose a report; the arrows up and down scroll. S saves the report as it "
        "is shown: CSV (a file a table), XLSX (a sheet a table) or PDF."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "Save", tooltip="Save this report as CSV, XLSX or PDF"),
        Binding("left", "turn(-1)", "Before", show=False, tooltip="The report before"),
        Binding("right", "turn(1)", "Next", show=False, tooltip="The next report"),
        Binding("down", "scroll(2)", "Down", show=False, tooltip="Some lines down"),
        Binding("up", "scroll(-2)", "Up", show=False, tooltip="Some lines up"),
        Binding("pagedown,space", "scroll(12)", "Down", show=False, tooltip="A page down"),
        Binding("pageup", "scroll(-12)", "Up", show=False, tooltip="A page up"),
    ]
    DEFAULT_CSS = """
    ReportsTab {
        & Tabs { height: 2; margin: 0 1; }
        & #report { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
        & #report Static { width: 100%; height: auto; }
    }
    """

    choices = getters.query_one(Tabs)
    report: Report | None = None
    kind: ReportKind | None = None

    def compose(self) -> ComposeResult:
        """Lay out the choice above the report."""
        specs = [spec for spec in REPORTS.values() if self.actor.may(spec.permission)]
        self.kind = specs[0].kind if specs else None
        yield Tabs(*(Choice(spec.title, id=f"report-{spec.kind}") for spec in specs))
        with VerticalScroll(id="report", can_focus=False):
            yield Static("Counting …", id="figures", markup=False)

    async def re_read(self) -> None:
        """Read the report on show again."""
        if self.kind is None:
            return
        kind = self.kind
        report = await self.tools.desk.read(
            REPORTS[kind].make, self.actor, self.event.id, now=self.tools.now()
        )
        if kind is self.kind and self.is_attached:
            self.report = report
            self._show()

    @on(Tabs.TabActivated)
    def _choose(self, message: Tabs.TabActivated) -> None:
        message.stop()
        kind = ReportKind((message.tab.id or "").removeprefix("report-"))
        if kind is not self.kind:
            self.kind = kind
            self.query_one("#report", VerticalScroll).scroll_home(animate=False)
            self._read_soon()

    @work(exclusive=True, group="report", exit_on_error=False)
    async def _read_soon(self) -> None:
        await self.re_read()

    @on(Resize)
    def _fit(self) -> None:
        self._show()

    def action_turn(self, step: int) -> None:
        """Choose the report before or the next one."""
        if step < 0:
            self.choices.action_previous_tab()
        else:
            self.choices.action_next_tab()

    def action_scroll(self, lines: int) -> None:
        """Scroll the report by some lines."""
        report = self.query_one("#report", VerticalScroll)
        report.scroll_relative(y=lines, animate=False)

    def _show(self) -> None:
        report = self.report
        if report is None:
            return
        width = max(40, self.size.width - EDGES)
        parts: list[Content] = []
        for table in report.tables:
            parts.append(Content.styled(f"{plain(table.title)}\n", "bold $primary"))
            parts.extend(Content(f"{line}\n") for line in table_lines(table, width=width))
            parts.append(Content("\n"))
        parts.extend(
            Content.styled(f"{plain(each, limit=400)}\n", "$faint") for each in report.remarks
        )
        self.query_one("#figures", Static).update(Content("").join(parts))

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Save the report as it is shown."""
        report = self.report
        if report is None:
            return

        async def save(
            form: str, path: Path | None, overwrite: bool, _tell: Callable[[int], None]
        ) -> list[Path]:
            # Only files are written, which is no work for the store's writer.
            return await self.tools.desk.read(
                save_report, self.actor, report, form=form, path=path, overwrite=overwrite
            )

        title, anywhere = f"Save: {report.title}", self.actor.may(Permission.INSTALLATION)
        dialog = SaveDialog(title, list(ReportForm), save, anywhere=anywhere)
        files = await self.app.push_screen_wait(dialog)
        if files:
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            words = f"{plain(str(files[0]), limit=400)}{more}"
            self.notify(words, title="Saved", markup=False)
