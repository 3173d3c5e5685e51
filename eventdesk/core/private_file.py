"""Private files: small, readable by their owner only, always whole.

A file appears or is replaced in one step: it is written beside its place with mode 0600 from
birth, forced to the disk, put in place, and its folder is forced to the disk too. What is read
is therefore the old content or the new, also after a power cut.
"""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700


def read_private(path: Path, *, limit: int) -> tuple[bytes, bool]:
    """Read a file, and take it away from everybody but its owner.

    Args:
        path: A regular file or a link to one.
        limit: Most bytes it may have.

    Returns:
        The content, and whether others could read the file until now.

    Raises:
        ValueError: It is no regular file or longer than the limit.
        OSError: It is missing, cannot be read or cannot be taken away from others.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a regular file")
        loose = sys.platform != "win32" and bool(status.st_mode & 0o077)
        if loose:
            os.fchmod(file.fileno(), OWNER_ONLY_FILE)
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it has more than {limit} bytes")
    return content, loose


def create_private(path: Path, content: bytes) -> None:
    """Write a file that is not there yet; its folder is made, or taken away from others.

    Raises:
        FileExistsError: Something has that name; it is left as it is.
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    path.parent.chmod(OWNER_ONLY_FOLDER)
    with _written_beside(path, content) as written:
        os.link(written, path)


def replace_private(path: Path, content: bytes) -> None:
    """Write a file in place of the one that may be there.

    Raises:
        OSError: It cannot be written; the old one is left as it is.
    """
    with _written_beside(path, content) as written:
        written.replace(path)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Wait until no other process holds this lock, and hold it; a dead process holds none."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _written_beside(path: Path, content: bytes) -> Iterator[Path]:
    """A finished file to be put in the place of `path`; what is left of it goes away."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        yield written
        sync_folder(path.parent)
    finally:
        written.unlink(missing_ok=True)


def _open_at_once(name: str, flags: int) -> int:
    """Open without waiting, as a pipe would, for somebody to write into it."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk, where the platform can."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Make a folder and those above it; what is made in a private folder is private.

    Elsewhere the umask decides, as for any program.

    Raises:
        OSError: One cannot be made.
    """
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(mode=OWNER_ONLY_FOLDER if is_private(folder.parent) else 0o777, exist_ok=True)


def mode_in(folder: Path) -> int:
    """The mode a new file of a folder is made with: private in a private one, else by the umask."""
    return OWNER_ONLY_FILE if is_private(folder) else 0o666


def is_private(folder: Path) -> bool:
    """Whether nobody but its owner may look into a folder."""
    return sys.platform != "win32" and not folder.stat().st_mode & 0o077


def create_empty(path: Path) -> None:
    """Make an empty file that only its owner reads, for a library that fills it by its name.

    Raises:
        FileExistsError: Something has that name.
        OSError: It cannot be made.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY_FILE))


def open_private(name: str, flags: int) -> int:
    """Open a file for `open(…, opener=open_private)`; a new one is its owner's only."""
    return os.open(name, flags, OWNER_ONLY_FILE)
