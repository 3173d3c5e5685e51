"""The box that finds anything: people, bookings, events, screens and acts."""

from typing import Any, ClassVar, Final

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from eventdesk.acts import Actor
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.find.finder import Finder, Found

PAUSE_S: Final = 0.06
"""Typing that pauses for so long is searched for."""

MAX_TYPED: Final = 200
KIND_WIDTH: Final = 10


class FindScreen(ModalScreen[Found | None]):
    """Lists what may be meant while somebody types; dismissed with what is chosen."""

    AUTO_FOCUS = "#find-line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "give_up", "Close"),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
    ]
    CSS_PATH = "../styles/find.tcss"

    def __init__(self, tools: Tools, below: RoleScreen[Any], signed_in: Actor | None) -> None:
        super().__init__()
        self._make_finder = (tools, below, signed_in)
        self._finder: Finder | None = None
        self.found: list[Found] = []
        self.found_for: str | None = None
        self._search: Timer | None = None
        self._chosen = False

    def compose(self) -> ComposeResult:
        """Lay out the line and what was found."""
        with Vertical(id="find-box") as box:
            box.border_title = _("Find")
            yield Input(
                placeholder=_("A person, booking, event, screen or act"),
                max_length=MAX_TYPED,
                id="find-line",
            )
            yield OptionList(id="find-results", markup=False)
            yield Static(id="find-about", markup=False)
            yield Label(
                _("Nothing is called so. Try a part of the name, an e-mail address or a code."),
                id="find-none",
            )

    def on_mount(self) -> None:
        """Show what can be done here."""
        self._finder = Finder(self.app, *self._make_finder)
        self._find("")

    @on(Input.Changed, "#find-line")
    def _find_soon(self, message: Input.Changed) -> None:
        if self._search is not None:
            self._search.stop()
        self._search = self.set_timer(PAUSE_S, lambda: self._find(message.value.strip()))

    @work(exclusive=True, group="find", exit_on_error=False)
    async def _find(self, typed: str) -> None:
        assert self._finder is not None
        self.found = await self._finder.find(typed)
        self.found_for = typed
        results = self.query_one("#find-results", OptionList)
        width = self.query_one("#find-line").size.width
        results.clear_options().add_options([Option(_line(each, width)) for each in self.found])
        results.highlighted = 0 if self.found else None
        self.set_class(not self.found, "-none")
        self.query_one("#find-about").display = False
        if self._chosen:
            self._choose()

    @on(Input.Submitted, "#find-line")
    def _choose(self) -> None:
        """Take what is marked, once what was typed has been searched for."""
        typed = self.query_one("#find-line", Input).value.strip()
        self._chosen = typed != self.found_for
        marked = self.query_one("#find-results", OptionList).highlighted
        if not self._chosen and marked is not None:
            self.dismiss(self.found[marked])

    @on(OptionList.OptionHighlighted, "#find-results")
    def _tell_more(self, message: OptionList.OptionHighlighted) -> None:
        """Say below the list what had no room in its line."""
        if message.option_index >= len(self.found):
            return  # of a list before
        about = self.query_one("#find-about", Static)
        found = self.found[message.option_index]
        about.display = not _has_room(found, self.query_one("#find-line").size.width)
        about.update(plain(found.detail, limit=120))

    @on(OptionList.OptionSelected, "#find-results")
    def _take(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self.found[message.option_index])

    def action_move(self, step: int) -> None:
        """Mark the line above or below."""
        results = self.query_one("#find-results", OptionList)
        (results.action_cursor_down if step > 0 else results.action_cursor_up)()

    def action_give_up(self) -> None:
        """Go nowhere."""
        self.dismiss(None)


def _line(found: Found, width: int) -> Content:
    """One line of what was found; what tells more stands in it where there is room."""
    detail = f"  {plain(found.detail, limit=120)}" if _has_room(found, width) else ""
    return Content.assemble(
        (f"{found.kind!s:<{KIND_WIDTH}}", "$faint"), (_title(found), "bold"), (detail, "$faint")
    )


def _has_room(found: Found, width: int) -> bool:
    detail = plain(found.detail, limit=120)
    return KIND_WIDTH + cell_len(_title(found)) + 2 + cell_len(detail) <= width


def _title(found: Found) -> str:
    return plain(found.title, limit=60)
