"""The file of an archive: sealed keys, the manifest, the tables.

The keys are sealed with AES-256-GCM under a key that Argon2id derives from the passphrase, with
the second recommended parameters of RFC 9106, section 4 (64 MiB), and a new salt each time.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.token import TokenKey
from eventdesk.tables.packed import opened_zip

MIN_PASSPHRASE: Final = 10
"""Fewest characters of a passphrase."""

PASSES: Final = 3
MEMORY_KIB: Final = 64 * 1024
LANES: Final = 4
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
MAX_MEMORY_KIB: Final = 256 * 1024
MAX_PASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Lock:
    """Parameters of the seal of an archive's keys; a part of the manifest."""

    salt: bytes
    nonce: bytes
    passes: int
    memory_kib: int
    lanes: int

    @classmethod
    def new(cls) -> "Lock":
        """Make a lock for one archive."""
        salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
        return cls(salt, nonce, PASSES, MEMORY_KIB, LANES)

    def spelled(self) -> dict[str, Any]:
        """The fields of the manifest."""
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
        """Read the fields of a manifest; ValueError if they would take too much memory or time."""
        lock = cls(
            b64decode(fields["salt"], validate=True),
            b64decode(fields["nonce"], validate=True),
            *(int(fields[name]) for name in ("passes", "memory_kib", "lanes")),
        )
        sound = (
            fields["kdf"] == "argon2id"
            and len(lock.salt) == SALT_BYTES
            and len(lock.nonce) == NONCE_BYTES
            and 1 <= lock.passes <= MAX_PASSES
            and 8 * lock.lanes <= lock.memory_kib <= MAX_MEMORY_KIB
            and 1 <= lock.lanes <= 16
        )
        if not sound:
            raise ValueError(msg("its lock is of no known kind"))
        return lock


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is short or repeats a few characters."""
    if len(passphrase) < MIN_PASSPHRASE or len(set(passphrase)) < 4:
        raise InvalidInputError(
            msg(
                "A passphrase has at least {least} characters, and not all alike.",
                least=MIN_PASSPHRASE,
            ),
            hint=msg("A few words in a row are easy to keep in mind and hard to guess."),
        )


def seal_keys(
    lock: Lock, passphrase: str, manifest: bytes, keys: Sequence[tuple[TokenKey, datetime]]
) -> bytes:
    """Seal keys together with the manifest of their archive."""
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
    """Open keys, which proves that the manifest was not changed.

    Raises:
        InvalidInputError: The passphrase is wrong, or something was changed.
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
            msg("The passphrase is wrong, or the archive was changed."),
            hint=msg("Type the passphrase it was written with, or ask for the file again."),
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


FORMAT: Final = 1
SUFFIX: Final = "eventdesk.zip"
MANIFEST: Final = "manifest.json"
KEYS: Final = "keys.bin"

MAX_BYTES: Final = 8_000_000_000
"""Most bytes of an unpacked archive; a million tickets with their scans are about 3 GB."""

MAX_LINE: Final = 4_000_000
_SMALL: Final = 1_000_000
_BLOCK: Final = 1 << 20
_FILE = re.compile(r"tables/[a-z_]+\.json")
_ROW_BEGINS: Final = (b"[", b",")


@dataclass(frozen=True, slots=True)
class Package:
    """An opened archive, complete by its manifest."""

    event_id: UUID
    event_name: str
    made_at: datetime
    schema: str
    rows: dict[str, int]
    keys: tuple[tuple[TokenKey, datetime], ...]
    _packed: zipfile.ZipFile

    def lines(self, table: str) -> Iterator[str]:
        """Read the rows of a table as lines of JSON; none for a missing table."""
        if table not in self.rows:
            return
        count = 0
        with _spoken(), self._packed.open(f"tables/{table}.json") as unpacked:
            # Read in larger pieces than the zip yields.
            file = BufferedReader(cast(RawIOBase, unpacked), _BLOCK)
            while line := file.readline(MAX_LINE):
                if line.startswith(_ROW_BEGINS) and line != b"[]\n":
                    count += 1
                    yield line[1:].decode()
        if count != self.rows[table]:
            rows = self.rows[table]
            said = msg(
                "{table} has {count:,} rows, not {rows:,}", table=table, count=count, rows=rows
            )
            raise _broken(said)


@contextmanager
def opened_package(path: Path, passphrase: str) -> Iterator[Package]:
    """Open an archive and verify that it is complete and unchanged.

    Raises:
        InvalidInputError: It is not, has a newer format, or the passphrase is wrong.
    """
    with _spoken(), opened_zip(_present(path), most_bytes=MAX_BYTES) as packed:
        manifest = _small(packed, MANIFEST)
        fields = _understood(manifest)
        lock = Lock.read(fields["keys"])
        keys = tuple(open_keys(lock, passphrase, manifest, _small(packed, KEYS)))
        files = dict(fields["files"])
        if {*files, MANIFEST, KEYS} != set(packed.namelist()):
            raise _broken(msg("files are missing, or too many"))
        for name, about in files.items():
            if not _FILE.fullmatch(name) or _digest(packed, name) != about["sha256"]:
                raise _broken(msg("{name} is not as it was written", name=name))
        event = fields["event"]
        yield Package(
            UUID(event["id"]),
            str(event["name"]),
            datetime.fromisoformat(fields["made_at"]),
            str(fields["schema"]),
            {name[7:-5]: int(about["rows"]) for name, about in files.items()},
            keys,
            packed,
        )


def _present(path: Path) -> Path:
    if not path.is_file():
        raise InvalidInputError(
            msg("There is no file {path}.", path=path), hint=msg("Check its name.")
        )
    return path


def _understood(manifest: bytes) -> dict[str, Any]:
    fields = json.loads(manifest)
    if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
        raise _broken(msg("its manifest is none"))
    if fields["format"] > FORMAT:
        raise InvalidInputError(
            msg(
                "This archive has format {theirs}; this eventdesk reads up to {ours}.",
                theirs=fields["format"],
                ours=FORMAT,
            ),
            hint=msg("Install a newer eventdesk."),
        )
    return fields


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        content = file.read(_SMALL + 1)
    if len(content) > _SMALL:
        raise _broken(msg("{name} is too large", name=name))
    return content


def _digest(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with packed.open(name) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _broken(what: str | Message) -> InvalidInputError:
    return InvalidInputError(
        msg("This is no whole archive of an event: {what}.", what=what),
        hint=msg("Ask for the file again."),
    )


@contextmanager
def _spoken() -> Iterator[None]:
    """Turn errors of reading a file into errors for people."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(str(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _broken(msg("something is not as it should be ({error})", error=error)) from error
    except OSError as error:
        raise InvalidInputError(
            msg("The archive cannot be read: {strerror}.", strerror=error.strerror or error),
            hint=msg("Check the file."),
        ) from error
