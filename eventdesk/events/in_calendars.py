"""How often the time or place of events and sessions changed, as calendars count it.

A calendar takes an entry for newer by its sequence (RFC 5545, section 3.8.7.4). What was told last
is kept as a digest and compared whenever a calendar is made, so no way of changing an event can
forget to count.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import AnyRow, insert_row, update_row
from data.schema import CalendarEntryRow, EventRow, RoomRow, SessionRow, VenueRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Act, Steps
from eventdesk.documents.calendar import CalendarEntry


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What calendars are told of an event or a session beside its time and place.

    Attributes:
        sequence: How often it changed since it was told first.
        changed_at: When that was last, or when it was told first.
        is_off: Whether it was cancelled.
    """

    sequence: int
    changed_at: datetime
    is_off: bool

    def told(self, entry: CalendarEntry, *, is_off: bool = False) -> CalendarEntry:
        """An entry with it.

        Args:
            is_off: Whether it is off for whoever reads it, which replaces what they have.
        """
        return replace(
            entry,
            sequence=self.sequence + is_off,
            changed_at=self.changed_at,
            is_off=self.is_off or is_off,
        )


def calendar_changes(
    steps: Steps, *, events: Collection[UUID] = (), sessions: Collection[UUID] = ()
) -> Mapping[UUID, CalendarChange]:
    """Count what changed since calendars were told last, and read it, by the ids."""
    with steps.read() as act:
        facts = _facts(act.connection, events, sessions)
        told = _told(act.connection, facts)
    if any(each.id not in told or told[each.id].facts != each.digest for each in facts):
        with steps.write() as act:
            facts = _facts(act.connection, events, sessions)
            _count(act, facts, _told(act.connection, facts))
            told = _told(act.connection, facts)
    return {
        each.id: CalendarChange(told[each.id].sequence, told[each.id].changed_at, each.is_off)
        for each in facts
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    id: UUID
    event_id: UUID
    is_off: bool
    digest: str


def _count(act: Act, facts: Collection[_Facts], told: Mapping[UUID, AnyRow]) -> None:
    note_touched(act.connection, [UNSEEN])
    for each in facts:
        before = told.get(each.id)
        values: dict[str, Any] = {"facts": each.digest, "changed_at": act.now}
        if before is None:
            new = {"id": each.id, "event_id": each.event_id, "sequence": 0}
            insert_row(act.connection, CalendarEntryRow, **new, **values)
        elif before.facts != each.digest:
            sequence = before.sequence + 1
            update_row(act.connection, CalendarEntryRow, each.id, sequence=sequence, **values)


def _told(connection: Connection, facts: Collection[_Facts]) -> Mapping[UUID, AnyRow]:
    ids = CalendarEntryRow.id.in_([each.id for each in facts])
    rows = connection.execute(select(CalendarEntryRow.__table__).where(ids))
    return {row.id: row for row in rows}


def _facts(
    connection: Connection, events: Collection[UUID], sessions: Collection[UUID]
) -> list[_Facts]:
    rows = [
        *connection.execute(_EVENTS.where(EventRow.id.in_(events))),
        *connection.execute(_SESSIONS.where(SessionRow.id.in_(sessions))),
    ]
    return [
        _Facts(row.id, row.event_id, bool(row.is_off), _digest(*row[2:]))  # after the ids
        for row in rows
    ]


def _digest(*facts: object) -> str:
    return hashlib.sha256(repr([str(each) for each in facts]).encode()).hexdigest()


_EVENTS: Final = select(
    EventRow.id,
    EventRow.id.label("event_id"),
    (EventRow.state == "cancelled").label("is_off"),
    EventRow.name,
    EventRow.starts_at,
    EventRow.ends_at,
    EventRow.online_url,
    VenueRow.name,
    VenueRow.address,
).outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)

_SESSIONS: Final = (
    select(
        SessionRow.id,
        SessionRow.event_id,
        (SessionRow.cancelled_at.is_not(None) | (EventRow.state == "cancelled")).label("is_off"),
        SessionRow.title,
        SessionRow.starts_at,
        SessionRow.ends_at,
        RoomRow.name,
        VenueRow.name,
        VenueRow.address,
    )
    .join(EventRow, EventRow.id == SessionRow.event_id)
    .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
    .outerjoin(VenueRow, VenueRow.id == RoomRow.venue_id)
)
