"""Events of a team member: list, open, create, duplicate."""

from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.accounts import at_event
from eventdesk.acts import Actor
from eventdesk.core import typed_text
from eventdesk.core.fields import like
from eventdesk.core.formats import number, when
from eventdesk.core.messages import _, msg
from eventdesk.core.money import read_currency
from eventdesk.core.wall_clock import machine_zone, moved
from eventdesk.events import (
    EventState,
    EventView,
    NewEvent,
    TeamEvent,
    create_event,
    events_of_team,
)
from eventdesk.exchange import Listing, duplicate_event
from eventdesk.figures import event_overview
from screens.attendee.event_blocks import event_blocks
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.modals.export_dialog import exported_list
from screens.organizer.event_screen import EventScreen
from screens.organizer.events_shown import (
    ROLES,
    STATES,
    VISIBILITY,
    EventDialog,
    check_words,
    figure_facts,
)
from screens.widgets.detail import Block
from screens.widgets.detail_pane import ListAndDetail
from screens.widgets.form import Field, MomentField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of

NO_EVENTS: Final = msg("No events yet. Press N to set up the first one.")
NONE_IN_STATE: Final = msg("No events in this state; S shows the next.")

A_YEAR_OF_WEEKS = 364
"""Days from an event to its proposed copy: the same weekday a year later."""


class OrganizerScreen(RoleScreen[None], AsActor):
    """Lists the events of a person by state; Enter goes into one."""

    ROLE = msg("Organizer")
    THINGS = ("store",)
    AUTO_FOCUS = "PagedLines"
    HELP = (
        "These are the events you work for, the latest first. Enter goes into one, N begins a new "
        "one, D makes a new one like the marked one, S shows those in one state only, P "
        "which hold personal data."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New event", tooltip="Begin a new event as a draft"),
        Binding("d", "duplicate", "Duplicate", tooltip="Make a new event like the marked one"),
        Binding("s", "next_state", "State", tooltip="Show only those in one state, then all"),
        Binding("p", "data", "Data", tooltip="Which of your events still hold personal data"),
        Binding("ctrl+e", "export_list", "Export", tooltip="Save the list of your events"),
    ]
    DEFAULT_CSS = """
    OrganizerScreen {
        & #events-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & PagedTable { padding: 0 2; }
    }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor = actor
        self.heading = actor.name
        self.state: EventState | None = None
        self._time_zone = machine_zone()

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield Label(_("My events"), id="events-title", markup=False)
        table = PagedTable(
            self._read,
            Column(_("State"), 11),
            Column(_("Event")),
            Column(_("Begins"), 16),
            Column(_("Seen"), 13, least=96),
            Column(_("As"), 9, least=84),
            Column(_("Tickets"), 8, right=True),
            detail=self._detail,
            empty=NO_EVENTS,
            id="events",
        )
        yield ListAndDetail(table, owner=self)

    def action_data(self) -> None:
        """Show which events still hold personal data, and when it goes."""
        self.app.push_screen(
            load("screens.organizer.privacy_screen:PrivacyScreen")(self.tools, self.actor)
        )

    async def re_read(self) -> None:
        """Read the list again."""
        await super().re_read()
        await self.table.re_read()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        events, total = await self.desk.read(
            events_of_team,
            search=text,
            states=(self.state,) if self.state is not None else (),
            offset=offset,
            limit=limit,
        )
        if events:
            self._time_zone = events[0].time_zone
        return page_of(events, total, self._line)

    def _line(self, event: TeamEvent) -> Line:
        word, tone = STATES[event.state]
        begins = event.starts_at.astimezone(ZoneInfo(event.time_zone))
        returned = event.state is EventState.DRAFT and event.reason
        cells = (
            _("! sent back") if returned else str(word),
            event.name,
            when(begins, "%Y-%m-%d %H:%M"),
            str(VISIBILITY[event.visibility]),
            str(ROLES.get(event.role, event.role)),
            number(event.tickets),
        )
        return Line(event.id, cells, "bad" if returned else tone)

    async def _detail(self, line: Line) -> list[Block]:
        there = await self.desk.read(at_event, line.key)
        overview = await self.tools.desk.read(event_overview, there, line.key)
        return [
            *event_blocks(overview.event)[:1],
            Block([("", check_words(check)) for check in overview.checks], _("What it needs")),
            Block(figure_facts(overview.event, overview.figures), _("How it stands")),
        ]

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export_list(self) -> None:
        """Ask how and where the list of events is saved, and save it."""
        await exported_list(self, self.actor, Listing.EVENTS, None)

    def action_next_state(self) -> None:
        """Show those in the next state; after the last one, all."""
        states = [None, *EventState]
        self.state = states[(states.index(self.state) + 1) % len(states)]
        title = (
            _("My events: {state}", state=STATES[self.state][0])
            if self.state is not None
            else _("My events")
        )
        self.query_one("#events-title", Label).update(title)
        self.table.empty = NONE_IN_STATE if self.state is not None else NO_EVENTS
        self._read_again()

    @work(exclusive=True, group="state", exit_on_error=False)
    async def _read_again(self) -> None:
        await self.table.re_read()

    @on(PagedTable.Chosen)
    def open_event(self, message: PagedTable.Chosen) -> None:
        """Go into an event."""
        message.stop()
        event = view_of(message.line, TeamEvent)
        if event is not None:
            self._go_into(like(EventView, event))

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _go_into(self, event: EventView) -> None:
        there = await self.desk.read(at_event, event.id)
        await self.app.push_screen_wait(EventScreen(self.tools, there, event))
        await self.table.re_read()

    @work(exclusive=True, group="make", exit_on_error=False)
    async def action_new(self) -> None:
        """Ask for an event, make it and go into it."""
        zone = self._time_zone
        fields: list[Field[Any]] = [
            TextField("name", _("Title"), required=True),
            TextField(
                "time_zone",
                _("Time zone"),
                value=zone,
                required=True,
                check=typed_text.time_zone,
                help=_("Such as Europe/Berlin or America/New_York."),
            ),
            MomentField("starts", _("Begins"), zone=zone, required=True),
            MomentField("ends", _("Ends"), zone=zone, required=True, after="starts"),
            TextField(
                "currency",
                _("Currency"),
                value="EUR",
                required=True,
                check=read_currency,
                help=_("Three letters. It can be changed until somebody books."),
            ),
        ]
        dialog = EventDialog(
            _("A new event"),
            fields,
            self._make,
            explanation=_("It begins as a draft that only you see."),
            confirm=_("Make it"),
        )
        made = await self.app.push_screen_wait(dialog)
        if made is not None:
            self._go_into(made)

    async def _make(self, values: dict[str, Any]) -> EventView:
        new = NewEvent(
            values["name"],
            values["starts"],
            values["ends"],
            values["time_zone"],
            values["currency"],
        )
        return await self.desk.write(create_event, new)

    @work(exclusive=True, group="make", exit_on_error=False)
    async def action_duplicate(self) -> None:
        """Ask when the copy of the marked event begins, make it and go into it."""
        event = view_of(self.table.marked, TeamEvent)
        if event is None:
            return
        there = await self.desk.read(at_event, event.id)

        async def copy(values: dict[str, Any]) -> EventView:
            return await self.tools.desk.write(
                duplicate_event, there, event.id, starts_at=values["starts"], name=values["name"]
            )

        zone = event.time_zone
        next_year = moved(event.starts_at, zone, days=A_YEAR_OF_WEEKS)
        fields: list[Field[Any]] = [
            TextField("name", _("Title"), value=event.name, required=True),
            MomentField("starts", _("Begins"), zone=zone, value=next_year, required=True),
        ]
        dialog = EventDialog(
            _("Duplicate this event"),
            fields,
            copy,
            explanation=_(
                "Programme, tickets, codes, questions, seats, lists and rules come along and "
                "move with the beginning. Nobody's bookings do."
            ),
            confirm=_("Duplicate"),
        )
        made = await self.app.push_screen_wait(dialog)
        if made is not None:
            self._go_into(made)


class FirstEventScreen(OrganizerScreen):
    """The list of events of somebody who has none yet: it asks for the first at once."""

    def on_mount(self) -> None:
        """Ask for the event."""
        self.action_new()
