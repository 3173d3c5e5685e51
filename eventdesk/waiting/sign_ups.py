"""Signing up for sessions and leaving them again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import AccountRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.deadlines import has_lapsed
from eventdesk.acts.permission import allowed
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.programme import session_places
from eventdesk.programme.session_places import person_of
from eventdesk.waiting.own_programme_values import Going, SignUpResult
from eventdesk.waiting.waitlist_entries import (
    add_entry,
    log,
    open_entry,
    place_of,
    put_state,
    which,
)
from eventdesk.waiting.waitlist_entry import EntryState
from eventdesk.waiting.waitlist_fill import fill_session


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
