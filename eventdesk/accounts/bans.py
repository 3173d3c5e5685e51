"""Closing accounts and opening them again, and who is an admin."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.rows import update_row
from data.schema import AccountRow, OneTimeCodeRow
from eventdesk.accounts.resets import admins
from eventdesk.acts import Act, Permission, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError

MAX_REASON = 500


@writes(Permission.INSTALLATION)
def ban(act: Act, account_id: UUID, *, reason: str) -> None:
    """Close an account: from now on it can do nothing, on whatever screen it is signed in.

    Its bookings and roles stay, for when it is restored.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: No reason, one's own account, the last admin's, or it is closed.
    """
    why = reason.strip()[:MAX_REASON]
    if not why:
        raise InvalidInputError("Closing an account needs a reason.", hint="They are told it.")
    act.need(None, Permission.INSTALLATION)
    account = _account(act.connection, account_id)
    if account_id == act.actor.id:
        raise InvalidInputError("Nobody closes their own account.", hint="Ask another admin.")
    if account.banned_at is not None:
        raise InvalidInputError("This account is closed already.")
    if account.is_admin:
        need_other_admin(act.connection, account_id)
    update_row(act.connection, AccountRow, account_id, banned_at=act.now, ban_reason=why)
    act.connection.execute(
        update(OneTimeCodeRow)
        .where(OneTimeCodeRow.account_id == account_id, OneTimeCodeRow.used_at.is_(None))
        .values(used_at=act.now)
    )
    act.record("ban", ("account", account_id), reason=why)


@writes(Permission.INSTALLATION)
def restore_account(act: Act, account_id: UUID) -> None:
    """Open a closed account again, with the roles and bookings it had.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It is not closed.
    """
    act.need(None, Permission.INSTALLATION)
    account = _account(act.connection, account_id)
    if account.banned_at is None:
        raise InvalidInputError("This account is not closed.")
    update_row(act.connection, AccountRow, account_id, banned_at=None, ban_reason="")
    act.tell(account_id, "account", "Your account is open again")
    act.record("restore_account", ("account", account_id))


@writes(Permission.INSTALLATION)
def make_admin(act: Act, account_id: UUID) -> None:
    """Let a person do everything in this installation.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It is closed, has a PIN only, or is an admin's already.
    """
    act.need(None, Permission.INSTALLATION)
    account = _account(act.connection, account_id)
    if account.is_admin:
        raise InvalidInputError("They are an admin already.")
    if account.banned_at is not None:
        raise InvalidInputError("This account is closed.", hint="Restore it first.")
    if account.secret_kind != "password":
        raise InvalidInputError(
            "They sign in with a PIN; an admin needs a password.",
            hint="They choose one under their profile first.",
        )
    update_row(act.connection, AccountRow, account_id, is_admin=True)
    act.tell(account_id, "account", "You are an admin now")
    act.record("make_admin", ("account", account_id))


@writes(Permission.INSTALLATION)
def end_admin(act: Act, account_id: UUID) -> None:
    """Make an admin a person like others again.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: They are no admin, or the last one.
    """
    act.need(None, Permission.INSTALLATION)
    if not _account(act.connection, account_id).is_admin:
        raise InvalidInputError("They are no admin.")
    need_other_admin(act.connection, account_id)
    update_row(act.connection, AccountRow, account_id, is_admin=False)
    act.tell(account_id, "account", "You are no longer an admin")
    act.record("end_admin", ("account", account_id))


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
