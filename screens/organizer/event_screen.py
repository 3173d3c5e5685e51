"""The screen of one event: its parts for the team."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import Message, msg
from eventdesk.events import EventView
from screens.core.event_shown import EventShown
from screens.core.loading import load
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools
from screens.organizer.tab import EventPart


def _part(part: str, title: Message, *permissions: Permission) -> PartSpec:
    """A part whose module and class bear its id; any of the permissions shows it."""
    target = f"screens.organizer.{part}_tab:{part.title()}Tab"
    return PartSpec(part, title, target, permissions[0], also=permissions[1:])


TABS: Final[tuple[PartSpec, ...]] = (
    _part("overview", msg("Overview"), Permission.ATTEND),
    _part("programme", msg("Programme"), Permission.PROGRAMME),
    _part("tickets", msg("Tickets"), Permission.TICKETS),
    _part("seats", msg("Seats"), Permission.TICKETS),
    _part("questions", msg("Questions"), Permission.TICKETS),
    _part("bookings", msg("Bookings"), Permission.TICKETS),
    _part("attendees", msg("Attendees"), Permission.TICKETS),
    _part("waitlist", msg("Waitlist"), Permission.TICKETS),
    _part("queue", msg("Queue"), Permission.TICKETS),
    _part("messages", msg("Messages"), Permission.MESSAGES),
    _part("money", msg("Money"), Permission.MONEY),
    _part("lists", msg("Lists, gates"), Permission.EVENT),
    _part("badges", msg("Badges"), Permission.EVENT),
    _part("printers", msg("Printers"), Permission.DOOR),
    _part("devices", msg("Devices"), Permission.EVENT),
    _part("services", msg("Services"), Permission.EVENT),
    _part("team", msg("Team"), Permission.EVENT),
    _part("sponsors", msg("Sponsors"), Permission.PROGRAMME),
    _part("import", msg("Import"), Permission.TICKETS),
    _part("reports", msg("Reports"), Permission.TICKETS, Permission.MONEY, Permission.PROGRAMME),
    _part("settings", msg("Settings"), Permission.EVENT),
)
"""The parts there are, from top to bottom."""


def tabs_for(actor: Actor) -> list[PartSpec]:
    """The parts a person may see, from top to bottom."""
    return [spec for spec in TABS if spec.is_for(actor)]


class EventScreen(PartsScreen, EventShown):
    """Shows one event to those who prepare it."""

    ROLE = msg("Organizer")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "wall", "Wall", id="wall", tooltip="How the event stands, live and large")
    ]

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor, tabs_for(actor))
        self.event = event
        self.heading = event.name

    def take_event(self, event: EventView) -> None:
        """Show the event and its parts as it is now."""
        super().take_event(event)
        for tab in self.query(EventPart):
            tab.event = event

    def make_part(self, spec: PartSpec) -> EventPart:
        """Make a part of this event."""
        tab = load(spec.target)(self.tools, self.actor, self.event)
        assert isinstance(tab, EventPart)
        return tab

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The wall is for those of the door and of the money."""
        if action == "wall":
            return self.actor.may(Permission.DOOR, Permission.MONEY)
        return super().check_action(action, parameters)

    def action_wall(self) -> None:
        """Open the statistics wall of this event."""
        wall = load("screens.wall.wall_screen:WallScreen")
        self.app.push_screen(wall(self.tools, self.actor, self.event))
