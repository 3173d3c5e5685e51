"""The dialog that takes money for a booking at the desk: cash with change, cards, a voucher."""

from dataclasses import dataclass
from typing import Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.widgets import Input, Label, OptionList

from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.integrations.payments import CardReader
from eventdesk.money import PaymentView, WaysToPay, take_payment
from screens.core.meant_enter import MeantEnter
from screens.core.station import Place, Tools
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput
from screens.money.cash_acts import ask_for_drawer

WAYS: Final = {
    Method.CASH: msg("Cash"),
    Method.GATEWAY: msg("Card reader"),
    Method.TERMINAL: msg("Card terminal"),
    Method.VOUCHER: msg("Voucher"),
}
CARD_KEY: Final = "c"
"""Typed where an amount is asked for, it turns to the card."""

ASKED: Final = {
    Method.CASH: msg("What you were given; empty is exactly that"),
    Method.GATEWAY: msg("Enter shows the amount on the card reader"),
    Method.TERMINAL: msg("Number of the slip"),
    Method.VOUCHER: msg("Code of the voucher"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The money taken at the desk.

    Attributes:
        paid: The sum of all ways.
        change: What the guest gets back.
        due: What is still due.
    """

    paid: Money
    change: Money
    due: Money

    @property
    def settled(self) -> bool:
        """Whether nothing is due any more."""
        return self.due.minor <= 0

    @property
    def words(self) -> str:
        """Words on what was paid and is given back; "" when nothing was paid."""
        if not self.paid.minor:
            return ""
        if self.change.minor:
            return _("Paid {paid}. GIVE BACK {change}.", paid=self.paid, change=self.change)
        return _("Paid {paid}.", paid=self.paid)


class MoneyLine(MeantEnter, LineInput):
    """A line whose Enter takes money."""


class TakeMoney(DeskDialog[Taken]):
    """Asks how a booking is paid and takes the money; dismissed with what was taken.

    Enter alone takes exactly what is due in cash. Less is taken as a part, after a question, and
    the rest by another way.

    Args:
        reader: The card reader that stands here, which takes all that is due.
    """

    line = getters.query_one(MoneyLine)

    KEYS = msg("Enter takes the money · C card · ↑↓ another way · Esc not now")

    def __init__(
        self,
        tools: Tools,
        place: Place,
        ways: WaysToPay,
        whom: str,
        *,
        reader: CardReader | None = None,
    ) -> None:
        super().__init__(_("Take the payment"), whom)
        self.tools, self.place, self.ways, self.whom = tools, place, ways, whom
        self.reader = reader
        self.due = ways.balance.due
        own = {each.method for each in ways.ways} - {Method.GATEWAY}
        here = own if reader is None else own | {Method.GATEWAY}
        self.methods = [each for each in WAYS if each in here]
        self.paid = Money(0, self.due.currency, self.due.exponent)
        self.change = self.paid
        self._busy = False
        self._asked_for_part = ""

    def make_line(self) -> MoneyLine:
        """Make the line for an amount, a slip or a voucher."""
        return MoneyLine(max_length=300)

    def compose_above(self) -> ComposeResult:
        """Lay out what is due."""
        yield Label("", id="due", markup=False)
        yield Label("", id="asked", markup=False)

    def on_mount(self) -> None:
        """Offer the ways to pay."""
        self.offer([str(WAYS[each]) for each in self.methods])
        self._show()

    @property
    def method(self) -> Method:
        """The way that is marked."""
        return self.methods[self.marked or 0]

    def pick(self, place: int) -> object:
        """Only mark the way somebody clicked: the money is taken by Enter."""
        self.choices.highlighted = place
        return None

    @on(OptionList.OptionHighlighted, "#choices")
    def ask_anew(self) -> None:
        """Ask for what the marked way needs."""
        self._asked_for_part = ""
        self.line.value = ""
        self._show()

    @on(Input.Changed)
    def work_out(self) -> None:
        """Say what goes back, or is missing still."""
        self.say("")
        card = Method.TERMINAL if self.reader is None else Method.GATEWAY
        if self.line.value.strip().casefold() == CARD_KEY and self._turn_to(card):
            return
        given = self._given()
        if self.method is not Method.CASH or given is None or not self.line.value.strip():
            self.tell("")
        elif given.minor >= self.due.minor:
            self.tell(
                _("Give back {change}", change=given - self.due),
                "good" if given == self.due else "care",
            )
        else:
            self.tell(_("{missing} are missing", missing=self.due - given))

    def _turn_to(self, method: Method) -> bool:
        """Mark another way than cash by its letter, which no amount has; whether it is offered."""
        if self.method is not Method.CASH or method not in self.methods:
            return False
        self.choices.highlighted = self.methods.index(method)
        return True

    def end(self, text: str) -> object:
        """Take what was typed, unless it is taken already or is only a part."""
        if self._busy:
            return None
        if self.method is Method.GATEWAY:
            self.take_at_reader()
            return None
        if self.method is not Method.CASH:
            if text:
                self.take(None, text)
            else:
                self.say(
                    _("Number of the slip, please.")
                    if self.method is Method.TERMINAL
                    else _("Code of the voucher, please.")
                )
            return None
        given = self._given()
        if given is None:
            self.say(_("{text} is no amount. Such as {amount}.", text=text, amount=self.due.amount))
        elif given.minor >= self.due.minor or text == self._asked_for_part:
            self.take(given, "")
        else:
            self._asked_for_part = text
            self.say(_("Enter again takes {given} as a part.", given=given))
            self.line.asks_anew()
        return None

    @work(exclusive=True, group="take", exit_on_error=False)
    async def take(self, given: Money | None, reference: str) -> None:
        """Take the money; what was typed stays when it cannot be taken."""
        self._busy = True
        amount = None if given is None else min(given, self.due, key=lambda each: each.minor)
        method = self.method
        try:
            if method is Method.CASH and not await ask_for_drawer(self, self.tools, self.place):
                return
            view = await self.tools.desk.write(
                take_payment,
                self.place.actor,
                self.ways.booking_id,
                method=method,
                amount=amount,
                reference=reference,
            )
        except EventDeskError as error:
            self.say_error(error)
            return
        finally:
            self._busy = False
        if given is not None and amount is not None:
            self.change = self.change + (given - amount)
        self._took(view)

    @work(exclusive=True, group="take", exit_on_error=False)
    async def take_at_reader(self) -> None:
        """Take all that is due at the card reader."""
        from screens.money.at_reader import AtReader

        assert self.reader is not None
        self._busy = True
        dialog = AtReader(
            self.tools, self.place.actor, self.ways.booking_id, self.reader, self.due, self.whom
        )
        try:
            view = await self.app.push_screen_wait(dialog)
        finally:
            self._busy = False
        if view is not None and view.state is PaymentState.PAID:
            self._took(view)
        elif view is not None and view.state is PaymentState.PENDING:
            self.say(_("Nobody knows yet whether money moved. If it did, it is booked by itself."))
        else:
            self.say(_("Nothing was charged."))

    def _took(self, view: PaymentView) -> None:
        """Note what came in; ask for the rest where it was not all."""
        self.paid, self.due = self.paid + view.amount, self.due - view.amount
        if self.due.minor <= 0:
            self.dismiss(self._taken())
            return
        self.line.value = ""
        self._asked_for_part = ""
        self._show()
        self.line.asks_anew()

    def action_give_up(self) -> None:
        """Take no more; what was taken as a part stays taken."""
        self.dismiss(self._taken() if self.paid.minor else None)

    def _taken(self) -> Taken:
        return Taken(self.paid, self.change, self.due)

    def _given(self) -> Money | None:
        """The amount in the line; what is due where it is empty, None where it is no amount."""
        typed = self.line.value.strip()
        if not typed:
            return self.due
        try:
            return read_money(typed, self.due.currency, self.due.exponent)
        except InvalidInputError:
            return None

    def _show(self) -> None:
        words = _("{due} are due", due=self.due)
        if self.paid.minor:
            words = _("{due} are due, ✓ {paid} are taken", due=self.due, paid=self.paid)
        self.query_one("#due", Label).update(words)
        self.query_one("#asked", Label).update(str(ASKED[self.method]))
        self.tell("")
