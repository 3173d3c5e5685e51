"""Queue model of a door whose arrivals and lanes change by the minute.

The model is the pointwise stationary fluid flow approximation of an M(t)/G/c(t) queue (Wang,
Tipper and Banerjee, "A new approximation for modeling nonstationary queues", INFOCOM 1996): the
mean number of people x at the door changes by what comes less what is served,

    dx/dt = arrivals(t) - lanes(t) * rate * busy(x),

where busy(x) is the utilization of a stationary queue of that size, by Sakasegawa's formula for
M/G/c (1977) with the spread of serving times as in Allen and Cunneen:
waiting = busy^sqrt(2(c+1)) / (1 - busy) * (1 + cv²) / 2. It is exact in the limits of light and
heavy load; a test compares it with a simulation of guests (`eventdesk.figures.door_plan`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

SPREAD = 0.5
"""Usual standard deviation of serving times, as a share of their mean."""

STEPS_A_GUEST = 2
"""Integration steps while one guest is served; with less than one it would oscillate."""

MIN_STEPS = 6
"""Fewest integration steps of a minute."""

_FULL = 1 - 1e-9
_SHARES = (*(place / 200 for place in range(199)), *(1 - 0.005 / 1.4**n for n in range(40)))
"""Utilizations of the inverted formula, dense where queues are long."""
_NOBODY = 1e-3
"""A queue below which nobody waits, for rounding."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One minute at the door.

    Attributes:
        queue: People waiting at its end, without those being served.
        wait_s: The wait of those who come in it, in seconds.
        busy: Utilization of the lanes at its end, 0 to 1.
    """

    arrivals: float
    served: float
    queue: float
    wait_s: float
    busy: float


def wait_s(
    arrivals_per_min: float, lanes: int, seconds_each: float, *, spread: float = SPREAD
) -> float:
    """The mean wait in a stationary queue, in seconds; infinite if it grows.

    Args:
        lanes: Desks or kiosks with one queue.
        seconds_each: Mean seconds that one guest takes.
        spread: Standard deviation of that time, as a share of its mean.

    >>> round(wait_s(10, 2, 9), 1)
    7.4
    >>> wait_s(20, 2, 9)
    inf
    """
    _need(lanes, seconds_each, spread)
    rate = 60.0 / seconds_each
    busy = arrivals_per_min / (lanes * rate)
    if busy >= 1:
        return float("inf")
    if arrivals_per_min <= 0:
        return 0.0
    return _waiting(busy, lanes, spread) / arrivals_per_min * 60.0


def follow(
    arrivals: Sequence[float],
    lanes: Sequence[int],
    seconds_each: float,
    *,
    queue: float = 0.0,
    spread: float = SPREAD,
) -> list[Instance]:
    """Follow a queue minute by minute.

    Args:
        arrivals: People who come in each minute.
        lanes: Open lanes in each minute; 0 is a closed door.
        seconds_each: Mean seconds that one guest takes.
        queue: People who wait at the beginning.
        spread: Standard deviation of that time, as a share of its mean.

    Raises:
        ValueError: The lengths differ, or a number is out of range.
    """
    if len(lanes) != len(arrivals):
        raise ValueError(f"{len(lanes)} numbers of lanes for {len(arrivals)} minutes")
    _need(max([*lanes, 1]), seconds_each, spread)
    rate = 1.0 / seconds_each
    steps = max(MIN_STEPS, min(240, ceil(60 * STEPS_A_GUEST / seconds_each)))
    step_s = 60 / steps
    here = queue + min(queue, lanes[0] if lanes else 0)
    minutes: list[_Minute] = []
    for coming, open_lanes in zip(arrivals, lanes, strict=True):
        served, busy = 0.0, 0.0
        pace = 60 * open_lanes * rate * _busy(here, open_lanes, spread)
        for _ in range(steps):
            busy = _busy(here, open_lanes, spread)
            done = min(open_lanes * rate * busy * step_s, here + coming * step_s / 60)
            here += coming * step_s / 60 - done
            served += done
        busy = _busy(here, open_lanes, spread)
        waiting = max(0.0, here - open_lanes * busy)
        able = 60 * open_lanes * busy * rate
        minutes.append(_Minute(coming, served, waiting, busy, max(pace, served), able))
    waits = [_wait_s(queue, minutes, 0)]
    waits += [_wait_s(each.waiting, minutes, place) for place, each in enumerate(minutes, start=1)]
    return [
        Instance(each.coming, each.served, each.waiting, (before + behind) / 2, each.busy)
        for each, before, behind in zip(minutes, waits, waits[1:], strict=False)
    ]


@dataclass(frozen=True, slots=True)
class _Minute:
    """One minute of the integration.

    Attributes:
        waiting: People waiting at its end.
        busy: Utilization at its end.
        pace: Guests served a minute with the queue of its beginning.
        able: Guests served a minute with the queue of its end.
    """

    coming: float
    served: float
    waiting: float
    busy: float
    pace: float
    able: float


def _wait_s(ahead: float, minutes: Sequence[_Minute], place: int) -> float:
    """Seconds until all who wait at the beginning of a minute are served.

    Later changes of lanes count; after the last minute its rate goes on.
    """
    if ahead < _NOBODY or not minutes:
        return 0.0
    waited = 0.0
    for minute in minutes[place:]:
        if minute.pace >= ahead:
            return waited + 60 * ahead / minute.pace
        ahead -= minute.served
        waited += 60
    able = minutes[-1].able
    return waited + 60 * ahead / able if able > 0 else float("inf")


def _waiting(busy: float, lanes: int, spread: float) -> float:
    """Mean number of people waiting at a utilization, by Sakasegawa."""
    waiting: float = busy ** sqrt(2 * (lanes + 1)) / (1 - busy)
    return waiting * (1 + spread * spread) / 2


def _busy(here: float, lanes: int, spread: float) -> float:
    """The utilization with `here` people at the door: the inverse of the formula."""
    if lanes == 0 or here <= 0:
        return 0.0
    crowds = _crowds(lanes, spread)
    place = bisect_left(crowds, here)
    if place == len(crowds):
        return _FULL
    below, above = crowds[place - 1], crowds[place]
    return _SHARES[place - 1] + (_SHARES[place] - _SHARES[place - 1]) * (here - below) / (
        above - below
    )


@lru_cache(maxsize=512)
def _crowds(lanes: int, spread: float) -> tuple[float, ...]:
    """People at the door at each of `_SHARES`, ascending."""
    return tuple(lanes * share + _waiting(share, lanes, spread) for share in _SHARES)


def _need(lanes: int, seconds_each: float, spread: float) -> None:
    if lanes < 1 or not 0 < seconds_each < 86_400 or not 0 <= spread <= 10:
        raise ValueError(f"no such door: {lanes} lanes, {seconds_each} s each, spread {spread}")
