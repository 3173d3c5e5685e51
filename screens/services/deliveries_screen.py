"""What went to one service or waits for it: looked at, sent once more."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.mailing import delivery_words
from eventdesk.services import OutgoingView, ServiceView, resend, service_deliveries
from screens.core.failures import ShowsErrors
from screens.core.messages import StoreChanged
from screens.core.station import AsActor, Tools
from screens.modals.questions import YesNo
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of

STATES = {
    "queued": msg("○ waits"),
    "leased": msg("◌ goes out"),
    "sent": msg("✓ sent"),
    "failed": msg("✗ failed"),
    "cancelled": msg("· called off"),
}


class DeliveriesScreen(ModalScreen[None], ShowsErrors, AsActor):
    """Lists what went to a service, the latest first; Enter sends one once more.

    Args:
        tools: The program's.
        actor: Who looks.
        service: The service.
        zone: Time zone of the event that it is of; "" is UTC.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "failed", "Failed", tooltip="Only what failed, or all again"),
        Binding("escape", "leave", "Back"),
    ]
    # Of the screen, not of the widget: what all dialogs look like stands in the app's own.
    CSS = """
    DeliveriesScreen > .dialog { width: 96%; max-width: 130; height: 90%; max-height: 90%; }
    DeliveriesScreen #only-failed { color: $warning; }
    DeliveriesScreen #delivery-words { width: 100%; height: auto; max-height: 3; color: $faint; }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor, service: ServiceView, *, zone: str = "") -> None:
        super().__init__()
        self.tools, self.actor, self.service, self.zone = tools, actor, service, zone
        self.state = ""

    def compose(self) -> ComposeResult:
        """Lay out the list, and the whole of what is wrong with the marked one below."""
        with Vertical(classes="dialog"):
            name = plain(f"{self.service.title} {self.service.name}".strip(), limit=60)
            title = _("Deliveries to {name}, the latest first", name=name)
            yield Label(title, classes="title", markup=False)
            only = Label(_("! Only what failed; F lists all"), id="only-failed", markup=False)
            only.display = False
            yield only
            yield PagedTable(
                self._read,
                Column(_("When") if self.zone else _("When (UTC)"), 16),
                Column(_("State"), 12),
                Column(_("What"), 32, least=100),
                Column(_("Tries"), 5, right=True, least=60),
                Column(_("Where to, or why not"), least=70),
                empty=_("Nothing went there yet, and nothing waits."),
                searchable=False,
            )
            yield Label("", id="delivery-words", markup=False)
            keys = _("Enter sends it once more · F only what failed, or all · Esc back")
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
        lines, total = await self.desk.read(
            service_deliveries, self.service.id, state=self.state, offset=offset, limit=limit
        )
        return page_of(lines, total, self._line)

    def _line(self, delivery: OutgoingView) -> Line:
        told = (
            when(delivery.created_at.astimezone(ZoneInfo(self.zone or "UTC")), "%Y-%m-%d %H:%M"),
            str(STATES[delivery.state]),
            delivery_words(delivery),
            str(delivery.attempts),
            _said(delivery),
        )
        return Line(delivery.id, told, "bad" if delivery.state == "failed" else "")

    @on(PagedTable.Marked)
    def say_more(self, message: PagedTable.Marked) -> None:
        """Show the whole of what was said of the marked one."""
        delivery = view_of(message.line, OutgoingView)
        parts = [] if delivery is None else [delivery_words(delivery), _said(delivery)]
        words = ": ".join(filter(None, parts))
        self.query_one("#delivery-words", Label).update(plain(words, limit=300))

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="delivery", exit_on_error=False)
    async def send_again(self, message: PagedTable.Chosen) -> None:
        """Send one once more; after a question where it is out already."""
        delivery = view_of(message.line, OutgoingView)
        if delivery is None:
            return
        if delivery.state == "sent":
            question = YesNo(
                _("Send it once more?"), _("It went out already."), yes=_("Send it again")
            )
            if not await self.app.push_screen_wait(question):
                return
        await self.desk.write(resend, self.service.id, delivery.id)
        self.notify(_("✓ It goes out again"), markup=False)
        await self.table.re_read()

    @work(exclusive=True, group="feed", exit_on_error=False)
    async def action_failed(self) -> None:
        """Show only what failed, or all again."""
        self.state = "" if self.state else "failed"
        self.query_one("#only-failed").display = bool(self.state)
        await self.table.re_read()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _said(delivery: OutgoingView) -> str:
    """What was answered, or why it did not go out."""
    return delivery.error or f"{delivery.where} {delivery.reference}".strip()
