"""Closing accounts and opening them again, and who is an admin."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import AccountRow, OneTimeCodeRow
from data.store import Store
from eventdesk.accounts.resets import admins
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError

MAX_REASON = 500


@allowed(Permission.INSTALLATION)
def ban(store: Store, actor: Actor, account_id: UUID, *, reason: str, now: datetime) -> None:
    """Close an account: from now on it can do nothing, on whatever screen it is signed in.

    Its bookings and roles stay, for when it is restored.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: No reason, one's own account, the last admin's, or it is closed.
    """
    why = reason.strip()[:MAX_REASON]
    if not why:
        raise InvalidInputError("Closing an account needs a reason.", hint="They are told it.")
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        account = _account(connection, account_id)
        if account_id == actor.id:
            raise InvalidInputError("Nobody closes their own account.", hint="Ask another admin.")
        if account.banned_at is not None:
            raise InvalidInputError("This account is closed already.")
        if account.is_admin:
            need_other_admin(connection, account_id)
        _change(connection, account_id, banned_at=now, ban_reason=why)
        connection.execute(
            update(OneTimeCodeRow)
            .where(OneTimeCodeRow.account_id == account_id, OneTimeCodeRow.used_at.is_(None))
            .values(used_at=now)
        )
        record(connection, actor, "ban", ("account", account_id), now=now, reason=why)


@allowed(Permission.INSTALLATION)
def restore_account(store: Store, actor: Actor, account_id: UUID, *, now: datetime) -> None:
    """Open a closed account again, with the roles and bookings it had.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: It is not closed.
    """
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        account = _account(connection, account_id)
        if account.banned_at is None:
            raise InvalidInputError("This account is not closed.")
        _change(connection, account_id, banned_at=None, ban_reason="")
        notify(connection, account_id, "account", "Your account is open again", now=now)
        record(connection, actor, "restore_account", ("account", account_id), now=now)


@allowed(Permission.INSTALLATION)
def make_admin(store: Store, actor: Actor, account_id: UUID, *, now: datetime) -> None:
    """Let a person do everything in this installation.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: It is closed, has a PIN only, or is an admin's already.
    """
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        account = _account(connection, account_id)
        if account.is_admin:
            raise InvalidInputError("They are an admin already.")
        if account.banned_at is not None:
            raise InvalidInputError("This account is closed.", hint="Restore it first.")
        if account.secret_kind != "password":
            raise InvalidInputError(
                "They sign in with a PIN; an admin needs a password.",
                hint="They choose one under their profile first.",
            )
        _change(connection, account_id, is_admin=True)
        notify(connection, account_id, "account", "You are an admin now", now=now)
        record(connection, actor, "make_admin", ("account", account_id), now=now)


@allowed(Permission.INSTALLATION)
def end_admin(store: Store, actor: Actor, account_id: UUID, *, now: datetime) -> None:
    """Make an admin a person like others again.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: They are no admin, or the last one.
    """
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        if not _account(connection, account_id).is_admin:
            raise InvalidInputError("They are no admin.")
        need_other_admin(connection, account_id)
        _change(connection, account_id, is_admin=False)
        notify(connection, account_id, "account", "You are no longer an admin", now=now)
        record(connection, actor, "end_admin", ("account", account_id), now=now)


def need_other_admin(connection: Connection, account_id: UUID) -> None:
    """Keep one admin who can sign in.

    Raises:
        InvalidInputError: This is the last one.
    """
    if not set(admins(connection)) - {account_id}:
        raise InvalidInputError(
            "This is the last admin.", hint="Make somebody else an admin first."
        )


def _account(connection: Connection, account_id: UUID) -> Any:
    row = connection.execute(
        select(AccountRow.is_admin, AccountRow.banned_at, AccountRow.secret_kind).where(
            AccountRow.id == account_id, AccountRow.erased_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such account.", hint="Find it under People.")
    return row


def _change(connection: Connection, account_id: UUID, **values: Any) -> None:
    connection.execute(update(AccountRow).where(AccountRow.id == account_id).values(**values))
