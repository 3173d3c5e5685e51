"""Upgrade of a home to this version: check on a copy, run, undo.

Every migration is one transaction and keeps a copy of the store before it. Undo migrates that copy
again: if the result equals the present store, nothing was written since, and the copy is restored
like a backup.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from data.audit_mark import FILE_NAME as MARK_NAME
from data.audit_mark import read_mark
from data.comparison import Rows, count_rows, differing, ledger_balances, link_digest
from data.files import copy_file, problems
from data.house_lock import alone
from data.migrate import HEAD, bring_up_to_date, kept_before_migration, revision_of
from data.schema import EventRow
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM, verify_audit
from eventdesk.core.errors import AuditBrokenError, NotFoundError, StoreChangedError, StoreFullError
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import _, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.keeping.backups import FOLDER
from eventdesk.keeping.restoring import need_sound, put_in_place, stage_in
from eventdesk.money import verify_ledger

COPIES = 2.5
"""Room a check needs, in sizes of the store: two copies, and a log."""

MAX_NAMED = 6
"""Most changed tables that an error lists."""

NO_CHANGE = {
    "setting": "key NOT IN ('clock_seen', 'clock_ahead_since', 'audit_seal', 'audit_renewed')",
    "audit": "verb != 'seal_rows'",
    "audit_link": "false",
    "touched": "false",
}
"""Rows that are compared, by table; without what open programs and each migration write."""


@dataclass(frozen=True, slots=True)
class UpgradeCheck:
    """The result of migrating a copy.

    Attributes:
        balances: How many balances of the ledger were compared.
        entries: Audit entries that verify.
        problems: What differs or is not sound.
    """

    revision: str
    tables: tuple[Rows, ...]
    balances: int
    entries: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UndoneUpgrade:
    """An undone upgrade: the copy that was put back, and where the migrated store is now."""

    revision: str
    kept: Path
    aside: Path


def schema_of(home: Path) -> str:
    """The schema of the store in a home."""
    path = home / FILE_NAME
    if not path.is_file():
        raise NotFoundError(
            msg("There is no eventdesk store in {home}.", home=home), hint=advise(Remedy.NAME_HOME)
        )
    return revision_of(path)


def upgrade(home: Path) -> Path | None:
    """Migrate a home that no program has open; returns the kept copy, None if it was up to date.

    Raises:
        StoreBusyError: A program has it open.
        StoreNewerError: A newer eventdesk wrote it.
        StoreError: It cannot be brought over; nothing was changed.
    """
    schema_of(home)
    with alone(home):
        return bring_up_to_date(home / FILE_NAME)


def check_upgrade(home: Path) -> UpgradeCheck:
    """Migrate a copy of a home and compare it with the home, which stays as it is.

    Raises:
        StoreNewerError: A newer eventdesk wrote it.
        StoreFullError: There is no room for two copies in the folder for temporary files.
        KeyFileError: Its keys are missing or broken.
        StoreError: It cannot be read or brought over.
    """
    revision = schema_of(home)
    keys = Keyring.open(home / KEYS_FOLDER)
    with tempfile.TemporaryDirectory(prefix="eventdesk-check-") as name:
        folder = Path(name)
        _need_room(home / FILE_NAME, folder)
        former, present = folder / "before.db", folder / "home" / FILE_NAME
        present.parent.mkdir(mode=0o700)
        copy_file(home / FILE_NAME, former)
        shutil.copyfile(former, present)
        keys.copy_to(present.parent / KEYS_FOLDER)
        with suppress(FileNotFoundError):
            shutil.copyfile(
                home / KEYS_FOLDER / MARK_NAME, present.parent / KEYS_FOLDER / MARK_NAME
            )
        with Store(present.parent) as store:
            return _compared(revision, former, store)


def undo_upgrade(home: Path, *, now: datetime) -> UndoneUpgrade:
    """Put back the copy from before the last migration, if nothing was written since.

    Raises:
        NotFoundError: The store is not of this program's schema, or no copy was kept.
        BackupError: The copy is damaged.
        StoreChangedError: Something was written since.
        StoreBusyError: A program has the store open.
        StoreError: A file cannot be read or written.
    """
    revision = schema_of(home)
    if revision != HEAD:
        raise NotFoundError(
            msg(
                "The store in {home} has schema {revision}; this eventdesk has not brought "
                "it over.",
                home=home,
                revision=revision,
            ),
            hint=msg("Undo an upgrade with the eventdesk that did it."),
        )
    instead = advise(Remedy.RESTORE_BEFORE)
    kept = kept_before_migration(home / FILE_NAME)
    if kept is None:
        raise NotFoundError(
            msg("No copy from before an upgrade is in {home}.", home=home / FOLDER), hint=instead
        )
    need_sound(kept, kept, hint=instead)
    with alone(home), stage_in(home) as stage:
        _need_unchanged(home, kept, stage / "again.db")
        copy_file(kept, stage / FILE_NAME)
        _stage_keys(home, stage)
        aside = put_in_place(home, stage, now=now, reason="before-undo")
    return UndoneUpgrade(revision_of(kept), kept, aside)


def _compared(revision: str, former: Path, store: Store) -> UpgradeCheck:
    tables = count_rows(former, store.path)
    found = [
        _(
            "{table} had {former:,} rows and has {present:,}.",
            table=each.table,
            former=each.former,
            present=each.present,
        )
        for each in tables
        if each.former != each.present
    ]
    found += problems(store.path)
    before = ledger_balances(former)
    if before is not None:
        found += _ledger_problems(before, store)
    audit = verify_audit(store, SYSTEM)
    found += audit.problems
    return UpgradeCheck(
        revision, tuple(tables), len(before or ()), audit.entries + audit.unsealed, tuple(found)
    )


def _ledger_problems(before: dict[tuple[str, str, str], int], store: Store) -> Iterator[str]:
    after = ledger_balances(store.path) or {}
    for event, account, currency in sorted(before.keys() | after.keys()):
        had, has = (side.get((event, account, currency), 0) for side in (before, after))
        if had != has:
            yield _(
                "{account} of event {event} held {had} minor units of {currency}, now {has}.",
                account=account,
                event=event,
                had=had,
                currency=currency,
                has=has,
            )
    with store.read() as connection:
        events = connection.execute(select(EventRow.id)).scalars().all()
    for event_id in events:
        yield from verify_ledger(store, SYSTEM, event_id).problems


def _need_room(path: Path, folder: Path) -> None:
    needed, free = int(COPIES * path.stat().st_size), shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFullError(
            msg(
                "The check needs {needed} MiB in {parent}, and {free} are free.",
                needed=needed // 2**20 + 1,
                parent=folder.parent,
                free=free // 2**20,
            ),
            hint=msg("Set TMPDIR to a folder with room."),
        )


def _need_unchanged(home: Path, kept: Path, again: Path) -> None:
    """Migrate the copy again; what differs was written since."""
    copy_file(kept, again)
    bring_up_to_date(again, keep=False)
    changed = differing(again, home / FILE_NAME, NO_CHANGE)
    if not changed:
        return
    named = ", ".join(
        f"{each.table} ({each.present - each.former:+,})"
        if each.present != each.former
        else _("{table} (changed)", table=each.table)
        for each in changed[:MAX_NAMED]
    )
    said = msg("Since the upgrade something was written: {named}.", named=named)
    if changed[MAX_NAMED:]:
        said = msg(
            "Since the upgrade something was written: {named} and {more} more tables.",
            named=named,
            more=len(changed) - MAX_NAMED,
        )
    raise StoreChangedError(
        said,
        hint=msg(
            "Undoing would lose that, so nothing was changed. To go back all the same, start "
            "the older eventdesk with: restore {kept}",
            kept=kept,
        ),
    )


def _stage_keys(home: Path, stage: Path) -> None:
    """Stage the keys, and the audit mark if the former store had come as far."""
    keys = Keyring.open(home / KEYS_FOLDER)
    keys.copy_to(stage / KEYS_FOLDER)
    with suppress(AuditBrokenError):  # `audit verify` tells
        mark = read_mark(keys.folder, keys.audit_key)
        if mark is not None and link_digest(stage / FILE_NAME, mark.seq) == mark.digest:
            shutil.copyfile(keys.folder / MARK_NAME, stage / KEYS_FOLDER / MARK_NAME)
