"""Wrong tries: counted before a secret is checked, whether or not the account exists."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from data.rows import insert_row
from data.schema import WrongTryRow
from data.touched import HOUSE, UNSEEN, note_touched
from eventdesk.accounts.credential import locked_until
from eventdesk.acts import Clock, Steps, Topic, clock_now, steps
from eventdesk.core.errors import InvalidInputError, SignInError
from eventdesk.core.messages import Message, msg

REMEMBERED_FOR: Final = timedelta(days=1)
"""How long wrong tries are kept behind the last: longer than any lock (`credential.PAUSES`)."""

MAX_EMAIL = 254
"""Longest e-mail address (RFC 5321, section 4.5.3.1.3)."""


def address_of(email: str) -> str:
    """A typed e-mail address in its one spelling, as it is kept.

    Raises:
        InvalidInputError: It is no address.
    """
    address = email.strip().casefold()
    local, at, domain = address.partition("@")
    is_one_word = address.isprintable() and " " not in address
    if not (local and at and domain and is_one_word) or len(address) > MAX_EMAIL:
        raise InvalidInputError(
            msg("{email!r} is not an e-mail address.", email=email.strip()[:60]),
            hint=msg("Such as ada@example.org."),
        )
    return address


def subject_of(email: str, *, kind: str = "account") -> str:
    """What the tries for an address are counted under, whether or not it is an account's."""
    address = email.strip().casefold()[:MAX_EMAIL]
    return f"{kind}:" + hashlib.sha256(address.encode(errors="replace")).hexdigest()


def charge(
    steps: Steps, subject: str, *, forgotten_after: timedelta | None = None
) -> tuple[int, datetime | None]:
    """Count a try before it is checked, so that parallel guesses cannot slip through together.

    Returns:
        How many wrong tries there were before, and when the last of them was.

    Raises:
        SignInError: The subject is locked.
    """
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        row = act.connection.execute(
            select(WrongTryRow.tries, WrongTryRow.last_at).where(WrongTryRow.subject == subject)
        ).one_or_none()
        tries, last_at = (row.tries, row.last_at) if row is not None else (0, None)
        if forgotten_after and last_at and abs(act.now - last_at) > forgotten_after:
            tries, last_at = 0, None
        until = locked_until(tries, last_at, act.now)
        if until is not None:
            raise SignInError(msg("Too many wrong tries."), hint=_wait(until - act.now))
        act.connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))
        insert_row(act.connection, WrongTryRow, subject=subject, tries=tries + 1, last_at=act.now)
    return tries, last_at


def refund(steps: Steps, subject: str, before: tuple[int, datetime | None]) -> None:
    """Take back the charge of a right try; wrong tries before it keep their number and time."""
    tries, last_at = before
    mine = update(WrongTryRow).where(WrongTryRow.subject == subject)
    with steps.write() as act:
        note_touched(act.connection, [(Topic.ACCOUNTS, HOUSE)])
        nobody_since = act.connection.execute(
            mine.where(WrongTryRow.tries == tries + 1).values(
                tries=tries, last_at=last_at or WrongTryRow.last_at
            )
        )
        if not nobody_since.rowcount:
            act.connection.execute(mine.values(tries=WrongTryRow.tries - 1))


def forgive(connection: Connection, subject: str) -> None:
    """Forget the wrong tries, inside the transaction that knows it was the right person."""
    connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))


def forgive_all(connection: Connection, beginning: str) -> None:
    """Forget the wrong tries of all subjects that begin alike: what they guessed at is changed."""
    theirs = WrongTryRow.subject.startswith(beginning, autoescape=True)
    connection.execute(delete(WrongTryRow).where(theirs))


@steps(internal=True)
def thin_wrong_tries(steps: Steps) -> int:
    """Forget wrong tries whose last is older than a day; returns of how many subjects.

    Anybody may try for any address, so the store would fill with them. Who waits a day for the
    first tries to be free again guesses less than who keeps to the pauses.
    """
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    old = WrongTryRow.last_at < steps.now - REMEMBERED_FOR
    with steps.read() as act:
        if act.connection.execute(select(WrongTryRow.subject).where(old).limit(1)).first() is None:
            return 0
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        return act.connection.execute(delete(WrongTryRow).where(old)).rowcount


def _wait(time: timedelta) -> Message:
    seconds = max(1, round(time.total_seconds()))
    if seconds < 90:
        return msg("Wait {seconds} seconds, or ask at the desk.", seconds=seconds)
    return msg("Wait {minutes} minutes, or ask at the desk.", minutes=-(-seconds // 60))
