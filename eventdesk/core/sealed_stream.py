"""Authenticated encryption of a stream, chunk by chunk: what was cut off or changed is noticed.

A sealed stream is `MAGIC`, 32 random bytes, and chunks of `CHUNK` bytes, each with 16 bytes of
authentication by ChaCha20-Poly1305 (RFC 8439); the last one is shorter or empty. The key is made of
the secret and the random bytes by HKDF-SHA256. A chunk's nonce is its number and whether it is the
last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár), so chunks cannot be
swapped, repeated, left out or cut off.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eventdesk.core.errors import BackupError
from eventdesk.core.messages import msg

MAGIC: Final = b"eventdesk sealed 1\n"
CHUNK: Final = 1 << 20
TAG: Final = 16
SALT: Final = 32

_INFO: Final = b"eventdesk sealed stream 1"


def sealed(plain: Iterable[bytes], secret: bytes) -> Iterator[bytes]:
    """Encrypt a stream, however it is cut into pieces."""
    salt = secrets.token_bytes(SALT)
    head = MAGIC + salt
    yield head
    cipher = _cipher(secret, salt)
    parts = Pieces(plain)
    chunk, number = parts.full(CHUNK), 0
    while len(chunk) == CHUNK:
        yield cipher.encrypt(_nonce(number, last=False), chunk, head)
        chunk, number = parts.full(CHUNK), number + 1
    yield cipher.encrypt(_nonce(number, last=True), chunk, head)


def opened(stream: Iterable[bytes], secret: bytes) -> Iterator[bytes]:
    """Decrypt a stream, however it was cut into pieces.

    Raises:
        BackupError: It is none, was made with another secret, was changed or cut off. What came
            before is genuine, but may not be all.
    """
    parts = Pieces(stream)
    head = parts.full(len(MAGIC) + SALT)
    if len(head) < len(MAGIC) + SALT or not head.startswith(MAGIC):
        raise BackupError(msg("This is no sealed backup."))
    cipher, number = _cipher(secret, head[len(MAGIC) :]), 0
    while True:
        chunk = parts.full(CHUNK + TAG)
        last = len(chunk) < CHUNK + TAG
        try:
            yield cipher.decrypt(_nonce(number, last=last), chunk, head)
        except (InvalidTag, ValueError) as error:
            raise _broken(number) from error
        if last:
            return
        number += 1


def sealed_size(size: int) -> int:
    """How many bytes a stream of `size` bytes has when it is sealed."""
    return len(MAGIC) + SALT + size + TAG * (size // CHUNK + 1)


class Pieces:
    """Pieces of any size, read like a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), memoryview(b"")

    def read(self, size: int, /) -> bytes:
        """Read from one piece."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(bytes(piece))
        got, self._rest = self._rest[:size], self._rest[size:]
        return bytes(got)

    def full(self, size: int) -> bytes:
        """Read until there are so many bytes, or the end is reached."""
        got = bytearray()
        while len(got) < size and (more := self.read(size - len(got))):
            got += more
        return bytes(got)


def _cipher(secret: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, _INFO).derive(secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


def _broken(number: int) -> BackupError:
    if number == 0:
        return BackupError(
            msg("The backup does not open with this key."),
            hint=msg("Use the recovery phrase of the house that made it."),
        )
    return BackupError(
        msg("The backup was changed or cut off."), hint=msg("Choose another backup.")
    )
