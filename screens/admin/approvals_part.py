"""The part of approvals: public events that wait for an admin."""

from typing import ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label

from eventdesk.acts import SYSTEM
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.events import TeamEvent, approve_event, event_detail, refuse_event, waiting_events
from eventdesk.sales import offers
from screens.attendee.event_blocks import event_blocks, offer_block
from screens.attendee.event_page import EventPage
from screens.core.part import Part
from screens.modals.questions import TextQuestion, YesNo
from screens.widgets.detail import Block
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of

MAX_LINES: Final = 60
"""Lines of a description that are shown."""


class ApprovalsPart(Part):
    """Lists submitted events; Enter shows one as everybody would see it."""

    HELP = (
        "Below the list stands whose event the marked one is, and what they say of it. Enter looks "
        "at it as everybody would see it; A approves it, R sends it back."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", tooltip="Publish this event"),
        Binding("r", "refuse", "Refuse", tooltip="Send it back to its organizer with a reason"),
    ]
    ON_A_LINE = frozenset({"approve", "refuse"})
    DEFAULT_CSS = """
    ApprovalsPart > #about { height: auto; max-height: 40%; padding: 1 1 0 1; }
    ApprovalsPart > #about Label { width: 100%; }
    """

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Event")),
            Column(_("Owner"), 26, least=110),
            Column(_("When"), 38, least=60),
            Column(_("Code"), 6),
            detail=self._detail,
            enter=_("Look at it"),
            empty=_(
                "No event waits for approval. Public events appear here when they are submitted."
            ),
        )
        yield VerticalScroll(Label("", markup=False), id="about", can_focus=False)

    async def re_read(self) -> None:
        """Read the submitted events."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        events, total = await self.desk.read(
            waiting_events, search=search, offset=offset, limit=limit
        )
        return page_of(events, total, _line)

    @on(PagedTable.Marked)
    def _tell(self, message: PagedTable.Marked) -> None:
        """Say whose the marked event is, and what they say of it."""
        event = view_of(message.line, TeamEvent)
        self.query_one("#about Label", Label).update("" if event is None else _about(event))

    async def _detail(self, line: Line) -> list[Block]:
        detail = await self.desk.read(event_detail, line.key)
        offered = await self.tools.desk.read(offers, SYSTEM, line.key)
        facts, about = event_blocks(detail)
        return [facts, offer_block(offered), about]

    @on(PagedTable.Chosen)
    def look(self, message: PagedTable.Chosen) -> None:
        """Show the event as everybody would see it."""
        name = message.line.cells[0]
        self.app.push_screen(EventPage(self.tools, self.actor, message.line.key, name=name))

    @work(exclusive=True, group="decide", exit_on_error=False)
    async def action_approve(self) -> None:
        """Publish the marked event."""
        line = self.table.marked
        if line is None:
            return
        name = plain(line.cells[0], limit=60)
        words = _("Everybody sees it from now on and can book.")
        if await self.app.push_screen_wait(
            YesNo(_("Publish {name}?", name=name), words, yes=_("Publish"))
        ):
            await self.desk.write(approve_event, line.key)
            self.notify(_("✓ {name} is published", name=name), markup=False)
            await self.re_read()

    @work(exclusive=True, group="decide", exit_on_error=False)
    async def action_refuse(self) -> None:
        """Send the marked event back, with a reason."""
        line = self.table.marked
        if line is None:
            return
        name = plain(line.cells[0], limit=60)
        question = TextQuestion(
            _("Send {name} back?", name=name),
            _("Why? Its organizers read it, change the event and submit it once more."),
            confirm=_("Send back"),
        )
        reason = await self.app.push_screen_wait(question)
        if reason is not None:
            await self.desk.write(refuse_event, line.key, reason=reason)
            self.notify(_("! {name} is a draft again", name=name), markup=False)
            await self.re_read()


def _about(event: TeamEvent) -> str:
    owner = plain(event.owner, limit=200) or _("nobody")
    said = [plain(line) for line in event.description.splitlines()[:MAX_LINES]]
    told = [line for line in said if line] or [_("They say nothing of it yet.")]
    return "\n".join((_("Owner: {name}", name=owner), *told))


def _line(event: TeamEvent) -> Line:
    period = spoken_period(event.starts_at, event.ends_at, event.time_zone)
    return Line(event.id, (event.name, event.owner, period, event.code))
