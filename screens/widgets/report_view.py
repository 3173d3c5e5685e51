"""A report on the screen: its tables one below the other, with bars where there is room."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Report
from eventdesk.documents.report_text import table_lines

EDGES: Final = 6
"""Cells beside the tables: margins and the scroll bar."""


class ReportView(VerticalScroll):
    """Shows one report; until there is one it says that it counts."""

    DEFAULT_CSS = """
    ReportView {
        height: 1fr;
        padding: 0 2;
        scrollbar-size-vertical: 1;
        & Static { width: 100%; height: auto; }
    }
    """

    report: Report | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tables."""
        yield Static(_("Counting …"), id="figures", markup=False)

    def show(self, report: Report) -> None:
        """Show a report."""
        self.report = report
        self._paint()

    def on_resize(self, _event: Resize) -> None:
        """Set the tables to the new width."""
        self._paint()

    def _paint(self) -> None:
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
