"""The part with one's own bookings and their states."""

from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.booking import MyBooking, booking_detail, claim_booking, my_bookings, own_state
from eventdesk.core.folding import fold
from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p
from eventdesk.core.wall_clock import spoken
from screens.booking.booking_blocks import booking_blocks
from screens.booking.booking_screen import BookingScreen
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.widgets.detail import Block
from screens.widgets.form import TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window


class BookingsPart(Part):
    """Lists a person's bookings, the newest first; Enter opens one."""

    HELP = "Enter opens a booking: pay it, change its tickets, or cancel it."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "claim", "Code", tooltip="Take over a booking made for you, by its code")
    ]

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_p("column", "Event")),
            Column(_("When"), width=23, least=80),
            Column(_("Booking"), width=8),
            Column(_("Tickets"), width=7, right=True),
            Column(_("Total"), width=12, right=True, least=60),
            Column(_("State"), width=18),
            detail=self._detail,
            empty=_(
                "No bookings yet. Open “Find events” and book, or press K to take over a booking "
                "that was made for you, by its code."
            ),
        )

    async def re_read(self) -> None:
        """Read the bookings again."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        bookings = await self.desk.read(my_bookings)
        wanted = fold(search)
        found = [each for each in bookings if wanted in fold(f"{each.event_name} {each.line.code}")]
        return Window(tuple(map(_line, found[offset : offset + limit])), len(found))

    async def _detail(self, line: Line) -> list[Block]:
        detail = await self.desk.read(booking_detail, line.key)
        return booking_blocks(detail, self.tools.now())

    @on(PagedTable.Chosen)
    def open_booking(self, message: PagedTable.Chosen) -> None:
        """Show a booking in full."""
        self.app.push_screen(BookingScreen(self.tools, self.actor, message.line.key))

    @work(exclusive=True, group="claim", exit_on_error=False)
    async def action_claim(self) -> None:
        """Take over a booking that was made for this person."""
        dialog = FormDialog(
            _("Take over a booking"),
            [
                TextField("code", _("Code"), required=True, max_length=20),
                TextField("email", _("E-mail"), help=_("The address the booking was made for")),
            ],
            self._claim,
            explanation=_("For what somebody booked for you; the code stands on it."),
            confirm=_("Take it over"),
        )
        await self.app.push_screen_wait(dialog)
        await self.table.re_read()

    async def _claim(self, values: dict[str, Any]) -> UUID:
        return await self.desk.write(claim_booking, values["code"], email=values["email"])


def _line(booking: MyBooking) -> Line:
    line = booking.line
    state, tone = own_state(line)
    at = spoken(booking.starts_at, booking.time_zone)
    total = money(line.total) if line.total.minor else _("free")
    cells = (booking.event_name, at, line.code, str(line.tickets), total, str(state))
    return Line(line.id, cells, tone)
