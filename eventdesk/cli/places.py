"""Commands on where an event happens: its venues and their rooms."""

from dataclasses import replace

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.command import group, on_event
from eventdesk.cli.programme import programme_of, read_capacity
from eventdesk.core.plain_text import plain
from eventdesk.events.event import EventView, Room, Venue
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

venue_command = group(
    "venue", 'eventdesk venue add "Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400'
)


@venue_command.command("list")
@on_event
def list_venues_command(store: Store, event: EventView) -> None:
    """List the venues of an event with their rooms.

    Example: eventdesk venue list --event HARBOR
    """
    programme = programme_of(store, event)
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
@on_event
def add_venue_command(
    store: Store, event: EventView, name: str, address: str, capacity: int | None
) -> str:
    """Add a venue; the first becomes the place of the event.

    Example: eventdesk venue add "Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400
    """
    event_id = programme_of(store, event).event.id
    new = NewVenue(name, address, capacity)
    venue = add_venue(store, SYSTEM, event_id, new)
    return f"{plain(venue.name)} is added."


@venue_command.command("change")
@click.argument("venue")
@click.option("--name", help="What it is called from now on.")
@click.option("--address", help="Street and town.")
@click.option("--capacity", help='Most people, or "none".')
@on_event
def change_venue_command(
    store: Store,
    event: EventView,
    venue: str,
    name: str | None,
    address: str | None,
    capacity: str | None,
) -> str:
    """Change a venue.

    Example: eventdesk venue change "Old Mill" --capacity 380
    """
    one = _venue(programme_of(store, event), venue)
    new = NewVenue(one.name, one.address, one.capacity)
    if name is not None:
        new = replace(new, name=name)
    if address is not None:
        new = replace(new, address=address)
    if capacity is not None:
        new = replace(new, capacity=read_capacity(capacity))
    changed = change_venue(store, SYSTEM, one.id, new)
    return f"{plain(changed.name)} is changed."


@venue_command.command("remove")
@click.argument("venue")
@on_event
def remove_venue_command(store: Store, event: EventView, venue: str) -> str:
    """Remove a venue that has no rooms.

    Example: eventdesk venue remove "Old Mill"
    """
    one = _venue(programme_of(store, event), venue, whole=True)
    remove_venue(store, SYSTEM, one.id)
    return f"{plain(one.name)} is removed."


room_command = group("room", 'eventdesk room add "Hall" --capacity 200')


@room_command.command("add")
@click.argument("name")
@click.option("--venue", default="", help="Its venue; may be left out where there is one.")
@click.option("--capacity", type=int, help="Most people.")
@on_event
def add_room_command(
    store: Store, event: EventView, name: str, venue: str, capacity: int | None
) -> str:
    """Add a room to a venue.

    Example: eventdesk room add "Hall" --venue "Old Mill" --capacity 200
    """
    programme = programme_of(store, event)
    new = NewRoom(_venue(programme, venue).id, name, capacity)
    room = add_room(store, SYSTEM, programme.event.id, new)
    return f"{plain(room.name)} is added."


@room_command.command("change")
@click.argument("room")
@click.option("--name", help="What it is called from now on.")
@click.option("--capacity", help='Most people, or "none".')
@click.option("--venue", help="The venue it belongs to.")
@on_event
def change_room_command(
    store: Store,
    event: EventView,
    room: str,
    name: str | None,
    capacity: str | None,
    venue: str | None,
) -> str:
    """Change a room.

    Example: eventdesk room change "Hall" --capacity 180
    """
    programme = programme_of(store, event)
    one = _room(programme, room)
    new = NewRoom(one.venue_id, one.name, one.capacity)
    if name is not None:
        new = replace(new, name=name)
    if capacity is not None:
        new = replace(new, capacity=read_capacity(capacity))
    if venue is not None:
        new = replace(new, venue_id=_venue(programme, venue).id)
    changed = change_room(store, SYSTEM, one.id, new)
    return f"{plain(changed.name)} is changed."


@room_command.command("remove")
@click.argument("room")
@on_event
def remove_room_command(store: Store, event: EventView, room: str) -> str:
    """Remove a room in which no session happens.

    Example: eventdesk room remove "Hall"
    """
    one = _room(programme_of(store, event), room, whole=True)
    remove_room(store, SYSTEM, one.id)
    return f"{plain(one.name)} is removed."


def _venue(programme: Programme, typed: str, *, whole: bool = False) -> Venue:
    return the_one_named("venue", typed, programme.venues, lambda one: plain(one.name), whole=whole)


def _room(programme: Programme, typed: str, *, whole: bool = False) -> Room:
    return the_one_named("room", typed, programme.rooms, lambda one: plain(one.name), whole=whole)


def _line(name: str, capacity: int | None, more: str = "") -> str:
    places = f"{capacity:,} people" if capacity is not None else ""
    return " · ".join(filter(None, (plain(name), places, plain(more))))
