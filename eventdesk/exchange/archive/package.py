"""An archive as a file: opening it, proving it whole, reading its lines."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.token import TokenKey
from eventdesk.exchange.archive.seal import Lock, open_keys
from eventdesk.tables.packed import opened_zip

FORMAT: Final = 1
SUFFIX: Final = "eventdesk.zip"
MANIFEST: Final = "manifest.json"
KEYS: Final = "keys.bin"

MOST_BYTES: Final = 8_000_000_000
"""Bytes an archive may unfold to; a million tickets with their scans are about 3 GB."""

LONGEST_LINE: Final = 4_000_000
_SMALL: Final = 1_000_000
_BLOCK: Final = 1 << 20
_FILE = re.compile(r"tables/[a-z_]+\.json")
_ROW_BEGINS: Final = (b"[", b",")


@dataclass(frozen=True, slots=True)
class Package:
    """An archive that was opened, whole as its manifest says.

    Attributes:
        event_id: The event in it.
        event_name: How it is called.
        made_at: When it was written.
        schema: The schema it was written with.
        rows: How many rows each table has.
        keys: What its tickets were sold with.
    """

    event_id: UUID
    event_name: str
    made_at: datetime
    schema: str
    rows: dict[str, int]
    keys: tuple[tuple[TokenKey, datetime], ...]
    _packed: zipfile.ZipFile

    def lines(self, table: str) -> Iterator[str]:
        """Read the rows of a table as lines of JSON; a table that is not there has none."""
        if table not in self.rows:
            return
        count = 0
        with _spoken(), self._packed.open(f"tables/{table}.json") as unpacked:
            # Lines are found in larger pieces than the zip gives out.
            file = BufferedReader(cast(RawIOBase, unpacked), _BLOCK)
            while line := file.readline(LONGEST_LINE):
                if line.startswith(_ROW_BEGINS) and line != b"[]\n":
                    count += 1
                    yield line[1:].decode()
        if count != self.rows[table]:
            raise _broken(f"{table} has {count:,} rows, not {self.rows[table]:,}")


@contextmanager
def opened_package(path: Path, passphrase: str) -> Iterator[Package]:
    """Open an archive and prove that it is whole and as it was written.

    Raises:
        InvalidInputError: It is no archive, half of one, changed, of a newer format, or the
            passphrase is wrong.
    """
    with _spoken(), opened_zip(_present(path), most_bytes=MOST_BYTES) as packed:
        manifest = _small(packed, MANIFEST)
        fields = _understood(manifest)
        lock = Lock.read(fields["keys"])
        keys = tuple(open_keys(lock, passphrase, manifest, _small(packed, KEYS)))
        files = dict(fields["files"])
        if {*files, MANIFEST, KEYS} != set(packed.namelist()):
            raise _broken("files are missing, or too many")
        for name, about in files.items():
            if not _FILE.fullmatch(name) or _digest(packed, name) != about["sha256"]:
                raise _broken(f"{name} is not as it was written")
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
        raise InvalidInputError(f"There is no file {path}.", hint="Check its name.")
    return path


def _understood(manifest: bytes) -> dict[str, Any]:
    fields = json.loads(manifest)
    if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
        raise _broken("its manifest is none")
    if fields["format"] > FORMAT:
        raise InvalidInputError(
            f"This archive has format {fields['format']}; this eventdesk reads up to {FORMAT}.",
            hint="Install a newer eventdesk.",
        )
    return fields


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        content = file.read(_SMALL + 1)
    if len(content) > _SMALL:
        raise _broken(f"{name} is too large")
    return content


def _digest(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with packed.open(name) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _broken(what: str) -> InvalidInputError:
    return InvalidInputError(
        f"This is no whole archive of an event: {what}.", hint="Ask for the file again."
    )


@contextmanager
def _spoken() -> Iterator[None]:
    """Say what is wrong with a file in words for people."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(str(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _broken(f"something is not as it should be ({error})") from error
    except OSError as error:
        raise InvalidInputError(
            f"The archive cannot be read: {error.strerror or error}.", hint="Check the file."
        ) from error
