"""Panels of a wall: one chart each, with its figures and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.charts import Bar, Bars, Chart, Curve, Mark, Series
from eventdesk.charts.chart import figure
from eventdesk.core.formats import number
from eventdesk.core.messages import Count, _, _p
from eventdesk.core.money import Money
from eventdesk.core.reports import Figure, Report, ReportTable, figure_text, size_of
from eventdesk.door import WORDING
from eventdesk.figures.forecast import Forecast
from eventdesk.figures.panel_values import LANE_MINUTES, RATE_MINUTES, Attendance, Group, Standing
from eventdesk.figures.reports.revenue import SOLD_BY_TYPE

FEW_DAYS: Final = 5
"""Days of sales from which on they are a curve."""

MAX_STEPS: Final = 200
"""Most points of a curve."""


class Span(StrEnum):
    """The time that a curve shows."""

    HOURS = "3h"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Panel:
    """One page of the wall.

    Attributes:
        key: Its stable name, for the command line and for file names.
        public: Whether a wall shows it by itself; figures of single members of the team are not.
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
"""The keys of all panels."""


def door_panels(
    standing: Standing, span: Span = Span.HOURS, forecast: Forecast | None = None
) -> tuple[Panel, ...]:
    """The panels of the door."""
    panels = [
        Panel("arrivals", _("Arrivals"), arrivals(standing, span, forecast)),
        Panel("gates", _("Gates"), _gates(standing)),
        Panel("types", _("Ticket types"), _figures(_("Ticket types"), standing.types)),
        Panel("lists", _("Check-in lists"), _figures(_("Check-in lists"), standing.lists)),
        Panel("refused", _("Refused"), _refused(standing)),
        Panel("times", _("Waiting"), _times(standing)),
        Panel("lanes", _("Lanes"), _lanes(standing)),
    ]
    if standing.rooms:
        panels.append(Panel("rooms", _("Rooms"), _rooms(standing)))
    panels.append(Panel("operators", _("Operators"), _operators(standing), public=False))
    return tuple(panels)


def arrivals(standing: Standing, span: Span, forecast: Forecast | None = None) -> Curve:
    """People let in, minute by minute, and the forecast, dotted."""
    minutes = standing.arrivals
    if span is Span.HOURS:
        minutes = minutes.since(standing.at - timedelta(hours=3))
    coming = forecast.points if forecast is not None and any(standing.arrivals.counts) else ()
    step = max(1, -(-(len(minutes.counts) + len(coming)) // MAX_STEPS))
    counted = minutes.by(step)
    values = tuple(map(float, counted.counts))
    series = [Series(_("let in"), values)]
    if coming:
        expected = [
            sum(point.arrivals for point in part) / len(part)
            for place in range(0, len(coming), step)
            for part in [coming[place : place + step]]
        ]
        series.append(Series(_("expected"), (*(None,) * len(values), *expected), dotted=True))
    marks = [Mark(standing.opens_at, _("doors {clock}", clock=_clock(standing)))]
    note = (
        _("The last 3 hours; undone scans are left out.")
        if span is Span.HOURS
        else _("The whole day; undone scans are left out.")
    )
    if step > 1:
        note += " " + _("Each point is the mean of {step} minutes.", step=step)
    return Curve(
        _("People let in · {choice_words}", choice_words=standing.choice_words),
        _("people a minute"),
        counted.starts_at,
        60 * step,
        standing.time_zone,
        tuple(series),
        tuple(marks),
        note,
        nobody_yet(standing),
    )


def nobody_yet(standing: Standing) -> str:
    """The sentence of a curve without entries."""
    if standing.scans:
        return _("Nobody was let in here at this time of the day.")
    said = [_("Nobody was scanned yet.")]
    if standing.total.expected:
        said.append(_("{expected:,} are expected.", expected=standing.total.expected))
    if standing.opens_at > standing.at:
        said.append(_("Doors open at {clock}.", clock=_clock(standing)))
    else:
        said.append(_("Open a desk or a kiosk: “Check people in”."))
    return " ".join(said)


def session_panel(report: Report) -> Panel:
    """Sessions by sign-ups and people waiting."""
    table = report.tables[0]
    bars = tuple(
        Bar(
            str(row[0]),
            (size_of(row[4]), size_of(row[5])),
            _filled(size_of(row[4]), row[3] if isinstance(row[3], int) else None)
            + (" " + _("✗ {waiting:,} wait", waiting=row[5]) if size_of(row[5]) else ""),
        )
        for row in sorted(table.rows, key=lambda row: -size_of(row[4]) - size_of(row[5]))
    )
    chart = Bars(
        _("Sessions by popularity"),
        _("people"),
        (_("signed up"), _("waiting")),
        bars,
        empty=_("There is no session yet. Add them in the programme."),
    )
    return Panel("sessions", _("Sessions"), chart)


def sales_panels(report: Report) -> tuple[Panel, ...]:
    """Amounts sold by ticket type, one panel a currency."""
    tables = [table for table in report.tables if table.key == SOLD_BY_TYPE]
    return tuple(
        Panel("sales" if place == 1 else f"sales-{place}", _("Sales"), _sales(table))
        for place, table in enumerate(tables, 1)
    )


def _sales(table: ReportTable) -> Bars:
    column, name = table.bar or 0, _("sold")
    bars = tuple(
        Bar(str(row[0]), (max(0.0, _major(row[column])),), figure_text(row[column]))
        for row in table.rows
    )
    total = ""
    if table.total is not None:
        total = _("Together {amount}.", amount=figure_text(table.total[column]))
    return Bars(_("Sales by ticket type"), name, (name,), bars, total, table.empty)


def sold_by_day(report: Report, time_zone: str) -> Chart:
    """Tickets sold over the days of a sales report: a curve, or bars for the first few days."""
    table, name = report.tables[0], _("tickets")
    days = [(date.fromisoformat(str(row[0])), float(str(row[1]))) for row in table.rows]
    if len(days) < FEW_DAYS:
        bars = tuple(Bar(day.isoformat(), (count,)) for day, count in days)
        return Bars(_("Sales by day"), name, (name,), bars, empty=table.empty)
    zone, counts = ZoneInfo(time_zone), dict(days)
    first, steps = days[0][0], (days[-1][0] - days[0][0]).days + 1
    each = (counts.get(first + timedelta(days=step), 0.0) for step in range(steps))
    starts_at = datetime.combine(first, time(), zone).astimezone(UTC)
    series = (Series(name, tuple(accumulate(each))),)
    return Curve(_("Sold so far"), name, starts_at, 86_400, time_zone, series)


def _major(amount: Figure) -> float:
    """The length of an amount's bar."""
    return amount.minor / 10.0**amount.exponent if isinstance(amount, Money) else 0.0


def _gates(standing: Standing) -> Bars:
    bars = tuple(
        Bar(
            group.name,
            (group.entries,),
            f"{_counted(group)} · {_('{a_minute:.1f} a minute', a_minute=group.a_minute)}",
        )
        for group in standing.gates
    )
    return Bars(
        _("Gates"),
        _("entries"),
        (_("entries"),),
        bars,
        _("A minute: over the last {minutes} minutes.", minutes=RATE_MINUTES),
        _("There is no gate yet, and nobody came."),
    )


def _figures(title: str, groups: Sequence[Group]) -> Bars:
    bars = tuple(
        Bar(
            group.name,
            (group.figures.inside, group.figures.out, group.figures.to_come),
            _came(group.figures),
        )
        for group in groups
    )
    return Bars(
        title,
        _("tickets"),
        (_("inside"), _p("tickets", "out"), _("to come")),
        bars,
        empty=_("Nothing here yet."),
    )


def _came(figures: Attendance) -> str:
    if figures.expected is None:
        return _("{inside:,} inside · {came:,} came", inside=figures.inside, came=figures.came)
    return _(
        "{inside:,} inside · {came:,} came of {expected:,}",
        inside=figures.inside,
        came=figures.came,
        expected=figures.expected,
    )


def _filled(count: int, places: int | None) -> str:
    """How many of how many places are taken, where there is a limit."""
    if places is None:
        return number(count)
    return _("{count} of {places}", count=Count(count), places=Count(places))


def _refused(standing: Standing) -> Bars:
    bars = tuple(
        Bar(f"{WORDING[outcome].tone.sign} {WORDING[outcome].word}", (count,))
        for outcome, count in standing.refused
    )
    return Bars(
        _("Refused scans by reason"),
        _("scans"),
        (_("scans"),),
        bars,
        empty=_("Nobody was refused."),
    )


def _times(standing: Standing) -> Bars:
    waits = standing.waits
    measured = ((_("Scan to verdict"), waits.verdict), (_("Verdict to paper"), waits.paper))
    bars = [
        bar
        for name, times in measured
        if times is not None
        for bar in (
            Bar(_("{name}, median", name=name), (times.median_ms,), _duration(times.median_ms)),
            Bar(f"{name}, p95", (times.p95_ms,), _duration(times.p95_ms)),
        )
    ]
    badges = _(
        "Badges: {waiting:,} waiting, {failed:,} failed.",
        waiting=waits.waiting,
        failed=waits.failed,
    )
    return Bars(
        _("How long guests wait"),
        _("milliseconds"),
        (_("milliseconds"),),
        tuple(bars),
        _("Of the last 300 scans.") + f" {badges}",
        _("No time was noted yet.") + f" {badges}",
    )


def _counted(group: Group) -> str:
    said = [_("{entries:,} in", entries=group.entries)]
    if group.exits:
        said.append(_("{exits:,} out", exits=group.exits))
    if group.refused:
        said.append(_("{refused:,} refused", refused=group.refused))
    return " · ".join(said)


def _duration(ms: int) -> str:
    """A time as people say it.

    >>> _duration(38), _duration(2340), _duration(90_000)
    ('38 ms', '2.3 s', '1 min 30 s')
    """
    if ms < 1000:
        return f"{ms} ms"
    if ms < 60_000:
        return f"{number(ms / 1000, '.1f')} s"
    return f"{ms // 60_000} min {ms % 60_000 // 1000} s"


def _lanes(standing: Standing) -> Bars:
    bars = tuple(
        Bar(
            f"{lane.gate}: {lane.operator}",
            (round(lane.a_minute, 1),),
            _(
                "{figure} a minute · {entries:,} people",
                figure=figure(round(lane.a_minute, 1)),
                entries=lane.entries,
            ),
        )
        for lane in standing.lanes
    )
    note = _("Over the last {minutes} minutes.", minutes=LANE_MINUTES)
    if standing.seconds_each:
        pace = figure(round(standing.seconds_each, 1))
        note += " " + _("One guest takes {pace} s where others wait.", pace=pace)
    return Bars(
        _("People a minute, lane by lane"),
        _("people a minute"),
        (_("people a minute"),),
        bars,
        note,
        _("No lane let anybody in during the last {minutes} minutes.", minutes=LANE_MINUTES),
    )


def _rooms(standing: Standing) -> Bars:
    bars = []
    for room in standing.rooms:
        free = max(0, room.capacity - room.inside) if room.capacity is not None else 0
        full = room.capacity is not None and room.inside >= room.capacity
        said = _filled(room.inside, room.capacity)
        bars.append(Bar(room.name, (room.inside, free), f"{said} {_('✗ full')}" if full else said))
    return Bars(_("Rooms"), _("people"), (_("inside"), _p("places", "free")), tuple(bars))


def _operators(standing: Standing) -> Bars:
    bars = tuple(
        Bar(group.name, (group.entries, group.exits, group.refused), _counted(group))
        for group in standing.operators
    )
    return Bars(
        _("Operators"),
        _("scans"),
        (_p("scans", "in"), _p("scans", "out"), _p("scans", "refused")),
        bars,
        empty=_("Nobody scanned yet."),
    )


def _clock(standing: Standing) -> str:
    return standing.opens_at.astimezone(ZoneInfo(standing.time_zone)).strftime("%H:%M")
