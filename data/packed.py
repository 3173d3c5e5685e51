"""Packed copies of a store: gzip, which any machine can unpack without eventdesk.

Writing is forced to the disk piece by piece: a commit at the door waits for the disk, too, and
must not wait until hundreds of megabytes of a backup are written before it.
"""

import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from eventdesk.core.errors import BackupError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import open_private

ENDING: Final = ".gz"
MAGIC: Final = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952, section 2.3.1)."""

LEVEL: Final = 4
"""1 takes three quarters of the time, and a twentieth more room, so that a day is over 1.2 GB."""

PIECE: Final = 1024**2
FORCED: Final = 8 * PIECE
"""Most bytes that wait for the disk."""

SPARED: Final = 64 * PIECE
"""Bytes that stay free on the disk when a packed file is unpacked."""

_GZIP: Final = 16 + zlib.MAX_WBITS
_STORE: Final = b"SQLite format 3\0"
_HEADER: Final = 100


def is_packed(path: Path) -> bool:
    """Whether a file begins as a packed one does, whatever its name is.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def pack(source: Path, target: Path) -> None:
    """Write a smaller copy of a file, and read it back once to be sure of it.

    Raises:
        FileExistsError: There is a file of that name.
        BackupError: What was written is not what was read.
        OSError: One of the two cannot be read or written.
    """
    packer, size = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP), 0
    with source.open("rb") as plain, open(target, "xb", opener=open_private) as packed:
        written = _Forced(packed)
        while piece := plain.read(PIECE):
            size += len(piece)
            written.write(packer.compress(piece))
        written.write(packer.flush())
        written.force()
    if sum(map(len, _pieces(target))) != size:
        raise _broken(target, "it did not take all of the copy")


def unpack(source: Path, target: Path) -> None:
    """Write the store that a packed file holds.

    It is never larger than its own header says nor than there is room for, so that a file made to
    fill the disk does not.

    Args:
        source: The packed file.
        target: A new file; only its owner may read it. What was written stays when it fails.

    Raises:
        FileExistsError: There is a file of that name.
        BackupError: It is cut off, damaged, no store, or larger than it says or than there is room.
        OSError: One of the two cannot be read or written.
    """
    pieces = _pieces(source)
    first = next(pieces, b"")
    size = _promised(source, first)
    free = shutil.disk_usage(target.parent).free
    if size > free - SPARED:
        raise BackupError(
            msg(
                "{source} holds {size:,} bytes, and {parent} has room for {value:,}.",
                source=source,
                size=size,
                parent=target.parent,
                value=max(0, free - SPARED),
            ),
            hint=msg("Make room, or choose another backup."),
        )
    left = size
    with open(target, "xb", opener=open_private) as plain:
        written = _Forced(plain)
        while first:
            left -= len(first)
            if left < 0:
                raise _broken(source, "it holds more than its header says")
            written.write(first)
            first = next(pieces, b"")
        written.force()
    if left:
        raise _broken(source, "it holds less than its header says")


def _promised(source: Path, first: bytes) -> int:
    """How many bytes a store has by its header (https://www.sqlite.org/fileformat.html, 1.3)."""
    if len(first) < _HEADER or not first.startswith(_STORE):
        raise _broken(source, "it holds no store")
    page = int.from_bytes(first[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(first[28:32], "big")


def _pieces(source: Path) -> Iterator[bytes]:
    """What a packed file holds, in pieces of at most `PIECE` bytes; its checksum at the end.

    Raises:
        BackupError: It is cut off, damaged, or something follows it.
    """
    unpacker = zlib.decompressobj(_GZIP)
    with source.open("rb") as packed:
        try:
            while not unpacker.eof:
                given = unpacker.unconsumed_tail or packed.read(PIECE)
                if not given:
                    raise _broken(source, "it is cut off")
                if piece := unpacker.decompress(given, PIECE):
                    yield piece
        except zlib.error as error:
            raise _broken(source, "it is damaged") from error
        if unpacker.unused_data or packed.read(1):
            raise _broken(source, "something follows its end")


class _Forced:
    """Writes a file, and forces what was written to the disk now and then."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._waiting = file, 0

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._waiting += len(piece)
        if self._waiting >= FORCED:
            self.force()

    def force(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._waiting = 0


def _broken(source: Path, why: str) -> BackupError:
    return BackupError(
        msg("{source} is not sound: {why}.", source=source, why=why),
        hint=msg("Choose another backup."),
    )
