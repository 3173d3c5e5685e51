"""The signature of a house: what it hands out and others keep can be told from what it did not.

An Ed25519 key (RFC 8032) made of the house's keys, so that there is nothing more to keep: seed =
HMAC-SHA256(key of the audit, label). That key never changes and leaves the house in no archive of
an event. What is signed are the UTF-8 bytes of a label that ends in NUL, and of the text behind it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventdesk.core.keyring import Keyring

_SEED: Final = b"eventdesk house signature 1\0"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key with which others check what the house signed.

    Attributes:
        key_id: Sixteen hexadecimal digits that tell it from those of other houses.
        text: Its 32 bytes in base64url.
    """

    key_id: str
    text: str


def public_key(keys: Keyring) -> PublicKey:
    """The public key of a house."""
    raw = _private(keys.audit_key).public_key().public_bytes_raw()
    return PublicKey(hashlib.sha256(raw).hexdigest()[:16], _spelled(raw))


def signature(keys: Keyring, label: str, text: str) -> str:
    """Sign a text as what its label says it is; 64 bytes in base64url."""
    said = f"{label}\0{text}".encode()
    return _spelled(_private(keys.audit_key).sign(said))


@lru_cache(maxsize=4)
def _private(secret: bytes) -> Ed25519PrivateKey:
    seed = hmac.digest(secret, _SEED, hashlib.sha256)
    return Ed25519PrivateKey.from_private_bytes(seed)


def _spelled(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")
