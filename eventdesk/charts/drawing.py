"""Layout of a chart as lines, boxes and words on a sheet, which SVG, PNG and PDF paint."""

from dataclasses import dataclass, field
from typing import Final

from eventdesk.charts.chart import Bars, Chart, Curve, figure
from eventdesk.charts.ticks import round_ticks, time_ticks
from eventdesk.core.cells import cell_width, cut_cells
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain

WIDTH, HEIGHT = 960.0, 540.0
"""Of a sheet, in points, from its upper left corner."""

LEFT, RIGHT, TOP, BOTTOM = 76.0, WIDTH - 32.0, 96.0, HEIGHT - 84.0
SMALL, BODY, TITLE = 13.0, 15.0, 22.0
BAR_LEFT: Final = 250.0
LETTER: Final = 8.2
"""About the width of a letter of the body, for leaving room behind bars."""

MAX_BARS: Final = 16

INK, FAINT, LINE = "#171B22", "#5B6473", "#C9CFD9"
COLOURS: Final = ("#2457C5", "#C2571A", "#12704A", "#6B3FA0")
FILLS: Final = ("#2457C5", "#9DB7EC", "#E8EBF0", "#C2571A")
"""Of the parts of a bar, dark to light, so that they differ on a grey printer as well."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text; `anchor` is start, middle or end, `upright` turns it a quarter to the left."""

    x: float
    y: float
    text: str
    size: float = SMALL
    colour: str = INK
    bold: bool = False
    anchor: str = "start"
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; with `dash` it has gaps of so many points."""

    points: tuple[tuple[float, float], ...]
    colour: str = LINE
    width: float = 1.0
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; an outline alone where `fill` is ""."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    outline: str = ""


@dataclass(slots=True)
class Sheet:
    """What a picture is made of, in the order in which it is painted.

    Title and summary are for readers that cannot see it.
    """

    title: str
    summary: str
    marks: list[Words | Stroke | Box] = field(default_factory=list)

    def words(self, x: float, y: float, text: str, **looks: object) -> None:
        """Write a line."""
        self.marks.append(Words(x, y, plain(text), **looks))  # type: ignore[arg-type]

    def stroke(self, *points: tuple[float, float], **looks: object) -> None:
        """Draw a line."""
        self.marks.append(Stroke(points, **looks))  # type: ignore[arg-type]


def drawing(chart: Chart, *, heading: str = "") -> Sheet:
    """Lay a chart out, whose text may be anything people typed.

    The heading, such as the event and when it was, stands small above the title.
    """
    sheet = Sheet(plain(chart.title), _summary(chart))
    sheet.words(LEFT - 44, 30, heading, colour=FAINT)
    sheet.words(LEFT - 44, 58, chart.title, size=TITLE, bold=True)
    if chart.is_empty:
        sheet.words(WIDTH / 2, HEIGHT / 2, str(chart.empty), size=BODY, anchor="middle")
    elif isinstance(chart, Curve):
        _curve(sheet, chart)
    else:
        _bars(sheet, chart)
    sheet.words(LEFT - 44, HEIGHT - 16, chart.note, colour=FAINT)
    return sheet


def _curve(sheet: Sheet, chart: Curve) -> None:
    ticks = round_ticks(chart.most, 6)
    end = chart.at(max(1, chart.steps - 1))
    long_s = max(1.0, (end - chart.starts_at).total_seconds())

    def x_of(seconds: float) -> float:
        return LEFT + (RIGHT - LEFT) * seconds / long_s

    def y_of(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / ticks[-1]

    for tick in ticks:
        sheet.stroke((LEFT, y_of(tick)), (RIGHT, y_of(tick)))
        sheet.words(LEFT - 8, y_of(tick) + 5, figure(tick), colour=FAINT, anchor="end")
    for at, text in time_ticks(chart.starts_at, end, chart.time_zone, 12):
        x = x_of((at - chart.starts_at).total_seconds())
        sheet.stroke((x, BOTTOM), (x, BOTTOM + 6), colour=FAINT)
        sheet.words(x, BOTTOM + 22, text, colour=FAINT, anchor="middle")
    sheet.words(LEFT - 52, (TOP + BOTTOM) / 2, chart.unit, anchor="middle", upright=True)
    sheet.words(RIGHT, BOTTOM + 42, _("time ({zone})", zone=chart.time_zone), anchor="end")
    for mark in chart.marks:
        seconds = (mark.at - chart.starts_at).total_seconds()
        if 0 <= seconds <= long_s:
            sheet.stroke((x_of(seconds), TOP), (x_of(seconds), BOTTOM), colour=FAINT, dash=3)
            sheet.words(x_of(seconds) + 4, TOP + 12, mark.text, colour=FAINT)
    left = LEFT
    for place, series in enumerate(chart.series):
        colour = COLOURS[place % len(COLOURS)]
        dash = 6.0 if series.dotted else 0.0
        for run in runs(series.values):
            points = tuple((x_of(step * chart.step_s), y_of(value)) for step, value in run)
            if len(points) == 1:
                points = (points[0], (points[0][0] + 2, points[0][1]))
            sheet.stroke(*points, colour=colour, width=2.5, dash=dash)
        sheet.stroke((left, 76), (left + 28, 76), colour=colour, width=2.5, dash=dash)
        sheet.words(left + 34, 81, series.name)
        left += 60 + 8 * len(plain(series.name))


def _bars(sheet: Sheet, chart: Bars) -> None:
    shown = chart.at_most(MAX_BARS)
    most = max((bar.long for bar in shown), default=0) or 1
    high = min(44.0, (BOTTOM + 20 - TOP) / max(1, len(shown)))
    longest = max(cell_width(plain(bar.text) or figure(bar.long)) for bar in shown)
    right = max(BAR_LEFT + 80, WIDTH - 40 - LETTER * longest)
    left = BAR_LEFT
    for place, name in enumerate(chart.parts if len(chart.parts) > 1 else ()):
        sheet.marks.append(Box(left, 68, 16, 12, FILLS[place % len(FILLS)], FAINT))
        sheet.words(left + 22, 79, name)
        left += 50 + 8 * len(name)
    for place, bar in enumerate(shown):
        y = TOP + place * high
        label = cut_cells(plain(bar.name), 26)
        sheet.words(BAR_LEFT - 10, y + high / 2 + 5, label, size=BODY, anchor="end")
        x = BAR_LEFT
        for part, value in enumerate(bar.parts):
            wide = max(0.0, (right - BAR_LEFT) * value / most)
            if wide > 0:
                fill = FILLS[part % len(FILLS)]
                sheet.marks.append(Box(x, y + high * 0.15, wide, high * 0.7, fill, FAINT))
            x += wide
        sheet.words(x + 8, y + high / 2 + 5, bar.text or figure(bar.long), size=BODY)
    sheet.stroke((BAR_LEFT, TOP - 4), (BAR_LEFT, TOP + len(shown) * high), colour=FAINT)
    sheet.words(BAR_LEFT, TOP + len(shown) * high + 20, chart.unit, colour=FAINT)


def runs(values: tuple[float | None, ...]) -> list[list[tuple[int, float]]]:
    """The stretches of a line between gaps, as step and value of each point."""
    found: list[list[tuple[int, float]]] = [[]]
    for step, value in enumerate(values):
        if value is not None:
            found[-1].append((step, value))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _summary(chart: Chart) -> str:
    if chart.is_empty:
        return plain(str(chart.empty))
    if isinstance(chart, Bars):
        return "; ".join(
            f"{plain(bar.name)}: {plain(bar.text) or figure(bar.long)}" for bar in chart.bars[:20]
        )
    return _(
        "{unit}, at most {most}, until {end:%Y-%m-%d %H:%M} UTC",
        unit=plain(chart.unit),
        most=figure(chart.most),
        end=chart.at(chart.steps),
    )
