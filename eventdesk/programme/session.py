"""The programme: venues, rooms, sessions, speakers, sponsors, and what is at odds in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.events import Room

MAX_LOGO: Final = (600, 300)
"""Width and height in pixels to which a sponsor's logo is made smaller."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks at an event.

    Attributes:
        email: For the team only; "" for others.
        sessions: In how many sessions that are not cancelled.
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
    """Who supports an event.

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
        capacity: Most people; None asks the room.
        sign_up: Whether people say beforehand that they come.
        taken: How many said so.
        speakers: Ids and names in the order in which they are announced.
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


class EventFrame(Protocol):
    """What the programme has to fit into."""

    @property
    def starts_at(self) -> datetime:
        """When the event begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""

    @property
    def time_zone(self) -> str:
        """In which zone its clocks are."""


class ConflictKind(StrEnum):
    """What can be at odds."""

    BACKWARDS = "ends before it starts"
    ROOM = "room twice"
    SPEAKER = "speaker twice"
    OUTSIDE = "outside the event"
    CAPACITY = "more than the room holds"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something at odds in the programme; it warns and does not forbid.

    Attributes:
        session_id: The session it is about.
        other_id: The other session of it; None where there is none.
        text: A sentence for people.
    """

    kind: ConflictKind
    session_id: UUID
    other_id: UUID | None
    text: str


def conflicts(
    session: Session, others: Iterable[Session], rooms: Mapping[UUID, Room], event: EventFrame
) -> tuple[Conflict, ...]:
    """Say everything that is at odds with one session.

    Times are half open: a session may begin in the minute in which another ends. Cancelled
    sessions are at odds with nothing.

    Args:
        session: The session, as it is or as it is being typed.
        others: The programme; the session itself may be among them.
        rooms: The rooms by id.
        event: What it has to fit into.
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
    """Say what is at odds in a whole programme, by session; those without any are left out.

    Sessions are swept in the order of their beginnings, so that only those that run at the same
    time are compared.
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
    """What is at odds with the event and the room, whatever else there is."""
    if session.ends_at <= session.starts_at:
        text = "It ends before it starts."
        yield Conflict(ConflictKind.BACKWARDS, session.id, None, text)
    elif session.starts_at < event.starts_at:
        text = f"It starts before the event, which begins {_moment(event.starts_at, event)}."
        yield Conflict(ConflictKind.OUTSIDE, session.id, None, text)
    elif session.ends_at > event.ends_at:
        text = f"It ends after the event, which is over {_moment(event.ends_at, event)}."
        yield Conflict(ConflictKind.OUTSIDE, session.id, None, text)
    room = rooms.get(session.room_id) if session.room_id is not None else None
    people = max(session.capacity or 0, session.taken)
    if room is not None and room.capacity is not None and people > room.capacity:
        text = f"{people} people do not fit into {room.name}, which holds {room.capacity}."
        yield Conflict(ConflictKind.CAPACITY, session.id, None, text)


def _with(session: Session, other: Session, event: EventFrame) -> Iterable[Conflict]:
    """What is at odds between two sessions at the same time."""
    when = f"“{other.title}”, {_span(other, session, event)}"
    if session.room_id is not None and session.room_id == other.room_id:
        text = f"{session.room or 'The room'} is taken by {when}."
        yield Conflict(ConflictKind.ROOM, session.id, other.id, text)
    theirs = {speaker_id for speaker_id, _name in other.speakers}
    for speaker_id, name in session.speakers:
        if speaker_id in theirs:
            text = f"{name} speaks in {when}."
            yield Conflict(ConflictKind.SPEAKER, session.id, other.id, text)


def _moment(at: datetime, event: EventFrame) -> str:
    return f"{at.astimezone(ZoneInfo(event.time_zone)):%Y-%m-%d %H:%M}"


def _span(session: Session, seen_from: Session, event: EventFrame) -> str:
    """From when to when, with the day only where it is another one."""
    zone = ZoneInfo(event.time_zone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    is_same_day = start.date() == seen_from.starts_at.astimezone(zone).date()
    begins = f"{start:%H:%M}" if is_same_day else _moment(session.starts_at, event)
    return f"{begins} to {end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Clash:
    """A session of the own programme at the same time as another one."""

    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
