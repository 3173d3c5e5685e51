"""The kiosk's forms for a guest without a code: who they are, and which ticket."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.booking import TicketView
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.self_service.keyboard import Keyboard
from screens.widgets.problem import Problem


class NoCodeForm(Vertical):
    """Takes an e-mail address with a PIN, or a booking code, from any keyboard."""

    @dataclass
    class Asked(Message):
        """A guest wants to see their tickets; `booking` goes before e-mail and PIN."""

        email: str
        pin: str
        booking: str

    def compose(self) -> ComposeResult:
        """Lay out the fields, the keyboard and the buttons."""
        yield Label(_("No code at hand?"), classes="title")
        with Horizontal(id="no-code-fields"):
            yield Input(placeholder=_("E-mail"), id="guest-email", max_length=200)
            yield Input(placeholder=_("PIN"), password=True, id="guest-pin", max_length=40)
            yield Label(_("or"), id="no-code-or")
            yield Input(placeholder=_("Booking code"), id="guest-booking", max_length=40)
        yield Problem(id="no-code-problem")
        yield Keyboard()
        with Horizontal(classes="buttons"):
            yield Button(_("Find my ticket"), variant="primary", id="find")
            yield Button(_("Start over"), id="no-code-back")

    def begin(self) -> None:
        """Wait for the first letter."""
        self.query_one("#guest-email", Input).focus()

    def forget(self) -> None:
        """Empty every field."""
        for field in self.query(Input):
            field.clear()
        self.query_one(Problem).say("")

    def refuse(self, sentence: str) -> None:
        """Say why nothing was found; what was typed stays, except the PIN."""
        self.query_one(Problem).say(sentence)
        self.query_one("#guest-pin", Input).clear()

    @on(Keyboard.Typed)
    def type_key(self, message: Keyboard.Typed) -> None:
        """Type into the field that has the focus, or had it last."""
        field = self.screen.focused
        if not isinstance(field, Input):
            field = self.query_one("#guest-email", Input)
            field.focus()
        Keyboard.type_into(field, message.key)

    @on(Input.Submitted, "#guest-email")
    def go_to_pin(self) -> None:
        """Go on with the PIN."""
        self.query_one("#guest-pin", Input).focus()

    @on(Input.Submitted, "#guest-pin, #guest-booking")
    @on(Button.Pressed, "#find")
    def ask(self) -> None:
        """Ask for the tickets, if enough was typed."""
        email, pin, booking = (
            self.query_one(f"#guest-{field}", Input).value.strip()
            for field in ("email", "pin", "booking")
        )
        if not booking and not (email and pin):
            self.query_one(Problem).say(_("Type your e-mail and PIN, or your booking code."))
            return
        self.post_message(self.Asked(email, pin, booking))


class TicketChoice(Vertical):
    """Lets a guest choose among the tickets that are theirs."""

    @dataclass
    class Chosen(Message):
        """This is the ticket to check in."""

        ticket: TicketView

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.tickets: list[TicketView] = []

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield Label(_("Who is coming in?"), classes="title")
        yield OptionList(id="guest-tickets", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(_("Start over"), id="tickets-back")

    def offer(self, tickets: list[TicketView]) -> None:
        """Show the tickets, the first one marked."""
        self.tickets = tickets
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options([Option(_line(ticket)) for ticket in tickets])
        choices.highlighted = 0 if tickets else None
        choices.focus()

    def forget(self) -> None:
        """Show nobody's tickets."""
        self.offer([])

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        """Say which ticket it is."""
        self.post_message(self.Chosen(self.tickets[message.option_index]))


def _line(ticket: TicketView) -> Content:
    details = [plain(ticket.ticket_type)]
    if ticket.seat:
        details.append(_("seat {seat}", seat=plain(ticket.seat)))
    if ticket.inside:
        details.append(_("already in"))
    return Content.assemble(
        "\n", (plain(ticket.name, limit=80), "bold"), "\n", " · ".join(details), "\n"
    )
