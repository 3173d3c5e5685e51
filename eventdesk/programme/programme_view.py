"""Reading a programme: for its team with what is at odds, for guests as it is announced."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data.schema import RoomRow, SessionRow, SessionSpeakerRow, SignUpRow, SpeakerRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.events.event import EventDetail
from eventdesk.events.event_access import is_team, need_visible
from eventdesk.events.event_view import read_detail
from eventdesk.events.venue import Room, Venue
from eventdesk.events.venues import read_rooms, read_venues
from eventdesk.programme.session import Conflict, Session, Speaker, Sponsor, all_conflicts
from eventdesk.programme.speakers import read_speakers
from eventdesk.programme.sponsors import read_sponsors


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that happens at an event.

    Attributes:
        sessions: In the order in which they begin, cancelled ones among them.
        conflicts: What is at odds, by session; empty for guests.
    """

    event: EventDetail
    venues: tuple[Venue, ...] = ()
    rooms: tuple[Room, ...] = ()
    sessions: tuple[Session, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    conflicts: Mapping[UUID, tuple[Conflict, ...]] = field(default_factory=dict)

    def by_day(self) -> dict[date, list[Session]]:
        """The sessions of each day, as the calendar at the event counts days."""
        zone = ZoneInfo(self.event.time_zone)
        days: dict[date, list[Session]] = {}
        for session in self.sessions:
            days.setdefault(session.starts_at.astimezone(zone).date(), []).append(session)
        return days

    def by_room(self) -> dict[str, list[Session]]:
        """The sessions of each room by its name; those without a room under ""."""
        rooms: dict[str, list[Session]] = {room.name: [] for room in self.rooms}
        for session in self.sessions:
            rooms.setdefault(session.room, []).append(session)
        return rooms


def read_programme(
    store: Store, actor: Actor | None, event_id: UUID, *, code: str = "", now: datetime
) -> Programme:
    """Read the programme of an event as this person may see it.

    Raises:
        NotFoundError: There is no such event, or it is not for them.
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        need_visible(connection, actor, event_id, access_code=code, now=now)
        team = is_team(connection, actor, event_id)
        event = read_detail(connection, event_id, team=team, now=now)
        sessions = read_sessions(connection, event_id)
        rooms = read_rooms(connection, event_id)
        by_id = {room.id: room for room in rooms}
        return Programme(
            event,
            tuple(read_venues(connection, event_id)),
            tuple(rooms),
            tuple(sessions),
            tuple(read_speakers(connection, event_id, team=team)),
            tuple(read_sponsors(connection, event_id)),
            all_conflicts(sessions, by_id, event) if team else {},
        )


def read_sessions(
    connection: Connection, event_id: UUID, session_id: UUID | None = None
) -> list[Session]:
    """Read the sessions of an event in the order in which they begin, or one of them."""
    where = [SessionRow.event_id == event_id]
    if session_id is not None:
        where.append(SessionRow.id == session_id)
    rows = connection.execute(
        select(SessionRow.__table__, RoomRow.name.label("room"))
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(*where)
        .order_by(SessionRow.starts_at, RoomRow.name, SessionRow.title)
    ).all()
    taken: dict[UUID, int] = {
        signed_up.session_id: signed_up.people
        for signed_up in connection.execute(
            select(SignUpRow.session_id, func.count().label("people"))
            .join(SessionRow, SessionRow.id == SignUpRow.session_id)
            .where(*where)
            .group_by(SignUpRow.session_id)
        )
    }
    speakers: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for row in connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .join(SessionRow, SessionRow.id == SessionSpeakerRow.session_id)
        .where(*where)
        .order_by(SessionSpeakerRow.position)
    ):
        speakers[row.session_id].append((row.id, row.name))
    return [
        Session(
            id=row.id,
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room_id=row.room_id,
            room=row.room or "",
            description=row.description,
            tags=tuple(row.tags),
            capacity=row.capacity,
            sign_up=row.sign_up,
            cancelled_at=row.cancelled_at,
            taken=taken.get(row.id, 0),
            speakers=tuple(speakers[row.id]),
        )
        for row in rows
    ]
