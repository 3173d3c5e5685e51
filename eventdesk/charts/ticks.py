"""Tick marks of axes, at round numbers and round times."""

from datetime import datetime, timedelta
from math import ceil, log10
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.core.formats import when

STEPS_MIN: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
"""Minutes between two times at an axis."""


def round_ticks(most: float, count: int) -> list[float]:
    """About `count` round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / max(1, count)
    power = 10.0 ** int(log10(rough) // 1)
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough * 0.999)
    step = max(1.0, step)
    steps = max(1, ceil(most / step - 1e-9))
    return [place * step for place in range(steps + 1)]


def time_ticks(
    begin: datetime, end: datetime, time_zone: str, count: int
) -> list[tuple[datetime, str]]:
    """Round times of day from `begin` to `end`, at most about so many, with how they are written.

    A step is counted from midnight on the wall, so that it is round there in every time zone.
    """
    minutes = (end - begin).total_seconds() / 60
    step = next((each for each in STEPS_MIN if minutes / each <= max(1, count)), STEPS_MIN[-1])
    zone = ZoneInfo(time_zone)
    local = begin.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local - midnight).total_seconds() / 60
    at = midnight + timedelta(minutes=ceil(passed / step) * step)
    found = []
    while at <= end.astimezone(zone):
        found.append((at, when(at, "%H:%M" if step < 1440 else "%d.%m.")))
        at += timedelta(minutes=step)
    return found
