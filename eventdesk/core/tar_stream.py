"""Files as one stream, and back (POSIX.1-1988 ustar, as `tarfile` writes it)."""

import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final

_READ: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = bytes(2 * _BLOCK)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file to be put into a stream.

    Attributes:
        name: In the stream, with slashes.
        content: Its bytes, or where they are read.
        size: How many they are.
    """

    name: str
    content: bytes | Path
    size: int

    @classmethod
    def of(cls, name: str, path: Path) -> "Packed":
        """A file of the disk, of the size that it has now."""
        return cls(name, path, path.stat().st_size)

    @property
    def room(self) -> int:
        """How many bytes of the stream it takes."""
        return _BLOCK + -(-self.size // _BLOCK) * _BLOCK


def stream_of(files: Iterable[Packed]) -> Iterator[bytes]:
    """Write files one after another.

    Raises:
        OSError: One cannot be read, or is another size than it was.
    """
    for file in files:
        info = tarfile.TarInfo(file.name)
        info.size, info.mode = file.size, 0o600
        yield info.tobuf(tarfile.USTAR_FORMAT)
        left = file.size
        with _opened(file) as source:
            while left:
                piece = source.read(min(_READ, left))
                if not piece:
                    raise OSError(f"{file.name} became shorter")
                left -= len(piece)
                yield piece
        yield bytes(-file.size % _BLOCK)
    yield _END


def size_of(files: Iterable[Packed]) -> int:
    """How many bytes `stream_of` is going to write."""
    return sum(file.room for file in files) + len(_END)


def _opened(file: Packed) -> IO[bytes]:
    return BytesIO(file.content) if isinstance(file.content, bytes) else file.content.open("rb")
