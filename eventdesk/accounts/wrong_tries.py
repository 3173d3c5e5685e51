"""Wrong tries: counted before they are checked, alike for who exists and who does not."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from data.rows import insert_row
from data.schema import WrongTryRow
from data.store import Store
from data.touched import HOUSE, note_touched
from eventdesk.accounts.credential import locked_until
from eventdesk.acts import Steps, Topic
from eventdesk.core.errors import InvalidInputError, SignInError

MAX_EMAIL = 254
"""Longest e-mail address (RFC 5321, section 4.5.3.1.3)."""

WRONG = "The e-mail address or the PIN or password is wrong."


def address_of(email: str) -> str:
    """Bring a typed e-mail address to its one spelling.

    Raises:
        InvalidInputError: It is no address.
    """
    address = email.strip().casefold()
    local, at, domain = address.partition("@")
    if not (local and at and domain) or len(address) > MAX_EMAIL or not _proper(address):
        raise InvalidInputError(
            f"{email.strip()[:60]!r} is not an e-mail address.", hint="Such as ada@example.org."
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
        row = act.connection.execute(
            select(WrongTryRow.tries, WrongTryRow.last_at).where(WrongTryRow.subject == subject)
        ).one_or_none()
        tries, last_at = (row.tries, row.last_at) if row is not None else (0, None)
        if (
            forgotten_after is not None
            and last_at is not None
            and abs(act.now - last_at) > forgotten_after
        ):
            tries, last_at = 0, None
        until = locked_until(tries, last_at, act.now)
        if until is not None:
            raise SignInError(
                "Too many wrong tries.",
                hint=f"Wait {_in_words(until - act.now)}, or ask at the desk.",
            )
        act.connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))
        insert_row(act.connection, WrongTryRow, subject=subject, tries=tries + 1, last_at=act.now)
    return tries, last_at


def refund(store: Store, subject: str, before: tuple[int, datetime | None]) -> None:
    """Take back the charge of a right try, and leave the wrong ones before it as they were.

    Their time, too: a right code must neither lock the next guest out nor keep old slips alive.
    """
    tries, last_at = before
    mine = update(WrongTryRow).where(WrongTryRow.subject == subject)
    with store.write() as connection:
        note_touched(connection, [(Topic.ACCOUNTS, HOUSE)])
        nobody_since = connection.execute(
            mine.where(WrongTryRow.tries == tries + 1).values(
                tries=tries, last_at=last_at or WrongTryRow.last_at
            )
        )
        if not nobody_since.rowcount:
            connection.execute(mine.values(tries=WrongTryRow.tries - 1))


def forgive(connection: Connection, subject: str) -> None:
    """Forget the wrong tries, inside the transaction that knows it was the right person."""
    connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))


def _proper(address: str) -> bool:
    """Whether an address is one word that can be shown and kept."""
    return address.isprintable() and " " not in address


def _in_words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
