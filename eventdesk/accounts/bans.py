"""Bans: closing accounts and opening them again; and making and ending admins."""

from uuid import UUID

from sqlalchemy import Connection

from data.rows import update_row
from data.schema import AccountRow
from eventdesk.accounts.app_sessions import end_app_sessions
from eventdesk.accounts.resets import admins, void_codes
from eventdesk.accounts.signing_up import account_row
from eventdesk.accounts.web_sessions import end_web_sessions
from eventdesk.acts import Act, Permission, writes
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

MAX_REASON = 500


@writes(Permission.INSTALLATION)
def ban(act: Act, account_id: UUID, *, reason: str) -> None:
    """Close an account, which ends its sign-ins everywhere; its bookings and roles stay.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: No reason, one's own account, the last admin's, or it is closed.
    """
    why = reason.strip()[:MAX_REASON]
    if not why:
        raise InvalidInputError(
            msg("Closing an account needs a reason."), hint=msg("They are told it.")
        )
    act.need(None, Permission.INSTALLATION)
    account = account_row(act.connection, account_id)
    if account_id == act.actor.id:
        raise InvalidInputError(
            msg("Nobody closes their own account."), hint=msg("Ask another admin.")
        )
    if account.banned_at is not None:
        raise InvalidInputError(msg("This account is closed already."))
    if account.is_admin:
        need_other_admin(act.connection, account_id)
    update_row(act.connection, AccountRow, account_id, banned_at=act.now, ban_reason=why)
    void_codes(act, account_id)
    end_web_sessions(act, account_id)
    end_app_sessions(act, account_id)
    act.record("ban", ("account", account_id), reason=why)


@writes(Permission.INSTALLATION)
def restore_account(act: Act, account_id: UUID) -> None:
    """Open a closed account again, with the roles and bookings it had.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It is not closed.
    """
    act.need(None, Permission.INSTALLATION)
    if account_row(act.connection, account_id).banned_at is None:
        raise InvalidInputError(msg("This account is not closed."))
    update_row(act.connection, AccountRow, account_id, banned_at=None, ban_reason="")
    act.tell(account_id, "account", msg("Your account is open again"))
    act.record("restore_account", ("account", account_id))


@writes(Permission.INSTALLATION)
def make_admin(act: Act, account_id: UUID) -> None:
    """Let a person do everything in this installation.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It is closed, has a PIN only, or is an admin's already.
    """
    act.need(None, Permission.INSTALLATION)
    account = account_row(act.connection, account_id)
    if account.is_admin:
        raise InvalidInputError(msg("They are an admin already."))
    if account.banned_at is not None:
        raise InvalidInputError(msg("This account is closed."), hint=msg("Restore it first."))
    if account.secret_kind != "password":
        raise InvalidInputError(
            msg("They sign in with a PIN; an admin needs a password."),
            hint=msg("They choose one under their profile first."),
        )
    update_row(act.connection, AccountRow, account_id, is_admin=True)
    act.tell(account_id, "account", msg("You are an admin now"))
    act.record("make_admin", ("account", account_id))


@writes(Permission.INSTALLATION)
def end_admin(act: Act, account_id: UUID) -> None:
    """Take an admin's rights away.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: They are no admin, or the last one.
    """
    act.need(None, Permission.INSTALLATION)
    if not account_row(act.connection, account_id).is_admin:
        raise InvalidInputError(msg("They are no admin."))
    need_other_admin(act.connection, account_id)
    update_row(act.connection, AccountRow, account_id, is_admin=False)
    act.tell(account_id, "account", msg("You are no longer an admin"))
    act.record("end_admin", ("account", account_id))


def need_other_admin(connection: Connection, account_id: UUID) -> None:
    """Require that another admin can sign in."""
    if not set(admins(connection)) - {account_id}:
        raise InvalidInputError(
            msg("This is the last admin."), hint=msg("Make somebody else an admin first.")
        )
