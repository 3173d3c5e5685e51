"""A person's own programme: sessions as the person stands to them, signing up and leaving."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    AccountRow,
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
from eventdesk.acts.audit import record
from eventdesk.acts.deadlines import has_lapsed, offer_lapsed
from eventdesk.acts.permission import allowed
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.programme import session_places
from eventdesk.programme.session_places import person_of
from eventdesk.waiting.own_programme_values import Going, OwnProgramme, ProgrammeItem, SignUpResult
from eventdesk.waiting.waitlist_entries import (
    ENTRIES,
    OPEN,
    add_entry,
    log,
    open_entry,
    place_of,
    put_state,
    which,
)
from eventdesk.waiting.waitlist_entry import EntryState
from eventdesk.waiting.waitlist_offers import fill_session


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


@allowed(Permission.ATTEND)
def sign_up(
    store: Store, actor: Actor, session_id: UUID, *, despite_conflict: bool = False, now: datetime
) -> SignUpResult:
    """Take a place in a session, or join its waitlist when it is full.

    It takes the offered place of who has one. Doing it twice changes nothing.

    Args:
        store: Where the programme lives.
        actor: Who signs up.
        session_id: The session.
        despite_conflict: Go on although another session of the own programme is at the same time.
        now: The store's clock.

    Returns:
        What came of it. With clashes, and without `despite_conflict`, nothing was changed.

    Raises:
        NotFoundError: There is no such session.
        NotAllowedError: No valid ticket that lets in, or the account was closed.
        InvalidInputError: No sign-up, cancelled, or begun.
    """
    with store.write() as connection:
        session = session_places.session_row(connection, session_id)
        account_id = person_of(connection, actor, session.event_id)
        session_places.need_open(session, now)
        if session_places.is_signed_up(connection, account_id, session_id):
            return SignUpResult(Going.SIGNED_UP)
        if not session_places.may_enter(connection, account_id, session):
            raise NotAllowedError(
                "There is no valid ticket of yours that lets in to this session.",
                hint="Book one, or pay what is due; an unpaid booking holds no session.",
            )
        found = session_places.clashes(connection, account_id, session)
        if found and not despite_conflict:
            return SignUpResult(Going.FREE, found)
        entry = _entry(connection, account_id, session_id)
        if (
            entry is not None
            and entry.state == EntryState.OFFERED
            and not has_lapsed(connection, entry, now)
        ):
            put_state(connection, [entry.id], EntryState.TAKEN, offer_until=None)
            log(connection, actor, "accept_place", entry, now)
            session_places.put_in(connection, account_id, session, now)
            return SignUpResult(Going.SIGNED_UP, found)
        if entry is not None:
            return SignUpResult(Going.WAITING, found, place_of(connection, entry), entry.id)
        if not _others_wait(connection, session_id) and session_places.free_places(
            connection, session, now
        ):
            session_places.put_in(connection, account_id, session, now)
            _log(connection, actor, "sign_up", session, now)
            return SignUpResult(Going.SIGNED_UP, found)
        person = _name_and_email(connection, account_id)
        view = add_entry(
            connection,
            actor,
            session.event_id,
            ticket_type_id=None,
            session_id=session_id,
            account_id=account_id,
            name=person.name,
            email=person.email,
            now=now,
        )
        return SignUpResult(Going.WAITING, found, view.place, view.id)


@allowed(Permission.ATTEND)
def leave_session(store: Store, actor: Actor, session_id: UUID, *, now: datetime) -> Going:
    """Give a place in a session, or on its waitlist, back; the next gets it at once.

    Returns:
        How the person stood to it before.

    Raises:
        NotFoundError: No such session, or the person neither signed up for it nor waits.
    """
    with store.write() as connection:
        session = session_places.session_row(connection, session_id)
        account_id = person_of(connection, actor, session.event_id)
        entry = _entry(connection, account_id, session_id)
        if session_places.take_out(connection, account_id, session_id):
            _log(connection, actor, "leave_session", session, now)
            before = Going.SIGNED_UP
        elif entry is not None:
            put_state(connection, [entry.id], EntryState.LEFT, offer_until=None)
            log(connection, actor, "leave_waitlist", entry, now)
            before = Going(entry.state)
        else:
            raise NotFoundError("You are not signed up for this session.")
        fill_session(connection, session_id, now=now)
        return before


def _entry(connection: Connection, account_id: UUID, session_id: UUID) -> Any | None:
    return open_entry(connection, account_id, "", which(None, session_id))


def _others_wait(connection: Connection, session_id: UUID) -> bool:
    waiting = select(WaitlistEntryRow.id).where(
        WaitlistEntryRow.session_id == session_id, WaitlistEntryRow.state == "waiting"
    )
    return connection.execute(waiting.limit(1)).first() is not None


def _name_and_email(connection: Connection, account_id: UUID) -> Any:
    row = connection.execute(
        select(AccountRow.name, AccountRow.email).where(AccountRow.id == account_id)
    ).one_or_none()
    if row is None:
        raise InvalidInputError("Nobody is signed in.", hint="Sign in first.")
    return row


def _log(connection: Connection, actor: Actor, verb: str, session: Any, now: datetime) -> None:
    record(
        connection,
        actor,
        verb,
        ("session", session.id),
        now=now,
        event_id=session.event_id,
        session=session.title,
    )
