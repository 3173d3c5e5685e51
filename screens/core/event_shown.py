"""Base of the screens of one event: they follow its name and keep its time."""

from uuid import UUID
from zoneinfo import ZoneInfo

from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView, event_view
from screens.core.role_screen import RoleScreen


class EventShown(RoleScreen[None]):
    """Shows one event, as it is called and in which zone it is now."""

    actor: Actor
    event: EventView

    @property
    def shown_event(self) -> UUID:
        """The event."""
        return self.event.id

    async def re_read(self) -> None:
        """Read what the event is called and in which zone it is: that may change, too."""
        self.take_event(await self.tools.desk.read(event_view, self.actor, self.event.id))
        await super().re_read()

    def take_event(self, event: EventView) -> None:
        """Show the event as it is now."""
        self.event = event
        self.query_one("#header-event", Label).update(plain(event.name))

    def clock(self) -> str:
        """The time of day at the event."""
        return self.tools.now().astimezone(ZoneInfo(self.event.time_zone)).strftime("%H:%M")
