"""Signing in, and who a signed-in person is: now, and at one event."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import AccountRow, EventRoleRow
from eventdesk.accounts.credential import dummy_verify, rehashed, verify_secret
from eventdesk.accounts.wrong_tries import WRONG, charge, forgive, subject_of
from eventdesk.acts import (
    GRANTABLE,
    Act,
    Actor,
    ActorKind,
    Permission,
    Role,
    Steps,
    granted_of,
    reads,
    role_at_event,
    steps,
)
from eventdesk.core.errors import NotAllowedError, SignInError


@steps(anybody=True)
def sign_in(steps: Steps, email: str, secret: str, *, event_id: UUID | None = None) -> Actor:
    """Sign a person in.

    It takes as long, says the same and locks the same whether or not the account exists.

    Args:
        email: The account's address, in any case.
        secret: PIN or password.
        event_id: The event to act at; None gives the person's highest role anywhere, which
            `at_event` narrows once the event is chosen.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
    """
    account = verify(steps, email, secret)
    with steps.read() as act:
        rows = event_roles(act.connection, account.id)
    if event_id is not None:
        rows = [row for row in rows if row.event_id == event_id]
    role, granted = _highest(account.is_admin, rows)
    only = None if account.is_admin else event_id
    return Actor(
        ActorKind.ACCOUNT, account.id, account.name, role, steps.store.device_id, only, granted
    )


@reads(Permission.ATTEND)
def standing(act: Act) -> Actor:
    """Say who a signed-in person is now, by name, role and what was granted.

    Screens ask after every change of the store, so that whoever was banned is out at once, and who
    signed up after the backup that was restored.

    Raises:
        NotAllowedError: The account was closed, or is not in this store.
    """
    if act.actor.kind is not ActorKind.ACCOUNT or act.actor.id is None:
        return act.actor
    here = act.known_at(act.actor.event_id)
    row = act.connection.execute(
        select(AccountRow.name, AccountRow.is_admin).where(AccountRow.id == act.actor.id)
    ).one_or_none()
    if row is None:
        raise NotAllowedError(
            f"The account of {act.actor.name} is not in this store.", hint="Sign in again."
        )
    if act.actor.event_id is not None:
        return replace(here, name=row.name)
    role, granted = _highest(row.is_admin, event_roles(act.connection, act.actor.id))
    return replace(here, name=row.name, role=role, granted=granted)


@reads(Permission.ATTEND)
def may_organize(act: Act) -> bool:
    """Say whether a person works for an event or may set one up, which takes a password."""
    here = act.need(None, Permission.ATTEND)
    if (
        here.role is not Role.ATTENDEE
        or act.actor.id is None
        or event_roles(act.connection, act.actor.id)
    ):
        return True
    kind = act.connection.execute(
        select(AccountRow.secret_kind).where(AccountRow.id == act.actor.id)
    ).scalar_one_or_none()
    return kind != "pin"


# Own, too: whoever just made an event signed in when they had no role anywhere.
@reads(*GRANTABLE, Permission.EVENT, own=True, about="event_id")
def at_event(act: Act, event_id: UUID, *permissions: Permission) -> Actor:
    """Say who a signed-in person is at one event: their role there, and nowhere else.

    Args:
        event_id: The event.
        permissions: Any one of them is needed there; without any, to be of the team at all.

    Raises:
        NotAllowedError: They do not work at this event, or not at that.
    """
    there = act.known_at(event_id)
    if there.role is Role.ATTENDEE or (permissions and not there.may(*permissions)):
        raise NotAllowedError(
            f"{act.actor.name} does not work here.",
            hint="Ask the organizer to add this account to the team.",
        )
    return there


def verify(steps: Steps, email: str, secret: str) -> Any:
    """Find the account (`id`, `name`, `is_admin`) that an address and a secret are of.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
    """
    subject = subject_of(email)
    with steps.read() as act:
        row = act.connection.execute(
            select(
                AccountRow.id,
                AccountRow.name,
                AccountRow.is_admin,
                AccountRow.secret_hash,
                AccountRow.banned_at,
                AccountRow.ban_reason,
                AccountRow.erased_at,
            ).where(AccountRow.email == email.strip().casefold())
        ).one_or_none()
    charge(steps, subject)
    if row is None or row.erased_at is not None:
        dummy_verify(secret)
        raise SignInError(WRONG, hint="Check both and try again.")
    if not verify_secret(row.secret_hash, secret):
        raise SignInError(WRONG, hint="Check both and try again.")
    if row.banned_at is not None:  # told to nobody but who knows the secret
        raise SignInError(
            "This account was closed.", hint=f"{row.ban_reason} Ask an administrator.".strip()
        )
    renewed = rehashed(row.secret_hash, secret)
    with steps.write() as act:
        forgive(act.connection, subject)
        if renewed is not None:
            _keep(act.connection, row, renewed)
    return row


def _keep(connection: Connection, row: Any, renewed: str) -> None:
    """Keep a newer hash of the same secret, unless another secret was chosen meanwhile."""
    connection.execute(
        update(AccountRow)
        .where(AccountRow.id == row.id, AccountRow.secret_hash == row.secret_hash)
        .values(secret_hash=renewed)
    )


def event_roles(connection: Connection, account_id: UUID) -> Sequence[Any]:
    """Read the roles of an account at events, with what was granted."""
    return connection.execute(
        select(EventRoleRow.event_id, EventRoleRow.role, EventRoleRow.permissions).where(
            EventRoleRow.account_id == account_id
        )
    ).all()


def _highest(is_admin: bool, rows: Sequence[Any]) -> tuple[Role, frozenset[Permission] | None]:
    """The highest role among these; a co-host with all that is held at any of the events."""
    if is_admin:
        return Role.ADMIN, None
    held = {role_at_event(row.role) for row in rows}
    role = next((one for one in Role if one in held), Role.ATTENDEE)
    if role is not Role.COHOST:
        return role, None
    return role, frozenset().union(*(held_by_role(row) for row in rows))


def held_by_role(row: Any) -> frozenset[Permission]:
    """What one row of a role gives."""
    match role_at_event(row.role):
        case Role.COHOST:
            return granted_of(row.permissions)
        case Role.ATTENDEE:
            return frozenset()
        case _:
            return frozenset({Permission.DOOR})
