"""The choice of where to work: event, check-in list, gate, and desk or kiosk."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.acts import Actor
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_start
from eventdesk.door import EventDoor, GateView, LastPlace, ListView, Turn, event_doors, last_place
from eventdesk.events import EventView
from screens.core.role_screen import RoleScreen
from screens.core.station import Choice, Tools, Workplace
from screens.door.last_choice import find_door, place_at

NO_EVENTS: Final = msg(
    "No events yet.\n\nRun `eventdesk demo --size 500` in another terminal to make one "
    "with 500 guests; it appears here by itself."
)
NO_LISTS: Final = msg("no check-in list yet")
CANCELLED: Final = msg("cancelled")

AROUND: Final = 6
"""Cells of a column beside its words: border, padding, and a scroll bar."""


class Choices(OptionList):
    """One column of the choice; the mouse marks, Enter takes what is marked and goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Take it", tooltip="Take what is marked and go on"),
        Binding("right", "screen.column(1)", "Next column", show=False),
        Binding("left", "screen.column(-1)", "Column before", show=False),
    ]

    async def _on_click(self, event: events.Click) -> None:
        """Mark what is clicked: the buttons open, so that the kiosk is one click away as well."""
        event.prevent_default()
        clicked: int | None = event.style.meta.get("option")
        if clicked is not None and not self.get_option_at_index(clicked).disabled:
            self.highlighted = clicked

    def show(self, options: Sequence[Option], marked: int | None) -> None:
        """Show other choices, one of them marked."""
        self.clear_options()
        self.add_options(options)
        self.highlighted = marked


class ChooseScreen(RoleScreen[Choice | None]):
    """Lets a person choose the place; dismissed with None by who signs out.

    Args:
        prefers: What Enter opens at the end; None is what was opened here last, else the desk.
    """

    ROLE = msg("Choose")
    THINGS = ("store",)
    AUTO_FOCUS = "#events"
    HELP = (
        "Choose the event, its check-in list and your gate with the arrow keys; Enter takes what "
        "is marked and goes on, at last it opens. D opens the desk at once, where staff checks "
        "people in, K the kiosk, where guests do it."
    )
    CSS_PATH = "../styles/choose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "open('desk')", "Desk", tooltip="Open the desk at what is marked"),
        Binding("k", "open('kiosk')", "Kiosk", tooltip="Open the kiosk at what is marked"),
    ]

    columns = getters.query_one("#columns", Horizontal)

    def __init__(self, tools: Tools, actor: Actor, prefers: Workplace | None = None) -> None:
        super().__init__(tools)
        self.actor, self.prefers = actor, prefers
        self.doors: list[EventDoor] = []
        self.last: LastPlace | None = None

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
                        yield Choices(id=name, markup=False)
            yield Label(str(NO_EVENTS), id="no-events", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Open the desk"), id="desk", disabled=True)
                yield Button(_("Open the kiosk"), id="kiosk", disabled=True)

    async def re_read(self) -> None:
        """Show the events there are now, and keep what is chosen."""
        doors = await self.tools.desk.read(event_doors, self.actor)
        self.set_class(not doors, "-empty")
        if doors == self.doors:
            return
        first, chosen, kept = not self.doors, self.door, self._chosen()
        if first:
            self.last = await asyncio.to_thread(last_place, self.tools.settings.home)
        self.doors = doors
        wanted = chosen.event.id if chosen else self.last.event_id if self.last else None
        opening = [place for place, door in enumerate(doors) if door.opens]
        same = [place for place in opening if doors[place].event.id == wanted]
        marked = next(iter(same or opening), None)
        options = [Option(self._event_line(door), disabled=not door.opens) for door in doors]
        with self._choices("events").prevent(OptionList.OptionHighlighted):
            self._choices("events").show(options, marked)
        is_kept = chosen is not None and self.door is not None and self.door.event.id == wanted
        self._show_door(kept if is_kept else None)
        if first:
            self._begin()

    def _begin(self) -> None:
        """Say what Enter opens, and begin at the end where the place is known."""
        for button in self.query(Button):
            button.variant = "primary" if button.id == self._opens_at_last else "default"
        known = self.last is not None and find_door(self.doors, self.last) is not None
        if known:
            self._choices("gates" if self._gates_to_choose() else "lists").focus()

    @property
    def _opens_at_last(self) -> Workplace:
        last = self.last.workplace if self.last is not None else ""
        return self.prefers or (Workplace.KIOSK if last == Workplace.KIOSK else Workplace.DESK)

    @property
    def door(self) -> EventDoor | None:
        """The event that is marked."""
        marked = self._choices("events").highlighted if self.is_mounted else None
        return None if marked is None or marked >= len(self.doors) else self.doors[marked]

    @on(OptionList.OptionHighlighted, "#events")
    def show_event(self) -> None:
        """Show the lists and gates of the event that is marked."""
        self._show_door()

    def _chosen(self) -> tuple[UUID | None, UUID | None]:
        """The list and the gate that are marked."""
        door, listed, gate = self.door, self._marked("lists"), self._marked("gates") or 0
        if door is None or listed is None:
            return None, None
        return door.lists[listed].id, door.gates[gate - 1].id if gate else None

    def _show_door(self, kept: tuple[UUID | None, UUID | None] | None = None) -> None:
        """Show the lists and gates of the marked event; those of these ids stay marked."""
        door = self.door
        lists, gates = (door.lists, door.gates) if door is not None else ((), ())
        if kept is None:
            listed, gate = self._known_list(lists), self._known_gate(gates)
        else:
            listed = _place_of(kept[0], [each.id for each in lists])
            gate = _place_of(kept[1], [None, *(each.id for each in gates)])
        self._choices("lists").show(
            [Option(Content(plain(each.name))) for each in lists], listed if lists else None
        )
        self._choices("gates").show(
            [Option(_("No gate")), *(Option(self._gate_line(each)) for each in gates)], gate
        )
        for button in self.query(Button):
            button.disabled = not lists
        self._share_width()

    def _known_list(self, lists: Sequence[ListView]) -> int:
        last = self.last.list_id if self.last else None
        return next((place for place, each in enumerate(lists) if each.id == last), 0)

    def _known_gate(self, gates: Sequence[GateView]) -> int:
        """The gate of this machine: the last one, that of the settings, else the only one."""
        door = self.door
        if self.last is not None and door is not None and door.event.id == self.last.event_id:
            ids = [None, *(gate.id for gate in gates)]
            if self.last.gate_id in ids:
                return ids.index(self.last.gate_id)
        names = ["", *(gate.name for gate in gates)]
        wanted = self.tools.settings.gate
        if wanted and wanted in names:
            return names.index(wanted)
        return 1 if len(gates) == 1 else 0

    @on(OptionList.OptionSelected)
    def go_on(self, message: OptionList.OptionSelected) -> None:
        """Go to the next column with something to choose; after the last one, open."""
        column = message.option_list.id
        door = self.door
        if column == "events" and door is not None and len(door.lists) > 1:
            self._choices("lists").focus()
        elif column != "gates" and self._gates_to_choose():
            self._choices("gates").focus()
        else:
            self._open(self._opens_at_last)

    def action_column(self, step: int) -> None:
        """Go to the column beside."""
        columns = list(self.query(Choices))
        beside = next((i for i, each in enumerate(columns) if each.has_focus), 0) + step
        if 0 <= beside < len(columns):
            columns[beside].focus()

    @on(Button.Pressed, "#desk, #kiosk")
    def open_pressed(self, message: Button.Pressed) -> None:
        """Open what the button says."""
        self._open(Workplace(message.button.id or ""))

    def action_open(self, workplace: str) -> None:
        """Open the desk or the kiosk at what is marked."""
        self._open(Workplace(workplace))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a check-in list nothing can be opened."""
        if action == "open":
            return True if self.door is not None and self.door.opens else None
        return super().check_action(action, parameters)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open(self, workplace: Workplace) -> None:
        """Take what is chosen, with the role the person has there."""
        door, listed, gate = self.door, self._marked("lists"), self._marked("gates") or 0
        if door is None or listed is None:
            return
        place = await place_at(
            self.tools.desk,
            self.actor,
            door,
            door.lists[listed],
            door.gates[gate - 1] if gate else None,
        )
        self.dismiss(Choice(place, workplace))

    def _gates_to_choose(self) -> bool:
        return self.door is not None and len(self.door.gates) > 1

    def _choices(self, name: str) -> Choices:
        return self.query_one(f"#{name}", Choices)

    def _marked(self, name: str) -> int | None:
        return self._choices(name).highlighted

    def _share_width(self) -> None:
        """Give each column its share of the width by its longest line."""
        for column in self.columns.children:
            lines = [
                line
                for option in column.query_one(Choices).options
                for line in str(option.prompt).splitlines()
            ]
            title = str(column.query_one(Label).content)
            column.styles.width = f"{max(map(cell_len, (title, *lines))) + AROUND}fr"
        self.refresh_bindings()

    def _gate_line(self, gate: GateView) -> Content:
        is_last = self.last is not None and self.last.gate_id == gate.id
        mine = is_last or gate.name == self.tools.settings.gate
        return Content.assemble(plain(gate.name), (_(" · this machine") if mine else "", "$faint"))

    def _event_line(self, door: EventDoor) -> Content:
        event = door.event
        words = f"{self._when(door)} · {_days(event)}"
        is_now = door.opens and door.turn is Turn.NOW
        return Content.assemble(
            (plain(event.name), "bold" if is_now else "" if door.opens else "dim"),
            "\n",
            (words, "$success" if is_now else "$faint" if door.opens else "dim"),
        )

    def _when(self, door: EventDoor) -> str:
        """When it is, or why nothing can be opened there."""
        if door.is_cancelled:
            return str(CANCELLED)
        event, now = door.event, self.tools.now()
        turn = spoken_start(event.starts_at, event.time_zone, now)
        if event.starts_at <= now:
            turn = _("on now") if now < event.ends_at else _("over")
        return turn if door.lists else f"{turn} · {NO_LISTS}"


def _place_of(wanted: UUID | None, ids: Sequence[UUID | None]) -> int:
    """The place of what is chosen; the first one where it is gone."""
    return ids.index(wanted) if wanted in ids else 0


def _days(event: EventView) -> str:
    """The first and the last day of an event, by its own zone."""
    zone = ZoneInfo(event.time_zone)
    days = (when(at.astimezone(zone), "%d %b") for at in (event.starts_at, event.ends_at))
    return " – ".join(dict.fromkeys(days))
