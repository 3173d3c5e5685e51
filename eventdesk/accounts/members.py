"""Who works for an event: the rows of its team."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import AccountRow, EventRoleRow, EventRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission, Role
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, granted_of, need_here, role_at_event
from eventdesk.core.errors import InvalidInputError, NotFoundError

TEAM_ROLES = (Role.ORGANIZER, Role.COHOST, Role.STAFF)
"""What somebody may be in a team, the most first."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody who works for an event.

    Attributes:
        permissions: What a co-host was allowed; empty for the others.
        is_owner: Whether the event is theirs.
        waits: Whether they have not chosen a password yet.
    """

    account_id: UUID
    name: str
    email: str
    role: Role
    permissions: frozenset[Permission]
    is_owner: bool
    is_banned: bool
    waits: bool


@allowed(Permission.EVENT)
def list_team(store: Store, actor: Actor, event_id: UUID) -> list[TeamMember]:
    """Read who works for an event: organizers first, then by name.

    Raises:
        NotAllowedError: The actor is no organizer of this event.
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        event_row(connection, event_id)
        rows = connection.execute(
            _MEMBERS.where(EventRoleRow.event_id == event_id).order_by(
                AccountRow.folded_name, AccountRow.id
            )
        ).all()
    return sorted((_member(row) for row in rows), key=lambda one: TEAM_ROLES.index(one.role))


_MEMBERS = (
    select(
        AccountRow.id,
        AccountRow.name,
        AccountRow.email,
        EventRoleRow.role,
        EventRoleRow.permissions,
        (AccountRow.id == EventRow.owner_id).label("is_owner"),
        AccountRow.banned_at,
        AccountRow.secret_hash,
    )
    .join(EventRoleRow, EventRoleRow.account_id == AccountRow.id)
    .join(EventRow, EventRow.id == EventRoleRow.event_id)
    .where(EventRoleRow.role.in_(TEAM_ROLES))
)


def _member(row: Any) -> TeamMember:
    return TeamMember(
        row.id,
        row.name,
        row.email,
        role_at_event(row.role),
        granted_of(row.permissions),
        bool(row.is_owner),
        row.banned_at is not None,
        not row.secret_hash,
    )


def in_team(connection: Connection, event_id: UUID, account_id: UUID) -> TeamMember:
    """Read one member of a team.

    Raises:
        NotFoundError: They are not in it.
    """
    row = connection.execute(
        _MEMBERS.where(EventRoleRow.event_id == event_id, AccountRow.id == account_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("They are not in the team of this event.", hint="Add them first.")
    return _member(row)


def need_other_organizer(connection: Connection, event_id: UUID, member: TeamMember) -> None:
    """Keep the owner, and one organizer at least.

    Raises:
        InvalidInputError: This one has to stay.
    """
    if member.is_owner:
        raise InvalidInputError(
            f"The event is {member.name}'s.", hint="Hand it over to another organizer first."
        )
    others = connection.execute(
        select(func.count()).where(
            EventRoleRow.event_id == event_id,
            EventRoleRow.role == Role.ORGANIZER,
            EventRoleRow.account_id != member.account_id,
        )
    ).scalar_one()
    if member.role is Role.ORGANIZER and not others:
        raise InvalidInputError(
            f"{member.name} is the last organizer.", hint="Make somebody else organizer first."
        )
