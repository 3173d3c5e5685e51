"""How events are said on screens: a sign and a word for each state, who sees them, where."""

from collections.abc import Mapping
from typing import Final

from eventdesk.events import EventDetail, EventState, Visibility

STATES: Final[Mapping[EventState, tuple[str, str]]] = {
    EventState.DRAFT: ("✎ draft", ""),
    EventState.WAITING: ("… waiting", "warning"),
    EventState.PUBLISHED: ("✓ published", "good"),
    EventState.OVER: ("■ over", "faint"),
    EventState.CANCELLED: ("✗ cancelled", "bad"),
    EventState.ARCHIVED: ("▽ archived", "faint"),
}
"""Sign and word of a state, and the tone of its line in a table."""

VISIBILITY: Final[Mapping[Visibility, str]] = {
    Visibility.PUBLIC: "public",
    Visibility.PRIVATE: "by code",
    Visibility.INVITED: "by invitation",
}


def place_of(event: EventDetail) -> str:
    """Where an event is; "" where that is not said."""
    parts = []
    if event.venue is not None:
        parts = [event.venue.name, *event.venue.address.splitlines()]
    if event.online_url:
        parts.append(event.online_url)
    return ", ".join(part for part in parts if part)
