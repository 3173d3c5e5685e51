"""The programme of an event: sessions, places, speakers."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from eventdesk.acts import Permission, Topic
from eventdesk.core.messages import _, msg
from eventdesk.exchange import Listing
from eventdesk.programme import read_programme
from screens.organizer.programme_lists import PlacesList, ProgrammeList, SpeakersList
from screens.organizer.sessions_list import SessionsList
from screens.organizer.tab import EventPart

LISTS: Final = {
    "sessions": ("T", msg("Timetable")),
    "places": ("R", msg("Rooms")),
    "speakers": ("K", msg("Speakers")),
}


class ProgrammeTab(EventPart):
    """Shows one of three lists at a time."""

    SHOWS = frozenset({Topic.PROGRAMME, Topic.EVENTS, Topic.BOOKING})
    NEEDS = Permission.PROGRAMME
    EXPORTS = Listing.SESSIONS
    HELP = (
        "T shows the timetable, R the venues and rooms, K the speakers. What is at odds is marked "
        "with ! and explained below the list; it warns and does not forbid."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "show('sessions')", "Timetable", tooltip="Show the sessions"),
        Binding("r", "show('places')", "Rooms", tooltip="Show venues and rooms"),
        Binding("k", "show('speakers')", "Speakers", tooltip="Show the speakers"),
    ]
    DEFAULT_CSS = """
    ProgrammeTab {
        & #programme-lists { width: 100%; padding: 0 2; color: $faint; }
        & ContentSwitcher { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the names of the lists and the one that is open."""
        given = (self.tools, self.actor, self.event.id, self.re_read)
        yield Static("", id="programme-lists", markup=False)
        with ContentSwitcher(initial="sessions"):
            yield SessionsList(*given, id="sessions")
            yield PlacesList(*given, id="places")
            yield SpeakersList(*given, id="speakers")

    async def re_read(self) -> None:
        """Read the programme."""
        programme = await self.desk.read(read_programme, self.event.id)
        for each in self.query(ProgrammeList):
            await each.show(programme)
        self._show_names()

    def enter(self) -> None:
        """Give the keyboard to the list on show."""
        self._open.table.focus()

    def action_show(self, name: str) -> None:
        """Show one of the lists."""
        self.query_one(ContentSwitcher).current = name
        self._show_names()
        self._open.table.focus()

    @property
    def _open(self) -> ProgrammeList:
        current = self.query_one(ContentSwitcher).current
        return self.query_one(f"#{current}", ProgrammeList)

    def _show_names(self) -> None:
        """Name the lists, how much is in each, and how many sessions are at odds."""
        programme = self._open.programme
        if programme is None:
            return
        counts = {
            "sessions": len(programme.sessions),
            "places": len(programme.rooms),
            "speakers": len(programme.speakers),
        }
        current = self.query_one(ContentSwitcher).current
        parts = []
        for name, (_key, title) in LISTS.items():
            style = "bold $primary" if name == current else "$faint"
            parts += [(f"{title} {counts[name]}", style), ("   ", "")]
        if programme.conflicts:
            parts.append((_("! {total} at odds", total=len(programme.conflicts)), "$warning"))
        self.query_one("#programme-lists", Static).update(Content.assemble(*parts))
