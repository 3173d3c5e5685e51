"""Reports of an event: choose, read, save."""

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import OptionList, Tabs
from textual.widgets import Tab as Choice
from textual.widgets.option_list import Option

from eventdesk.acts import Permission
from eventdesk.core.reports import ReportKind
from eventdesk.figures import REPORTS
from screens.modals.export_dialog import saved_report
from screens.organizer.tab import EventPart
from screens.widgets.detail_pane import FROM_COLUMNS
from screens.widgets.report_view import ReportView


class ReportList(OptionList, inherit_bindings=False):
    """The reports to choose from on a wide screen; other keys scroll the report beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "Before", show=False, tooltip="The report before"),
        Binding("down", "cursor_down", "Next", show=False, tooltip="The next report"),
    ]


class ReportsTab(EventPart):
    """Shows one report at a time, its figures with bars."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Left and right choose a report, or up and down where they stand in a list; page up and "
        "page down scroll. S saves the report as it is shown: CSV (a file a table), XLSX (a sheet "
        "a table) or PDF."
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
        & ReportList { display: none; }
        &.-roomy Tabs { display: none; }
        &.-roomy ReportList { display: block; }
    }
    """

    listed = getters.query_one(ReportList)
    choices = getters.query_one(Tabs)
    view = getters.query_one(ReportView)
    kind: ReportKind | None = None

    def compose(self) -> ComposeResult:
        """Lay out the choice above the report."""
        specs = [spec for spec in REPORTS.values() if self.actor.may(spec.permission)]
        self.kind = specs[0].kind if specs else None
        yield Tabs(*(Choice(str(spec.title), id=f"report-{spec.kind}") for spec in specs))
        with Horizontal():
            titles = (Option(str(spec.title), id=f"report-{spec.kind}") for spec in specs)
            yield ReportList(*titles, classes="side-list", markup=False)
            yield ReportView(id="report", can_focus=False)

    def on_resize(self) -> None:
        """List the reports beside the one on show where there is room, else above it."""
        roomy = self.app.size.width >= FROM_COLUMNS
        if roomy != self.has_class("-roomy"):
            had_keyboard = self.has_focus_within
            self.set_class(roomy, "-roomy")
            if had_keyboard:
                self.enter()

    @property
    def entry(self) -> Widget:
        """The choice that is on show."""
        return self.listed if self.has_class("-roomy") else self.choices

    async def re_read(self) -> None:
        """Read the report on show again."""
        if self.kind is None:
            return
        kind = self.kind
        report = await self.desk.read(REPORTS[kind].make, self.event.id)
        if kind is self.kind and self.is_attached:
            self.view.show(report)

    @on(Tabs.TabActivated)
    def _choose(self, message: Tabs.TabActivated) -> None:
        message.stop()
        kind = ReportKind((message.tab.id or "").removeprefix("report-"))
        with self.prevent(OptionList.OptionHighlighted):
            self.listed.highlighted = self.listed.get_option_index(message.tab.id or "")
        if kind is not self.kind:
            self.kind = kind
            self.view.scroll_home(animate=False)
            self._read_soon()

    @on(OptionList.OptionHighlighted)
    def _choose_listed(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        self.choices.active = message.option_id or ""

    @work(exclusive=True, group="report", exit_on_error=False)
    async def _read_soon(self) -> None:
        await self.re_read()

    def action_turn(self, step: int) -> None:
        """Choose the report before or the next one."""
        if step < 0:
            self.choices.action_previous_tab()
        else:
            self.choices.action_next_tab()

    def action_scroll(self, lines: int) -> None:
        """Scroll the report by some lines."""
        self.view.scroll_relative(y=lines, animate=False)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Save the report as it is shown."""
        if self.view.report is not None:
            await saved_report(self, self.view.report)
