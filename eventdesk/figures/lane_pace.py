"""Pace of a lane: seconds one guest takes, estimated from the pauses between entries.

A pause is the serving time of the second guest if they waited, else an idle time and that. Both
are told apart by their distributions: with Poisson arrivals the pauses of a lane have the density

    f(pause) = p * served(pause) + (1 - p) * (served + idle)(pause),

where `served` is lognormal with the usual spread of serving times, `idle` is exponential, and p is
how often the next guest waited. The mean pause determines the idle time; the other two are fitted
by maximum likelihood. A median of pauses would take a trickle of guests for slow lanes.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import exp, log, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from eventdesk.figures.queueing import SPREAD

MAX_PAUSE_S: Final = 300.0
"""A longer pause means an unattended lane."""

MIN_PAUSES: Final = 20
"""Fewest pauses of an estimate."""

MAX_PAUSES: Final = 400
"""Most pauses of an estimate; the last ones count."""

MIN_PAUSE_S: Final = 1.0
"""A shorter pause is within a group."""

GRID_S: Final = 0.25
"""Grid of the distributions."""

STEPS: Final = 50
POWERS: Final = (1.0, 1.5, 2.0, 3.0)
"""Candidates for p, as powers of the utilization: the first for one lane, the others for several
that share a queue."""

MIN_WAITED: Final = 10
"""Fewest guests who waited, below which the pauses tell arrivals only."""

Floats = npt.NDArray[np.float64]


def seconds_each(pauses_s: Iterable[float]) -> float | None:
    """The mean seconds that one guest takes; None for too few pauses.

    Args:
        pauses_s: Seconds between entries of the same lane, of all lanes, oldest first.
    """
    told = tuple(round(each, 3) for each in pauses_s if MIN_PAUSE_S <= each <= MAX_PAUSE_S)[
        -MAX_PAUSES:
    ]
    return _fitted(told) if len(told) >= MIN_PAUSES else None


@lru_cache(maxsize=64)
def _fitted(told: tuple[float, ...]) -> float | None:
    pauses = np.array(told)
    mean = float(pauses.mean())
    grid = np.arange(GRID_S / 2, float(pauses.max()) + GRID_S, GRID_S)
    counts = np.bincount((pauses / GRID_S).astype(int), minlength=len(grid))[: len(grid)]
    low = max(MIN_PAUSE_S / 2, float(pauses.min()) / 2)
    # The idle time is one more parameter, which must improve the fit (Schwarz's criterion).
    best, best_s, often = _likelihood(_served(grid, mean), counts) + log(len(told)), mean, 1.0
    for step in range(STEPS):
        served_s = exp(log(low) + (log(mean) - log(low)) * step / STEPS)
        served = _served(grid, served_s)
        for power in POWERS:
            waited = (served_s / mean) ** power
            idle = (1 - waited) / (mean - served_s)
            density = waited * served + (1 - waited) * _behind_idle(grid, served, idle)
            if (now := _likelihood(density, counts)) > best:
                best, best_s, often = now, served_s, waited
    return max(MIN_PAUSE_S, best_s) if often * len(told) >= MIN_WAITED else None


def _likelihood(density: Floats, counts: npt.NDArray[np.intp]) -> float:
    """The log-likelihood of the pauses."""
    return float(np.dot(counts, np.log(density + 1e-9)))


def _served(grid: Floats, mean_s: float) -> Floats:
    """The density of a lognormal serving time."""
    wide = sqrt(log(1 + SPREAD**2))
    middle = log(mean_s) - wide**2 / 2
    density: Floats = np.exp(-(((np.log(grid) - middle) / wide) ** 2) / 2)
    return density / (grid * wide * sqrt(2 * pi))


def _behind_idle(grid: Floats, served: Floats, idle: float) -> Floats:
    """The density of the sum of a serving time and an exponential idle time."""
    density: Floats = np.exp(-idle * grid) * np.cumsum(np.exp(idle * grid) * served)
    return density * idle * GRID_S
