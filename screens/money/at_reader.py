"""A payment at a card reader: shown to the guest, followed, taken off; and which reader is here."""

import asyncio
from typing import ClassVar, Final
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.acts import Actor
from eventdesk.booking import ask_at_reader, cancel_at_reader
from eventdesk.core.errors import EventDeskError
from eventdesk.core.formats import money
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.paying import PaymentState
from eventdesk.core.plain_text import plain
from eventdesk.door import keep_reader_here, reader_here
from eventdesk.integrations.payments import CardReader
from eventdesk.money import PaymentView, card_readers, start_at_reader
from screens.core.failures import ShowsErrors
from screens.core.meant_enter import MeantEnter
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.modals.questions import PickOne

POLL_S: Final = 1.0
"""Seconds between questions to the service while the guest pays."""


class Again(MeantEnter, Button):
    """The button whose Enter shows a payment once more."""


class AtReader(ModalScreen[PaymentView | None], ShowsErrors):
    """Takes what is due at a card reader; dismissed with the payment as it was known last.

    Once it is paid the screen goes by itself. `Esc` takes it off the reader and says whether money
    moved; what nobody knows then is booked by itself as soon as somebody does.

    Args:
        due: What is due.
        whom: Who pays, in a line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Back")]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    AtReader {
        align: center middle;
        & .dialog { width: 64; max-width: 96%; padding: 1 2; }
        & Label { width: 100%; }
        & #reader-head { text-style: bold; margin-top: 1; }
        & #reader-head.-waits { color: $warning; }
        & #reader-head.-bad { color: $error; }
        & #reader-amount { text-style: bold; }
        & .keys { margin-top: 1; color: $faint; }
    }
    """

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        booking_id: UUID,
        reader: CardReader,
        due: Money,
        whom: str,
    ) -> None:
        super().__init__()
        self.tools, self.actor, self.booking_id = tools, actor, booking_id
        self.reader, self.due, self.whom = reader, due, whom
        self.view: PaymentView | None = None
        self.busy = True
        """Whether the service is asked to show it, or to take it off."""
        self.may_leave = False
        """Whether Esc leaves what nobody knows yet: it was pressed before."""

    def compose(self) -> ComposeResult:
        """Lay out the amount, the reader, and what is to be done."""
        with Vertical(classes="dialog"):
            yield Label(_("Card reader"), classes="title", markup=False)
            yield Label(plain(self.whom, limit=100), classes="hint", markup=False)
            yield Label("", id="reader-head", markup=False)
            yield Label(money(self.due), id="reader-amount", markup=False)
            name = plain(self.reader.label, limit=60)
            yield Label(_("at the reader {name}", name=name), markup=False)
            yield Label("", id="reader-told", markup=False)
            with Horizontal(classes="buttons"):
                yield Again(_("Try again"), variant="primary", id="again")
                yield Button(_("Back"), id="back")
            yield Label("", id="reader-keys", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show it on the reader."""
        self._start()

    @work(exclusive=True, group="reader", exit_on_error=False)
    async def _start(self) -> None:
        """Show the payment on the reader, and follow it until it is over."""
        self.view, self.may_leave, self.busy = None, False, True
        self._show(_("◌ The reader is being asked …"))
        try:
            name = self.reader.reference
            view = await self.tools.desk.take_steps(
                start_at_reader, self.actor, self.booking_id, reader=name
            )
        except EventDeskError as error:
            self.busy = False
            self._show(f"✗ {error}", error.hint, tone="bad")
            return
        self.busy = False
        self._take(view)
        while self._waits:
            await asyncio.sleep(POLL_S)
            if not self.busy and self.view is not None:
                await self._ask(self.view)

    async def _ask(self, view: PaymentView) -> None:
        """Ask what became of it; a hub that does not answer is asked again."""
        try:
            now = await self.tools.desk.take_steps(ask_at_reader, self.actor, view.id)
        except EventDeskError as error:
            if self._waits and not self.busy:
                self._show_waiting(str(error))
            return
        if self._waits and not self.busy:  # else Esc was quicker
            self._take(now)

    @property
    def _waits(self) -> bool:
        return self.view is not None and self.view.state is PaymentState.PENDING

    def _take(self, view: PaymentView) -> None:
        """Show how the payment stands; one that is paid needs nobody's key."""
        self.view = view
        if view.state is PaymentState.PAID:
            self.dismiss(view)
        elif view.state is PaymentState.PENDING:
            self._show_waiting(view.error)
        else:
            self._show(_("✗ Nothing was charged."), view.error, tone="bad")

    def _show_waiting(self, error: str = "") -> None:
        if not self.may_leave:
            self._show(_("◌ Ask the guest to tap or insert the card"), error)
            return
        told = _("Nobody knows yet whether money moved. If it did, it is booked by itself.")
        self._show(_("! The card is being charged, or the service is silent"), f"{error} {told}")

    def _show(self, head: str, told: str = "", *, tone: str = "waits") -> None:
        label = self.query_one("#reader-head", Label)
        label.update(plain(head, limit=200))
        label.set_classes(f"-{tone}")
        self.query_one("#reader-told", Label).update(plain(told.strip(), limit=400))
        is_over = tone == "bad"
        self.query_one("#again", Button).display = is_over
        keys = _("Esc takes it off the reader")
        if is_over:
            keys = _("Enter tries again · Esc pays in another way")
        elif self.busy:
            keys = ""
        elif self.may_leave:
            keys = _("Esc goes on with the next guest")
        self.query_one("#reader-keys", Label).update(keys)
        if is_over:
            self.query_one("#again", Button).focus()

    @on(Button.Pressed, "#again")
    def action_again(self) -> None:
        """Show it on the reader once more, where nothing was charged."""
        if not self.busy and not self._waits:
            self._start()

    @on(Button.Pressed, "#back")
    @work(exclusive=True, group="give_up", exit_on_error=False)
    async def action_give_up(self) -> None:
        """Take it off the reader; what is over already is left."""
        if self.busy:
            return
        if self.view is None or not self._waits or self.may_leave:
            self.dismiss(self.view)
            return
        self.busy = self.may_leave = True
        self._show(_("◌ It is taken off the reader …"))
        try:
            view = await self.tools.desk.take_steps(cancel_at_reader, self.actor, self.view.id)
        except EventDeskError as error:
            self.busy = False
            self._show_waiting(f"{error} {error.hint}")
            return
        self.busy = False
        self._take(view)


async def the_reader(tools: Tools) -> CardReader | None:
    """The card reader that was chosen for this machine."""
    return await asyncio.to_thread(reader_here, tools.settings.home)


async def choose_reader(tools: Tools, place: Place, dialogs: Dialogs) -> None:
    """Ask which card reader stands here, of those that the service knows."""
    home, now = tools.settings.home, await the_reader(tools)
    found = await tools.desk.take_steps(card_readers, place.actor, place.event.id)
    if not found and now is None:
        told = _("Register one at Stripe, under Terminal, Readers.")
        dialogs.tell(told, title=_("There is no card reader"))
        return
    names = [_reader_line(each) for each in found]
    marked = next((n for n, each in enumerate(found) if now and each.reference == now.reference), 0)
    chosen = await dialogs.ask(
        PickOne(_("Which card reader stands here?"), [*names, _("none")], marked=marked)
    )
    if chosen is None:
        return
    reader = found[chosen] if chosen < len(found) else None
    await asyncio.to_thread(keep_reader_here, home, reader)
    if reader is None:
        dialogs.tell(_("No card reader stands here any more."))
    else:
        dialogs.tell(_("✓ Cards are taken at {name}", name=plain(reader.label, limit=60)))


def _reader_line(reader: CardReader) -> str:
    state = _("✓ online") if reader.online else _("✗ offline")
    return f"{plain(reader.label, limit=40)} · {plain(reader.model, limit=30)} · {state}"
