"""The part of failed deliveries: badges and others that were given up."""

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.printing import FailedDelivery, list_failed, retry_delivery, retry_failed
from screens.core.part import Part
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.paged_table import Column, Line, PagedTable, Window


class FailedPart(Part):
    """Lists failed deliveries; Enter tries one again."""

    HELP = "Mend the cause first, such as paper or a cable; then Enter tries one again, A all."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "retry_all", "All again", tooltip="Try all badges once more")
    ]
    DEFAULT_CSS = """
    FailedPart > #why { width: 100%; height: auto; max-height: 4; padding: 0 2; color: $error; }
    """

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list, and the error of the marked one."""
        yield PagedTable(
            self._read,
            Column(_("What"), 6),
            Column(_("For")),
            Column(_("Event"), least=70),
            Column(_("Failed"), 15),
            Column(_("Tries"), 5, right=True, least=60),
            Column(_("Why"), 30, least=100),
            enter=_("Try again"),
            empty=_("Nothing failed. What cannot be printed or sent appears here."),
        )
        yield Label("", id="why", classes=SAID_BELOW, markup=False)

    async def re_read(self) -> None:
        """Read the failed deliveries."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        failed, total = await self.desk.read(list_failed, search=search, offset=offset, limit=limit)
        return Window(tuple(map(_line, failed)), total)

    @on(PagedTable.Marked)
    def say_why(self, message: PagedTable.Marked) -> None:
        """Show the whole error."""
        error = message.line.cells[-1] if message.line is not None else ""
        words = plain(error, limit=400)
        self.query_one("#why", Label).update(f"✗ {words}" if words else "")

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="retry", exit_on_error=False)
    async def retry(self, message: PagedTable.Chosen) -> None:
        """Try one once more."""
        await self.desk.write(retry_delivery, message.line.key)
        self.notify(_("✓ Tried again: {holder}", holder=plain(message.line.cells[1])), markup=False)
        await self.re_read()

    @work(exclusive=True, group="retry", exit_on_error=False)
    async def action_retry_all(self) -> None:
        """Try all badges once more."""
        count = await self.desk.write(retry_failed)
        self.notify(
            _("✓ {count} tried again", count=count) if count else _("Nothing to try again"),
            markup=False,
        )
        await self.re_read()


def _line(one: FailedDelivery) -> Line:
    cells = (
        one.kind,
        f"{one.name} ({one.ticket_code})" if one.ticket_code else one.name,
        one.event_name,
        _("{at:%d %b %H:%M}", at=one.failed_at),
        str(one.attempts),
        one.error,
    )
    return Line(one.id, cells, "bad")
