"""Commands on guests without an account: taking what is held about one along, and erasing them."""

import sys

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.cli.group import event_named, settings_of
from eventdesk.core.counting import how_many
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import plain
from eventdesk.keeping.erasure import Erased
from eventdesk.keeping.guests import erase_guest, export_guest

_EVENT = click.option("--event", "named", default="", help="Only at this event; else at all.")


@click.group("person")
def person_command() -> None:
    """Export or erase guests without an account: walk-ins, imported guests, team bookings.

    \b
    Example:
      eventdesk person erase wally@example.org --preview
    """


@person_command.command("export")
@click.argument("who")
@_EVENT
@click.pass_context
def export(ctx: click.Context, who: str, named: str) -> None:
    """Write everything held about WHO into one file of the home.

    WHO is an e-mail address, or the code of a ticket or a booking.

    \b
    Example:
      eventdesk person export K7QM2X
    """
    with Store(settings_of(ctx).home) as store:
        event_id = event_named(store, named) if named else None
        click.echo(str(export_guest(store, SYSTEM, event_id, who)))


@person_command.command("erase")
@click.argument("who")
@_EVENT
@click.option("--preview", is_flag=True, help="Only say what would go, and what would stay.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def erase(ctx: click.Context, who: str, named: str, preview: bool, yes: bool) -> None:
    """Erase WHO for ever; bookings stay as figures without a name.

    WHO is an e-mail address, or the code of a ticket or a booking.

    \b
    Example:
      eventdesk person erase wally@example.org --preview
    """
    with Store(settings_of(ctx).home) as store:
        event_id = event_named(store, named) if named else None
        if preview or not yes:
            would = erase_guest(store, SYSTEM, event_id, who, preview=True)
            say_erased(would, "Would erase")
        if preview:
            return
        if not yes:
            if sys.stdin is None or not sys.stdin.isatty():
                raise InvalidInputError(
                    "Erasing asks first.", hint="Add --yes where nobody can answer."
                )
            click.confirm(f"Erase {plain(who)} for ever?", abort=True)
        say_erased(erase_guest(store, SYSTEM, event_id, who), "Erased")


def say_erased(erased: Erased, verb: str) -> None:
    """Say what an erasure went through, and what stays with the reason."""
    click.echo(
        f"{verb}; {how_many(erased.bookings, 'booking')} and {how_many(erased.tickets, 'ticket')} "
        f"stay without a name, {how_many(erased.files, 'file is', 'files are')} deleted."
    )
    for kept in erased.kept:
        click.echo(plain(str(kept), limit=400))
