"""What is typed of a walk-in: name, ticket type and payment, and what is said of them meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.core.errors import CodeError, InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import read_money
from eventdesk.core.paying import Method
from eventdesk.core.plain_text import plain
from eventdesk.door.known_people import known_people
from eventdesk.door.walk_in import DoorOffer, KnownPerson, Sold, WalkIn
from eventdesk.door.walk_ins import door_offers
from eventdesk.sales.discount import fold_code
from screens.desk_habits import habits_of
from screens.messages import StoreChanged
from screens.station import Place, Tools
from screens.walk_in_words import WAY_WORDS, due_words, offer_line, person_line
from screens.widgets.key_footer import KeyFooter
from screens.widgets.problem import Problem

SEARCH_PAUSE_S: Final = 0.15
PRICE_PAUSE_S: Final = 0.4
WAYS: Final = (Method.CASH, Method.TERMINAL, Method.VOUCHER)
MAX_KNOWN: Final = 3


class WalkInForm(ModalScreen[tuple[Sold, str] | None]):
    """Holds what is typed of one sale; what is done with it is its dialog's.

    Args:
        tools: Store, settings, clock and sounds.
        place: Where the desk stands and who works at it.
        offers: What the desk sells.
    """

    AUTO_FOCUS = "#name"
    CSS_PATH = Path(__file__).parent.parent / "styles" / "walk_in.tcss"

    guest = getters.query_one("#name", Input)
    email = getters.query_one("#email", Input)
    line_two = getters.query_one("#line-two", Input)
    types = getters.query_one("#types", OptionList)
    known = getters.query_one("#known", OptionList)
    given = getters.query_one("#given", Input)
    code = getters.query_one("#code", Input)

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
        self.code_wrong = ""
        """Why the prices on show are without the code that was typed; "" where they are with it."""
        self._priced_code = ""
        self._price: Timer | None = None
        self._seat_of: UUID | None = None
        self._search: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out name, ticket and payment below each other."""
        with Vertical(id="walk-in") as box:
            box.border_title = _(
                "Walk-in · {name}", name=plain(self.place.check_in_list.name, limit=40)
            )
            with Horizontal(classes="row"):
                yield Label(_("Name"))
                yield Input(id="name", max_length=200, compact=True)
            yield OptionList(id="known", markup=False)
            yield OptionList(id="types", markup=False)
            for key, label in (("email", "E-mail"), ("line-two", _("Second line"))):
                with Horizontal(classes="row"):
                    yield Label(label)
                    yield Input(id=key, max_length=200, compact=True)
            with Horizontal(classes="row"):
                yield Label("", id="way", markup=False)
                yield Input(id="given", max_length=60, compact=True)
                yield Label(_("Code"), id="code-label")
                yield Input(id="code", max_length=60, compact=True)
            yield Label("", id="way-help", markup=False)
            yield Label("", id="told", markup=False)
            yield Problem(id="walk-in-problem")
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with what was sold last at this desk."""
        habits = habits_of(self.app)
        self.way = habits.method
        self._show_offers(habits.ticket_type_id)
        self.tell()

    @on(StoreChanged)
    @work(exclusive=True, group="offers", exit_on_error=False)
    async def read_offers(self) -> None:
        """Read again what is left, and what it costs with the code that is typed.

        Another desk may have sold the last one, or used the code up.
        """
        code, wrong = self.code.value, ""
        try:
            offers = await self._offers(code)
        except CodeError as error:
            wrong = f"{error} {error.hint}"
            offers = await self._offers("")
        self.offers, self._priced_code = offers, fold_code(code)
        if wrong != self.code_wrong:
            self.say(wrong)
        self.code_wrong = wrong
        offer = self.offer
        self._show_offers(offer.ticket_type_id if offer else None)
        self.tell()

    async def _offers(self, code: str) -> tuple[DoorOffer, ...]:
        place = self.place
        return await self.tools.desk.read(
            door_offers, place.actor, place.event.id, place.check_in_list.id, code=code
        )

    @property
    def priced(self) -> bool:
        """Whether the prices on show were worked out with the code that is typed."""
        return fold_code(self.code.value) == self._priced_code

    @on(Input.Changed, "#code")
    def price_soon(self) -> None:
        """Work the prices out anew once the typing pauses."""
        if self._price is not None:
            self._price.stop()
        self._price = self.set_timer(PRICE_PAUSE_S, self.price_now)

    @on(Input.Blurred, "#code")
    def price_now(self) -> None:
        """Work the prices out anew where another code is typed."""
        if not self.priced:
            self.read_offers()

    @property
    def offer(self) -> DoorOffer | None:
        """The ticket type that is marked."""
        marked = self.types.highlighted
        return self.offers[marked] if marked is not None and marked < len(self.offers) else None

    @property
    def changed(self) -> bool:
        """Whether something was typed that leaving would lose."""
        return any(each.value.strip() for each in self.query(Input))

    def take_seat(self, offer: DoorOffer, seat_id: UUID, label: str) -> None:
        """Note the seat that was picked for a ticket type."""
        self.seat, self._seat_of = (seat_id, label), offer.ticket_type_id
        self.tell()

    def _show_offers(self, marked: UUID | None) -> None:
        self.types.clear_options()
        self.types.add_options([Option(offer_line(each)) for each in self.offers])
        ids = [each.ticket_type_id for each in self.offers]
        good = (n for n, each in enumerate(self.offers) if each.here and not each.sold_out)
        first = next(good, 0)
        self.types.highlighted = ids.index(marked) if marked in ids else first

    @on(Input.Changed, "#name")
    def search_soon(self) -> None:
        """Look for people who are known once the typing pauses."""
        if self.person is not None and self.guest.value != self.person.name:
            self._forget_person(self.person)
        if self._search is not None:
            self._search.stop()
        self._search = self.set_timer(SEARCH_PAUSE_S, self.look_up)

    def _forget_person(self, person: KnownPerson) -> None:
        """Somebody else is meant: the address and line that came with the one before go, too."""
        self.person = None
        if self.email.value == person.address:
            self.email.value = ""
        if self.line_two.value == person.line_two:
            self.line_two.value = ""

    @work(exclusive=True, group="known", exit_on_error=False)
    async def look_up(self) -> None:
        """Offer who may be meant."""
        typed = self.guest.value
        if self.person is not None:
            return
        self.people = await self.tools.desk.read(
            known_people, self.place.actor, self.place.event.id, typed, limit=MAX_KNOWN
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
        self.email.value = person.address
        self.line_two.value = person.line_two
        self.known.remove_class("-shown")
        self.types.focus()
        if person.here:
            self.say(_("This person holds a ticket of this event already."))

    @on(Input.Submitted, "#name")
    def name_done(self) -> None:
        """Go on to the ticket."""
        if not self.guest.value.strip():
            self.say(_("Type the guest's name first."))
            return
        self.say("")
        self.known.remove_class("-shown")
        self.types.focus()

    @on(Input.Submitted, "#email")
    @on(Input.Submitted, "#line-two")
    @on(Input.Submitted, "#code")
    def line_done(self) -> None:
        """Go on to the payment."""
        self.given.focus()

    @on(OptionList.OptionHighlighted, "#types")
    def type_marked(self) -> None:
        """Say what the marked type costs; a seat that was picked for another one is not its own."""
        offer = self.offer
        if offer is None or offer.ticket_type_id != self._seat_of:
            self.seat = self._seat_of = None
        self.tell()

    def action_way(self, step: int) -> None:
        """In the payment take the next way to pay; in the name go to who is known."""
        if self.focused is self.given:
            self.way = WAYS[(WAYS.index(self.way) + step) % len(WAYS)]
            self.given.value = ""
            self.tell()
        elif self.focused is self.guest and step > 0:
            (self.known if self.known.has_class("-shown") else self.types).focus()

    @on(Input.Changed, "#given")
    def tell(self) -> None:
        """Say what is due, what is given back, and where the guest sits."""
        word, help_words = WAY_WORDS[self.way]
        self.query_one("#way", Label).update(f"{word} ↕")
        self.query_one("#way-help", Label).update(help_words)
        offer = self.offer
        if offer is not None:
            seat = self.seat[1] if self.seat else ""
            told = due_words(
                offer,
                self.way,
                self.given.value,
                seat,
                enters=self.enters,
                code=self._code_words(offer),
            )
            self.query_one("#told", Label).update(told)
        self.refresh_bindings()

    def _code_words(self, offer: DoorOffer) -> str:
        """Whether the price is with the code that was typed."""
        if not self._priced_code:
            return ""
        if self.code_wrong:
            return _("! without the code")
        return _("✓ with the code") if offer.coded else _("! the code is not for this ticket")

    def say(self, sentence: str) -> None:
        """Show what is wrong; "" takes it away."""
        self.query_one("#walk-in-problem", Problem).say(plain(sentence, limit=400))

    def wish(self, force_reason: str) -> WalkIn:
        """What was typed, as a sale.

        Raises:
            InvalidInputError: Something is missing, or is no amount.
        """
        offer, typed = self.offer, self.given.value.strip()
        if not self.guest.value.strip():
            self.guest.focus()
            raise InvalidInputError(msg("Type the guest's name first."))
        if offer is None:
            raise InvalidInputError(msg("Choose a ticket first."))
        wish = WalkIn(
            self.guest.value,
            offer.ticket_type_id,
            self.place.check_in_list.id,
            self.nonce,
            self.tools.now(),
            email=self.email.value,
            line_two=self.line_two.value,
            seat_id=self.seat[0] if self.seat else None,
            gate_id=self.place.gate_id,
            account_id=self.person.account_id if self.person else None,
            code=self.code.value,
            method=str(self.way),
            asks=True,
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
