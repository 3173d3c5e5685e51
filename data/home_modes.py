"""Home modes: only its owner may read a home, whatever the umask was and whoever made the folder.

What eventdesk makes is private from birth. What an older one made, or somebody unpacked or copied
here, is taken away from others when the store is opened. Only names of ours are touched, since a
home may be a folder with other things in it; links are left alone.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from data.house_lock import BACKING_UP, COPYING, PRINTING
from data.house_lock import FILE_NAME as LOCK_NAME
from data.sqlite.turn import FILE_NAME as TURN

FILES = (
    *("eventdesk.db", "eventdesk.db-wal", "eventdesk.db-shm"),
    *(LOCK_NAME, PRINTING, BACKING_UP, COPYING, TURN, "settings.toml", ".tour"),
)
FOLDERS = ("keys", "backups", "badges", "exports", "layouts", "logs", "recordings", "test-desk")
LARGE = ("badges", "exports", "recordings")
"""Folders with many files; what is in them is looked through only when others may enter them."""

OTHERS = 0o077


def loose(home: Path, *, all_files: bool = True) -> Iterator[Path]:
    """Find what of a home others than its owner may read, write or enter.

    Args:
        home: The folder.
        all_files: Whether to look also into large folders that nobody else may enter.
    """
    if sys.platform == "win32":
        return
    if _is_loose(home) and not home.stat().st_mode & stat.S_ISVTX:
        yield home  # one like /tmp stays everybody's
    for name in FILES:
        if _is_loose(home / name):
            yield home / name
    for name in FOLDERS:
        folder = home / name
        if not folder.is_dir() or folder.is_symlink():
            continue
        is_loose = _is_loose(folder)
        if is_loose:
            yield folder
        if is_loose or all_files or name not in LARGE:
            yield from _loose_in(folder)


def of_others(home: Path) -> Iterator[Path]:
    """Find what of a home is not its owner's, such as after somebody else ran the program there."""
    if sys.platform == "win32":
        return
    owner = home.stat().st_uid
    for name in (*FILES, *FOLDERS):
        if _is_of_another(home / name, owner):
            yield home / name
    for name in FOLDERS:
        if not (home / name).is_symlink():
            for parent, folders, files in os.walk(home / name):
                paths = (Path(parent, each) for each in (*folders, *files))
                yield from (path for path in paths if _is_of_another(path, owner))


def _is_of_another(path: Path, owner: int) -> bool:
    try:
        return path.lstat().st_uid != owner
    except OSError:
        return False


def tighten(home: Path) -> tuple[Path, ...]:
    """Take a home away from others; what is somebody else's is left for the doctor to name.

    Returns:
        What others could read until now.
    """
    done = []
    for path in [*loose(home, all_files=False)]:
        with suppress(OSError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
            done.append(path)
    return tuple(done)


def _loose_in(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            if _is_loose(path):
                yield path


def _is_loose(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return bool(mode & OTHERS) and (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
