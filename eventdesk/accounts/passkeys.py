"""Passkeys: a device that made sure of its person signs in, in place of password and code.

What is asked is carried by the browser as a sealed note, holds for five minutes and is answered
once. A passkey belongs to the host of the page where it was made, and signs in nowhere else.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import AccountRow, PasskeyRow, SpentChallengeRow
from data.touched import UNSEEN, note_touched
from eventdesk.accounts.begun_sign_in import account_of
from eventdesk.accounts.carried_notes import read_lasting, write_lasting
from eventdesk.accounts.credential import verify_secret
from eventdesk.accounts.passkey_proof import (
    NewPasskey,
    PasskeyProof,
    Question,
    counter_of,
    made_of,
    new_question,
    spelled,
    unspelled,
    went_back,
)
from eventdesk.accounts.signing_in import actor_of, need_open, take_second_step
from eventdesk.accounts.signing_up import account_row
from eventdesk.accounts.web_sessions import NewWebSession, begin_session
from eventdesk.accounts.wrong_tries import charge, forgive, subject_of
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Steps,
    reads,
    reads_in_steps,
    steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, SignInError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

ANSWERED_WITHIN: Final = timedelta(minutes=5)
MOST: Final = 20
"""Passkeys of one account."""

LONGEST_NAME: Final = 60

_NEW, _SHOWN = "new passkey", "shown passkey"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey, as its person sees it.

    Attributes:
        name: As they called it.
        host: The host of the pages it signs in at.
        used_at: When it signed in last, aware UTC; None while it never did.
    """

    id: UUID
    name: str
    host: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser asks a device; bytes are texts in base64url.

    Attributes:
        note: What the browser keeps until it has the answer.
        challenge: What is signed.
        host: Whose passkeys they are.
        known: The passkeys that are meant, or of a new one those that there are.
        user: Whose a new one is, as the device keeps it.
        email: The same as people read it.
        name: The name of that person.
    """

    note: str
    challenge: str
    host: str
    known: tuple[str, ...] = ()
    user: str = ""
    email: str = ""
    name: str = ""


@reads(Permission.ATTEND)
def my_passkeys(act: Act) -> list[Passkey]:
    """List the passkeys of who asks, the oldest first."""
    who = act.need(None, Permission.ATTEND)
    rows = [] if who.id is None else _rows_of(act.connection, who.id)
    return [Passkey(row.id, row.name, row.host, row.made_at, row.used_at) for row in rows]


@steps(Permission.ATTEND)
def begin_passkey(
    steps: Steps, secret: str, *, name: str, origin: str, code: str = ""
) -> Challenge:
    """Begin a new passkey for who says their PIN or password, and the code of a second step.

    Who has none, as they sign in elsewhere, says none.

    Args:
        name: What it is to be called.
        origin: The page where it is made: `https://desk.example.org`.

    Raises:
        SignInError: One of them is wrong, or the account is locked for a while.
        CodeNeededError: The code is needed, too.
        InvalidInputError: It has no name, there are too many, or the page is none for passkeys.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        account = account_row(act.connection, act.actor.id)
        rows = _rows_of(act.connection, account.id)
    need_host_for_passkeys(origin)
    _need_room(rows)
    called = plain(name, limit=LONGEST_NAME)
    if not called:
        raise InvalidInputError(msg("A passkey needs a name."), hint=msg("Such as: my phone."))
    if account.secret_hash:
        _need_secret(steps, account, secret, code)
    question = new_question(origin)
    said = {"account": str(account.id), "name": called, "origin": origin}
    return Challenge(
        _note(steps, _NEW, question, said),
        spelled(question.challenge),
        question.host,
        tuple(spelled(row.credential_id) for row in rows if row.host == question.host),
        user=spelled(account.id.bytes),
        email=account.email,
        name=plain(account.name, limit=LONGEST_NAME),
    )


@writes(Permission.ATTEND)
def add_passkey(act: Act, note: str, new: NewPasskey) -> Passkey:
    """Keep a new passkey, whose person is told.

    Args:
        note: What `begin_passkey` gave.
        new: What the browser made.

    Raises:
        SignInError: It took too long, or was not made for this.
        InvalidInputError: It is there already, or there are too many.
    """
    act.need(None, Permission.ATTEND)
    said = _said(Steps(act.store, act.actor.at(act.now)), _NEW, note)
    account = account_row(act.connection, act.actor.id)
    if said["account"] != str(account.id):
        raise _over()
    question = _question(said)
    made = made_of(new, question)
    _spend(act, question)
    _need_room(_rows_of(act.connection, account.id))
    if count_rows(act.connection, PasskeyRow.credential_id == made.credential_id):
        raise InvalidInputError(msg("This passkey is there already."))
    passkey_id = new_id()
    insert_row(
        act.connection,
        PasskeyRow,
        id=passkey_id,
        account_id=account.id,
        name=said["name"],
        credential_id=made.credential_id,
        public_key=made.public_key,
        host=question.host,
        counter=made.counter,
        made_at=act.now,
    )
    title = msg("You can sign in with the passkey {name} from now on", name=said["name"])
    act.tell(account.id, "account", title, msg("If it was not you, tell an admin."))
    act.record("add_passkey", ("account", account.id), host=question.host)
    return Passkey(passkey_id, said["name"], question.host, act.now, None)


@writes(own=True)
def end_passkey(act: Act, passkey_id: UUID) -> None:
    """End a passkey of one's own; the device keeps its part, which opens nothing any more.

    Raises:
        NotFoundError: There is no such passkey.
    """
    wanted = select(PasskeyRow.__table__).where(PasskeyRow.id == passkey_id)
    row = need_found(act.connection.execute(wanted).one_or_none(), msg("There is no such passkey."))
    act.need(None, owner_id=row.account_id)
    act.connection.execute(delete(PasskeyRow).where(PasskeyRow.id == passkey_id))
    title = msg("The passkey {name} does not sign you in any more", name=row.name)
    act.tell(row.account_id, "account", title, msg("If it was not you, tell an admin."))
    act.record("end_passkey", ("account", row.account_id), host=row.host)


@writes(Permission.INSTALLATION)
def remove_passkeys(act: Act, account_id: UUID) -> int:
    """End all passkeys of a person, whose device was lost; returns how many there were.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: It has no passkey.
    """
    act.need(None, Permission.INSTALLATION)
    account = account_row(act.connection, account_id)
    count = len(_rows_of(act.connection, account.id))
    if not count:
        raise InvalidInputError(msg("This account has no passkey."))
    act.connection.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account.id))
    title = msg("An admin removed your passkeys: they do not sign you in any more")
    act.tell(account.id, "account", title, msg("Sign in with your password, and make new ones."))
    act.record("remove_passkeys", ("account", account.id), passkeys=count)
    return count


@reads(public=True)
def has_passkey(act: Act, begun: str, *, origin: str) -> bool:
    """Whether a sign-in that waits for its code could go on with a passkey.

    Args:
        begun: What `CodeNeededError` brought.
        origin: The page that asks.
    """
    account = account_of(act, begun)
    rows = [] if account is None else _rows_of(act.connection, account.id)
    return any(row.host == urlsplit(origin).hostname for row in rows)


@reads_in_steps(public=True)
def ask_passkey(steps: ReadingSteps, *, origin: str, begun: str = "") -> Challenge:
    """Ask a browser for a passkey.

    Args:
        origin: The page that asks.
        begun: What `CodeNeededError` brought, where one of that account stands in for its code.

    Raises:
        SignInError: The sign-in that was begun is over.
        InvalidInputError: The page is none for passkeys.
    """
    need_host_for_passkeys(origin)
    question, known, said = new_question(origin), list[str](), {"origin": origin}
    if begun:
        with steps.read() as act:
            account = account_of(act, begun)
            rows = [] if account is None else _rows_of(act.connection, account.id)
        known = [spelled(row.credential_id) for row in rows if row.host == question.host]
        if account is None or not known:
            raise _over()
        said["account"] = str(account.id)
    note = _note(steps, _SHOWN, question, said)
    return Challenge(note, spelled(question.challenge), question.host, tuple(known))


@steps(public=True)
def start_passkey_session(
    steps: Steps, note: str, proof: PasskeyProof, *, browser: str = "", instead_of: str = ""
) -> NewWebSession:
    """Sign in who shows a passkey, and begin a session; no code is asked for.

    Args:
        note: What `ask_passkey` gave.
        proof: What the browser answered.
        browser: What the browser calls itself.
        instead_of: The secret of a session the browser had; it ends.

    Raises:
        SignInError: It proves nothing, took too long or was used, or the account is locked or
            closed.
    """
    said = _said(steps, _SHOWN, note)
    question = _question(said)
    row, account = _shown(steps, proof, question, said)
    charge(steps, subject_of(account.email))
    counter = counter_of(proof, question, row.public_key)
    need_open(account)
    if went_back(counter, row.counter):
        raise _copied(steps, row)
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        _spend(act, question)
        _count_on(act, row, counter)
        forgive(act.connection, subject_of(account.email))
        act.record("sign_in_with_passkey", ("account", account.id), host=row.host)
    return begin_session(steps, actor_of(steps, account), browser=browser, instead_of=instead_of)


def need_host_for_passkeys(origin: str) -> None:
    """Refuse pages that browsers make no passkeys for.

    Raises:
        InvalidInputError: The host of the page is a number.
    """
    if not is_host_for_passkeys(urlsplit(origin).hostname or ""):
        raise InvalidInputError(
            msg("Passkeys need an address with a name, such as https://desk.example.org."),
            hint=msg("Open the page of this house by its name."),
        )


def is_host_for_passkeys(host: str) -> bool:
    """Whether browsers make passkeys for a host: it is a name, and no number.

    >>> [is_host_for_passkeys(host) for host in ("localhost", "127.0.0.1", "::1", "")]
    [True, False, False, False]
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def _need_secret(steps: Steps, account: AnyRow, secret: str, code: str) -> None:
    before = charge(steps, subject_of(account.email))
    if not verify_secret(account.secret_hash, secret):
        raise SignInError(msg("The PIN or password is wrong."), hint=msg("Type it again."))
    take_second_step(steps, account, code, before)


def _need_room(rows: Sequence[AnyRow]) -> None:
    if len(rows) >= MOST:
        raise InvalidInputError(
            msg("You have {most} passkeys, and no more are kept.", most=MOST),
            hint=msg("Remove one that you do not use."),
        )


def _shown(
    steps: Steps, proof: PasskeyProof, question: Question, said: dict[str, Any]
) -> tuple[AnyRow, AnyRow]:
    """The passkey that was shown, and whose it is."""
    its = PasskeyRow.credential_id == unspelled(proof.credential_id)
    with steps.read() as act:
        wanted = select(PasskeyRow.__table__).where(its, PasskeyRow.host == question.host)
        row = act.connection.execute(wanted).one_or_none()
        if row is None:
            raise _unknown()
        theirs = AccountRow.id == row.account_id
        wanted = select(AccountRow.__table__).where(theirs, AccountRow.erased_at.is_(None))
        account = act.connection.execute(wanted).one_or_none()
    meant = said.get("account")
    user = unspelled(proof.user)
    is_theirs = user == row.account_id.bytes if user or not meant else True
    if account is None or not is_theirs or meant not in (None, str(row.account_id)):
        raise _unknown()
    return row, account


def _spend(act: Act, question: Question) -> None:
    """Take an answer once; those that would be over are forgotten."""
    spent = SpentChallengeRow.challenge == question.challenge
    act.connection.execute(delete(SpentChallengeRow).where(SpentChallengeRow.until < act.now))
    if count_rows(act.connection, spent):
        raise _over()
    until = act.now + ANSWERED_WITHIN
    insert_row(act.connection, SpentChallengeRow, challenge=question.challenge, until=until)


def _count_on(act: Act, row: AnyRow, counter: int) -> None:
    """Note that a passkey was used; another use of it may have been quicker."""
    wanted = select(PasskeyRow.counter).where(PasskeyRow.id == row.id)
    before = act.connection.execute(wanted).scalar_one_or_none()
    if before is None or went_back(counter, before):
        raise _unknown()
    update_row(act.connection, PasskeyRow, row.id, counter=counter, used_at=act.now)


def _copied(steps: Steps, row: AnyRow) -> SignInError:
    """Tell whose passkey it is that there may be two of it."""
    with steps.write() as act:
        title = msg("The passkey {name} was refused: it may have been copied", name=row.name)
        act.tell(row.account_id, "account", title, msg("Remove it, and make a new one."))
        act.record("refuse_passkey", ("account", row.account_id), host=row.host)
    return SignInError(
        msg("This passkey was used elsewhere meanwhile, so it may have been copied."),
        hint=msg("Sign in with your password, remove it and make a new one."),
    )


def _rows_of(connection: Connection, account_id: UUID) -> Sequence[AnyRow]:
    wanted = select(PasskeyRow.__table__).where(PasskeyRow.account_id == account_id)
    return connection.execute(wanted.order_by(PasskeyRow.id)).all()


def _note(steps: ReadingSteps, purpose: str, question: Question, said: dict[str, str]) -> str:
    asked = {**said, "challenge": question.challenge.hex()}
    return write_lasting(steps, purpose, asked, ANSWERED_WITHIN)


def _said(steps: Steps, purpose: str, note: str) -> dict[str, Any]:
    said = read_lasting(steps, purpose, note)
    if said is None:
        raise _over()
    return said


def _question(said: dict[str, Any]) -> Question:
    return Question(bytes.fromhex(said["challenge"]), said["origin"])


def _over() -> SignInError:
    return SignInError(msg("This took too long, or was done before."), hint=msg("Begin again."))


def _unknown() -> SignInError:
    return SignInError(
        msg("This passkey is not known here."),
        hint=msg("Sign in with your password, and look at your passkeys under your profile."),
    )
