"""How the doors of an event are set up: its check-in lists, gates and what they can be for."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from data.schema import CheckInListRow, GateRow, QuestionRow, RoomRow, SessionRow, TicketTypeRow
from data.store import Store
from eventdesk.door.check_in_lists import CheckInList
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.views import GateView


@dataclass(frozen=True, slots=True)
class DoorSetup:
    """All there is at the doors of one event.

    Attributes:
        lists: In the organizer's order.
        gates: By name.
        ticket_types: Ids and names, in the order in which they are sold.
        rooms: Ids and names, with what they hold.
        sessions: Ids and titles, in the order of the programme.
        questions: Ids and texts of what the event asks everyone who comes.
    """

    lists: tuple[CheckInList, ...]
    gates: tuple[GateView, ...]
    ticket_types: tuple[tuple[UUID, str], ...]
    rooms: tuple[tuple[UUID, str], ...] = ()
    sessions: tuple[tuple[UUID, str], ...] = ()
    questions: tuple[tuple[UUID, str], ...] = ()


def door_setup(store: Store, event_id: UUID) -> DoorSetup:
    """Read how the doors of an event are set up; all empty for an unknown event."""
    with store.read() as connection:
        lists = connection.execute(
            select(CheckInListRow.id, CheckInListRow.auto_exit)
            .where(CheckInListRow.event_id == event_id)
            .order_by(CheckInListRow.position, CheckInListRow.id)
        )
        gates = connection.execute(
            select(GateRow.id, GateRow.event_id, GateRow.name)
            .where(GateRow.event_id == event_id)
            .order_by(GateRow.name, GateRow.id)
        )
        types = connection.execute(
            select(TicketTypeRow.id, TicketTypeRow.name)
            .where(TicketTypeRow.event_id == event_id)
            .order_by(TicketTypeRow.position, TicketTypeRow.id)
        )
        rooms = connection.execute(
            select(RoomRow.id, RoomRow.name, RoomRow.capacity)
            .where(RoomRow.event_id == event_id)
            .order_by(RoomRow.name, RoomRow.id)
        )
        sessions = connection.execute(
            select(SessionRow.id, SessionRow.title)
            .where(SessionRow.event_id == event_id)
            .order_by(SessionRow.starts_at, SessionRow.id)
        )
        questions = connection.execute(
            select(QuestionRow.id, QuestionRow.text)
            .where(QuestionRow.event_id == event_id, QuestionRow.active)
            .order_by(QuestionRow.position)
        )
        return DoorSetup(
            # Their own time at which all have left, not that of another list which they follow.
            tuple(
                replace(list_at_door(connection, row.id), auto_exit=row.auto_exit) for row in lists
            ),
            tuple(GateView(*row) for row in gates),
            tuple((row.id, row.name) for row in types),
            tuple((row.id, _room(row.name, row.capacity)) for row in rooms),
            tuple((row.id, row.title) for row in sessions),
            tuple((row.id, row.text) for row in questions),
        )


def _room(name: str, capacity: int | None) -> str:
    return name if capacity is None else f"{name} (holds {capacity})"
