"""Backups: online copies that were checked, and thinned by a rule.

A backup is a folder entry `YYYYMMDDTHHMMSSZ.db.gz` with a folder of the keys beside it; the second
of the same second is called `YYYYMMDDTHHMMSSZ-2.db.gz`. Those of an older eventdesk are not packed
and end in `.db`; they count and are put back alike.

Kept are the six made last; of the 24 made last those that somebody made, and every third that was
made by the hour; the same of the last day; then the newest of each day for a month, then of each
month for a year. In which order they were made is told by a number beside the keys, since clocks
may be set back. Nothing is thinned while nobody knows whether the clock is right (`store_clock`).
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from data import packed
from data.files import copy_file, keys_sold_with, problems
from data.house_lock import backing_up
from data.store import KEYS_FOLDER, Store
from eventdesk.acts import Clock, Permission, Steps, steps, watch_clock
from eventdesk.core.errors import BackupError, EventDeskError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import _, msg
from eventdesk.core.private_file import folder_lock, replace_private

FOLDER = "backups"
NUMBER_NAME = "number"
"""File beside the keys of a backup that tells in which order it was made."""
HOURLY_NAME = "hourly"
"""File beside the keys of a backup that was made by the hour, and not because somebody said so."""
STAMP = "%Y%m%dT%H%M%SZ"
ENDINGS = (".db", f".db{packed.ENDING}")
KEEP_NEWEST = 24
"""So many that were made last always stay, whatever the clock says; but see `HOURLY_STEP`."""

KEEP_HOURLY = 6
"""So many that were made last always stay, also those that were made by the hour."""

HOURLY_STEP = 3
"""Of those made by the hour before them every third stays, by the order of making: a large store
takes a gigabyte for each."""

HOURLY_NEAR = timedelta(hours=3)
"""One made by the hour goes early only where another one stays that is not farther from it."""

KEEP_ALL = timedelta(days=1)
KEEP_DAILY = timedelta(days=31)
KEEP_MONTHLY = timedelta(days=366)

LEFT_AFTER_S = 24 * 3600.0
"""A copy that nobody has written to for so long is of a program that ended meanwhile."""

_DRAFT = re.compile(r"\d{8}T\d{6}Z\.[0-9a-f]{32}\.part(-\w+)?")

FUTURE = timedelta(minutes=5)
"""A backup that is later than this from now was made by a clock that was ahead."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup on the disk."""

    path: Path
    made_at: datetime
    size: int
    number: int = 0
    """Which of the backups of this home it is, in the order of making; 0 where nobody noted it."""
    hourly: bool = False
    """Whether it was made by the hour."""

    def is_from_future(self, now: datetime) -> bool:
        """Whether a clock that was ahead stamped it."""
        return self.made_at - now > FUTURE


@steps(anybody=True)
def make_backup(steps: Steps, *, hourly: bool = False) -> Backup:
    """Copy the store while it is in use, check the copy, pack it, and thin the old ones.

    Args:
        hourly: Whether it is made by the hour, so that it may be thinned within the day.

    Raises:
        BackupError: The copy is not sound or could not be written; older backups stay.
        KeyFileError: The key file lacks a key that tickets of the copy were sold with.
    """
    folder, before = steps.store.home / FOLDER, list_backups(steps.store.home)
    stamp = f"{steps.now.astimezone(UTC):{STAMP}}"
    draft = folder / f"{stamp}.{new_id().hex}.part"
    smaller = draft.with_name(f"{draft.name}-packed")
    steps.store.check()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            _copy_soundly(steps.store, draft)
            keys = _keys_of(steps.store, draft)
            packed.pack(draft, smaller)
            path = _published(smaller, keys, stamp, steps.store.home, hourly=hourly)
            _clear_left(folder, smaller.stat().st_mtime)
        finally:
            draft.unlink(missing_ok=True)
            smaller.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(
            msg(
                "The backup cannot be written to {folder}: {strerror}.",
                folder=folder,
                strerror=error.strerror,
            ),
            hint=msg("Make room, or check who owns the folder."),
        ) from error
    look = watch_clock(
        steps.store, steps.asked, otherwise=lambda: before[0].made_at if before else None
    )
    if look.state is not Clock.AHEAD:
        for old in thinned(list_backups(steps.store.home), steps.now):
            _remove(old)
    return _backup(path)


@steps(anybody=True)
def keep_backup(steps: Steps, *, every: timedelta = timedelta(hours=1)) -> None:
    """Make a backup unless another desk made one within the hour, or makes it now.

    Those of the future count not.
    """
    steps.store.check()
    with backing_up(steps.store.home) as claimed:
        if claimed and all(
            abs(steps.now - backup.made_at) >= every for backup in list_backups(steps.store.home)
        ):
            make_backup(steps.store, steps.asked, hourly=True)


def list_backups(home: Path) -> list[Backup]:
    """Read which backups there are; those made last come first."""
    found = []
    for path in (home / FOLDER).glob("*.db*"):
        try:
            if path.name.endswith(ENDINGS):
                found.append(_backup(path))
        except (ValueError, FileNotFoundError):
            continue  # a file that somebody else put here, or that was thinned meanwhile
    return sorted(found, key=_age, reverse=True)


def beside(path: Path, ending: str) -> Path:
    """What is called as a backup is, but for the ending."""
    return path.with_name(path.name.removesuffix(packed.ENDING)).with_suffix(ending)


def keys_beside(path: Path) -> Path:
    """The folder with the keys of a backup."""
    return beside(path, ".keys")


@contextmanager
def unpacked(backup: Path) -> Iterator[Path]:
    """Give the store that a backup of this home holds, for as long as the block runs.

    Raises:
        BackupError: It is cut off, damaged, or larger than there is room for.
        OSError: It cannot be read, or unpacked beside where it lies.
    """
    if not packed.is_packed(backup):
        yield backup
        return
    draft = backup.with_name(f"{backup.name[:16]}.{new_id().hex}.part")
    try:
        packed.unpack(backup, draft)
        yield draft
    finally:
        for left in draft.parent.glob(f"{draft.name}*"):  # and its log, where it is read with one
            left.unlink(missing_ok=True)


def thinned(backups: list[Backup], now: datetime) -> list[Backup]:
    """Say which backups the rule lets go, as the head of this module tells it.

    Those of the future are never among them.
    """
    newest_first = sorted(backups, key=_age, reverse=True)
    gone = _crowded(newest_first)
    kept: set[str] = set()
    for place, backup in enumerate(newest_first):
        age = now - backup.made_at
        if age <= KEEP_ALL or backup in gone:
            continue
        since = newest_first[0].number - backup.number if backup.number else place
        period = f"{backup.made_at:%Y-%m-%d}" if age <= KEEP_DAILY else f"{backup.made_at:%Y-%m}"
        if since >= KEEP_NEWEST and (age > KEEP_MONTHLY or period in kept):
            gone.append(backup)
        kept.add(period)
    return gone


def _crowded(newest_first: list[Backup]) -> list[Backup]:
    """Those made by the hour that another one stands for, by the order of making."""
    if not newest_first:
        return []
    last = newest_first[0].number - KEEP_HOURLY
    may_go = [
        each
        for each in newest_first
        if each.hourly and each.number % HOURLY_STEP and each.number <= last
    ]
    stay = [each.made_at for each in newest_first if each not in may_go]
    return [
        each for each in may_go if any(abs(each.made_at - other) < HOURLY_NEAR for other in stay)
    ]


def newest_made_at(home: Path) -> datetime | None:
    """When the backup that was made last was made; None without one."""
    return next((backup.made_at for backup in list_backups(home)), None)


def _copy_soundly(store: Store, draft: Path) -> None:
    copy_file(store.path, draft)
    found = problems(draft)
    if found:
        raise BackupError(
            msg("The copy is not sound: {found}.", found=found[0]),
            hint=msg("Run `eventdesk doctor` on this store."),
        )


def _clear_left(folder: Path, now_s: float) -> None:
    """Delete copies that were never finished; the instant is of the same file system."""
    for left in folder.iterdir():
        with suppress(OSError):
            if _DRAFT.fullmatch(left.name) and now_s - left.lstat().st_mtime > LEFT_AFTER_S:
                left.unlink()


def _keys_of(store: Store, draft: Path) -> Keyring:
    """The keys as their file has them now: another process may have rotated since we read it."""
    keys = Keyring.open(store.home / KEYS_FOLDER)
    keys.check(keys_sold_with(draft))
    return keys


def _published(draft: Path, keys: Keyring, stamp: str, home: Path, *, hourly: bool) -> Path:
    """Give a checked copy its number and the first free name; its keys are there before it is."""
    with folder_lock(draft.parent):
        made = 1 + max((backup.number for backup in list_backups(home)), default=0)
        return _named(draft, keys, stamp, made, hourly=hourly)


def _named(draft: Path, keys: Keyring, stamp: str, made: int, *, hourly: bool) -> Path:
    for number in count(1):
        name = stamp if number == 1 else f"{stamp}-{number}"
        path = draft.with_name(f"{name}{ENDINGS[-1]}")
        folder = keys_beside(path)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        try:
            keys.copy_to(folder)
            replace_private(folder / NUMBER_NAME, f"{made}\n".encode("ascii"))
            if hourly:
                replace_private(folder / HOURLY_NAME, b"")
            path.hardlink_to(draft)
        except BaseException as error:
            shutil.rmtree(folder)
            if not isinstance(error, FileExistsError):
                raise
        else:
            return path
    raise AssertionError("numbers do not end")


def _age(backup: Backup) -> tuple[int, datetime, int, str]:
    """What sorts backups in the order of making; those of one second by their number."""
    return backup.number, backup.made_at, len(backup.path.name), backup.path.name


def _backup(path: Path) -> Backup:
    made_at = datetime.strptime(path.name[:16], STAMP).replace(tzinfo=UTC)
    hourly = (keys_beside(path) / HOURLY_NAME).exists()
    return Backup(path, made_at, path.stat().st_size, _number(path), hourly)


def _number(path: Path) -> int:
    """Which backup it is; 0 where nobody noted it, as in those of an older eventdesk."""
    try:
        return int((keys_beside(path) / NUMBER_NAME).read_bytes()[:20])
    except (OSError, ValueError):
        return 0


def _remove(backup: Backup) -> None:
    backup.path.unlink(missing_ok=True)
    shutil.rmtree(keys_beside(backup.path), ignore_errors=True)


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """What a check of a backup found.

    Attributes:
        problems: One sentence for each; empty when it can be restored.
    """

    path: Path
    problems: tuple[str, ...]


@steps(Permission.INSTALLATION)
def backups_here(steps: Steps) -> list[Backup]:
    """Read which backups there are, newest first."""
    _need_admin(steps)
    return list_backups(steps.store.home)


@steps(Permission.INSTALLATION)
def back_up(steps: Steps) -> Backup:
    """Copy the store while it is in use, check the copy, and thin the old ones.

    Raises:
        BackupError: The copy is not sound or could not be written; older backups stay.
        KeyFileError: The key file lacks a key that tickets were sold with.
    """
    _need_admin(steps)
    backup = make_backup(steps.store, steps.asked)
    with steps.write() as act:
        act.record("back_up", ("store", None), backup=backup.path.name)
    return backup


@steps(Permission.INSTALLATION)
def check_backup(steps: Steps, path: Path) -> BackupCheck:
    """Read a backup from beginning to end, and see that its keys open its tickets.

    Raises:
        NotFoundError: It is not among the backups of this home.
    """
    _need_admin(steps)
    if path not in [backup.path for backup in list_backups(steps.store.home)]:
        raise NotFoundError(
            msg("There is no such backup."), hint=msg("Read the list again with F5.")
        )
    try:
        with unpacked(path) as plain:
            found = problems(plain)
            if not found:
                Keyring.open(keys_beside(path)).check(keys_sold_with(plain))
    except EventDeskError as error:
        found = [str(error)]
    except OSError as error:
        found = [
            _("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror or error)
        ]
    return BackupCheck(path, tuple(found))


def _need_admin(steps: Steps) -> None:
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
