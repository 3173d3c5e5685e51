"""Sign-in, and the role of a signed-in person now: anywhere, and at one event."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.rows import AnyRow, count_rows
from data.schema import AccountRow, EventRoleRow
from eventdesk.accounts.credential import dummy_verify, rehashed, verify_secret
from eventdesk.accounts.wrong_tries import charge, forgive, subject_of
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
from eventdesk.core.messages import msg


@steps(anybody=True)
def sign_in(steps: Steps, email: str, secret: str, *, event_id: UUID | None = None) -> Actor:
    """Sign a person in.

    It takes as long, says the same and locks the same whether or not the account exists.

    Args:
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
    """Read the name, role and grants of a signed-in person as they are now.

    Screens ask after every change of the store, so that a banned person is out at once, and so is
    one who signed up after the backup that was restored.

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
            msg("The account of {name} is not in this store.", name=act.actor.name),
            hint=msg("Sign in again."),
        )
    if act.actor.event_id is not None:
        return replace(here, name=row.name)
    role, granted = _highest(row.is_admin, event_roles(act.connection, act.actor.id))
    return replace(here, name=row.name, role=role, granted=granted)


@reads(Permission.ATTEND)
def may_organize(act: Act) -> bool:
    """Whether a person works for an event or may set one up, which takes a password."""
    here = act.need(None, Permission.ATTEND)
    account_id = act.actor.id
    if here.role is not Role.ATTENDEE or account_id is None:
        return True
    has_pin = (AccountRow.id == account_id) & (AccountRow.secret_kind == "pin")
    return bool(event_roles(act.connection, account_id)) or not count_rows(act.connection, has_pin)


# Own, too: whoever just made an event signed in before they had a role anywhere.
@reads(*GRANTABLE, Permission.EVENT, own=True, about="event_id")
def at_event(act: Act, event_id: UUID, *permissions: Permission) -> Actor:
    """Read the role of a signed-in person at one event.

    Args:
        permissions: Any one of them is needed there; without any, to be in the team at all.

    Raises:
        NotAllowedError: They do not work at this event, or not at that.
    """
    there = act.known_at(event_id)
    if there.role is Role.ATTENDEE or (permissions and not there.may(*permissions)):
        raise NotAllowedError(
            msg("{name} does not work here.", name=act.actor.name),
            hint=msg("Ask the organizer to add this account to the team."),
        )
    return there


def verify(steps: Steps, email: str, secret: str) -> Any:
    """Find the account of an address and a secret.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
    """
    subject = subject_of(email)
    with steps.read() as act:
        account = act.connection.execute(
            select(AccountRow.__table__).where(
                AccountRow.email == email.strip().casefold(), AccountRow.erased_at.is_(None)
            )
        ).one_or_none()
    charge(steps, subject)
    if account is None:
        dummy_verify(secret)
    if account is None or not verify_secret(account.secret_hash, secret):
        raise SignInError(
            msg("The e-mail address or the PIN or password is wrong."),
            hint=msg("Check both and try again."),
        )
    if account.banned_at is not None:  # told to nobody but who knows the secret
        hint = msg("Ask an administrator.")
        if account.ban_reason:
            hint = msg("{reason} Ask an administrator.", reason=account.ban_reason)
        raise SignInError(msg("This account was closed."), hint=hint)
    renewed = rehashed(account.secret_hash, secret)
    with steps.write() as act:
        forgive(act.connection, subject)
        if renewed is not None:
            unless_changed = AccountRow.secret_hash == account.secret_hash
            act.connection.execute(
                update(AccountRow)
                .where(AccountRow.id == account.id, unless_changed)
                .values(secret_hash=renewed)
            )
    return account


def event_roles(connection: Connection, account_id: UUID) -> Sequence[Any]:
    """Read the roles of an account at events, with what was granted."""
    wanted = select(EventRoleRow.__table__).where(EventRoleRow.account_id == account_id)
    return connection.execute(wanted).all()


def _highest(is_admin: bool, rows: Sequence[Any]) -> tuple[Role, frozenset[Permission] | None]:
    """The highest of these roles; a co-host with all permissions held at any of the events."""
    if is_admin:
        return Role.ADMIN, None
    held = {role_at_event(row.role) for row in rows}
    role = next((one for one in Role if one in held), Role.ATTENDEE)
    if role is not Role.COHOST:
        return role, None
    return role, frozenset().union(*(held_by_role(row) for row in rows))


def held_by_role(row: AnyRow) -> frozenset[Permission]:
    """The permissions that one row of a role gives."""
    role = role_at_event(row.role)
    if role is Role.COHOST:
        return granted_of(row.permissions)
    return frozenset() if role is Role.ATTENDEE else frozenset({Permission.DOOR})
