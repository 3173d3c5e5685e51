"""Services outside that an event uses by itself."""

from typing import ClassVar
from uuid import UUID

from eventdesk.acts import Permission
from screens.organizer.tab import EventPart
from screens.services.services_board import ServicesBoard


class ServicesTab(ServicesBoard, EventPart):
    """Lists the services of the event."""

    NEEDS: ClassVar[Permission] = Permission.EVENT

    @property
    def event_id(self) -> UUID | None:
        """The event."""
        return self.event.id

    @property
    def zone(self) -> str:
        """Its time zone."""
        return self.event.time_zone
