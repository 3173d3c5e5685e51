"""Commands on what the door needs: check-in lists and gates."""

import click

from data.store import Store
from eventdesk.cli.booking import type_named
from eventdesk.cli.group import settings_of
from eventdesk.model.clock import utc_now
from eventdesk.model.door import EntryPolicy
from eventdesk.model.people import SYSTEM
from eventdesk.model.plain_text import plain
from eventdesk.usecases.events import add_gate, find_event, list_gates
from eventdesk.usecases.lists import NewCheckInList, add_check_in_list, list_check_in_lists

EVENT = click.option("--event", "named", default="", help="Event, by code, id or name.")


@click.group("list")
def list_command() -> None:
    """Add check-in lists: for which tickets, and how often.

    \b
    Example:
      eventdesk list add "Main entrance"
    """


@list_command.command("add")
@click.argument("name")
@click.option("--type", "types", multiple=True, help="Only this ticket type; may be repeated.")
@click.option(
    "--entry",
    type=click.Choice([each.value for each in EntryPolicy]),
    default=EntryPolicy.ONCE.value,
    help="How often a ticket is let in.",
)
@EVENT
@click.pass_context
def add_list(ctx: click.Context, name: str, types: tuple[str, ...], entry: str, named: str) -> None:
    """Add a check-in list; prints its id.

    \b
    Example:
      eventdesk list add "VIP lounge" --type VIP --entry once_per_day
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        chosen = frozenset(type_named(store, event.id, typed) for typed in types)
        new = NewCheckInList(name, ticket_type_ids=chosen, entry_policy=EntryPolicy(entry))
        click.echo(add_check_in_list(store, SYSTEM, event.id, new, now=utc_now()).id)


@list_command.command("show")
@EVENT
@click.pass_context
def show_lists(ctx: click.Context, named: str) -> None:
    """Show the check-in lists of an event.

    \b
    Example:
      eventdesk list show --event "Harbour Summit"
    """
    with Store(settings_of(ctx).home) as store:
        for each in list_check_in_lists(store, find_event(store, named).id):
            click.echo(f"{each.id}  {plain(each.name)}")


@click.group("gate")
def gate_command() -> None:
    """Add gates: where people are checked in.

    \b
    Example:
      eventdesk gate add "Gate A"
    """


@gate_command.command("add")
@click.argument("name")
@EVENT
@click.pass_context
def add_one_gate(ctx: click.Context, name: str, named: str) -> None:
    """Add a gate; prints its id.

    \b
    Example:
      eventdesk gate add "North entrance"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        click.echo(add_gate(store, SYSTEM, event.id, name, now=utc_now()).id)


@gate_command.command("show")
@EVENT
@click.pass_context
def show_gates(ctx: click.Context, named: str) -> None:
    """Show the gates of an event.

    \b
    Example:
      eventdesk gate show
    """
    with Store(settings_of(ctx).home) as store:
        for each in list_gates(store, find_event(store, named).id):
            click.echo(f"{each.id}  {plain(each.name)}")
