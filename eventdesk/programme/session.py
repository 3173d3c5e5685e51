"""The programme as values: sessions, speakers, sponsors, and the conflicts in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.messages import _
from eventdesk.events import Room

MAX_LOGO: Final = (600, 300)
"""Width and height in pixels to which the logo of a sponsor is made smaller."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker at an event.

    Attributes:
        email: For the team only; "" for others.
        sessions: Number of their sessions that are not cancelled.
    """

    id: UUID
    name: str
    organization: str
    biography: str
    email: str
    link: str
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A sponsor of an event.

    Attributes:
        level: Such as Gold.
        line: A sentence of theirs.
        on_badges: Whether badges name them.
        logo: A PNG of at most `MAX_LOGO` pixels; empty where there is none.
    """

    id: UUID
    name: str
    level: str
    line: str
    link: str
    on_badges: bool
    position: int
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Session:
    """One item of the programme.

    Attributes:
        capacity: Most people; None is the capacity of the room.
        sign_up: Whether people sign up beforehand.
        taken: Number of people who signed up.
        speakers: Ids and names, in the order in which they are announced.
    """

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    room_id: UUID | None = None
    room: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    capacity: int | None = None
    sign_up: bool = False
    cancelled_at: datetime | None = None
    taken: int = 0
    speakers: tuple[tuple[UUID, str], ...] = ()

    @property
    def speaker_ids(self) -> tuple[UUID, ...]:
        """The ids of its speakers."""
        return tuple(speaker_id for speaker_id, _name in self.speakers)


class EventFrame(Protocol):
    """The event that a programme has to fit into."""

    @property
    def starts_at(self) -> datetime: ...  # noqa: D102

    @property
    def ends_at(self) -> datetime: ...  # noqa: D102

    @property
    def time_zone(self) -> str: ...  # noqa: D102


class ConflictKind(StrEnum):
    """The kinds of conflicts."""

    BACKWARDS = "ends before it starts"
    ROOM = "room twice"
    SPEAKER = "speaker twice"
    OUTSIDE = "outside the event"
    CAPACITY = "more than the room holds"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict in the programme; it warns and does not forbid.

    Attributes:
        session_id: The session it is about.
        other_id: The other session; None where there is none.
        text: A sentence for people.
    """

    kind: ConflictKind
    session_id: UUID
    other_id: UUID | None
    text: str


def conflicts(
    session: Session, others: Iterable[Session], rooms: Mapping[UUID, Room], event: EventFrame
) -> tuple[Conflict, ...]:
    """The conflicts of one session, as it is or as it is being typed, with the others.

    Times are half open: a session may begin in the minute in which another ends. Cancelled
    sessions have no conflicts.
    """
    if session.cancelled_at is not None:
        return ()
    found = [*_alone(session, rooms, event)]
    for other in others:
        if other.id != session.id and other.cancelled_at is None and _overlap(session, other):
            found += _with(session, other, event)
    return tuple(found)


def all_conflicts(
    sessions: Sequence[Session], rooms: Mapping[UUID, Room], event: EventFrame
) -> dict[UUID, tuple[Conflict, ...]]:
    """The conflicts of a whole programme, by session; sessions without any are left out.

    Sessions are swept in the order of their begin, so that only those that run at the same time
    are compared.
    """
    found: defaultdict[UUID, list[Conflict]] = defaultdict(list)
    running: list[Session] = []
    for session in sorted(sessions, key=lambda one: one.starts_at):
        if session.cancelled_at is not None:
            continue
        found[session.id] += _alone(session, rooms, event)
        running = [other for other in running if other.ends_at > session.starts_at]
        for other in running:
            if _overlap(session, other):
                found[session.id] += _with(session, other, event)
                found[other.id] += _with(other, session, event)
        running.append(session)
    return {session_id: tuple(all_of_it) for session_id, all_of_it in found.items() if all_of_it}


def _overlap(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _alone(session: Session, rooms: Mapping[UUID, Room], event: EventFrame) -> Iterable[Conflict]:
    """The conflicts with the event and the room."""
    zone = ZoneInfo(event.time_zone)
    if session.ends_at <= session.starts_at:
        text = _("It ends before it starts.")
        yield Conflict(ConflictKind.BACKWARDS, session.id, None, text)
    elif session.starts_at < event.starts_at:
        at = event.starts_at.astimezone(zone)
        text = _("It starts before the event, which begins {at:%Y-%m-%d %H:%M}.", at=at)
        yield Conflict(ConflictKind.OUTSIDE, session.id, None, text)
    elif session.ends_at > event.ends_at:
        at = event.ends_at.astimezone(zone)
        text = _("It ends after the event, which is over {at:%Y-%m-%d %H:%M}.", at=at)
        yield Conflict(ConflictKind.OUTSIDE, session.id, None, text)
    room = rooms.get(session.room_id) if session.room_id is not None else None
    people = max(session.capacity or 0, session.taken)
    if room is not None and room.capacity is not None and people > room.capacity:
        text = _(
            "{people} people do not fit into {room}, which holds {capacity}.",
            people=people,
            room=room.name,
            capacity=room.capacity,
        )
        yield Conflict(ConflictKind.CAPACITY, session.id, None, text)


def _with(session: Session, other: Session, event: EventFrame) -> Iterable[Conflict]:
    """The conflicts between two sessions at the same time."""
    title, span = other.title, _span(other, session, event)
    if session.room_id is not None and session.room_id == other.room_id:
        room = session.room or _("The room")
        text = _("{room} is taken by “{title}”, {span}.", room=room, title=title, span=span)
        yield Conflict(ConflictKind.ROOM, session.id, other.id, text)
    for speaker_id, name in session.speakers:
        if speaker_id in other.speaker_ids:
            text = _("{name} speaks in “{title}”, {span}.", name=name, title=title, span=span)
            yield Conflict(ConflictKind.SPEAKER, session.id, other.id, text)


def _span(session: Session, seen_from: Session, event: EventFrame) -> str:
    """The times of a session, with the day only where it is another one."""
    zone = ZoneInfo(event.time_zone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    if start.date() == seen_from.starts_at.astimezone(zone).date():
        return _("{start:%H:%M} to {end:%H:%M}", start=start, end=end)
    return _("{start:%Y-%m-%d %H:%M} to {end:%H:%M}", start=start, end=end)


@dataclass(frozen=True, slots=True)
class Clash:
    """A session of one's own programme at the same time as another one."""

    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
