"""The dialogs of paying a booking: by which way, and the outcome."""

from typing import Any, ClassVar
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Label, Static
from textual.worker import Worker, WorkerState

from eventdesk.acts import Actor
from eventdesk.core.booking_states import STATE_WORDS
from eventdesk.core.formats import money
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken, zone_note
from eventdesk.money import (
    TEST_DESK,
    PaymentView,
    Way,
    WaysToPay,
    answer_test_payment,
    export_document,
    issue_receipt,
    let_off,
    start_payment,
    take_payment,
    ways_to_pay,
)
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.money.payment_page import POLL_S, PaymentPage, until_answered
from screens.widgets.form import ChoiceField, Field, Form, MoneyField, TextField

SIGNS = {
    PaymentState.PAID: (msg("✓ Paid"), "good"),
    PaymentState.PENDING: (msg("◌ Waiting for the answer"), "waiting"),
    PaymentState.FAILED: (msg("✗ It did not go through"), "bad"),
    PaymentState.EXPIRED: (msg("✗ It was not paid in time"), "bad"),
}

TEST_ANSWERS = {"paid": msg("Paid"), "failed": msg("Failed"), "twice": msg("Paid twice")}
"""What the test desk can be let answer in place."""

ASKED = {
    Method.CASH: ("amount",),
    Method.TERMINAL: ("amount", "slip"),
    Method.TRANSFER: ("amount", "purpose"),
    Method.VOUCHER: ("voucher",),
    Method.FREE: ("reason",),
    Method.GATEWAY: (),
}
"""Fields of each method."""


async def pay(owner: Widget, tools: Tools, actor: Actor, booking_id: UUID) -> PaymentView | None:
    """Ask how a booking is paid and do it; called in a worker.

    Returns the payment as it was last shown; None when nothing was begun.

    Raises:
        EventDeskError: What is due cannot be read, or not by this person.
    """
    ways = await tools.desk.read(ways_to_pay, actor, booking_id)
    view = await owner.app.push_screen_wait(PaymentDialog(tools, actor, ways))
    if view is None:
        return None
    if view.address and view.state is PaymentState.PENDING:
        view = await owner.app.push_screen_wait(PaymentPage(tools, actor, view))
    return await owner.app.push_screen_wait(PaymentOutcome(tools, actor, view))


class PaymentDialog(FormDialog[PaymentView]):
    """Asks how a booking is paid and does it; dismissed with the payment."""

    def __init__(self, tools: Tools, actor: Actor, ways: WaysToPay) -> None:
        self.tools, self.actor, self.ways = tools, actor, ways
        self.due = ways.balance.due
        words = _("{due} are due.", due=self.due)
        if ways.expires_at is not None and ways.state == "pending":
            note = zone_note(ways.expires_at, ways.time_zone)
            until = f"{spoken(ways.expires_at, ways.time_zone)}{note}"
            words = _("{due} are due until {until}.", due=self.due, until=until)
        super().__init__(
            _("Pay booking {code}", code=ways.code),
            self._fields_for(ways),
            self._pay,
            tell=self._tell,
            explanation=words,
            confirm=_("Pay"),
        )

    def on_mount(self) -> None:
        """Show what the first method asks for."""
        self._show_fields()

    @on(Form.Changed, "Form")
    def _show_fields(self) -> None:
        """Show only what the chosen method asks for."""
        way: Way | None = self.form.values["way"]
        asked = ASKED[way.method] if way else ()
        if way is not None and self._is_only_told(way):
            asked = ()
        for name, field in self.form.fields.items():
            field.display = name == "way" or name in asked
        self.query_one("#confirm", Button).disabled = way is not None and self._is_only_told(way)

    def _fields_for(self, ways: WaysToPay) -> list[Field[Any]]:
        choices = [(way, way.title) for way in ways.ways]
        return [
            ChoiceField("way", _("Pay by"), choices, value=ways.ways[0] if ways.ways else None),
            MoneyField(
                "amount",
                _("Amount"),
                currency=self.due.currency,
                exponent=self.due.exponent,
                value=max(0, self.due.minor) or None,
                required=True,
            ),
            TextField(
                "slip", _("Slip number"), required=True, help=_("As the terminal printed it.")
            ),
            TextField("purpose", _("Purpose"), help=_("As the bank's statement says it.")),
            TextField("voucher", _("Voucher code"), required=True, max_length=60),
            TextField("reason", _("Why"), required=True, help=_("Such as: speaker, volunteer.")),
        ]

    def _is_only_told(self, way: Way) -> bool:
        """Whether this way only tells where to send the money."""
        is_team = any(each.method is Method.CASH for each in self.ways.ways)
        return way.method is Method.TRANSFER and not is_team

    def _tell(self, values: dict[str, Any]) -> str:
        way: Way | None = values["way"]
        if way is None:
            return _("There is no way to pay here. Ask the organizer.")
        if self._is_only_told(way):
            lines = "\n".join(plain(line, limit=100) for line in self.ways.bank)
            return _(
                "Send {due} to:\n{lines}\nYour tickets are ready when it has arrived.",
                due=self.due,
                lines=lines,
            )
        if way.method is Method.CASH and values["amount"] is not None:
            over = values["amount"] - self.due.minor
            if over > 0:
                return _("! Change to give back: {change}", change=self._money(over))
        if way.method is Method.GATEWAY:
            return _("You are told what to do next.")
        return ""

    def _money(self, minor: int) -> Money:
        return Money(minor, self.due.currency, self.due.exponent)

    async def _pay(self, values: dict[str, Any]) -> PaymentView:
        way: Way = values["way"]
        write = self.tools.desk.write
        booking_id = self.ways.booking_id
        if way.method is Method.GATEWAY:
            # Not on the writing thread: a gateway takes its time, and others write meanwhile.
            return await self.tools.desk.take_steps(
                start_payment, self.actor, booking_id, provider=way.provider
            )
        if way.method is Method.FREE:
            return await write(let_off, self.actor, booking_id, reason=values["reason"])
        amount = None
        if way.method is not Method.VOUCHER:
            minor = values["amount"]
            if way.method is Method.CASH:  # what is handed over beyond it is change
                minor = min(minor, self.due.minor)
            amount = self._money(minor)
        names = {Method.TERMINAL: "slip", Method.TRANSFER: "purpose", Method.VOUCHER: "voucher"}
        reference = values[names[way.method]] if way.method in names else ""
        return await write(
            take_payment,
            self.actor,
            booking_id,
            method=way.method,
            amount=amount,
            reference=reference,
        )


class PaymentOutcome(ModalScreen[PaymentView], ShowsErrors, AsActor):
    """Shows the outcome of a payment and what to do; follows one that waits for its answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("r", "receipt", "Receipt", tooltip="Write the receipt among the exports"),
    ]
    AUTO_FOCUS = "#close"
    DEFAULT_CSS = """
    PaymentOutcome {
        align: center middle;
        & .outcome {
            width: 70; max-width: 96%; height: auto; max-height: 96%; padding: 1 2;
            border: round $primary; background: $surface; overflow-y: auto;
        }
        & #outcome-head { text-style: bold; width: 100%; }
        & #outcome-head.-good { color: $success; }
        & #outcome-head.-bad { color: $error; }
        & #outcome-head.-waiting { color: $warning; }
        & #outcome-body { width: 100%; margin-top: 1; }
        & .buttons { height: 3; align-horizontal: right; margin-top: 1; }
        & .buttons Button { margin-left: 2; background: $surface; }
        & #answers { height: auto; margin-top: 1; }
        & #answers Button { margin-right: 2; min-width: 12; background: $surface; }
    }
    """

    def __init__(self, tools: Tools, actor: Actor, view: PaymentView) -> None:
        super().__init__()
        self.tools, self.actor, self.view = tools, actor, view

    def compose(self) -> ComposeResult:
        """Lay out the outcome above the buttons."""
        with Vertical(classes="outcome"):
            yield Label("", id="outcome-head", markup=False)
            yield Static("", id="outcome-body", markup=False)
            with Horizontal(id="answers"):
                for answer, words in TEST_ANSWERS.items():
                    yield Button(str(words), id=answer, tooltip=_("Let the test desk say so"))
            with Horizontal(classes="buttons"):
                yield Button(_("Receipt"), id="receipt")
                yield Button(_("Close"), variant="primary", id="close")

    def on_mount(self) -> None:
        """Show it, and follow it while it waits."""
        self._show()
        if self._is_test:
            self.query_one("#paid").focus()
        if self.view.state is PaymentState.PENDING:
            self._follow()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close it; a payment that waits goes on waiting."""
        self.dismiss(self.view)

    @on(Button.Pressed, "#paid, #failed, #twice")
    @work(exclusive=True, group="answer", exit_on_error=False)
    async def answer(self, message: Button.Pressed) -> None:
        """Let the test desk answer; its notice is heard like any other."""
        answer = message.button.id or ""
        # Not on the writing thread: it is a gateway, if only a folder.
        await self.desk.take_steps(answer_test_payment, self.view.id, answer=answer)

    @on(Button.Pressed, "#receipt")
    @work(exclusive=True, group="receipt", exit_on_error=False)
    async def action_receipt(self) -> None:
        """Write the receipt as text among the exports, and say where."""
        if self.view.state is not PaymentState.PAID or self.view.method is Method.FREE:
            return
        issued = await self.desk.write(issue_receipt, self.view.id)
        path = await self.desk.read(export_document, issued.id, form="txt")
        self.notify(
            plain(str(path), limit=400), title=_("Receipt {name}", name=issued.name), markup=False
        )

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        """Ask the gateway until it has answered."""
        await until_answered(self.tools, self.actor, self.view, self._answered)

    def _answered(self, view: PaymentView) -> None:
        self.view = view
        self._show()

    def _show(self) -> None:
        said, tone = SIGNS[self.view.state]
        words = _("✓ Let off") if self.view.method is Method.FREE else str(said)
        head = self.query_one("#outcome-head", Label)
        head.set_classes(f"-{tone}")
        head.update(
            words if self.view.method is Method.FREE else f"{words}: {money(self.view.amount)}"
        )
        shown = self.view.show if self.view.state is PaymentState.PENDING else ""
        parts = (shown, self.view.error, self.view.advice or self._all_well())
        body = "\n\n".join(
            "\n".join(plain(line, limit=400) for line in part.splitlines())
            for part in parts
            if part
        )
        self.query_one("#outcome-body", Static).update(body)
        has_receipt = self.view.state is PaymentState.PAID and self.view.method is not Method.FREE
        self.query_one("#receipt", Button).display = has_receipt
        self.query_one("#answers").display = self._is_test
        if not self._is_test and self.focused is None:
            self.query_one("#close").focus()

    @property
    def _is_test(self) -> bool:
        """Whether it waits for the test desk, which whoever is here may let answer."""
        return self.view.provider == TEST_DESK and self.view.state is PaymentState.PENDING

    def _all_well(self) -> str:
        if self.view.state is not PaymentState.PAID:
            return ""
        return _(
            "Booking {code} is {state}. Nothing is due.",
            code=self.view.booking_code,
            state=STATE_WORDS[self.view.booking_state],
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Ask again for a payment that waits."""
        if event.state is WorkerState.ERROR and event.worker.group == "follow":
            self.set_timer(POLL_S, self._follow)
