"""Backups: online copies that were checked, and thinned by a rule.

A backup is a folder entry `YYYYMMDDTHHMMSSZ.db` with a folder of the keys beside it; the second
of the same second is called `YYYYMMDDTHHMMSSZ-2.db`. Kept are all of the last day, then the
newest of each day for a month, then of each month for a year.
"""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from data.sqlite.files import copy_file, keys_sold_with, problems
from data.store import KEYS_FOLDER, Store
from eventdesk.errors import BackupError
from eventdesk.keyring import Keyring
from eventdesk.model.ids import new_id

FOLDER = "backups"
STAMP = "%Y%m%dT%H%M%SZ"
KEEP_ALL = timedelta(days=1)
KEEP_DAILY = timedelta(days=31)
KEEP_MONTHLY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup on the disk."""

    path: Path
    made_at: datetime
    size: int


def make_backup(store: Store, *, now: datetime) -> Backup:
    """Copy the store while it is in use, check the copy, and thin the old ones.

    Raises:
        BackupError: The copy is not sound or could not be written; older backups stay.
        KeyFileError: The key file lacks a key that tickets of the copy were sold with.
    """
    folder = store.home / FOLDER
    stamp = f"{now.astimezone(UTC):{STAMP}}"
    draft = folder / f"{stamp}.{new_id().hex}.part"
    store.check()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            _copy_soundly(store, draft)
            path = _published(draft, _keys_of(store, draft), stamp)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(
            f"The backup cannot be written to {folder}: {error.strerror}.",
            hint="Make room, or check who owns the folder.",
        ) from error
    for old in thinned(list_backups(store.home), now):
        _remove(old)
    return _backup(path)


def keep_backup(store: Store, *, now: datetime, every: timedelta = timedelta(hours=1)) -> None:
    """Make a backup unless another desk made one within the hour."""
    backups = list_backups(store.home)
    if not backups or now - backups[0].made_at >= every:
        make_backup(store, now=now)


def list_backups(home: Path) -> list[Backup]:
    """Read which backups there are, newest first."""
    found = []
    for path in (home / FOLDER).glob("*.db"):
        try:
            found.append(_backup(path))
        except (ValueError, FileNotFoundError):
            continue  # a file that somebody else put here, or that was thinned meanwhile
    return sorted(found, key=_age, reverse=True)


def thinned(backups: list[Backup], now: datetime) -> list[Backup]:
    """Say which backups the rule lets go: all but the newest of their day or month, or too old."""
    kept: set[str] = set()
    gone = []
    for backup in sorted(backups, key=_age, reverse=True):
        age = now - backup.made_at
        if age <= KEEP_ALL:
            continue
        period = f"{backup.made_at:%Y-%m-%d}" if age <= KEEP_DAILY else f"{backup.made_at:%Y-%m}"
        if age > KEEP_MONTHLY or period in kept:
            gone.append(backup)
        kept.add(period)
    return gone


def _copy_soundly(store: Store, draft: Path) -> None:
    copy_file(store.path, draft)
    found = problems(draft)
    if found:
        raise BackupError(
            f"The copy is not sound: {found[0]}.", hint="Run `eventdesk doctor` on this store."
        )


def _keys_of(store: Store, draft: Path) -> Keyring:
    """The keys as their file has them now: another process may have rotated since we read it."""
    keys = Keyring.open(store.home / KEYS_FOLDER)
    keys.check(keys_sold_with(draft))
    return keys


def _published(draft: Path, keys: Keyring, stamp: str) -> Path:
    """Give a checked copy the first free name; its keys are there before it is."""
    for number in count(1):
        path = draft.with_name(f"{stamp}.db" if number == 1 else f"{stamp}-{number}.db")
        beside = path.with_suffix(".keys")
        try:
            beside.mkdir(mode=0o700)
        except FileExistsError:
            continue
        try:
            keys.copy_to(beside)
            path.hardlink_to(draft)
        except BaseException as error:
            shutil.rmtree(beside)
            if not isinstance(error, FileExistsError):
                raise
        else:
            return path
    raise AssertionError("numbers do not end")


def _age(backup: Backup) -> tuple[datetime, int, str]:
    """What sorts backups by age; those of one second by their number."""
    return backup.made_at, len(backup.path.name), backup.path.name


def _backup(path: Path) -> Backup:
    made_at = datetime.strptime(path.stem[:16], STAMP).replace(tzinfo=UTC)
    return Backup(path, made_at, path.stat().st_size)


def _remove(backup: Backup) -> None:
    backup.path.unlink(missing_ok=True)
    shutil.rmtree(backup.path.with_suffix(".keys"), ignore_errors=True)
