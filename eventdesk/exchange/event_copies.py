"""Copy of an event: everything that was set up, without bookings."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from data.numbers import next_number
from data.schema import (
    CheckInListRow,
    CheckInListTypeRow,
    DiscountRow,
    DiscountTypeRow,
    EventRoleRow,
    EventRow,
    GateRow,
    QuestionRow,
    QuestionTypeRow,
    RoomRow,
    SeatRow,
    SeatSectionRow,
    SessionRow,
    SessionSpeakerRow,
    SpeakerRow,
    SponsorRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    VenueRow,
)
from eventdesk.acts import Act, Actor, Permission, Role, event_row, writes
from eventdesk.core import typed_text
from eventdesk.core.ids import new_code, new_id
from eventdesk.core.messages import msg
from eventdesk.door import moved_rules, moved_tells
from eventdesk.events import EventView, learn_event, shifted

BATCH = 1000
"""Rows written at a time."""

_PARTS: tuple[Any, ...] = (
    *(VenueRow, RoomRow, SpeakerRow, SponsorRow, SessionRow, SeatSectionRow, TicketTypeRow),
    *(DiscountRow, QuestionRow, GateRow, CheckInListRow, SeatRow),
)
"""Tables with an event and an id, each after those it refers to."""

_LINKS: tuple[tuple[Any, Any, str], ...] = (
    (SessionSpeakerRow, SessionRow, "session_id"),
    (TicketTypeSessionRow, TicketTypeRow, "ticket_type_id"),
    (DiscountTypeRow, DiscountRow, "discount_id"),
    (QuestionTypeRow, QuestionRow, "question_id"),
    (CheckInListTypeRow, CheckInListRow, "list_id"),
)
"""Tables that link two parts: the table, one of the parts, and its column."""

_EMPTY: dict[str, Any] = {"ticket_id": None, "held_by": None, "held_until": None}
"""Columns of a seat that are not copied."""


@writes(Permission.EVENT, about="event_id")
def duplicate_event(act: Act, event_id: UUID, *, starts_at: datetime, name: str = "") -> EventView:
    """Make a draft like an event: programme, tickets, codes, questions, seats, lists and rules.

    Times move by the wall clock, so that 09:00 stays 09:00 in any season. Guests, money, the team,
    invitations, the access code and the staff PIN are not copied; agreed commission is, if an
    admin makes the copy.

    Args:
        name: The copy's name; "" keeps the name.
    """
    called = typed_text.line(name, msg("A name"))
    old = event_row(act.connection, event_id)
    here = act.need(event_id, Permission.EVENT)
    zone = ZoneInfo(old.time_zone)
    local = [at.astimezone(zone).replace(tzinfo=None) for at in (starts_at, old.starts_at)]
    copy = _Copy(act.connection, old.time_zone, local[0] - local[1], act.now)
    values = copy.event(old, here, called or old.name)
    for table in _PARTS:
        copy.part(table, event_id)
    for table, part, column in _LINKS:
        copy.link(table, part, column, event_id)
    copy.place(old.venue_id)
    learn_event(act.connection, copy.event_id)
    subject = ("event", copy.event_id)
    act.record("duplicate_event", subject, event_id=copy.event_id, template=str(event_id))
    return EventView(
        copy.event_id,
        values["name"],
        values["code"],
        values["starts_at"],
        values["ends_at"],
        values["time_zone"],
    )


class _Copy:
    """One copy: new ids by old ones, and how far times move."""

    def __init__(
        self, connection: Connection, time_zone: str, by: timedelta, now: datetime
    ) -> None:
        self.connection, self.time_zone, self.by, self.now = connection, time_zone, by, now
        self.event_id = new_id()
        self.ids: dict[UUID, UUID] = {}

    def event(self, old: Any, actor: Actor, name: str) -> dict[str, Any]:
        """Copy the event itself, as the actor's draft."""
        self.ids[old.id] = self.event_id
        owner_id = actor.id if actor.id is not None else old.owner_id
        values = self._moved(old._asdict()) | {
            "number": next_number(self.connection, EventRow.number),
            "code": new_code(6),
            "name": name,
            "state": "draft",
            "staff_pin_hash": None,
            "access_code": new_code(8) if old.access_code else "",
            "refusal": "",
            "submitted_at": None,
            "published_at": None,
            "cancelled_at": None,
            "venue_id": None,
            "owner_id": owner_id,
        }
        if not actor.may(Permission.INSTALLATION):
            values["commission_bp"] = None
        self.connection.execute(insert(EventRow).values(**values))
        if owner_id is not None:
            role = {"event_id": self.event_id, "account_id": owner_id, "role": Role.ORGANIZER}
            self.connection.execute(insert(EventRoleRow).values(role))
        return values

    def part(self, table: Any, event_id: UUID) -> None:
        """Copy the rows of a table; new ids come first, since rows may refer to each other."""
        rows = self.connection.execute(
            select(table.__table__).where(table.event_id == event_id)
        ).all()
        self.ids |= {row.id: new_id() for row in rows}
        emptied = _EMPTY if table is SeatRow else {}
        moved = [self._moved(row._asdict()) | emptied for row in rows]
        if table is CheckInListRow:
            days = timedelta(days=round(self.by / timedelta(days=1)))
            for values in moved:
                values["rules"] = moved_rules(values["rules"], self.ids, days)
                values["tells"] = moved_tells(values["tells"], self.ids)
        self._write(table, moved)

    def link(self, table: Any, part: Any, column: str, event_id: UUID) -> None:
        """Copy the rows of a linking table."""
        rows = self.connection.execute(
            select(table.__table__)
            .join(part, part.id == getattr(table, column))
            .where(part.event_id == event_id)
        ).all()
        self._write(table, [self._moved(row._asdict()) for row in rows])

    def place(self, venue_id: UUID | None) -> None:
        """Set the venue, which is copied after the event."""
        if venue_id is not None:
            here = update(EventRow).where(EventRow.id == self.event_id)
            self.connection.execute(here.values(venue_id=self.ids[venue_id]))

    def _moved(self, values: dict[str, Any]) -> dict[str, Any]:
        """The same values with new ids and later times."""
        moved = {name: self._one(value) for name, value in values.items()}
        return moved | ({"created_at": self.now} if "created_at" in values else {})

    def _one(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self.ids.get(value, value)
        if isinstance(value, datetime):
            return shifted(value, self.time_zone, self.by)
        return value

    def _write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if table is QuestionRow and rows:
            # One statement, since a question may depend on a later one.
            self.connection.execute(insert(table).values(rows))
            return
        for start in range(0, len(rows), BATCH):
            self.connection.execute(insert(table), rows[start : start + BATCH])
