"""Sealed content: what only this house reads again, by a key of its key folder.

    byte   0      version, 0x01
    byte   1      key id, 1 to 255
    bytes  2..13  nonce of AES-256-GCM (NIST SP 800-38D), random
    the rest      the content, encrypted, and the 16 bytes that prove it

The cipher's key is HMAC-SHA256 of the house's key over a label and the purpose. What the content is
about, such as the id of an account, is the associated data: a seal opens nowhere else.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventdesk.core.token import TokenKey

VERSION: Final = 1
_HEAD: Final = 2
_NONCE: Final = 12
_LABEL: Final = b"eventdesk sealed 1\0"

KeyOf = Callable[[int], TokenKey]
"""Finds the key of an id; raises KeyFileLostError where it is lost."""


def derived(key: TokenKey, purpose: str) -> bytes:
    """The 32 bytes of a key for one purpose."""
    return hmac.digest(key.secret, _LABEL + purpose.encode(), hashlib.sha256)


def seal(key: TokenKey, purpose: str, content: bytes, *, about: bytes) -> bytes:
    """Seal content for one purpose, bound to what it is about."""
    head, nonce = bytes((VERSION, key.key_id)), os.urandom(_NONCE)
    cipher = AESGCM(derived(key, purpose))
    return head + nonce + cipher.encrypt(nonce, content, head + about)


def unseal(key_of: KeyOf, purpose: str, sealed: bytes, *, about: bytes) -> bytes | None:
    """Read sealed content; None where this house did not seal it for that.

    Keys that came with an event of another house open nothing: that house has them, too.

    Raises:
        KeyFileLostError: The key it was sealed with is lost.
    """
    if len(sealed) <= _HEAD + _NONCE or sealed[0] != VERSION or not sealed[1]:
        return None
    head, nonce = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE]
    key = key_of(sealed[1])
    if key.events is not None:
        return None
    cipher = AESGCM(derived(key, purpose))
    try:
        return cipher.decrypt(nonce, sealed[_HEAD + _NONCE :], head + about)
    except InvalidTag:
        return None
