"""Backups: online copies that were checked, thinned by a rule, and brought back.

A backup is a folder entry `YYYYMMDDTHHMMSSZ.db` with a folder of the keys beside it. Kept are
all of the last day, then the newest of each day for a month, then of each month for a year.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.house_lock import alone
from data.migrate import revision_of
from data.sqlite.files import copy_file, problems
from data.store import FILE_NAME, KEYS_FOLDER, Store, set_aside
from eventdesk.errors import BackupError, NotFoundError, StoreBrokenError
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
    """
    folder = store.home / FOLDER
    path = folder / f"{now.astimezone(UTC):{STAMP}}.db"
    draft = folder / f"{path.stem}.{new_id().hex}.part"  # another desk may make one this second
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _copy_soundly(store, draft)
            store.keys.copy_to(path.with_suffix(".keys"))
            draft.replace(path)
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
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def thinned(backups: list[Backup], now: datetime) -> list[Backup]:
    """Say which backups the rule lets go: all but the newest of their day or month, or too old."""
    kept: set[str] = set()
    gone = []
    for backup in sorted(backups, key=lambda one: one.made_at, reverse=True):
        age = now - backup.made_at
        if age <= KEEP_ALL:
            continue
        period = f"{backup.made_at:%Y-%m-%d}" if age <= KEEP_DAILY else f"{backup.made_at:%Y-%m}"
        if age > KEEP_MONTHLY or period in kept:
            gone.append(backup)
        kept.add(period)
    return gone


def restore(home: Path, path: Path, *, now: datetime) -> Path:
    """Put a backup in the place of the store; the store that was there is set aside.

    No program may have the store open.

    Returns:
        Where the former store was set aside; the backup itself stays.

    Raises:
        NotFoundError: There is no such backup.
        BackupError: It is not sound, or the files cannot be written.
        StoreBusyError: A program has the store open.
    """
    if not path.is_file():
        raise NotFoundError(
            f"There is no backup {path}.", hint="List them: `eventdesk backup --list`."
        )
    found = problems(path) or _foreign(path)
    if found:
        raise BackupError(f"{path} is not sound: {found[0]}.", hint="Choose another backup.")
    aside = home / FOLDER / f"{now.astimezone(UTC):{STAMP}}-before-restore"
    draft = home / f".{FILE_NAME}.restoring"
    try:
        with alone(home):
            copy_file(path, draft)
            set_aside(home, aside)
            draft.replace(home / FILE_NAME)
        keys = path.with_suffix(".keys")
        if keys.is_dir() and not (home / KEYS_FOLDER).exists():
            Keyring.open(keys).copy_to(home / KEYS_FOLDER)
    except OSError as error:
        raise BackupError(f"The backup cannot be put back: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return aside


def _copy_soundly(store: Store, draft: Path) -> None:
    copy_file(store.path, draft)
    found = problems(draft)
    if found:
        raise BackupError(
            f"The copy is not sound: {found[0]}.", hint="Run `eventdesk doctor` on this store."
        )


def _foreign(path: Path) -> list[str]:
    """Why a sound file is no store of ours; an empty file is a sound database, too."""
    try:
        revision_of(path)
    except StoreBrokenError:
        return ["it is not an eventdesk store"]
    return []


def _backup(path: Path) -> Backup:
    made_at = datetime.strptime(path.stem[:16], STAMP).replace(tzinfo=UTC)
    return Backup(path, made_at, path.stat().st_size)


def _remove(backup: Backup) -> None:
    backup.path.unlink(missing_ok=True)
    keys = backup.path.with_suffix(".keys")
    if keys.is_dir():
        for file in keys.iterdir():
            file.unlink()
        keys.rmdir()
