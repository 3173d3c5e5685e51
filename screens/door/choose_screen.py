"""The choice of where to work: event, check-in list, gate, and desk or kiosk."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import at_event
from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import GateView, ListView, list_check_in_lists, list_gates
from eventdesk.events import EventView, events_of
from screens.core.role_screen import RoleScreen
from screens.core.station import Choice, Place, Tools, Workplace

NO_EVENTS = msg(
    "No events yet.\n\nRun `eventdesk demo --size 500` in another terminal to make one "
    "with 500 guests; it appears here by itself."
)
NO_LISTS = msg("This event has no check-in list yet.")


class ChooseScreen(RoleScreen[Choice | None]):
    """Lets a person choose the place; dismissed with None by who signs out."""

    ROLE = msg("Choose")
    THINGS = ("store",)
    HELP = (
        "Choose the event, its check-in list and your gate with the arrow keys; Enter "
        "goes on. Then open the desk, where staff checks people in, or the kiosk, where "
        "guests do it."
    )
    CSS_PATH = "../styles/choose.tcss"

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor = actor
        self.events: list[EventView] = []
        self.lists: list[ListView] = []
        self.gates: list[GateView] = []

    def compose_body(self) -> ComposeResult:
        """Lay out the three choices and the two ways to work."""
        with Vertical(id="choose"):
            yield Label(
                _("Hello, {name}", name=plain(self.actor.name)), classes="title", markup=False
            )
            yield Label(_("Where do you work now?"), classes="hint")
            with Horizontal(id="columns"):
                for title, name in (
                    (_("Event"), "events"),
                    (_("Check-in list"), "lists"),
                    (_("Gate"), "gates"),
                ):
                    with Vertical(classes=f"column -{name}"):
                        yield Label(title, classes="field")
                        yield OptionList(id=name, markup=False)
            yield Label(str(NO_EVENTS), id="no-events", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Open the desk"), variant="primary", id="desk", disabled=True)
                yield Button(_("Open the kiosk"), id="kiosk", disabled=True)

    async def re_read(self) -> None:
        """Show the events there are now, and keep what is chosen."""
        events = await self.tools.desk.read(events_of, self.actor)
        self.set_class(not events, "-empty")
        if events == self.events:
            return
        first, self.events = not self.events, events
        self._fill("events", [_event_line(event) for event in events])
        if first and events:
            self.query_one("#events", OptionList).highlighted = _due(events, self.tools.now())
        if self.focused is None and events:
            self.query_one("#events").focus()

    @on(OptionList.OptionHighlighted, "#events")
    @work(exclusive=True, group="choose", exit_on_error=False)
    async def show_event(self, message: OptionList.OptionHighlighted) -> None:
        """Show the lists and gates of the event that is marked."""
        event = self.events[message.option_index]
        self.lists = await self.tools.desk.read(list_check_in_lists, event.id)
        self.gates = await self.tools.desk.read(list_gates, event.id)
        self._fill("lists", [Content(plain(each.name)) for each in self.lists])
        self._fill("gates", [Content(_("No gate")), *(Content(plain(g.name)) for g in self.gates)])
        self._preset_gate()
        for button in self.query(Button):
            button.disabled = not self.lists
        if not self.lists:
            self.query_one("#lists", OptionList).add_option(Option(str(NO_LISTS), disabled=True))

    @on(OptionList.OptionSelected)
    def go_on(self) -> None:
        """Go to the next choice."""
        self.focus_next()

    @on(Button.Pressed, "#desk, #kiosk")
    @work(exclusive=True, group="open", exit_on_error=False)
    async def open_workplace(self, message: Button.Pressed) -> None:
        """Take what is chosen, with the role the person has there."""
        event, check_in_list = self._marked("events"), self._marked("lists")
        if event is None or check_in_list is None:
            return
        gate = self._marked("gates") or 0
        actor = await self.tools.desk.read(
            at_event, self.actor, self.events[event].id, Permission.DOOR
        )
        place = Place(
            actor,
            self.events[event],
            self.lists[check_in_list],
            self.gates[gate - 1] if gate else None,
        )
        self.dismiss(Choice(place, Workplace(message.button.id or "")))

    def _marked(self, name: str) -> int | None:
        return self.query_one(f"#{name}", OptionList).highlighted

    def _fill(self, name: str, lines: list[Content]) -> None:
        choices = self.query_one(f"#{name}", OptionList)
        marked = choices.highlighted or 0
        choices.clear_options()
        choices.add_options([Option(line) for line in lines])
        choices.highlighted = min(marked, len(lines) - 1) if lines else None

    def _preset_gate(self) -> None:
        names = ["", *(gate.name for gate in self.gates)]
        wanted = self.tools.settings.gate
        self.query_one("#gates", OptionList).highlighted = (
            names.index(wanted) if wanted in names else min(1, len(names) - 1)
        )


def _event_line(event: EventView) -> Content:
    zone = ZoneInfo(event.time_zone)
    days = (at.astimezone(zone).date().isoformat() for at in (event.starts_at, event.ends_at))
    return Content.assemble(plain(event.name), "\n", (" – ".join(dict.fromkeys(days)), "dim"))


def _due(events: Sequence[EventView], now: datetime) -> int:
    """The place of the event that is on now, else of the next one, else of the latest."""
    coming = [event for event in events if event.ends_at > now]
    return events.index(min(coming, key=lambda event: event.starts_at)) if coming else 0
