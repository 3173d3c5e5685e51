"""The home folder: the store and its log, the keys, who may read them, and the backups."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from data.files import keys_sold_with, problems
from data.health import measure_log
from data.home_modes import loose
from data.store import FILE_NAME
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import KeyFileError
from eventdesk.core.plain_text import plain
from eventdesk.events import list_events
from eventdesk.keeping.backups import check_backup, list_backups
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.keeping.progress import gone_back


def look_at_store(patient: Patient) -> Iterator[Finding]:
    """Check the file from beginning to end."""
    if patient.store is None:
        if (patient.settings.home / FILE_NAME).exists():
            return  # why it cannot be opened stands above
        yield care(
            "store",
            f"none in {patient.settings.home} yet",
            "Make one: eventdesk init; or try it out: eventdesk demo --size 500",
        )
        return
    path = patient.store.path
    found = problems(path)
    if found:
        yield stop("store", f"{path}: {found[0]}", "Bring back a backup: eventdesk restore")
        return
    lost = gone_back(patient.store)
    if lost is not None:
        yield stop("store", f"it went back: {lost.sentence}", lost.advice)
        return
    events = list_events(patient.store, SYSTEM.at(patient.now))
    tickets = sum(event.tickets for event in events)
    yield good("store", f"{path} is whole: {len(events)} events, {tickets:,} tickets")


MIB = 1024**2


def look_at_log(patient: Patient) -> Iterator[Finding]:
    """Compare its length with what it has while nobody reads for long."""
    if patient.store is None:
        return
    log = measure_log(patient.store.path)
    if not log.is_long:
        yield good("log", f"{log.size / MIB:.0f} MiB wait to be folded or written over")
        return
    long = f"the log of the store has {log.size / MIB:,.0f} MiB"
    readers = [f"{number} ({plain(name)})" for number, name in log.readers.items()]
    if readers:
        yield care(
            "log",
            f"{long}: what process {', '.join(readers)} reads from cannot be folded",
            "Let its backup, export or archive finish, or end it; the log is cut then.",
        )
    else:
        yield care(
            "log",
            f"{long}, and nobody reads from it for long",
            "It is cut after the next check-in; if not, close every eventdesk on this home.",
        )


def look_at_keys(patient: Patient) -> Iterator[Finding]:
    """Compare the key file with what tickets were sealed with."""
    store = patient.store
    if store is None:
        return
    sold = keys_sold_with(store.path)
    try:
        store.reread_keys()
        store.keys.check(sold)
    except KeyFileError as error:
        yield stop("keys", str(error), error.hint)
        return
    file = store.keys.file
    if store.keys.tightened:
        loose = "others could read the key file; now only you can"
        yield care("keys", loose, "If others had access: eventdesk keys rotate")
    here = len(store.keys.token_keys)
    yield good("keys", f"{here} in {file}; tickets need {len(sold)} of them, all are there")


def look_at_files(patient: Patient) -> Iterator[Finding]:
    """Name what others could read until the store was opened, and what they still can."""
    store = patient.store
    if store is None:
        return
    if store.tightened:
        yield care(
            "files",
            f"others could read {_named(store.tightened, store.home)}; now only you can",
            "If others had access: eventdesk keys rotate",
        )
    left = tuple(loose(store.home))
    if left:
        yield care(
            "files",
            f"others may read {_named(left, store.home)}",
            f"chmod -R go= {store.home} as the owner of these files",
        )
    else:
        yield good("files", f"only you may read what is in {store.home}")


def _named(paths: tuple[Path, ...], home: Path) -> str:
    first = "the home itself" if paths[0] == home else str(paths[0].relative_to(home))
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"


FRESH = timedelta(hours=24)
"""A backup that is older does not know what was sold since yesterday."""


def look_at_backups(patient: Patient) -> Iterator[Finding]:
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
