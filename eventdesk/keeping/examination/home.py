"""Examination of the home folder: store, log, keys, modes of files, backups."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from data.files import keys_sold_with, problems
from data.health import measure_log
from data.home_modes import loose, of_others
from data.store import FILE_NAME, KEYS_FOLDER
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import KeyFileError
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.events import list_events
from eventdesk.keeping.backups import check_backup, list_backups
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.keeping.progress import gone_back


def look_at_store(patient: Patient) -> Iterator[Finding]:
    """Check the file from beginning to end."""
    if patient.store is None:
        if (patient.settings.home / FILE_NAME).exists():
            return  # reported when it was opened
        yield care(
            _("none in {home} yet", home=patient.settings.home),
            _("Make one: eventdesk init; or try it out: eventdesk demo --size 500"),
        )
        return
    path = patient.store.path
    found = problems(path)
    if found:
        yield stop(f"{path}: {found[0]}", _("Bring back a backup: eventdesk restore"))
        return
    lost = gone_back(patient.store, SYSTEM)
    if lost is not None:
        yield stop(_("it went back: {sentence}", sentence=lost.sentence), str(lost.advice))
        return
    events = list_events(patient.store, SYSTEM.at(patient.now))
    tickets = sum(event.tickets for event in events)
    yield good(
        _(
            "{path} is whole: {total} events, {tickets:,} tickets",
            path=path,
            total=len(events),
            tickets=tickets,
        )
    )


MIB = 1024**2


def look_at_log(patient: Patient) -> Iterator[Finding]:
    """Measure the write-ahead log, and who keeps it from being folded."""
    if patient.store is None:
        return
    log = measure_log(patient.store.path)
    if not log.is_long:
        yield good(_("{size:.0f} MiB wait to be folded or written over", size=log.size / MIB))
        return
    long = _("the log of the store has {size:,.0f} MiB", size=log.size / MIB)
    readers = [f"{number} ({plain(name)})" for number, name in log.readers.items()]
    if readers:
        yield care(
            _(
                "{long}: what process {readers} reads from cannot be folded",
                long=long,
                readers=", ".join(readers),
            ),
            _("Let its backup, export or archive finish, or end it; the log is cut then."),
        )
    else:
        yield care(
            _("{long}, and nobody reads from it for long", long=long),
            _("It is cut after the next check-in; if not, close every eventdesk on this home."),
        )


def look_at_keys(patient: Patient) -> Iterator[Finding]:
    """Check that all keys of tickets are there."""
    store = patient.store
    if store is None:
        return
    sold = keys_sold_with(store.path)
    try:
        store.reread_keys()
        store.keys.check(sold)
    except KeyFileError as error:
        yield stop(str(error), error.hint)
        return
    file = store.keys.file
    if store.keys.tightened:
        loose = _("others could read the key file; now only you can")
        yield care(loose, _("If others had access: eventdesk keys rotate"))
    here = len(store.keys.token_keys)
    yield good(
        _(
            "{here} in {file}; tickets need {total} of them, all are there",
            here=here,
            file=file,
            total=len(sold),
        )
    )


def look_at_authority(patient: Patient) -> Iterator[Finding]:
    """Say which authority phones trust, where the server made one, and warn of its end."""
    from eventdesk.core import authority

    if patient.store is None:
        return
    folder = patient.settings.home / KEYS_FOLDER
    found = authority.read_authority(folder)
    if found is None:
        yield good(_("no authority is needed: nothing here is served to others"))
        return
    said = _(
        "{name} until {day}; SHA-256 {fingerprint}",
        name=found.name,
        day=f"{found.ends_at:%Y-%m-%d}",
        fingerprint=found.fingerprint,
    )
    if patient.now + authority.WARNED < found.ends_at:
        yield good(said)
        return
    yield care(
        said,
        _(
            "Before an event: move {file} away, start the server, and let everybody trust the new "
            "one.",
            file=folder / authority.FILE_NAME,
        ),
    )


def look_at_files(patient: Patient) -> Iterator[Finding]:
    """List files that other users could read, and still can, and those that are somebody else's."""
    store = patient.store
    if store is None:
        return
    if store.tightened:
        yield care(
            _(
                "others could read {named}; now only you can",
                named=_named(store.tightened, store.home),
            ),
            _("If others had access: eventdesk keys rotate"),
        )
    foreign = tuple(of_others(store.home))
    if foreign:
        owner = _owner_of(store.home)
        yield care(
            _(
                "{named} is not {owner}'s, whose this home is",
                named=_named(foreign, store.home),
                owner=owner,
            ),
            _("As an administrator: chown -R {owner} {home}", owner=owner, home=store.home),
        )
    left = tuple(loose(store.home))
    if left:
        yield care(
            _("others may read {named}", named=_named(left, store.home)),
            _("chmod -R go= {home} as the owner of these files", home=store.home),
        )
    else:
        yield good(_("only you may read what is in {home}", home=store.home))


def _owner_of(path: Path) -> str:
    """The name of the owner of a file, or the number where the system knows none."""
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)


def _named(paths: tuple[Path, ...], home: Path) -> str:
    first = _("the home itself") if paths[0] == home else str(paths[0].relative_to(home))
    return (
        first
        if len(paths) == 1
        else _("{first} and {total} more", first=first, total=len(paths) - 1)
    )


FRESH = timedelta(hours=24)
"""Age from which a backup is too old."""


def look_at_backups(patient: Patient) -> Iterator[Finding]:
    """Check the last backup with its keys."""
    home = patient.settings.home
    if patient.store is None or not (home / FILE_NAME).exists():
        return
    backups = list_backups(home)
    if not backups:
        yield care(_("none yet"), _("Make one: eventdesk backup"))
        return
    newest = backups[0]
    ahead = [backup for backup in backups if backup.is_from_future(patient.now)]
    if ahead:
        yield care(
            _(
                "{total} from the future, such as {name}: a clock was ahead",
                total=len(ahead),
                name=ahead[0].path.name,
            ),
            _("See that the clock is right. They stay until you take them away."),
        )
    found = check_backup(patient.store, SYSTEM, newest.path).problems
    made = _("newest {made_at:%Y-%m-%d %H:%M} UTC", made_at=newest.made_at)
    if found:
        yield stop(
            _("{name} cannot be put back: {found}", name=newest.path.name, found=found[0]),
            _("Make a new one now: eventdesk backup"),
        )
    elif patient.now - newest.made_at > FRESH:
        days = (patient.now - newest.made_at) // timedelta(days=1)
        yield care(
            _("{total}, {made}: {days} days old", total=len(backups), made=made, days=days),
            _("Make one: eventdesk backup"),
        )
    else:
        yield good(_("{total}, {made}, whole and its keys open it", total=len(backups), made=made))
