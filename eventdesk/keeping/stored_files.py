"""Files elsewhere: folders of the home kept in step with the storage, encrypted as backups are.

A file is uploaded as pieces, each a sealed stream (`core.sealed_stream`) that begins with a line
saying whose piece it is. A piece is named after its file's path, size and time of change by a key
that only the house has: the provider learns no names, and what is there already is seen from its
name. So an upload that was cut goes on with the piece that it was at, and nothing goes twice.

What is deleted here is deleted there. Beside the files lies a list (`LIST`) of what was taken from
this folder: only that is deleted. A folder that was lost with its disk has lost its list, too, and
so takes nothing along.
"""

import hmac
import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Final

from eventdesk.core.errors import BackupError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import make_folders, open_private, read_private, replace_private
from eventdesk.core.sealed_stream import Pieces, opened, sealed, sealed_size

if TYPE_CHECKING:
    from eventdesk.integrations.storage.bucket import Bucket

UNDER: Final = "files/"
"""Where pieces lie in the storage."""

LIST: Final = ".elsewhere"
"""File in a folder that is kept in step: what was taken from it, and whether all of it was."""

PIECE: Final = 64 << 20
"""Bytes of a piece: what is uploaded anew at most after an upload was cut."""

MAX_LIST: Final = 64 << 20
MAX_HEAD: Final = 16 << 10
MAX_PATH: Final = 2000
DRAFTS: Final = (".part", ".tmp")
READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a file that is kept elsewhere.

    Attributes:
        path: In the home, with slashes.
        size: In bytes.
        modified_ns: When it was changed last, in nanoseconds since 1970.
    """

    path: str
    size: int
    modified_ns: int

    def tag(self, secret: bytes) -> str:
        """What its pieces are called; who has no secret learns nothing from it."""
        told = f"eventdesk file 1\0{self.path}\0{self.size}\0{self.modified_ns}"
        return hmac.digest(secret, told.encode("utf-8", "surrogatepass"), "sha256").hex()[:40]

    @property
    def pieces(self) -> int:
        """How many pieces it has; an empty file has one."""
        return max(1, -(-self.size // PIECE))

    def names(self, secret: bytes, under: str = UNDER) -> list[str]:
        """The names of its pieces."""
        tag = self.tag(secret)
        return [f"{under}{tag}.{number}-{self.pieces}" for number in range(self.pieces)]


@dataclass(frozen=True, slots=True)
class InStep:
    """What was done to have a folder in step.

    Attributes:
        uploaded: Files.
        deleted: Pieces that were there and are no more.
    """

    uploaded: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back.

    Attributes:
        files: How many were written.
        left: How many there do not open, or are not whole.
    """

    files: int
    left: int


def files_in(home: Path, folder: str) -> Iterator[Kept]:
    """Look what there is to keep of a folder; links, drafts and hidden files are left out."""
    for parent, folders, names in os.walk(home / folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for name in names:
            path = Path(parent, name)
            inside = path.relative_to(home).as_posix()
            with suppress(OSError):
                if _is_sound(inside, folder.split("/")[:1]) and stat.S_ISREG(
                    (found := path.lstat()).st_mode
                ):
                    yield Kept(inside, found.st_size, found.st_mtime_ns)


def is_in_step(home: Path, folder: str, where: str, secret: bytes, *, kept: bool) -> bool:
    """Whether nothing changed in a folder since all of it was taken to a storage.

    Args:
        home: The home folder.
        folder: The folder's name in it.
        where: Which storage.
        secret: The house's recovery secret.
        kept: Whether it is to be there at all.
    """
    taken = _Taken.read(home / folder)
    present = {each.tag(secret) for each in files_in(home, folder)} if kept else set()
    nothing = not present and not taken.tags
    return nothing or (taken.settled == where and taken.tags == present)


def bring_in_step(
    bucket: "Bucket",
    home: Path,
    folder: str,
    where: str,
    secret: bytes,
    *,
    kept: bool,
    under: str = UNDER,
    in_order: bool = False,
) -> InStep:
    """Upload what is not there, oldest first, then delete what was taken there and is gone here.

    Args:
        bucket: Where to.
        home: The home folder.
        folder: The folder's name in it.
        where: Which storage that is, as `is_in_step` asks.
        secret: The house's recovery secret.
        kept: Whether it is to be there at all; else all of it is deleted there.
        under: Where its pieces lie.
        in_order: Whether nothing may be there that is newer than what is not there yet.

    Raises:
        ServiceError: The storage did not take all; what it took stays.
        OSError: The list cannot be written.
    """
    here = {each.tag(secret): each for each in files_in(home, folder)} if kept else {}
    taken = _Taken.read(home / folder)
    if not here and not taken.tags:
        return InStep(0, 0)
    there = {each.name for each in bucket.list(under)}
    _Taken(taken.tags | here.keys()).write(home / folder)  # first, so that it is never forgotten
    uploaded, left = 0, set[str]()
    for tag, file in sorted(here.items(), key=lambda each: (each[1].modified_ns, each[1].path)):
        try:
            uploaded += _upload(bucket, home, file, secret, there, under)
        except OSError:  # it changed or went meanwhile, which is seen by the next look
            left.add(tag)
            if in_order:
                return InStep(uploaded, 0)
    gone = [name for name in sorted(there) if _tag_of(name) in taken.tags - here.keys()]
    for name in gone:
        bucket.delete(name)
    _Taken(frozenset(here), "" if left else where).write(home / folder)
    return InStep(uploaded, len(gone))


def fetch_files(
    bucket: "Bucket", home: Path, secret: bytes, folders: Collection[str], *, under: str = UNDER
) -> Fetched:
    """Bring back what is there of some folders; files that are here stay as they are.

    What was fetched before the line broke is not fetched again.

    Raises:
        ServiceError: The storage does not answer, or refuses.
        OSError: A file cannot be written.
    """
    found: dict[str, dict[int, str]] = {}
    written: dict[str, datetime] = {}
    for each in bucket.list(under):
        tag, number = _tag_of(each.name), each.name.rpartition(".")[2].partition("-")[0]
        if number.isdecimal():
            found.setdefault(tag, {})[int(number)] = each.name
            written[tag] = max(written.get(tag, each.changed_at), each.changed_at)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken: dict[str, set[str]] = {}
    versions: list[tuple[datetime, int, str, Kept]] = []
    files = left = 0
    for tag, names in found.items():
        try:
            file = _head(bucket, names[min(names)], secret)[0]
        except BackupError:
            left += 1
            continue
        if file.tag(secret) != tag or not _is_sound(file.path, folders):
            left += file.tag(secret) != tag
            continue
        taken.setdefault(file.path.partition("/")[0], set()).add(tag)
        versions.append((written[tag], file.modified_ns, tag, file))
    versions.sort(key=lambda each: each[:3], reverse=True)  # a storage tells time in whole seconds
    for _, _, tag, file in versions:
        try:
            files += _fetch(bucket, home, file, found[tag], secret)
        except BackupError:
            left += 1
    for folder, tags in taken.items():
        _Taken(_Taken.read(home / folder).tags | tags).write(home / folder)
    return Fetched(files, left)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken from a folder.

    Attributes:
        tags: Of all versions that may be in the storage.
        settled: Which storage had all of it and no more; "" is none.
    """

    tags: frozenset[str] = frozenset()
    settled: str = ""

    @classmethod
    def read(cls, folder: Path) -> "_Taken":
        try:
            kept = json.loads(read_private(folder / LIST, limit=MAX_LIST)[0])
            return cls(frozenset(map(str, kept["tags"])), str(kept["settled"]))
        except (OSError, ValueError, TypeError, KeyError):
            return cls()

    def write(self, folder: Path) -> None:
        if self == self.read(folder):
            return
        make_folders(folder)
        kept = {"settled": self.settled, "tags": sorted(self.tags)}
        replace_private(folder / LIST, json.dumps(kept).encode())


def _upload(
    bucket: "Bucket", home: Path, file: Kept, secret: bytes, there: Collection[str], under: str
) -> bool:
    """Upload the pieces of a file that are not there; whether there were any."""
    missing = [(at, name) for at, name in enumerate(file.names(secret, under)) if name not in there]
    if not missing:
        return False
    with (home / file.path).open("rb") as source:
        for number, name in missing:
            status = os.fstat(source.fileno())
            if (status.st_size, status.st_mtime_ns) != (file.size, file.modified_ns):
                raise OSError(f"{file.path} was changed")
            size = min(PIECE, file.size - number * PIECE)
            head = _line(file, number)
            source.seek(number * PIECE)
            stream = sealed(_read(source, head, size), secret)
            bucket.put(name, stream, sealed_size(len(head) + size))
    return True


def _line(file: Kept, number: int) -> bytes:
    told = {"path": file.path, "size": file.size, "modified_ns": file.modified_ns, "piece": number}
    return json.dumps(told).encode() + b"\n"


def _read(source: IO[bytes], head: bytes, size: int) -> Iterator[bytes]:
    yield head
    while size:
        part = source.read(min(READ, size))
        if not part:
            raise OSError("it became shorter")
        size -= len(part)
        yield part


def _head(bucket: "Bucket", name: str, secret: bytes) -> tuple[Kept, int]:
    """Whose piece it is, and which."""
    return _whose(Pieces(opened(bucket.read(name), secret)))


def _whose(plain: Pieces) -> tuple[Kept, int]:
    head = bytearray()
    while not head.endswith(b"\n"):
        byte = plain.read(1)
        if not byte or len(head) > MAX_HEAD:
            raise BackupError(_NO_PIECE)
        head += byte
    try:
        told: Mapping[str, Any] = json.loads(head)
        kept = Kept(str(told["path"]), int(told["size"]), int(told["modified_ns"]))
        return kept, int(told["piece"])
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(_NO_PIECE) from error


def _fetch(
    bucket: "Bucket", home: Path, file: Kept, names: Mapping[int, str], secret: bytes
) -> bool:
    """Write a file from its pieces; False where there is one already.

    Raises:
        BackupError: A piece is missing, does not open, or is another's.
    """
    path = home / file.path
    if os.path.lexists(path):
        return False
    if sorted(names) != list(range(file.pieces)):
        raise BackupError(_NO_PIECE)
    make_folders(path.parent)
    draft = path.with_name(f".{file.tag(secret)}.part")
    try:
        with open(draft, "wb", opener=open_private) as target:
            for number in range(file.pieces):
                plain = Pieces(opened(bucket.read(names[number]), secret))
                if _whose(plain) != (file, number):
                    raise BackupError(_NO_PIECE)
                while part := plain.read(READ):
                    target.write(part)
            if target.tell() != file.size:
                raise BackupError(_NO_PIECE)
            target.flush()
            os.fsync(target.fileno())
        os.utime(draft, ns=(file.modified_ns, file.modified_ns))
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return True


_NO_PIECE: Final = msg("This is no file of eventdesk, or a part of it is missing.")


def _tag_of(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def _is_sound(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of a plain file of these folders, whoever says so."""
    parts = path.split("/")
    return (
        len(parts) > 1
        and parts[0] in folders
        and len(path) <= MAX_PATH
        and path.isprintable()
        and "\\" not in path
        and not path.endswith(DRAFTS)
        and not any(not each or each.startswith(".") for each in parts)
        and PurePosixPath(path).parts == tuple(parts)
    )
