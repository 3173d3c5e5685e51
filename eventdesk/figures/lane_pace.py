"""How long one guest takes at a lane, told from the pauses between its entries.

A pause between two guests of a lane is the time the second one took, where they waited already,
and else that time behind an idle one. Nobody counts who waits, so both are told apart by their
distributions: with Poisson arrivals the pauses of a lane are

    f(pause) = p * served(pause) + (1 - p) * (served + idle)(pause),

where `served` is a lognormal distribution with the usual spread of serving times, `idle` is
exponential, and p is how often the next guest waited. The mean pause ties the idle time to the
other two, which are fitted by maximum likelihood. A median of the pauses would take a slow
trickle of guests for slow lanes.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import exp, log, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from eventdesk.figures.queueing import SPREAD

MAX_PAUSE_S: Final = 300.0
"""A longer pause is a lane that nobody worked at."""

MIN_PAUSES: Final = 20
"""So many pauses tell the pace of a lane."""

MAX_PAUSES: Final = 400
"""Pauses that are looked at; the last ones."""

MIN_PAUSE_S: Final = 1.0
"""Nobody is served faster; what comes closer was one group."""

GRID_S: Final = 0.25
"""How finely distributions are followed."""

STEPS: Final = 50
POWERS: Final = (1.0, 1.5, 2.0, 3.0)
"""How often the next guest waited, as powers of the share of time a lane is at work: one lane alone
has the first, several that share a queue the others."""

MIN_WAITED: Final = 10
"""So often somebody must have waited: what else is known is when guests came."""

Floats = npt.NDArray[np.float64]


def seconds_each(pauses_s: Iterable[float]) -> float | None:
    """The mean seconds that one guest takes; None where the pauses are too few to tell.

    Args:
        pauses_s: Seconds between two entries of the same lane, of all lanes, oldest first.
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
    # Idle times are unknowns more, which have to earn their place (Schwarz's criterion).
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
    """The logarithm of how likely these pauses are."""
    return float(np.dot(counts, np.log(density + 1e-9)))


def _served(grid: Floats, mean_s: float) -> Floats:
    """The density of a lognormal serving time."""
    wide = sqrt(log(1 + SPREAD**2))
    middle = log(mean_s) - wide**2 / 2
    density: Floats = np.exp(-(((np.log(grid) - middle) / wide) ** 2) / 2)
    return density / (grid * wide * sqrt(2 * pi))


def _behind_idle(grid: Floats, served: Floats, idle: float) -> Floats:
    """The density of that and an exponential idle time one after the other."""
    density: Floats = np.exp(-idle * grid) * np.cumsum(np.exp(idle * grid) * served)
    return density * idle * GRID_S
