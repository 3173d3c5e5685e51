"""The queue model, held against a simulation of single guests."""

import random
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.figures import usual_curve
from eventdesk.figures.door_plan import simulate
from eventdesk.figures.queueing import follow, wait_s

DAYS = 60


@dataclass(frozen=True)
class Simulated:
    """The mean wait of those who came in some minutes, over many days, and how sure it is."""

    mean_s: float
    error_s: float


def simulated(arrivals: list[float], lanes: list[int], seconds_each: float) -> list[Simulated]:
    """The waits of each five minutes; fewer where nobody came any more."""
    pieces = len(arrivals) // 5
    days: list[list[float]] = [[] for _ in range(pieces)]
    for seed in range(DAYS):
        day = simulate(arrivals, lanes, seconds_each, rng=random.Random(seed))
        waits: list[list[float]] = [[] for _ in range(pieces)]
        for at, waited in zip(day.arrived_s, day.waits_s, strict=True):
            waits[int(at // 300)].append(waited)
        for piece, told in zip(days, waits, strict=True):
            if told:
                piece.append(mean(told))
    return [Simulated(mean(each), stdev(each) / sqrt(len(each))) for each in days if len(each) > 9]


DOORS = {
    "calm": ([8.0] * 60, [2] * 60, 6.0),
    "busy": ([16.0] * 90, [2] * 90, 6.0),
    "nearly too busy": ([19.0] * 120, [2] * 120, 6.0),
    "many lanes": ([54.0] * 60, [6] * 60, 6.0),
    "a rush two lanes can take": (usual_curve().per_minute(600), [2] * 120, 7.0),
    "a rush that overruns two lanes": (usual_curve().per_minute(600), [2] * 120, 12.0),
    "a lane closes": (usual_curve().per_minute(600), [3] * 30 + [2] * 90, 12.0),
    "a lane opens": (usual_curve().per_minute(600), [2] * 15 + [4] * 105, 12.0),
}


@pytest.mark.parametrize("name", DOORS)
def test_the_model_waits_as_long_as_simulated_guests_do(name: str) -> None:
    arrivals, lanes, seconds_each = DOORS[name]
    followed = follow(arrivals, lanes, seconds_each)
    longest = max(each.wait_s for each in followed)
    for place, told in enumerate(simulated(arrivals, lanes, seconds_each)):
        said = mean(each.wait_s for each in followed[5 * place : 5 * place + 5])
        # Where a queue dissolves, some days still have one when the mean says that it is gone.
        assert said == pytest.approx(told.mean_s, abs=3 + 3 * told.error_s + 0.05 * longest)


def test_a_steady_door_is_what_the_formula_says() -> None:
    steady = follow([16.0] * 240, [2] * 240, 6.0)[-1]
    assert steady.wait_s == pytest.approx(wait_s(16, 2, 6.0), rel=0.02)
    assert steady.served == pytest.approx(16, rel=0.01)
    assert steady.busy == pytest.approx(0.8, rel=0.02)


def test_a_closed_door_lets_the_queue_grow_and_nobody_says_how_long() -> None:
    closed = follow([10.0] * 3, [0] * 3, 6.0)
    assert [round(each.queue) for each in closed] == [10, 20, 30]
    assert closed[-1].wait_s == float("inf")


def test_a_queue_that_is_there_already_is_served_first() -> None:
    followed = follow([0.0] * 10, [2] * 10, 6.0, queue=40)
    assert followed[0].queue < 40
    assert followed[-1].queue == pytest.approx(0, abs=0.1)
    assert sum(each.served for each in followed) == pytest.approx(42, abs=1)


def test_a_queue_that_dissolves_within_a_minute_waits_as_long_as_it_takes() -> None:
    (followed,) = follow([0.0], [1], 0.5, queue=19)
    assert followed.wait_s == pytest.approx(19 * 0.5 / 2, rel=0.2)  # the mean of first and last


def test_nobody_comes() -> None:
    assert follow([], [], 6.0) == []
    assert [each.wait_s for each in follow([0.0], [1], 6.0)] == [0.0]
    assert wait_s(0, 1, 6) == 0.0
    assert simulate([0.0], [1], 6.0, rng=random.Random(1)).waits_s == ()


@pytest.mark.parametrize(
    ("lanes", "seconds_each", "spread"), [(0, 6, 0.5), (1, 0, 0.5), (1, 6, -1), (1, 1e9, 0.5)]
)
def test_a_door_that_cannot_be_is_refused(lanes: int, seconds_each: float, spread: float) -> None:
    with pytest.raises(ValueError, match="no such door"):
        wait_s(1, lanes, seconds_each, spread=spread)


def test_each_minute_has_its_lanes() -> None:
    with pytest.raises(ValueError, match="2 numbers of lanes for 1 minutes"):
        follow([1.0], [1, 1], 6.0)


@given(
    arrivals=st.lists(st.floats(0, 200), max_size=30),
    lanes=st.integers(1, 12),
    seconds_each=st.floats(0.5, 120),
    queue=st.floats(0, 500),
)
def test_everybody_is_served_or_waits_and_more_lanes_never_wait_longer(
    arrivals: list[float], lanes: int, seconds_each: float, queue: float
) -> None:
    followed = follow(arrivals, [lanes] * len(arrivals), seconds_each, queue=queue)
    more = follow(arrivals, [lanes + 1] * len(arrivals), seconds_each, queue=queue)
    for one, other in zip(followed, more, strict=True):
        assert one.queue >= 0
        assert 0 <= one.busy <= 1
        assert other.queue <= one.queue + 0.01
    done = sum(each.served for each in followed)
    assert done <= sum(arrivals) + queue + lanes + 1e-6


def test_a_simulated_day_serves_everybody_in_order() -> None:
    day = simulate([30.0] * 20, [1] * 10 + [3] * 10, 9.0, rng=random.Random(7))
    begun = [at + wait for at, wait in zip(day.arrived_s, day.waits_s, strict=True)]
    assert begun == sorted(begun)
    assert min(day.waits_s) >= 0
    assert day.longest_queue > 50
    assert len(day.waits_of_minute(0)) == sum(at < 60 for at in day.arrived_s)
