"""The page of a gateway, to be opened with a phone or on this machine, until it was paid there."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label
from textual.worker import Worker, WorkerState

from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import hear_gateways
from eventdesk.core.formats import money
from eventdesk.core.messages import _
from eventdesk.core.paying import PaymentState
from eventdesk.core.plain_text import plain
from eventdesk.money import PaymentView, payments_of
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.beside_code import BesideCode

POLL_S: Final = 1.0
"""Seconds between questions to a gateway while somebody waits."""


async def until_answered(
    tools: Tools, actor: Actor, view: PaymentView, answered: Callable[[PaymentView], object]
) -> None:
    """Ask the gateway about a payment until it has an answer."""
    while True:
        await asyncio.sleep(POLL_S)
        await tools.desk.take_steps(hear_gateways, SYSTEM)
        now = await tools.desk.read(payments_of, actor, view.booking_id)
        for each in now.payments:
            if each.id == view.id and each.state is not PaymentState.PENDING:
                answered(each)
                return


class PaymentPage(BesideCode[PaymentView], AsActor, ShowsErrors):
    """Leads to the page where a payment is paid; dismissed with it when there is an answer.

    Args:
        view: The payment, with its `address`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("o", "open", "Open here", tooltip="Open the page in a browser of this machine"),
    ]

    def __init__(self, tools: Tools, actor: Actor, view: PaymentView) -> None:
        super().__init__()
        self.tools, self.actor, self.view = tools, actor, view

    @property
    def encoded(self) -> str:
        """The page's address."""
        return self.view.link

    def words(self) -> Iterable[Widget]:
        """Give what is paid and what can be done."""
        yield Label(money(self.view.amount), classes="name", markup=False)
        yield Label(_("Booking {code}", code=self.view.booking_code), markup=False)
        yield Label("", id="told", markup=False)
        yield Label(plain(self.view.link, limit=300), classes="typed", markup=False)
        yield Label(_("◌ Waiting for the answer"), classes="waits", markup=False)
        yield Label(_("O opens it here · Esc closes"), markup=False)

    def on_mount(self) -> None:
        """Follow the payment."""
        self._follow()

    def action_close(self) -> None:
        """Close it; the payment goes on waiting."""
        self.dismiss(self.view)

    def action_open(self) -> None:
        """Open the page on this machine."""
        self.app.open_url(self.view.address)

    def draw(self) -> bool:
        """Show the code, and say what is done with it."""
        fits = super().draw()
        told = _("Scan this with a phone and pay there.") if fits else self.view.show
        self.query_one("#told", Label).update(plain(told, limit=200))
        return fits

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        """Ask the gateway until it has answered."""
        await until_answered(self.tools, self.actor, self.view, self.dismiss)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Ask again for a payment that waits."""
        if event.state is WorkerState.ERROR and event.worker.group == "follow":
            self.set_timer(POLL_S, self._follow)
