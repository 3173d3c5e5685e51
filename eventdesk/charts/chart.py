"""Charts as data: curves and bars, whatever draws them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from eventdesk.core.formats import number
from eventdesk.core.messages import Message, _, _n, msg
from eventdesk.tables.cells import Cell

_NOTHING_YET = msg("Nothing yet.")


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a curve, one value a step; None where nothing is known.

    What is expected is drawn dotted beside what was counted.
    """

    name: str
    values: tuple[float | None, ...]
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant that is pointed at, such as now or the opening of the doors."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Something over time.

    Attributes:
        unit: What is counted, such as "people a minute"; stands at the upright axis.
        starts_at: When the first step began, aware UTC.
        step_s: Length of a step, in seconds.
        time_zone: The clock at the other axis.
        note: A sentence below.
        empty: What is said where there is nothing to draw.
    """

    title: str
    unit: str
    starts_at: datetime
    step_s: int
    time_zone: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    note: str = ""
    empty: str | Message = _NOTHING_YET

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return max((len(each.values) for each in self.series), default=0)

    @property
    def most(self) -> float:
        """The largest value of all series."""
        return max((value or 0 for each in self.series for value in each.values), default=0)

    def at(self, step: int) -> datetime:
        """When a step began."""
        return self.starts_at + timedelta(seconds=step * self.step_s)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.most <= 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: Of what.
        parts: Its lengths, one for each of the chart's parts, from left to right.
        text: What is written behind it; the sum of its parts where it is "".
    """

    name: str
    parts: tuple[float, ...]
    text: str = ""

    @property
    def long(self) -> float:
        """Its length: the sum of its parts."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Bars:
    """Things beside each other, from top to bottom.

    Attributes:
        unit: What the bars measure.
        parts: What their parts are; each has a pattern of its own.
    """

    title: str
    unit: str
    parts: tuple[str, ...]
    bars: tuple[Bar, ...]
    note: str = ""
    empty: str | Message = _NOTHING_YET

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars

    def at_most(self, room: int) -> tuple[Bar, ...]:
        """At most so many bars; the last is the sum of those left out."""
        if len(self.bars) <= room:
            return self.bars
        rest = self.bars[room - 1 :]
        sums = tuple(sum(each) for each in zip(*(bar.parts for bar in rest), strict=True))
        others = _n("{count} other", "{count} others", len(rest))
        return (*self.bars[: room - 1], Bar(others, sums))


Chart: TypeAlias = Curve | Bars


def figure(value: float) -> str:
    """Write a number: whole where it is, else with one digit behind the point.

    >>> figure(1234.0), figure(2.54)
    ('1,234', '2.5')
    """
    return number(value, ",.0f" if value == int(value) else ",.1f")


def table_of(chart: Chart) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """The figures of a chart as a table: its heading with the unit, and its rows."""
    if isinstance(chart, Curve):
        zone = ZoneInfo(chart.time_zone)
        heading = (
            _("From ({zone})", zone=chart.time_zone),
            _("From ({zone})", zone="UTC"),
            *(f"{each.name} ({chart.unit})" for each in chart.series),
        )
        rows = []
        for step in range(chart.steps):
            times = (chart.at(step).astimezone(each) for each in (zone, UTC))
            values = (each.values[step : step + 1] for each in chart.series)
            rows.append(
                (
                    *(at.strftime("%Y-%m-%d %H:%M") for at in times),
                    *(_cell(each[0] if each else None) for each in values),
                )
            )
        return heading, tuple(rows)
    heading = (_("Name"), *(f"{part} ({chart.unit})" for part in chart.parts))
    return heading, tuple((bar.name, *map(_cell, bar.parts)) for bar in chart.bars)


def _cell(value: float | None) -> Cell:
    if value is None:
        return None
    return int(value) if value == int(value) else f"{value:.2f}"
