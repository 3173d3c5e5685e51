"""Days and times as people say them: "12 Dec 9am", "tomorrow 18:00", "next Friday", "in 2 h".

Months, days of the week and words such as "tomorrow" are understood in English and in the language
of the reader. A day that can be read in two ways is refused, never guessed.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, TypeVar

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.formats import when
from eventdesk.core.messages import ENGLISH, _p, msg, reader, reading

Value = TypeVar("Value")

NO_MOMENT: Final = msg("This is no date and time.")
NO_SUCH: Final = msg("There is no such day or time.")
HINT: Final = msg("Type it such as 2026-06-01 09:30, 1 June 9:30, tomorrow 18:00 or +90m.")

_SHIFT = re.compile(r"([+-]|in +)((?:[0-9]{1,5} *[^\W\d_]+[ ,]*)+)")
_SHIFTED = re.compile(r"([0-9]{1,5}) *([^\W\d_]+)")
_CLOCK = re.compile(
    r"(?:^|(?<=[ ,]))(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2}))?"
    r"(?: *(?P<half>am|pm|a\.m\.|p\.m\.|h|uhr|o.?clock))?(?= |,|$)"
)
_DAY_IN_FIGURES = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"|(?P<day2>[0-9]{1,2})\.(?P<month2>[0-9]{1,2})\.(?P<year2>[0-9]{4})?"
    r"|(?P<one>[0-9]{1,2})/(?P<other>[0-9]{1,2})(?:/(?P<year3>[0-9]{4}))?"
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A way from one moment to another: by days of the calendar, and by time that passes."""

    days: int = 0
    passed: timedelta = timedelta()
    from_now: bool = False


def read_shift(text: str) -> Shift | None:
    """Read "+90m", "-1 day" or "in 2 h"; None is something else.

    Raises:
        InvalidInputError: It has a unit that is none.
    """
    found = _SHIFT.fullmatch(text.strip().casefold())
    if found is None:
        return None
    sign = -1 if found[1] == "-" else 1
    days, passed = 0, timedelta()
    for figure, unit in _SHIFTED.findall(found[2]):
        length = _known().units.get(fold(unit))
        if length is None:
            raise InvalidInputError(NO_MOMENT, hint=HINT)
        if length.days:
            days += sign * int(figure) * length.days
        else:
            passed += sign * int(figure) * length
    return Shift(days, passed, from_now=found[1].startswith("in"))


def read_words(text: str, today: date, day: date, first: date) -> datetime:
    """Read a day, a time of day or both, as they are on a wall.

    Args:
        text: As typed.
        today: What "tomorrow" and "Friday" are counted from.
        day: The day of a time that is typed alone.
        first: A day without a year is the next one from this one on.

    Raises:
        InvalidInputError: It is none, or could be two.
    """
    words = " ".join(text.casefold().replace("@", " ").split())
    clock, rest = _clock(words)
    if not rest and clock is None:
        raise InvalidInputError(NO_MOMENT, hint=HINT)
    on = _day(rest, today, first) if rest else day
    return datetime.combine(on, clock or time())


def _clock(words: str) -> tuple[time | None, str]:
    """The time of day, and the words around it."""
    for name, hour in _known().hours.items():
        if words == name or words.endswith(f" {name}"):
            return time(hour), _without_at(words.removesuffix(name))
    for found in reversed([*_CLOCK.finditer(words)]):
        if found["minute"] or found["half"]:
            return _time_of(found), _without_at(words[: found.start()], words[found.end() :])
    return None, words


def _without_at(*parts: str) -> str:
    """What is left beside a time of day, without the word before it."""
    before = re.sub("(?:^|[ ,])(at|um)$", "", parts[0].strip())
    return " ".join(" ".join([before, *parts[1:]]).strip(" ,").split())


def _time_of(found: re.Match[str]) -> time:
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"] or ""
    if half[:1] in ("a", "p"):
        if not 1 <= hour <= 12:
            raise InvalidInputError(NO_SUCH, hint=HINT)
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise InvalidInputError(NO_SUCH, hint=HINT) from error


def _day(words: str, today: date, first: date) -> date:
    figures = _DAY_IN_FIGURES.fullmatch(words)
    try:
        return _in_figures(figures, first) if figures else _in_words(words, today, first)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(NO_SUCH, hint=HINT) from error


def _in_figures(found: re.Match[str], first: date) -> date:
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    if found["day2"]:
        return _dated(int(found["day2"]), int(found["month2"]), found["year2"], first)
    one, other, year = int(found["one"]), int(found["other"]), found["year3"]
    if one <= 12 and other <= 12 and one != other:
        raise _either(_dated(one, other, year, first), _dated(other, one, year, first))
    return _dated(max(one, other), min(one, other), year, first)


def _either(one: date, other: date) -> InvalidInputError:
    """The refusal of what can be read in two ways."""
    return InvalidInputError(
        msg("This is {one:%d %B} or {other:%d %B}.", one=one, other=other),
        hint=msg("Write the month as a word, or the year first: {one:%Y-%m-%d}.", one=one),
    )


def _in_words(words: str, today: date, first: date) -> date:
    folded = fold(words)
    days = _known().days
    if folded in days:
        return today + timedelta(days[folded])
    parts = folded.split()
    weekdays, months = _known().weekdays, _known().months
    not_today = False
    if parts and parts[0] in _known().before:
        not_today, parts = _known().before[parts[0]], parts[1:]
    if parts and parts[0] in weekdays:
        if len(parts) == 1:
            return _coming(weekdays[parts[0]], today, not_today=not_today)
        named, parts = weekdays[parts[0]], parts[1:]
        at = _with_month(parts, months, first)
        if at.weekday() != named:
            raise InvalidInputError(
                msg("{at:%Y-%m-%d} is a {at:%A}.", at=at), hint=msg("Leave the weekday away.")
            )
        return at
    return _with_month(parts, months, first)


def _coming(weekday: int, today: date, *, not_today: bool) -> date:
    """The coming day with a name; with that of today it is either of two."""
    at = today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    if weekday == today.weekday() and not not_today:
        raise _either(today, at)
    return at


def _with_month(parts: list[str], months: dict[str, int], first: date) -> date:
    """Read "12 dec 2026", "dec 12 2026" or either without a year."""
    named = [part for part in parts if part in months]
    figures = [re.sub("(?<=[0-9])(st|nd|rd|th)$", "", part) for part in parts if part not in months]
    if len(named) != 1 or not 1 <= len(figures) <= 2 or parts.index(named[0]) > 1:
        raise InvalidInputError(NO_MOMENT, hint=HINT)
    if not re.fullmatch("[0-9]{1,2}(,[0-9]{4})?", ",".join(figures)):
        raise InvalidInputError(NO_MOMENT, hint=HINT)
    year = figures[1] if len(figures) == 2 else None
    return _dated(int(figures[0]), months[named[0]], year, first)


def _dated(day: int, month: int, year: str | None, first: date) -> date:
    """A day; without a year it is the next one from the first day on."""
    if year is not None:
        return date(int(year), month, day)
    for later in range(9):  # until there is a 29 February again
        try:
            at = date(first.year + later, month, day)
        except ValueError:
            continue
        if at >= first:
            return at
    raise ValueError(day)


@dataclass(slots=True)
class _Known:
    """The words that are understood, folded, with what they mean."""

    months: dict[str, int] = field(default_factory=dict)
    weekdays: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    hours: dict[str, int] = field(default_factory=dict)
    units: dict[str, timedelta] = field(default_factory=dict)
    before: dict[str, bool] = field(default_factory=dict)
    """Words before a day; those with True never mean today."""

    def learn(self) -> None:
        """Add the words of who reads here and now."""
        for way in ("%B", "%b"):
            self.months |= {fold(when(date(2026, n, 1), way)): n for n in range(1, 13)}
        for way in ("%A", "%a"):
            self.weekdays |= {fold(when(date(2026, 6, 1 + n), way)): n for n in range(7)}
        self.days |= _apart(_p("words for a day, apart by commas", "today"), 0)
        self.days |= _apart(_p("words for a day, apart by commas", "tomorrow, tmrw"), 1)
        self.days |= _apart(_p("words for a day, apart by commas", "day after tomorrow"), 2)
        self.days |= _apart(_p("words for a day, apart by commas", "yesterday"), -1)
        self.hours |= _apart(_p("words for 12:00, apart by commas", "noon, midday"), 12)
        self.hours |= _apart(_p("words for 0:00, apart by commas", "midnight"), 0)
        self.before |= _apart(_p("words before a day, apart by commas", "this, on"), False)
        self.before |= _apart(_p("words before a day that is not today, by commas", "next"), True)
        minutes = _p("words for minutes, apart by commas", "m, min, mins, minute, minutes")
        hours = _p("words for hours, apart by commas", "h, hr, hrs, hour, hours")
        days = _p("words for days, apart by commas", "d, day, days")
        weeks = _p("words for weeks, apart by commas", "w, week, weeks")
        self.units |= _apart(minutes, timedelta(minutes=1)) | _apart(hours, timedelta(hours=1))
        self.units |= _apart(days, timedelta(days=1)) | _apart(weeks, timedelta(weeks=1))


def _known() -> _Known:
    return _known_in(reader().locale)


@lru_cache
def _known_in(locale: str) -> _Known:
    """The words of English and of a locale, whose own come first."""
    known = _Known()
    for each in dict.fromkeys((ENGLISH, locale)):
        with reading(each):
            known.learn()
    return known


def _apart(words: str, value: Value) -> dict[str, Value]:
    return {fold(word): value for word in words.split(",")}
