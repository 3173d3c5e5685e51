"""A report as lines of text, with bars where there is room."""

from collections.abc import Iterator

from eventdesk.core.cells import cell_width, cut_cells
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Figure, Report, ReportTable, figure_text
from eventdesk.core.wall_clock import typed_moment

BAR = "█"
HALF = "▌"
MAX_BAR = 24
MIN_BAR = 6
MAX_TEXT = 40
"""Cells of a column of text."""


def report_text(report: Report, *, width: int = 100) -> str:
    """Write a report for a terminal of so many cells.

    What is left of a line beside the figures is for bars.
    """
    at = typed_moment(report.made_at, report.time_zone)
    lines = [f"{plain(report.title)} · {plain(report.event_name)} · {at} ({report.time_zone})"]
    for table in report.tables:
        lines += ["", plain(table.title), *table_lines(table, width=width)]
    if report.remarks:
        lines += ["", *(plain(each, limit=400) for each in report.remarks)]
    return "\n".join(lines) + "\n"


def table_lines(table: ReportTable, *, width: int) -> Iterator[str]:
    """Write one table: titles, rows, the sums below.

    A table that is wider than the line comes in several parts below each other, each with the
    first column.
    """
    if not table.rows:
        yield f"  {table.empty}"
        return
    sums = () if table.total is None else (table.total,)
    body = [[_shown(figure) for figure in row] for row in (*table.rows, *sums)]
    right = [is_number(table, column) for column in range(len(table.columns))]
    widths = [
        max(cell_width(line[column]) for line in (table.columns, *body))
        for column in range(len(table.columns))
    ]
    shares = (*(table.shares or (0.0,) * len(table.rows)), *(0.0 for _ in sums))
    for place, part in enumerate(_parts(widths, width)):
        if place:
            yield ""
        some = [widths[column] for column in part]
        ends = [right[column] for column in part]
        room = width - sum(some) - 2 * len(some) - 2
        bar = min(MAX_BAR, room) if table.bar in part and table.bar is not None else 0
        yield _line([table.columns[column] for column in part], some, ends)
        for row, share in zip(body, shares, strict=True):
            line = _line([row[column] for column in part], some, ends)
            if share and bar >= MIN_BAR:
                line += " " * (sum(some) + 2 * len(some) - cell_width(line))
                line += f"  {bar_of(share, bar)}"
            yield line


def _parts(widths: list[int], width: int) -> Iterator[list[int]]:
    """Which columns stand beside each other; the first one in each part."""
    part, taken = [0], widths[0] + 2
    for column in range(1, len(widths)):
        if taken + widths[column] + 2 > width and len(part) > 1:
            yield part
            part, taken = [0], widths[0] + 2
        part.append(column)
        taken += widths[column] + 2
    yield part


def bar_of(share: float, width: int) -> str:
    """A bar of at most so many cells; whoever has anything has at least half a cell."""
    halves = max(1, round(share * width * 2)) if share > 0 else 0
    return BAR * (halves // 2) + HALF * (halves % 2)


def is_number(table: ReportTable, column: int) -> bool:
    """Whether a column holds figures, which stand at the right."""
    return any(not isinstance(row[column], str | None) for row in table.rows) or (
        column > 0 and all(str(row[column] or "").endswith("%") for row in table.rows)
    )


def _shown(figure: Figure) -> str:
    text = figure_text(figure)
    kept = len(text) - len(text.lstrip(" "))
    return " " * kept + cut_cells(plain(text), MAX_TEXT)


def _line(cells: list[str] | tuple[str, ...], widths: list[int], right: list[bool]) -> str:
    parts = []
    for text, wide, at_right in zip(cells, widths, right, strict=True):
        gap = " " * (wide - cell_width(text))
        parts.append(gap + text if at_right else text + gap)
    return ("  " + "  ".join(parts)).rstrip()
