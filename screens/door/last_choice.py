"""The last place of this machine: kept when a desk or a kiosk opens, and found again."""

import asyncio
from dataclasses import replace
from pathlib import Path

from eventdesk.accounts import at_event
from eventdesk.acts import Actor, Permission
from eventdesk.core.errors import NotAllowedError
from eventdesk.desk import AnyDesk
from eventdesk.door import (
    EventDoor,
    GateView,
    LastPlace,
    ListView,
    Turn,
    event_doors,
    keep_last_place,
    last_place,
    list_gates,
)
from screens.core.station import Choice, Place, Workplace


async def place_at(
    desk: AnyDesk, actor: Actor, door: EventDoor, check_in_list: ListView, gate: GateView | None
) -> Place:
    """A place, with the role that the person has there.

    Raises:
        NotAllowedError: They no longer work at this door.
    """
    there = await desk.read(at_event, actor, door.event.id, any_of=(Permission.DOOR,))
    return Place(there, door.event, check_in_list, gate)


async def keep_choice(home: Path, choice: Choice) -> None:
    """Keep where this machine is worked at from now on."""
    place = choice.place
    last = LastPlace(place.event.id, place.check_in_list.id, place.gate_id, choice.workplace)
    await asyncio.to_thread(keep_last_place, home, last)


async def last_choice(desk: AnyDesk, home: Path, actor: Actor) -> Choice | None:
    """The last place of this machine, as long as it is worked at and this person may.

    An event that is over or gone, or a list that is gone, is no place any more; without its gate
    it is one at no gate.
    """
    last = await asyncio.to_thread(last_place, home)
    if last is None:
        return None
    doors = await desk.read(event_doors, actor)
    found = find_door(doors, last)
    if found is None or found[0].turn is Turn.PAST or last.workplace not in list(Workplace):
        return None
    try:
        place = await place_at(desk, actor, *found)
    except NotAllowedError:
        return None
    return Choice(place, Workplace(last.workplace))


async def at_known_gate(desk: AnyDesk, home: Path, place: Place) -> Place:
    """A place with the gate that this machine had there last, where none is named."""
    last = await asyncio.to_thread(last_place, home)
    if place.gate is not None or last is None or last.list_id != place.check_in_list.id:
        return place
    gates = await desk.read(list_gates, place.actor, place.event.id)
    return replace(place, gate=next((each for each in gates if each.id == last.gate_id), None))


def find_door(
    doors: list[EventDoor], last: LastPlace
) -> tuple[EventDoor, ListView, GateView | None] | None:
    """The event, list and gate of the last place, where a desk can be opened still."""
    for door in doors:
        for each in door.lists:
            if each.id == last.list_id and door.opens:
                return door, each, next((g for g in door.gates if g.id == last.gate_id), None)
    return None
