"""A door planned before the day: how long so many guests wait before so many lanes."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from math import ceil, log, sqrt

from eventdesk.figures.forecast import BIN_MINUTES, TARGET_S, Advice, ArrivalCurve, Point, forecast
from eventdesk.figures.queueing import SPREAD

_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Day:
    """One day at the door.

    Attributes:
        arrived_s: When each guest came, in seconds from the beginning, in order.
        waits_s: How long each of them waited, in the same order.
        longest_queue: Most people waiting at once.
    """

    arrived_s: tuple[float, ...]
    waits_s: tuple[float, ...]
    longest_queue: int

    def waits_of_minute(self, minute: int) -> list[float]:
        """The waits of those who came in one minute."""
        guests = zip(self.arrived_s, self.waits_s, strict=True)
        return [wait for at, wait in guests if minute * 60 <= at < (minute + 1) * 60]


def simulate(
    arrivals: Sequence[float],
    lanes: Sequence[int],
    seconds_each: float,
    *,
    spread: float = SPREAD,
    rng: random.Random,
) -> Day:
    """Play one day through: Poisson arrivals, lognormal serving times, first come first served.

    Args:
        arrivals: Mean number of people who come in each minute.
        lanes: Open lanes in each of these minutes; the last number, or one, stays open until
            everybody was served. A lane that closes finishes its guest first.
        seconds_each: Mean seconds that one guest takes.
        spread: Standard deviation of that time, as a share of its mean.
    """
    arrived = _arrivals(arrivals, rng)
    begun: list[float] = []
    waiting: deque[float] = deque()
    leaving: list[float] = []
    coming, minute, longest = 0, 0, 0
    while coming < len(arrived) or waiting:
        next_arrival = arrived[coming] if coming < len(arrived) else _NEVER
        next_change = 60.0 * (minute + 1) if minute + 1 < len(lanes) else _NEVER
        now = min(next_arrival, next_change, leaving[0] if leaving else _NEVER)
        if now == next_arrival:
            waiting.append(now)
            coming += 1
        elif now == next_change:
            minute += 1
        else:
            heappop(leaving)
        open_lanes = lanes[minute] if minute + 1 < len(lanes) else max(1, lanes[-1])
        while waiting and len(leaving) < open_lanes:
            waiting.popleft()
            begun.append(now)
            heappush(leaving, now + _serving_s(seconds_each, spread, rng))
        longest = max(longest, len(waiting))
    waits = (start - at for at, start in zip(arrived, begun, strict=True))
    return Day(tuple(arrived), tuple(waits), longest)


def _arrivals(arrivals: Sequence[float], rng: random.Random) -> list[float]:
    """When guests come, in seconds: in each minute a Poisson process of its own rate."""
    times = []
    for minute, rate in enumerate(arrivals):
        at = rng.expovariate(rate) if rate > 0 else 1.0
        while at < 1.0:
            times.append((minute + at) * 60)
            at += rng.expovariate(rate)
    return times


def _serving_s(seconds_each: float, spread: float, rng: random.Random) -> float:
    """A lognormal time with the given mean and spread."""
    sigma = sqrt(log(1 + spread * spread))
    return rng.lognormvariate(log(seconds_each) - sigma * sigma / 2, sigma)


DAYS = 20
"""Days that are played through; all but one of them are better than the bad day."""

MAX_PLAYED = 100_000
"""Guests that are played through for one number of lanes: among many, chance hardly matters."""

SHARES = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3)
"""Numbers of lanes that are looked at, as shares of what the rush keeps busy."""


@dataclass(frozen=True, slots=True)
class LanesPlan:
    """What one number of lanes, open all the time, comes to.

    Attributes:
        longest_wait_s: The longest wait, in the mean of all days.
        bad_day_s: The longest wait on a bad day: 19 of 20 days are better.
    """

    lanes: int
    longest_wait_s: float
    at: datetime
    longest_queue: float
    bad_day_s: float


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """A door, planned.

    Attributes:
        rows: For each number of lanes worth a thought, fewest first.
        enough: The fewest lanes with which even a bad day stays within the target; None where no
            number of those looked at does.
        points: Minute by minute with the lanes asked for.
        advice: When to open and close lanes, beginning with the lanes asked for.
        advised: Minute by minute when the advice is followed.
    """

    rows: tuple[LanesPlan, ...]
    enough: int | None
    points: tuple[Point, ...]
    advice: tuple[Advice, ...]
    advised: tuple[Point, ...]


def plan_door(
    curve: ArrivalCurve,
    *,
    doors_at: datetime,
    guests: int,
    lanes: int,
    seconds_each: float,
    spread: float = SPREAD,
    target_s: float = TARGET_S,
    seed: int = 1,
) -> DoorPlan:
    """Plan a door. Takes a second for 5,000 guests, so it is nothing for the event loop.

    Args:
        lanes: How many lanes there are to be at first.
        seconds_each: Mean seconds that one guest takes.
        spread: Standard deviation of that time, as a share of its mean.
        target_s: Longest wait that is fine, in seconds.
        seed: Where the chance of the days played through comes from.
    """
    ahead = partial(
        forecast,
        curve,
        doors_at=doors_at,
        now=doors_at,
        expected=guests,
        served=0,
        seconds_each=seconds_each,
        spread=spread,
    )
    said = ahead(lanes=lanes, target_s=target_s)
    rows = []
    for number in _worth_a_thought(curve, guests, lanes, seconds_each):
        points = ahead(lanes=number, advise=False).points
        worst = _worst_waits(curve.per_minute(guests), number, seconds_each, spread, seed)
        peak = max(points, key=lambda point: point.wait_s, default=None)
        row = LanesPlan(
            number,
            longest_wait_s=peak.wait_s if peak else 0.0,
            at=peak.at if peak else doors_at,
            longest_queue=max((point.queue for point in points), default=0.0),
            bad_day_s=worst[-2 if len(worst) > 1 else -1],
        )
        rows.append(row)
        if row.bad_day_s <= target_s and number >= lanes:
            break
    enough = next((row.lanes for row in rows if row.bad_day_s <= target_s), None)
    return DoorPlan(tuple(rows), enough, said.points, said.advice, said.advised)


def _worth_a_thought(
    curve: ArrivalCurve, guests: int, lanes: int, seconds_each: float
) -> list[int]:
    """Numbers of lanes about what the rush keeps busy, with the one asked for and its neighbour."""
    rush = guests * max(curve.shares, default=0.0) / BIN_MINUTES
    busy = rush * seconds_each / 60
    return sorted({lanes, lanes + 1, *(max(1, ceil(busy * share)) for share in SHARES)})


def _worst_waits(
    arrivals: Sequence[float], lanes: int, seconds_each: float, spread: float, seed: int
) -> list[float]:
    """The longest wait of each simulated day, in seconds, ascending."""
    days = max(1, min(DAYS, MAX_PLAYED // round(sum(arrivals))))
    open_lanes = [lanes] * len(arrivals)
    played = (
        simulate(arrivals, open_lanes, seconds_each, spread=spread, rng=random.Random(seed + day))
        for day in range(days)
    )
    return sorted(max(each.waits_s, default=0.0) for each in played)
