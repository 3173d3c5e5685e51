"""Bookings of an event: find, open and register."""

from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.booking import (
    BOOKING_STATES,
    BookingLine,
    NewBooking,
    NewTicket,
    booking_detail,
    list_bookings,
    read_people,
    state_of,
    waiting_for_approval,
)
from eventdesk.core import formats
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.door import doors_of_event
from eventdesk.exchange import Listing
from eventdesk.waiting import Registered, Without, register
from screens.booking.booking_blocks import booking_blocks
from screens.booking.booking_screen import BookingScreen
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import Maker
from screens.organizer.tab import EventPart
from screens.widgets.detail import Block
from screens.widgets.form import ChoiceField, Field, NoteField, TextField, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable

SHOWN: Final = {
    "": msg("All bookings"),
    "waiting": msg("Bookings that wait for approval"),
    "pending": msg("Bookings that are not paid"),
    "paid": msg("Paid bookings"),
    "cancelled": msg("Cancelled bookings"),
    "expired": msg("Bookings that were not paid in time"),
}
"""Filters by state, in the order of the key that turns them."""

PEOPLE_HEIGHT: Final = 6

MAX_NAMED: Final = 5
"""Most codes or names in the notice after registering."""


class BookingsTab(EventPart):
    """Lists the bookings of an event and makes new ones."""

    NEEDS = Permission.TICKETS
    EXPORTS = Listing.BOOKINGS
    HELP = (
        "Type / to search by code, name or e-mail. Enter opens a booking: payment, approval, "
        "handing on, other types and cancelling are there."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "register", "Register", tooltip="Book for one person or for many"),
        Binding("f", "turn_filter", "Show", tooltip="All, to approve, unpaid, paid, cancelled, …"),
    ]
    DEFAULT_CSS = """
    BookingsTab {
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    state = ""

    def compose(self) -> ComposeResult:
        """Lay out the list under what it shows."""
        yield Label(str(SHOWN[""]), classes="part-title", markup=False)
        yield PagedTable(
            self.source(list_bookings, self._line, state=lambda: self.state),
            Column(_("Code"), width=7),
            Column(_("Name")),
            Column(_("Tickets"), width=7, right=True, least=76),
            Column(_("Total"), width=13, right=True, least=58),
            Column(_("Due"), width=13, right=True, least=88),
            Column(_("State"), width=12),
            Column(_("Booked"), width=21, least=110),
            Column(_("By"), width=10, least=124),
            detail=self._detail,
            empty=_(
                "No bookings here. Press N to register people, F to show others, or clear "
                "the search."
            ),
        )

    async def re_read(self) -> None:
        """Read the page on show and how many wait for approval."""
        waiting = await self.desk.read(waiting_for_approval, self.event.id)
        title = str(SHOWN[self.state])
        if waiting and self.state != "waiting":
            told = _("! {count:,} wait for approval: press F", count=waiting)
            title = f"{title}  {told}"
        self.query_one(".part-title", Label).update(title)
        await super().re_read()

    async def _detail(self, line: Line) -> list[Block]:
        detail = await self.desk.read(booking_detail, line.key)
        return booking_blocks(detail, self.tools.now())

    async def action_turn_filter(self) -> None:
        """Show the next sort of bookings."""
        states = list(SHOWN)
        self.state = states[(states.index(self.state) + 1) % len(states)]
        await self.re_read()

    def _line(self, line: BookingLine) -> Line:
        words, tone = BOOKING_STATES[state_of(line)]
        return Line(
            line.id,
            (
                line.code,
                line.name,
                str(line.tickets),
                formats.money(line.total) if line.total.minor else _("free"),
                formats.money(line.due) if line.due.minor else "–",
                str(words),
                spoken(line.created_at, self.event.time_zone),
                line.source,
            ),
            "" if tone == "good" else tone,
        )

    @on(PagedTable.Chosen)
    def open_booking(self, message: PagedTable.Chosen) -> None:
        """Show a booking in full."""
        self.app.push_screen(BookingScreen(self.tools, self.actor, message.line.key))

    @act
    async def action_register(self) -> None:
        """Ask for people and book for them."""
        setup = await self.desk.read(doors_of_event, self.event.id)
        dialog = FormDialog(
            _("Register people"),
            self._fields(list(setup.ticket_types)),
            self._submit,
            explanation=_("One person a line: the name, a comma, the e-mail if there is one."),
            confirm=_("Register"),
        )
        booked = await self.ask(dialog)
        if booked is not None:
            self.say(booked, title=_("Registered"))

    def _fields(self, types: list[tuple[Any, str]]) -> list[Field[Any]]:
        return [
            NoteField("people", _("People"), height=PEOPLE_HEIGHT),
            ChoiceField(
                "type",
                _("Ticket"),
                types,
                value=types[0][0] if types else None,
                making=Maker(self.desk, self.app, self.event).ticket_type(),
            ),
            YesNoField("together", _("One booking for all of them"), value=False),
            YesNoField(
                "paid", _("Paid already"), help=_("Elsewhere; else it is due and has no deadline.")
            ),
            TextField("code", _("Discount code"), max_length=60),
            TextField(
                "line_two", _("Line below the name"), help=_("Such as a company; for all of them.")
            ),
            YesNoField(
                "waitlist",
                _("The rest on the waitlist"),
                help=_("When not all fit: the first get tickets, the others wait."),
            ),
            YesNoField(
                "partly",
                _("Only those who fit"),
                help=_("When not all fit: the first get tickets, the others are named."),
            ),
            YesNoField(
                "again",
                _("A further ticket"),
                help=_("Also for those who have one already, by name and e-mail."),
            ),
            YesNoField("force", _("More than planned"), help=_("Also where it is sold out.")),
        ]

    async def _submit(self, values: dict[str, Any]) -> str:
        people = read_people(values["people"])
        if not people:
            raise InvalidInputError(
                msg("Nobody is named yet."), hint=msg("Write at least one name.")
            )
        tickets = [
            (NewTicket(values["type"], name, email, values["line_two"]), name, email)
            for name, email in people
        ]
        groups = [tickets] if values["together"] else [[each] for each in tickets]
        bookings = [
            NewBooking(
                group[0][1],
                group[0][2],
                tuple(ticket for ticket, _name, _email in group),
                paid=values["paid"],
                code=values["code"],
                source="organizer",
            )
            for group in groups
        ]
        how = {name: values[name] for name in ("force", "waitlist", "partly", "again")}
        done = await self.desk.write(register, self.event.id, bookings, **how)
        return _said(done)


def _said(done: list[Registered]) -> str:
    """The notice after registering: codes and seats, who is on the waitlist, and who got none."""
    got = [each for each in done if each.booked is not None]
    waiting = [each for each in done if each.waits]
    shown = ", ".join(
        f"{each.ticket_code} {each.seat}".strip() if each.seat else each.booked.code
        for each in got[:MAX_NAMED]
        if each.booked is not None
    )
    said = _("No tickets")
    if got:
        said = _("{count} tickets: {shown}", count=len(got), shown=shown)
        said += _more(got)
    if waiting:
        said += ". " + _("On the waitlist: {names}", names=_names(waiting)) + _more(waiting)
    had = [each for each in done if each.without is Without.HAS_TICKET]
    if had:
        said += ". " + _("With a ticket already: {names}", names=_names(had)) + _more(had)
    full = [each for each in done if each.without is Without.NO_PLACE]
    if full:
        said += ". " + _("No place for: {names}", names=_names(full)) + _more(full)
    return said


def _names(told: list[Registered]) -> str:
    return ", ".join(plain(each.name, limit=30) for each in told[:MAX_NAMED])


def _more(told: list[Registered]) -> str:
    more = len(told) - MAX_NAMED
    return " " + _("and {count} more", count=more) if more > 0 else ""
