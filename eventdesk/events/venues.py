"""Venues and rooms: where an event and its sessions happen."""

from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import AnyRow, columns_of, count_rows, delete_row, insert_row, update_row
from data.schema import CheckInListRow, EventRow, RoomRow, SessionRow, VenueRow
from eventdesk.acts import Act, Permission, event_of, event_row, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.fields import LINE, NUMBER, ONE, PAGE, Field, cleaned
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg, msg_n
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, advise
from eventdesk.events.event import Change, Room, Venue
from eventdesk.events.events import changeable_event, learn_event


@dataclass(frozen=True, slots=True)
class NewVenue:
    """A venue to be added, or its new values."""

    name: str
    address: str = ""
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room to be added, or its new values."""

    venue_id: UUID
    name: str
    capacity: int | None = None


_NAME: Final = Field(
    "name", LINE, "Name", "What it is called from now on.", what="A name", needed=True
)
_CAPACITY: Final = Field(
    "capacity", NUMBER, "Most people", 'Most people, or "none".', what="A capacity", least=1
)
VENUE: Final = (
    _NAME,
    Field("address", PAGE, "Address", "Street and town.", what="An address", most=500, lines=3),
    _CAPACITY,
)
"""The fields of a venue."""

ROOM: Final = (
    _NAME,
    Field(
        "venue_id",
        ONE,
        "Venue",
        "Its venue; may be left out where there is one.",
        what="venue",
        option="--venue",
    ),
    _CAPACITY,
)
"""The fields of a room."""


@writes(Permission.PROGRAMME, about="event_id")
def add_venue(act: Act, event_id: UUID, new: NewVenue) -> Venue:
    """Add a venue; the first one becomes the place of the event.

    Raises:
        InvalidInputError: No name, a capacity that makes no sense, or the event is cancelled.
    """
    values = asdict(cleaned(VENUE, new))
    venue = Venue(new_id(), **values)
    event = need_programme(act, event_id)
    insert_row(act.connection, VenueRow, id=venue.id, event_id=event_id, **values)
    if event.venue_id is None:
        update_row(act.connection, EventRow, event_id, venue_id=venue.id)
        learn_event(act.connection, event_id)
    act.record("add_venue", ("venue", venue.id), event_id=event_id, name=venue.name)
    return venue


@writes(Permission.PROGRAMME, about=event_of(VenueRow, "venue_id"))
def change_venue(act: Act, venue_id: UUID, new: NewVenue) -> Venue:
    """Change a venue.

    Raises:
        InvalidInputError: No name, a capacity that makes no sense, or the event is cancelled.
    """
    values = asdict(cleaned(VENUE, new))
    event_id = need_part(act, VenueRow, venue_id, _NO_VENUE).id
    update_row(act.connection, VenueRow, venue_id, **values)
    learn_event(act.connection, event_id)
    act.record("change_venue", ("venue", venue_id), event_id=event_id, **values)
    return Venue(venue_id, **values)


@writes(Permission.PROGRAMME, about=event_of(VenueRow, "venue_id"))
def remove_venue(act: Act, venue_id: UUID) -> None:
    """Remove a venue that has no rooms any more.

    Raises:
        InvalidInputError: It still has rooms, or the event is cancelled.
    """
    event = need_part(act, VenueRow, venue_id, _NO_VENUE)
    event_id = event.id
    rooms = count_rows(act.connection, RoomRow.venue_id == venue_id)
    if rooms:
        raise InvalidInputError(
            msg_n(
                "This venue still has {count} room.", "This venue still has {count} rooms.", rooms
            ),
            hint=msg("Remove its rooms first."),
        )
    if event.venue_id == venue_id:
        others = [each.id for each in read_venues(act.connection, event_id) if each.id != venue_id]
        update_row(act.connection, EventRow, event_id, venue_id=others[0] if others else None)
    delete_row(act.connection, VenueRow, venue_id)
    learn_event(act.connection, event_id)
    act.record("remove_venue", ("venue", venue_id), event_id=event_id)


@writes(Permission.PROGRAMME, about="event_id")
def add_room(act: Act, event_id: UUID, new: NewRoom) -> Room:
    """Add a room to a venue.

    Raises:
        InvalidInputError: No name, a capacity that makes no sense, a name that another room of
            the venue has, or the event is cancelled.
    """
    values = asdict(cleaned(ROOM, new))
    room_id = new_id()
    need_programme(act, event_id)
    venue = _need_room_name(act.connection, event_id, room_id, values)
    insert_row(act.connection, RoomRow, id=room_id, event_id=event_id, **values)
    act.record("add_room", ("room", room_id), event_id=event_id, name=values["name"])
    return Room(room_id, **values, venue_name=venue)


@writes(Permission.PROGRAMME, about=event_of(RoomRow, "room_id"))
def change_room(act: Act, room_id: UUID, new: NewRoom) -> Room:
    """Change a room.

    Raises:
        InvalidInputError: As with `add_room`.
    """
    values = asdict(cleaned(ROOM, new))
    event_id = need_part(act, RoomRow, room_id, _NO_ROOM).id
    venue = _need_room_name(act.connection, event_id, room_id, values)
    update_row(act.connection, RoomRow, room_id, **values)
    shown = {**values, "venue_id": str(new.venue_id)}
    act.record("change_room", ("room", room_id), event_id=event_id, **shown)
    return Room(room_id, **values, venue_name=venue)


@writes(Permission.PROGRAMME, about=event_of(RoomRow, "room_id"))
def remove_room(act: Act, room_id: UUID) -> None:
    """Remove a room in which no session happens.

    Raises:
        InvalidInputError: Sessions happen in it, a check-in list is its door, or the event is
            cancelled.
    """
    event_id = need_part(act, RoomRow, room_id, _NO_ROOM).id
    sessions = count_rows(act.connection, SessionRow.room_id == room_id)
    if sessions:
        name = act.connection.scalar(select(RoomRow.name).where(RoomRow.id == room_id)) or ""
        raise InvalidInputError(
            msg_n(
                "{count} session happens in the room {name}.",
                "{count} sessions happen in the room {name}.",
                sessions,
                name=plain(name),
            ),
            hint=msg("Move them to another room first."),
        )
    if count_rows(act.connection, CheckInListRow.room_id == room_id):
        raise InvalidInputError(
            msg("A check-in list is the door of this room."), hint=msg("Change or remove it first.")
        )
    delete_row(act.connection, RoomRow, room_id)
    act.record("remove_room", ("room", room_id), event_id=event_id)


def read_venues(connection: Connection, event_id: UUID) -> list[Venue]:
    """Read the venues of an event by name."""
    venues = select(*columns_of(VenueRow, Venue)).where(VenueRow.event_id == event_id)
    return [Venue(*row) for row in connection.execute(venues.order_by(VenueRow.name))]


def read_rooms(connection: Connection, event_id: UUID) -> list[Room]:
    """Read the rooms of an event by name."""
    rows = connection.execute(
        select(RoomRow.id, RoomRow.venue_id, RoomRow.name, RoomRow.capacity, VenueRow.name)
        .join(VenueRow, VenueRow.id == RoomRow.venue_id)
        .where(RoomRow.event_id == event_id)
        .order_by(RoomRow.name)
    )
    return [Room(*row) for row in rows]


def need_programme(act: Act, event_id: UUID) -> AnyRow:
    """Read an event whose programme the actor may change now.

    Raises:
        InvalidInputError: It is cancelled.
    """
    event_row(act.connection, event_id)
    act.need(event_id, Permission.PROGRAMME)
    return changeable_event(act, event_id, Change.PROGRAMME)


_NO_VENUE = msg("There is no such venue any more.")
_NO_ROOM = msg("There is no such room any more.")


def need_part(act: Act, table: Any, row_id: UUID, refusal: Message) -> AnyRow:
    """Read the event of a part of a programme that the actor may change now.

    Raises:
        InvalidInputError: The event is cancelled.
    """
    event_id: UUID | None = act.connection.execute(
        select(table.event_id).where(table.id == row_id)
    ).scalar_one_or_none()
    found = need_found(event_id, refusal, hint=advise(Remedy.READ_AGAIN))
    return need_programme(act, found)


def _need_room_name(
    connection: Connection, event_id: UUID, room_id: UUID, values: dict[str, Any]
) -> str:
    """Check a room's venue and name; returns the name of the venue."""
    here = (VenueRow.id == values["venue_id"]) & (VenueRow.event_id == event_id)
    name = connection.execute(select(VenueRow.name).where(here)).scalar_one_or_none()
    missing = msg("There is no such venue at this event.")
    venue = need_found(name, missing, hint=msg("Add the venue first."))
    others = connection.execute(
        select(RoomRow.name).where(RoomRow.venue_id == values["venue_id"], RoomRow.id != room_id)
    ).scalars()
    if values["name"].casefold() in {name.casefold() for name in others}:
        raise InvalidInputError(
            msg("{venue} has a room {room} already.", venue=venue, room=values["name"]),
            hint=msg("Choose another name."),
        )
    return venue
