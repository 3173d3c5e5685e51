"""Keys of this house: what seals and opens tickets, and what signs the audit trail.

They lie in one JSON file in the home folder's `keys/`, apart from the database, so that a copy
of the database alone opens no ticket. A key is never taken out: what was sold with it stays
valid.

    {"version": 1, "active": 2, "audit": "<base64 of 32 bytes>",
     "keys": [{"id": 1, "created_at": "2026-05-01T08:00:00+00:00", "secret": "<base64 of 64>"},
              {"id": 2, …}]}

A key that came with an event of another house may be numbered otherwise there than here. What it
sealed names the old number, so the file keeps both (`"written_as"`). Another house has that key,
too, so it opens only the tickets of the events it came with (`"events"`, a list of their ids). A
file with such keys says version 2.
"""

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from eventdesk.core.errors import KeyFileBrokenError, KeyFileError, KeyFileLostError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import (
    OWNER_ONLY_FOLDER,
    create_private,
    folder_lock,
    read_private,
    replace_private,
)
from eventdesk.core.token import MAX_KEY_ID, SECRET_BYTES, TokenKey

Kind = TypeVar("Kind")

FOLDER_NAME = "keys"
"""The folder of a home in which the keys lie."""

FILE_NAME: Final = "eventdesk-keys.json"
VERSION: Final = 1
VERSION_WITH_GUESTS: Final = 2
AUDIT_KEY_BYTES: Final = 32

# 255 keys take about 50 kB.
_MAX_FILE_BYTES = 256 * 1024
_RESTORE = msg(
    "Put back the keys folder from the backup made beside the database; "
    "without these keys the tickets sold with them cannot be read."
)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key of a house, as its file had them at one moment.

    Another process may rotate meanwhile: whoever meets an unknown key id opens the key ring
    again before refusing.
    """

    folder: Path
    """Where the key file lies, the home folder's `keys/`."""

    token_keys: Mapping[int, TokenKey]
    """Every key that opens tickets, by id."""

    created_at: Mapping[int, datetime]
    """When each key was made, by id."""

    active_id: int
    """The key that new tickets are sealed with."""

    audit_key: bytes = field(repr=False)
    """32 bytes for the HMAC of the audit trail."""

    tightened: bool = field(default=False, compare=False)
    """Whether others could read the file until it was opened just now."""

    @property
    def active(self) -> TokenKey:
        """The key that new tickets are sealed with."""
        return self.token_keys[self.active_id]

    @property
    def file(self) -> Path:
        """The key file."""
        return self.folder / FILE_NAME

    @classmethod
    def open(cls, folder: Path) -> "Keyring":
        """Read the key file of a folder; from then on only its owner can.

        Raises:
            KeyFileLostError: There is none.
            KeyFileBrokenError: It is not a key file, or not a whole one.
            KeyFileError: It cannot be read.
        """
        file = folder / FILE_NAME
        with _spoken_errors(file):
            try:
                content, loose = read_private(file, limit=_MAX_FILE_BYTES)
                return replace(_parsed(folder, content), tightened=loose)
            except FileNotFoundError:
                raise KeyFileLostError(
                    msg("There is no key file {file}.", file=file), hint=_RESTORE
                ) from None
            except (ValueError, OverflowError, RecursionError, IsADirectoryError) as error:
                raise KeyFileBrokenError(
                    msg("{file} cannot be read as keys: {error}.", file=file, error=error),
                    hint=_RESTORE,
                ) from None

    @classmethod
    def create(cls, folder: Path, now: datetime | None = None) -> "Keyring":
        """Make the first key of a house and the key of its audit trail.

        The folder is made when missing, and readable by its owner only from then on.

        Raises:
            KeyFileError: There is a key file already, whatever is in it, or none can be written.
        """
        made_at = (now or datetime.now(UTC)).astimezone(UTC)
        audit_key = secrets.token_bytes(AUDIT_KEY_BYTES)
        keyring = cls(folder, {1: _new_key(1)}, {1: made_at}, 1, audit_key)
        with _spoken_errors(keyring.file):
            try:
                create_private(keyring.file, keyring._spelled())
            except FileExistsError:
                if not folder.is_dir():
                    raise
                raise KeyFileError(
                    msg("There are keys in {folder} already.", folder=folder),
                    hint=msg("Use them, or move the folder away if no ticket was sold with them."),
                ) from None
        return keyring

    def rotate(self, now: datetime) -> "Keyring":
        """Add a key and seal new tickets with it; the keys before it go on opening theirs.

        Starts from what the file says now, so two processes that rotate at once add two keys.

        Raises:
            KeyFileError: All 255 key ids are in use, or the file cannot be replaced.
        """
        with _spoken_errors(self.file), folder_lock(self.folder):
            current = Keyring.open(self.folder)
            key_id = _free_id(current.token_keys)
            rotated = replace(
                current,
                token_keys={**current.token_keys, key_id: _new_key(key_id)},
                created_at={**current.created_at, key_id: now.astimezone(UTC)},
                active_id=key_id,
            )
            replace_private(self.file, rotated._spelled())
        return rotated

    def adopt(self, guests: Iterable[tuple[TokenKey, datetime]], event_id: UUID) -> dict[int, int]:
        """Add keys of another house, so that the tickets of one event sold with them open here.

        A key keeps its number where that is free; else it is given another one and remembers what
        it was called. Keys that are here already are not added again. The active key stays.

        Args:
            guests: Each key as the other house has it, and when it was made.
            event_id: The event they came with; they open no tickets of others, for whoever has
                them could make those.

        Returns:
            For each number there, the number here. Open the key ring again to use them.

        Raises:
            KeyFileError: All 255 key ids are in use, or the file cannot be replaced.
        """
        with _spoken_errors(self.file), folder_lock(self.folder):
            current = Keyring.open(self.folder)
            keys, made = dict(current.token_keys), dict(current.created_at)
            here: dict[int, int] = {}
            for guest, made_at in guests:
                known = [
                    key
                    for key in keys.values()
                    if (key.secret, key.sign) == (guest.secret, guest.sign)
                ]
                key_id = known[0].key_id if known else guest.sign
                if not known:
                    if key_id in keys:
                        key_id = _free_id(keys)
                    written_as = 0 if key_id == guest.sign else guest.sign
                    keys[key_id] = TokenKey(key_id, guest.secret, written_as, frozenset({event_id}))
                    made[key_id] = made_at.astimezone(UTC)
                elif known[0].events is not None:
                    keys[key_id] = replace(known[0], events=known[0].events | {event_id})
                here[guest.key_id] = key_id
            if keys != current.token_keys:
                together = replace(current, token_keys=keys, created_at=made)
                replace_private(self.file, together._spelled())
        return here

    def copy_to(self, folder: Path) -> Path:
        """Write the keys into another folder, for a backup; `open` reads them from there.

        Returns:
            The file, readable by its owner only. One that was there is replaced.

        Raises:
            KeyFileError: It cannot be written.
        """
        copy = folder / FILE_NAME
        with _spoken_errors(copy):
            folder.mkdir(OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            replace_private(copy, self._spelled())
        return copy

    def fingerprint(self, key_id: int) -> str:
        """Sixteen hexadecimal digits that tell a key from others and give nothing of it away.

        Raises:
            KeyError: There is no such key.
        """
        secret = self.token_keys[key_id].secret
        return hashlib.sha256(b"eventdesk key fingerprint 1\0" + secret).hexdigest()[:16]

    def check(self, sold: Mapping[int, str]) -> None:
        """Make sure before doors open that every ticket sold can be read.

        `sold` has the fingerprint, by id, of each key that tickets were sealed with.

        Raises:
            KeyFileLostError: Some of these keys are not here, or are other keys.
        """
        missing = sorted(key_id for key_id in sold if key_id not in self.token_keys)
        other = sorted(
            key_id
            for key_id, fingerprint in sold.items()
            if key_id in self.token_keys and self.fingerprint(key_id) != fingerprint
        )
        if not missing and not other:
            return
        complaints = [
            *(str(msg("key {key_id} is missing", key_id=each)) for each in missing),
            *(str(msg("key {key_id} is a different one", key_id=each)) for each in other),
        ]
        raise KeyFileLostError(
            msg(
                "Tickets were sold with keys that are not in {file}: {complaints}.",
                file=self.file,
                complaints=", ".join(complaints),
            ),
            hint=_RESTORE,
        )

    def _spelled(self) -> bytes:
        """The content of the key file."""
        keys = [
            {
                "id": key.key_id,
                "created_at": self.created_at[key.key_id].isoformat(),
                "secret": b64encode(key.secret).decode("ascii"),
            }
            | ({"written_as": key.written_as} if key.written_as else {})
            | ({"events": sorted(map(str, key.events))} if key.events is not None else {})
            for key in self.token_keys.values()
        ]
        audit = b64encode(self.audit_key).decode("ascii")
        guests = any(key.written_as or key.events is not None for key in self.token_keys.values())
        version = VERSION_WITH_GUESTS if guests else VERSION
        content = {"version": version, "active": self.active_id, "audit": audit, "keys": keys}
        return json.dumps(content, indent=2).encode("ascii") + b"\n"


def _new_key(key_id: int) -> TokenKey:
    return TokenKey(key_id, secrets.token_bytes(SECRET_BYTES))


def _free_id(keys: Mapping[int, TokenKey]) -> int:
    """The lowest number no key has."""
    for key_id in range(1, MAX_KEY_ID + 1):
        if key_id not in keys:
            return key_id
    raise KeyFileError(
        msg("All {max_key_id} key ids are in use.", max_key_id=MAX_KEY_ID),
        hint=msg("Go on with the active key, or begin the next event in a new home folder."),
    )


def _parsed(folder: Path, content: bytes) -> Keyring:
    """Understand a key file; raises ValueError with half a sentence that says what is wrong."""
    if not content.strip():
        raise ValueError("it is empty")
    fields = json.loads(content)
    version = _field(fields, "version", int)
    if version not in (VERSION, VERSION_WITH_GUESTS):
        raise ValueError(
            f"its version is {version}, and this eventdesk reads up to {VERSION_WITH_GUESTS}"
        )
    keys: dict[int, TokenKey] = {}
    created_at: dict[int, datetime] = {}
    for entry in _field(fields, "keys", list):
        key_id = _field(entry, "id", int)
        if key_id in keys:
            raise ValueError(f"key {key_id} is there twice")
        written_as = _field(entry, "written_as", int) if "written_as" in entry else 0
        secret = _bytes(entry, "secret", SECRET_BYTES)
        keys[key_id] = TokenKey(key_id, secret, written_as, _events(entry))
        created_at[key_id] = _instant(entry, "created_at")
    active_id = _field(fields, "active", int)
    if active_id not in keys:
        raise ValueError(f"the active key {active_id} is not in it")
    return Keyring(folder, keys, created_at, active_id, _bytes(fields, "audit", AUDIT_KEY_BYTES))


def _field(fields: object, name: str, kind: type[Kind]) -> Kind:
    """The field of that name, if it is exactly of that kind; true and false are no numbers."""
    found = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise ValueError(f"{name!r} is missing or no {kind.__name__}")
    return found


def _bytes(fields: object, name: str, length: int) -> bytes:
    found = b64decode(_field(fields, name, str), validate=True)
    if len(found) != length:
        raise ValueError(f"{name!r} has {len(found)} bytes instead of {length}")
    return found


def _events(entry: object) -> frozenset[UUID] | None:
    """The events a key came with; None where it is one of this house."""
    if not isinstance(entry, dict) or "events" not in entry:
        return None
    ids = _field(entry, "events", list)
    if not all(isinstance(each, str) for each in ids):
        raise ValueError("'events' are no ids")
    return frozenset(map(UUID, ids))


def _instant(fields: object, name: str) -> datetime:
    found = datetime.fromisoformat(_field(fields, name, str))
    if found.tzinfo is None:
        raise ValueError(f"{name!r} has no time zone")
    return found.astimezone(UTC)


@contextmanager
def _spoken_errors(file: Path) -> Iterator[None]:
    """Say what the system refused in words for people."""
    try:
        yield
    except OSError as error:
        raise KeyFileError(
            msg(
                "The key file {file} cannot be used: {strerror}.",
                file=file,
                strerror=error.strerror or error,
            ),
            hint=msg(
                "Check the owner and the free space of its folder, or choose another home folder."
            ),
        ) from error
