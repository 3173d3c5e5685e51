"""Rooms told how far an event is sold."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import EventRow
from eventdesk.acts import Act, Steps, steps
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.exchange.chat.noted import Change, Note, Notes, Notice, noted
from eventdesk.integrations.chat.kind import SALES
from eventdesk.sales import Availability, availability, held_places

LEVELS: Final = (50, 75, 90, 100)
"""Per cent of the places of an event, each told once; of several at once only the last."""

BEGUN: Final = "begun"
"""The note that sales are followed: what was sold before is not told."""


@steps(internal=True)
def tell_of_sales(steps: Steps) -> int:
    """Queue for rooms what level the sales of events have reached; returns how many messages."""
    return noted(steps, SALES, _changes)


def _changes(act: Act, notes: Notes) -> list[Change]:
    begins = BEGUN not in notes
    changes = [Change(BEGUN, Note(0, act.now))] if begins else []
    coming = EventRow.state == "published", EventRow.ends_at > act.now
    for event in act.connection.execute(
        select(EventRow.id, EventRow.name, EventRow.capacity).where(*coming)
    ).all():
        before = notes.get(str(event.id))
        sold, places = _sold(act, event.id, event.capacity)
        level = max((each for each in LEVELS if sold * 100 >= each * places > 0), default=0)
        if level > (0 if before is None else before.level):
            notice = None if begins else _notice(event.id, event.name, level, sold, places)
            changes.append(Change(str(event.id), Note(level, act.now), notice))
    return changes


def _notice(event_id: UUID, name: str, level: int, sold: int, places: int) -> Notice:
    event = plain(name)
    title = msg("{event}: {level} % sold", event=event, level=level)
    text = msg("{sold} of {places} places are sold.", sold=sold, places=places)
    if level == LEVELS[-1]:
        title = msg("{event} is sold out", event=event)
    return Notice(SALES, title, text, frozenset({event_id}))


def _sold(act: Act, event_id: UUID, capacity: int | None) -> tuple[int, int]:
    """How many places of an event are sold and paid, and how many there are; 0 is no limit."""
    types = availability(act, event_id).values()
    unpaid = sum(each.unpaid for each in held_places(act, event_id).values())
    limits = [each for each in (capacity, places_of(types)) if each is not None]
    return sum(each.taken for each in types) - unpaid, min(limits, default=0)


def places_of(types: Iterable[Availability]) -> int | None:
    """The places of all types together, by quotas and seats; None where some have no limit."""
    sharing: dict[UUID, list[Availability]] = {}
    for each in types:
        sharing.setdefault(each.section_id or each.ticket_type_id, []).append(each)
    places = 0
    for group in sharing.values():
        quotas = [each.quota for each in group if each.quota is not None]
        limits = [sum(quotas)] if len(quotas) == len(group) else []
        if group[0].seats is not None:
            limits.append(group[0].seats + sum(each.taken for each in group))
        if not limits:
            return None
        places += min(limits)
    return places if sharing else None
