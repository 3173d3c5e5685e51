"""Commands on card readers that a service drives: which there are, and which stands here."""

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, group, on_event, on_store
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import keep_reader_here, reader_here
from eventdesk.events import EventView
from eventdesk.money import card_readers

reader_command = group("reader", "eventdesk reader list", 'eventdesk reader use "Desk 1"')


@reader_command.command("list", '--event "Demo Days"')
@on_event
def list_command(store: Store, event: EventView) -> Lines:
    """List the card readers of the service, and mark the one that stands here."""
    here = reader_here(store.home)
    for each in card_readers(store, SYSTEM, event.id):
        mark = "*" if here and here.reference == each.reference else " "
        state = _("✓ online") if each.online else _("✗ offline")
        yield f"{mark} {plain(each.label):<24} {plain(each.model):<18} {state}  {each.reference}"


@reader_command.command("use", '"Desk 1"')
@click.argument("name")
@on_event
def use_command(store: Store, event: EventView, name: str) -> str:
    """Say that the card reader NAME stands at this machine, by its name or its tmr_ name."""
    known = {each.label: each for each in card_readers(store, SYSTEM, event.id)}
    known |= {each.reference: each for each in known.values()}
    if (reader := known.get(name)) is None:
        raise NotFoundError(
            msg("Stripe knows no such card reader."), hint=msg("eventdesk reader list names them.")
        )
    keep_reader_here(store.home, reader)
    return _("✓ Cards are taken at {name}", name=plain(reader.label, limit=60))


@reader_command.command("forget")
@on_store
def forget_command(store: Store) -> str:
    """Say that no card reader stands at this machine any more."""
    keep_reader_here(store.home, None)
    return _("No card reader stands here any more.")
