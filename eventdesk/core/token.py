"""The token: the text inside a ticket's QR code, format 1.

    byte   0      version, 0x01
    byte   1      key id, 1 to 255
    bytes  2..17  synthetic IV of AES-SIV (RFC 5297), which is also the proof of origin
    bytes 18..33  ticket id, encrypted
    bytes 34..37  revision of the ticket, big endian, encrypted

The associated data, in this order: the first two bytes, then the 16 bytes of the event's id.
The 38 bytes are spelled in base32 (RFC 4648, section 6), upper case, without padding: 61
characters, which a QR code stores in its dense alphanumeric mode as version 3 at level M.
Sealing the same ticket, revision and event with the same key gives the same text.

A later format begins with another version byte and may have another length.
"""

import re
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from eventdesk.core.errors import ForgedTokenError, MalformedTokenError

VERSION: Final = 1
SECRET_BYTES: Final = 64
"""Length of a key's secret: AES-256 twice, once for the proof and once for the cipher."""

TOKEN_LENGTH: Final = 61
"""Characters of a token."""

MAX_KEY_ID: Final = 255
MAX_REVISION: Final = 2**32 - 1

# Version 1 shows as A and one of E to H. The 61st character carries one bit too many; as it must
# be zero, every token has exactly one spelling.
_SHAPE = re.compile(r"A[E-H][A-Z2-7]{58}[ACEGIKMOQSUWY246]")
_PADDING = "==="
# The digits of base32 as `int` knows them; it reads them several times as fast as `b32decode`.
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghijklmnopqrstuv")
_BYTES = 38


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that seals and opens tokens."""

    key_id: int
    """1 to 255; written in the clear into each token."""

    secret: bytes = field(repr=False)
    """64 random bytes."""

    written_as: int = 0
    """The id in its tokens, where the house it came from numbered it otherwise; else 0."""

    events: frozenset[UUID] | None = None
    """The only events whose tickets it opens, those it came with; None for a key of this house."""

    def __post_init__(self) -> None:
        """Refuse what could never seal a token."""
        if not 1 <= self.key_id <= MAX_KEY_ID or not 0 <= self.written_as <= MAX_KEY_ID:
            raise ValueError(f"no such key id: {self.key_id}, written as {self.written_as}")
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes, not {len(self.secret)}")

    @property
    def sign(self) -> int:
        """The id that stands in the tokens of this key."""
        return self.written_as or self.key_id

    def is_for(self, event_id: UUID) -> bool:
        """Whether it may open tickets of an event."""
        return self.events is None or event_id in self.events


@dataclass(frozen=True, slots=True)
class Opened:
    """What an authentic token says."""

    ticket_id: UUID
    revision: int
    """Which issue of the ticket this is; an older one than the ticket's own is revoked."""

    key_id: int
    event_id: UUID


def seal(key: TokenKey, *, ticket_id: UUID, revision: int, event_id: UUID) -> str:
    """Write the token of one revision of one ticket.

    The event is not in the token but needed to open it.

    Raises:
        ValueError: The revision is out of range.
    """
    if not 0 <= revision <= MAX_REVISION:
        raise ValueError(f"no such revision: {revision}")
    header = bytes((VERSION, key.sign))
    content = ticket_id.bytes + revision.to_bytes(4, "big")
    sealed = _cipher(key.secret).encrypt(content, [header, event_id.bytes])
    return b32encode(header + sealed).decode("ascii").removesuffix(_PADDING)


def open_token(text: str, keys: Mapping[int, TokenKey], event_ids: Sequence[UUID]) -> Opened:
    """Read a token, if one of our keys sealed it for one of these events.

    Takes any text whatever: what has not the shape of a token is refused by its length or
    at its first wrong character, before any cryptography.

    Args:
        text: Content of the code exactly; a scanner's line end is for the caller to strip.
        keys: Every key still honoured, by id.
        event_ids: Events whose tickets are welcome, most likely first.

    Raises:
        MalformedTokenError: Wrong length, alphabet, version or spelling.
        ForgedTokenError: No such key, or it does not vouch for this text at any of the events.
    """
    if not looks_like_token(text):
        raise MalformedTokenError
    data = (int(text.translate(_DIGITS), 32) >> 1).to_bytes(_BYTES, "big")
    header, sealed = data[:2], data[2:]
    for key in keys.values():
        # Houses number their keys alike: one of ours and one brought from elsewhere may both fit.
        if key.sign != header[1]:
            continue
        cipher = _cipher(key.secret)
        for event_id in filter(key.is_for, event_ids):
            try:
                content = cipher.decrypt(sealed, [header, event_id.bytes])
            except InvalidTag:
                continue
            revision = int.from_bytes(content[16:], "big")
            return Opened(UUID(bytes=content[:16]), revision, key.key_id, event_id)
    raise ForgedTokenError(header[1])


@lru_cache(maxsize=MAX_KEY_ID)
def _cipher(secret: bytes) -> AESSIV:
    """The cipher of a key, which takes longer to set up than to use."""
    return AESSIV(secret)


def looks_like_token(text: str) -> bool:
    """Whether the text has the shape of a token; anybody can write such a text."""
    return len(text) == TOKEN_LENGTH and _SHAPE.fullmatch(text) is not None
