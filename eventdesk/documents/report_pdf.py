"""A report as PDF: A4 across, tables over several pages, bars beside them."""

import io
from collections.abc import Sequence
from typing import Final

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Figure, Report, ReportTable, figure_text
from eventdesk.core.wall_clock import typed_moment
from eventdesk.documents.report_text import is_number
from eventdesk.documents.writing import Sheet, library, width, write

WIDTH, HEIGHT = 841.89, 595.28
"""A4 across, in points."""

LEFT, RIGHT, TOP, BOTTOM = 50.0, WIDTH - 50.0, HEIGHT - 50.0, 50.0
BODY, TITLE, HEADING = 9.0, 12.0, 16.0
LEADING = 1.5
GAP = 12.0
MAX_COLUMN = 220.0
MAX_BAR = 160.0
MIN_BAR = 40.0
BAR_GREY: Final = 0.75


def report_pdf(report: Report) -> bytes:
    """Draw a report as a PDF file.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    file = io.BytesIO()
    canvas = library("pdfgen.canvas").Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"{plain(report.title)} · {plain(report.event_name)}")
    canvas.setCreator("eventdesk")
    sheet = _Sheet(canvas, f"{plain(report.title)} · {plain(report.event_name)}")
    at = typed_moment(report.made_at, report.time_zone)
    sheet.text(f"{report.title} · {report.event_name}", size=HEADING, bold=True)
    sheet.text(_("As of {at} ({time_zone})", at=at, time_zone=report.time_zone))
    for table in report.tables:
        sheet.table(table)
    for remark in report.remarks:
        sheet.text(remark, before=8)
    sheet.end()
    canvas.save()
    return file.getvalue()


class _Sheet(Sheet):
    """A4, across."""

    RIGHT, TOP, BOTTOM, FOOT = RIGHT, TOP, BOTTOM, BODY

    def text(
        self, text: str, *, size: float = BODY, bold: bool = False, before: float = 0.0
    ) -> None:
        """Write a line from the left margin."""
        self.go_down(before + size * LEADING)
        fitting = _cut(plain(text, limit=400), RIGHT - LEFT, size, bold=bold)
        write(self.canvas, LEFT, self.y, fitting, size=size, bold=bold)

    def table(self, table: ReportTable) -> None:
        """Write a table; its titles stand again on each page."""
        self.keep(3 * BODY * LEADING + TITLE * LEADING + 16)
        self.text(table.title, size=TITLE, bold=True, before=16)
        if not table.rows:
            self.text(table.empty)
            return
        right = [is_number(table, column) for column in range(len(table.columns))]
        widths = _widths(table)
        room = min(MAX_BAR, RIGHT - LEFT - sum(widths) - GAP * len(widths))
        self._row(table.columns, widths, right, bold=True)
        self._rule()
        for place, row in enumerate(table.rows):
            if self.keep(BODY * LEADING):
                self._row(table.columns, widths, right, bold=True)
                self._rule()
            self._row([_shown(each) for each in row], widths, right)
            if table.shares and room >= MIN_BAR:
                self._bar(sum(widths) + GAP * len(widths), room * table.shares[place])
        if table.total is not None:
            self._rule()
            self._row([_shown(each) for each in table.total], widths, right, bold=True)

    def _row(
        self, cells: Sequence[str], widths: list[float], right: list[bool], *, bold: bool = False
    ) -> None:
        self.go_down(BODY * LEADING)
        x = LEFT
        for text, wide, at_right in zip(cells, widths, right, strict=True):
            fitting = _cut(text, wide, BODY, bold=bold)
            start = x + wide - width(fitting, size=BODY, bold=bold) if at_right else x
            write(self.canvas, start, self.y, fitting, size=BODY, bold=bold)
            x += wide + GAP

    def _bar(self, x: float, long: float) -> None:
        self.canvas.setFillGray(BAR_GREY)
        self.canvas.rect(LEFT + x, self.y - 1, max(1.0, long), BODY * 0.9, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def _rule(self) -> None:
        self.canvas.setLineWidth(0.5)
        self.canvas.line(LEFT, self.y - 3, RIGHT, self.y - 3)
        self.y -= 3


def _widths(table: ReportTable) -> list[float]:
    """How wide each column is; where the page is too narrow, the widest are cut first."""
    lines = [*([_shown(each) for each in row] for row in table.rows)]
    if table.total is not None:
        lines.append([_shown(each) for each in table.total])
    widths = []
    for column, title in enumerate(table.columns):
        texts = sorted({line[column] for line in lines}, key=len)[-50:]
        widest = max((width(text, size=BODY, bold=True) for text in (title, *texts)), default=0)
        widths.append(min(MAX_COLUMN, widest))
    room = RIGHT - LEFT - GAP * len(widths)
    while sum(widths) > room:
        widest_place = widths.index(max(widths))
        widths[widest_place] *= 0.9
    return widths


def _cut(text: str, room: float, size: float, *, bold: bool) -> str:
    """A text that fits, with an ellipsis where it does not."""
    if width(text, size=size, bold=bold) <= room + 0.5:
        return text
    while text and width(f"{text}…", size=size, bold=bold) > room:
        text = text[:-1]
    return f"{text}…"


def _shown(figure: Figure) -> str:
    text = figure_text(figure)
    return f"{'   ' if text.startswith('  ') else ''}{plain(text)}"
