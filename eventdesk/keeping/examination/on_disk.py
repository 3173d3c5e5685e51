"""Room on the disk, by what the event is going to write."""

import shutil
from collections.abc import Iterator

from sqlalchemy import func, select

from data.schema import TicketRow
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop

LEAST = 200 * 1024**2
"""Bytes free on the disk below which nothing should begin."""

A_TICKET = 16 * 1024
"""Bytes that one ticket's day writes: scans, admission, badge, notices, and the log of them all."""

BACKUPS = 14
"""Packed copies of the store that a day keeps: the last six by the hour, every third of the 18
before them, one made by hand, and one that is being made."""

PACKED = 0.4
"""How large a packed copy is, at most, by what it is a copy of."""

PLAIN = 2
"""Copies that are not packed while a backup is made and another one is tried."""


def look(patient: Patient) -> Iterator[Finding]:
    """Compare what is free with what is needed."""
    home = patient.settings.home
    folder = next(parent for parent in (home, *home.parents) if parent.exists())
    free, needed = shutil.disk_usage(folder).free, LEAST
    if patient.store is not None:
        with patient.store.read() as connection:
            tickets = connection.execute(select(func.count(TicketRow.id))).scalar_one()
        grown = patient.store.path.stat().st_size + tickets * A_TICKET
        needed += tickets * A_TICKET + int((PLAIN + BACKUPS * PACKED) * grown)
    text = f"{_mib(free)} free at {folder}; a day of this size needs {_mib(needed)}"
    if free < LEAST:
        yield stop("disk", text, "Make room before doors open.")
    elif free < needed:
        yield care("disk", text, "Make room, or move old backups to another disk.")
    else:
        yield good("disk", text)


def _mib(size: int) -> str:
    return f"{size // 1024**2:,} MiB"
