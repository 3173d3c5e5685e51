"""Commands on the store: init, reset, backup, restore, upgrade, audit, keys, staff PIN."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from data.files import fold_log
from data.house_lock import alone
from data.migrate import HEAD
from data.store import FILE_NAME, Store, set_aside
from eventdesk.acts import SYSTEM, clock_now, seal_audit, trust_clock, verify_audit
from eventdesk.cli.command import (
    EVENT,
    LIMIT,
    YES,
    Lines,
    Told,
    as_json,
    ask_first,
    command,
    group,
    on_event,
    on_store,
)
from eventdesk.cli.group import A_FILE, settings_of
from eventdesk.core import typed_text
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import number, when
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.recovery import secret_of
from eventdesk.core.wall_clock import machine_zone, read_moment
from eventdesk.door import set_staff_pin
from eventdesk.events import EventView, find_event
from eventdesk.keeping import (
    FOLDER,
    AuditEntry,
    UpgradeCheck,
    accept_progress,
    beside,
    check_upgrade,
    fetch_files,
    gone_back,
    has_recovery_phrase,
    list_audit,
    list_backups,
    list_stored,
    make_backup,
    make_recovery_phrase,
    replay,
    restore,
    restore_stored,
    rotate_keys,
    schema_of,
    undo_upgrade,
    upgrade,
)

if TYPE_CHECKING:
    from eventdesk.integrations.storage.bucket import Bucket


@command("init", 'eventdesk --home ./fair init --name "Desk 1"')
@click.option("--name", default="", help="Name of this machine in the log of scans.")
def init_command(name: str) -> Lines:
    """Make the home folder with an empty store and new keys."""
    home = settings_of().home
    with Store.create(home, device_name=name) as store:
        yield _("An empty store is in {home}.", home=store.home)
    yield _("Next: eventdesk demo --size 500, or open it with: eventdesk")


@command("reset", "eventdesk --home ./fair reset")
@YES
def reset_command() -> str:
    """Empty the store, after a backup of what is in it. Keys and backups stay."""
    home = settings_of().home
    ask_first(_("Empty the store in {home}? A backup is made first.", home=home))
    with Store(home) as store:
        backup = make_backup(store, SYSTEM)
    with alone(home):
        fold_log(home / FILE_NAME)
        set_aside(home, beside(backup.path, ".reset"))
    Store.create(home).close()
    return _("The store in {home} is empty. What was in it: {path}", home=home, path=backup.path)


@command("backup", "", "--list", "--elsewhere", "--phrase")
@click.option("--list", "listing", is_flag=True, help="List the backups there are.")
@click.option("--elsewhere", is_flag=True, help="List those in the storage that is set up.")
@click.option("--phrase", is_flag=True, help="Make the phrase that opens those elsewhere.")
def backup_command(listing: bool, elsewhere: bool, phrase: bool) -> Lines:
    """Copy the store while it is in use, check the copy, pack it, and thin old ones.

    Kept are the six made last, those of the last day that somebody made and every third that was
    made by the hour, one a day for a month, one a month for a year. The list begins with the one
    made last, whatever the clock said.
    """
    home = settings_of().home
    if elsewhere or phrase:
        with Store(home) as store:
            yield from _phrase(store) if phrase else _elsewhere(store)
        return
    if listing:
        backups = list_backups(home)
        for backup in backups:
            made_at = when(backup.made_at, "%Y-%m-%d %H:%M:%S")
            line = f"{made_at} UTC  {number(backup.size):>12}  {backup.path}"
            yield (
                _("{line}  (from the future)", line=line)
                if backup.is_from_future(utc_now())
                else line
            )
        if not backups:
            yield _("No backups yet. Make one: eventdesk backup")
        return
    with Store(home) as store:
        backup = make_backup(store, SYSTEM)
    yield _("{path} ({size:,} bytes, checked)", path=backup.path, size=backup.size)


def _phrase(store: Store) -> Lines:
    """Make the recovery phrase after a yes where there is one, and show it once."""
    if has_recovery_phrase(store, SYSTEM):
        ask_first(_("Make another phrase? Backups that are elsewhere open with the one before."))
    yield make_recovery_phrase(store, SYSTEM)
    yield _("Write it down, and keep it away from this machine: it is not shown again.")
    yield _("With it, backups that are kept elsewhere open on an empty machine.")


def _elsewhere(store: Store) -> Lines:
    there = list_stored(store, SYSTEM)
    for backup in there:
        made_at = when(backup.made_at, "%Y-%m-%d %H:%M:%S")
        yield f"{made_at} UTC  {number(backup.size):>12}  {backup.name}"
    if not there:
        yield _("No backups elsewhere yet. The next one that is made goes there: eventdesk backup")


@command(
    "restore",
    "",
    "backups/20260601T090000Z.db.gz",
    "--from s3://my-bucket/house --endpoint https://s3.eu-central-1.amazonaws.com",
    "--from s3://my-bucket/house --replica",
)
@click.argument("file", required=False, type=A_FILE)
@click.option("--from", "address", default="", help="Storage: s3://BUCKET/FOLDER.")
@click.option("--endpoint", default="", help="The storage's address; Amazon's when left out.")
@click.option("--region", default="", help="The storage's region.")
@click.option("--replica", is_flag=True, help="Bring back what `eventdesk replicate` kept there.")
@YES
def restore_command(
    file: Path | None, address: str, endpoint: str, region: str, replica: bool
) -> Lines:
    """Bring back a backup, the newest by default; what is there now is set aside.

    Close every program that has the store open first. With --from it comes from elsewhere, also to
    an empty machine: the access key, the secret key and the recovery phrase are asked for, or read
    from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and EVENTDESK_RECOVERY_PHRASE.
    """
    home = settings_of().home
    if address:
        there = _storage_at(address, endpoint, region)
        yield from _restore_from(home, there, file.name if file else "", replica=replica)
        return
    if replica:
        raise InvalidInputError(
            msg("Say where the replica is."), hint=msg("Add --from: s3://my-bucket/house.")
        )
    if file is None:
        backups = list_backups(home)
        if not backups:
            raise InvalidInputError(msg("There are no backups in {home}.", home=home / FOLDER))
        file = backups[0].path
    ask_first(_("Put {file} in the place of {home}?", file=file, home=home / FILE_NAME))
    aside = restore(home, file, now=utc_now())
    yield _("{file} is in place. What was there before: {aside}", file=file, aside=aside)


def _storage_at(address: str, endpoint: str, region: str) -> "Bucket":
    """The storage at an address, which may be a folder that `eventdesk replicate --to` wrote."""
    bucket, _slash, folder = address.removeprefix("s3://").partition("/")
    is_folder = not address.startswith("s3://") and Path(address).is_dir()
    if not is_folder and (not address.startswith("s3://") or not bucket):
        raise InvalidInputError(
            msg("{address} is no address of a storage.", address=address),
            hint=msg("It is such as s3://my-bucket/house."),
        )
    from eventdesk.integrations.storage.kind import STORAGE

    STORAGE.need_installed()
    from eventdesk.integrations.storage.bucket import Bucket

    if is_folder:
        return Bucket({"folder": address})
    return Bucket(
        {
            **{"bucket": bucket, "prefix": folder, "endpoint": endpoint, "region": region},
            "access_key": _asked("AWS_ACCESS_KEY_ID", _("Access key")),
            "secret_key": _asked("AWS_SECRET_ACCESS_KEY", _("Secret key")),
        }
    )


def _restore_from(home: Path, there: "Bucket", name: str, *, replica: bool) -> Lines:
    from eventdesk.integrations.storage.kind import FOLDERS

    secret = secret_of(_asked("EVENTDESK_RECOVERY_PHRASE", _("Recovery phrase"), seen=True))
    ask_first(_("Put {file} in the place of {home}?", file=there.name, home=home / FILE_NAME))
    fetched = fetch_files(there, home, secret, FOLDERS)
    backup, aside = restore_stored(
        there, home, secret, name=name, now=utc_now(), replayed=replay if replica else None
    )
    file = there.name if replica else backup.name
    yield _("{file} is in place. What was there before: {aside}", file=file, aside=aside)
    if fetched.files:
        yield _n("{count} file came back, too.", "{count} files came back, too.", fetched.files)
    if fetched.left:
        yield _n(
            "{count} file there does not open with this phrase, or is not whole.",
            "{count} files there do not open with this phrase, or are not whole.",
            fetched.left,
        )


def _asked(variable: str, words: str, *, seen: bool = False) -> str:
    """What the environment has, or somebody types; unseen, unless it is long."""
    typed: str = os.environ.get(variable) or click.prompt(words, hide_input=not seen)
    return typed.strip()


@command("upgrade", "--check", "", "--undo")
@click.option(
    "--check", is_flag=True, help="Try it on a copy and compare; the home stays as it is."
)
@click.option("--undo", is_flag=True, help="Bring back the former store, if nothing was written.")
@YES
def upgrade_command(check: bool, undo: bool) -> Lines:
    """Bring the home of an older eventdesk over to this one, try that on a copy, or undo it.

    Opening the home does it, too. A copy of the store is kept in backups/ first. --check compares
    the rows of every table, the ledger's balances and the audit, and exits 1 when anything
    differs. --undo puts the kept copy back, as long as nothing was written since.
    """
    home = settings_of().home
    if check and undo:
        raise InvalidInputError(msg("Give either --check or --undo."))
    revision = schema_of(home)
    if undo:
        ask_first(_("Put the store in {home} back to what it was before the upgrade?", home=home))
        undone = undo_upgrade(home, now=utc_now())
        yield _(
            "{kept} is in place, schema {revision}.", kept=undone.kept, revision=undone.revision
        )
        yield _("What was there before: {aside}", aside=undone.aside)
        yield _("Open it with the older eventdesk; this one would bring it over again.")
    elif revision == HEAD:
        yield _(
            "The store in {home} has schema {head}, as this eventdesk. Nothing to do.",
            home=home,
            head=HEAD,
        )
    elif check:
        yield from _check_lines(check_upgrade(home))
    else:
        yield _(
            "The store in {home} has schema {revision}, this eventdesk {head}.",
            home=home,
            revision=revision,
            head=HEAD,
        )
        ask_first(_("Bring it over? A copy is kept first. An older eventdesk cannot open it then."))
        kept = upgrade(home)
        yield _("It has schema {head} now. What was there before: {kept}", head=HEAD, kept=kept)
        yield _("As long as nothing is written: eventdesk upgrade --undo")


def _check_lines(check: UpgradeCheck) -> Lines:
    """What was compared; exits 1 when anything differs."""
    yield _(
        "A copy was brought from schema {revision} to {head}.", revision=check.revision, head=HEAD
    )
    yield ""
    yield f"{_('table'):<24}{_('before'):>12}{_('after'):>12}"
    filled = [each for each in check.tables if each.former or each.present]
    for each in filled:
        row = f"{each.table:<24}{number(each.former):>12}{number(each.present):>12}"
        yield row if each.former == each.present else _("{row}  differs", row=row)
    yield _("{count} tables without rows.", count=len(check.tables) - len(filled))
    yield _(
        "{balances} balances of the ledger compared, {entries} audit entries.",
        balances=check.balances,
        entries=check.entries,
    )
    yield ""
    if not check.problems:
        yield _("Nothing differs. The home is as it was: eventdesk upgrade")
        return
    for problem in check.problems:
        click.echo(problem, err=True)
    click.echo(_("The home is as it was. Keep it with the eventdesk it was used with."), err=True)
    sys.exit(1)


audit_command = group("audit", "eventdesk audit verify")


@audit_command.command("verify")
@on_store
def verify(store: Store) -> Lines:
    """Check that no entry of the audit was changed, removed or put in. Exits 1 when one was.

    It proves that the sealed entries are those that were written, in their order and number, and
    that the store is not behind what was marked beside the keys; that cash movements, floats of
    drawers, invoices and the triggers of the database are as they were written. It proves nothing
    about other rows, such as who holds a ticket, about the last seconds before a crash, nor against
    whoever can read the keys.
    """
    report = verify_audit(store, SYSTEM)
    lost = gone_back(store, SYSTEM)
    while not report.problems and seal_audit(store, SYSTEM):
        pass
    problems = [str(each) for each in report.problems]
    if lost is not None:
        told = _("The store went back: {sentence}.", sentence=lost.sentence)
        problems.append(f"{told}\n  {lost.advice}")
    if report.problems:
        entries = report.entries
        problems.append(
            _("{total} problems in {entries} entries.", total=len(report.problems), entries=entries)
        )
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    yield _(
        "{entries} entries, all as they were written.", entries=report.entries + report.unsealed
    )
    yield _("Not proved: the last seconds before a crash, and anything against who has the keys.")
    yield _(
        "Not looked at: holders of tickets, states of bookings, roles of accounts and other rows "
        "that no seal covers; whoever can write the file can change them unseen."
    )


@audit_command.command(
    "list", '--event HARBOR --verb "cancel booking"', '--by Sam --from "2026-06-01 09:00" --json'
)
@EVENT
@click.option("--verb", default="", help='Only this act: "cancel booking" or cancel_booking.')
@click.option("--by", default="", help="Only by whom: a part of the name.")
@click.option("--search", default="", help="Only with this text: actor, act or what changed.")
@click.option("--from", "begin", default="", help='Only since then: "2026-06-01 09:00".')
@click.option("--until", "end", default="", help="Only before then.")
@click.option("--zone", default="", help="Time zone; without it, the event's or this machine's.")
@LIMIT
@as_json()
@on_store
def list_entries(store: Store, /, named: str, zone: str, limit: int, **given: str) -> Told:
    """List who changed what and when, the newest first."""
    event = find_event(store, SYSTEM, named) if named else None
    zone = typed_text.time_zone(zone or (event.time_zone if event else machine_zone()))
    begin, end = (read_moment(given[at], zone) if given[at] else None for at in ("begin", "end"))
    entries, total = list_audit(
        store,
        SYSTEM,
        search=given["search"],
        event_id=event.id if event else None,
        verb=given["verb"],
        by=given["by"],
        begin=begin,
        end=end,
        limit=limit,
    )
    lines = [_entry_line(one, zone) for one in entries]
    if total > len(entries):
        lines.append(_("… and {total} more; see --limit.", total=total - len(entries)))
    return Told(lines or [_("No entries.")], lambda: [_entry_facts(one) for one in entries])


def _entry_line(one: AuditEntry, zone: str) -> str:
    at = when(one.at.astimezone(ZoneInfo(zone)), "%Y-%m-%d %H:%M:%S")
    verb = one.verb.replace("_", " ")
    parts = (one.actor_name, verb, one.event_name, one.detail)
    return f"{one.seq:>6}  {at}  {' · '.join(plain(each, limit=200) for each in parts if each)}"


def _entry_facts(one: AuditEntry) -> dict[str, object]:
    return {
        "no": one.seq,
        "at": one.at.isoformat(),
        "by": one.actor_name,
        "verb": one.verb,
        "subject": one.subject_kind,
        "subject_id": None if one.subject_id is None else str(one.subject_id),
        "event": one.event_name,
        "detail": one.detail,
    }


@audit_command.command("accept", "--yes")
@YES
@on_store
def accept(store: Store) -> Lines:
    """Take a store that went back as it is; the loss becomes an entry of the audit."""
    lost = gone_back(store, SYSTEM)
    if lost is None:
        yield _("Nothing is missing.")
        return
    yield _("The store went back: {sentence}.", sentence=lost.sentence)
    ask_first(_("Take it as it is?"))
    accept_progress(store, SYSTEM)
    yield _("It is taken as it is; the audit tells what was missing.")


clock_command = group(
    "clock",
    "eventdesk clock show",
    more="While it is far ahead of the last time the store was open, no deadline ends anything and "
    "no backup is thinned.",
)


@clock_command.command("show")
@on_store
def show_clock(store: Store) -> str:
    """Say how the clock stands to the store. Exits 1 when it cannot be believed."""
    look = clock_now(store, SYSTEM)
    if look.sentence:
        click.echo(_("The clock is wrong: {sentence}.", sentence=look.sentence), err=True)
        click.echo(f"  {look.advice}", err=True)
        sys.exit(1)
    return _("{now:%Y-%m-%d %H:%M:%S} UTC, which fits what the store knows.", now=look.now)


@clock_command.command("trust", "--yes")
@YES
@on_store
def trust_the_clock(store: Store) -> str:
    """Confirm that the clock is right; what is past its deadline ends from now on."""
    now = utc_now()
    ask_first(_("Is it really {now:%Y-%m-%d %H:%M} UTC?", now=now))
    trust_clock(store, SYSTEM.at(now))
    return _("{now:%Y-%m-%d %H:%M} UTC is believed.", now=now)


keys_command = group("keys", "eventdesk keys rotate")


@keys_command.command("rotate")
@on_store
def rotate(store: Store) -> Lines:
    """Make a new key for tickets sold from now on; what was sold stays valid."""
    keys = rotate_keys(store, SYSTEM)
    yield _(
        "New tickets are made with key {key}; {count} keys open.",
        key=keys.active_id,
        count=keys.keys,
    )
    yield _("Make a copy of {file}: without it no ticket opens.", file=keys.file)


@command("staff-pin", '--event "Demo Days"')
@on_event
@click.option("--pin", default="", help="The new PIN; asked for when left out.")
def staff_pin_command(store: Store, event: EventView, pin: str) -> str:
    """Set the PIN that unlocks the kiosks of an event: six digits or more."""
    if not pin:
        pin = click.prompt(_("New staff PIN"), hide_input=True, confirmation_prompt=True)
    set_staff_pin(store, SYSTEM, event.id, pin)
    return _("The staff PIN of {name} is set.", name=event.name)
