"""Words for events: their states with a sign, visibility, place."""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.events import EventDetail, EventState, Visibility

STATES: Final[Mapping[EventState, tuple[Message, str]]] = {
    EventState.DRAFT: (msg("✎ draft"), ""),
    EventState.WAITING: (msg("… waiting"), "warning"),
    EventState.PUBLISHED: (msg("✓ published"), "good"),
    EventState.OVER: (msg("■ over"), "faint"),
    EventState.CANCELLED: (msg("✗ cancelled"), "bad"),
    EventState.ARCHIVED: (msg("▽ archived"), "faint"),
}
"""Sign and word of a state, and the tone of its line in a table."""

VISIBILITY: Final[Mapping[Visibility, Message]] = {
    Visibility.PUBLIC: msg("public"),
    Visibility.PRIVATE: msg("by code"),
    Visibility.INVITED: msg("by invitation"),
}


def place_of(event: EventDetail) -> str:
    """Venue, address and online address in one line; "" for none."""
    parts = []
    if event.venue is not None:
        parts = [event.venue.name, *event.venue.address.splitlines()]
    if event.online_url:
        parts.append(event.online_url)
    return ", ".join(part for part in parts if part)
