"""Waitlists as people and organizers see them, with every place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from data.schema import SessionRow, TicketTypeRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.deadlines import offer_lapsed
from eventdesk.acts.permission import allowed, need_here
from eventdesk.programme import session_places
from eventdesk.sales.availability import availability
from eventdesk.waiting.waitlist_entries import ENTRIES, IN_ORDER, OPEN, place_of, view_of, which
from eventdesk.waiting.waitlist_entry import EntryState, EntryView, WaitingList
from eventdesk.waiting.waitlist_fill import free_of_types
from eventdesk.waiting.waitlist_joining import STAFF


@allowed(Permission.ATTEND)
def my_entries(
    store: Store, actor: Actor, *, event_id: UUID | None = None, now: datetime
) -> list[EntryView]:
    """Read what a person waits for, with places and deadlines; what is offered comes first.

    Raises:
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        mine = ENTRIES.where(
            WaitlistEntryRow.account_id == actor.id,
            WaitlistEntryRow.state.in_(OPEN),
            ~offer_lapsed(now),
        )
        if event_id is not None:
            mine = mine.where(WaitlistEntryRow.event_id == event_id)
        rows = connection.execute(mine.order_by(_OFFERS_FIRST, WaitlistEntryRow.no)).all()
        return [view_of(row, place_of(connection, row)) for row in rows]


@allowed(*STAFF)
def list_waitlist(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    ticket_type_id: UUID | None = None,
    session_id: UUID | None = None,
    search: str = "",
    closed: bool = False,
    offset: int = 0,
    limit: int = 50,
    now: datetime,
) -> tuple[list[EntryView], int]:
    """Read a page of an event's waitlist in the order in which places are given.

    Args:
        store: Where waitlists live.
        actor: Who asks.
        event_id: The event.
        ticket_type_id: Only those who wait for this type.
        session_id: Only those who wait for this session.
        search: Part of a name or an e-mail address.
        closed: Those whose wait has ended instead, the latest first.
        offset: How many lines to pass over.
        limit: Most lines to return.
        now: The store's clock; an offer past its deadline counts as ended.

    Returns:
        The page and how many lines there are.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    listed: list[ColumnElement[bool]] = [WaitlistEntryRow.event_id == event_id]
    if ticket_type_id is not None or session_id is not None:
        listed.append(which(ticket_type_id, session_id))
    is_open = WaitlistEntryRow.state.in_(OPEN) & ~offer_lapsed(now)
    listed.append(~is_open if closed else is_open)
    if search.strip():
        typed = search.strip()[:100]
        listed.append(
            or_(
                WaitlistEntryRow.name.icontains(typed, autoescape=True),
                WaitlistEntryRow.email.icontains(typed, autoescape=True),
            )
        )
    order: tuple[Any, ...] = (_OFFERS_FIRST, *IN_ORDER)
    if closed:
        order = (WaitlistEntryRow.no.desc(),)
    with store.read() as connection:
        need_here(connection, actor, event_id, *STAFF)
        total = connection.execute(
            select(func.count()).select_from(WaitlistEntryRow).where(*listed)
        ).scalar_one()
        rows = connection.execute(
            ENTRIES.where(*listed).order_by(*order).limit(limit).offset(offset)
        ).all()
        places = _places(connection, event_id, rows)
    return [view_of(row, places.get(row.id), lapsed=closed) for row in rows], total


@allowed(*STAFF)
def waiting_lists(
    store: Store, actor: Actor, event_id: UUID, *, now: datetime
) -> list[WaitingList]:
    """Read what somebody waits for at an event: types first, then sessions by time.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *STAFF)
        types = connection.execute(
            _tallies(TicketTypeRow, WaitlistEntryRow.ticket_type_id == TicketTypeRow.id, now)
            .add_columns(TicketTypeRow.id, TicketTypeRow.name.label("what"))
            .where(TicketTypeRow.event_id == event_id)
            .group_by(TicketTypeRow.id)
            .order_by(TicketTypeRow.position)
        ).all()
        sessions = connection.execute(
            _tallies(SessionRow, WaitlistEntryRow.session_id == SessionRow.id, now)
            .add_columns(SessionRow.id, SessionRow.capacity, SessionRow.title.label("what"))
            .where(SessionRow.event_id == event_id)
            .group_by(SessionRow.id)
            .order_by(SessionRow.starts_at)
        ).all()
        free = free_of_types(connection, event_id, [row.id for row in types], now)
        return [
            WaitingList(row.id, None, row.what, row.waiting, row.offered, free[row.id])
            for row in types
        ] + [
            WaitingList(
                None,
                row.id,
                row.what,
                row.waiting,
                row.offered,
                session_places.places_left(connection, row, now),
            )
            for row in sessions
        ]


@allowed(*STAFF)
def sold_out_types(
    store: Store, actor: Actor, event_id: UUID, *, now: datetime
) -> list[tuple[UUID, str]]:
    """Read the ticket types one can wait for now: those that are full, with their names.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *STAFF)
        standing = availability(connection, event_id, now)
        rows = connection.execute(
            select(TicketTypeRow.id, TicketTypeRow.name)
            .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active, TicketTypeRow.waitlist)
            .order_by(TicketTypeRow.position)
        )
        return [(row.id, row.name) for row in rows if standing[row.id].left == 0]


_OFFERS_FIRST = case((WaitlistEntryRow.state == "offered", 0), else_=1)


def _tallies(of: Any, its: ColumnElement[bool], now: datetime) -> Any:
    """Count who waits and who was offered a place, for each line of a table."""
    return (
        select(
            func.sum(case((WaitlistEntryRow.state == "waiting", 1), else_=0)).label("waiting"),
            func.sum(case((WaitlistEntryRow.state == "offered", 1), else_=0)).label("offered"),
        )
        .join_from(of, WaitlistEntryRow, its)
        .where(WaitlistEntryRow.state.in_(OPEN), ~offer_lapsed(now))
    )


def _places(connection: Connection, event_id: UUID, rows: Sequence[Any]) -> dict[UUID, int]:
    """The places of those of these entries that wait, counted in one pass over the lists."""
    waiting = [row.id for row in rows if row.state == EntryState.WAITING]
    if not waiting:
        return {}
    numbered = (
        select(
            WaitlistEntryRow.id,
            func.row_number()
            .over(
                partition_by=(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.session_id),
                order_by=IN_ORDER,
            )
            .label("place"),
        )
        .where(WaitlistEntryRow.event_id == event_id, WaitlistEntryRow.state == "waiting")
        .subquery()
    )
    found = connection.execute(
        select(numbered.c.id, numbered.c.place).where(numbered.c.id.in_(waiting))
    )
    return {row.id: row.place for row in found}
