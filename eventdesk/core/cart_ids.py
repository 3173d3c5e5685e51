"""Ids of carts, in which visitors hold seats: the house signs them, so that the store keeps none.

A cart's id is a UUID of version 8 (RFC 9562, section 5.8): 8 bytes of which 60 bits are random, and
the first 8 bytes of HMAC-SHA256(secret of carts, those 8 bytes), less the two bits of the variant.
The secret of carts is HMAC-SHA256(key of the audit, label): that key never changes. Whoever was
given a cart is the only one who knows its id.
"""

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from eventdesk.core.keyring import Keyring

_LABEL: Final = b"eventdesk cart 1\0"
_HALF: Final = 8


def make_cart_id(keys: Keyring) -> UUID:
    """The id of a new cart."""
    return _signed(keys, secrets.token_bytes(_HALF))


def is_cart_id(keys: Keyring, cart_id: UUID) -> bool:
    """Whether this house made it."""
    made = _signed(keys, cart_id.bytes[:_HALF])
    return hmac.compare_digest(cart_id.bytes, made.bytes)


def _signed(keys: Keyring, head: bytes) -> UUID:
    head = head[:6] + bytes((0x80 | head[6] & 0x0F,)) + head[7:]
    secret = hmac.digest(keys.audit_key, _LABEL, hashlib.sha256)
    proof = hmac.digest(secret, head, hashlib.sha256)[:_HALF]
    return UUID(bytes=head + bytes((0x80 | proof[0] & 0x3F,)) + proof[1:])
