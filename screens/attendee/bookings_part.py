"""The part with one's own bookings and their states."""

from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.booking import MyBooking, claim_booking, my_bookings
from eventdesk.core.folding import fold
from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.wall_clock import spoken
from screens.booking.booking_screen import BookingScreen
from screens.booking.booking_words import PART_PAID, is_part_paid
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window

SIGNS = {
    "paid": (msg("✓ paid"), ""),
    "pending": (msg("! to pay"), "warning"),
    "cancelled": (msg("✗ cancelled"), "faint"),
    "expired": (msg("✗ not paid in time"), "faint"),
}
"""Sign and word of the state of a booking, and the tone of its line."""


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
    state, tone = SIGNS[line.state]
    if line.state == "pending" and not line.approved:
        state = msg("… waits for approval")
    elif is_part_paid(line):
        state = PART_PAID
    at = spoken(booking.starts_at, booking.time_zone)
    total = money(line.total) if line.total.minor else _("free")
    cells = (booking.event_name, at, line.code, str(line.tickets), total, str(state))
    return Line(line.id, cells, tone)
