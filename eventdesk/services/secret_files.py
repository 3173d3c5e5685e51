"""The secrets of services: one private file each beside the keys, never in the store.

A file is named by the service and the revision of its row, so that row and secrets change at once:
with the commit. Plain backups hold none of them.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from eventdesk.core.errors import KeyFileError
from eventdesk.core.keyring import FOLDER_NAME as KEYS_FOLDER
from eventdesk.core.messages import msg
from eventdesk.core.private_file import create_private, read_private

FOLDER_NAME: Final = "services"
MAX_BYTES: Final = 256 * 1024


def folder_of(home: Path) -> Path:
    """Where the secrets of services lie."""
    return home / KEYS_FOLDER / FOLDER_NAME


def keep_secrets(home: Path, service_id: UUID, revision: int, secrets: Mapping[str, str]) -> None:
    """Write the secrets that a revision of a service is going to have.

    Raises:
        KeyFileError: They cannot be written.
    """
    path = _path(home, service_id, revision)
    try:
        with suppress(FileNotFoundError):  # of a change that was never committed
            path.unlink()
        create_private(path, json.dumps(dict(secrets)).encode())
    except OSError as error:
        raise KeyFileError(
            msg("{path} cannot be written: {strerror}.", path=path, strerror=error.strerror)
        ) from error


def read_secrets(home: Path, service_id: UUID, revision: int) -> dict[str, str]:
    """Read the secrets of a service; none where there is no file, as after a restore."""
    try:
        content = json.loads(read_private(_path(home, service_id, revision), limit=MAX_BYTES)[0])
        return {str(name): str(secret) for name, secret in content.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def forget_secrets(home: Path, service_id: UUID, *, before: int | None = None) -> None:
    """Delete the secrets of a service: all, or those of the revisions before one."""
    for path in folder_of(home).glob(f"{service_id}.*.json"):
        revision = path.name.split(".")[1]
        if before is None or (revision.isdecimal() and int(revision) < before):
            with suppress(OSError):
                path.unlink()


def _path(home: Path, service_id: UUID, revision: int) -> Path:
    return folder_of(home) / f"{service_id}.{revision}.json"
