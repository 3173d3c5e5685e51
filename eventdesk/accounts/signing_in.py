"""Sign-in, and the role of a signed-in person now: anywhere, and at one event."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from data.prepared import Prepared
from data.rows import AnyRow, count_rows
from data.schema import AccountRow, EventRoleRow
from data.touched import UNSEEN, note_touched
from eventdesk.accounts.begun_sign_in import account_of, begun
from eventdesk.accounts.credential import dummy_verify, rehashed, verify_secret
from eventdesk.accounts.second_step import second_step_of, takes_code, wrong_code
from eventdesk.accounts.wrong_tries import charge, forgive, refund, subject_of
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
from eventdesk.core.errors import CodeNeededError, NotAllowedError, SignInError
from eventdesk.core.messages import msg


@steps(public=True)
def sign_in(
    steps: Steps, email: str, secret: str, *, code: str = "", event_id: UUID | None = None
) -> Actor:
    """Sign a person in.

    It takes as long, says the same and locks the same whether or not the account exists.

    Args:
        code: Of their app, or a recovery code, where a second step is set up.
        event_id: The event to act at; None gives the person's highest role anywhere, which
            `at_event` narrows once the event is chosen.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
        CodeNeededError: The password is right, and a code is needed.
    """
    return actor_of(steps, verify(steps, email, secret, code=code), event_id=event_id)


def actor_of(steps: Steps, account: AnyRow, *, event_id: UUID | None = None) -> Actor:
    """Who an account is that has signed in: in their highest role, or that at an event."""
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
def who_am_i(act: Act) -> Actor:
    """Read the name, role and grants of a signed-in person as they are now.

    Screens ask after every change of the store, so that a banned person is out at once, and so is
    one who signed up after the backup that was restored.

    Raises:
        NotAllowedError: The account was closed, or is not in this store; the device was revoked.
    """
    if act.actor.kind is ActorKind.DEVICE:
        act.known_at(act.actor.event_id)
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
    return highest(act.connection, replace(here, name=row.name), is_admin=row.is_admin)


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
def at_event(act: Act, event_id: UUID, *, any_of: tuple[Permission, ...] = ()) -> Actor:
    """Read the role of a signed-in person at one event.

    Args:
        any_of: Any one of them is needed there; without any, to be in the team at all.

    Raises:
        NotAllowedError: They do not work at this event, or not at that.
    """
    there = act.known_at(event_id)
    if there.role is Role.ATTENDEE or (any_of and not there.may(*any_of)):
        raise NotAllowedError(
            msg("{name} does not work here.", name=act.actor.name),
            hint=msg("Ask the organizer to add this account to the team."),
        )
    return there


def verify(steps: Steps, email: str, secret: str, *, code: str | None = None) -> AnyRow:
    """Find the account of an address and a secret.

    Args:
        code: What was typed as the code of a second step; None where none is asked for, as this is
            no sign-in.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
        CodeNeededError: The password is right, and a code is needed.
    """
    subject = subject_of(email)
    with steps.read() as act:
        account = act.connection.execute(
            select(AccountRow.__table__).where(
                AccountRow.email == email.strip().casefold(), AccountRow.erased_at.is_(None)
            )
        ).one_or_none()
    before = charge(steps, subject)
    if account is None:
        dummy_verify(secret)
    if account is None or not verify_secret(account.secret_hash, secret):
        raise SignInError(
            msg("The e-mail address or the PIN or password is wrong."),
            hint=msg("Check both and try again."),
        )
    need_open(account)  # told to nobody but who knows the secret
    take_second_step(steps, account, code, before)
    renewed = rehashed(account.secret_hash, secret)
    if renewed is not None:
        with steps.write() as act:
            note_touched(act.connection, [UNSEEN])
            unless_changed = AccountRow.secret_hash == account.secret_hash
            act.connection.execute(
                update(AccountRow)
                .where(AccountRow.id == account.id, unless_changed)
                .values(secret_hash=renewed)
            )
    return account


def go_on(steps: Steps, note: str, code: str) -> AnyRow:
    """Find the account of a sign-in whose password was right, and take its code.

    Args:
        note: What `CodeNeededError` brought.

    Raises:
        SignInError: The code is wrong, it took too long, the account is locked or closed.
        CodeNeededError: No code was typed.
    """
    with steps.read() as act:
        account = account_of(act, note)
    if account is None:
        raise SignInError(msg("This sign-in is over."), hint=msg("Begin again."))
    need_open(account)
    pass_second_step(steps, account, code)
    return account


def pass_second_step(steps: Steps, account: AnyRow, code: str) -> None:
    """Take the code of somebody who has proved the rest.

    Raises:
        SignInError: It is wrong, or the account is locked for a while.
        CodeNeededError: None was typed.
    """
    before = charge(steps, subject_of(account.email))
    take_second_step(steps, account, code, before)


Before = tuple[int, datetime | None]


def take_second_step(steps: Steps, account: AnyRow, code: str | None, before: Before) -> None:
    """Take the code where there is a second step, and forget wrong tries where all is proved.

    Without a code only this try is taken back: who knows the password alone could else forget the
    wrong codes before it.
    """
    subject = subject_of(account.email)
    with steps.read() as act:
        step = second_step_of(act.connection, account.id)
    if step is not None and not (code and code.strip()):
        refund(steps, subject, before)
        if code is None:
            return
        with steps.read() as act:
            raise CodeNeededError(begun(act, account))
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        if step is not None and not takes_code(act, step, code or ""):
            raise wrong_code()
        forgive(act.connection, subject)


def need_open(account: AnyRow) -> None:
    """Refuse an account that an admin closed."""
    if account.banned_at is not None:
        hint = msg("Ask an administrator.")
        if account.ban_reason:
            why = account.ban_reason
            hint = msg("The reason given is “{reason}”. Ask an administrator.", reason=why)
        raise SignInError(msg("This account was closed."), hint=hint)


def event_roles(connection: Connection, account_id: UUID) -> Sequence[Any]:
    """Read the roles of an account at events, with what was granted."""
    return _ROLES.all(connection, {"account_id": account_id})


_ROLES: Final = Prepared(
    select(EventRoleRow.__table__).where(
        EventRoleRow.account_id == bindparam("account_id", type_=EventRoleRow.account_id.type)
    )
)


def highest(connection: Connection, account: Actor, *, is_admin: bool) -> Actor:
    """An account in the highest role it has anywhere, which `at_event` narrows."""
    assert account.id is not None
    role, granted = _highest(is_admin, event_roles(connection, account.id))
    return replace(account, role=role, granted=granted)


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
