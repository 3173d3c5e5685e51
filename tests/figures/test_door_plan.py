"""A planned door: as many days as chance deserves, whatever the number of guests."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventdesk.figures import ArrivalCurve, door_plan, plan_door
from eventdesk.figures.door_plan import DAYS, MAX_PLAYED, simulate

DOORS = datetime(2026, 6, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(("guests", "days"), [(1, DAYS), (400, DAYS), (MAX_PLAYED // 3, 3)])
def test_no_more_days_are_played_through_than_many_guests_need(
    monkeypatch: pytest.MonkeyPatch, guests: int, days: int
) -> None:
    played = []

    def counted(arrivals: list[float], *given: Any, **how: Any) -> Any:
        played.append(sum(arrivals))
        # Only the first minute is played: the days are counted here, not what they come to.
        return simulate(arrivals[:1], [1], 1.0, rng=how["rng"])

    monkeypatch.setattr(door_plan, "simulate", counted)
    plan = plan_door(ArrivalCurve((0.5, 0.5)), doors_at=DOORS, guests=guests, lanes=4,
                     seconds_each=2.0)  # fmt: skip
    assert len(played) == days * len(plan.rows)
    assert sum(played) <= MAX_PLAYED * len(plan.rows) + 1


def test_one_day_of_a_great_crowd_is_its_bad_day() -> None:
    plan = plan_door(
        ArrivalCurve((1.0,)), doors_at=DOORS, guests=MAX_PLAYED, lanes=200, seconds_each=1.0
    )
    assert all(row.bad_day_s > 0 for row in plan.rows)
