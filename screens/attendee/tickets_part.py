"""The part with one's own tickets, each with its code for the door."""

from typing import ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.booking import MyTicket, my_tickets, save_calendar_file
from eventdesk.core.folding import fold
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.door import print_own_badge
from screens.booking.booking_blocks import own_ticket_blocks
from screens.booking.new_code import NewCode
from screens.core.part import Part
from screens.modals.questions import YesNo
from screens.widgets.detail import Block
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

NO_TICKETS: Final = msg("No tickets yet. Open “Find events” and book one; it appears here.")
NONE_PAST: Final = msg("No tickets of events that are over. P shows those of events to come.")


class TicketsPart(Part):
    """Lists the tickets of events to come, or of those that are over."""

    HELP = "Enter shows a ticket's code; hold it up to the camera at the door."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "save_calendar", "Calendar file", tooltip="Save the event for your calendar"),
        Binding("b", "print_badge", "Print badge", tooltip="Once; another copy only at the desk"),
        Binding("p", "turn_past", "Past/to come", tooltip="Tickets of events that are over"),
    ]
    ON_A_LINE = frozenset({"save_calendar", "print_badge"})

    table = getters.query_one(PagedTable)
    past = False

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_p("column", "Event")),
            Column(_("When"), width=23),
            Column(_("Ticket"), width=14, least=60),
            Column(_("Seat"), width=8, least=72),
            Column(_("Name"), width=20, least=90),
            Column(_("Code"), width=12),
            detail=self._detail,
            enter=_("Show the code"),
            empty=NO_TICKETS,
        )

    async def re_read(self) -> None:
        """Read the tickets again."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        tickets = await self.desk.read(my_tickets, past=self.past)
        wanted = fold(search)
        found = [each for each in tickets if wanted in fold(_words_of(each))]
        return rows_of(found, offset, limit, _line)

    async def _detail(self, line: Line) -> list[Block]:
        ticket = view_of(line, MyTicket)
        return [] if ticket is None else own_ticket_blocks(ticket)

    @on(PagedTable.Marked)
    def marked_another(self) -> None:
        """Show the keys of the marked ticket."""
        self.refresh_bindings()

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="show", exit_on_error=False)
    async def show_code(self, message: PagedTable.Chosen) -> None:
        """Show the code of a ticket, or what it waits for."""
        ticket = await self._ticket(message.line.key)
        if ticket is None:
            return
        if ticket.why_no_code:
            why, title = ticket.why_no_code, _("No code yet")
            self.notify(why, title=title, severity="warning", markup=False)
            return
        self.app.push_screen(NewCode(ticket.name, ticket.token))

    @work(exclusive=True, group="show", exit_on_error=False)
    async def action_save_calendar(self) -> None:
        """Write the event of the marked ticket into a file for a calendar."""
        marked = self.table.marked
        if marked is None:
            return
        path = await self.desk.take_steps(save_calendar_file, marked.key)
        self.notify(str(path), title=_("Calendar file saved"), markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the badge only where the event of the marked ticket lets its holder print it."""
        if action == "print_badge":
            line = self.table.marked if self.is_mounted else None
            ticket = None if line is None else view_of(line, MyTicket)
            return ticket is not None and ticket.own_badge and not ticket.why_no_code
        return super().check_action(action, parameters)

    @work(exclusive=True, group="show", exit_on_error=False)
    async def action_print_badge(self) -> None:
        """Print the badge of the marked ticket after a yes: it prints by this key once."""
        marked = self.table.marked
        ticket = None if marked is None else view_of(marked, MyTicket)
        if ticket is None:
            return
        question = YesNo(
            _("Print the badge of {name} now?", name=plain(ticket.name, limit=60)),
            _("It prints once. Be where the printer is; another copy is made at the desk."),
            yes=_("Print"),
        )
        if await self.app.push_screen_wait(question):
            await self.desk.write(print_own_badge, ticket.id)
            self.notify(_("Your badge is printing."), title=_("Badge"), markup=False)

    async def action_turn_past(self) -> None:
        """Change between tickets to come and past ones."""
        self.past = not self.past
        self.table.empty = NONE_PAST if self.past else NO_TICKETS
        await self.table.re_read()

    async def _ticket(self, ticket_id: UUID) -> MyTicket | None:
        tickets = await self.desk.read(my_tickets, past=self.past)
        return next((each for each in tickets if each.id == ticket_id), None)


def _words_of(ticket: MyTicket) -> str:
    return f"{ticket.event_name} {ticket.name} {ticket.ticket_type} {ticket.seat} {ticket.code}"


def _line(ticket: MyTicket) -> Line:
    code = f"✓ {ticket.code}"
    if ticket.why_no_code:
        code = _("… unpaid") if ticket.unpaid else _("… waiting")
    at = spoken(ticket.starts_at, ticket.time_zone)
    cells = (ticket.event_name, at, ticket.ticket_type, ticket.seat, ticket.name, code)
    return Line(ticket.id, cells, "warning" if ticket.why_no_code else "")
