"""The copy of a home that a rehearsal works on; the original is only read."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import select, update

from data.files import copy_file, keys_sold_with
from data.house_lock import FILE_NAME as LOCK
from data.house_lock import alone, present
from data.rows import update_row
from data.schema import DeliveryRow, PrinterRow, ServiceRow
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError, NotFoundError, StoreBusyError, StoreReadOnlyError
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import msg
from eventdesk.printing import NewPrinter, add_printer

PREFIX: Final = "eventdesk-rehearsal-"
"""How the folder of a rehearsal begins."""

LEFT_S: Final = 60 * 60.0
"""A folder that is older and that nobody holds was left behind."""

LAYOUTS = "layouts"
"""The folder of the event's own badge layouts."""


def copy_home(home: Path, target: Path) -> None:
    """Copy the store, its keys and its badge layouts; settings, backups and papers stay.

    Nothing in the home is written: where nobody has the store open its file is copied as it lies,
    while nobody can open it; else it is read through the log that is there already.

    Raises:
        NotFoundError: There is no store in this folder.
        StoreError: It cannot be read, or the copy cannot be written.
        KeyFileError: The keys do not fit the tickets.
    """
    if not (home / FILE_NAME).is_file():
        raise NotFoundError(
            msg("There is no eventdesk store in {home}.", home=home),
            hint=msg("Try it on a demo: eventdesk demo --size 500"),
        )
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy_store(home, target / FILE_NAME)
        _copy_folder(home / KEYS_FOLDER, target / KEYS_FOLDER)
        _copy_folder(home / LAYOUTS, target / LAYOUTS)
    except OSError as error:
        raise StoreReadOnlyError(
            msg("The copy for the rehearsal cannot be made: {why}.", why=error.strerror or error),
            hint=msg("Make room in the folder for temporary files, or set TMPDIR to another one."),
        ) from error
    Keyring.open(target / KEYS_FOLDER).check(keys_sold_with(target / FILE_NAME))


def sweep(own: Path) -> None:
    """Remove what rehearsals that were killed have left beside this one's folder.

    They hold guests and keys. One that is at work keeps its store open; one that has only just
    begun is younger than `LEFT_S`.
    """
    for left in own.parent.glob(f"{PREFIX}*"):
        with suppress(OSError, EventDeskError):
            about, mine = left.lstat(), own.lstat()
            if about.st_uid == mine.st_uid and mine.st_mtime - about.st_mtime > LEFT_S:
                with alone(left / "home"):
                    shutil.rmtree(left)


def point_elsewhere(store: Store, printers: Sequence[NewPrinter]) -> None:
    """Let every printer of a copy be one of the rehearsal's, and nothing leave the house.

    Gates and order stay as they are set up; where no printer is set up, the rehearsal's are. What
    waited is called off, and services outside are switched off: no real guest gets a mail of it.
    Called before anything of the copy is driven.
    """
    now = utc_now()
    with store.write() as connection:
        rows = connection.execute(select(PrinterRow.id).order_by(PrinterRow.position)).all()
        for place, row in enumerate(rows):
            spec = printers[place % len(printers)].spec
            update_row(connection, PrinterRow, row.id, spec=spec, **_UNUSED)
        connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state.in_(("queued", "leased", "sent")))
            .values(state="cancelled", finished_at=now, leased_by=None, leased_until=None)
        )
        connection.execute(update(ServiceRow).values(enabled=False))
    for printer in () if rows else printers:
        add_printer(store, SYSTEM.at(now), printer)


_UNUSED: Final = {
    "layout": "",
    "device_id": None,
    "labels_left": None,
    "health": "unknown",
    "health_text": "",
    "leased_by": None,
    "leased_until": None,
}
"""What a printer is that nobody has driven yet; its roll never ends."""


def _copy_store(home: Path, target: Path) -> None:
    lock = home / LOCK
    if not lock.exists():
        # Nobody ever opened it here; not even the lock's file is to be left behind.
        _copy_as_it_lies(home, target)
        return
    try:
        with alone(home):
            _copy_as_it_lies(home, target)
    except StoreBusyError:
        with _present(home):
            copy_file(home / FILE_NAME, target)


def _copy_as_it_lies(home: Path, target: Path) -> None:
    """Copy the file, and the log that a program which was killed has left beside it."""
    for ending in ("", "-wal"):
        if (home / f"{FILE_NAME}{ending}").exists():
            shutil.copyfile(home / f"{FILE_NAME}{ending}", f"{target}{ending}")


@contextmanager
def _present(home: Path) -> Iterator[None]:
    """Keep the store from being replaced meanwhile."""
    file = present(home)
    try:
        yield
    finally:
        file.close()


def _copy_folder(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    target.mkdir(mode=0o700)
    for path in source.iterdir():
        if path.is_file():
            copy = target / path.name
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
