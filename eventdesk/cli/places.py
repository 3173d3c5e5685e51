"""Commands on where an event happens: its venues and their rooms."""

from dataclasses import replace

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.group import settings_of
from eventdesk.cli.programme import EVENT, programme_of, read_capacity
from eventdesk.core.plain_text import plain
from eventdesk.events.event import Room, Venue
from eventdesk.events.venues import (
    NewRoom,
    NewVenue,
    add_room,
    add_venue,
    change_room,
    change_venue,
    remove_room,
    remove_venue,
)
from eventdesk.programme.programme import Programme


@click.group("venue")
def venue_command() -> None:
    """Say where an event happens.

    \b
    Example:
      eventdesk venue add "Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400
    """


@venue_command.command("list")
@EVENT
@click.pass_context
def list_venues_command(ctx: click.Context, named: str) -> None:
    """List the venues of an event with their rooms.

    \b
    Example:
      eventdesk venue list --event HARBOR
    """
    with Store(settings_of(ctx).home) as store:
        programme = programme_of(store, named)
    for venue in programme.venues:
        address = " ".join(venue.address.split())
        click.echo(_line(venue.name, venue.capacity, address))
        for room in programme.rooms:
            if room.venue_id == venue.id:
                click.echo(f"  {_line(room.name, room.capacity)}")
    if not programme.venues:
        click.echo('No venues yet. Add the first: eventdesk venue add "Old Mill"')


@venue_command.command("add")
@click.argument("name")
@click.option("--address", default="", help="Street and town.")
@click.option("--capacity", type=int, help="Most people.")
@EVENT
@click.pass_context
def add_venue_command(
    ctx: click.Context, name: str, address: str, capacity: int | None, named: str
) -> None:
    """Add a venue; the first becomes the place of the event.

    \b
    Example:
      eventdesk venue add "Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400
    """
    with Store(settings_of(ctx).home) as store:
        event_id = programme_of(store, named).event.id
        new = NewVenue(name, address, capacity)
        venue = add_venue(store, SYSTEM, event_id, new)
    click.echo(f"{plain(venue.name)} is added.")


@venue_command.command("change")
@click.argument("venue")
@click.option("--name", help="What it is called from now on.")
@click.option("--address", help="Street and town.")
@click.option("--capacity", help='Most people, or "none".')
@EVENT
@click.pass_context
def change_venue_command(
    ctx: click.Context,
    venue: str,
    name: str | None,
    address: str | None,
    capacity: str | None,
    named: str,
) -> None:
    """Change a venue.

    \b
    Example:
      eventdesk venue change "Old Mill" --capacity 380
    """
    with Store(settings_of(ctx).home) as store:
        one = _venue(programme_of(store, named), venue)
        new = NewVenue(one.name, one.address, one.capacity)
        if name is not None:
            new = replace(new, name=name)
        if address is not None:
            new = replace(new, address=address)
        if capacity is not None:
            new = replace(new, capacity=read_capacity(capacity))
        changed = change_venue(store, SYSTEM, one.id, new)
    click.echo(f"{plain(changed.name)} is changed.")


@venue_command.command("remove")
@click.argument("venue")
@EVENT
@click.pass_context
def remove_venue_command(ctx: click.Context, venue: str, named: str) -> None:
    """Remove a venue that has no rooms.

    \b
    Example:
      eventdesk venue remove "Old Mill"
    """
    with Store(settings_of(ctx).home) as store:
        one = _venue(programme_of(store, named), venue, whole=True)
        remove_venue(store, SYSTEM, one.id)
    click.echo(f"{plain(one.name)} is removed.")


@click.group("room")
def room_command() -> None:
    """Say which rooms a venue has; `eventdesk venue list` shows them.

    \b
    Example:
      eventdesk room add "Hall" --capacity 200
    """


@room_command.command("add")
@click.argument("name")
@click.option("--venue", default="", help="Its venue; may be left out where there is one.")
@click.option("--capacity", type=int, help="Most people.")
@EVENT
@click.pass_context
def add_room_command(
    ctx: click.Context, name: str, venue: str, capacity: int | None, named: str
) -> None:
    """Add a room to a venue.

    \b
    Example:
      eventdesk room add "Hall" --venue "Old Mill" --capacity 200
    """
    with Store(settings_of(ctx).home) as store:
        programme = programme_of(store, named)
        new = NewRoom(_venue(programme, venue).id, name, capacity)
        room = add_room(store, SYSTEM, programme.event.id, new)
    click.echo(f"{plain(room.name)} is added.")


@room_command.command("change")
@click.argument("room")
@click.option("--name", help="What it is called from now on.")
@click.option("--capacity", help='Most people, or "none".')
@click.option("--venue", help="The venue it belongs to.")
@EVENT
@click.pass_context
def change_room_command(
    ctx: click.Context,
    room: str,
    name: str | None,
    capacity: str | None,
    venue: str | None,
    named: str,
) -> None:
    """Change a room.

    \b
    Example:
      eventdesk room change "Hall" --capacity 180
    """
    with Store(settings_of(ctx).home) as store:
        programme = programme_of(store, named)
        one = _room(programme, room)
        new = NewRoom(one.venue_id, one.name, one.capacity)
        if name is not None:
            new = replace(new, name=name)
        if capacity is not None:
            new = replace(new, capacity=read_capacity(capacity))
        if venue is not None:
            new = replace(new, venue_id=_venue(programme, venue).id)
        changed = change_room(store, SYSTEM, one.id, new)
    click.echo(f"{plain(changed.name)} is changed.")


@room_command.command("remove")
@click.argument("room")
@EVENT
@click.pass_context
def remove_room_command(ctx: click.Context, room: str, named: str) -> None:
    """Remove a room in which no session happens.

    \b
    Example:
      eventdesk room remove "Hall"
    """
    with Store(settings_of(ctx).home) as store:
        one = _room(programme_of(store, named), room, whole=True)
        remove_room(store, SYSTEM, one.id)
    click.echo(f"{plain(one.name)} is removed.")


def _venue(programme: Programme, typed: str, *, whole: bool = False) -> Venue:
    return the_one_named("venue", typed, programme.venues, lambda one: plain(one.name), whole=whole)


def _room(programme: Programme, typed: str, *, whole: bool = False) -> Room:
    return the_one_named("room", typed, programme.rooms, lambda one: plain(one.name), whole=whole)


def _line(name: str, capacity: int | None, more: str = "") -> str:
    places = f"{capacity:,} people" if capacity is not None else ""
    return " · ".join(filter(None, (plain(name), places, plain(more))))
