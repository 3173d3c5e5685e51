"""What a wall shows, panel by panel: each is one chart, its figures, and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.charts import Bar, Bars, Chart, Curve, Mark, Series
from eventdesk.charts.chart import figure
from eventdesk.core.money import Money
from eventdesk.core.reports import Figure, Report, ReportTable, figure_text, size_of
from eventdesk.door import WORDING
from eventdesk.figures.forecast import Forecast
from eventdesk.figures.panel_values import LANE_MINUTES, RATE_MINUTES, Group, Quantiles, Standing

MAX_STEPS: Final = 200
"""Points of a curve; a longer time is put together to fewer."""


class Span(StrEnum):
    """How much of the day the curve shows."""

    HOURS = "3h"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Panel:
    """One page of the wall.

    Attributes:
        key: Its stable name, for the command line and for file names.
        public: Whether it comes round by itself; what is about single members of the team does not.
    """

    key: str
    title: str
    chart: Chart
    public: bool = True


KEYS: Final = (
    "arrivals",
    "gates",
    "types",
    "lists",
    "refused",
    "times",
    "lanes",
    "rooms",
    "operators",
    "sessions",
    "sales",
)
"""All panels there are; which of them somebody sees depends on what they may."""


def door_panels(
    standing: Standing, span: Span = Span.HOURS, forecast: Forecast | None = None
) -> tuple[Panel, ...]:
    """The panels of the door; all of them may be seen by whoever may see a standing."""
    panels = [
        Panel("arrivals", "Arrivals", arrivals(standing, span, forecast)),
        Panel("gates", "Gates", _gates(standing)),
        Panel("types", "Ticket types", _figures("Ticket types", standing.types)),
        Panel("lists", "Check-in lists", _figures("Check-in lists", standing.lists)),
        Panel("refused", "Refused", _refused(standing)),
        Panel("times", "Waiting", _times(standing)),
        Panel("lanes", "Lanes", _lanes(standing)),
    ]
    if standing.rooms:
        panels.append(Panel("rooms", "Rooms", _rooms(standing)))
    panels.append(Panel("operators", "Operators", _operators(standing), public=False))
    return tuple(panels)


def arrivals(standing: Standing, span: Span, forecast: Forecast | None = None) -> Curve:
    """People let in, minute by minute; what is still to come beside it, dotted."""
    minutes = standing.arrivals
    if span is Span.HOURS:
        minutes = minutes.since(standing.at - timedelta(hours=3))
    coming = forecast.points if forecast is not None and any(standing.arrivals.counts) else ()
    step = max(1, -(-(len(minutes.counts) + len(coming)) // MAX_STEPS))
    counted = minutes.by(step)
    values = tuple(map(float, counted.counts))
    series = [Series("let in", values)]
    if coming:
        expected = [
            sum(point.arrivals for point in part) / len(part)
            for place in range(0, len(coming), step)
            for part in [coming[place : place + step]]
        ]
        series.append(Series("expected", (*(None,) * len(values), *expected), dotted=True))
    marks = [Mark(standing.opens_at, f"doors {_clock(standing)}")]
    mean = "" if step == 1 else f" Each point is the mean of {step} minutes."
    what = "The last 3 hours" if span is Span.HOURS else "The whole day"
    return Curve(
        f"People let in · {standing.choice_words}",
        "people a minute",
        counted.starts_at,
        60 * step,
        standing.time_zone,
        tuple(series),
        tuple(marks),
        f"{what}; undone scans are left out.{mean}",
        nobody_yet(standing),
    )


def nobody_yet(standing: Standing) -> str:
    """What is said before the first guest."""
    expected = standing.total.expected
    coming = f"{expected:,} are expected. " if expected else ""
    if standing.scans:
        return "Nobody was let in here at this time of the day."
    if standing.opens_at > standing.at:
        return f"Nobody was scanned yet. {coming}Doors open at {_clock(standing)}."
    return f"Nobody was scanned yet. {coming}Open a desk or a kiosk: “Check people in”."


def session_panel(report: Report) -> Panel:
    """Sessions by how many signed up and wait."""
    table = report.tables[0]
    bars = tuple(
        Bar(
            str(row[0]),
            (size_of(row[4]), size_of(row[5])),
            f"{size_of(row[4]):,}"
            + (f" of {row[3]:,}" if isinstance(row[3], int) else "")
            + (f" ✗ {size_of(row[5]):,} wait" if size_of(row[5]) else ""),
        )
        for row in sorted(table.rows, key=lambda row: -size_of(row[4]) - size_of(row[5]))
    )
    chart = Bars(
        "Sessions by popularity",
        "people",
        ("signed up", "waiting"),
        bars,
        empty="There is no session yet. Add them in the programme.",
    )
    return Panel("sessions", "Sessions", chart)


def sales_panels(report: Report) -> tuple[Panel, ...]:
    """Sold by ticket type, one panel a currency: amounts of two are never added."""
    tables = [table for table in report.tables if table.title.startswith("By ticket type")]
    panels: list[Panel] = []
    for table in tables:
        key = "sales" if not panels else f"sales-{len(panels) + 1}"
        panels.append(Panel(key, "Sales", _sales(table)))
    return tuple(panels)


def _sales(table: ReportTable) -> Bars:
    column = len(table.columns) - 1
    for place, name in enumerate(table.columns):
        if name in ("Sold", "Price", "Paid"):
            column = place
    names = table.columns[column].lower()
    bars = []
    total = ""
    for row in table.rows:
        amount = row[column]
        bars.append(Bar(str(row[0]), (max(0.0, _major(amount)),), figure_text(amount)))
    if table.total is not None:
        total = f"Together {figure_text(table.total[column])}."
    return Bars(
        "Sales by ticket type", names, (names,), tuple(bars), total, "No ticket was sold yet."
    )


def _major(amount: Figure) -> float:
    """How long a bar is; the amount itself is written beside it, exactly."""
    return amount.minor / 10.0**amount.exponent if isinstance(amount, Money) else 0.0


def _gates(standing: Standing) -> Bars:
    bars = tuple(
        Bar(
            group.name,
            (group.entries,),
            _several(
                f"{group.entries:,} in",
                f"{group.exits:,} out" if group.exits else "",
                f"{group.refused:,} refused" if group.refused else "",
                f"{group.a_minute:.1f} a minute",
            ),
        )
        for group in standing.gates
    )
    return Bars(
        "Gates",
        "entries",
        ("entries",),
        bars,
        f"A minute: over the last {RATE_MINUTES} minutes.",
        "There is no gate yet, and nobody came.",
    )


def _figures(title: str, groups: Sequence[Group]) -> Bars:
    bars = tuple(
        Bar(
            group.name,
            (group.figures.inside, group.figures.out, group.figures.to_come),
            f"{group.figures.inside:,} inside · {group.figures.came:,} came"
            + (f" of {group.figures.expected:,}" if group.figures.expected is not None else ""),
        )
        for group in groups
    )
    return Bars(title, "tickets", ("inside", "out", "to come"), bars, empty="Nothing here yet.")


def _refused(standing: Standing) -> Bars:
    bars = tuple(
        Bar(f"{WORDING[outcome].tone.sign} {WORDING[outcome].word}", (count,))
        for outcome, count in standing.refused
    )
    return Bars("Refused scans by reason", "scans", ("scans",), bars, empty="Nobody was refused.")


def _times(standing: Standing) -> Bars:
    waits, bars = standing.waits, []
    for name, times in (("Scan to verdict", waits.verdict), ("Verdict to paper", waits.paper)):
        if times is not None:
            bars += _quantiles(name, times)
    badges = f"Badges: {waits.waiting:,} waiting, {waits.failed:,} failed."
    return Bars(
        "How long guests wait",
        "milliseconds",
        ("milliseconds",),
        tuple(bars),
        f"Of the last 300 scans. {badges}",
        f"No time was noted yet. {badges}",
    )


def _several(*words: str) -> str:
    return " · ".join(filter(None, words))


def _quantiles(name: str, times: Quantiles) -> list[Bar]:
    return [
        Bar(f"{name}, median", (times.median_ms,), _duration(times.median_ms)),
        Bar(f"{name}, p95", (times.p95_ms,), _duration(times.p95_ms)),
    ]


def _duration(ms: int) -> str:
    """A time as people say it.

    >>> _duration(38), _duration(2340), _duration(90_000)
    ('38 ms', '2.3 s', '1 min 30 s')
    """
    if ms < 1000:
        return f"{ms} ms"
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms // 60_000} min {ms % 60_000 // 1000} s"


def _lanes(standing: Standing) -> Bars:
    bars = tuple(
        Bar(
            f"{lane.gate}: {lane.operator}",
            (round(lane.a_minute, 1),),
            f"{figure(round(lane.a_minute, 1))} a minute · {lane.entries:,} people",
        )
        for lane in standing.lanes
    )
    each = standing.seconds_each
    pace = f" One guest takes {figure(round(each, 1))} s where others wait." if each else ""
    return Bars(
        "People a minute, lane by lane",
        "people a minute",
        ("people a minute",),
        bars,
        f"Over the last {LANE_MINUTES} minutes.{pace}",
        f"No lane let anybody in during the last {LANE_MINUTES} minutes.",
    )


def _rooms(standing: Standing) -> Bars:
    bars = []
    for room in standing.rooms:
        free = max(0, room.capacity - room.inside) if room.capacity is not None else 0
        full = room.capacity is not None and room.inside >= room.capacity
        of = f" of {room.capacity:,}" if room.capacity is not None else ""
        word = " ✗ full" if full else ""
        bars.append(Bar(room.name, (room.inside, free), f"{room.inside:,}{of}{word}"))
    return Bars("Rooms", "people", ("inside", "free"), tuple(bars))


def _operators(standing: Standing) -> Bars:
    bars = tuple(
        Bar(
            group.name,
            (group.entries, group.exits, group.refused),
            _several(
                f"{group.entries:,} in",
                f"{group.exits:,} out" if group.exits else "",
                f"{group.refused:,} refused" if group.refused else "",
            ),
        )
        for group in standing.operators
    )
    return Bars("Operators", "scans", ("in", "out", "refused"), bars, empty="Nobody scanned yet.")


def _clock(standing: Standing) -> str:
    return standing.opens_at.astimezone(ZoneInfo(standing.time_zone)).strftime("%H:%M")
