"""The events somebody works for, and those that wait for an admin."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from data.schema import EventRoleRow, EventRow, TicketRow
from data.store import Store
from eventdesk.accounts.sign_in import event_roles, held_by_role
from eventdesk.acts.actor import Actor, Permission, Role
from eventdesk.acts.deadlines import takes_place
from eventdesk.acts.permission import allowed, at, need_here
from eventdesk.events.event import EventState, EventView, TeamEvent, Visibility, event_state
from eventdesk.events.events import all_events, words_anywhere


@allowed(Permission.ATTEND)
def events_of_team(
    store: Store,
    actor: Actor,
    *,
    search: str = "",
    states: Sequence[EventState] = (),
    offset: int = 0,
    limit: int = 50,
    now: datetime,
) -> tuple[list[TeamEvent], int]:
    """Read the events somebody works for, the latest first; admins see all of them.

    Args:
        store: Where they are.
        actor: Who looks.
        search: Words of the name, place, category or description.
        states: Only those in one of these states; none asks for all but the archived.
        offset: Events left out at the beginning.
        limit: Most events to return.
        now: The store's clock, aware UTC.

    Returns:
        A page of events, and how many there are.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        where = [*words_anywhere(search)]
        if states:
            where.append(or_(*(_in_state(state, now) for state in states)))
        else:
            where.append(EventRow.state != EventState.ARCHIVED.value)
        mine: Any = EventRoleRow.account_id == actor.id
        if at(connection, actor, None).may(Permission.INSTALLATION):
            role: Any = func.coalesce(EventRoleRow.role, Role.ADMIN.value)
        else:
            role = EventRoleRow.role
            where.append(EventRoleRow.role.in_(tuple(one for one in Role if one != Role.ATTENDEE)))
        joined = EventRow.__table__.outerjoin(
            EventRoleRow.__table__, (EventRoleRow.event_id == EventRow.id) & mine
        )
        tickets = (
            select(func.count())
            .where(TicketRow.event_id == EventRow.id, takes_place(now))
            .scalar_subquery()
        )
        rows = connection.execute(
            select(
                EventRow.id,
                EventRow.code,
                EventRow.name,
                EventRow.state,
                EventRow.starts_at,
                EventRow.ends_at,
                EventRow.time_zone,
                EventRow.visibility,
                role.label("role"),
                tickets.label("tickets"),
                EventRow.refusal,
            )
            .select_from(joined)
            .where(*where)
            .order_by(EventRow.starts_at.desc(), EventRow.id)
            .limit(limit)
            .offset(offset)
        )
        events = [
            TeamEvent(
                row.id,
                row.code,
                row.name,
                event_state(row.state, row.ends_at, now),
                row.starts_at,
                row.ends_at,
                row.time_zone,
                Visibility(row.visibility),
                row.role,
                row.tickets,
                row.refusal,
            )
            for row in rows
        ]
        count = select(func.count()).select_from(joined).where(*where)
        total = connection.execute(count).scalar_one()
    return events, total


@allowed(Permission.INSTALLATION)
def waiting_events(
    store: Store, actor: Actor, *, search: str = "", offset: int = 0, limit: int = 50, now: datetime
) -> tuple[list[TeamEvent], int]:
    """Read the events that wait for approval, as admins see them.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
    states = (EventState.WAITING,)
    return events_of_team(
        store, actor, search=search, states=states, offset=offset, limit=limit, now=now
    )


def _in_state(state: EventState, now: datetime) -> ColumnElement[bool]:
    if state is EventState.OVER:
        return (EventRow.state == "published") & (EventRow.ends_at <= now)
    if state is EventState.PUBLISHED:
        return (EventRow.state == "published") & (EventRow.ends_at > now)
    return EventRow.state == state.value


@allowed(Permission.ATTEND)
def events_of(store: Store, actor: Actor) -> list[EventView]:
    """Read the events at whose door a person may work, the latest first.

    Raises:
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        rows = event_roles(connection, actor.id) if actor.id is not None else []
        is_admin = actor.id is None or at(connection, actor, None).role is Role.ADMIN
    events = all_events(store)
    if is_admin:
        return events
    at_doors = {row.event_id for row in rows if Permission.DOOR in held_by_role(row)}
    return [event for event in events if event.id in at_doors]
