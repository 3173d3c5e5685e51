"""Commands on archives: a whole event as one file."""

import os
from pathlib import Path
from typing import Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, group, on_event, on_store
from eventdesk.cli.group import A_FILE, OVERWRITE, can_ask, progress
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView, event_detail
from eventdesk.exchange import bring_event, opened_package, pack_event

PASSPHRASE: Final = "EVENTDESK_PASSPHRASE"

_PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File whose first line is the passphrase. Else $EVENTDESK_PASSPHRASE, else it is asked "
    "for.",
)

MAX_PASSPHRASE = 4096


archive_command = group(
    "archive",
    'eventdesk archive write --event "Demo Days" --to fair.eventdesk.zip',
    "eventdesk --home ./other archive read fair.eventdesk.zip",
)


@archive_command.command("write", '--event "Demo Days"')
@on_event
@click.option("--to", "path", type=A_FILE, help="The file.")
@_PASSPHRASE_FILE
@OVERWRITE
def write(
    store: Store, event: EventView, path: Path | None, passphrase_file: Path | None, overwrite: bool
) -> str:
    """Write an event into one file. The keys in it are sealed with a passphrase, nothing else is.

    Who has file and passphrase can make tickets of every event sold with the same keys.
    """
    taken = event_detail(store, SYSTEM, event.id).taken
    passphrase = _passphrase(passphrase_file, confirm=True)
    with progress(_("Writing"), taken) as told:
        done = pack_event(
            store,
            SYSTEM,
            event.id,
            passphrase=passphrase,
            path=path,
            overwrite=overwrite,
            on_progress=told,
        )
    return _n(
        "{name} with {count} ticket is in {path}.",
        "{name} with {count} tickets is in {path}.",
        done.tickets,
        name=plain(event.name),
        path=done.path,
    )


@archive_command.command("read", "eventdesk archive read fair.eventdesk.zip")
@click.argument("file", type=A_FILE)
@_PASSPHRASE_FILE
@on_store
def read(store: Store, file: Path, passphrase_file: Path | None) -> Lines:
    """Take an event in from an archive: all of it, or nothing. Its tickets open here."""
    passphrase = _passphrase(passphrase_file)
    done = bring_event(store, SYSTEM, file, passphrase=passphrase)
    yield _n(
        "{name} with {count} ticket is here.",
        "{name} with {count} tickets is here.",
        done.tickets,
        name=plain(done.name),
    )
    for old, new in done.new_codes:
        yield _("The code {old} was taken here; it is {new} now.", old=plain(old), new=new)
    if done.new_accounts:
        yield _("{count} new accounts need a one-time code to sign in.", count=done.new_accounts)


@archive_command.command("check", "eventdesk archive check fair.eventdesk.zip")
@click.argument("file", type=A_FILE)
@_PASSPHRASE_FILE
def check(file: Path, passphrase_file: Path | None) -> Lines:
    """Say what is in an archive, and that it is whole."""
    with opened_package(file, _passphrase(passphrase_file)) as package:
        name = plain(package.event_name)
        yield _("{name}, written {at:%Y-%m-%d %H:%M} UTC", name=name, at=package.made_at)
        for table, rows in package.rows.items():
            if rows:
                yield f"  {table:<20} {rows:>10,}"


def _passphrase(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        try:
            with file.open(encoding="utf-8") as lines:
                return lines.readline(MAX_PASSPHRASE).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError(
                msg("{file} cannot be read as a passphrase.", file=file)
            ) from error
    if given := os.environ.get(PASSPHRASE):
        return given
    if not can_ask():
        raise InvalidInputError(
            msg("The archive needs a passphrase."),
            hint=msg("Set ${passphrase}, or use --passphrase-file.", passphrase=PASSPHRASE),
        )
    return str(click.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=confirm))
