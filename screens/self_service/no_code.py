"""The kiosk's forms for a guest without a code: who they are, and which ticket."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from eventdesk.booking import TicketView
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.self_service.guest_words import SaysWords
from screens.self_service.keyboard import Keyboard
from screens.self_service.touch import TouchButton
from screens.widgets.problem import Problem
from screens.widgets.sentence import Sentence, in_cells


class NoCodeForm(Vertical, SaysWords):
    """Takes an e-mail address with a PIN, or a booking code, from any keyboard."""

    WORDS: ClassVar = {
        "#no-code-title": msg("No code at hand?"),
        "#guest-email": msg("E-mail"),
        "#guest-pin": msg("PIN"),
        "#no-code-or": msg("or"),
        "#guest-booking": msg("Booking code"),
        "#find": msg("Find my ticket"),
        "#no-code-back": msg("Start over"),
    }

    @dataclass
    class Asked(Message):
        """A guest wants to see their tickets; `booking` goes before e-mail and PIN."""

        email: str
        pin: str
        booking: str

    def compose(self) -> ComposeResult:
        """Lay out the fields, the keyboard and the buttons."""
        yield Sentence(id="no-code-title", classes="title")
        with Horizontal(id="no-code-fields"):
            yield Input(id="guest-email", max_length=200)
            yield Input(password=True, id="guest-pin", max_length=40)
            yield Sentence(id="no-code-or")
            yield Input(id="guest-booking", max_length=40)
        yield Problem(id="no-code-problem")
        yield Keyboard()
        with Horizontal(classes="buttons"):
            yield TouchButton("", variant="primary", id="find")
            yield TouchButton("", id="no-code-back")

    @property
    def has_begun(self) -> bool:
        """Whether a guest has typed something here."""
        return any(field.value for field in self.query(Input))

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


class TicketChoice(Vertical, SaysWords):
    """Lets a guest choose among the tickets that are theirs."""

    WORDS: ClassVar = {
        "#tickets-title": msg("Who is coming in?"),
        "#tickets-back": msg("Start over"),
    }

    @dataclass
    class Chosen(Message):
        """This is the ticket to check in."""

        ticket: TicketView

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.tickets: list[TicketView] = []

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield Sentence(id="tickets-title", classes="title")
        yield OptionList(id="guest-tickets", markup=False)
        yield Problem(id="tickets-problem")
        with Horizontal(classes="buttons"):
            yield TouchButton("", id="tickets-back")

    def offer(self, tickets: list[TicketView]) -> None:
        """Show the tickets, the first one marked."""
        self.tickets = tickets
        self.query_one(Problem).say("")
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
        details.append(in_cells(_("seat {seat}", seat=plain(ticket.seat))))
    if ticket.inside:
        details.append(in_cells(_("already in")))
    return Content.assemble(
        "\n", (in_cells(plain(ticket.name, limit=80)), "bold"), "\n", " · ".join(details), "\n"
    )
