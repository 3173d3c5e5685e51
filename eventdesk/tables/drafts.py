"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from eventdesk.errors import InvalidInputError

OWNER_ONLY = 0o600
"""What is exported tells about people; others on the machine have no business in it."""


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Give a draft beside `path` to be written; it takes the path's place when the block ends.

    What stood there before stays until then, and stays for good when the block raises.

    Raises:
        InvalidInputError: The folder or the file cannot be written.
    """
    draft = path.with_name(f".{path.name[:60]}.{uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        try:
            yield draft
            _sync(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Choose another folder, or make room.",
        ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
