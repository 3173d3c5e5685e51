"""How the doors of an event are set up: its check-in lists, gates and what they can be for."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from data.schema import CheckInListRow, GateRow, TicketTypeRow
from data.store import Store
from eventdesk.model.door import CheckInList
from eventdesk.model.views import GateView
from eventdesk.usecases.lists import list_at_door


@dataclass(frozen=True, slots=True)
class DoorSetup:
    """All there is at the doors of one event.

    Attributes:
        lists: In the organizer's order.
        gates: By name.
        ticket_types: Ids and names, in the order in which they are sold.
    """

    lists: tuple[CheckInList, ...]
    gates: tuple[GateView, ...]
    ticket_types: tuple[tuple[UUID, str], ...]


def door_setup(store: Store, event_id: UUID) -> DoorSetup:
    """Read how the doors of an event are set up; all empty for an unknown event."""
    with store.read() as connection:
        list_ids = connection.execute(
            select(CheckInListRow.id)
            .where(CheckInListRow.event_id == event_id)
            .order_by(CheckInListRow.position, CheckInListRow.id)
        ).scalars()
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
        return DoorSetup(
            tuple(list_at_door(connection, list_id) for list_id in list_ids.all()),
            tuple(GateView(*row) for row in gates),
            tuple((row.id, row.name) for row in types),
        )
