"""Mails that nobody needs for a booking, ended by one click (RFC 8058).

The address of the click is made of the house's keys: it names a person or an address by a digest,
and whoever has it can end these mails and nothing else.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.rows import insert_row
from data.schema import AccountRow, MailStopRow, ProfileRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Act, Topic, writes
from eventdesk.core.errors import KeyFileLostError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.token import TokenKey
from eventdesk.mailing.wording import DISPENSABLE

STOP_PLACE: Final = "no-more-mail"
"""The first word of a click's address."""

PROOF_BYTES: Final = 16
_SIGNS: Final = b"eventdesk no more mail 1\0"
_ACCOUNT, _ADDRESS = b"a", b"m"
_HEAD: Final = {_ACCOUNT: 18, _ADDRESS: 34}


def digest_of(address: str) -> bytes:
    """What an address is known by that wants no more mail."""
    return hashlib.sha256(address.strip().casefold().encode(errors="replace")).digest()


def stop_of_account(key: TokenKey, account_id: UUID) -> str:
    """What ends the mails of an account."""
    return _written(key, _ACCOUNT + bytes((key.key_id,)) + account_id.bytes)


def stop_of_address(key: TokenKey, address: str) -> str:
    """What ends the mails to an address without an account."""
    return _written(key, _ADDRESS + bytes((key.key_id,)) + digest_of(address))


def stop_address(base: str, stop: str) -> str:
    """Where a click goes.

    Args:
        base: Where the house serves, such as `https://desk.example.org/`.
        stop: As it was made for somebody.

    >>> stop_address("https://desk.example.org/", "x")
    'https://desk.example.org/no-more-mail/x'
    """
    return f"{base.rstrip('/')}/{STOP_PLACE}/{stop}"


def is_stopped(connection: Connection, address: str) -> bool:
    """Whether an address without an account wants no mail but what its bookings need."""
    stopped = select(MailStopRow.digest).where(MailStopRow.digest == digest_of(address).hex())
    return connection.execute(stopped).first() is not None


@writes(public=True)
def stop_mail(act: Act, click: str) -> None:
    """End the mails that are not needed for a booking, for whom the click was made.

    Args:
        click: The last word of its address.

    Raises:
        NotFoundError: The click is none of ours.
    """
    mark, name = _read(act, click)
    if mark == _ACCOUNT:
        _silence(act, UUID(bytes=name))
        return
    note_touched(act.connection, [UNSEEN])
    known = select(MailStopRow.digest).where(MailStopRow.digest == name.hex())
    if act.connection.execute(known).first() is None:
        insert_row(act.connection, MailStopRow, digest=name.hex(), stopped_at=act.now)


def _silence(act: Act, account_id: UUID) -> None:
    """Silence the kinds of notices in a profile; the person may hear them again there."""
    known = select(AccountRow.id).where(AccountRow.id == account_id)
    if act.connection.execute(known).first() is None:
        raise _void()
    chosen = select(ProfileRow.silenced).where(ProfileRow.account_id == account_id)
    row = act.connection.execute(chosen).one_or_none()
    silenced = sorted({*(row.silenced if row else ()), *(kind.value for kind in DISPENSABLE)})
    if row is None:
        insert_row(
            act.connection,
            ProfileRow,
            account_id=account_id,
            silenced=silenced,
            interests=[],
            changed_at=act.now,
        )
    else:
        act.connection.execute(
            update(ProfileRow)
            .where(ProfileRow.account_id == account_id)
            .values(silenced=silenced, changed_at=act.now)
        )
    act.record("stop_mail", ("account", account_id))
    act.touch(Topic.ACCOUNTS)


def _written(key: TokenKey, head: bytes) -> str:
    return urlsafe_b64encode(head + _proof(key, head)).decode().rstrip("=")


def _read(act: Act, stop: str) -> tuple[bytes, bytes]:
    """Whom a click is for: the kind of its name, and the name."""
    try:
        said = urlsafe_b64decode(stop + "=" * (-len(stop) % 4))
        mark = said[:1]
        head = said[: _HEAD[mark]]
        key = act.store.key(said[1])
    except (Error, ValueError, LookupError, KeyFileLostError):
        raise _void() from None
    spelled = urlsafe_b64encode(said).decode().rstrip("=") == stop
    ours = (
        spelled and key.events is None and hmac.compare_digest(said[len(head) :], _proof(key, head))
    )
    if not ours:
        raise _void()
    return mark, head[2:]


def _proof(key: TokenKey, head: bytes) -> bytes:
    return hmac.digest(key.secret, _SIGNS + head, hashlib.sha256)[:PROOF_BYTES]


def _void() -> NotFoundError:
    return NotFoundError(
        msg("This address ends no mails."), hint=msg("Choose in your profile what you are told.")
    )
