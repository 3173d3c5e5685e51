"""The screen of one booking: its costs, its tickets, and what can be done with them."""

from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.acts import Actor, Permission
from eventdesk.booking import (
    BookingDetail,
    BookingLine,
    TicketLine,
    approve_booking,
    booking_detail,
    cancel_booking,
    cancel_tickets,
    cancel_words,
    cancellation,
    extend_deadline,
    note_booking,
    refuse_booking,
    state_of,
    summary,
    ticket_state,
    ticket_words,
    upgraded_words,
)
from eventdesk.core.formats import money
from eventdesk.core.messages import _, msg
from screens.booking.link_dialog import link_dialog
from screens.booking.new_code import NewCode
from screens.booking.ticket_dialogs import (
    answers_dialog,
    hand_on_dialog,
    name_dialog,
    upgrade_dialog,
)
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools, served_at
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.money.invoice_acts import invoice
from screens.money.payment_dialog import pay
from screens.widgets.form import Field, MomentField, NoteField, TextField, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of

TEAM_ONLY: Final = frozenset({"approve", "refuse", "deadline", "note", "rename", "link"})
"""Actions of the event's team; who booked has the others."""


class BookingScreen(RoleScreen[None], AsActor):
    """Shows a booking to the event's team, to who booked it, or to who holds a ticket of it.

    Args:
        actor: The reader, with their role at its event.
        pay_first: Ask at once how it is paid, where something is due.
    """

    ROLE = msg("Booking")
    THINGS = ("store",)
    HELP = (
        "What the booking costs stands above, its tickets below. Keys for a ticket mean the marked "
        "one; before anything is lost you see what it costs."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pay", "Pay", tooltip="Note that money came in"),
        Binding("y", "approve", "Approve", tooltip="Approve this booking"),
        Binding("r", "refuse", "Refuse", tooltip="Refuse this booking, with a reason"),
        Binding("h", "hand_on", "Hand on", tooltip="Give the marked ticket to somebody else"),
        Binding("u", "upgrade", "Type", tooltip="Make the marked ticket another type"),
        Binding("a", "answers", "Answers", tooltip="Show and correct what the holder answered"),
        Binding("c", "cancel_ticket", "Cancel it", tooltip="Cancel the marked ticket"),
        Binding("x", "cancel", "Cancel all", tooltip="Cancel the whole booking"),
        Binding("e", "rename", "Name", tooltip="Correct the name on the marked ticket"),
        Binding("d", "deadline", "Deadline", tooltip="Give more time to pay"),
        Binding("i", "invoice", "Invoice", tooltip="Issue the invoice and show it"),
        Binding("t", "note", "Note", tooltip="Leave a note for the team"),
        Binding("l", "link", "Link", tooltip="Show the link by which who booked sees it"),
    ]
    AUTO_FOCUS = "PagedLines"
    DEFAULT_CSS = """
    BookingScreen {
        & #summary { height: auto; max-height: 8; padding: 1 2; }
        & #marked { height: auto; max-height: 6; padding: 0 2 1 2; color: $faint; }
    }
    """

    table = getters.query_one(PagedTable)
    detail: BookingDetail | None = None

    def __init__(
        self, tools: Tools, actor: Actor, booking_id: UUID, *, pay_first: bool = False
    ) -> None:
        super().__init__(tools)
        self.pay_first = pay_first
        self.actor, self.booking_id = actor, booking_id
        self.team = actor.may(Permission.TICKETS, Permission.DOOR)

    def compose_body(self) -> ComposeResult:
        """Lay out the booking above its tickets."""
        yield Static("", id="summary", markup=False)
        yield PagedTable(
            self._tickets,
            Column(_("Name")),
            Column(_("Ticket"), width=16),
            Column(_("Seat"), width=8, least=72),
            Column(_("Price"), width=13, right=True),
            Column("", width=12),
            Column(_("E-mail"), width=30, least=120),
            empty=_("This booking has no tickets of yours."),
            searchable=False,
        )
        yield Static("", id="marked", markup=False)

    async def re_read(self) -> None:
        """Read the booking again."""
        await super().re_read()
        self.detail = await self.desk.read(booking_detail, self.booking_id)
        self.query_one("#summary", Static).update(summary(self.detail, self.tools.now()))
        await self.table.re_read()
        self._show_marked()
        self.refresh_bindings()
        if self.pay_first and self.check_action("pay", ()):
            self.action_pay()
        self.pay_first = False

    def clock(self) -> str:
        """The time of day at the event."""
        if self.detail is None:
            return ""
        return f"{self.tools.now().astimezone(ZoneInfo(self.detail.time_zone)):%H:%M}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show only the keys of what can be done now, by this person."""
        if action in TEAM_ONLY and not self.team:
            return False
        detail = self.detail
        if detail is None:
            return True
        line = detail.line
        live, waits = line.state in ("paid", "pending"), state_of(line) == "waiting"
        match action:
            case "approve" | "refuse":
                return waits and self.actor.may(Permission.TICKETS)
            case "deadline":
                return (
                    line.state == "pending"
                    and line.approved
                    and self.actor.may(Permission.TICKETS, Permission.MONEY)
                )
            case "pay":
                takes = self.actor.may(Permission.MONEY, Permission.DOOR)
                pays = detail.account_id == self.actor.id and line.approved
                return line.state == "pending" and line.due.minor > 0 and (takes or pays)
            case "invoice":
                keeps = self.actor.may(Permission.MONEY, Permission.DOOR)
                return (keeps or detail.account_id == self.actor.id) and line.approved
            case "hand_on":
                return live
            case "link":
                return detail.account_id is None and bool(served_at(self.tools))
            case "upgrade" | "cancel_ticket" | "cancel":
                return live and (self.team or detail.account_id == self.actor.id)
        return True

    async def _tickets(self, text: str, offset: int, limit: int) -> Window:
        if self.detail is None:
            return Window((), 0)
        line = self.detail.line
        return window_of([_line(each, line) for each in self.detail.tickets], offset, limit)

    @on(PagedTable.Marked)
    def _show_marked(self) -> None:
        ticket = self._marked()
        self.query_one("#marked", Static).update("" if ticket is None else ticket_words(ticket))

    def _marked(self) -> TicketLine | None:
        line = self.table.marked
        tickets = self.detail.tickets if self.detail else ()
        return next((each for each in tickets if line and each.id == line.key), None)

    # The booking

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_pay(self) -> None:
        """Pay what is due, or note how it was paid."""
        await pay(self, self.tools, self.actor, self.booking_id)
        self.action_re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_invoice(self) -> None:
        """Issue the invoice and show it."""
        if self.detail is not None:
            name, reverse = self.detail.line.name, self.detail.reverse_charge
            asked = self.tools, self.actor, self.booking_id
            await invoice(self, *asked, name=name, reverse=reverse)
            self.action_re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_approve(self) -> None:
        """Approve it."""
        question = YesNo(
            _("Approve it?"), _("Whoever booked is told, and may pay now."), yes=_("Approve")
        )
        if await self.app.push_screen_wait(question):
            await self.desk.write(approve_booking, self.booking_id)
            self._done(_("Approved"))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_refuse(self) -> None:
        """Refuse it with a reason."""
        why = await self.app.push_screen_wait(
            TextQuestion(
                _("Why is it refused?"),
                _("Whoever booked reads this. The places are freed and what was paid goes back."),
                confirm=_("Refuse"),
            )
        )
        if why:
            await self.desk.write(refuse_booking, self.booking_id, reason=why)
            self._done(_("Refused"))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_deadline(self) -> None:
        """Ask until when it is to be paid."""
        if self.detail is None:
            return
        field = MomentField(
            "until",
            _("To be paid until"),
            zone=self.detail.time_zone,
            value=self.detail.line.expires_at,
            help=_("Empty: there is no deadline."),
        )

        async def submit(values: dict[str, datetime | None]) -> bool:
            await self.desk.write(extend_deadline, self.booking_id, until=values["until"])
            return True

        if await self.app.push_screen_wait(FormDialog(_("More time"), [field], submit)):
            self._done(_("The deadline is changed"))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_note(self) -> None:
        """Ask for the note."""

        async def submit(values: dict[str, str]) -> bool:
            await self.desk.write(note_booking, self.booking_id, note=values["note"])
            return True

        note = NoteField("note", _("Note"), value=self.detail.note if self.detail else "")
        words = _("Only the event's team reads it.")
        if await self.app.push_screen_wait(
            FormDialog(_("Note"), [note], submit, explanation=words)
        ):
            self._done(_("Noted"))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_link(self) -> None:
        """Show the link for who booked without an account."""
        await self.app.push_screen_wait(await link_dialog(self.tools, self.actor, self.booking_id))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_cancel(self) -> None:
        """Show what cancelling everything costs, and do it after a yes."""
        await self._cancel(None)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_cancel_ticket(self) -> None:
        """Show what cancelling the marked ticket costs, and do it after a yes."""
        ticket = self._marked()
        if ticket is not None:
            await self._cancel(ticket)

    async def _cancel(self, ticket: TicketLine | None) -> None:
        ids = None if ticket is None else [ticket.id]
        figures = await self.desk.read(cancellation, self.booking_id, ids)
        fields: list[Field[Any]] = [TextField("reason", _("Reason"), max_length=300)]
        if figures.kept.minor and self.actor.may(Permission.TICKETS):
            more = _("Then {kept} more go back.", kept=figures.kept)
            fields.append(YesNoField("waive", _("Waive the fee"), help=more))

        async def submit(values: dict[str, Any]) -> bool:
            how = {"reason": values["reason"], "waive_fee": bool(values.get("waive"))}
            if ids is None:
                await self.desk.write(cancel_booking, self.booking_id, **how)
            else:
                await self.desk.write(cancel_tickets, ids, **how)
            return True

        title = _("Cancel this booking?")
        if ticket is not None:
            title = _("Cancel the ticket of {name}?", name=ticket.name)
        dialog = FormDialog(
            title,
            fields,
            submit,
            explanation=cancel_words(figures),
            confirm=_("Cancel it"),
            give_up=_("Keep it"),
        )
        if await self.app.push_screen_wait(dialog):
            self._done(_("Cancelled"))

    # One ticket

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_hand_on(self) -> None:
        """Hand the marked ticket on and show the new code."""
        ticket = self._marked()
        if ticket is None:
            return
        dialog = hand_on_dialog(self.tools, self.actor, ticket.id, ticket.code)
        given = await self.app.push_screen_wait(dialog)
        if given is not None:
            self.action_re_read()
            await self.app.push_screen_wait(NewCode(*given))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_upgrade(self) -> None:
        """Offer the types the marked ticket can become."""
        ticket = self._marked()
        if ticket is None or self.detail is None:
            return
        dialog = await upgrade_dialog(self.tools, self.actor, self.detail, ticket)
        if dialog is None:
            self.notify(_("There is no other type to choose."), severity="warning", markup=False)
            return
        upgraded = await self.app.push_screen_wait(dialog)
        if upgraded is None:
            return
        if upgraded.due.minor and not self.team:
            self.action_re_read()
            await pay(self, self.tools, self.actor, self.booking_id)
            self.action_re_read()
        else:
            self._done(_("The ticket is changed"), upgraded_words(upgraded, self.detail.time_zone))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_answers(self) -> None:
        """Show and correct the answers of the marked ticket."""
        ticket = self._marked()
        if ticket is None:
            return
        dialog = await answers_dialog(self.tools, self.actor, ticket.id, ticket.name)
        if dialog is None:
            self.notify(_("This event asks nothing."), severity="warning", markup=False)
        elif await self.app.push_screen_wait(dialog):
            self._done(_("Saved"))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_rename(self) -> None:
        """Correct the name on the marked ticket."""
        ticket = self._marked()
        if ticket is None:
            return
        said = {"name": ticket.name, "line_two": ticket.line_two}
        dialog = name_dialog(self.tools, self.actor, ticket.id, **said)
        if await self.app.push_screen_wait(dialog):
            self._done(_("Saved"))

    def _done(self, title: str, words: str = "") -> None:
        self.action_re_read()
        self.notify(words or " ", title=title, markup=False)


def _line(ticket: TicketLine, booking: BookingLine) -> Line:
    state, tone = ticket_state(ticket, booking)
    price = money(ticket.price) if ticket.price.minor else _("free")
    return Line(
        ticket.id, (ticket.name, ticket.ticket_type, ticket.seat, price, state, ticket.email), tone
    )
