"""Tickets sold over the days of a sales report."""

from dataclasses import replace

from eventdesk.charts import Bars, Curve
from eventdesk.core.money import Money
from eventdesk.figures import sales_report, sold_by_day
from tests.build import NOON, SUPERVISOR, Fair

PRICE = Money(100, "EUR")


def days_of(fair: Fair, *days: tuple[str, int]) -> Bars | Curve:
    report = sales_report(fair.store, SUPERVISOR.at(NOON), fair.event.id)
    rows = tuple((day, count, count, PRICE) for day, count in days)
    return sold_by_day(
        replace(report, tables=(replace(report.tables[0], rows=rows),)), "Europe/Berlin"
    )


def test_the_first_days_are_bars(fair: Fair) -> None:
    chart = days_of(fair, ("2026-05-30", 3), ("2026-06-01", 1))
    assert isinstance(chart, Bars)
    assert [(bar.name, bar.parts) for bar in chart.bars] == [
        ("2026-05-30", (3.0,)),
        ("2026-06-01", (1.0,)),
    ]


def test_more_days_are_a_curve_of_all_sold_so_far_with_the_days_between(fair: Fair) -> None:
    chart = days_of(
        fair,
        ("2026-05-20", 2),
        ("2026-05-21", 1),
        ("2026-05-23", 4),
        ("2026-05-24", 1),
        ("2026-05-25", 1),
    )
    assert isinstance(chart, Curve)
    assert chart.series[0].values == (2.0, 3.0, 3.0, 7.0, 8.0, 9.0)
    assert chart.starts_at.isoformat() == "2026-05-19T22:00:00+00:00"


def test_nothing_sold_says_so(fair: Fair) -> None:
    chart = days_of(fair)
    assert chart.is_empty
    assert str(chart.empty) == "No ticket was sold yet."
