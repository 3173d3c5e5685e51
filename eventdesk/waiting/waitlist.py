"""Waitlists of ticket types and sessions that are full: join, leave, accept, and what staff do.

Who goes first is said in `waitlist_entry`, how places are given in `waitlist_fill`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.deadlines import has_lapsed
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import Booked, NewTicket
from eventdesk.booking.expiry import expire_due
from eventdesk.core.errors import InvalidInputError
from eventdesk.events.event_access import need_visible
from eventdesk.waiting.waitlist_entries import (
    add_entry,
    entry_row,
    entry_view,
    log,
    need_state,
    put_state,
    tell,
)
from eventdesk.waiting.waitlist_entry import EntryState, EntryView
from eventdesk.waiting.waitlist_fill import fill, pay_until
from eventdesk.waiting.waitlist_giving import book_entry
from eventdesk.waiting.waitlist_joining import (
    STAFF,
    need_full_session,
    need_full_type,
    need_unlocked,
    who,
)

MAX_REASON = 500


@allowed(*STAFF, own=True)
def join(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    ticket_type_id: UUID | None = None,
    session_id: UUID | None = None,
    name: str = "",
    email: str = "",
    access_code: str = "",
    code: str = "",
    now: datetime,
) -> EntryView:
    """Wait for a ticket type or a session that is full.

    People join for themselves. The team may write down others, with name and e-mail; who has an
    account with this address sees the entry and its offers there.

    Args:
        store: Where waitlists live.
        actor: Who asks.
        event_id: The event.
        ticket_type_id: What to wait for; either this or the session.
        session_id: The session to wait for.
        name: Whom the team writes down; "" is the actor.
        email: The address of that person.
        access_code: Of a private event.
        code: What unlocks a hidden ticket type; the team needs none for others.
        now: The store's clock.

    Returns:
        The entry with its place.

    Raises:
        NotFoundError: No such event, type or session, or not for this person to see.
        NotAllowedError: Writing down others without working here; no ticket for the session.
        InvalidInputError: There are places, it has begun, there is no waitlist, or the person
            waits already.
        SalesClosedError: The type is hidden, and the code does not unlock it.
        CodeError: The code does not hold.
    """
    of_team = bool(email.strip())
    with store.write() as connection:
        need_visible(connection, actor, event_id, access_code=access_code, now=now)
        account_id, name, email = who(connection, actor, event_id, name, email)
        expire_due(connection, event_id, now)
        if session_id is not None:
            need_full_session(connection, event_id, session_id, account_id, now)
        elif ticket_type_id is not None:
            if not of_team:
                need_unlocked(connection, event_id, ticket_type_id, code, now)
            need_full_type(connection, event_id, ticket_type_id, now)
        else:
            raise InvalidInputError("Say what to wait for: a ticket type or a session.")
        return add_entry(
            connection,
            actor,
            event_id,
            ticket_type_id=None if session_id else ticket_type_id,
            session_id=session_id,
            account_id=account_id,
            name=name,
            email=email,
            now=now,
        )


@allowed(*STAFF, own=True)
def leave(
    store: Store, actor: Actor, entry_id: UUID, *, reason: str = "", now: datetime
) -> EntryView:
    """Wait no more; an offered place goes to the next at once. The team may remove others.

    Raises:
        NotFoundError: There is no such entry.
        NotAllowedError: It is somebody else's.
        InvalidInputError: It is not open any more.
    """
    with store.write() as connection:
        entry = _own_entry(connection, actor, entry_id)
        need_state(entry, EntryState.WAITING, EntryState.OFFERED)
        put_state(connection, [entry_id], EntryState.LEFT, offer_until=None)
        log(connection, actor, "leave_waitlist", entry, now, reason=reason[:MAX_REASON])
        if entry.account_id != actor.id:
            title, body = f"You were taken off the waitlist: {entry.what}", reason[:MAX_REASON]
            tell(connection, entry, "change", title, body or entry.event_name, now)
        if entry.state == EntryState.OFFERED:
            expire_due(connection, entry.event_id, now)
            fill(store, connection, entry.event_id, now=now)
        return entry_view(connection, entry_id)


@allowed(*STAFF, own=True)
def accept(
    store: Store,
    actor: Actor,
    entry_id: UUID,
    *,
    answers: Mapping[UUID, str] | None = None,
    now: datetime,
) -> Booked:
    """Take the offered place: books a ticket, paid at once where nothing is due.

    An offered place in a session is taken with `sign_ups.sign_up`.

    Args:
        store: Where waitlists live.
        actor: Whose entry it is, or the team.
        entry_id: The entry.
        answers: Answers to the event's questions, by question.
        now: The store's clock.

    Raises:
        NotFoundError: There is no such entry.
        NotAllowedError: It is somebody else's.
        InvalidInputError: Nothing is offered, the deadline has passed, the event does not take
            place, or an answer is missing.
    """
    with store.write() as connection:
        entry = _own_entry(connection, actor, entry_id)
        need_state(entry, EntryState.OFFERED)
        if entry.ticket_type_id is None:
            raise InvalidInputError("This is a session.", hint="Sign up for it to take the place.")
        if has_lapsed(connection, entry, now):
            raise InvalidInputError(
                "The place was kept until the deadline, which has passed.",
                hint="Join the waitlist again.",
            )
        if event_row(connection, entry.event_id).state != "published":
            raise InvalidInputError(
                f"{entry.event_name} does not take place.", hint="There is nothing to book."
            )
        ticket = NewTicket(entry.ticket_type_id, entry.name, entry.email, answers=answers or {})
        due_by = pay_until(connection, entry, now)
        booked = book_entry(store, connection, actor, entry, ticket, due_by, now, kind="booking")
        log(connection, actor, "accept_place", entry, now, booking=booked.code)
        return booked


def _own_entry(connection: Connection, actor: Actor, entry_id: UUID) -> Any:
    entry = entry_row(connection, entry_id)
    need_here(connection, actor, entry.event_id, *STAFF, owner_id=entry.account_id)
    return entry
