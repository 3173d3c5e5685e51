"""The choice of the event whose wall is shown."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import at_event
from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.figures import events_on_wall
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.wall.wall_screen import WallScreen

AT_A_WALL: Final = (Permission.DOOR, Permission.MONEY)
"""Any one of these is needed to see the wall of an event."""

NO_EVENTS = msg("No event to show yet. An organizer sets one up, or adds you to the team of one.")


class WallDoor(RoleScreen[None]):
    """Lists the events whose figures a person may see; Enter opens the wall of one."""

    ROLE = msg("Wall")
    THINGS = ("store",)
    AUTO_FOCUS = "#wall-events"
    HELP = (
        "Choose the event with the arrow keys. Enter opens its statistics wall; H what guests "
        "in the hall may see: the programme now and next, and announcements."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hall", "Hall", tooltip="What guests in the hall may see")
    ]
    DEFAULT_CSS = """
    WallDoor {
        & #wall-door { padding: 1 2; }
        & #wall-events { height: 1fr; }
    }
    """

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor = actor
        self.heading = actor.name
        self.events: list[EventView] | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(id="wall-door"):
            yield Label(_("Whose figures?"), classes="title", markup=False)
            yield OptionList(id="wall-events", markup=False)

    async def re_read(self) -> None:
        """Show the events there are now."""
        await super().re_read()
        events = await self.tools.desk.read(events_on_wall, self.actor)
        if events == self.events:
            return
        first, self.events = self.events is None, events
        lines = self.query_one("#wall-events", OptionList)
        lines.clear_options()
        lines.add_options([Option(_line(event)) for event in events])
        if events:
            lines.highlighted = 0
        else:
            lines.add_option(Option(str(NO_EVENTS), disabled=True))
        if first and len(events) == 1:
            self._open(events[0], only=True)

    @on(OptionList.OptionSelected, "#wall-events")
    def open_wall(self, message: OptionList.OptionSelected) -> None:
        """Open the wall of an event."""
        assert self.events is not None
        self._open(self.events[message.option_index], only=False)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def action_hall(self) -> None:
        """Open the screen for the guests in the hall of the marked event."""
        marked = self.query_one("#wall-events", OptionList).highlighted
        if self.events and marked is not None:
            event = self.events[marked]
            there = await self.tools.desk.read(at_event, self.actor, event.id, any_of=AT_A_WALL)
            hall = load("screens.wall.hall_screen:HallScreen")
            await self.app.push_screen_wait(hall(self.tools, there, event))

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open(self, event: EventView, *, only: bool) -> None:
        there = await self.tools.desk.read(at_event, self.actor, event.id, any_of=AT_A_WALL)
        await self.app.push_screen_wait(WallScreen(self.tools, there, event))
        if only:
            self.dismiss(None)


def _line(event: EventView) -> Content:
    words = _("{at:%Y-%m-%d} · {tickets:,} tickets", at=event.starts_at, tickets=event.tickets)
    return Content.assemble(plain(event.name), "\n", (words, "dim"))
