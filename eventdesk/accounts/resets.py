"""Changes of a PIN or password: with the old one, or with a one-time code from an admin.

Where mail is set up, the code comes by mail to who asks. Else every admin gets a notice, and one
of them makes a code and hands it over. The code is kept as a hash, holds for an hour, is used once,
and its tries are counted as those of the sign-in are.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from data.rows import AnyRow, count_rows, update_row
from data.schema import AccountRow, EventRoleRow, OneTimeCodeRow
from eventdesk.accounts.app_sessions import end_app_sessions
from eventdesk.accounts.credential import dummy_verify, hash_secret, verify_secret
from eventdesk.accounts.signing_up import SecretKind, account_row, check_secret, was_told
from eventdesk.accounts.web_sessions import end_web_sessions
from eventdesk.accounts.wrong_tries import charge, forgive, subject_of
from eventdesk.acts import Act, Actor, ActorKind, Permission, Role, Steps, goes_by_mail, steps
from eventdesk.core.errors import InvalidInputError, SignInError
from eventdesk.core.ids import new_code, new_id, read_code
from eventdesk.core.messages import msg

CODE_MAIL = "code"
"""What a mail with a one-time code is about."""

CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=1)
"""How long a one-time code may be used, and a request for one is remembered."""

_WRONG_CODE = msg("The e-mail address or the code is wrong, or the code is no longer valid.")


@steps(Permission.ATTEND)
def change_secret(steps: Steps, *, old: str, new: str) -> None:
    """Choose a new PIN (digits only) or password; the old one is needed, and wrong tries count.

    Whoever works for an event or is an admin needs a password.

    Raises:
        SignInError: The old one is wrong, or the account is locked for a while.
        InvalidInputError: The new one cannot be used.
    """
    kind = kind_of(new)
    check_secret(kind, new)
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        account = account_row(act.connection, act.actor.id)
        _need_kind(act.connection, account, kind)
    charge(steps, subject_of(account.email))
    if not verify_secret(account.secret_hash, old):
        raise SignInError(msg("The old PIN or password is wrong."), hint=msg("Type it again."))
    kept_hash = hash_secret(new)
    with steps.write() as act:
        act.need(None, Permission.ATTEND)
        _set(act, account.id, kind, kept_hash)
        forgive(act.connection, subject_of(account.email))
        void_codes(act, account.id)
        act.record("change_secret", ("account", account.id), secret=kind)


@steps(public=True)
def ask_for_code(steps: Steps, email: str) -> bool:
    """Ask for a one-time code; it says the same whether or not there is an account.

    Returns:
        Whether codes come by mail here; else the admins were told.

    Raises:
        SignInError: Asked too often for this address.
    """
    charge(steps, subject_of(email, kind="reset"), forgotten_after=CODE_LIFE)
    with steps.write() as act:
        account = act.connection.execute(
            select(AccountRow.id, AccountRow.name, AccountRow.email).where(
                AccountRow.email == email.strip().casefold(),
                AccountRow.banned_at.is_(None),
                AccountRow.erased_at.is_(None),
            )
        ).one_or_none()
        by_mail = goes_by_mail(act.connection)
        if account is None:
            return by_mail
        if by_mail:
            # Who sends it makes the code, so that it lies nowhere in plain.
            mail = {"mail": CODE_MAIL}
            act.deliver("mail", new_id(), event_id=None, account_id=account.id, payload=mail)
            return True
        title = msg("{name} asks for a new PIN or password", name=account.name)
        body = msg(
            "Make sure who asks, then make a code for {email} under People.", email=account.email
        )
        for admin_id in admins(act.connection):
            if not was_told(act.connection, admin_id, title):
                act.tell(admin_id, "account", title, body, subject=("account", account.id))
    return False


@steps(Permission.INSTALLATION)
def make_code(steps: Steps, account_id: UUID) -> str:
    """Make the one-time code that lets a person set a new secret; shown to the admin once.

    Codes made before are void, and wrong tries of the account are forgotten.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: The account was closed.
    """
    return _made_code(steps, account_id, forgives=True)


def mailed_code(steps: Steps, account_id: UUID) -> str:
    """Make the one-time code of a mail, which anybody may ask for.

    Wrong tries of the account stay counted until a new secret is set with it.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: The account was closed.
    """
    return _made_code(steps, account_id, forgives=False)


def _made_code(steps: Steps, account_id: UUID, *, forgives: bool) -> str:
    code = new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        account = account_row(act.connection, account_id)
        if account.banned_at is not None:
            raise InvalidInputError(msg("This account was closed."), hint=msg("Restore it first."))
        insert_code(act, account.id, kept_hash)
        if forgives:
            forgive(act.connection, subject_of(account.email))
        act.record("make_code", ("account", account.id))
    return code


@steps(public=True)
def set_secret(steps: Steps, *, email: str, code: str, secret: str) -> None:
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
    charge(steps, subject)
    with steps.read() as act:
        row = _open_code(act, email)
    if row is None:
        dummy_verify(typed)
    if row is None or not verify_secret(row.code_hash, typed):
        raise SignInError(
            _WRONG_CODE, hint=msg("Check both, or ask an administrator for a new code.")
        )
    with steps.write() as act:
        account = account_row(act.connection, row.account_id)
        _need_kind(act.connection, account, kind)
        used = act.connection.execute(
            update(OneTimeCodeRow)
            .where(OneTimeCodeRow.id == row.id, OneTimeCodeRow.used_at.is_(None))
            .values(used_at=act.now)
        )
        if not used.rowcount:
            raise SignInError(_WRONG_CODE, hint=msg("Ask an administrator for a new code."))
        _set(act, account.id, kind, kept_hash)
        forgive(act.connection, subject)
        actor = Actor(
            ActorKind.ACCOUNT, account.id, account.name, Role.ATTENDEE, act.store.device_id
        )
        act.by(actor).record("set_secret", ("account", account.id), secret=kind)


def kind_of(secret: str) -> SecretKind:
    """Whether something typed is meant as a PIN: digits only are."""
    return "pin" if secret.isascii() and secret.isdecimal() else "password"


def insert_code(act: Act, account_id: UUID, kept_hash: str) -> None:
    """Keep a one-time code of an account; those before it are void."""
    void_codes(act, account_id)
    act.connection.execute(
        insert(OneTimeCodeRow).values(
            id=new_id(),
            account_id=account_id,
            code_hash=kept_hash,
            made_by=act.actor.name,
            created_at=act.now,
            expires_at=act.now + CODE_LIFE,
        )
    )


def admins(connection: Connection) -> list[UUID]:
    """The accounts of all admins who can sign in; an admin without a password yet cannot."""
    can_sign_in = select(AccountRow.id).where(
        AccountRow.is_admin.is_(True),
        AccountRow.secret_hash != "",
        AccountRow.banned_at.is_(None),
        AccountRow.erased_at.is_(None),
    )
    return list(connection.execute(can_sign_in).scalars())


def _open_code(act: Act, email: str) -> Any:
    return act.connection.execute(
        select(OneTimeCodeRow.id, OneTimeCodeRow.account_id, OneTimeCodeRow.code_hash)
        .join(AccountRow, AccountRow.id == OneTimeCodeRow.account_id)
        .where(
            AccountRow.email == email.strip().casefold(),
            AccountRow.banned_at.is_(None),
            OneTimeCodeRow.used_at.is_(None),
            OneTimeCodeRow.expires_at > act.now,
            OneTimeCodeRow.expires_at <= act.now + 2 * CODE_LIFE,
        )
    ).one_or_none()


def _need_kind(connection: Connection, account: AnyRow, kind: SecretKind) -> None:
    """Require a password of everybody but attendees."""
    works = count_rows(
        connection, EventRoleRow.account_id == account.id, EventRoleRow.role != Role.ATTENDEE
    )
    if kind == "pin" and (account.is_admin or works):
        raise InvalidInputError(
            msg("Who works for an event needs a password; digits alone are a PIN."),
            hint=msg("Choose a few words in a row."),
        )


def _set(act: Act, account_id: UUID, kind: SecretKind, kept_hash: str) -> None:
    end_web_sessions(act, account_id)
    end_app_sessions(act, account_id)
    update_row(act.connection, AccountRow, account_id, secret_kind=kind, secret_hash=kept_hash)


def void_codes(act: Act, account_id: UUID) -> None:
    """Make the one-time codes of an account useless."""
    act.connection.execute(
        update(OneTimeCodeRow)
        .where(OneTimeCodeRow.account_id == account_id, OneTimeCodeRow.used_at.is_(None))
        .values(used_at=act.now)
    )
