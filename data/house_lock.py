"""House locks: every open store is present; whoever replaces its files must be alone.

A program that prints says so too, so that a command leaves its badge to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from eventdesk.core.errors import StoreBusyError, StoreReadOnlyError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import open_private

try:
    import fcntl
except ImportError:  # Windows refuses by itself to move a file that is open
    fcntl = None  # type: ignore[assignment]

FILE_NAME = ".eventdesk.lock"
PRINTING = ".eventdesk.printing.lock"
BACKING_UP = ".eventdesk.backup.lock"
COPYING = ".eventdesk.copying.lock"
SENDING = ".eventdesk.sending-{what}.lock"


def present(home: Path) -> IO[bytes]:
    """Say that a program has this home open, until the returned file is closed.

    The system lets go of it when the process ends, however it ends.

    Raises:
        StoreBusyError: The store is being replaced just now.
    """
    return _locked(home, alone=False)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Make sure that nobody has this home open while its files are replaced.

    Raises:
        StoreBusyError: A program has it open.
    """
    with _locked(home, alone=True):
        yield


def printing(home: Path) -> IO[bytes]:
    """Say that a program prints the badges of this home, until the returned file is closed.

    Raises:
        StoreReadOnlyError: The home cannot be written.
    """
    return _locked(home, PRINTING, alone=False, wait=True)


def is_printing(home: Path) -> bool:
    """Whether a program prints the badges of this home."""
    return _is_held(home, PRINTING)


@contextmanager
def copying(home: Path) -> Iterator[None]:
    """Say that a backup of this home is being made, for the length of the block.

    Raises:
        StoreReadOnlyError: The home cannot be written.
    """
    with _locked(home, COPYING, alone=False, wait=True):
        yield


def is_copying(home: Path) -> bool:
    """Whether a backup of this home is being made, by whichever program.

    Raises:
        StoreReadOnlyError: The home cannot be written.
    """
    return _is_held(home, COPYING)


@contextmanager
def backing_up(home: Path) -> Iterator[bool]:
    """Claim the making of the hourly backup; gives False where another program has it.

    The system lets go of the claim when the process ends, however it ends.

    Raises:
        StoreReadOnlyError: The home cannot be written.
    """
    with _claimed(home, BACKING_UP) as mine:
        yield mine


@contextmanager
def sending(home: Path, what: str) -> Iterator[bool]:
    """Claim what goes to one service outside; gives False where another program has it.

    Raises:
        StoreReadOnlyError: The home cannot be written.
    """
    with _claimed(home, SENDING.format(what=what)) as mine:
        yield mine


@contextmanager
def _claimed(home: Path, name: str) -> Iterator[bool]:
    try:
        claim = _locked(home, name, alone=True)
    except StoreBusyError:
        yield False
        return
    with claim:
        try:
            yield True
        finally:
            if fcntl is not None:  # a child of this process may have the file open, too
                fcntl.flock(claim, fcntl.LOCK_UN)


def _is_held(home: Path, name: str) -> bool:
    """Whether a program holds a lock that several may hold."""
    if fcntl is None:
        return False
    try:
        _locked(home, name, alone=True).close()
    except StoreBusyError:
        return True
    return False


def _locked(home: Path, name: str = FILE_NAME, *, alone: bool, wait: bool = False) -> IO[bytes]:
    try:
        file = open(home / name, "ab", opener=open_private)  # noqa: SIM115 - who holds it closes
    except OSError as error:
        raise StoreReadOnlyError(
            msg("{home} cannot be written: {strerror}.", home=home, strerror=error.strerror),
            hint=msg("Choose another folder with --home, or ask who owns this one."),
        ) from error
    if fcntl is None:
        return file
    try:
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        fcntl.flock(file, kind if wait else kind | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise StoreBusyError(
            msg("Another eventdesk has this store open.")
            if alone
            else msg("This store is being replaced just now."),
            hint=msg("Close every eventdesk on this home and try again."),
        ) from error
    return file
