"""The venues of an event and their rooms, in one list."""

from typing import Any, ClassVar
from uuid import UUID

from textual import work
from textual.binding import Binding, BindingType

from eventdesk.core.fields import filled, like
from eventdesk.core.plain_text import plain
from eventdesk.events.event import Room, Venue
from eventdesk.events.venues import (
    ROOM,
    VENUE,
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
from screens.modals.form_dialog import FormDialog
from screens.organizer.parts_of_programme import ProgrammeList
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line


class PlacesList(ProgrammeList):
    """Lists each venue with its rooms below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New room", tooltip="Add a room to the marked venue"),
        Binding("v", "add_venue", "New venue", tooltip="Add a venue"),
    ]
    COLUMNS = (
        Column("Venue and rooms"),
        Column("Address", least=70),
        Column("Holds", 8, right=True),
        Column("Sessions", 8, right=True),
    )
    EMPTY = "No venue yet. Press V to add one, then N for its rooms."
    REMOVE = "A venue goes when its rooms are gone, a room when no session happens in it."

    def lines(self, programme: Programme) -> list[Line]:
        """All venues, each followed by its rooms."""
        lines = []
        for venue in programme.venues:
            address = ", ".join(venue.address.splitlines())
            lines.append(Line(venue.id, (venue.name, address, _number(venue.capacity), "")))
            for room in programme.rooms:
                if room.venue_id == venue.id:
                    held = sum(one.room_id == room.id for one in programme.sessions)
                    cells = (f"  {room.name}", "", _number(room.capacity), str(held))
                    lines.append(Line(room.id, cells))
        return lines

    def called(self, line: Line) -> str:
        """The name of the venue or room."""
        return plain(line.cells[0].strip(), limit=60)

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a room, or of the venue with this key."""
        venue = next((one for one in programme.venues if one.id == key), None)
        if venue is not None:
            return self._venue_form(venue)
        room = next((one for one in programme.rooms if one.id == key), None)
        if key is None and not programme.venues:
            return self._venue_form(None)
        if key is not None and room is None:
            return None
        return self._room_form(programme, room)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_add_venue(self) -> None:
        """Ask for a venue."""
        if await self.app.push_screen_wait(self._venue_form(None)) is not None:
            await self.re_read_all()

    async def take_away(self, key: UUID) -> None:
        """Remove a venue or a room."""
        is_venue = self.programme and any(one.id == key for one in self.programme.venues)
        remove = remove_venue if is_venue else remove_room
        await self.tools.desk.write(remove, self.actor, key)

    def _venue_form(self, venue: Venue | None) -> FormDialog[Venue]:
        one = NewVenue("") if venue is None else like(NewVenue, venue)

        async def save(values: dict[str, Any]) -> Venue:
            new = filled(VENUE, one, values)
            write = self.tools.desk.write
            if venue is None:
                return await write(add_venue, self.actor, self.event_id, new)
            return await write(change_venue, self.actor, venue.id, new)

        fields = entity_fields(VENUE, one)
        return FormDialog("A venue", fields, save, confirm="Save" if venue else "Add")

    def _room_form(self, programme: Programme, room: Room | None) -> FormDialog[Room]:
        marked = self.table.marked.key if self.table.marked else None
        near = next((one.venue_id for one in programme.rooms if one.id == marked), marked)
        known = {venue.id for venue in programme.venues}
        venue_id = near if near in known else programme.venues[0].id
        one = NewRoom(venue_id, "") if room is None else like(NewRoom, room)

        async def save(values: dict[str, Any]) -> Room:
            new = filled(ROOM, one, values)
            write = self.tools.desk.write
            if room is None:
                return await write(add_room, self.actor, self.event_id, new)
            return await write(change_room, self.actor, room.id, new)

        venues = [(venue.id, venue.name) for venue in programme.venues]
        fields = entity_fields(ROOM, one, offers={"venue_id": venues})
        return FormDialog("A room", fields, save, confirm="Save" if room else "Add")


def _number(capacity: int | None) -> str:
    return f"{capacity:,}" if capacity is not None else "–"
