"""Commands on what the door needs: check-in lists and gates."""

import sys
from typing import Any

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.cli.booking import type_named
from eventdesk.cli.command import group, on_event
from eventdesk.cli.list_fields import fields, gate_named, with_fields
from eventdesk.core.clock import utc_now
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.door.check_in_list import CheckInList, NewCheckInList, as_new
from eventdesk.door.gates import add_gate, list_gates
from eventdesk.door.lists import (
    DoorSetup,
    add_check_in_list,
    change_check_in_list,
    door_setup,
    find_list,
    remove_check_in_list,
    try_rule,
    verdict_told,
)
from eventdesk.events.event import EventView

list_command = group("list", 'eventdesk list add "Main entrance"')


@list_command.command("add")
@click.argument("name")
@fields("name")
@on_event
def add_list(store: Store, event: EventView, /, name: str, **given: Any) -> str:
    """Add a check-in list; prints its id.

    Example:
      eventdesk list add "VIP lounge" --type VIP --entry once_per_day
      eventdesk list add "Hall 1" --kind room --room "Hall 1" --auto-exit 23:00
      eventdesk list add "Badge desk" --kind badge
      eventdesk list add Shirts --kind collect --item T-shirt --item-question "Which size?"
      eventdesk list add Pool --entry any --rule "2 a day" --rule "Child: 10:00-12:00"
    """
    new = with_fields(store, event, NewCheckInList(name), given)
    return str(add_check_in_list(store, SYSTEM, event.id, new).id)


@list_command.command("change")
@click.argument("listed")
@click.option("--remove", is_flag=True, help="Remove it; only while nothing was scanned by it.")
@fields()
@on_event
def change_list(
    store: Store,
    event: EventView,
    /,
    listed: str,
    remove: bool,
    **given: Any,
) -> None:
    """Change the check-in list LISTED, by id or the beginning of its name; the rest stays.

    Example: eventdesk list change "Hall 1" --capacity 120 --rule "30 minutes"
    """
    view = find_list(store, listed, event.id)
    if remove:
        remove_check_in_list(store, SYSTEM, view.id)
        click.echo(f"{plain(view.name)} is removed.")
        return
    setup = door_setup(store, event.id)
    old = as_new(next(each for each in setup.lists if each.id == view.id))
    new = with_fields(store, event, old, given)
    view = change_check_in_list(store, SYSTEM, view.id, new)
    setup = door_setup(store, event.id)
    _say(next(each for each in setup.lists if each.id == view.id), setup)


@list_command.command("show")
@on_event
def show_lists(store: Store, event: EventView) -> None:
    """Show the check-in lists of an event, with what each is for and its rules.

    Example: eventdesk list show --event "Harbour Summit"
    """
    setup = door_setup(store, event.id)
    for each in setup.lists:
        _say(each, setup)
    if not setup.lists:
        click.echo('No check-in lists yet. Add the first: eventdesk list add "Main entrance"')


@list_command.command("try")
@click.argument("listed")
@click.option("--type", "kind", default="", help="Ticket type, by the beginning of its name.")
@click.option("--gate", default="", help="Gate, by the beginning of its name; none without.")
@click.option("--at", "moment", help='When, such as "2026-06-01 09:30"; else now.')
@click.option("--before", multiple=True, help="When the ticket came in before; may be repeated.")
@click.option("--inside", type=click.IntRange(0), default=0, help="People inside.")
@click.option("--company", is_flag=True, help="Whoever accompanies the holder is in.")
@on_event
def try_list(
    store: Store,
    event: EventView,
    listed: str,
    kind: str,
    gate: str,
    moment: str | None,
    before: tuple[str, ...],
    inside: int,
    company: bool,
) -> None:
    """Say what the list LISTED would answer to a good ticket; writes nothing.

    Exits 0 when it would be let in, 3 when not.

    Example:
      eventdesk list try Pool --type Child --at "2026-06-01 13:00" --before "2026-06-01 10:05"
    """
    view, setup = find_list(store, listed, event.id), door_setup(store, event.id)
    decision = try_rule(
        store,
        SYSTEM,
        view.id,
        ticket_type_id=type_named(store, event.id, kind),
        gate_id=gate_named(gate, setup),
        at=utc_now() if moment is None else read_moment(moment, event.time_zone),
        entries_before=[read_moment(each, event.time_zone) for each in before],
        inside=inside,
        in_company=company,
    )
    door = next(each for each in setup.lists if each.id == view.id)
    click.echo(plain(verdict_told(decision, door.kind), limit=400))
    sys.exit(0 if decision.outcome.passes else 3)


def _say(each: CheckInList, setup: DoorSetup) -> None:
    """One line for a list, and one for each of its rules."""
    parts = [each.kind.value]
    parts += [plain(text) for text in (each.room_name, each.session_title, each.item) if text]
    if each.limit is not None:
        parts.append(f"at most {each.limit} inside")
    if each.auto_exit:
        parts.append(f"all out at {each.auto_exit}")
    if each.ends_stays:
        parts.append("ends the stay in other rooms")
    click.echo(f"{each.id}  {plain(each.name)}  ({', '.join(parts)})")
    gates, types = {gate.id: gate.name for gate in setup.gates}, dict(setup.ticket_types)
    for rule in each.all_rules:
        whose = ", ".join(sorted(types.get(one, "?") for one in rule.ticket_type_ids))
        name = f"{rule.name}: " if rule.name else ""
        click.echo(f"    {plain(name + rule.told(gates) + (f' ({whose})' if whose else ''))}")


gate_command = group("gate", 'eventdesk gate add "Gate A"')


@gate_command.command("add")
@click.argument("name")
@on_event
def add_one_gate(store: Store, event: EventView, name: str) -> str:
    """Add a gate; prints its id.

    Example: eventdesk gate add "North entrance"
    """
    return str(add_gate(store, SYSTEM, event.id, name).id)


@gate_command.command("show")
@on_event
def show_gates(store: Store, event: EventView) -> None:
    """Show the gates of an event.

    Example: eventdesk gate show
    """
    gates = list_gates(store, event.id)
    for each in gates:
        click.echo(f"{each.id}  {plain(each.name)}")
    if not gates:
        click.echo('No gates yet. Add the first: eventdesk gate add "Gate A"')
