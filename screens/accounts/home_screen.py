"""The home screen: a menu of what a signed-in person may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import TeamNews, at_event, may_organize, team_news, who_am_i
from eventdesk.acts import Actor, Permission, Role, read_notices
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_start
from eventdesk.events import EventView, event_view, events_of_team, next_of_team
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Choice, Tools, Workplace
from screens.door.last_choice import last_choice
from screens.modals.questions import YesNo


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu.

    Attributes:
        id: Letters only.
        target: The `module:Class` of the `RoleScreen` it opens, made with tools and actor.
        who: Permissions of which one shows the line.
    """

    id: str
    title: Message
    explanation: Message
    target: str
    who: tuple[Permission, ...]


DOOR: Final = Entry(
    "door",
    msg("Check people in"),
    msg("At the door: the desk for staff, or the kiosk for guests."),
    "screens.door.choose_screen:ChooseScreen",
    (Permission.DOOR,),
)

ORGANIZE: Final = Entry(
    "organize",
    msg("Organize events"),
    msg("Set events up from nothing: programme, tickets, bookings, money."),
    "screens.organizer.organizer_screen:OrganizerScreen",
    (Permission.ATTEND,),
)

ATTEND: Final = Entry(
    "attend",
    msg("My tickets and programme"),
    msg("Find events and book; your codes, bookings and programme."),
    "screens.attendee.attendee_screen:AttendeeScreen",
    (Permission.ATTEND,),
)

PROFILE: Final = Entry(
    "profile",
    msg("My profile"),
    msg("Who you are, what you are told, your PIN or password, and your data."),
    "screens.accounts.profile_screen:ProfileScreen",
    (Permission.ATTEND,),
)

ADMIN: Final = Entry(
    "admin",
    msg("Administer"),
    msg("People, printers, approvals, failures, the log, backups, commission."),
    "screens.admin.admin_screen:AdminScreen",
    (Permission.INSTALLATION,),
)

DOCTOR: Final = Entry(
    "doctor",
    msg("Before doors open"),
    msg("Is everything there that the door needs? Each line says what to do."),
    "screens.admin.doctor_screen:DoctorScreen",
    (Permission.INSTALLATION, Permission.EVENT),
)

WALL: Final = Entry(
    "wall",
    msg("Statistics wall"),
    msg("How an event stands, live: who is in, arrivals, waits, sales."),
    "screens.wall.wall_door:WallDoor",
    (Permission.DOOR, Permission.MONEY),
)

ENTRIES: Final[tuple[Entry, ...]] = (DOOR, WALL, ORGANIZE, ATTEND, PROFILE, ADMIN, DOCTOR)
"""The menu from top to bottom."""


CREATE: Final = Entry(
    "create",
    msg("Create an event"),
    msg("A draft only you see: programme, tickets and check-in lists come next."),
    "screens.organizer.organizer_screen:FirstEventScreen",
    (Permission.ATTEND,),
)
"""For who may organize and has no event yet."""

ROWS_AROUND: Final = 10
"""Rows of this screen beside the menu's lines: the frame, the greeting and the borders."""


@dataclass(frozen=True, slots=True)
class Prepares:
    """An event, and somebody of its team with the role they have there."""

    actor: Actor
    event: EventView


Opening = Entry | Choice | Prepares
"""What a line leads to: a screen of the menu, a place at a door, an event to prepare."""


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu as it is shown.

    Attributes:
        notice_id: The notice it repeats, which is read when it is opened.
    """

    id: str
    title: str
    explanation: str
    opens: Entry | Choice | EventView
    notice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """What a person has to do now, before all that they could do.

    Attributes:
        last: The last place of this machine, where they may work there.
        news: That they were taken into a team, until they opened its event.
        event: The event they prepare that is on now, or the next one.
        organizes: Whether the store lets them set up or prepare events.
        has_events: Whether there is an event of theirs.
    """

    last: Choice | None = None
    news: tuple[TeamNews, EventView] | None = None
    event: EventView | None = None
    organizes: bool = False
    has_events: bool = True


async def read_today(tools: Tools, actor: Actor) -> Today:
    """Read what a person has to do now."""
    desk, home = tools.desk, tools.settings.home
    news = await desk.read(team_news, actor)
    return Today(
        await last_choice(desk, home, actor) if actor.may(Permission.DOOR) else None,
        (news, await desk.read(event_view, actor, news.event_id)) if news is not None else None,
        await desk.read(next_of_team, actor),
        await desk.read(may_organize, actor),
        (await desk.read(events_of_team, actor, limit=1))[1] > 0,
    )


def entries_for(actor: Actor, *, organizes: bool = True) -> list[Entry]:
    """The entries of the menu that a person sees."""
    seen = [entry for entry in ENTRIES if actor.may(*entry.who)]
    return [entry for entry in seen if organizes or entry is not ORGANIZE]


class HomeScreen(RoleScreen[Opening | None], AsActor):
    """Lets a person choose what to do; dismissed with None at sign-out.

    Args:
        today: What comes first, where it is known already; it is read again in any case.
    """

    ROLE = msg("Home")
    THINGS = ("store",)
    HELP = (
        "What is on now comes first. Choose what you want to do with the arrow keys; Enter goes "
        "there, Esc signs you out."
    )
    CSS_PATH = "../styles/home.tcss"

    menu = getters.query_one("#menu", OptionList)

    def __init__(self, tools: Tools, actor: Actor, today: Today | None = None) -> None:
        super().__init__(tools)
        self.actor = actor
        # A guest has nothing to organize until the store says so.
        self.today = today or Today(organizes=actor.role is not Role.ATTENDEE)
        self._has_read = today is not None
        self.lines = self._lines()

    def compose_body(self) -> ComposeResult:
        """Lay out the menu."""
        with Vertical(id="home"):
            yield Label(
                _("Hello, {name}", name=plain(self.actor.name)), classes="title", markup=False
            )
            yield Label(_("What do you want to do?"), classes="hint")
            yield OptionList(*self._options(), id="menu", markup=False)
            yield Label("", id="explained", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Mark what comes first."""
        self.menu.highlighted = 0

    def on_resize(self) -> None:
        """Explain as many lines as there is room for."""
        self._show_lines()

    @on(OptionList.OptionHighlighted, "#menu")
    def explain(self, message: OptionList.OptionHighlighted) -> None:
        """Explain the marked line below the menu, where there is no room for it beside its name."""
        line = next((line for line in self.lines if line.id == message.option_id), None)
        words = "" if line is None or self._is_explained(line) else line.explanation
        self.query_one("#explained", Label).update(words)

    async def re_read(self) -> None:
        """Show what the person may do now: a role may have come or gone."""
        self.actor = await self.desk.read(who_am_i)
        self.today = await read_today(self.tools, self.actor)
        lines = self._lines()
        if [(each.id, each.title) for each in lines] != [(e.id, e.title) for e in self.lines]:
            self.lines = lines
            self._show_lines()
        self.lines, self._has_read = lines, True

    @on(OptionList.OptionSelected, "#menu")
    @work(exclusive=True, group="open", exit_on_error=False)
    async def open_line(self, message: OptionList.OptionSelected) -> None:
        """Go there."""
        line = next(line for line in self.lines if line.id == message.option_id)
        opening: Opening
        if isinstance(line.opens, EventView):
            there = await self.desk.read(at_event, line.opens.id)
            opening = Prepares(there, line.opens)
        else:
            opening = line.opens
        if line.notice_id is not None:
            await self.desk.write(read_notices, notice_id=line.notice_id)
        self.dismiss(opening)

    def action_back(self) -> None:
        """Sign out, after a question."""
        self._sign_out()

    @work(exclusive=True, group="sign-out", exit_on_error=False)
    async def _sign_out(self) -> None:
        question = YesNo(_("Sign out?"), _("You will need your password again."), yes=_("Sign out"))
        if await self.app.push_screen_wait(question):
            self.dismiss(None)

    def _lines(self) -> list[MenuLine]:
        entries = entries_for(self.actor, organizes=self.today.organizes)
        if self.today.organizes and not self.today.has_events:
            entries = [CREATE, *entries]
        return [
            *self._of_today(),
            *(MenuLine(e.id, str(e.title), str(e.explanation), e) for e in entries),
        ]

    def _of_today(self) -> Iterator[MenuLine]:
        """What comes before the menu: the last place, a team that is new, the event at hand."""
        today = self.today
        if today.last is not None:
            yield MenuLine("continue", _place_words(today.last), _continues(today.last), today.last)
        if today.news is not None:
            news, event = today.news
            opens = DOOR if news.role is Role.STAFF else event
            title, body = plain(news.title, limit=200), plain(news.body, limit=400)
            words = _("{body} Enter opens it.", body=body)
            yield MenuLine("news", title, words, opens, news.notice_id)
        event_at_hand = today.event
        if event_at_hand is not None and (today.news is None or today.news[1] != event_at_hand):
            title = _("Organize: {event}", event=plain(event_at_hand.name))
            yield MenuLine("event", title, self._turn(event_at_hand), event_at_hand)

    def _turn(self, event: EventView) -> str:
        now = self.tools.now()
        if event.starts_at <= now:
            return _("It is on now.")
        start = spoken_start(event.starts_at, event.time_zone, now)
        return _("Your next event: {starts}.", starts=start)

    def _show_lines(self) -> None:
        """Show the lines; the marked one stays marked, whatever comes before it."""
        menu = self.menu
        marked = menu.highlighted_option if self._has_read or menu.highlighted else None
        menu.clear_options()
        menu.add_options(self._options())
        ids = [line.id for line in self.lines]
        menu.highlighted = 0
        if marked is not None and marked.id in ids:
            menu.highlighted = menu.get_option_index(marked.id or "")

    def _options(self) -> Iterator[Option]:
        """The lines as options, as airy as the screen allows."""
        is_airy = 3 * len(self.lines) - 1 <= self._room
        for place, line in enumerate(self.lines):
            if place and is_airy:
                yield Option("", disabled=True)
            words = [(line.title, "bold")]
            if self._is_explained(line):
                words += [("\n", ""), (line.explanation, "dim")]
            yield Option(Content.assemble(*words), id=line.id)

    @property
    def _room(self) -> int:
        """Rows of the screen that the lines of the menu may take."""
        return self.app.size.height - ROWS_AROUND

    def _is_explained(self, line: MenuLine) -> bool:
        """Whether a line is explained in place: all where there is room, else those of today."""
        is_of_today = line.id not in [entry.id for entry in ENTRIES]
        return is_of_today or 2 * len(self.lines) <= self._room


def _place_words(choice: Choice) -> str:
    place = choice.place
    names = [place.event.name, place.check_in_list.name]
    if place.gate is not None:
        names.append(place.gate.name)
    return _("Continue: {place}", place=" · ".join(map(plain, names)))


def _continues(choice: Choice) -> str:
    if choice.workplace is Workplace.KIOSK:
        return _("The kiosk, where this machine worked last.")
    return _("The desk, where this machine worked last.")
