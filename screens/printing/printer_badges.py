"""The badges of one printer that are not out: tried again, moved, called off."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.printing import (
    PrinterBadge,
    PrinterView,
    cancel_badge,
    move_badge,
    printer_badges,
    retry_badge_now,
)
from screens.core.failures import ShowsErrors
from screens.core.messages import StoreChanged
from screens.core.station import AsActor, Tools
from screens.modals.questions import PickOne, YesNo
from screens.widgets.paged_table import Column, Line, PagedTable, Window

STATES = {
    "queued": msg("○ waits"),
    "leased": msg("◌ prints"),
    "sent": msg("◌ sent"),
    "failed": msg("✗ failed"),
}


class PrinterBadges(ModalScreen[None], ShowsErrors, AsActor):
    """Lists what is not out of a printer; Enter tries one again, M moves it to another."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "move", "Move", tooltip="Let it come out of another printer"),
        Binding("delete", "call_off", "Call off", tooltip="Print it no more"),
        Binding("escape", "leave", "Back"),
    ]
    # Of the screen, not of the widget: what all dialogs look like stands in the app's own.
    CSS = """
    PrinterBadges > .dialog { width: 96%; max-width: 130; height: 90%; max-height: 90%; }
    PrinterBadges #badge-words { width: 100%; height: auto; max-height: 3; color: $error; }
    """

    table = getters.query_one(PagedTable)

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        printer: PrinterView,
        printers: Sequence[PrinterView],
        *,
        event_id: UUID | None,
    ) -> None:
        super().__init__()
        self.tools, self.actor, self.printer = tools, actor, printer
        self.others = [each for each in printers if each.id != printer.id and each.enabled]
        self.event_id = event_id

    def compose(self) -> ComposeResult:
        """Lay out the list, and the whole error of the marked one below."""
        with Vertical(classes="dialog"):
            title = _("Badges of {name} that are not out", name=plain(self.printer.name))
            yield Label(title, classes="title", markup=False)
            yield PagedTable(
                self._read,
                Column(_("For")),
                Column(_("State"), 8),
                Column(_("Goes to"), 16, least=60),
                Column(_("Tries"), 5, right=True, least=60),
                Column(_("Why"), 34, least=90),
                empty=_("Nothing waits here, and nothing failed."),
            )
            yield Label("", id="badge-words", markup=False)
            keys = _("Enter tries again · M moves to another printer · Del calls off · Esc back")
            yield Label(keys, classes="hint", markup=False)

    @work(group="feed", exit_on_error=False)
    async def on_mount(self) -> None:
        """Read what is there."""
        await self.table.re_read()
        self.table.focus()

    @on(StoreChanged)
    @work(exclusive=True, group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        badges, total = await self.desk.read(
            printer_badges,
            printer_id=self.printer.id,
            event_id=self.event_id,
            search=search,
            offset=offset,
            limit=limit,
        )
        return Window(tuple(map(_line, badges)), total)

    @on(PagedTable.Marked)
    def say_why(self, message: PagedTable.Marked) -> None:
        """Show the whole error."""
        why = message.line.cells[-1] if message.line is not None else ""
        self.query_one("#badge-words", Label).update(f"✗ {plain(why, limit=300)}" if why else "")

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="badge", exit_on_error=False)
    async def retry(self, message: PagedTable.Chosen) -> None:
        """Try one again at once."""
        await self.desk.write(retry_badge_now, message.line.key)
        self.notify(_("✓ Tried again: {cells}", cells=plain(message.line.cells[0])), markup=False)
        await self.table.re_read()

    @work(exclusive=True, group="badge", exit_on_error=False)
    async def action_move(self) -> None:
        """Ask for another printer, and let the marked badge come out there."""
        marked = self.table.marked
        if marked is None:
            return
        if not self.others:
            self.notify(_("There is no other printer that is on."), markup=False)
            return
        names = [f"{each.name}  {'✓' if each.well else '✗'} {each.words}" for each in self.others]
        chosen = await self.app.push_screen_wait(
            PickOne(_("Where shall {cells} come out?", cells=plain(marked.cells[0])), names)
        )
        if chosen is None:
            return
        other = self.others[chosen]
        await self.desk.write(move_badge, marked.key, other.id)
        self.notify(_("✓ Moved to {name}", name=plain(other.name)), markup=False)
        await self.table.re_read()

    @work(exclusive=True, group="badge", exit_on_error=False)
    async def action_call_off(self) -> None:
        """Call the marked badge off, after a question."""
        marked = self.table.marked
        if marked is None:
            return
        question = YesNo(
            _("Call off {cells}?", cells=plain(marked.cells[0])),
            _("The guest stays let in; the desk can print it again."),
            yes=_("Call off"),
        )
        if await self.app.push_screen_wait(question):
            await self.desk.write(cancel_badge, marked.key)
            await self.table.re_read()

    def action_leave(self) -> None:
        """Go back to the printers."""
        self.dismiss(None)


def _line(badge: PrinterBadge) -> Line:
    mark = f" {badge.mark}" if badge.mark else ""
    cells = (
        f"{badge.name} ({badge.ticket_code}){mark}" if badge.ticket_code else badge.name + mark,
        str(STATES.get(badge.state, badge.state)),
        badge.printer or _("nowhere"),
        str(badge.attempts),
        badge.error,
    )
    return Line(badge.id, cells, "bad" if badge.state == "failed" else "")
