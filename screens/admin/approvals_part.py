"""The part of approvals: public events that wait for an admin."""

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.events import TeamEvent, approve_event, refuse_event, waiting_events
from screens.attendee.event_page import EventPage
from screens.core.part import Part
from screens.modals.questions import TextQuestion, YesNo
from screens.widgets.paged_table import Column, Line, PagedTable, Window


class ApprovalsPart(Part):
    """Lists submitted events; Enter shows one as everybody would see it."""

    HELP = "Enter looks at an event as everybody would see it; A approves it, R sends it back."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", tooltip="Publish this event"),
        Binding("r", "refuse", "Refuse", tooltip="Send it back to its organizer with a reason"),
    ]

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Event")),
            Column(_("When"), 38, least=60),
            Column(_("Code"), 6),
            empty=_(
                "No event waits for approval. Public events appear here when they are submitted."
            ),
        )

    async def re_read(self) -> None:
        """Read the submitted events."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        events, total = await self.desk.read(
            waiting_events, search=search, offset=offset, limit=limit
        )
        return Window(tuple(map(_line, events)), total)

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


def _line(event: TeamEvent) -> Line:
    period = spoken_period(event.starts_at, event.ends_at, event.time_zone)
    return Line(event.id, (event.name, period, event.code))
