"""Charts in a terminal: curves of Braille dots, bars of blocks, big figures.

Braille cells have two dots across and four down (Unicode, block U+2800), so a curve is twice as
fine and four times as high as the letters. Lines differ by dots and gaps, parts of bars by their
shading, so that a terminal without colours shows the same.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias

from eventdesk.charts.chart import Bar, Bars, Chart, Curve, figure
from eventdesk.charts.drawing import runs
from eventdesk.charts.ticks import round_ticks, time_ticks
from eventdesk.core.cells import cell_width, cut_cells, wrap_cells
from eventdesk.core.plain_text import plain

BLANK: Final = 0x2800
DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of a Braille cell, by column and row."""

SHADES: Final = ("█", "▓", "░", "▒")
"""What the parts of a bar are made of."""

EIGHTHS: Final = " ▏▎▍▌▋▊▉"
MIN_WIDTH, MIN_HEIGHT = 24, 5


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one look: `faint`, `title`, `series-N`, `part-N` or ""."""

    text: str
    look: str = ""


Line: TypeAlias = tuple[Run, ...]


def chart_lines(chart: Chart, width: int, height: int) -> list[Line]:
    """Draw a chart into at most so many cells; what does not fit is left out, the figures last."""
    width, height = max(MIN_WIDTH, width), max(MIN_HEIGHT, height)
    if chart.is_empty:
        words = wrap_cells(plain(str(chart.empty), limit=400), width)
        return [(Run(each, "faint"),) for each in words[:height]]
    lines = (
        _curve(chart, width, height) if isinstance(chart, Curve) else _bars(chart, width, height)
    )
    if chart.note and len(lines) < height:
        lines.append((Run(cut_cells(plain(chart.note, limit=400), width), "faint"),))
    return lines[:height]


def text_of(lines: list[Line]) -> str:
    """The lines without their looks."""
    return "\n".join("".join(run.text for run in line).rstrip() for line in lines)


class _Dots:
    """A field of Braille dots."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._cells: dict[tuple[int, int], tuple[int, str]] = {}

    def set(self, x: int, y: int, look: str) -> None:
        """Set a dot; the first to come to a cell gives it its look."""
        if 0 <= x < 2 * self.columns and 0 <= y < 4 * self.rows:
            key = (x // 2, y // 4)
            bits, first = self._cells.get(key, (0, look))
            self._cells[key] = bits | DOTS[x % 2][y % 4], first

    def line(self, row: int) -> list[Run]:
        """One line of cells, alike ones together."""
        found: list[Run] = []
        for column in range(self.columns):
            bits, look = self._cells.get((column, row), (0, ""))
            char = chr(BLANK + bits) if bits else " "
            if found and found[-1].look == look:
                found[-1] = Run(found[-1].text + char, look)
            else:
                found.append(Run(char, look))
        return found


def _curve(chart: Curve, width: int, height: int) -> list[Line]:
    rows = max(2, height - 3 - bool(chart.note))
    ticks = round_ticks(chart.most, max(2, rows // 3))
    margin = max(len(figure(tick)) for tick in ticks) + 1
    columns = width - margin - 1
    end = chart.at(max(1, chart.steps - 1))
    long_s = (end - chart.starts_at).total_seconds()
    dots = _Dots(columns, rows)

    def x_of(at: datetime) -> int:
        return round((at - chart.starts_at).total_seconds() / long_s * (2 * columns - 1))

    def y_of(value: float) -> int:
        return round((4 * rows - 1) * (1 - value / ticks[-1]))

    for mark in chart.marks:
        if chart.starts_at <= mark.at <= end:
            for y in range(0, 4 * rows, 3):
                dots.set(x_of(mark.at), y, "faint")
    for place, series in reversed(list(enumerate(chart.series))):
        for run in runs(series.values):
            points = [(x_of(chart.at(step)), y_of(value)) for step, value in run]
            _draw(dots, points, f"series-{place}", dotted=series.dotted, ground=4 * rows)
    signs = {y_of(tick) // 4: figure(tick) for tick in ticks}
    lines: list[Line] = [_legend(chart, width)]
    for row in range(rows):
        sign = signs.get(row, "").rjust(margin)
        axis = "┤" if row in signs else "│"
        lines.append((Run(f"{sign}{axis}", "faint"), *dots.line(row)))
    lines.append((Run(f"{'':>{margin}}└{'─' * columns}", "faint"),))
    lines.append((Run(_times(chart, end, margin + 1, columns), "faint"),))
    return lines


def _draw(
    dots: _Dots, points: list[tuple[int, int]], look: str, *, dotted: bool, ground: int
) -> None:
    """Draw a line from point to point; what was counted is filled below, faintly."""
    if len(points) == 1:
        dots.set(*points[0], look)
    for (x, y), (next_x, next_y) in pairwise(points):
        steps = max(abs(next_x - x), abs(next_y - y), 1)
        for step in range(steps + 1):
            at_x = round(x + (next_x - x) * step / steps)
            at_y = round(y + (next_y - y) * step / steps)
            if not dotted or at_x % 4 == 0:
                dots.set(at_x, at_y, look)
                if not dotted and at_x % 2 == 0:
                    for below in range(at_y + 2, ground, 4):
                        dots.set(at_x, below - below % 4, look)


def _legend(chart: Curve, width: int) -> Line:
    found: list[Run] = [Run(f"{plain(chart.unit)}  ", "faint")]
    used = cell_width(found[0].text)
    for place, series in enumerate(chart.series):
        sign = "⠄⠄⠄" if series.dotted else "━━━"
        text = f"{sign} {plain(series.name)}   "
        if used + cell_width(text) > width:
            break
        used += cell_width(text)
        found.append(Run(text, f"series-{place}"))
    for mark in chart.marks:
        text = f"┆ {plain(mark.text)}   "
        if chart.starts_at <= mark.at and used + cell_width(text) <= width:
            used += cell_width(text)
            found.append(Run(text, "faint"))
    return tuple(found)


def _times(chart: Curve, end: datetime, margin: int, columns: int) -> str:
    signs = [" "] * (margin + columns)
    long_s = (end - chart.starts_at).total_seconds()
    for at, text in time_ticks(chart.starts_at, end, chart.time_zone, columns // 9):
        share = (at - chart.starts_at).total_seconds() / long_s
        left = margin + round(share * (columns - 1)) - len(text) // 2
        left = min(max(left, margin - 2), margin + columns - len(text))
        if all(sign == " " for sign in signs[max(0, left - 1) : left + len(text)]):
            signs[left : left + len(text)] = text
    return "".join(signs).rstrip()


def _bars(chart: Bars, width: int, height: int) -> list[Line]:
    room = max(1, height - (len(chart.parts) > 1) - 1 - bool(chart.note))
    shown = chart.at_most(room)
    names = [plain(bar.name) for bar in shown]
    texts = [plain(bar.text) or figure(bar.long) for bar in shown]
    name_room = min(max(map(cell_width, names)), max(10, width // 3))
    text_room = min(max(map(cell_width, texts)), max(8, width // 2))
    long = max(4, width - name_room - text_room - 3)
    most = max((bar.long for bar in shown), default=0) or 1
    lines: list[Line] = []
    if len(chart.parts) > 1:
        lines.append(
            tuple(
                Run(f"{SHADES[place % 4]}{SHADES[place % 4]} {plain(part)}   ", f"part-{place}")
                for place, part in enumerate(chart.parts)
            )
        )
    thick = 2 if room >= 2 * len(shown) + 2 and height >= 12 else 1
    for bar, name, text in zip(shown, names, texts, strict=True):
        name = cut_cells(name, name_room)
        label = " " * (name_room - cell_width(name)) + name
        drawn = _bar(bar, long, most)
        lines.append((Run(f"{label} "), *drawn, Run(f" {cut_cells(text, text_room)}", "figure")))
        if thick == 2:
            lines.append((Run(" " * (name_room + 1)), *drawn))
    lines.append((Run(f"{'':>{name_room}} {plain(chart.unit)}", "faint"),))
    return lines


def _bar(bar: Bar, room: int, most: float) -> list[Run]:
    """One bar: whole cells of each part, and eighths at the end of one without parts."""
    found, drawn, total = [], 0, 0.0
    for place, value in enumerate(bar.parts):
        total += value
        until = total / most * room
        cells = int(until + 1e-9) if len(bar.parts) == 1 else round(until)
        text = SHADES[place % 4] * max(0, cells - drawn)
        drawn = max(drawn, cells)
        if len(bar.parts) == 1 and drawn < room:
            text += EIGHTHS[int((until - cells) * 8)].strip()
        if not text and value > 0 and len(bar.parts) == 1:
            text = EIGHTHS[1]
        found.append(Run(text, f"part-{place}"))
    return found
