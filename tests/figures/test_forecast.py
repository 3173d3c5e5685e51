"""What is said of a door: when guests come, how long they wait, what to do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.figures import ArrivalCurve, Forecast, usual_curve
from eventdesk.figures.forecast import TARGET_S, forecast, learned_curve

DOORS = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def told(minutes: float = -60, **given: float) -> Forecast:
    """A forecast of a door for 600 with two lanes, so many minutes behind its opening."""
    facts = {"expected": 600, "served": 0, "lanes": 2, "seconds_each": 12.0, **given}
    now = DOORS + timedelta(minutes=minutes)
    return forecast(usual_curve(), doors_at=DOORS, now=now, **facts)  # type: ignore[arg-type]


def test_most_guests_come_in_the_first_half_hour() -> None:
    curve = usual_curve()
    assert sum(curve.shares) == pytest.approx(1)
    assert 0.60 <= curve.by(30) <= 0.70
    assert curve.by(-5) == 0
    assert curve.by(10_000) == pytest.approx(1)
    assert sum(curve.per_minute(600)) == pytest.approx(600)
    assert len(curve.per_minute(1)) == curve.minutes == 120


def test_past_events_say_otherwise() -> None:
    early, late = [80, 20], [0, 0, 100, 0]
    curve = learned_curve([early, late])
    assert curve.shares == pytest.approx((0.4, 0.1, 0.5))
    assert curve.events == 2


def test_a_handful_of_guests_teaches_nothing() -> None:
    assert learned_curve([]) == usual_curve()
    assert learned_curve([[10, 10], []]) == usual_curve()


def test_an_overrun_door_is_told_when_to_open_and_close_a_lane() -> None:
    said = told()
    assert said.longest_wait_s > TARGET_S
    assert max(point.wait_s for point in said.advised) <= TARGET_S
    first, *_, last = said.advice
    assert (first.change, first.lanes) == (1, 3)
    # The lane opens before the wait is too long, not when it is.
    too_long = next(point.at for point in said.points if point.wait_s > TARGET_S)
    assert DOORS <= first.at < too_long
    assert last.change < 0
    assert [each.at for each in said.advice] == sorted(each.at for each in said.advice)


def test_a_door_that_copes_is_left_alone_until_the_rush_is_over() -> None:
    said = told(seconds_each=8.0)
    assert said.longest_wait_s < TARGET_S
    assert all(each.change < 0 for each in said.advice)
    assert min(each.at for each in said.advice) >= DOORS + timedelta(minutes=15)


def test_saturated_lanes_hide_a_queue_and_idle_ones_do_not() -> None:
    crowd = told(20, served=200, served_lately=10.0)
    assert crowd.queue_now == pytest.approx(600 * usual_curve().by(20) - 200)
    assert crowd.points[0].wait_s > 200
    assert told(20, served=200, served_lately=4.0).queue_now == 0


def test_who_came_so_far_says_how_many_are_still_to_come() -> None:
    usual = told(20, served=276, served_lately=4.0)
    few = told(20, served=100, served_lately=4.0)
    assert usual.to_come == pytest.approx(600 * (1 - usual_curve().by(20)), rel=0.01)
    assert few.to_come < usual.to_come / 2


def test_nobody_more_comes_than_has_a_ticket() -> None:
    assert told(10, served=590, served_lately=4.0).to_come <= 10
    assert told(10, served=700, served_lately=4.0).to_come == 0


def test_when_all_is_over_there_is_nothing_to_wait_for() -> None:
    said = told(600, served=500)
    assert said.longest_wait_s == 0
    assert said.to_come == 0


def test_more_lanes_than_there_are_cannot_be_advised() -> None:
    said = told(seconds_each=60.0, expected=3000, most_lanes=4)
    assert max(point.lanes for point in said.advised) == 4


@given(
    shares=st.lists(st.integers(0, 100), max_size=30),
    minutes=st.integers(-100, 400),
    expected=st.integers(0, 3000),
    served=st.integers(0, 3000),
    lately=st.floats(0, 100),
    lanes=st.integers(1, 8),
    seconds_each=st.floats(1, 60),
)
def test_any_door_gets_a_forecast(
    shares: list[int],
    minutes: int,
    expected: int,
    served: int,
    lately: float,
    lanes: int,
    seconds_each: float,
) -> None:
    curve: ArrivalCurve = learned_curve([shares])
    said = forecast(
        curve,
        doors_at=DOORS,
        now=DOORS + timedelta(minutes=minutes),
        expected=expected,
        served=served,
        served_lately=lately,
        lanes=lanes,
        seconds_each=seconds_each,
        most_lanes=12,
    )
    assert 0 <= said.to_come <= max(0, expected - served) + 1e-6
    assert said.queue_now >= 0
    assert all(point.lanes >= 1 and point.queue >= 0 for point in said.advised)
    best = max((point.wait_s for point in said.advised), default=0.0)
    assert best <= max(said.longest_wait_s, TARGET_S) + 1
