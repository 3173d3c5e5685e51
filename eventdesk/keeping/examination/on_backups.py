"""The newest backup: how old it is, and whether it could be put back."""

from collections.abc import Iterator
from datetime import timedelta

from data.store import FILE_NAME
from eventdesk.acts.actor import SYSTEM
from eventdesk.keeping.backups import list_backups
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.keeping.housekeeping import check_backup

FRESH = timedelta(hours=24)
"""A backup that is older does not know what was sold since yesterday."""


def look(patient: Patient) -> Iterator[Finding]:
    """Read the newest backup from beginning to end, and try its keys."""
    home = patient.settings.home
    if patient.store is None or not (home / FILE_NAME).exists():
        return
    backups = list_backups(home)
    if not backups:
        yield care("backups", "none yet", "Make one: eventdesk backup")
        return
    newest = backups[0]
    ahead = [backup for backup in backups if backup.is_from_future(patient.now)]
    if ahead:
        yield care(
            "backups",
            f"{len(ahead)} from the future, such as {ahead[0].path.name}: a clock was ahead",
            "See that the clock is right. They stay until you take them away.",
        )
    found = check_backup(patient.store, SYSTEM, newest.path).problems
    made = f"newest {newest.made_at:%Y-%m-%d %H:%M} UTC"
    if found:
        yield stop(
            "backups",
            f"{newest.path.name} cannot be put back: {found[0]}",
            "Make a new one now: eventdesk backup",
        )
    elif patient.now - newest.made_at > FRESH:
        days = (patient.now - newest.made_at) // timedelta(days=1)
        yield care(
            "backups", f"{len(backups)}, {made}: {days} days old", "Make one: eventdesk backup"
        )
    else:
        yield good("backups", f"{len(backups)}, {made}, whole and its keys open it")
