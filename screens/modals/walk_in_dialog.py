"""Asking what a walk-in buys: name, type and payment, with Enter from one to the next."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final
from uuid import UUID, uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Footer, Input, Label, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker

from eventdesk.errors import EventDeskError, InvalidInputError
from eventdesk.model.money import read_money
from eventdesk.model.payments import Method
from eventdesk.model.people import ActorKind
from eventdesk.model.plain_text import plain
from eventdesk.model.walk_in import DoorOffer, KnownPerson, Sold, WalkIn
from eventdesk.usecases.known_people import known_people
from eventdesk.usecases.waitlist import join
from eventdesk.usecases.walk_ins import door_offers
from screens.desk_habits import habits_of
from screens.failures import failure_of
from screens.messages import StoreChanged
from screens.modals.questions import TextQuestion
from screens.modals.seat_picker import SeatPicker
from screens.station import Place, Tools
from screens.walk_in_sale import WalkInSale
from screens.walk_in_words import (
    WAY_WORDS,
    due_words,
    offer_line,
    person_line,
    sold_out_words,
)
from screens.widgets.problem import Problem

SEARCH_PAUSE_S: Final = 0.15
WAYS: Final = (Method.CASH, Method.TERMINAL, Method.VOUCHER)
MOST_KNOWN: Final = 3


class WalkInDialog(ModalScreen[tuple[Sold, str] | None]):
    """Sells one ticket; dismissed with what was sold and to whom, or None when given up.

    Args:
        tools: Store, settings, clock and sounds.
        place: Where the desk stands and who works at it.
        offers: What the desk sells.
    """

    AUTO_FOCUS = "#name"
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
    CSS_PATH = Path(__file__).parent.parent / "styles" / "walk_in.tcss"

    guest = getters.query_one("#name", Input)
    types = getters.query_one("#types", OptionList)
    known = getters.query_one("#known", OptionList)
    given = getters.query_one("#given", Input)

    def __init__(self, tools: Tools, place: Place, offers: Sequence[DoorOffer]) -> None:
        super().__init__()
        self.tools, self.place = tools, place
        self.offers = tuple(offers)
        self.nonce = uuid4().hex
        self.way = Method.CASH
        self.people: tuple[KnownPerson, ...] = ()
        self.person: KnownPerson | None = None
        self.seat: tuple[UUID, str] | None = None
        self.enters = True
        self.busy = False
        self._search: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out name, ticket and payment below each other."""
        with Vertical(id="walk-in") as box:
            box.border_title = f"Walk-in · {plain(self.place.check_in_list.name, limit=40)}"
            with Horizontal(classes="row"):
                yield Label("Name")
                yield Input(id="name", max_length=200, compact=True)
            yield OptionList(id="known", markup=False)
            yield OptionList(id="types", markup=False)
            for key, label in (("email", "E-mail"), ("line-two", "Second line")):
                with Horizontal(classes="row"):
                    yield Label(label)
                    yield Input(id=key, max_length=200, compact=True)
            with Horizontal(classes="row"):
                yield Label("", id="way", markup=False)
                yield Input(id="given", max_length=60, compact=True)
            yield Label("", id="way-help", markup=False)
            yield Label("", id="told", markup=False)
            yield Problem(id="walk-in-problem")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin with what was sold last at this desk."""
        habits = habits_of(self.app)
        self.way = habits.method
        self._show_offers(habits.ticket_type_id)
        self._tell()

    @on(StoreChanged)
    @work(exclusive=True, group="offers", exit_on_error=False)
    async def read_offers(self) -> None:
        """Read again what is left: another desk may have sold the last one."""
        place = self.place
        self.offers = await self.tools.desk.read(
            door_offers, place.actor, place.event.id, place.check_in_list.id, now=self.tools.now()
        )
        offer = self.offer
        self._show_offers(offer.ticket_type_id if offer else None)
        self._tell()

    @property
    def offer(self) -> DoorOffer | None:
        """The ticket type that is marked."""
        marked = self.types.highlighted
        return self.offers[marked] if marked is not None and marked < len(self.offers) else None

    def _show_offers(self, marked: UUID | None) -> None:
        self.types.clear_options()
        self.types.add_options([Option(offer_line(each)) for each in self.offers])
        ids = [each.ticket_type_id for each in self.offers]
        good = (n for n, each in enumerate(self.offers) if each.here and not each.sold_out)
        first = next(good, 0)
        self.types.highlighted = ids.index(marked) if marked in ids else first

    # Who

    @on(Input.Changed, "#name")
    def search_soon(self) -> None:
        """Look for people who are known once the typing pauses."""
        if self.person is not None and self.guest.value != self.person.name:
            self.person = None
        if self._search is not None:
            self._search.stop()
        self._search = self.set_timer(SEARCH_PAUSE_S, self.look_up)

    @work(exclusive=True, group="known", exit_on_error=False)
    async def look_up(self) -> None:
        """Offer who may be meant."""
        typed = self.guest.value
        if self.person is not None:
            return
        self.people = await self.tools.desk.read(
            known_people, self.place.actor, self.place.event.id, typed, limit=MOST_KNOWN
        )
        self.known.clear_options()
        self.known.add_options([Option(person_line(each)) for each in self.people])
        self.known.highlighted = 0 if self.people else None
        self.known.set_class(bool(self.people), "-shown")

    @on(OptionList.OptionSelected, "#known")
    def take_known(self, message: OptionList.OptionSelected) -> None:
        """Take a known person with their address."""
        person = self.people[message.option_index]
        self.person = person
        self.guest.value = person.name
        self.query_one("#email", Input).value = person.address
        self.query_one("#line-two", Input).value = person.line_two
        self.known.remove_class("-shown")
        self.types.focus()
        if person.here:
            self._say("This person holds a ticket of this event already.")

    @on(Input.Submitted, "#name")
    def name_done(self) -> None:
        """Go on to the ticket."""
        if not self.guest.value.strip():
            self._say("Type the guest's name first.")
            return
        self._say("")
        self.known.remove_class("-shown")
        self.types.focus()

    @on(Input.Submitted, "#email")
    @on(Input.Submitted, "#line-two")
    def line_done(self) -> None:
        """Go on to the payment."""
        self.given.focus()

    # What

    @on(OptionList.OptionHighlighted, "#types")
    def type_marked(self) -> None:
        """Say what the marked type costs; a seat was picked for another one."""
        self.seat = None
        self._tell()

    @on(OptionList.OptionSelected, "#types")
    def type_done(self) -> None:
        """Go on to the payment; a free ticket has none."""
        offer = self.offer
        if offer is None:
            return
        if offer.sold_out:
            self._say(sold_out_words(offer))
            return
        self._say("")
        if offer.price.minor:
            self.given.focus()
        else:
            self.action_sell()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_seat(self) -> None:
        """Let a seat be picked."""
        offer, actor = self.offer, self.place.actor
        if offer is None or offer.section_id is None:
            self._say("This ticket has no numbered seat.")
            return
        if actor.kind is not ActorKind.ACCOUNT:
            self._say("Sign in to pick a seat; the best free one is given.")
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
            self.seat = (seats[0].id, seats[0].label)
            self._tell()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_waitlist(self) -> None:
        """Put the guest on the waitlist of the marked type."""
        offer, email = self.offer, self.query_one("#email", Input)
        if offer is None:
            return
        if not self.guest.value.strip() or "@" not in email.value:
            self._say("Somebody on a waitlist needs a name and an e-mail address.")
            email.focus()
            return
        try:
            entry = await self.tools.desk.write(
                join,
                self.place.actor,
                self.place.event.id,
                ticket_type_id=offer.ticket_type_id,
                name=self.guest.value,
                email=email.value,
                now=self.tools.now(),
            )
        except EventDeskError as error:
            self._say(f"{error} {error.hint}")
            return
        name = plain(entry.name, limit=60)
        self.notify(f"{name}: {offer.name}", title="On the waitlist", markup=False)
        self.dismiss(None)

    # How it is paid

    def action_way(self, step: int) -> None:
        """In the payment take the next way to pay; in the name go to who is known."""
        if self.focused is self.given:
            self.way = WAYS[(WAYS.index(self.way) + step) % len(WAYS)]
            self.given.value = ""
            self._tell()
        elif self.focused is self.guest and step > 0:
            (self.known if self.known.has_class("-shown") else self.types).focus()

    @on(Input.Changed, "#given")
    def given_changed(self) -> None:
        """Say the change while it is typed."""
        self._tell()

    @on(Input.Submitted, "#given")
    def action_sell(self) -> None:
        """Sell, unless it is on its way."""
        self._sell()

    def action_only_sell(self) -> None:
        """Sell without letting in, or let in again."""
        self.enters = not self.enters
        self._tell()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_force(self) -> None:
        """Sell against the rules, for a reason, with a supervisor's word."""
        why = await self.app.push_screen_wait(
            TextQuestion(
                "Sell against the rules?",
                "Over the places there are, or past a rule of this list. Why? It is logged.",
                confirm="Go on",
            )
        )
        if why:
            self._sell(why)

    @work(exclusive=True, group="sell", exit_on_error=False)
    async def _sell(self, force_reason: str = "") -> None:
        if self.busy:
            return
        try:
            wish = self._wish(force_reason)
        except InvalidInputError as error:
            self._say(f"{error} {error.hint}")
            return
        offer = self.offer
        assert offer is not None
        if offer.sold_out and not force_reason:
            self._say(sold_out_words(offer))
            return
        self.busy = True
        self._say("")
        try:
            sold = await WalkInSale(self, self.tools, self.place, offer).sell(wish)
        except EventDeskError as error:
            self._say(f"{error} {error.hint}")
            return
        finally:
            self.busy = False
        if sold is not None:
            habits = habits_of(self.app)
            habits.ticket_type_id = offer.ticket_type_id
            if sold.paid.minor:
                habits.method = self.way
            self.dismiss((sold, wish.name))

    def _wish(self, force_reason: str) -> WalkIn:
        """What was typed, as a sale.

        Raises:
            InvalidInputError: Something is missing, or is no amount.
        """
        offer, typed = self.offer, self.given.value.strip()
        if not self.guest.value.strip():
            self.guest.focus()
            raise InvalidInputError("Type the guest's name first.")
        if offer is None:
            raise InvalidInputError("Choose a ticket first.")
        wish = WalkIn(
            self.guest.value,
            offer.ticket_type_id,
            self.place.check_in_list.id,
            self.nonce,
            self.tools.now(),
            email=self.query_one("#email", Input).value,
            line_two=self.query_one("#line-two", Input).value,
            seat_id=self.seat[0] if self.seat else None,
            gate_id=self.place.gate_id,
            account_id=self.person.account_id if self.person else None,
            method=str(self.way),
            enter=self.enters,
            force_reason=force_reason,
        )
        if not offer.price.minor:
            return replace(wish, method=str(Method.FREE))
        if self.way is not Method.CASH:
            return replace(wish, reference=typed)
        money = offer.price
        given = read_money(typed, money.currency, money.exponent) if typed else None
        return replace(wish, given=given)

    # What is said

    def _tell(self) -> None:
        """Say what is due, what is given back, and where the guest sits."""
        word, help_words = WAY_WORDS[self.way]
        self.query_one("#way", Label).update(f"{word} ↕")
        self.query_one("#way-help", Label).update(help_words)
        offer = self.offer
        if offer is not None:
            seat = self.seat[1] if self.seat else ""
            told = due_words(offer, self.way, self.given.value, seat, enters=self.enters)
            self.query_one("#told", Label).update(told)

    def _say(self, sentence: str) -> None:
        self.query_one("#walk-in-problem", Problem).say(plain(sentence, limit=400))

    def action_give_up(self) -> None:
        """Leave; nothing was sold."""
        if not self.busy:
            self.dismiss(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show an error meant for people; a bug ends the program with its traceback."""
        error = failure_of(event, self)
        if error is not None:
            self._say(f"{error} {error.hint}")
