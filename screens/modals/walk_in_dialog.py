"""Asking what a walk-in buys: name, type and payment, with Enter from one to the next."""

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input, OptionList
from textual.worker import Worker

from eventdesk.acts.actor import ActorKind
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.door.walk_in import DoorOffer, WalkIn
from eventdesk.waiting.waitlist import join
from screens.desk_habits import habits_of
from screens.failures import failure_of
from screens.modals.questions import TextQuestion, YesNo
from screens.modals.seat_picker import SeatPicker
from screens.modals.walk_in_form import WalkInForm
from screens.walk_in_sale import WalkInSale
from screens.walk_in_words import no_waitlist_words, sold_out_words


class WalkInDialog(WalkInForm):
    """Sells one ticket; dismissed with what was sold and to whom, or None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Cancel"),
        Binding("up", "way(-1)", "Way", show=False),
        Binding("down", "way(1)", "Way", show=False),
        Binding("f6", "seat", "Seat", tooltip="Pick a seat on the plan"),
        Binding("f7", "waitlist", "Waitlist", tooltip="Put the guest on the waitlist"),
        Binding("f8", "force", "Go over", tooltip="Sell against the rules, with a supervisor"),
        Binding("f9", "only_sell", "Only sell", tooltip="Sell without letting in, or with"),
        Binding("ctrl+s", "sell", "Sell", priority=True),
    ]

    busy = False
    """Whether a sale is on its way."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the waitlist only where the marked type is sold out and takes somebody on it."""
        if action == "waitlist":
            return self.offer is not None and self.offer.sold_out and self.offer.waitlist
        return super().check_action(action, parameters)

    def on_key(self, event: Key) -> None:
        """Say why there is no waitlist here; where there is one, the key never gets here."""
        offer = self.offer
        if event.key == "f7" and offer is not None:
            self.say(no_waitlist_words(offer))

    @on(OptionList.OptionSelected, "#types")
    def type_done(self) -> None:
        """Go on to the payment; a free ticket has none."""
        offer = self.offer
        if offer is None:
            return
        if offer.sold_out:
            self.say(sold_out_words(offer))
            return
        self.say("")
        if offer.price.minor:
            self.given.focus()
        else:
            self.action_sell()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_seat(self) -> None:
        """Let a seat be picked."""
        offer, actor = self.offer, self.place.actor
        if offer is None or offer.section_id is None:
            self.say(_("This ticket has no numbered seat."))
            return
        if actor.kind is not ActorKind.ACCOUNT:
            self.say(_("Sign in to pick a seat; the best free one is given."))
            return
        picker = SeatPicker(
            self.tools,
            actor,
            self.place.event.id,
            self.place.event.time_zone,
            offer.section_id,
            1,
            what=offer.name,
        )
        seats = await self.app.push_screen_wait(picker)
        if seats:
            self.take_seat(offer, seats[0].id, seats[0].label)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_waitlist(self) -> None:
        """Put the guest on the waitlist of the marked type."""
        offer = self.offer
        if offer is None:
            return
        if not self.guest.value.strip() or "@" not in self.email.value:
            self.say(_("Somebody on a waitlist needs a name and an e-mail address."))
            self.email.focus()
            return
        try:
            entry = await self.tools.desk.write(
                join,
                self.place.actor,
                self.place.event.id,
                ticket_type_id=offer.ticket_type_id,
                name=self.guest.value,
                email=self.email.value,
            )
        except EventDeskError as error:
            self.say(f"{error} {error.hint}")
            return
        name = plain(entry.name, limit=60)
        self.notify(f"{name}: {offer.name}", title=_("On the waitlist"), markup=False)
        self.dismiss(None)

    def action_only_sell(self) -> None:
        """Sell without letting in, or let in again."""
        self.enters = not self.enters
        self.tell()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_force(self) -> None:
        """Sell against the rules, for a reason, with a supervisor's word."""
        why = await self.app.push_screen_wait(
            TextQuestion(
                _("Sell against the rules?"),
                _("Over the places there are, or past a rule of this list. Why? It is logged."),
                confirm=_("Go on"),
            )
        )
        if why:
            self._begin(why)

    @on(Input.Submitted, "#given")
    def action_sell(self) -> None:
        """Sell, unless it is on its way."""
        self._begin()

    def _begin(self, force_reason: str = "") -> None:
        """Sell what was typed; a key that is pressed twice must not take the first sale's place."""
        if self.busy:
            return
        if not self.priced:
            self.read_offers()
            self.say(_("The price changes with the code. Look at what is due, then sell."))
            return
        if self.code_wrong:
            self.say(self.code_wrong)
            self.code.focus()
            return
        try:
            wish = self.wish(force_reason)
        except EventDeskError as error:
            self.say(f"{error} {error.hint}")
            return
        offer = self.offer
        assert offer is not None
        if offer.sold_out and not force_reason:
            self.say(sold_out_words(offer))
            return
        self.busy = True
        self.say("")
        self._sell(offer, wish)

    @work(group="sell", exit_on_error=False)
    async def _sell(self, offer: DoorOffer, wish: WalkIn) -> None:
        try:
            sold = await WalkInSale(self, self.tools, self.place, offer).sell(wish)
        except EventDeskError as error:
            self.say(f"{error} {error.hint}")
            return
        finally:
            self.busy = False
        if sold is not None:
            habits = habits_of(self.app)
            habits.ticket_type_id = offer.ticket_type_id
            if sold.paid.minor:
                habits.method = self.way
            self.dismiss((sold, wish.name))

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_give_up(self) -> None:
        """Leave; nothing was sold. What was typed is not lost without a question."""
        if self.busy:
            return
        lost = _("What was typed is lost. Nothing was sold.")
        if not self.changed or await self.app.push_screen_wait(
            YesNo(_("Give up this sale?"), lost, yes=_("Give up"))
        ):
            self.dismiss(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show an error meant for people; a bug ends the program with its traceback."""
        error = failure_of(event, self)
        if error is not None:
            self.say(f"{error} {error.hint}")
