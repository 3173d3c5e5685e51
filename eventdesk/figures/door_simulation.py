"""A door played through guest by guest: what the formula is held against, and the bad days."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import log, sqrt

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
        rng: Where chance comes from.
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
