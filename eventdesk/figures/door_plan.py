"""Plan of a door: waits of so many guests with so many lanes, by forecast and simulation."""

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
    """One simulated day.

    Attributes:
        arrived_s: When each guest came, in seconds from the beginning, ascending.
        waits_s: The wait of each guest.
        longest_queue: Most people waiting at once.
    """

    arrived_s: tuple[float, ...]
    waits_s: tuple[float, ...]
    longest_queue: int

    def waits_of_minute(self, minute: int) -> list[float]:
        """The waits of guests who came in one minute."""
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
    """Simulate a day: Poisson arrivals, lognormal serving times, first come first served.

    Args:
        arrivals: Mean arrivals in each minute.
        lanes: Open lanes in each minute; the last number, at least one, stays until everybody was
            served. A closing lane finishes its guest.
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
    """Arrival times in seconds: a Poisson process with a rate for each minute."""
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
"""Simulated days; all but one are better than the bad day."""

MAX_PLAYED = 100_000
"""Most simulated guests for one number of lanes."""

SHARES = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3)
"""Candidates for lanes, as shares of those that the rush keeps busy."""


@dataclass(frozen=True, slots=True)
class LanesPlan:
    """The waits with one number of lanes, open all the time.

    Attributes:
        longest_wait_s: The longest wait of the forecast.
        bad_day_s: The longest wait on a bad day: 19 of 20 days are better.
    """

    lanes: int
    longest_wait_s: float
    at: datetime
    longest_queue: float
    bad_day_s: float


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """A plan of a door.

    Attributes:
        rows: For each candidate number of lanes, ascending.
        enough: The fewest candidates with which a bad day stays within the target, if any.
        points: Minute by minute with the given lanes.
        advice: Changes of the given lanes.
        advised: Minute by minute if the advice is followed.
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
    """Plan a door; a second of work for 5,000 guests.

    Args:
        lanes: Lanes at the opening.
        seconds_each: Mean seconds that one guest takes.
        spread: Standard deviation of that time, as a share of its mean.
        target_s: Longest acceptable wait, in seconds.
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
    """Candidates for lanes: about what the rush keeps busy, the given number and the next."""
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
