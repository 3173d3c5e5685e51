"""The home screen: a menu of what a signed-in person may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import may_organize, standing
from eventdesk.acts import Actor, Permission, Role
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
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


MAX_AIRY: Final = 5
"""Most entries that fit on the smallest screen with lines between them."""


def entries_for(actor: Actor, *, organizes: bool = True) -> list[Entry]:
    """The entries of the menu that a person sees."""
    seen = [entry for entry in ENTRIES if actor.may(*entry.who)]
    return [entry for entry in seen if organizes or entry is not ORGANIZE]


class HomeScreen(RoleScreen[Entry | None], AsActor):
    """Lets a person choose what to do; dismissed with None at sign-out."""

    ROLE = msg("Home")
    THINGS = ("store",)
    HELP = "Choose what you want to do with the arrow keys; Enter goes there, Esc signs you out."
    CSS_PATH = "../styles/home.tcss"

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor = actor
        # A guest has nothing to organize until the store says so.
        self.entries = entries_for(actor, organizes=actor.role is not Role.ATTENDEE)

    def compose_body(self) -> ComposeResult:
        """Lay out the menu."""
        with Vertical(id="home"):
            yield Label(
                _("Hello, {name}", name=plain(self.actor.name)), classes="title", markup=False
            )
            yield Label(_("What do you want to do?"), classes="hint")
            yield OptionList(*self._lines(), id="menu", markup=False)

    async def re_read(self) -> None:
        """Show what the person may do now: a role may have come or gone."""
        self.actor = await self.desk.read(standing)
        entries = entries_for(self.actor, organizes=await self.desk.read(may_organize))
        if entries != self.entries:
            menu = self.query_one("#menu", OptionList)
            marked = menu.highlighted_option
            self.entries = entries
            menu.clear_options()
            menu.add_options(self._lines())
            if marked is not None and any(entry.id == marked.id for entry in entries):
                menu.highlighted = menu.get_option_index(marked.id or "")

    @on(OptionList.OptionSelected, "#menu")
    def open_entry(self, message: OptionList.OptionSelected) -> None:
        """Go there."""
        self.dismiss(next(entry for entry in self.entries if entry.id == message.option_id))

    def action_back(self) -> None:
        """Sign out, after a question."""
        self._sign_out()

    @work(exclusive=True, group="sign-out", exit_on_error=False)
    async def _sign_out(self) -> None:
        question = YesNo(_("Sign out?"), _("You will need your password again."), yes=_("Sign out"))
        if await self.app.push_screen_wait(question):
            self.dismiss(None)

    def _lines(self) -> Iterator[Option]:
        for place, entry in enumerate(self.entries):
            if place and len(self.entries) <= MAX_AIRY:
                yield Option("", disabled=True)
            title, explanation = str(entry.title), str(entry.explanation)
            words = Content.assemble((title, "bold"), "\n", (explanation, "dim"))
            yield Option(words, id=entry.id)
