"""How events are said on screens: a sign and a word for each state, days and times."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.model.event import EventDetail, EventState, Visibility

STATES: Final[Mapping[EventState, tuple[str, str]]] = {
    EventState.DRAFT: ("✎ draft", "warning"),
    EventState.WAITING: ("… waiting", "warning"),
    EventState.PUBLISHED: ("✓ published", "good"),
    EventState.OVER: ("■ over", "faint"),
    EventState.CANCELLED: ("✗ cancelled", "bad"),
}
"""Sign and word of a state, and the tone of its line in a table."""

VISIBILITY: Final[Mapping[Visibility, str]] = {
    Visibility.PUBLIC: "public",
    Visibility.PRIVATE: "by code",
    Visibility.INVITED: "by invitation",
}


def day_and_time(at: datetime, time_zone: str) -> str:
    """An instant as the clocks at the event show it.

    >>> from datetime import UTC
    >>> day_and_time(datetime(2026, 6, 1, 7, 30, tzinfo=UTC), "Europe/Berlin")
    'Mon 1 Jun 2026 09:30'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def span(starts_at: datetime, ends_at: datetime, time_zone: str) -> str:
    """From when to when, saying the day once where it is one."""
    zone = ZoneInfo(time_zone)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    last = f"{end:%H:%M}" if start.date() == end.date() else day_and_time(ends_at, time_zone)
    return f"{day_and_time(starts_at, time_zone)} – {last}"


def place_of(event: EventDetail) -> str:
    """Where an event is; "" where that is not said."""
    parts = []
    if event.venue is not None:
        parts = [event.venue.name, *event.venue.address.splitlines()]
    if event.online_url:
        parts.append(event.online_url)
    return ", ".join(part for part in parts if part)
