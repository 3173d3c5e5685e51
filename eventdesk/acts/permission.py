"""Permission: roles and grants as the store knows them now.

A role holds for its own event only, and a banned person is out at once, on whatever screen. Use
cases declare what they need (`eventdesk.acts.verbs`) and ask with `act.need`.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from data.prepared import Prepared
from data.schema import AccountRow, EventRoleRow
from eventdesk.acts.actor import GRANTABLE, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import msg

_STANDING = Prepared(
    select(
        AccountRow.is_admin,
        AccountRow.banned_at,
        AccountRow.erased_at,
        EventRoleRow.role,
        EventRoleRow.permissions,
    )
    .outerjoin(
        EventRoleRow,
        (EventRoleRow.account_id == AccountRow.id)
        & (EventRoleRow.event_id == bindparam("event_id", type_=EventRoleRow.event_id.type)),
    )
    .where(AccountRow.id == bindparam("account_id", type_=AccountRow.id.type))
)


def standing_at(connection: Connection, actor: Actor, event_id: UUID | None) -> Actor:
    """Say who an actor is at an event: the role there, as the store knows it now.

    An actor of whom the store knows no account is taken as it says: whoever makes actors vouches
    for them. That is the program alone, which makes them of accounts it has read; an account that
    is gone since, as after a restore, is refused by `accounts.standing`, which screens ask after
    every change. What takes an actor from elsewhere has to ask `standing` first.

    Raises:
        NotAllowedError: The account was closed or erased.
    """
    if actor.kind is not ActorKind.ACCOUNT or actor.id is None:
        return actor
    row = _STANDING.one_or_none(connection, {"account_id": actor.id, "event_id": event_id})
    if row is None:
        return actor
    if row.erased_at is not None:
        raise NotAllowedError(msg("This account was erased."), hint=msg("Sign up for a new one."))
    if row.banned_at is not None:
        raise NotAllowedError(
            msg("The account of {name} was closed.", name=actor.name),
            hint=msg("Ask an administrator why."),
        )
    role = Role.ADMIN if row.is_admin else role_at_event(row.role)
    granted = granted_of(row.permissions) if role is Role.COHOST else None
    only = None if role is Role.ADMIN else event_id
    return Actor(actor.kind, actor.id, actor.name, role, actor.device_id, only, granted)


def role_at_event(written: str | None) -> Role:
    """The role a row of `event_role` gives: never admin, for that is of the account.

    Whatever else is written there gives none, so that it shuts nobody out elsewhere.
    """
    return _AT_EVENTS.get(written or "", Role.ATTENDEE)


def granted_of(written: Collection[str]) -> frozenset[Permission]:
    """What a row of `event_role` grants a co-host, as far as it can be granted."""
    return frozenset(each for each in GRANTABLE if each in written)


_AT_EVENTS = {role.value: role for role in Role if role is not Role.ADMIN}


def refusal(actor: Actor, permissions: Sequence[Permission]) -> NotAllowedError:
    """The error for who may not, which names the role that may."""
    name = msg("a visitor") if actor.kind is ActorKind.VISITOR else actor.name
    if set(permissions) == {Permission.INSTALLATION}:
        return NotAllowedError(
            msg("{name} may not do that: it is for admins.", name=name),
            hint=msg("Ask an admin to do it."),
        )
    return NotAllowedError(
        msg("{name} may not do that here.", name=name),
        hint=msg("Ask an organizer of this event to do it, or to allow it."),
    )
