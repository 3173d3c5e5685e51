"""What figures stand beside: lists, gates, types and how many are expected."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    CheckInListRow,
    CheckInListTypeRow,
    DeviceRow,
    GateRow,
    RoomRow,
    SessionRow,
    TicketTypeRow,
)
from eventdesk.acts.event_row import event_row
from eventdesk.core.errors import NotFoundError
from eventdesk.door.check_in_list import all_left_at, ways
from eventdesk.figures.panel_values import Choice

AT_THE_DOOR = ("arrive", "leave")
"""Kinds of lists by which people come into the house and go out of it."""


@dataclass(frozen=True, slots=True)
class ListGround:
    """A list as figures need it.

    Attributes:
        types: The ticket types it takes; empty takes all.
        capacity: Most people inside, by the list, its session or its room.
    """

    id: UUID
    name: str
    kind: str
    types: frozenset[UUID]
    opens_at: datetime | None
    auto_exit: str
    capacity: int | None
    room: str
    place_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there at an event, as it is now.

    Attributes:
        devices: Names of the machines that scan.
        expected: Valid tickets by type, those of overdue bookings taken off; `expecting` fills it.
    """

    event: Any
    lists: tuple[ListGround, ...]
    gates: Mapping[UUID, str]
    types: Mapping[UUID, str]
    devices: Mapping[UUID, str]
    expected: Mapping[UUID, int]

    def chosen(self, choice: Choice) -> tuple[ListGround, ...]:
        """The lists that are looked at: those chosen, else all of the door, else all.

        Raises:
            NotFoundError: One of them, or the gate, is not there any more.
        """
        if choice.gate_id is not None and choice.gate_id not in self.gates:
            raise NotFoundError("There is no such gate.", hint="Choose another one.")
        if choice.list_ids:
            found = tuple(each for each in self.lists if each.id in choice.list_ids)
            if len(found) < len(choice.list_ids):
                raise NotFoundError("There is no such check-in list.", hint="Choose another one.")
            return found
        arrivals = any(each.kind == "arrive" for each in self.lists)
        return tuple(each for each in self.lists if each.kind in AT_THE_DOOR or not arrivals)

    def ways(
        self, lists: tuple[ListGround, ...]
    ) -> tuple[tuple[ListGround, ...], tuple[ListGround, ...]]:
        """The lists whose entries count where these are looked at, and those whose exits do."""
        return ways(lists, self.lists)

    def all_left_at(self, listed: ListGround) -> str:
        """When all who came by a list are taken to have left: its own time, else its way out's."""
        return all_left_at(listed, self.lists)

    def expecting(self, valid: Mapping[UUID, int], ended: Mapping[UUID, int]) -> "Ground":
        """The same, with so many valid tickets of each type, less those of overdue bookings."""
        left = {kind: count - ended.get(kind, 0) for kind, count in valid.items()}
        return replace(self, expected=left)

    def expected_by(self, lists: tuple[ListGround, ...]) -> dict[UUID, int]:
        """Valid tickets by type, of the types that one of these lists takes."""
        taken = self.ways(lists)[0] or lists
        if any(not each.types for each in taken):
            return dict(self.expected)
        types = frozenset[UUID]().union(*(each.types for each in taken))
        return {kind: count for kind, count in self.expected.items() if kind in types}


def ground(connection: Connection, event_id: UUID) -> Ground:
    """Read what is there, but for how many are expected.

    Raises:
        NotFoundError: There is no such event.
    """
    event = event_row(connection, event_id)
    types: dict[UUID, set[UUID]] = {}
    for list_id, type_id in connection.execute(
        select(CheckInListTypeRow.list_id, CheckInListTypeRow.ticket_type_id)
        .join(CheckInListRow, CheckInListRow.id == CheckInListTypeRow.list_id)
        .where(CheckInListRow.event_id == event_id)
    ):
        types.setdefault(list_id, set()).add(type_id)
    rows: Any = connection.execute(
        select(
            CheckInListRow.id,
            CheckInListRow.name,
            CheckInListRow.kind,
            CheckInListRow.opens_at,
            CheckInListRow.auto_exit,
            func.coalesce(CheckInListRow.capacity, SessionRow.capacity, RoomRow.capacity),
            func.coalesce(RoomRow.name, ""),
            RoomRow.id,
        )
        .outerjoin(SessionRow, SessionRow.id == CheckInListRow.session_id)
        .outerjoin(RoomRow, RoomRow.id == func.coalesce(CheckInListRow.room_id, SessionRow.room_id))
        .where(CheckInListRow.event_id == event_id)
        .order_by(CheckInListRow.position, CheckInListRow.id)
    )
    return Ground(
        event,
        tuple(
            ListGround(list_id, name, kind, frozenset(types.get(list_id, ())), opens, exits, *rest)
            for list_id, name, kind, opens, exits, *rest in rows
        ),
        {
            row[0]: row[1]
            for row in connection.execute(
                select(GateRow.id, GateRow.name)
                .where(GateRow.event_id == event_id)
                .order_by(GateRow.name, GateRow.id)
            )
        },
        {
            row[0]: row[1]
            for row in connection.execute(
                select(TicketTypeRow.id, TicketTypeRow.name)
                .where(TicketTypeRow.event_id == event_id)
                .order_by(TicketTypeRow.position, TicketTypeRow.id)
            )
        },
        {row[0]: row[1] for row in connection.execute(select(DeviceRow.id, DeviceRow.name))},
        {},
    )
