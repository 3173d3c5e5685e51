"""Commands on the store: init, reset, backup, restore, upgrade, audit, keys, staff PIN."""

import sys
from pathlib import Path

import click

from data.house_lock import alone
from data.migrate import HEAD
from data.sqlite.files import fold_log
from data.store import FILE_NAME, Store, set_aside
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.audit import seal_audit, verify_audit
from eventdesk.acts.store_clock import clock_now, trust_clock
from eventdesk.cli.group import ask_first, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.door.staff_pin import set_staff_pin
from eventdesk.events.events import find_event
from eventdesk.keeping.backups import FOLDER, beside, list_backups, make_backup
from eventdesk.keeping.progress import accept_progress, gone_back
from eventdesk.keeping.restore import restore
from eventdesk.keeping.store_upgrade import (
    UpgradeCheck,
    check_upgrade,
    schema_of,
    undo_upgrade,
    upgrade,
)


@click.command("init")
@click.option("--name", default="", help="Name of this machine in the log of scans.")
@click.pass_context
def init_command(ctx: click.Context, name: str) -> None:
    """Make the home folder with an empty store and new keys.

    \b
    Example:
      eventdesk --home ./fair init --name "Desk 1"
    """
    home = settings_of(ctx).home
    with Store.create(home, device_name=name) as store:
        click.echo(f"An empty store is in {store.home}.")
    click.echo("Next: eventdesk demo --size 500, or open it with: eventdesk")


@click.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def reset_command(ctx: click.Context, yes: bool) -> None:
    """Empty the store, after a backup of what is in it. Keys and backups stay.

    \b
    Example:
      eventdesk --home ./fair reset
    """
    home = settings_of(ctx).home
    if not yes:
        ask_first(f"Empty the store in {home}? A backup is made first.")
    with Store(home) as store:
        backup = make_backup(store, SYSTEM)
    with alone(home):
        fold_log(home / FILE_NAME)
        set_aside(home, beside(backup.path, ".reset"))
    Store.create(home).close()
    click.echo(f"The store in {home} is empty. What was in it: {backup.path}")


@click.command("backup")
@click.option("--list", "listing", is_flag=True, help="List the backups there are.")
@click.pass_context
def backup_command(ctx: click.Context, listing: bool) -> None:
    """Copy the store while it is in use, check the copy, pack it, and thin old ones.

    Kept are the six made last, those of the last day that somebody made and every third that was
    made by the hour, one a day for a month, one a month for a year. The list begins with the one
    made last, whatever the clock said.

    \b
    Example:
      eventdesk backup
    """
    home = settings_of(ctx).home
    if listing:
        backups = list_backups(home)
        for backup in backups:
            future = "  (from the future)" if backup.is_from_future(utc_now()) else ""
            click.echo(
                f"{backup.made_at:%Y-%m-%d %H:%M:%S} UTC  {backup.size:>12,}  {backup.path}{future}"
            )
        if not backups:
            click.echo("No backups yet. Make one: eventdesk backup")
        return
    with Store(home) as store:
        backup = make_backup(store, SYSTEM)
    click.echo(f"{backup.path} ({backup.size:,} bytes, checked)")


@click.command("restore")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def restore_command(ctx: click.Context, file: Path | None, yes: bool) -> None:
    """Bring back a backup, the newest by default; what is there now is set aside.

    Close every program that has the store open first.

    \b
    Example:
      eventdesk restore
      eventdesk restore backups/20260601T090000Z.db.gz
    """
    home = settings_of(ctx).home
    if file is None:
        backups = list_backups(home)
        if not backups:
            raise InvalidInputError(f"There are no backups in {home / FOLDER}.")
        file = backups[0].path
    if not yes:
        ask_first(f"Put {file} in the place of {home / FILE_NAME}?")
    aside = restore(home, file, now=utc_now())
    click.echo(f"{file} is in place. What was there before: {aside}")


@click.command("upgrade")
@click.option(
    "--check", is_flag=True, help="Try it on a copy and compare; the home stays as it is."
)
@click.option("--undo", is_flag=True, help="Bring back the former store, if nothing was written.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def upgrade_command(ctx: click.Context, check: bool, undo: bool, yes: bool) -> None:
    """Bring the home of an older eventdesk over to this one, try that on a copy, or undo it.

    Opening the home does it, too. A copy of the store is kept in backups/ first. --check compares
    the rows of every table, the ledger's balances and the audit, and exits 1 when anything
    differs. --undo puts the kept copy back, as long as nothing was written since.

    \b
    Example:
      eventdesk upgrade --check
      eventdesk upgrade
      eventdesk upgrade --undo
    """
    home = settings_of(ctx).home
    if check and undo:
        raise InvalidInputError("Give either --check or --undo.")
    revision = schema_of(home)
    if undo:
        if not yes:
            ask_first(f"Put the store in {home} back to what it was before the upgrade?")
        undone = undo_upgrade(home, now=utc_now())
        click.echo(f"{undone.kept} is in place, schema {undone.revision}.")
        click.echo(f"What was there before: {undone.aside}")
        click.echo("Open it with the older eventdesk; this one would bring it over again.")
    elif revision == HEAD:
        click.echo(f"The store in {home} has schema {HEAD}, as this eventdesk. Nothing to do.")
    elif check:
        _show_check(check_upgrade(home))
    else:
        click.echo(f"The store in {home} has schema {revision}, this eventdesk {HEAD}.")
        if not yes:
            ask_first(
                "Bring it over? A copy is kept first. An older eventdesk cannot open it then."
            )
        kept = upgrade(home)
        click.echo(f"It has schema {HEAD} now. What was there before: {kept}")
        click.echo("As long as nothing is written: eventdesk upgrade --undo")


def _show_check(check: UpgradeCheck) -> None:
    """Print what was compared; exits 1 when anything differs."""
    click.echo(f"A copy was brought from schema {check.revision} to {HEAD}.\n")
    click.echo(f"{'table':<24}{'before':>12}{'after':>12}")
    filled = [each for each in check.tables if each.former or each.present]
    for each in filled:
        differs = "" if each.former == each.present else "  differs"
        click.echo(f"{each.table:<24}{each.former:>12,}{each.present:>12,}{differs}")
    click.echo(f"{len(check.tables) - len(filled)} tables without rows.")
    click.echo(
        f"{check.balances} balances of the ledger compared, {check.entries} audit entries.\n"
    )
    if check.problems:
        for problem in check.problems:
            click.echo(problem, err=True)
        click.echo("The home is as it was. Keep it with the eventdesk it was used with.", err=True)
        sys.exit(1)
    click.echo("Nothing differs. The home is as it was: eventdesk upgrade")


@click.group("audit")
def audit_command() -> None:
    """Look after the log of who changed what.

    \b
    Example:
      eventdesk audit verify
    """


@audit_command.command("verify")
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Check that no entry of the audit was changed, removed or put in. Exits 1 when one was.

    It proves that the sealed entries are those that were written, in their order and number, and
    that the store is not behind what was marked beside the keys. It proves nothing about the last
    seconds before a crash, nor against whoever can read the keys.

    \b
    Example:
      eventdesk audit verify
    """
    with Store(settings_of(ctx).home) as store:
        report = verify_audit(store)
        lost = gone_back(store)
        while not report.problems and seal_audit(store):
            pass
    for problem in report.problems:
        click.echo(problem, err=True)
    if lost is not None:
        click.echo(f"The store went back: {lost.sentence}.\n  {lost.advice}", err=True)
    if report.problems:
        click.echo(f"{len(report.problems)} problems in {report.entries} entries.", err=True)
        sys.exit(1)
    if lost is not None:
        sys.exit(1)
    click.echo(f"{report.entries + report.unsealed} entries, all as they were written.")
    click.echo(
        "Not proved: the last seconds before a crash, and anything against who has the keys."
    )


@audit_command.command("accept")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def accept(ctx: click.Context, yes: bool) -> None:
    """Take a store that went back as it is; the loss becomes an entry of the audit.

    \b
    Example:
      eventdesk audit accept --yes
    """
    with Store(settings_of(ctx).home) as store:
        lost = gone_back(store)
        if lost is None:
            click.echo("Nothing is missing.")
            return
        click.echo(f"The store went back: {lost.sentence}.")
        if not yes:
            ask_first("Take it as it is?")
        accept_progress(store, SYSTEM)
    click.echo("It is taken as it is; the audit tells what was missing.")


@click.group("clock")
def clock_command() -> None:
    """Compare the clock with what the store knows, and say that it is right.

    While it is far ahead of the last time the store was open, no deadline ends anything and no
    backup is thinned.

    \b
    Example:
      eventdesk clock show
    """


@clock_command.command("show")
@click.pass_context
def show_clock(ctx: click.Context) -> None:
    """Say how the clock stands to the store. Exits 1 when it cannot be believed.

    \b
    Example:
      eventdesk clock show
    """
    with Store(settings_of(ctx).home) as store:
        look = clock_now(store, SYSTEM)
    if look.sentence:
        click.echo(f"The clock is wrong: {look.sentence}.", err=True)
        click.echo(f"  {look.advice}", err=True)
        sys.exit(1)
    click.echo(f"{look.now:%Y-%m-%d %H:%M:%S} UTC, which fits what the store knows.")


@clock_command.command("trust")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def trust_the_clock(ctx: click.Context, yes: bool) -> None:
    """Confirm that the clock is right; what is past its deadline ends from now on.

    \b
    Example:
      eventdesk clock trust --yes
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        if not yes:
            ask_first(f"Is it really {now:%Y-%m-%d %H:%M} UTC?")
        trust_clock(store, SYSTEM.at(now))
    click.echo(f"{now:%Y-%m-%d %H:%M} UTC is believed.")


@click.group("keys")
def keys_command() -> None:
    """Look after the keys that make and open tickets.

    \b
    Example:
      eventdesk keys rotate
    """


@keys_command.command("rotate")
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make a new key for tickets sold from now on; what was sold stays valid.

    \b
    Example:
      eventdesk keys rotate
    """
    with Store(settings_of(ctx).home) as store:
        keys = store.keys.rotate(utc_now())
    click.echo(f"New tickets are made with key {keys.active_id}; {len(keys.token_keys)} keys open.")
    click.echo(f"Make a copy of {keys.file}: without it no ticket opens.")


@click.command("staff-pin")
@click.option("--event", "named", default="", help="Event, by code, id or name.")
@click.option("--pin", default="", help="The new PIN; asked for when left out.")
@click.pass_context
def staff_pin_command(ctx: click.Context, named: str, pin: str) -> None:
    """Set the PIN that unlocks the kiosks of an event: six digits or more.

    \b
    Example:
      eventdesk staff-pin --event "Demo Days"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        if not pin:
            pin = click.prompt("New staff PIN", hide_input=True, confirmation_prompt=True)
        set_staff_pin(store, SYSTEM, event.id, pin)
    click.echo(f"The staff PIN of {event.name} is set.")
