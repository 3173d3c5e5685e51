"""What every part of an event's screen has in common."""

from typing import ClassVar

from eventdesk.model.people import Actor, Permission
from eventdesk.model.views import EventView
from screens.part import Part
from screens.station import Tools


class Tab(Part):
    """Base of the parts of an event's screen; `NEEDS` names what a person must be allowed.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Who works here, with the role they have at this event.
        event: The event.
    """

    NEEDS: ClassVar[Permission]

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor)
        self.event = event
