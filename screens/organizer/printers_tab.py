"""Printers for an event's team: status, gates, queues."""

from typing import ClassVar
from uuid import UUID

from eventdesk.acts import Permission
from screens.organizer.tab import EventPart
from screens.printing.printers_board import PrintersBoard


class PrintersTab(PrintersBoard, EventPart):
    """Lists the printers; G says at which gates of this event one stands."""

    NEEDS: ClassVar[Permission] = Permission.DOOR
    HELP = (
        "Badges go to the printers of their gate, from top to bottom, then to those without a "
        "gate. B shows what waits for the marked one or failed, T prints a test badge, L counts a "
        "new roll, O switches one off. An admin sets printers up."
    )

    @property
    def event_id(self) -> UUID | None:
        """The event."""
        return self.event.id
