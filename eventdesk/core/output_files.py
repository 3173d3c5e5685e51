"""Output files: where files for people may be written, and how.

* Of a home folder, whichever it is, only `exports/` takes them: the store, the keys, the settings
  and the backups are never written over. A folder is a home when it holds a store or keys.
* A file that is there is replaced only when that was asked for.
* Only regular files are written, no device, no pipe and nothing that has a second name.
* A file appears whole or not at all: it is written beside its place and put there when finished.

Links are followed before the place is judged, and a link is replaced, never what it leads to.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from eventdesk.core.errors import FileTakenError, InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import make_folders, sync_folder
from eventdesk.core.remedies import Remedy, advise

OWNER_ONLY: Final = 0o600
"""What is exported tells about people; others on the machine have no business in it."""

EXPORTS: Final = "exports"
"""The folder of a home that takes files for people."""

HOME_SIGNS: Final = ("eventdesk.db", ".eventdesk.lock", "keys/eventdesk-keys.json")
"""What makes a folder a home."""

_SYSTEM_FOLDERS: Final = (Path("/dev"), Path("/proc"), Path("/sys"))

MAX_ENDING: Final = 12
"""Characters of an ending such as `.xlsx` that a draft keeps."""


@contextmanager
def drafted(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a draft beside `path` to be written; it takes the path's place when the block ends.

    What stood there before stays until then, and stays for good when the block raises.

    Raises:
        InvalidInputError: There must be no file, there is one already, or the folder or the file
            cannot be written.
    """
    place = need_place(path, overwrite=overwrite)
    # The ending stays: some who write a file choose its form by that.
    ending = place.suffix if len(place.suffix) <= MAX_ENDING else ""
    draft = place.with_name(f".{place.stem[:20]}.{uuid4().hex}.part{ending}")
    try:
        make_folders(place.parent)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        try:
            yield draft
            _sync(draft, os.O_RDWR)
            if overwrite:
                draft.replace(place)
            else:
                try:
                    _put_new(draft, place)
                except FileExistsError as error:
                    raise _taken(path) from error
            with suppress(OSError):
                sync_folder(place.parent)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(
            msg(
                "{path} cannot be written: {strerror}.", path=path, strerror=error.strerror or error
            ),
            hint=msg("Choose another folder, or make room."),
        ) from error


def write_file(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a whole file by the rule of this module.

    Raises:
        InvalidInputError: As `drafted`.
    """
    with drafted(path, overwrite=overwrite) as draft:
        draft.write_bytes(content)


def need_place(path: Path, *, overwrite: bool = False) -> Path:
    """Return where a file may be written: the same path, its folder without links.

    Raises:
        InvalidInputError: No file for people may be there, or there is one already.
    """
    place, target = _resolved(path)
    if not place.name.isprintable():
        raise InvalidInputError(
            msg("{name!r} cannot name a file.", name=place.name),
            hint=msg("Use a name without control characters."),
        )
    if sys.platform != "win32" and any(each in target.parents for each in _SYSTEM_FOLDERS):
        raise InvalidInputError(
            msg("{path} is no place for a file.", path=path),
            hint=msg("Files are written to disks only; name another."),
        )
    need_outside_home(path)
    try:
        found = place.lstat()
    except FileNotFoundError:
        return place
    except OSError as error:
        raise InvalidInputError(
            msg("{path} cannot be written: {strerror}.", path=path, strerror=error.strerror),
            hint=msg("Choose another folder."),
        ) from error
    if stat.S_ISDIR(found.st_mode) or target.is_dir():
        raise InvalidInputError(
            msg("{path} is a folder.", path=path), hint=msg("Name a file in it.")
        )
    if stat.S_ISLNK(found.st_mode):
        with suppress(OSError):
            found = target.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
        raise InvalidInputError(
            msg("{path} is no regular file.", path=path),
            hint=msg("Files are written to disks only; name another."),
        )
    if found.st_nlink > 1 and not stat.S_ISLNK(found.st_mode):
        raise InvalidInputError(
            msg("{path} is the same file as another one (a hard link).", path=path),
            hint=msg("Name another file."),
        )
    if not overwrite:
        raise _taken(path)
    return place


def need_folder(folder: Path) -> Path:
    """Return where a folder of files may be: the same, without links.

    Raises:
        InvalidInputError: It is a home folder, or a part of one other than its exports.
    """
    need_outside_home(folder / "file", named=folder)
    return folder.resolve()


def is_export(home: Path, path: Path) -> bool:
    """Whether a path is one below the exports of this home, whatever links are on the way."""
    exports = home / EXPORTS
    place, target = _resolved(path)
    return all(exports.resolve() in each.parents for each in (place, target))


def _resolved(path: Path) -> tuple[Path, Path]:
    """The path with its folder's links followed, and where it leads to itself."""
    try:
        if path.name in ("", ".."):
            raise InvalidInputError(
                msg("{path} is a folder.", path=path), hint=msg("Name a file in it.")
            )
        return path.parent.resolve() / path.name, path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidInputError(
            msg("{path!r} cannot name a file.", path=str(path)[:200]), hint=msg("Check the name.")
        ) from error


def need_outside_home(
    path: Path, *, but: tuple[str, ...] = (EXPORTS,), named: Path | None = None
) -> None:
    """Let only paths pass that are in no home, or in folders of it that take what is written.

    All folders above are asked, so that a store inside another one's exports is seen, too.

    Args:
        path: The path; its links are followed.
        but: The folders of a home that may be written.
        named: What a refusal calls the path, where somebody named another.

    Raises:
        InvalidInputError: It is elsewhere in a home, or cannot name a file.
    """
    for place in {*_resolved(path)}:
        for home in (each for each in place.parents if _is_home(each)):
            if not any(_is_below(home / each, place) for each in but):
                raise InvalidInputError(
                    msg("{named} is inside the home folder of a store.", named=named or path),
                    hint=msg("Choose another folder, or {home}.", home=home / but[0]),
                )


def _is_home(folder: Path) -> bool:
    return any(os.path.lexists(folder / sign) for sign in HOME_SIGNS)


def _is_below(exports: Path, place: Path) -> bool:
    """Whether a place is below a folder, also where the file system knows no case."""
    for folder in place.parents:
        if folder == exports:
            return True
        with suppress(OSError):
            if folder.samefile(exports):
                return True
    return False


def _put_new(draft: Path, place: Path) -> None:
    """Give a finished draft a name that nothing has.

    Raises:
        FileExistsError: Something has it by now.
    """
    try:
        os.link(draft, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        draft.replace(place)


def _taken(path: Path) -> FileTakenError:
    return FileTakenError(
        msg("There is a file {path} already.", path=path), hint=advise(Remedy.NAME_ANOTHER_FILE)
    )


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
