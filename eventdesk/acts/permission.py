"""Who may do what.

A use case says what it needs with `@allowed(…)`, which refuses whoever can never do it before
anything is read, and which is where the matrix in docs/permissions.md comes from. Inside its
transaction it calls `need_here(…)`, which asks the store: a role holds for its own event only,
and a banned person is out at once, on whatever screen.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from data.prepared import Prepared
from data.schema import AccountRow, EventRoleRow
from eventdesk.acts.actor import GRANTABLE, PERMISSIONS, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import NotAllowedError

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One line of the matrix: what a use case needs.

    Attributes:
        permissions: Any one of them is enough.
        own: Whether people may also do it with what is theirs.
    """

    module: str
    verb: str
    permissions: tuple[Permission, ...]
    own: bool


MATRIX: dict[Callable[..., Any], Allowed] = {}
"""Every use case that asks who acts, by its function."""


def allowed(
    *permissions: Permission, own: bool = False
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare what a use case needs; its parameters begin with the store and the actor.

    Args:
        permissions: Any one of them is enough.
        own: Whether people may also do it with what is theirs: `need_here(…, owner_id=…)`.

    Raises:
        NotAllowedError: By the use case, when the actor's role can never do it.
    """

    def declare(use_case: Callable[P, T]) -> Callable[P, T]:
        @wraps(use_case)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            actor = kwargs["actor"] if "actor" in kwargs else args[1]
            assert isinstance(actor, Actor)
            if not actor.may(*permissions, *((Permission.ATTEND,) if own else ())):
                raise _refusal(actor, permissions)
            return use_case(*args, **kwargs)

        module = use_case.__module__.rpartition(".")[2]
        MATRIX[guarded] = Allowed(module, use_case.__name__, permissions, own)
        return guarded

    return declare


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


def need_here(
    connection: Connection,
    actor: Actor,
    event_id: UUID | None,
    *permissions: Permission,
    owner_id: UUID | None = None,
) -> Actor:
    """Let only those pass who may do it at this event, as the store knows them now.

    Args:
        connection: The transaction that does it.
        actor: Who asks. Devices and the program itself are as they say; a person is what the
            store says.
        event_id: The event; None for what belongs to the installation or to the person.
        permissions: Any one of them is enough.
        owner_id: The account that what is to be changed belongs to; its owner passes.

    Returns:
        The actor as the store knows them here now.

    Raises:
        NotAllowedError: The actor may not, or was banned.
    """
    here = at(connection, actor, event_id)
    if owner_id is not None and here.id == owner_id:
        return here
    elsewhere = event_id is not None and here.event_id not in (None, event_id)
    if elsewhere or not here.may(*permissions):
        raise _refusal(actor, permissions)
    return here


def at(connection: Connection, actor: Actor, event_id: UUID | None) -> Actor:
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
        raise NotAllowedError("This account was erased.", hint="Sign up for a new one.")
    if row.banned_at is not None:
        raise NotAllowedError(
            f"The account of {actor.name} was closed.", hint="Ask an administrator why."
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


def roles_that_may(line: Allowed) -> dict[Role, str]:
    """One line of the matrix: "yes", "granted" (a co-host), "own" or "" for each role."""
    cells = {}
    for role in Role:
        if not PERMISSIONS[role].isdisjoint(line.permissions):
            cells[role] = "granted" if role is Role.COHOST else "yes"
            if Permission.ATTEND in line.permissions:
                cells[role] = "yes"
        else:
            cells[role] = "own" if line.own else ""
    return cells


def _refusal(actor: Actor, permissions: Sequence[Permission]) -> NotAllowedError:
    """Refuse, and name the role that may."""
    if set(permissions) == {Permission.INSTALLATION}:
        return NotAllowedError(
            f"{actor.name} may not do that: it is for admins.", hint="Ask an admin to do it."
        )
    return NotAllowedError(
        f"{actor.name} may not do that here.",
        hint="Ask an organizer of this event to do it, or to allow it.",
    )
