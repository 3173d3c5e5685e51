"""When an export is written by itself: daily, weekly or every few hours, on the event's clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

MAX_HOURS: Final = 24 * 7
MAX_KEPT: Final = 100
USUALLY_KEPT: Final = 14

_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class Every(StrEnum):
    """How often an export is written."""

    DAY = "day"
    WEEK = "week"
    HOURS = "hours"


WEEKDAYS: Final = (
    msg("Monday"),
    msg("Tuesday"),
    msg("Wednesday"),
    msg("Thursday"),
    msg("Friday"),
    msg("Saturday"),
    msg("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an export is written, until the event ends.

    Attributes:
        minute: Minute of the day at the event, for days and weeks.
        weekday: 0 is Monday, for weeks.
        hours: Hours between two files, for hours.
        keep: How many files stay; older ones are deleted.
    """

    every: Every
    minute: int = 8 * 60
    weekday: int = 0
    hours: int = 6
    keep: int = USUALLY_KEPT


def need_sound_schedule(schedule: Schedule) -> None:
    """Refuse numbers that cannot be.

    Raises:
        InvalidInputError: One cannot.
    """
    for name, value, least, most in (
        (msg("The time of day"), schedule.minute, 0, 24 * 60 - 1),
        (msg("The weekday"), schedule.weekday, 0, 6),
        (msg("The hours between two files"), schedule.hours, 1, MAX_HOURS),
        (msg("How many files stay"), schedule.keep, 1, MAX_KEPT),
    ):
        if not least <= value <= most:
            said = {"name": name, "least": least, "most": most}
            raise InvalidInputError(msg("{name} is from {least} to {most}.", **said))


def read_minute(text: str) -> int:
    """Read a time of day: minutes since midnight.

    Raises:
        InvalidInputError: It is none.

    >>> read_minute("8:05")
    485
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError(
            msg("{text!r} is no time of day.", text=text[:40]), hint=msg("Type it such as 08:00.")
        )
    return int(found[1]) * 60 + int(found[2])


def time_of_day(minute: int) -> str:
    """Write a minute of the day.

    >>> time_of_day(485)
    '08:05'
    """
    return f"{minute // 60:02}:{minute % 60:02}"


def next_due(
    schedule: Schedule, after: datetime, zone: str, *, last: datetime | None = None
) -> datetime:
    """The first instant behind another one at which a file is due, aware UTC.

    A time of day that the clocks pass over is the instant behind the gap.

    Args:
        after: The instant.
        zone: The event's time zone.
        last: The due time before, from which hours are counted; None counts from `after`.
    """
    if schedule.every is Every.HOURS:
        step = timedelta(hours=schedule.hours)
        start = last or after
        return start + step * (max(timedelta(0), after - start) // step + 1)
    at, wall = ZoneInfo(zone), divmod(schedule.minute, 60)
    day = after.astimezone(at)
    for ahead in range(9):
        there = (day + timedelta(days=ahead)).replace(
            hour=wall[0], minute=wall[1], second=0, microsecond=0, fold=0
        )
        due = there.astimezone(UTC)
        fits = schedule.every is Every.DAY or there.weekday() == schedule.weekday
        if fits and due > after:
            return due
    raise AssertionError("a week has seven days")


def spoken_schedule(schedule: Schedule | None) -> Message:
    """When files are written, in a few words."""
    if schedule is None:
        return msg("by hand")
    time = time_of_day(schedule.minute)
    match schedule.every:
        case Every.DAY:
            return msg("daily {time}", time=time)
        case Every.WEEK:
            return msg("{weekday} {time}", weekday=WEEKDAYS[schedule.weekday], time=time)
        case Every.HOURS:
            return msg("every {hours} h", hours=schedule.hours)
