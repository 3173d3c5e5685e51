"""Sealing the keys that travel with an event, under a passphrase.

Argon2id makes a key of the passphrase (RFC 9106, section 4: its second recommended choice, which
needs 64 MiB), and AES-256-GCM seals with it; the salt is new each time, so the nonce may be too.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.token import TokenKey

SHORTEST: Final = 10
"""Characters a passphrase has at least."""

PASSES: Final = 3
MEMORY_KIB: Final = 64 * 1024
LANES: Final = 4
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
MOST_MEMORY_KIB: Final = 256 * 1024
MOST_PASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Lock:
    """How the keys of one archive are sealed; it stands in the manifest."""

    salt: bytes
    nonce: bytes
    passes: int = PASSES
    memory_kib: int = MEMORY_KIB
    lanes: int = LANES

    @classmethod
    def new(cls) -> "Lock":
        """Make a lock for one archive."""
        return cls(os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES))

    def spelled(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {
            "kdf": "argon2id",
            "salt": b64encode(self.salt).decode("ascii"),
            "nonce": b64encode(self.nonce).decode("ascii"),
            "passes": self.passes,
            "memory_kib": self.memory_kib,
            "lanes": self.lanes,
        }

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "Lock":
        """Understand what the manifest has.

        Raises:
            ValueError: It is no lock, or one that would take too much memory or time.
        """
        lock = cls(
            b64decode(fields["salt"], validate=True),
            b64decode(fields["nonce"], validate=True),
            *(int(fields[name]) for name in ("passes", "memory_kib", "lanes")),
        )
        sound = (
            fields["kdf"] == "argon2id"
            and len(lock.salt) == SALT_BYTES
            and len(lock.nonce) == NONCE_BYTES
            and 1 <= lock.passes <= MOST_PASSES
            and 8 * lock.lanes <= lock.memory_kib <= MOST_MEMORY_KIB
            and 1 <= lock.lanes <= 16
        )
        if not sound:
            raise ValueError("its lock is of no known kind")
        return lock


def check_passphrase(passphrase: str) -> None:
    """Accept a passphrase that is not guessed at once.

    Raises:
        InvalidInputError: Too short, or one character over and over.
    """
    if len(passphrase) < SHORTEST or len(set(passphrase)) < 4:
        raise InvalidInputError(
            f"A passphrase has at least {SHORTEST} characters, and not all alike.",
            hint="A few words in a row are easy to keep in mind and hard to guess.",
        )


def seal_keys(
    lock: Lock, passphrase: str, manifest: bytes, keys: Sequence[tuple[TokenKey, datetime]]
) -> bytes:
    """Seal keys, bound to the manifest of their archive."""
    content = json.dumps(
        [
            {
                "id": key.key_id,
                "written_as": key.written_as,
                "secret": b64encode(key.secret).decode("ascii"),
                "created_at": made_at.astimezone(UTC).isoformat(),
            }
            for key, made_at in keys
        ]
    )
    sealed: bytes = _cipher(lock, passphrase).encrypt(lock.nonce, content.encode(), manifest)
    return sealed


def open_keys(
    lock: Lock, passphrase: str, manifest: bytes, sealed: bytes
) -> list[tuple[TokenKey, datetime]]:
    """Open keys, and prove by it that the manifest is the one they were sealed with.

    Raises:
        InvalidInputError: Another passphrase, or something was changed.
    """
    from cryptography.exceptions import InvalidTag

    try:
        content = _cipher(lock, passphrase).decrypt(lock.nonce, sealed, manifest)
        return [
            (
                TokenKey(each["id"], b64decode(each["secret"]), each["written_as"]),
                datetime.fromisoformat(each["created_at"]),
            )
            for each in json.loads(content)
        ]
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            "The passphrase is wrong, or the archive was changed.",
            hint="Type the passphrase it was written with, or ask for the file again.",
        ) from error


def _cipher(lock: Lock, passphrase: str) -> Any:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = hash_secret_raw(
        passphrase.encode(errors="replace"),
        lock.salt,
        time_cost=lock.passes,
        memory_cost=lock.memory_kib,
        parallelism=lock.lanes,
        hash_len=32,
        type=Type.ID,
    )
    return AESGCM(key)
