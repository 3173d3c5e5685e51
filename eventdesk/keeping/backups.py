"""Backups: make, check, list, thin.

A backup is a file `YYYYMMDDTHHMMSSZ.db.gz` with a folder of the keys beside it; a second one of the
same second is `YYYYMMDDTHHMMSSZ-2.db.gz`. Backups of older versions are not packed and end in
`.db`.

Thinning keeps the last six; of the last 24 and of the last day those made by hand and every third
hourly one; the newest of each day for a month, then of each month for a year. The order of making
is a number beside the keys, since clocks may be set back. Nothing is thinned while the clock may
be wrong (`store_clock`).
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from data import packed
from data.files import keys_sold_with, problems
from data.house_lock import backing_up, copying
from data.packed_copy import pack_copy
from data.schema import DeliveryRow
from data.store import KEYS_FOLDER, Store
from eventdesk.acts import (
    SYSTEM,
    Clock,
    Permission,
    ReadingSteps,
    Steps,
    reads_in_steps,
    steps,
    watch_clock,
)
from eventdesk.core.background import in_background
from eventdesk.core.errors import BackupError, EventDeskError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import _, msg
from eventdesk.core.private_file import folder_lock, replace_private
from eventdesk.core.remedies import Remedy, advise
from eventdesk.services import service_of

FOLDER = "backups"
STORAGE = "storage"
"""The kind of service that keeps backups elsewhere."""
UPLOAD = "stored_backup"
"""The kind of a delivery that takes a backup there."""
NUMBER_NAME = "number"
"""File beside the keys of a backup: its number in the order of making."""
HOURLY_NAME = "hourly"
"""File beside the keys of a backup that was made by the hour."""
STAMP = "%Y%m%dT%H%M%SZ"
ENDINGS = (".db", f".db{packed.ENDING}")
KEEP_NEWEST = 24
"""The last ones stay whatever the clock says, but for `HOURLY_STEP`."""

KEEP_HOURLY = 6
"""The last ones stay, hourly ones too."""

HOURLY_STEP = 3
"""Of hourly ones before them every third stays: a large store takes a gigabyte for each."""

HOURLY_NEAR = timedelta(hours=3)
"""An hourly one is removed early only if one that stays was made within this time of it."""

KEEP_ALL = timedelta(days=1)
KEEP_DAILY = timedelta(days=31)
KEEP_MONTHLY = timedelta(days=366)

LEFT_AFTER_S = 24 * 3600.0
"""A draft that was not written to for so long was left by a program that ended."""

_DRAFT = re.compile(r"\d{8}T\d{6}Z\.[0-9a-f]{32}\.part(-\w+)?")

FUTURE = timedelta(minutes=5)
"""A backup stamped later than this from now was made by a clock that was ahead."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup on the disk."""

    path: Path
    made_at: datetime
    size: int
    number: int = 0
    """In the order of making; 0 in backups of older versions."""
    hourly: bool = False

    def is_from_future(self, now: datetime) -> bool:
        """Whether a clock that was ahead stamped it."""
        return self.made_at - now > FUTURE


@steps(internal=True)
def make_backup(steps: Steps, *, hourly: bool = False) -> Backup:
    """Copy the store while it is in use, check the copy, pack it, and thin the old ones.

    All that takes long is done at the lowest priority; `is_backing_up` says so meanwhile.

    Args:
        hourly: Whether it may be thinned within the day.

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
            keys = _pack_soundly(steps.store, draft, smaller)
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
            old.path.unlink(missing_ok=True)
            shutil.rmtree(keys_beside(old.path), ignore_errors=True)
    _queue_upload(steps, path)
    return _backup(path)


@steps(internal=True)
def keep_backup(steps: Steps, *, every: timedelta = timedelta(hours=1)) -> None:
    """Make a backup unless a desk made one within the hour, or is making one.

    The newest one that was never queued for the storage elsewhere is queued now: the program that
    made it ended too soon, or the storage was set up since.
    """
    steps.store.check()
    with backing_up(steps.store.home) as claimed:
        if not claimed:
            return
        there = list_backups(steps.store.home)
        if all(abs(steps.now - backup.made_at) >= every for backup in there):
            make_backup(steps.store, steps.asked, hourly=True)
        else:
            _queue_upload(steps, there[0].path, unless_known=True)


def list_backups(home: Path) -> list[Backup]:
    """List the backups, the last one made first."""
    found = []
    for path in (home / FOLDER).glob("*.db*"):
        try:
            if path.name.endswith(ENDINGS):
                found.append(_backup(path))
        except (ValueError, FileNotFoundError):
            continue  # some other file, or thinned meanwhile
    return sorted(found, key=_age, reverse=True)


def beside(path: Path, ending: str) -> Path:
    """The path of a backup with another ending."""
    return path.with_name(path.name.removesuffix(packed.ENDING)).with_suffix(ending)


def keys_beside(path: Path) -> Path:
    """The folder with the keys of a backup."""
    return beside(path, ".keys")


@contextmanager
def unpacked(backup: Path) -> Iterator[Path]:
    """Unpack a backup for the length of the block.

    Raises:
        BackupError: It is cut off, damaged, or larger than there is room for.
        OSError: It cannot be read, or not unpacked in its folder.
    """
    if not packed.is_packed(backup):
        yield backup
        return
    draft = backup.with_name(f"{backup.name[:16]}.{new_id().hex}.part")
    try:
        packed.unpack(backup, draft)
        yield draft
    finally:
        for left in draft.parent.glob(f"{draft.name}*"):  # its log too
            left.unlink(missing_ok=True)


def thinned(backups: list[Backup], now: datetime) -> list[Backup]:
    """The backups to remove by the rule above; never one from the future."""
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
    """Hourly backups that another one near them stands for."""
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
    """When the last backup was made; None without one."""
    return next((backup.made_at for backup in list_backups(home)), None)


def _queue_upload(steps: Steps, path: Path, *, unless_known: bool = False) -> None:
    """Queue a backup for the storage elsewhere, where one is set up."""
    service = service_of(steps.store, SYSTEM, STORAGE)
    if service is None or (unless_known and path.name in _queued(steps, service.id)):
        return
    with steps.write() as act:
        payload = {"backup": path.name}
        act.deliver(UPLOAD, new_id(), event_id=None, service_id=service.id, payload=payload)


def _queued(steps: Steps, service_id: UUID) -> set[object]:
    """The names of the backups that were ever queued for a storage."""
    with steps.read() as act:
        uploads = select(DeliveryRow.payload).where(DeliveryRow.service_id == service_id)
        return {payload.get("backup") for payload in act.connection.execute(uploads).scalars()}


def _pack_soundly(store: Store, draft: Path, target: Path) -> Keyring:
    """Write a packed copy of the store; gives the keys that its tickets were sold with."""
    with copying(store.home):
        copied = in_background(pack_copy, str(store.path), str(draft), str(target))
    if copied["problem"]:
        raise BackupError(
            msg("The copy is not sound: {found}.", found=copied["problem"]),
            hint=advise(Remedy.EXAMINE_STORE),
        )
    # The keys as in their file now: another process may have rotated them.
    keys = Keyring.open(store.home / KEYS_FOLDER)
    keys.check({int(key): fingerprint for key, fingerprint in copied["keys"].items()})
    return keys


def _clear_left(folder: Path, now_s: float) -> None:
    """Delete drafts of ended programs; `now_s` is an instant of the same file system."""
    for left in folder.iterdir():
        with suppress(OSError):
            if _DRAFT.fullmatch(left.name) and now_s - left.lstat().st_mtime > LEFT_AFTER_S:
                left.unlink()


def _published(draft: Path, keys: Keyring, stamp: str, home: Path, *, hourly: bool) -> Path:
    """Publish a checked copy under the next number and the first free name, after its keys."""
    with folder_lock(draft.parent):
        made = 1 + max((backup.number for backup in list_backups(home)), default=0)
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
    """Sort key in the order of making; within one second by the number in the name."""
    return backup.number, backup.made_at, len(backup.path.name), backup.path.name


def _backup(path: Path) -> Backup:
    made_at = datetime.strptime(path.name[:16], STAMP).replace(tzinfo=UTC)
    keys, number = keys_beside(path), 0
    with suppress(OSError, ValueError):
        number = int((keys / NUMBER_NAME).read_bytes()[:20])
    return Backup(path, made_at, path.stat().st_size, number, (keys / HOURLY_NAME).exists())


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """The result of a check; `problems` is empty when the backup can be restored."""

    path: Path
    problems: tuple[str, ...]


@reads_in_steps(Permission.INSTALLATION, local=True)
def backups_here(steps: ReadingSteps) -> list[Backup]:
    """List the backups, the last one made first."""
    _need_admin(steps)
    return list_backups(steps.store.home)


@steps(Permission.INSTALLATION, local=True)
def back_up(steps: Steps) -> Backup:
    """Copy the store while it is in use, check the copy, and thin the old ones."""
    _need_admin(steps)
    backup = make_backup(steps.store, steps.by(SYSTEM).asked)
    with steps.write() as act:
        act.record("back_up", ("store", None), backup=backup.path.name)
    return backup


@reads_in_steps(Permission.INSTALLATION, local=True)
def check_backup(steps: ReadingSteps, path: Path) -> BackupCheck:
    """Read a whole backup, and check that its keys open its tickets.

    Raises:
        NotFoundError: It is not among the backups of this home.
    """
    _need_admin(steps)
    if path not in [backup.path for backup in list_backups(steps.store.home)]:
        raise NotFoundError(msg("There is no such backup."), hint=advise(Remedy.READ_AGAIN))
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


def _need_admin(steps: ReadingSteps) -> None:
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
