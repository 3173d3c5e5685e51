"""Events of a team: those somebody works for, and those that wait for an admin."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from data.rows import columns_of, view_from
from data.schema import AccountRow, EventRoleRow, EventRow, TicketRow
from eventdesk.accounts import event_roles, held_by_role
from eventdesk.acts import (
    Act,
    ActorKind,
    Permission,
    ReadingSteps,
    Role,
    reads,
    reads_in_steps,
    takes_place,
)
from eventdesk.events.event import EventState, EventView, TeamEvent, Visibility, event_state
from eventdesk.events.events import every_event, words_anywhere


@reads(Permission.ATTEND)
def events_of_team(
    act: Act,
    *,
    search: str = "",
    states: Sequence[EventState] = (),
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[TeamEvent], int]:
    """Read a page of the events somebody works for, the latest first, and how many there are.

    Admins see all of them. Without states, all but the archived are read; the search is for words
    of the name, place, category or description.
    """
    act.need(None, Permission.ATTEND)
    where = [*words_anywhere(search)]
    if states:
        where.append(or_(*(_in_state(state, act.now) for state in states)))
    else:
        where.append(EventRow.state != EventState.ARCHIVED.value)
    mine: Any = EventRoleRow.account_id == act.actor.id
    if act.known_at(None).may(Permission.INSTALLATION):
        role: Any = func.coalesce(EventRoleRow.role, Role.ADMIN.value)
    else:
        role = EventRoleRow.role
        where.append(EventRoleRow.role.in_(tuple(one for one in Role if one != Role.ATTENDEE)))
    joined = EventRow.__table__.outerjoin(
        EventRoleRow.__table__, (EventRoleRow.event_id == EventRow.id) & mine
    )
    tickets = (
        select(func.count())
        .where(TicketRow.event_id == EventRow.id, takes_place(act.now))
        .scalar_subquery()
    )
    owner = (
        select(AccountRow.name + " · " + AccountRow.email)
        .where(AccountRow.id == EventRow.owner_id)
        .scalar_subquery()
    )
    rows = act.connection.execute(
        select(
            *columns_of(EventRow, TeamEvent, but=("role", "tickets", "reason", "owner")),
            role.label("role"),
            tickets.label("tickets"),
            EventRow.refusal.label("reason"),
            func.coalesce(owner, "").label("owner"),
        )
        .select_from(joined)
        .where(*where)
        .order_by(EventRow.starts_at.desc(), EventRow.id)
        .limit(limit)
        .offset(offset)
    )
    events = [
        view_from(
            TeamEvent,
            row,
            state=event_state(row.state, row.ends_at, act.now),
            visibility=Visibility(row.visibility),
        )
        for row in rows
    ]
    count = select(func.count()).select_from(joined).where(*where)
    total = act.connection.execute(count).scalar_one()
    return events, total


@reads(Permission.ATTEND)
def next_of_team(act: Act) -> EventView | None:
    """Read the event somebody prepares that is on now, else the next one; None without any.

    Admins prepare all; those they are in the team of come first.
    """
    act.need(None, Permission.ATTEND)
    mine: Any = select(EventRoleRow.event_id).where(
        EventRoleRow.account_id == act.actor.id,
        EventRoleRow.role.in_((Role.ORGANIZER.value, Role.COHOST.value)),
    )
    is_mine = EventRow.id.in_(mine)
    where = [EventRow.ends_at > act.now, EventRow.state.in_(("draft", "waiting", "published"))]
    if not act.known_at(None).may(Permission.INSTALLATION):
        where.append(is_mine)
    row = act.connection.execute(
        select(*columns_of(EventRow, EventView, but=("tickets",)))
        .where(*where)
        .order_by(is_mine.desc(), EventRow.starts_at, EventRow.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else EventView(*row)


@reads_in_steps(Permission.INSTALLATION)
def waiting_events(
    steps: ReadingSteps, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[TeamEvent], int]:
    """Read a page of the events that wait for approval, and how many there are."""
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    states = (EventState.WAITING,)
    return events_of_team(
        steps.store, steps.asked, search=search, states=states, offset=offset, limit=limit
    )


def _in_state(state: EventState, now: datetime) -> ColumnElement[bool]:
    if state is EventState.OVER:
        return (EventRow.state == "published") & (EventRow.ends_at <= now)
    if state is EventState.PUBLISHED:
        return (EventRow.state == "published") & (EventRow.ends_at > now)
    return EventRow.state == state.value


@reads(Permission.ATTEND)
def events_of(act: Act) -> list[EventView]:
    """Read the events at whose door a person may work, the latest first."""
    if act.actor.kind is ActorKind.DEVICE:
        its_own = act.need(act.actor.event_id, Permission.DOOR).event_id
        return [event for event in every_event(act) if event.id == its_own]
    act.need(None, Permission.ATTEND)
    rows = event_roles(act.connection, act.actor.id) if act.actor.id is not None else []
    if act.actor.id is None or act.known_at(None).role is Role.ADMIN:
        return every_event(act)
    at_doors = {row.event_id for row in rows if Permission.DOOR in held_by_role(row)}
    return [event for event in every_event(act) if event.id in at_doors]


@reads(Permission.ATTEND)
def events_to_issue_for(act: Act) -> list[EventView]:
    """Read the events for which a person may make tickets and that are not over, the next first."""
    act.need(None, Permission.ATTEND)
    where = [EventRow.ends_at > act.now, EventRow.state.not_in(("cancelled", "archived"))]
    if act.actor.id is not None and act.known_at(None).role is not Role.ADMIN:
        roles = event_roles(act.connection, act.actor.id)
        its = [each.event_id for each in roles]
        its = [each for each in its if act.known_at(each).may(Permission.TICKETS)]
        where.append(EventRow.id.in_(its))
    rows = act.connection.execute(
        select(*columns_of(EventRow, EventView, but=("tickets",)))
        .where(*where)
        .order_by(EventRow.starts_at, EventRow.id)
    )
    return [EventView(*row) for row in rows]
