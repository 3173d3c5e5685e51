"""A new PIN or password: with the old one, or with a one-time code from an admin.

There is no mail offline: the person asks, every admin finds a notice, one of them makes a code
and hands it over in whatever way they know the person by. The code is kept as a hash, holds for
an hour, is used once, and its tries are counted as those of the sign-in are.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from data.schema import AccountRow, EventRoleRow, OneTimeCodeRow
from data.store import Store
from eventdesk.accounts.credential import dummy_verify, hash_secret, verify_secret
from eventdesk.accounts.sign_up import SecretKind, check_secret, was_told
from eventdesk.accounts.wrong_tries import charge, forgive, subject_of
from eventdesk.acts.actor import Actor, ActorKind, Permission, Role
from eventdesk.acts.audit import record
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError, SignInError
from eventdesk.core.ids import new_code, new_id, read_code

CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=1)
"""How long a one-time code may be used."""

ASKING_MEMORY = timedelta(hours=1)
"""How long it is remembered that somebody asked for a code."""

_WRONG_CODE = "The e-mail address or the code is wrong, or the code is no longer valid."


@allowed(Permission.ATTEND)
def change_secret(store: Store, actor: Actor, *, old: str, new: str, now: datetime) -> None:
    """Choose a new PIN or password; the old one is needed, and wrong tries count.

    Digits only are a PIN, anything else is a password. Who works for an event or is an admin
    needs a password.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
        SignInError: The old one is wrong, or the account is locked for a while.
        InvalidInputError: The new one cannot be used.
    """
    kind = kind_of(new)
    check_secret(kind, new)
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        account = _account(connection, AccountRow.id == actor.id)
        _need_kind(connection, account, kind)
    charge(store, subject_of(account.email), now)
    if not verify_secret(account.secret_hash, old):
        raise SignInError("The old PIN or password is wrong.", hint="Type it again.")
    kept_hash = hash_secret(new)
    with store.write() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        _set(connection, account.id, kind, kept_hash)
        forgive(connection, subject_of(account.email))
        _void_codes(connection, account.id, now)
        record(connection, actor, "change_secret", ("account", account.id), now=now, secret=kind)


def ask_for_code(store: Store, email: str, *, now: datetime) -> None:
    """Ask the admins for a one-time code; it says the same whether or not there is an account.

    Raises:
        SignInError: Asked too often for this address.
    """
    charge(store, subject_of(email, kind="reset"), now, forgotten_after=ASKING_MEMORY)
    with store.write() as connection:
        account = connection.execute(
            select(AccountRow.id, AccountRow.name, AccountRow.email).where(
                AccountRow.email == email.strip().casefold(),
                AccountRow.banned_at.is_(None),
                AccountRow.erased_at.is_(None),
            )
        ).one_or_none()
        if account is None:
            return
        title = f"{account.name} asks for a new PIN or password"
        body = f"Make sure who asks, then make a code for {account.email} under People."
        for admin_id in admins(connection):
            if not was_told(connection, admin_id, title):
                subject = ("account", account.id)
                notify(connection, admin_id, "account", title, body, now=now, subject=subject)


@allowed(Permission.INSTALLATION)
def make_code(store: Store, actor: Actor, account_id: UUID, *, now: datetime) -> str:
    """Make the one-time code that lets a person set a new secret; shown to the admin once.

    Codes made before are void, and wrong tries of the account are forgotten.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: The account was closed.
    """
    code = new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        account = _account(connection, AccountRow.id == account_id)
        if account.banned_at is not None:
            raise InvalidInputError("This account was closed.", hint="Restore it first.")
        insert_code(connection, account.id, kept_hash, actor, now)
        forgive(connection, subject_of(account.email))
        record(connection, actor, "make_code", ("account", account.id), now=now)
    return code


def set_secret(store: Store, *, email: str, code: str, secret: str, now: datetime) -> None:
    """Set a new PIN or password with a one-time code.

    It takes as long and says the same whether or not the account or a code exists.

    Raises:
        SignInError: Wrong, used or too old, or the account is locked for a while.
        InvalidInputError: The new secret cannot be used; the code is still good.
    """
    kind = kind_of(secret)
    check_secret(kind, secret)
    kept_hash, typed = hash_secret(secret), read_code(code)
    subject = subject_of(email)
    charge(store, subject, now)
    with store.read() as connection:
        row = _open_code(connection, email, now)
    if row is None:
        dummy_verify(typed)
        raise SignInError(_WRONG_CODE, hint="Check both, or ask an administrator for a new code.")
    if not verify_secret(row.code_hash, typed):
        raise SignInError(_WRONG_CODE, hint="Check both, or ask an administrator for a new code.")
    with store.write() as connection:
        account = _account(connection, AccountRow.id == row.account_id)
        _need_kind(connection, account, kind)
        used = connection.execute(
            update(OneTimeCodeRow)
            .where(OneTimeCodeRow.id == row.id, OneTimeCodeRow.used_at.is_(None))
            .values(used_at=now)
        )
        if not used.rowcount:
            raise SignInError(_WRONG_CODE, hint="Ask an administrator for a new code.")
        _set(connection, account.id, kind, kept_hash)
        forgive(connection, subject)
        actor = Actor(ActorKind.ACCOUNT, account.id, account.name, Role.ATTENDEE, store.device_id)
        record(connection, actor, "set_secret", ("account", account.id), now=now, secret=kind)


def kind_of(secret: str) -> SecretKind:
    """Whether something typed is meant as a PIN: digits only are."""
    return "pin" if secret.isascii() and secret.isdecimal() else "password"


def insert_code(
    connection: Connection, account_id: UUID, kept_hash: str, actor: Actor, now: datetime
) -> None:
    """Keep a one-time code of an account; those before it are void."""
    _void_codes(connection, account_id, now)
    connection.execute(
        insert(OneTimeCodeRow).values(
            id=new_id(),
            account_id=account_id,
            code_hash=kept_hash,
            made_by=actor.name,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )


def admins(connection: Connection) -> list[UUID]:
    """The accounts of all admins who can sign in; who has not chosen a password yet cannot."""
    return list(
        connection.execute(
            select(AccountRow.id).where(
                AccountRow.is_admin.is_(True),
                AccountRow.secret_hash != "",
                AccountRow.banned_at.is_(None),
                AccountRow.erased_at.is_(None),
            )
        ).scalars()
    )


def _open_code(connection: Connection, email: str, now: datetime) -> Any:
    return connection.execute(
        select(OneTimeCodeRow.id, OneTimeCodeRow.account_id, OneTimeCodeRow.code_hash)
        .join(AccountRow, AccountRow.id == OneTimeCodeRow.account_id)
        .where(
            AccountRow.email == email.strip().casefold(),
            AccountRow.banned_at.is_(None),
            OneTimeCodeRow.used_at.is_(None),
            OneTimeCodeRow.expires_at > now,
            OneTimeCodeRow.expires_at <= now + 2 * CODE_LIFE,
        )
    ).one_or_none()


def _account(connection: Connection, *where: Any) -> Any:
    row = connection.execute(
        select(
            AccountRow.id,
            AccountRow.name,
            AccountRow.email,
            AccountRow.is_admin,
            AccountRow.secret_hash,
            AccountRow.banned_at,
        ).where(*where, AccountRow.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such account.", hint="Find it under People.")
    return row


def _need_kind(connection: Connection, account: Any, kind: SecretKind) -> None:
    """Let only attendees have a PIN."""
    works = connection.execute(
        select(func.count()).where(
            EventRoleRow.account_id == account.id, EventRoleRow.role != Role.ATTENDEE
        )
    ).scalar_one()
    if kind == "pin" and (account.is_admin or works):
        raise InvalidInputError(
            "Who works for an event needs a password; digits alone are a PIN.",
            hint="Choose a few words in a row.",
        )


def _set(connection: Connection, account_id: UUID, kind: SecretKind, kept_hash: str) -> None:
    connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id)
        .values(secret_kind=kind, secret_hash=kept_hash)
    )


def _void_codes(connection: Connection, account_id: UUID, now: datetime) -> None:
    connection.execute(
        update(OneTimeCodeRow)
        .where(OneTimeCodeRow.account_id == account_id, OneTimeCodeRow.used_at.is_(None))
        .values(used_at=now)
    )
