"""A sign-in that waits for its code: the password was right, and need not be said again.

Whoever signs in keeps a sealed note of it for five minutes. It is of use only with a code, and no
more once the password is another one.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import AccountRow
from eventdesk.accounts.carried_notes import read_note, write_note
from eventdesk.acts import Act

BEGUN_FOR: Final = timedelta(minutes=5)
_PURPOSE: Final = "begun sign-in"
_BYTES: Final = 56


def begun(act: Act, account: AnyRow) -> str:
    """The note of a sign-in whose password was right."""
    until = int((act.now + BEGUN_FOR).timestamp())
    content = account.id.bytes + until.to_bytes(8, "big") + _password(account)
    return write_note(act.store, _PURPOSE, content)


def account_of(act: Act, note: str) -> AnyRow | None:
    """Whose sign-in it is; None where it is over, or no such note."""
    content = _content(act, note)
    if content is None or _until(content) <= act.now:
        return None
    wanted = select(AccountRow.__table__).where(
        AccountRow.id == UUID(bytes=content[:16]), AccountRow.erased_at.is_(None)
    )
    account = act.connection.execute(wanted).one_or_none()
    return account if account is not None and content[24:] == _password(account) else None


def _content(act: Act, note: str) -> bytes | None:
    content = read_note(act.store, _PURPOSE, note)
    return content if content is not None and len(content) == _BYTES else None


def _until(content: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(content[16:24], "big"), UTC)


def _password(account: AnyRow) -> bytes:
    """What changes with the password."""
    return hashlib.sha256(account.secret_hash.encode()).digest()
