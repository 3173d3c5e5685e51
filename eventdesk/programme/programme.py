"""Sessions: adding, changing, cancelling and removing them; and reading the programme."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, insert, select

from data.rows import AnyRow, count_rows, delete_row, insert_row, update_row, view_from
from data.schema import (
    CheckInListRow,
    RoomRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    TicketTypeSessionRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.fields import LINE, MOMENT, NUMBER, ONE, PAGE, SEVERAL, YES, Field, cleaned
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg
from eventdesk.events import (
    EventDetail,
    Room,
    Venue,
    is_team,
    need_part,
    need_programme,
    need_visible,
    read_detail,
    read_rooms,
    read_venues,
    tell_listeners,
)
from eventdesk.programme.session import (
    Conflict,
    Session,
    Speaker,
    Sponsor,
    all_conflicts,
    conflicts,
)
from eventdesk.programme.speakers import read_speakers
from eventdesk.programme.sponsors import read_sponsors

_NO_SESSION = msg("There is no such session any more.")


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme of an event.

    Attributes:
        sessions: In the order in which they begin, cancelled ones included.
        conflicts: The conflicts of each session; empty for guests.
    """

    event: EventDetail
    venues: tuple[Venue, ...] = ()
    rooms: tuple[Room, ...] = ()
    sessions: tuple[Session, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    conflicts: Mapping[UUID, tuple[Conflict, ...]] = field(default_factory=dict)

    def by_day(self) -> dict[date, list[Session]]:
        """The sessions of each day, in the time zone of the event."""
        zone = ZoneInfo(self.event.time_zone)
        days: dict[date, list[Session]] = {}
        for session in self.sessions:
            days.setdefault(session.starts_at.astimezone(zone).date(), []).append(session)
        return days


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be added, or its new values; the description is Markdown."""

    title: str
    starts_at: datetime
    ends_at: datetime
    room_id: UUID | None = None
    description: str = ""
    tags: Sequence[str] = ()
    capacity: int | None = None
    sign_up: bool = False
    speaker_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class SessionSaved:
    """A session as it was written, and the conflicts it has now."""

    session: Session
    conflicts: tuple[Conflict, ...]


@reads(public=True, about="event_id")
def read_programme(act: Act, event_id: UUID, *, code: str = "") -> Programme:
    """Read the programme of an event as this person may see it."""
    need_visible(act, event_id, access_code=code)
    team = is_team(act, event_id)
    event = read_detail(act, event_id, team=team)
    sessions = _read_sessions(act.connection, event_id)
    rooms = read_rooms(act.connection, event_id)
    by_id = {room.id: room for room in rooms}
    return Programme(
        event,
        tuple(read_venues(act.connection, event_id)),
        tuple(rooms),
        tuple(sessions),
        tuple(read_speakers(act.connection, event_id, team=team)),
        tuple(read_sponsors(act.connection, event_id)),
        all_conflicts(sessions, by_id, event) if team else {},
    )


@writes(Permission.PROGRAMME, about="event_id")
def add_session(act: Act, event_id: UUID, new: NewSession) -> SessionSaved:
    """Add a session.

    Raises:
        InvalidInputError: No title, it ends before it starts, something typed cannot be used, or
            the event is cancelled.
    """
    values = _values(new)
    session_id = new_id()
    event = need_programme(act, event_id)
    _need_parts(act.connection, event_id, new)
    insert_row(act.connection, SessionRow, id=session_id, event_id=event_id, **values)
    _put_speakers(act.connection, session_id, new.speaker_ids)
    _note(act, "add_session", session_id, event_id, title=values["title"])
    return _saved(act.connection, event, session_id)


@writes(Permission.PROGRAMME, about=event_of(SessionRow, "session_id"))
def change_session(act: Act, session_id: UUID, new: NewSession) -> SessionSaved:
    """Change a session; people who signed up are told of another time or room.

    Raises:
        InvalidInputError: As with `add_session`, or the capacity is below what is taken
            or offered.
    """
    values = _values(new)
    event = need_part(act, SessionRow, session_id, _NO_SESSION)
    event_id = event.id
    _need_parts(act.connection, event_id, new)
    before = _one(act.connection, event_id, session_id)
    offered = count_rows(
        act.connection,
        (WaitlistEntryRow.session_id == session_id) & (WaitlistEntryRow.state == "offered"),
    )
    if new.capacity is not None and new.capacity < before.taken + offered:
        refusal = msg("{taken} people signed up already.", taken=before.taken)
        if offered:
            refusal = msg(
                "{taken} people signed up already, and {offered} more were offered a place.",
                taken=before.taken,
                offered=offered,
            )
        least = before.taken + offered
        raise InvalidInputError(
            refusal, hint=msg("Choose a capacity of {least} or more.", least=least)
        )
    update_row(act.connection, SessionRow, session_id, **values)
    _put_speakers(act.connection, session_id, new.speaker_ids)
    saved = _saved(act.connection, event, session_id)
    place = attrgetter("starts_at", "ends_at", "room_id")
    moved = place(before) != place(new)
    if moved and before.cancelled_at is None:
        title = msg("“{session}” was moved", session=before.title)
        body = _where(saved.session, event.time_zone)
        tell_listeners(act, event_id, session_id, ("change", title, body))
    _note(act, "change_session", session_id, event_id, moved=moved)
    return saved


@writes(Permission.PROGRAMME, about=event_of(SessionRow, "session_id"))
def cancel_session(act: Act, session_id: UUID, *, reason: str) -> int:
    """Call a session off; returns how many people, who signed up or wait, were told why.

    Raises:
        InvalidInputError: No reason was given, or it is cancelled already.
    """
    why = typed_text.page(reason, msg("A reason"), most=2000, needed=True)
    event_id = need_part(act, SessionRow, session_id, _NO_SESSION).id
    session = _one(act.connection, event_id, session_id)
    if session.cancelled_at is not None:
        raise InvalidInputError(msg("This session is cancelled already."))
    update_row(act.connection, SessionRow, session_id, cancelled_at=act.now)
    notice = ("cancellation", msg("“{session}” is cancelled", session=session.title), why)
    told = tell_listeners(act, event_id, session_id, notice)
    _note(act, "cancel_session", session_id, event_id, reason=why, told=told)
    return told


@writes(Permission.PROGRAMME, about=event_of(SessionRow, "session_id"))
def restore_session(act: Act, session_id: UUID) -> int:
    """Take back that a session was called off; returns how many people were told.

    Raises:
        InvalidInputError: It is not cancelled, or the event is.
    """
    event = need_part(act, SessionRow, session_id, _NO_SESSION)
    event_id = event.id
    session = _one(act.connection, event_id, session_id)
    if session.cancelled_at is None:
        raise InvalidInputError(msg("This session is not cancelled."))
    update_row(act.connection, SessionRow, session_id, cancelled_at=None)
    body = _where(session, event.time_zone)
    notice = ("change", msg("“{session}” takes place after all", session=session.title), body)
    told = tell_listeners(act, event_id, session_id, notice)
    _note(act, "restore_session", session_id, event_id, told=told)
    return told


@writes(Permission.PROGRAMME, about=event_of(SessionRow, "session_id"))
def remove_session(act: Act, session_id: UUID) -> None:
    """Remove a session that nothing and nobody depends on.

    Raises:
        InvalidInputError: People signed up or waited, or ticket types or a check-in list are for
            it.
    """
    event_id = need_part(act, SessionRow, session_id, _NO_SESSION).id
    people = count_rows(act.connection, SignUpRow.session_id == session_id)
    people += count_rows(act.connection, WaitlistEntryRow.session_id == session_id)
    if people:
        raise InvalidInputError(
            msg("People signed up for this session or waited for it."),
            hint=msg("Cancel it instead, so that they are told."),
        )
    # A ticket type without any session lets in to all of them.
    if count_rows(act.connection, TicketTypeSessionRow.session_id == session_id):
        raise InvalidInputError(
            msg("Ticket types are for this session."), hint=msg("Take it out of them first.")
        )
    if count_rows(act.connection, CheckInListRow.session_id == session_id):
        raise InvalidInputError(
            msg("A check-in list is the door of this session."),
            hint=msg("Change or remove it first."),
        )
    _put_speakers(act.connection, session_id, ())
    delete_row(act.connection, SessionRow, session_id)
    _note(act, "remove_session", session_id, event_id)


def _read_sessions(
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
        view_from(
            Session,
            row,
            room=row.room or "",
            tags=tuple(row.tags),
            taken=taken.get(row.id, 0),
            speakers=tuple(speakers[row.id]),
        )
        for row in rows
    ]


SESSION: Final = (
    Field("title", LINE, "Title", "What it is called from now on.", what="A title", needed=True),
    Field(
        "starts_at", MOMENT, "Begins", 'Such as "2026-06-01 09:00".', option="--from", needed=True
    ),
    Field(
        "ends_at",
        MOMENT,
        "Ends",
        'Such as "2026-06-01 10:00".',
        option="--until",
        needed=True,
        after="starts_at",
    ),
    Field(
        "room_id",
        ONE,
        "Room",
        'A room by name, or "none".',
        what="room",
        none="no room",
        option="--room",
    ),
    Field(
        "speaker_ids",
        SEVERAL,
        "Speakers",
        "Who speaks; may be repeated.",
        what="speaker",
        option="--speaker",
        check=list,
    ),
    Field("tags", SEVERAL, help="May be repeated.", option="--tag", check=typed_text.tags),
    Field("sign_up", YES, "People sign up", "Whether people say beforehand that they come."),
    Field(
        "capacity",
        NUMBER,
        "Most people",
        'Most people, or "none": as many as the room holds.',
        what="A capacity",
        least=1,
    ),
    Field("description", PAGE, "Description", "Markdown.", what="A description"),
)
"""The fields of a session, in the order of its form."""


def _values(new: NewSession) -> dict[str, Any]:
    if new.ends_at <= new.starts_at:
        raise InvalidInputError(
            msg("The session ends before it starts."), hint=msg("Check both times.")
        )
    kept = cleaned(SESSION, new)
    return {one.name: getattr(kept, one.name) for one in SESSION if one.name != "speaker_ids"}


def _need_parts(connection: Connection, event_id: UUID, new: NewSession) -> None:
    """Require that room and speakers belong to the event."""
    here = (RoomRow.id == new.room_id) & (RoomRow.event_id == event_id)
    if new.room_id is not None and not count_rows(connection, here):
        raise NotFoundError(
            msg("There is no such room at this event."), hint=msg("Choose another room.")
        )
    wanted = set(new.speaker_ids)
    known = SpeakerRow.id.in_(wanted) & (SpeakerRow.event_id == event_id)
    if count_rows(connection, known) != len(wanted):
        raise NotFoundError(
            msg("There is no such speaker at this event."), hint=msg("Choose them again.")
        )


def _put_speakers(connection: Connection, session_id: UUID, speakers: Sequence[UUID]) -> None:
    connection.execute(delete(SessionSpeakerRow).where(SessionSpeakerRow.session_id == session_id))
    rows = [
        {"session_id": session_id, "speaker_id": speaker_id, "position": position}
        for position, speaker_id in enumerate(dict.fromkeys(speakers))
    ]
    if rows:
        connection.execute(insert(SessionSpeakerRow), rows)


def _saved(connection: Connection, event: AnyRow, session_id: UUID) -> SessionSaved:
    sessions = _read_sessions(connection, event.id)
    session = next(one for one in sessions if one.id == session_id)
    rooms = {room.id: room for room in read_rooms(connection, event.id)}
    return SessionSaved(session, conflicts(session, sessions, rooms, event))


def _one(connection: Connection, event_id: UUID, session_id: UUID) -> Session:
    return _read_sessions(connection, event_id, session_id)[0]


def _where(session: Session, time_zone: str) -> Message:
    zone = ZoneInfo(time_zone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    times = {"start": start, "end": end}
    if session.room:
        return msg("{start:%Y-%m-%d %H:%M} to {end:%H:%M}, {room}.", room=session.room, **times)
    return msg("{start:%Y-%m-%d %H:%M} to {end:%H:%M}.", **times)


def _note(act: Act, verb: str, session_id: UUID, event_id: UUID, **detail: object) -> None:
    act.record(verb, ("session", session_id), event_id=event_id, **detail)
