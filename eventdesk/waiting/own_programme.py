"""A person's own programme: all sessions of an event as this person stands to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    EventRow,
    RoomRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.deadlines import offer_lapsed
from eventdesk.acts.permission import allowed
from eventdesk.core.errors import NotFoundError
from eventdesk.programme import session_places
from eventdesk.programme.session_places import person_of
from eventdesk.waiting.own_programme_values import Going, OwnProgramme, ProgrammeItem
from eventdesk.waiting.waitlist_entries import ENTRIES, OPEN, place_of
from eventdesk.waiting.waitlist_entry import EntryState


@allowed(Permission.ATTEND)
def my_programme(store: Store, actor: Actor, event_id: UUID, *, now: datetime) -> OwnProgramme:
    """Read all sessions of an event as this person stands to them.

    What is in the own programme says `Going.in_programme`: signed up, waiting, or without
    sign-up; the rest could be added.

    Raises:
        NotFoundError: There is no such event.
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        account_id = person_of(connection, actor, event_id)
        event = connection.execute(
            select(EventRow.name, EventRow.time_zone).where(EventRow.id == event_id)
        ).one_or_none()
        if event is None:
            raise NotFoundError("There is no such event.")
        sessions = connection.execute(_sessions(event_id)).all()
        signed = {
            row.session_id
            for row in connection.execute(
                select(SignUpRow.session_id).where(
                    SignUpRow.account_id == account_id, SignUpRow.event_id == event_id
                )
            )
        }
        entries = _own_entries(connection, account_id, event_id, now)
        types = session_places.ticket_types_of(connection, [account_id], event_id).get(account_id)
        only = session_places.lets_in(connection, types or set())
        speakers = _speakers(connection, event_id)
        busy = _busy(connection, event_id, now)
        items = []
        for row in sessions:
            welcome = any(kind not in only or row.id in only[kind] for kind in types or ())
            left = None
            if row.sign_up and row.capacity is not None:
                left = max(0, row.capacity - busy.get(row.id, 0))
            entry, place = entries.get(row.id, (None, None))
            items.append(
                ProgrammeItem(
                    session_id=row.id,
                    title=row.title,
                    room=row.room or "",
                    speakers=speakers.get(row.id, ()),
                    tags=tuple(row.tags),
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                    going=_going(row, row.id in signed, entry, welcome, left),
                    left=left,
                    place=place,
                    entry_id=entry.id if entry else None,
                    offer_until=entry.offer_until if entry else None,
                    clashes=tuple(
                        other.title
                        for other in sessions
                        if other.id in signed
                        and other.id != row.id
                        and other.starts_at < row.ends_at
                        and other.ends_at > row.starts_at
                    ),
                )
            )
    return OwnProgramme(event_id, event.name, event.time_zone, bool(types), tuple(items))


@allowed(Permission.ATTEND)
def programmes_of(store: Store, actor: Actor, *, now: datetime) -> list[tuple[UUID, str]]:
    """Read the events with a programme that a person has a ticket for and that are not over.

    Returns:
        Id and name of each, the next one first.

    Raises:
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        account_id = person_of(connection, actor, None)
        ids = session_places.events_of(connection, account_id)
        rows = connection.execute(
            select(EventRow.id, EventRow.name)
            .where(
                EventRow.id.in_(ids),
                EventRow.ends_at > now,
                EventRow.state == "published",
                select(SessionRow.id).where(SessionRow.event_id == EventRow.id).exists(),
            )
            .order_by(EventRow.starts_at, EventRow.id)
        )
        return [(row.id, row.name) for row in rows]


def _sessions(event_id: UUID) -> Any:
    return (
        select(
            SessionRow.id,
            SessionRow.title,
            SessionRow.starts_at,
            SessionRow.ends_at,
            SessionRow.tags,
            SessionRow.capacity,
            SessionRow.sign_up,
            RoomRow.name.label("room"),
        )
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
        .order_by(SessionRow.starts_at, SessionRow.ends_at, SessionRow.id)
    )


def _own_entries(
    connection: Connection, account_id: UUID, event_id: UUID, now: datetime
) -> dict[UUID, tuple[Any, int | None]]:
    """Open entries of a person for sessions, with their places, by session."""
    rows = connection.execute(
        ENTRIES.where(
            WaitlistEntryRow.account_id == account_id,
            WaitlistEntryRow.state.in_(OPEN),
            ~offer_lapsed(now),
            WaitlistEntryRow.session_id.is_not(None),
            WaitlistEntryRow.event_id == event_id,
        )
    ).all()
    return {row.session_id: (row, place_of(connection, row)) for row in rows}


def _speakers(connection: Connection, event_id: UUID) -> dict[UUID, tuple[str, ...]]:
    rows = connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .where(SpeakerRow.event_id == event_id)
        .order_by(SessionSpeakerRow.session_id, SessionSpeakerRow.position)
    )
    names: dict[UUID, tuple[str, ...]] = {}
    for session_id, name in rows:
        names[session_id] = (*names.get(session_id, ()), name)
    return names


def _busy(connection: Connection, event_id: UUID, now: datetime) -> dict[UUID, int]:
    """How many places of each session are taken, offered or waited for."""
    of_event = select(SessionRow.id).where(SessionRow.event_id == event_id)
    busy: dict[UUID, int] = {}
    for column, of in (
        (SignUpRow.session_id, SignUpRow.session_id.in_(of_event)),
        (
            WaitlistEntryRow.session_id,
            WaitlistEntryRow.session_id.in_(of_event)
            & WaitlistEntryRow.state.in_(OPEN)
            & ~offer_lapsed(now),
        ),
    ):
        rows = connection.execute(select(column, func.count()).where(of).group_by(column))
        for session_id, count in rows:
            assert session_id is not None
            busy[session_id] = busy.get(session_id, 0) + count
    return busy


def _going(row: Any, signed: bool, entry: Any | None, welcome: bool, left: int | None) -> Going:
    if not row.sign_up:
        return Going.OPEN
    if signed:
        return Going.SIGNED_UP
    if entry is not None:
        return Going.OFFERED if entry.state == EntryState.OFFERED else Going.WAITING
    if not welcome:
        return Going.NOT_FOR_TICKET
    return Going.FULL if left == 0 else Going.FREE
