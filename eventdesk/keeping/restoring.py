"""Restore of a backup.

The backup is unpacked into a stage folder, migrated and opened there with the keys it will have.
Then the former store and its keys are linked into a folder that keeps them, and the staged files
are renamed into place. Whenever the program ends, the home holds a whole store: the former or the
restored one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from data import packed
from data.audit_mark import FILE_NAME as MARK_NAME
from data.files import copy_file, fold_log, has_events, house_of, keys_sold_with, problems
from data.guards import strange_guards
from data.house_lock import alone
from data.migrate import lacking_tables, revision_of
from data.progress_mark import FILE_NAME as PROGRESS_NAME
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM, Steps, seal_audit
from eventdesk.core.errors import (
    AuditBrokenError,
    BackupError,
    KeyFileError,
    KeyFileLostError,
    NotFoundError,
    StoreBrokenError,
    StoreError,
)
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.private_file import sync_folder
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.keeping.backups import FOLDER, STAMP, keys_beside
from eventdesk.keeping.erasure import erase_again
from eventdesk.keeping.event_erasure import erase_events_again
from eventdesk.keeping.traces import noted_erasures

_STAGE = ".restoring-"


def restore(home: Path, path: Path, *, now: datetime) -> Path:
    """Replace the store by a backup; returns where the former store and its keys were set aside.

    No program may have the store open. The keys of the home stay when they open the backup's
    tickets; else the backup's keys replace them, unless tickets of the present store need them.

    Raises:
        NotFoundError: There is no such backup.
        BackupError: It is not sound, not ours, of another house than the events that are here, or
            the files cannot be written.
        StoreNewerError: A newer eventdesk made it.
        KeyFileError: Neither the present keys nor the backup's fit; nothing was changed.
        StoreBusyError: A program has the store open.
    """
    if not path.is_file():
        raise NotFoundError(
            msg("There is no backup {path}.", path=path),
            hint=advise(Remedy.OPEN_LIST, of=ShownList.BACKUPS),
        )
    try:
        is_packed = packed.is_packed(path)
        if not is_packed:
            need_sound(path, path)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(home), stage_in(home) as stage:
            if is_packed:
                packed.unpack(path, stage / FILE_NAME)
                need_sound(stage / FILE_NAME, path)
            else:
                copy_file(path, stage / FILE_NAME)
            _need_same_house(home / FILE_NAME, stage / FILE_NAME, path)
            _choose_keys(home, path, stage).copy_to(stage / KEYS_FOLDER)
            _try_out(stage, home, path, now=now)
            return put_in_place(home, stage, now=now)
    except OSError as error:
        raise BackupError(msg("The backup cannot be put back: {error}.", error=error)) from error


def need_sound(file: Path, path: Path, *, hint: Message | None = None) -> None:
    """Refuse what is not a whole eventdesk store.

    Args:
        file: The file that is looked at.
        path: What it was unpacked from, which is named.
        hint: What to do instead; None is to choose another backup.

    Raises:
        BackupError: It is damaged or no store.
    """
    found = problems(file) or _foreign(file)
    if found:
        raise BackupError(
            msg("{path} is not sound: {found}.", path=path, found=found[0]),
            hint=hint or msg("Choose another backup."),
        )


def _foreign(path: Path) -> list[str]:
    """Why a sound database is no eventdesk store; an empty file is sound, too."""
    try:
        revision_of(path)
    except StoreBrokenError:
        return [_("it is not an eventdesk store")]
    return []


@contextmanager
def stage_in(home: Path) -> Iterator[Path]:
    """A stage folder on the same disk; stages that ended programs left are deleted."""
    for left in home.glob(f"{_STAGE}*"):
        shutil.rmtree(left)
    stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=home))
    try:
        yield stage
    finally:
        shutil.rmtree(stage)


def _need_same_house(present: Path, staged: Path, path: Path) -> None:
    """Refuse a backup of another house in the place of events; tickets in it need their keys."""
    if keys_sold_with(staged) or not _has_events(present) or house_of(present) == house_of(staged):
        return
    raise BackupError(
        msg(
            "{path} is of another house than {home}, and there are events.",
            path=path,
            home=present.parent,
        ),
        hint=advise(Remedy.RESTORE_ELSEWHERE),
    )


def _has_events(path: Path) -> bool:
    try:
        return path.exists() and has_events(path)
    except StoreError:  # a damaged store, which is to be replaced
        return False


def _choose_keys(home: Path, path: Path, stage: Path) -> Keyring:
    """The keys that open the backup's tickets, and those of the present store."""
    sold = keys_sold_with(stage / FILE_NAME)
    present = _opened(home / KEYS_FOLDER)
    ours = _opened(keys_beside(path)) or _opened(path.parent / KEYS_FOLDER)
    if present is not None and (ours is None or ours.audit_key == present.audit_key):
        with suppress(KeyFileLostError):
            present.check(sold)
            return present
    if ours is None:
        raise KeyFileLostError(
            msg(
                "The tickets in {path} were sold with keys that are not in {home}.",
                path=path,
                home=home / KEYS_FOLDER,
            ),
            hint=msg(
                "Nothing was changed. Put their keys folder at {keys_beside}.",
                keys_beside=keys_beside(path),
            ),
        )
    ours.check(sold)
    if present is None:
        return ours
    needed = _needed(home / FILE_NAME)
    try:
        if needed is None:
            raise KeyFileLostError(msg("The present store cannot be read."))
        ours.check(needed)
    except KeyFileLostError as error:
        raise KeyFileLostError(
            msg(
                "{path} has other keys than {home}, and tickets were sold with those.",
                path=path,
                home=home / KEYS_FOLDER,
            ),
            hint=advise(Remedy.RESTORE_ELSEWHERE),
        ) from error
    return ours


def _opened(folder: Path) -> Keyring | None:
    try:
        return Keyring.open(folder)
    except KeyFileError:
        return None


def _needed(path: Path) -> dict[int, str] | None:
    """The keys that the present store needs; None when it cannot be read."""
    if not path.exists():
        return {}
    try:
        return keys_sold_with(path)
    except StoreError:
        return None


def _try_out(stage: Path, home: Path, path: Path, *, now: datetime) -> None:
    """Open the staged store, record the restore, and repeat erasures since the backup."""
    with Store(stage) as store:
        lacking = lacking_tables(store.path)
        if lacking:
            raise BackupError(
                msg("{path} lacks the table {lacking}.", path=path, lacking=lacking[0]),
                hint=msg("Choose another."),
            )
        with store.read() as connection:
            for found in strange_guards(connection):
                raise BackupError(
                    msg("{path} is not sound: {found}", path=path, found=found),
                    hint=msg("Choose another backup."),
                )
        with Steps(store, SYSTEM.at(now)).write() as act:
            act.record("restore", ("store", None), backup=path.name)
        # Of the replaced store, and of the one that the backup was made of.
        noted = [*noted_erasures(home), *noted_erasures(path.absolute().parents[1])]
        erase_again(Steps(store, SYSTEM.at(now)), noted)
        with suppress(AuditBrokenError):  # as above, and the chore tries it again
            erase_events_again(Steps(store, SYSTEM.at(now)), noted)
        with suppress(AuditBrokenError):  # the tickets matter more; `audit verify` will tell
            while seal_audit(store, SYSTEM):
                pass


def put_in_place(home: Path, stage: Path, *, now: datetime, reason: str = "before-restore") -> Path:
    """Link what is there into a folder, then rename the staged files over it, the store last.

    Returns:
        The folder, among the backups and named after the reason.
    """
    fold_log(stage / FILE_NAME)
    aside = _fresh(home / FOLDER, f"{now.astimezone(UTC):{STAMP}}-{reason}")
    if (home / FILE_NAME).exists():
        with suppress(StoreError):  # it may be the damaged store that we are to replace
            fold_log(home / FILE_NAME)
        (aside / FILE_NAME).hardlink_to(home / FILE_NAME)
    for log in ("-wal", "-shm"):  # of another file: never to be applied to the new one
        with suppress(FileNotFoundError):
            (home / f"{FILE_NAME}{log}").rename(aside / f"{FILE_NAME}{log}")
    keys = home / KEYS_FOLDER
    keys.mkdir(mode=0o700, exist_ok=True)
    (aside / KEYS_FOLDER).mkdir(mode=0o700)
    for name in (KEY_FILE_NAME, MARK_NAME, PROGRESS_NAME):
        with suppress(FileNotFoundError):
            (aside / KEYS_FOLDER / name).hardlink_to(keys / name)
    (stage / KEYS_FOLDER / KEY_FILE_NAME).replace(keys / KEY_FILE_NAME)
    if (stage / KEYS_FOLDER / MARK_NAME).exists():
        (stage / KEYS_FOLDER / MARK_NAME).replace(keys / MARK_NAME)
    else:
        (keys / MARK_NAME).unlink(missing_ok=True)
    # That the store goes back is meant; the audit has an entry of it.
    (keys / PROGRESS_NAME).unlink(missing_ok=True)
    (stage / FILE_NAME).replace(home / FILE_NAME)
    sync_folder(home)
    return aside


def _fresh(parent: Path, name: str) -> Path:
    """Make a folder of this name, with a number if it is taken."""
    parent.mkdir(mode=0o700, exist_ok=True)
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder
    raise AssertionError("numbers do not end")
