"""Secrets of signed-in apps, made of a key of the house, so that there is nothing more to keep.

Access tokens are signed with a key of the day: seed = HMAC-SHA256(key, label and day). A refresh
token is `edr_` and, in base64url, 16 bytes that name the sign-in, 4 bytes that count how often it
was renewed, and 32 bytes: HMAC-SHA256(key, label and those 20). So any that was ever given out is
known again, though the store keeps no more than the count. The key is the audit's, which never
changes and never leaves the house: keys of tickets go along with an event that moves elsewhere.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from eventdesk.core.keyring import Keyring

REFRESH: Final = "edr_"
"""What refresh tokens begin with, so that scanners of leaked secrets know them."""

DAY_S: Final = 86_400
_SIGNS: Final = b"eventdesk app access 1\0"
_RENEWS: Final = b"eventdesk app refresh 1\0"
_BYTES: Final = 52


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh token says; whether it is one of ours is still to be seen.

    Attributes:
        session_id: The sign-in.
        number: How often that had been renewed when it was given out.
        proof: That the house gave it out.
    """

    session_id: UUID
    number: int
    proof: bytes

    def is_by(self, keys: Keyring) -> bool:
        """Whether this house made it."""
        return hmac.compare_digest(self.proof, _proof(keys, self.session_id, self.number))


def looks_like_access(secret: str) -> bool:
    """Whether what a caller brings has the shape of an access token, a JWT."""
    return secret.startswith("ey") and secret.count(".") == 2


def signing_seed(keys: Keyring, day: int) -> bytes:
    """The 32 bytes of the Ed25519 key with which access tokens of a day are signed."""
    return hmac.digest(keys.audit_key, _SIGNS + day.to_bytes(8, "big"), hashlib.sha256)


def refresh_token(keys: Keyring, session_id: UUID, number: int) -> str:
    """The token that renews a sign-in for the time after this many."""
    said = session_id.bytes + number.to_bytes(4, "big")
    return REFRESH + urlsafe_b64encode(said + _proof(keys, session_id, number)).decode().rstrip("=")


def read_refresh(text: str) -> Refresh | None:
    """Read what somebody sent as a refresh token; None where it has not its shape.

    >>> read_refresh("edr_") is None
    True
    """
    try:
        spelled = text.removeprefix(REFRESH)
        said = urlsafe_b64decode(spelled + "=" * (-len(spelled) % 4))
    except (Error, ValueError):
        return None
    if len(said) != _BYTES or not text.startswith(REFRESH):
        return None
    return Refresh(UUID(bytes=said[:16]), int.from_bytes(said[16:20], "big"), said[20:])


def _proof(keys: Keyring, session_id: UUID, number: int) -> bytes:
    said = session_id.bytes + number.to_bytes(4, "big")
    return hmac.digest(keys.audit_key, _RENEWS + said, hashlib.sha256)
