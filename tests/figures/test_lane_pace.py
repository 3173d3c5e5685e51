"""The pace of a lane, against simulated lanes whose serving time is known."""

import random
from math import log, sqrt
from statistics import mean, median

import pytest

from eventdesk.figures.lane_pace import MIN_PAUSES, seconds_each
from eventdesk.figures.queueing import SPREAD


def pauses(served_s: float, a_minute: float, *, seed: int, count: int = 300) -> list[float]:
    """The pauses between two guests of one lane: Poisson arrivals, first come first served."""
    rng = random.Random(seed)
    wide = sqrt(log(1 + SPREAD**2))
    coming_s, free_s = 0.0, 0.0
    found: list[float] = []
    while len(found) < count:
        coming_s += rng.expovariate(a_minute / 60)
        done_s = max(coming_s, free_s) + rng.lognormvariate(log(served_s) - wide**2 / 2, wide)
        found.append(done_s - free_s)
        free_s = done_s
    return found[1:]


@pytest.mark.parametrize(
    ("served_s", "a_minute"), [(8, 2), (8, 4), (8, 60), (20, 1), (20, 2), (20, 60)]
)
def test_a_slow_trickle_and_a_full_queue_tell_the_same_pace(
    served_s: float, a_minute: float
) -> None:
    told = [seconds_each(pauses(served_s, a_minute, seed=seed)) for seed in range(8)]
    assert mean(each or 0 for each in told) == pytest.approx(served_s, rel=0.1)


def test_the_median_of_a_trickle_is_no_pace() -> None:
    assert median(pauses(8, 2, seed=1)) > 16


def test_too_few_pauses_or_too_few_who_waited_tell_nothing() -> None:
    assert seconds_each([8.0] * (MIN_PAUSES - 1)) is None
    assert seconds_each([8.0] * MIN_PAUSES) == pytest.approx(8.0)
    assert seconds_each(pauses(8, 0.2, seed=1, count=100)) is None


def test_breaks_and_groups_do_not_count() -> None:
    busy = pauses(8, 60, seed=3)
    assert seconds_each([*busy, 4_000.0, 0.01, 0.02]) == seconds_each(busy)
