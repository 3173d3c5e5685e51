"""Commands on archives: a whole event as one file."""

import os
from pathlib import Path
from typing import Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import group, on_event, on_store
from eventdesk.cli.group import OVERWRITE, can_ask, progress
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import how_many, plain
from eventdesk.events import EventView, event_detail
from eventdesk.exchange import bring_event, opened_package, pack_event

PASSPHRASE: Final = "EVENTDESK_PASSPHRASE"

_PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=f"File whose first line is the passphrase. Else ${PASSPHRASE}, else it is asked for.",
)

MAX_PASSPHRASE = 4096


archive_command = group(
    "archive",
    'eventdesk archive write --event "Demo Days" --to fair.eventdesk.zip',
    "eventdesk --home ./other archive read fair.eventdesk.zip",
)


@archive_command.command("write")
@on_event
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="The file.")
@_PASSPHRASE_FILE
@OVERWRITE
def write(
    store: Store, event: EventView, path: Path | None, passphrase_file: Path | None, overwrite: bool
) -> str:
    """Write an event into one file. The keys in it are sealed with a passphrase, nothing else is.

    Who has file and passphrase can make tickets of every event sold with the same keys.

    Example: eventdesk archive write --event "Demo Days"
    """
    taken = event_detail(store, SYSTEM, event.id).taken
    passphrase = _passphrase(passphrase_file, confirm=True)
    with progress("Writing", taken) as told:
        done = pack_event(
            store,
            SYSTEM,
            event.id,
            passphrase=passphrase,
            path=path,
            overwrite=overwrite,
            on_progress=told,
        )
    return f"{plain(event.name)} with {how_many(done.tickets, 'ticket')} is in {done.path}."


@archive_command.command("read")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_PASSPHRASE_FILE
@on_store
def read(store: Store, file: Path, passphrase_file: Path | None) -> None:
    """Take an event in from an archive: all of it, or nothing. Its tickets open here.

    Example: eventdesk archive read fair.eventdesk.zip
    """
    passphrase = _passphrase(passphrase_file)
    done = bring_event(store, SYSTEM, file, passphrase=passphrase)
    click.echo(f"{plain(done.name)} with {how_many(done.tickets, 'ticket')} is here.")
    for old, new in done.new_codes:
        click.echo(f"The code {plain(old)} was taken here; it is {new} now.")
    if done.new_accounts:
        click.echo(f"{done.new_accounts} new accounts need a one-time code to sign in.")


@archive_command.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_PASSPHRASE_FILE
def check(file: Path, passphrase_file: Path | None) -> None:
    """Say what is in an archive, and that it is whole.

    Example: eventdesk archive check fair.eventdesk.zip
    """
    with opened_package(file, _passphrase(passphrase_file)) as package:
        click.echo(f"{plain(package.event_name)}, written {package.made_at:%Y-%m-%d %H:%M} UTC")
        for table, rows in package.rows.items():
            if rows:
                click.echo(f"  {table:<20} {rows:>10,}")


def _passphrase(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        try:
            with file.open(encoding="utf-8") as lines:
                return lines.readline(MAX_PASSPHRASE).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"{file} cannot be read as a passphrase.") from error
    if given := os.environ.get(PASSPHRASE):
        return given
    if not can_ask():
        raise InvalidInputError(
            "The archive needs a passphrase.", hint=f"Set ${PASSPHRASE}, or use --passphrase-file."
        )
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))
