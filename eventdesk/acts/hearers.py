"""What areas above add to an act of an area below; named, so that nothing is imported upwards."""

from typing import Final, cast
from uuid import UUID

from sqlalchemy import Connection

from eventdesk.acts.act import Act, hearer

EVENT_CALLED_OFF: Final = "eventdesk.waiting.waitlist_entries:end_waiting"
TICKET_TYPE_GOES: Final = "eventdesk.door.lists:need_no_rule"

DEVICE_MOVES: Final = "eventdesk.printing.device_printers:follow"
DEVICE_GOES: Final = "eventdesk.printing.device_printers:unplug"


def called_off(act: Act, event_id: UUID) -> dict[str, int]:
    """Say that an event is called off; returns what ended with it, by kind."""
    ended = hearer(EVENT_CALLED_OFF)(act, event_id)
    return cast("dict[str, int]", ended)


def ticket_type_goes(connection: Connection, type_id: UUID, name: str) -> None:
    """Say that a ticket type is about to be removed.

    Raises:
        InvalidInputError: A rule of a check-in list is about it.
    """
    hearer(TICKET_TYPE_GOES)(connection, type_id, name)


def device_moves(act: Act, device_id: UUID, gate_id: UUID | None) -> None:
    """Say that a paired device stands at another gate from now on."""
    hearer(DEVICE_MOVES)(act, device_id, gate_id)


def device_goes(act: Act, device_id: UUID) -> None:
    """Say that a paired device is shut out."""
    hearer(DEVICE_GOES)(act, device_id)
