"""Zip files of strangers: opened within limits, whatever they say of themselves.

Python's zipfile gives no more of a part than its directory declares, so the declared sizes bound
what is unfolded. The directory itself it reads as a whole, however long it is; here it is bounded.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MAX_DIRECTORY: Final = 4 << 20
"""Bytes of a zip file's directory: some 40,000 parts."""

_COMPRESSED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What office programs and archives use; the others may ask for gigabytes to unfold one byte."""


@contextmanager
def opened_zip(path: Path, *, most_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open a zip file that may be hostile, whose parts may unfold to `most_bytes` together.

    Raises:
        UnfoldsTooFarError: They say that they unfold to more.
        zipfile.BadZipFile: It is none, has too long a directory, a part twice, one that is locked
            or packed in a way that is not read here.
        OSError: It cannot be read.
    """
    with (
        path.open("rb", buffering=0) as raw,
        _Sparing(raw) as file,
        zipfile.ZipFile(file) as packed,
    ):
        parts = packed.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > most_bytes:
            raise UnfoldsTooFarError(unpacked)
        if len({part.filename for part in parts}) < len(parts):
            raise zipfile.BadZipFile("a file is in it twice")
        if any(part.compress_type not in _COMPRESSED or part.flag_bits & 1 for part in parts):
            raise zipfile.BadZipFile("a file in it is locked, or packed in an unusual way")
        yield packed


class UnfoldsTooFarError(zipfile.BadZipFile):
    """The parts of a zip file unfold to more than is read.

    Attributes:
        size: Bytes they unfold to.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"it unfolds to {size:,} bytes")
        self.size = size


class _Sparing(io.BufferedReader):
    """A file that gives no more at once than a directory may be long."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as files do."""
        if size is not None and size > MAX_DIRECTORY:
            raise zipfile.BadZipFile("there are too many files in it")
        return super().read(size)
