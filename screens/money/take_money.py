"""The dialog that takes money for a booking at the desk: cash with change, a card, a voucher."""

from dataclasses import dataclass
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Label, OptionList

from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.paying import Method
from eventdesk.money import WaysToPay, take_payment
from screens.core.station import Place, Tools
from screens.desk.desk_dialog import DeskDialog
from screens.money.cash_acts import ask_for_drawer

WAYS: Final = {
    Method.CASH: msg("Cash"),
    Method.TERMINAL: msg("Card terminal"),
    Method.VOUCHER: msg("Voucher"),
}
ASKED: Final = {
    Method.CASH: msg("What you were given; empty is exactly that"),
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


class TakeMoney(DeskDialog[Taken]):
    """Asks how a booking is paid and takes the money; dismissed with what was taken.

    Enter alone takes exactly what is due in cash. Less is taken as a part, after a question, and
    the rest by another way.
    """

    KEYS = msg("Enter takes the money · ↑↓ another way · Esc not now")

    def __init__(self, tools: Tools, place: Place, ways: WaysToPay, whom: str) -> None:
        super().__init__(_("Take the payment"), whom)
        self.tools, self.place, self.ways = tools, place, ways
        self.due = ways.balance.due
        self.methods = [each.method for each in ways.ways if each.method in WAYS]
        self.methods.sort(key=list(WAYS).index)
        self.paid = Money(0, self.due.currency, self.due.exponent)
        self.change = self.paid
        self._busy = False
        self._asked_for_part = ""

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

    def end(self, text: str) -> object:
        """Take what was typed, unless it is taken already or is only a part."""
        if self._busy:
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
        self.paid, self.due = self.paid + view.amount, self.due - view.amount
        if given is not None and amount is not None:
            self.change = self.change + (given - amount)
        if self.due.minor <= 0:
            self.dismiss(self._taken())
            return
        self.line.value = ""
        self._asked_for_part = ""
        self._show()

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
