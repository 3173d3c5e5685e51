"""The index of the write-ahead log (`-shm`): emptied where it was cut, and nowhere under a write.

SQLite has the index mapped into memory, where touching what was cut off ends the process. Made as
long again it is full of zeros, from which SQLite takes that pages of the log are not there: who
wrote then would write old pages over new ones. So it is emptied whole, after which SQLite builds
it anew from the log, and only while nobody writes, folds or builds it: under SQLite's own locks
of these three (https://sqlite.org/walformat.html, "WAL Locks").

SQLite's locks belong to the process, and the process loses them all when it closes any descriptor
of the file. These belong to a descriptor of their own ("open file description locks", which only
Linux has), and that one stays open. Elsewhere a cut index stays as it is.
"""

import os
import struct
import sys
import time
from typing import Final

WRITE, FOLD, BUILD = range(120, 123)
"""Bytes that SQLite locks to write, to fold the log in, and to build the index."""

REGION: Final = 32768
"""Bytes by which SQLite makes an index longer."""

FIRST, FURTHER = 4062, 4096
"""Pages of the log that the first region of an index has room for, and each further one."""

PATIENCE_S: Final = 2.0
"""How long it is waited for those who write, fold or build."""

AGAIN_S: Final = 0.002

_descriptors: dict[tuple[int, int], int] = {}
"""By device and inode, each opened once and never closed: there is one for each index ever cut."""


def is_possible(size: int) -> bool:
    """Whether SQLite makes an index of so many bytes; what is not was cut, or is made just now."""
    return size > 0 and size % REGION == 0


def at_least(size: int) -> int:
    """How many bytes an index had at least, of which so many are left."""
    return max(REGION, -(-size // REGION) * REGION)


def least(pages: int) -> int:
    """How many bytes the index of a log of so many pages has at least."""
    return REGION * (1 + max(0, -(-(pages - FIRST) // FURTHER)))


def empty(path: str, size: int, *, writing: bool = False, anyway: bool = False) -> bool:
    """Fill an index that is shorter than it was with zeros, from which SQLite builds it anew.

    Args:
        path: The index.
        size: How many bytes it had.
        writing: Whether this thread has SQLite's lock to write, and commits nothing afterwards.
        anyway: Also where it is as long as that.

    Returns:
        Whether nothing of it is missing now; False when others held it too long, or it is gone.
    """
    if sys.platform != "linux":
        return False
    try:
        descriptor = _descriptor(path)
    except OSError:
        return False
    first = FOLD if writing else WRITE
    until_s = time.monotonic() + PATIENCE_S
    while not _lock(descriptor, first):
        if time.monotonic() >= until_s:
            return False
        time.sleep(AGAIN_S)
    try:
        if anyway or os.fstat(descriptor).st_size < size:
            os.ftruncate(descriptor, 0)
            os.ftruncate(descriptor, size)
    finally:
        _unlock(descriptor)
    return True


def _descriptor(path: str) -> int:
    there = os.stat(path)
    key = there.st_dev, there.st_ino
    if key not in _descriptors:
        _descriptors[key] = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    return _descriptors[key]


if sys.platform == "linux":
    import fcntl

    def _lock(descriptor: int, first: int) -> bool:
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _range(fcntl.F_WRLCK, first))
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _range(fcntl.F_UNLCK, WRITE))

    def _range(kind: int, first: int) -> bytes:
        # struct flock: kind, whence, start, length, process (0, as these locks ask for)
        return struct.pack("hhqqi0q", kind, os.SEEK_SET, first, BUILD + 1 - first, 0)
