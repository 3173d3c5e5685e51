"""What the team does with waitlists: move somebody up, offer a place by hand, give all places."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import EventRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.expiry import expire_due
from eventdesk.core.errors import InvalidInputError, NotFoundError, SoldOutError
from eventdesk.programme import session_places
from eventdesk.waiting.waitlist_entries import (
    IN_ORDER,
    entry_row,
    entry_view,
    log,
    need_state,
    place_of,
    put_state,
    same_list,
    tell,
    view_of,
)
from eventdesk.waiting.waitlist_entry import MOVED_UP, EntryState, EntryView
from eventdesk.waiting.waitlist_fill import deadline_of, fill, free_of_types, lapse_offers
from eventdesk.waiting.waitlist_giving import offer
from eventdesk.waiting.waitlist_joining import STAFF


@allowed(*STAFF)
def move_up(store: Store, actor: Actor, entry_id: UUID, *, now: datetime) -> EntryView:
    """Put somebody before all who wait for the same, VIP or not.

    Raises:
        NotFoundError: There is no such entry.
        InvalidInputError: It does not wait.
    """
    with store.write() as connection:
        entry = _entry_of_team(connection, actor, entry_id)
        need_state(entry, EntryState.WAITING)
        first = connection.execute(
            select(WaitlistEntryRow.id, WaitlistEntryRow.priority)
            .where(same_list(entry), WaitlistEntryRow.state == "waiting")
            .order_by(*IN_ORDER)
            .limit(1)
        ).one()
        if first.id == entry_id:
            return view_of(entry, 1)
        before = place_of(connection, entry)
        priority = max(first.priority + 1, MOVED_UP)
        put_state(connection, [entry_id], EntryState.WAITING, priority=priority)
        log(connection, actor, "move_up", entry, now, before=before)
        title = f"You are next: {entry.what}"
        tell(connection, entry, "change", title, f"{entry.event_name}: place 1.", now)
        return entry_view(connection, entry_id)


@allowed(*STAFF)
def offer_by_hand(store: Store, actor: Actor, entry_id: UUID, *, now: datetime) -> EntryView:
    """Offer a free place to this person, whoever else waits.

    Raises:
        NotFoundError: There is no such entry.
        InvalidInputError: It does not wait, or what it waits for has begun.
        SoldOutError: There is no place that nobody has and nobody was offered.
    """
    with store.write() as connection:
        entry = _entry_of_team(connection, actor, entry_id)
        need_state(entry, EntryState.WAITING)
        expire_due(connection, entry.event_id, now)
        event = _event(connection, entry.event_id)
        deadline = deadline_of(event, now)
        if entry.session_id is not None:
            session = session_places.session_row(connection, entry.session_id)
            session_places.need_open(session, now)
            deadline = deadline_of(session, now)
            free: int | None = session_places.free_places(connection, session, now)
        else:
            type_id = entry.ticket_type_id
            free = free_of_types(connection, entry.event_id, [type_id], now)[type_id]
        if deadline <= now or event.state != "published":
            raise InvalidInputError("It is too late to offer places here.")
        if free is not None and free <= 0:
            raise SoldOutError(
                f"There is no free place in {entry.what}.",
                ticket_type_id=entry.ticket_type_id,
                hint="Raise the quota, or move the entry up: it gets the next place.",
            )
        offer(connection, actor, entry, deadline, now)
        return entry_view(connection, entry_id)


@allowed(*STAFF)
def fill_now(store: Store, actor: Actor, event_id: UUID, *, now: datetime) -> list[UUID]:
    """Give all free places to those who wait, as happens by itself every few seconds.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    with store.write() as connection:
        need_here(connection, actor, event_id, *STAFF)
        _event(connection, event_id)
        expire_due(connection, event_id, now)
        lapse_offers(store, connection, event_id, now=now)
        return fill(store, connection, event_id, now=now)


def _event(connection: Connection, event_id: UUID) -> Any:
    event = connection.execute(
        select(EventRow.state, EventRow.starts_at, EventRow.offer_minutes).where(
            EventRow.id == event_id
        )
    ).one_or_none()
    if event is None:
        raise NotFoundError("There is no such event.", hint="List them: `eventdesk events`.")
    return event


def _entry_of_team(connection: Connection, actor: Actor, entry_id: UUID) -> Any:
    entry = entry_row(connection, entry_id)
    need_here(connection, actor, entry.event_id, *STAFF)
    return entry
