"""The second step at sign-in: after the password, a code of an app (TOTP) or a recovery code.

The secret shared with the app is sealed by a key of the key folder, and recovery codes are hashed
with one, so the store alone gives neither away. A time step's code is taken once. Wrong codes count
with the wrong passwords of the account.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select, update

from data.rows import AnyRow, count_rows, insert_row
from data.schema import RecoveryCodeRow, SecondStepRow
from data.store import Store
from eventdesk.accounts.credential import verify_secret
from eventdesk.accounts.signing_up import account_row
from eventdesk.accounts.totp import (
    AROUND,
    DIGITS,
    SECRET_BYTES,
    minutes_off,
    setup_address,
    spelled,
    step_at,
    step_of,
)
from eventdesk.accounts.wrong_tries import charge, forgive, refund, subject_of
from eventdesk.acts import Act, Permission, Steps, Topic, reads, steps, writes
from eventdesk.core.errors import InvalidInputError, SignInError
from eventdesk.core.ids import new_code, read_code
from eventdesk.core.messages import msg
from eventdesk.core.sealing import derived, seal, unseal

CODES: Final = 10
CODE_LENGTH: Final = 10
_PURPOSE: Final = "second step"
_KEY_ID: Final = 1
"""Where sealed content names its key (`eventdesk/core/sealing.py`)."""


@dataclass(frozen=True, slots=True)
class SecondStep:
    """Whether a person is asked for a code at sign-in.

    Attributes:
        since: When it was set up, aware UTC; None while it is not.
        codes_left: Recovery codes that were not used.
    """

    since: datetime | None = None
    codes_left: int = 0


@dataclass(frozen=True, slots=True)
class NewSecondStep:
    """What an app is to know; asked for at sign-in once a first code of it was typed.

    Attributes:
        key: As it is typed into an app, in base32.
        address: What the QR code says.
    """

    key: str
    address: str


@reads(Permission.ATTEND)
def my_second_step(act: Act) -> SecondStep:
    """Say whether who asks needs a code at sign-in."""
    who = act.need(None, Permission.ATTEND)
    row = None if who.id is None else second_step_of(act.connection, who.id)
    if row is None:
        return SecondStep()
    mine = RecoveryCodeRow.account_id == who.id
    return SecondStep(
        row.confirmed_at, count_rows(act.connection, mine, RecoveryCodeRow.used_at.is_(None))
    )


@steps(Permission.ATTEND)
def begin_second_step(steps: Steps, secret: str) -> NewSecondStep:
    """Make what an app is to know, for who says their password; shown once.

    Raises:
        SignInError: The password is wrong, or the account is locked for a while.
        InvalidInputError: It is set up already, or they sign in with a PIN.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        account = account_row(act.connection, act.actor.id)
        _need_none(act.connection, account.id)
    if account.secret_kind != "password":
        raise InvalidInputError(
            msg("You sign in with a PIN; a second step goes with a password."),
            hint=msg("Choose a password first, under PIN or password."),
        )
    charge(steps, subject_of(account.email))
    _need_password(account, secret)
    made = os.urandom(SECRET_BYTES)
    with steps.write() as act:
        act.need(None, Permission.ATTEND)
        _need_none(act.connection, account.id)
        forgive(act.connection, subject_of(account.email))
        _forget(act.connection, account.id)
        insert_row(
            act.connection,
            SecondStepRow,
            account_id=account.id,
            sealed=seal(act.store.keys.active, _PURPOSE, made, about=account.id.bytes),
            last_step=0,
            begun_at=act.now,
        )
        act.touch(Topic.ACCOUNTS)
    return NewSecondStep(spelled(made), setup_address(made, account.email))


@steps(Permission.ATTEND)
def confirm_second_step(steps: Steps, code: str) -> list[str]:
    """Switch the second step on with a first code of the app.

    Returns:
        The recovery codes: each stands in once for a code of the app. They are not shown again.

    Raises:
        SignInError: The code is wrong, or the account is locked for a while.
        InvalidInputError: It is on already, or was not begun.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        account = account_row(act.connection, act.actor.id)
        _need_none(act.connection, account.id)
        row = _row(act.connection, account.id)
    if row is None:
        raise InvalidInputError(msg("Nothing was begun."), hint=msg("Begin with your password."))
    before = charge(steps, subject_of(account.email))
    secret = _secret(steps.store, row)
    step = step_of(secret, read_code(code), steps.now)
    if step is None:
        raise _wrong_at_first(secret, code, steps.now)
    codes = [new_code(CODE_LENGTH) for _ in range(CODES)]
    with steps.write() as act:
        act.need(None, Permission.ATTEND)
        mine = (SecondStepRow.account_id == account.id) & SecondStepRow.confirmed_at.is_(None)
        same = mine & (SecondStepRow.sealed == row.sealed)
        now_on = update(SecondStepRow).where(same).values(last_step=step, confirmed_at=act.now)
        if not act.connection.execute(now_on).rowcount:
            raise InvalidInputError(
                msg("It was begun anew meanwhile."), hint=msg("Scan the last QR code.")
            )
        for each in codes:
            kept = _hash(act.store, row, each)
            insert_row(act.connection, RecoveryCodeRow, account_id=account.id, code_hash=kept)
        _tell(act, account.id, on=True)
        act.record("confirm_second_step", ("account", account.id))
    refund(steps, subject_of(account.email), before)
    return codes


@steps(Permission.ATTEND)
def end_second_step(steps: Steps, *, secret: str, code: str) -> None:
    """Switch one's own second step off, with the password and a code.

    Raises:
        SignInError: One of them is wrong, or the account is locked for a while.
        InvalidInputError: It is off.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        account = account_row(act.connection, act.actor.id)
        row = second_step_of(act.connection, account.id)
    if row is None:
        raise InvalidInputError(msg("There is no second step to switch off."))
    charge(steps, subject_of(account.email))
    _need_password(account, secret)
    with steps.write() as act:
        act.need(None, Permission.ATTEND)
        if not takes_code(act, row, code):
            raise wrong_code()
        forgive(act.connection, subject_of(account.email))
        _forget(act.connection, account.id)
        _tell(act, account.id, on=False)
        act.record("end_second_step", ("account", account.id))


@writes(Permission.INSTALLATION)
def reset_second_step(act: Act, account_id: UUID) -> None:
    """Switch the second step of a person off, who has lost app and recovery codes.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It has no second step.
    """
    act.need(None, Permission.INSTALLATION)
    account = account_row(act.connection, account_id)
    if second_step_of(act.connection, account.id) is None:
        raise InvalidInputError(msg("This account has no second step."))
    _forget(act.connection, account.id)
    _tell(act, account.id, on=False)
    act.record("reset_second_step", ("account", account.id))


def second_step_of(connection: Connection, account_id: UUID) -> AnyRow | None:
    """The second step of an account inside a transaction; None where it is off."""
    row = _row(connection, account_id)
    return None if row is None or row.confirmed_at is None else row


def takes_code(act: Act, row: AnyRow, typed: str) -> bool:
    """Use a code of the app or a recovery code up; False where it is wrong or used.

    Args:
        row: The second step.
        typed: The code, as it was typed.
    """
    code = read_code(typed)
    if len(code) == DIGITS and code.isascii() and code.isdecimal():
        return _takes_step(act, row, code)
    mine = RecoveryCodeRow.account_id == row.account_id
    this = mine & (RecoveryCodeRow.code_hash == _hash(act.store, row, code))
    unused = RecoveryCodeRow.used_at.is_(None)
    used = update(RecoveryCodeRow).where(this, unused).values(used_at=act.now)
    if not act.connection.execute(used).rowcount:
        return False
    left = count_rows(act.connection, mine, unused)
    title = msg("You signed in with a recovery code; {left} are left", left=left)
    body = msg("If it was not you, tell an admin. New ones come with setting it up anew.")
    act.tell(row.account_id, "account", title, body)
    return True


def _takes_step(act: Act, row: AnyRow, code: str) -> bool:
    """Use a code of the app up, with all of its time step and those before."""
    step = step_of(_secret(act.store, row), code, act.now)
    if step is None:
        return False
    newer = SecondStepRow.last_step < step
    by_wrong_clock = SecondStepRow.last_step > step_at(act.now) + max(AROUND)
    mine = SecondStepRow.account_id == row.account_id
    used = update(SecondStepRow).where(mine, or_(newer, by_wrong_clock)).values(last_step=step)
    return bool(act.connection.execute(used).rowcount)


def wrong_code() -> SignInError:
    """What says that a code is wrong, or used."""
    return SignInError(
        msg("This code is wrong, or was used before."),
        hint=msg("Wait for the next one. If none is right, look at the clocks of both machines."),
    )


def _wrong_at_first(secret: bytes, code: str, now: datetime) -> SignInError:
    """Say by how much a clock is wrong, where the code is right for another time."""
    minutes = minutes_off(secret, read_code(code), now)
    if minutes is None:
        return SignInError(
            msg("This is not the code that the app shows for this key."),
            hint=msg("Type the six digits it shows now."),
        )
    if minutes > 0:
        wrong = msg("The app's clock is {minutes} minutes ahead of ours.", minutes=minutes)
    else:
        wrong = msg("The app's clock is {minutes} minutes behind ours.", minutes=-minutes)
    return SignInError(wrong, hint=msg("Set the clock that is wrong, and type the next code."))


def _need_none(connection: Connection, account_id: UUID) -> None:
    if second_step_of(connection, account_id) is not None:
        raise InvalidInputError(
            msg("Your second step is set up already."), hint=msg("Switch it off first.")
        )


def _need_password(account: AnyRow, secret: str) -> None:
    if not verify_secret(account.secret_hash, secret):
        raise SignInError(msg("The password is wrong."), hint=msg("Type it again."))


def _row(connection: Connection, account_id: UUID) -> AnyRow | None:
    wanted = select(SecondStepRow.__table__).where(SecondStepRow.account_id == account_id)
    return connection.execute(wanted).one_or_none()


def _secret(store: Store, row: AnyRow) -> bytes:
    """The secret shared with the app.

    Raises:
        KeyFileLostError: The key it was sealed with is lost.
        SignInError: This house did not seal it.
    """
    secret = unseal(store.key, _PURPOSE, row.sealed, about=row.account_id.bytes)
    if secret is None:
        raise SignInError(
            msg("The second step of this account cannot be read."),
            hint=msg("Ask an administrator to switch it off."),
        )
    return secret


def _hash(store: Store, row: AnyRow, code: str) -> str:
    """A recovery code as it is kept: of use only together with the key folder."""
    key = derived(store.key(row.sealed[_KEY_ID]), "recovery codes")
    content = row.account_id.bytes + code.encode(errors="replace")
    return hmac.digest(key, content, hashlib.sha256).hex()


def _forget(connection: Connection, account_id: UUID) -> None:
    tables: Sequence[type[SecondStepRow | RecoveryCodeRow]] = (SecondStepRow, RecoveryCodeRow)
    for table in tables:
        connection.execute(delete(table).where(table.account_id == account_id))


def _tell(act: Act, account_id: UUID, *, on: bool) -> None:
    title = msg("Your sign-in needs a code from now on")
    if not on:
        title = msg("Your sign-in needs no code any more")
    act.tell(account_id, "account", title, msg("If it was not you, tell an admin."))
