"""Times of day at an event: read as people type them, and found in its calendar."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import Listed
from eventdesk.core.messages import msg

Span = tuple[str, str]
"""From the first time of day to before the second, both HH:MM; over midnight where it is not later.

>>> read_spans("10:00-12:00, 22:00-2:00")
(('10:00', '12:00'), ('22:00', '02:00'))
"""

MAX_SPANS: Final = 24
MIDNIGHT: Final = "00:00"

_TIME = re.compile(r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?")
_BETWEEN = re.compile(r"\s*(?:-|\u2013|\bto\b|\buntil\b)\s*")
_DAY = timedelta(days=1)


def read_time(text: str) -> str:
    """Read a time of day as it is typed, such as 9, 9:30 or 23:00; 24:00 is midnight.

    Raises:
        InvalidInputError: It is none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or (found[1] == "24" and found[2] not in (None, "00")):
        raise InvalidInputError(
            msg("{text!r} is no time of day.", text=text.strip()[:20]),
            hint=msg("Type it such as 09:30."),
        )
    return f"{int(found[1]) % 24:02}:{found[2] or '00'}"


def read_spans(text: str) -> tuple[Span, ...]:
    """Read times of day as they are typed: `10:00-12:00, 14:00-16:00`; "" is none.

    Raises:
        InvalidInputError: They are none, or too many.
    """
    spans = []
    for part in filter(None, map(str.strip, re.split(r"[,;\n]", text))):
        ends = _BETWEEN.split(part)
        if len(ends) != 2:
            raise InvalidInputError(
                msg("{part!r} is no span of time.", part=part[:30]),
                hint=msg("Type it such as 10:00-12:00."),
            )
        spans.append((read_time(ends[0]), read_time(ends[1])))
    if len(spans) > MAX_SPANS:
        raise InvalidInputError(msg("At most {max_spans} times of a day.", max_spans=MAX_SPANS))
    return tuple(spans)


def spans_told(spans: Sequence[Span]) -> Listed:
    """Spans as they are said, in the language of whoever reads them.

    >>> str(spans_told([("10:00", "12:00"), ("14:00", "00:00")]))
    '10:00–12:00 and 14:00–24:00'
    """
    ends = ((begin, "24:00" if end == MIDNIGHT else end) for begin, end in spans)
    return Listed(tuple(f"{begin}–{end}" for begin, end in ends))


def read_days(text: str) -> tuple[str, ...]:
    """Read days as they are typed, `2026-06-01, 2026-06-02`, in their order; "" is none.

    Raises:
        InvalidInputError: One is no day.
    """
    days = set()
    for part in filter(None, re.split(r"[,;\s]+", text)):
        try:
            days.add(date.fromisoformat(part).isoformat())
        except ValueError:
            raise InvalidInputError(
                msg("{part!r} is no day.", part=part[:20]), hint=msg("Type it such as 2026-06-01.")
            ) from None
    return tuple(sorted(days))


def at_time(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """The instant at which the clock on the wall shows a time of day.

    A time that the clocks pass over in spring is as much later; of one that comes twice in autumn
    the first is meant.

    >>> at_time(date(2026, 3, 29), "02:30", ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:30:00+00:00'
    """
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def last_daily(clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The last instant, now included, at which the clock on the wall showed a time of day."""
    today = now.astimezone(zone).date()
    return max(
        at for back in (-1, 0, 1, 2) if (at := at_time(today - back * _DAY, clock, zone)) <= now
    )


def next_daily(clock: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant after another at which the clock on the wall shows a time of day."""
    today = after.astimezone(zone).date()
    return min(
        at for on in (-1, 0, 1, 2) if (at := at_time(today + on * _DAY, clock, zone)) > after
    )


def is_within(spans: Sequence[Span], days: Sequence[str], zone: ZoneInfo, now: datetime) -> bool:
    """Whether it is one of these times of one of these days; none of either is all of them.

    What begins on a day and goes over midnight belongs to that day.
    """
    today = now.astimezone(zone).date()
    return any(
        begin <= now < end
        for day in (today - _DAY, today)
        for begin, end in _of_day(spans, days, zone, day)
    )


def next_within(
    spans: Sequence[Span], days: Sequence[str], zone: ZoneInfo, now: datetime
) -> datetime | None:
    """When one of these times begins next; None when none is left."""
    today = now.astimezone(zone).date()
    ahead = [date.fromisoformat(day) for day in days] or [today, today + _DAY, today + 2 * _DAY]
    begins = [
        begin
        for day in ahead
        if day >= today - _DAY
        for begin, _ in _of_day(spans, days, zone, day)
        if begin > now
    ]
    return min(begins, default=None)


def _of_day(
    spans: Sequence[Span], days: Sequence[str], zone: ZoneInfo, day: date
) -> list[tuple[datetime, datetime]]:
    if days and day.isoformat() not in days:
        return []
    return [
        (at_time(day, begin, zone), at_time(day if end > begin else day + _DAY, end, zone))
        for begin, end in spans or [(MIDNIGHT, MIDNIGHT)]
    ]
