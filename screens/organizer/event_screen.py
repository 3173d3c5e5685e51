"""One event, with everything that prepares it."""

from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView, event_view
from screens.core.loading import load
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools
from screens.organizer.tab import EventPart

TABS: Final[tuple[PartSpec, ...]] = (
    PartSpec(
        "overview", msg("Overview"), "screens.organizer.overview_tab:OverviewTab", Permission.ATTEND
    ),
    PartSpec(
        "programme",
        msg("Programme"),
        "screens.organizer.programme_tab:ProgrammeTab",
        Permission.PROGRAMME,
    ),
    PartSpec(
        "sponsors",
        msg("Sponsors"),
        "screens.organizer.sponsors_tab:SponsorsTab",
        Permission.PROGRAMME,
    ),
    PartSpec(
        "settings", msg("Settings"), "screens.organizer.settings_tab:SettingsTab", Permission.EVENT
    ),
    PartSpec(
        "tickets", msg("Tickets"), "screens.organizer.tickets_tab:TicketsTab", Permission.TICKETS
    ),
    PartSpec("seats", msg("Seats"), "screens.organizer.seats_tab:SeatsTab", Permission.TICKETS),
    PartSpec(
        "questions",
        msg("Questions"),
        "screens.organizer.questions_tab:QuestionsTab",
        Permission.TICKETS,
    ),
    PartSpec(
        "bookings",
        msg("Bookings"),
        "screens.organizer.bookings_tab:BookingsTab",
        Permission.TICKETS,
    ),
    PartSpec(
        "attendees",
        msg("Attendees"),
        "screens.organizer.attendees_tab:AttendeesTab",
        Permission.TICKETS,
    ),
    PartSpec("team", msg("Team"), "screens.organizer.team_tab:TeamTab", Permission.EVENT),
    PartSpec(
        "waitlist",
        msg("Waitlist"),
        "screens.organizer.waitlist_tab:WaitlistTab",
        Permission.TICKETS,
    ),
    PartSpec(
        "messages",
        msg("Messages"),
        "screens.organizer.messages_tab:MessagesTab",
        Permission.MESSAGES,
    ),
    PartSpec("queue", msg("Queue"), "screens.organizer.queue_tab:QueueTab", Permission.TICKETS),
    PartSpec("import", msg("Import"), "screens.organizer.import_tab:ImportTab", Permission.TICKETS),
    PartSpec(
        "reports",
        msg("Reports"),
        "screens.organizer.reports_tab:ReportsTab",
        Permission.TICKETS,
        also=(Permission.MONEY, Permission.PROGRAMME),
    ),
    PartSpec("money", msg("Money"), "screens.organizer.money_tab:MoneyTab", Permission.MONEY),
    PartSpec("badges", msg("Badges"), "screens.organizer.badges_tab:BadgesTab", Permission.EVENT),
    PartSpec(
        "lists", msg("Lists, gates"), "screens.organizer.lists_tab:ListsTab", Permission.EVENT
    ),
    PartSpec(
        "printers", msg("Printers"), "screens.organizer.printers_tab:PrintersTab", Permission.DOOR
    ),
)
"""The parts there are; `ORDER` says where each stands."""

ORDER: Final = (
    "overview",
    "programme",
    "tickets",
    "seats",
    "questions",
    "bookings",
    "attendees",
    "waitlist",
    "queue",
    "messages",
    "money",
    "lists",
    "badges",
    "printers",
    "team",
    "sponsors",
    "import",
    "reports",
    "settings",
)


def tabs_for(actor: Actor) -> list[PartSpec]:
    """The parts a person may see, from top to bottom."""
    seen = [spec for spec in TABS if spec.is_for(actor)]
    return sorted(seen, key=lambda spec: ORDER.index(spec.id))


class EventScreen(PartsScreen):
    """Shows one event to those who prepare it."""

    ROLE = msg("Organizer")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "wall", "Wall", id="wall", tooltip="How the event stands, live and large")
    ]

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor, tabs_for(actor))
        self.event = event
        self.heading = event.name

    async def re_read(self) -> None:
        """Read what the event is called and in which zone it is: that may change, too."""
        self.event = await self.tools.desk.read(event_view, self.event.id)
        self.query_one("#header-event", Label).update(plain(self.event.name))
        for tab in self.query(EventPart):
            tab.event = self.event
        await super().re_read()

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

    def clock(self) -> str:
        """The time of day at the event."""
        return self.tools.now().astimezone(ZoneInfo(self.event.time_zone)).strftime("%H:%M")
