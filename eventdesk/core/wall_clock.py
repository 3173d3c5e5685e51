"""Wall clock: instants in the time zone of an event, written and read."""

import os
import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eventdesk.core.clock import utc_now
from eventdesk.core.date_words import HINT, NO_SUCH, read_shift, read_words
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import when
from eventdesk.core.messages import Message, _, _n, msg

YEARS: Final = range(1970, 2200)
"""Years that may be typed; what is outside is a slip."""

_MOMENT = re.compile(
    r"(?:(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"|(?P<day_first>[0-9]{1,2})\.(?P<month_second>[0-9]{1,2})\.(?P<year_last>[0-9]{4}))"
    r"(?:[ T]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}))?"
    r"(?: *(?P<offset>[+-][0-9]{2}:?[0-9]{2}))?"
)


def read_moment(
    text: str,
    time_zone: str,
    *,
    now: datetime | None = None,
    base: datetime | None = None,
    day: datetime | None = None,
) -> datetime:
    """Read a date and a time of day as people type them.

    `2026-06-01 09:30`, `1.6.2026 9:30`, `1 June 9am`, `tomorrow 18:00`, `next Friday 9:30`, `+90m`,
    `in 2 h`, in English and in the reader's language. Without a time it is the beginning of the
    day. Where the clocks go back an hour comes twice; the first is meant unless the offset is typed
    behind it: `2026-10-25 02:30 +01:00`.

    Args:
        now: What "tomorrow" is counted from; the clock, where it is left out.
        base: What "+90m" is counted from; now, where it is left out.
        day: Whose day a time is on that is typed alone; that of `base`, where it is left out. A day
            without a year is the next one from `base` on, or from this day and today on.

    Raises:
        InvalidInputError: No such day or time, one that can be read in two ways, a time the clocks
            pass over, or an offset the zone does not have then.
    """
    zone, typed = ZoneInfo(time_zone), text.strip()[:60]
    now = (now or utc_now()).replace(second=0, microsecond=0)
    offset, found = "", _MOMENT.fullmatch(typed)
    try:
        if found is not None:
            local, offset = _in_figures(found), (found["offset"] or "").replace(":", "")
        elif (shift := read_shift(typed)) is not None:
            begin = now if base is None or shift.from_now else base
            at = moved(begin, time_zone, days=shift.days) + shift.passed
            _need_year(at.astimezone(zone))
            return at
        else:
            today = now.astimezone(zone).date()
            on = (day or base or now).astimezone(zone).date()
            first = base.astimezone(zone).date() if base else min(on, today)
            local = read_words(typed, today, on, first)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(NO_SUCH, hint=HINT) from error
    _need_year(local)
    return _in_zone(local, zone, offset)


def _in_figures(found: re.Match[str]) -> datetime:
    return datetime(  # noqa: DTZ001 - the time on a wall; its zone is looked up later
        int(found["year"] or found["year_last"]),
        int(found["month"] or found["month_second"]),
        int(found["day"] or found["day_first"]),
        int(found["hour"] or 0),
        int(found["minute"] or 0),
    )


def _need_year(local: datetime) -> None:
    if local.year not in YEARS:
        raise InvalidInputError(msg("Please check the year."), hint=HINT)


def typed_moment(at: datetime, time_zone: str) -> str:
    """Write an instant as it may be typed again, with its offset where the hour comes twice."""
    local = at.astimezone(ZoneInfo(time_zone))
    return local.strftime("%Y-%m-%d %H:%M") + (f" {_offset(local)}" if local.fold else "")


def with_zone(at: datetime, time_zone: str) -> Message:
    """An instant with the name of its zone, for a message; with the offset where the hour repeats.

    >>> str(with_zone(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin"))
    '2026-06-01 09:30 (Europe/Berlin)'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    if local.fold:
        offset = _offset(local)
        return msg("{at:%Y-%m-%d %H:%M} {offset} ({zone})", at=local, offset=offset, zone=time_zone)
    return msg("{at:%Y-%m-%d %H:%M} ({zone})", at=local, zone=time_zone)


def understood(at: datetime, time_zone: str, text: str) -> str:
    """Say what was understood of what was typed; of a date in figures the weekday is enough.

    >>> understood(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin", "1 June 9:30")
    'Mon 1 Jun 2026 09:30'
    """
    remark = remark_on(at, time_zone)
    if typed_moment(at, time_zone) == text.strip() or ";" in remark:
        return remark
    return spoken(at, time_zone)


def remark_on(at: datetime, time_zone: str) -> str:
    """Say what a date alone does not show: the weekday, and that an hour comes twice.

    >>> remark_on(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin")
    'Monday'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return when(local, "%A")
    offset = _offset(local)
    if local.fold:
        return _(
            "{local:%A}; the clocks go back: the second {local:%H:%M} ({offset})",
            local=local,
            offset=offset,
        )
    return _(
        "{local:%A}; the clocks go back: the first {local:%H:%M} ({offset})",
        local=local,
        offset=offset,
    )


def moved(at: datetime, time_zone: str, *, days: int = 0, hours: int = 0) -> datetime:
    """Move an instant by days of the calendar, which keeps the time of day, and by hours."""
    local = at.astimezone(ZoneInfo(time_zone)) + timedelta(days=days)
    return local.astimezone(UTC) + timedelta(hours=hours)


def spoken(at: datetime, time_zone: str) -> str:
    """Write an instant as a page or a list shows it.

    >>> spoken(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin")
    'Mon 1 Jun 2026 09:30'
    """
    return when(at.astimezone(ZoneInfo(time_zone)), "%a %d %b %Y %H:%M")


def spoken_period(starts_at: datetime, ends_at: datetime, time_zone: str) -> str:
    """Write from when until when something lasts, the day once where it is the same.

    >>> begin = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
    >>> spoken_period(begin, begin + timedelta(hours=2), "Europe/Berlin")
    'Mon 1 Jun 2026 09:30–11:30'
    """
    zone = ZoneInfo(time_zone)
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if begin.date() == end.date():
        return f"{spoken(starts_at, time_zone)}–{end:%H:%M}"
    return f"{spoken(starts_at, time_zone)} – {spoken(ends_at, time_zone)}"


def spoken_start(starts_at: datetime, time_zone: str, now: datetime) -> str:
    """Say how far away a beginning is, by the days of its zone.

    >>> now = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
    >>> spoken_start(now + timedelta(days=21), "Europe/Berlin", now)
    'starts in 3 weeks'
    """
    zone = ZoneInfo(time_zone)
    local = starts_at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if days <= 0:
        return _("starts today at {at:%H:%M}", at=local)
    if days == 1:
        return _("starts tomorrow at {at:%H:%M}", at=local)
    if days < 14:
        return _n("starts in {count} day", "starts in {count} days", days)
    if days < 60:
        return _n("starts in {count} week", "starts in {count} weeks", days // 7)
    return _n("starts in {count} month", "starts in {count} months", days // 30)


def zone_note(at: datetime, time_zone: str, here: tzinfo | None = None) -> str:
    """Name the zone where it differs from the reader's, which is this machine's if left out.

    >>> zone_note(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "America/New_York", UTC)
    ' (time in New York)'
    >>> zone_note(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin", ZoneInfo("Europe/Rome"))
    ''
    """
    if at.astimezone(ZoneInfo(time_zone)).utcoffset() == at.astimezone(here).utcoffset():
        return ""
    place = time_zone.rsplit("/", 1)[-1].replace("_", " ")
    return " (UTC)" if place == "UTC" else _(" (time in {place})", place=place)


def _in_zone(local: datetime, zone: ZoneInfo, offset: str) -> datetime:
    first = local.replace(tzinfo=zone)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise InvalidInputError(
            msg("The clocks go forward that day: {local:%H:%M} does not come.", local=local),
            hint=msg("Choose an earlier or later time."),
        )
    if not offset:
        return first.astimezone(UTC)
    for meant in (first, first.replace(fold=1)):
        if meant.strftime("%z") == offset:
            return meant.astimezone(UTC)
    raise InvalidInputError(
        msg("{key} is not at this offset then.", key=zone.key), hint=msg("Leave the offset away.")
    )


def _offset(local: datetime) -> str:
    digits = local.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"


LOCALTIME = Path("/etc/localtime")
"""On Linux and macOS a link into the folder of time zones."""

TIMEZONE = Path("/etc/timezone")
"""On Debian the name of the zone in one line."""


def machine_zone() -> str:
    """Return the IANA name of this machine's time zone; "UTC" where it does not say one."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked(), _written()):
        try:
            if name and name != "localtime":
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"


def _linked() -> str:
    try:
        parts = LOCALTIME.resolve().parts
    except OSError:
        return ""
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else ""


def _written() -> str:
    try:
        return TIMEZONE.read_text(encoding="ascii", errors="replace")[:100].strip()
    except OSError:
        return ""
