"""Header line: event, list, role, notices, clock."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Label

from eventdesk.core.plain_text import plain
from screens.core.station import Place

WORKING = "◌"


class RoleHeader(Horizontal):
    """Event and check-in list at the left; role, gate and clock at the right."""

    DEFAULT_CSS = """
    RoleHeader {
        height: 1;
        padding: 0 2;
        background: $surface;
        & Label { width: auto; color: $faint; }
        & #header-event { color: $primary; text-style: bold; max-width: 50%; }
        & #header-list { width: 1fr; }
        & #header-working { width: 3; color: $warning; }
        & #header-unread { color: $warning; text-style: bold; }
    }
    """

    clock: reactive[str] = reactive("")
    """The time of day at the event, HH:MM."""

    working: reactive[bool] = reactive(False)
    """Whether something takes long enough to be mentioned."""

    unread: reactive[int] = reactive(0)
    """Notices that whoever is signed in has not read yet."""

    place: reactive[Place | None] = reactive(None, recompose=True)
    """Where this is; None before it was chosen."""

    def __init__(self, role: str, place: Place | None = None, *, heading: str = "") -> None:
        super().__init__()
        self._role, self._heading = role, heading
        self.set_reactive(RoleHeader.place, place)

    def compose(self) -> ComposeResult:
        """Lay out the parts of the line."""
        name = self.place.event.name if self.place else self._heading or "eventdesk"
        yield Label(plain(name), id="header-event", markup=False)
        yield Label(self._where(), id="header-list", markup=False)
        yield Label("", id="header-working", markup=False)
        yield Label(self._notices(), id="header-unread", markup=False)
        yield Label(self._who(), id="header-role", markup=False)
        yield Label(self._time(), id="header-clock", markup=False)

    def watch_clock(self) -> None:
        """Show the time."""
        if self.is_mounted:
            self.query_one("#header-clock", Label).update(self._time())

    def watch_working(self, working: bool) -> None:
        """Show that an answer takes its time."""
        if self.is_mounted:
            self.query_one("#header-working", Label).update(WORKING if working else "")

    def watch_unread(self) -> None:
        """Show how many notices wait to be read."""
        if self.is_mounted:
            self.query_one("#header-unread", Label).update(self._notices())

    def _notices(self) -> str:
        return f"✉ {self.unread:,} F12  " if self.unread else ""

    def _where(self) -> str:
        return f"  {plain(self.place.check_in_list.name)}" if self.place else ""

    def _who(self) -> str:
        gate = self.place.gate if self.place else None
        return f"{self._role} · {plain(gate.name)}" if gate else self._role

    def _time(self) -> str:
        return f"  {self.clock}" if self.clock else ""
