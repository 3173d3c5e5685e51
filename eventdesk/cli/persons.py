"""Commands on guests without an account: taking what is held about one along, and erasing them."""

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.cli.command import YES, ask_first, group, on_store, says_yes
from eventdesk.cli.group import event_named
from eventdesk.core.plain_text import how_many, plain
from eventdesk.keeping.erasure import Erased
from eventdesk.keeping.guests import erase_guest, export_guest

_EVENT = click.option("--event", "named", default="", help="Only at this event; else at all.")


person_command = group("person", "eventdesk person erase wally@example.org --preview")


@person_command.command("export")
@click.argument("who")
@_EVENT
@on_store
def export(store: Store, who: str, named: str) -> str:
    """Write everything held about WHO into one file of the home.

    WHO is an e-mail address, or the code of a ticket or a booking.

    Example: eventdesk person export K7QM2X
    """
    event_id = event_named(store, named)
    return str(export_guest(store, SYSTEM, event_id, who))


@person_command.command("erase")
@click.argument("who")
@_EVENT
@click.option("--preview", is_flag=True, help="Only say what would go, and what would stay.")
@YES
@on_store
def erase(store: Store, who: str, named: str, preview: bool) -> None:
    """Erase WHO for ever; bookings stay as figures without a name.

    WHO is an e-mail address, or the code of a ticket or a booking.

    Example: eventdesk person erase wally@example.org --preview
    """
    event_id = event_named(store, named)
    if preview or not says_yes():
        would = erase_guest(store, SYSTEM, event_id, who, preview=True)
        say_erased(would, "Would erase")
    if preview:
        return
    ask_first(f"Erase {plain(who)} for ever?", doing="Erasing")
    say_erased(erase_guest(store, SYSTEM, event_id, who), "Erased")


def say_erased(erased: Erased, verb: str) -> None:
    """Say what an erasure went through, and what stays with the reason."""
    click.echo(
        f"{verb}; {how_many(erased.bookings, 'booking')} and {how_many(erased.tickets, 'ticket')} "
        f"stay without a name, {how_many(erased.files, 'file is', 'files are')} deleted."
    )
    for kept in erased.kept:
        click.echo(plain(str(kept), limit=400))
