"""Walk-ins: one ticket is sold at the desk, its money taken, its holder let in."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widgets import Button, Digits, Input, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.acts import ActorKind, Approval
from eventdesk.core.errors import (
    CodeError,
    EntryRefusedError,
    EventDeskError,
    InvalidInputError,
    SupervisorNeededError,
    VoucherShortError,
)
from eventdesk.core.formats import money, without_currency
from eventdesk.core.messages import _, msg
from eventdesk.core.money import read_money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    CheckInResult,
    DoorOffer,
    KnownPerson,
    ScanSource,
    Sold,
    WalkIn,
    check_in,
    door_offers,
    give_up_sale,
    known_people,
    sell_at_door,
)
from eventdesk.integrations.payments import CardReader
from eventdesk.sales import fold_code
from eventdesk.waiting import join
from screens.core.failures import ShowsErrors
from screens.core.meant_enter import MeantEnter
from screens.core.messages import StoreChanged
from screens.core.station import Place, Tools
from screens.desk.desk_habits import habits_of
from screens.desk.event_questions import EventQuestions
from screens.desk.list_questions import ListQuestions
from screens.desk.supervisor_pin import approval_for
from screens.door.checking_in import while_busy
from screens.modals.questions import PickOne, TextQuestion, YesNo
from screens.modals.seat_picker import SeatPicker
from screens.money.cash_acts import ask_for_drawer
from screens.widgets.key_footer import KeyFooter
from screens.widgets.problem import Problem

WAY_WORDS: Final = {
    Method.CASH: (msg("Cash"), msg("what is handed over; empty is exactly the price")),
    Method.GATEWAY: (msg("Reader"), msg("Enter shows the amount on the card reader")),
    Method.TERMINAL: (msg("Card"), msg("the number on the terminal's slip")),
    Method.VOUCHER: (msg("Voucher"), msg("its code")),
}


def due_words(
    offer: DoorOffer, way: Method, typed: str, seat: str, *, enters: bool, code: str = ""
) -> str:
    """A line on the amount due, the change, the seat, and whether the guest goes in.

    Args:
        typed: What was handed over, as far as it is typed.
        seat: The seat that was picked; "" is none.
        code: Words about the discount code; "" where none is typed.
    """
    parts = [_("{price} due", price=offer.price) if offer.price.minor else _("Free of charge")]
    if code:
        parts.append(code)
    if way is Method.CASH and typed.strip() and offer.price.minor:
        parts.append(change_words(offer, typed))
    if offer.section_id is not None:
        parts.append(_("seat {seat}", seat=plain(seat)) if seat else _("best free seat"))
    if not enters:
        parts.append(_("! only sold, not let in"))
    elif not offer.here:
        parts.append(_("! not let in by this list: F9 only sells"))
    return "   ".join(parts)


def change_words(offer: DoorOffer, typed: str) -> str:
    """The change of what was handed over, or what is missing."""
    price = offer.price
    try:
        given = read_money(typed, price.currency, price.exponent)
    except InvalidInputError as error:
        return f"✗ {error}"
    if given.minor < price.minor:
        return _("✗ {missing} missing", missing=price - given)
    return _("change {change}", change=given - price)


def offer_line(offer: DoorOffer) -> Content:
    """A ticket type with its price, ✓ where that is with a code, and what is left of it."""
    left = "" if offer.left is None else _("{left:,} left", left=offer.left)
    state = _("✗ sold out") if offer.sold_out else left
    if not offer.here:
        state = _("– not at this door {left}", left=state)
    price = money(offer.price) if offer.price.minor else _("free")
    price = f"✓ {price}" if offer.coded else price
    return Content.assemble(f"{plain(offer.name, limit=28):<28} {price:>16}  ", (state, "$faint"))


def person_line(person: KnownPerson) -> Content:
    """Somebody who is known, and from where."""
    where = _("account") if person.account_id else _("booked before")
    note = f" {_('! has a ticket')}" if person.here else ""
    return Content.assemble(
        plain(person.name, limit=40), (f"  {plain(person.email)}  {where}", "$faint"), note
    )


def sold_out_words(offer: DoorOffer) -> str:
    """Advice for a type that is sold out."""
    name = plain(offer.name)
    if offer.waitlist:
        return _(
            "{name} is sold out. F7 puts the guest on the waitlist, F8 goes over with a "
            "supervisor.",
            name=name,
        )
    return _("{name} is sold out. F8 goes over with a supervisor.", name=name)


def no_waitlist_words(offer: DoorOffer) -> str:
    """The reason why nobody is put on the waitlist of a type now."""
    name = plain(offer.name)
    if offer.sold_out:
        return _("{name} has no waitlist now.", name=name)
    return _("{name} is not sold out: sell it instead.", name=name)


def paid_words(sold: Sold) -> str:
    """The amount that was paid, how, and into which drawer."""
    if not sold.paid.minor:
        return _("Free of charge")
    match sold.method:
        case Method.CASH if sold.drawer:
            drawer = plain(sold.drawer, limit=40)
            return _("{paid} in cash, drawer {drawer}", paid=sold.paid, drawer=drawer)
        case Method.CASH:
            return _("{paid} in cash", paid=sold.paid)
        case Method.TERMINAL | Method.GATEWAY:
            return _("{paid} by card", paid=sold.paid)
    if sold.drawer:  # the rest was paid in cash
        drawer = plain(sold.drawer, limit=40)
        return _("{paid} with a voucher, drawer {drawer}", paid=sold.paid, drawer=drawer)
    return _("{paid} with a voucher", paid=sold.paid)


def kept_words(sold: Sold) -> str:
    """What becomes of a sale of which nobody knows yet whether it was paid."""
    return _(
        "Nobody knows yet whether money moved. Booking {code} is kept for ten minutes: look it up, "
        "and let the guest in once it is paid.",
        code=sold.booking_code,
    )


class Payment(MeantEnter, Input):
    """The field whose Enter sells."""


class ChangeGiven(MeantEnter, Button):
    """The button below the change, which is to be read first."""


class SoldDialog(ModalScreen[None]):
    """Says that somebody is in, and how much change to give."""

    ONLY_TELLS: ClassVar[bool] = True
    """Whether the next guest's code closes it."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f2", "close", "Next guest", show=False)
    ]
    AUTO_FOCUS = "#close"
    DEFAULT_CSS = """
    SoldDialog {
        & #sold-head { text-style: bold; color: $success; width: 100%; }
        & #sold-body { width: 100%; margin-top: 1; }
        & #sold-change { height: auto; margin-top: 1; }
        & #sold-change Label { width: auto; padding: 1 2 0 0; text-style: bold; }
        & #sold-change Digits { width: 1fr; color: $warning; text-style: bold; }
        & #sold-warning { width: 100%; color: $warning; }
    }
    """

    def __init__(self, sold: Sold, name: str) -> None:
        super().__init__()
        self.sold, self.guest = sold, name

    def compose(self) -> ComposeResult:
        """Lay out the good news, the change and what else to know."""
        sold = self.sold
        name = plain(self.guest, limit=50)
        with Vertical(classes="dialog"):
            words = _("✓ Sold to {name}, not let in yet", name=name)
            if sold.check_in:
                words = _("✓ {name} is in", name=name)
            yield Label(words, id="sold-head", markup=False)
            yield Label("\n".join(self._lines()), id="sold-body", markup=False)
            if sold.change.minor:
                with Horizontal(id="sold-change"):
                    yield Label(_("Change {currency}", currency=sold.change.currency), markup=False)
                    yield Digits(without_currency(sold.change), id="change")
            if sold.method == Method.CASH and not sold.drawer:
                yield Label(
                    _("! The cash is booked in no drawer."), id="sold-warning", markup=False
                )
            with Horizontal(classes="buttons"):
                button = ChangeGiven if sold.change.minor else Button
                yield button(_("Next guest"), variant="primary", id="close")

    def _lines(self) -> list[str]:
        sold = self.sold
        lines = [
            paid_words(sold),
            _(
                "Booking {booking_code}, ticket {ticket_code}",
                booking_code=sold.booking_code,
                ticket_code=sold.ticket_code,
            ),
        ]
        if sold.seat:
            lines.append(_("Seat {seat}", seat=plain(sold.seat, limit=40)))
        check_in = sold.check_in
        if check_in is not None and check_in.delivery_id is not None:
            lines.append(_("The badge is printing."))
        if check_in is not None and check_in.attention:
            lines.append(f"! {plain(check_in.attention, limit=300)}")
        return lines

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Go on with the next guest."""
        self.dismiss(None)


SEARCH_PAUSE_S: Final = 0.15
PRICE_PAUSE_S: Final = 0.4
WAYS: Final = (Method.CASH, Method.TERMINAL, Method.VOUCHER)
MAX_KNOWN: Final = 3


class WalkInDialog(ModalScreen[tuple[Sold, str] | None], ShowsErrors):
    """Sells one ticket; dismissed with what was sold and to whom, or None when given up.

    Args:
        reader: The card reader that stands here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Cancel"),
        Binding("up", "way(-1)", "Way", show=False),
        Binding("down", "way(1)", "Way", show=False),
        Binding(
            "f4", "amount", "Price", tooltip="What the guest pays, where that is theirs to say"
        ),
        Binding("f6", "seat", "Seat", tooltip="Pick a seat on the plan"),
        Binding("f7", "waitlist", "Waitlist", tooltip="Put the guest on the waitlist"),
        Binding("f8", "force", "Go over", tooltip="Sell against the rules, with a supervisor"),
        Binding("f9", "only_sell", "Only sell", tooltip="Sell without letting in, or with"),
        Binding("ctrl+s", "sell", "Sell", priority=True),
    ]
    AUTO_FOCUS = "#name"
    CSS_PATH = Path(__file__).parent.parent / "styles" / "walk_in.tcss"

    guest = getters.query_one("#name", Input)
    email = getters.query_one("#email", Input)
    line_two = getters.query_one("#line-two", Input)
    types = getters.query_one("#types", OptionList)
    known = getters.query_one("#known", OptionList)
    given = getters.query_one("#given", Input)
    code = getters.query_one("#code", Input)

    def __init__(
        self,
        tools: Tools,
        place: Place,
        offers: Sequence[DoorOffer],
        *,
        reader: CardReader | None = None,
    ) -> None:
        super().__init__()
        self.tools, self.place, self.reader = tools, place, reader
        self.ways = WAYS if reader is None else (Method.CASH, Method.GATEWAY, *WAYS[1:])
        self.offers = tuple(offers)
        self.nonce = uuid4().hex
        self.way = Method.CASH
        self.people: tuple[KnownPerson, ...] = ()
        self.person: KnownPerson | None = None
        self.seat: tuple[UUID, str] | None = None
        self.chosen: int | None = None
        """What the guest pays for a ticket whose price is theirs to name, in minor units."""
        self.enters = True
        self.busy = False
        """Whether a sale is on its way."""
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
            with Horizontal(classes="form-row"):
                yield Label(_("Name"))
                yield Input(id="name", max_length=200, compact=True)
            yield OptionList(id="known", markup=False)
            yield OptionList(id="types", markup=False)
            for key, label in (("email", _("E-mail")), ("line-two", _("Second line"))):
                with Horizontal(classes="form-row"):
                    yield Label(label)
                    yield Input(id=key, max_length=200, compact=True)
            with Horizontal(classes="form-row"):
                yield Label("", id="way", markup=False)
                yield Payment(id="given", max_length=60, compact=True)
                yield Label(_("Code"), id="code-label")
                yield Input(id="code", max_length=60, compact=True)
            yield Label("", id="way-help", markup=False)
            yield Label("", id="told", markup=False)
            yield Problem(id="walk-in-problem")
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with what was sold last at this desk."""
        habits = habits_of(self.app)
        self.way = habits.method if habits.method in self.ways else Method.CASH
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
            door_offers,
            place.actor,
            place.event.id,
            place.check_in_list.id,
            code=code,
            chosen_minor=self.chosen,
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
            self.way = self.ways[(self.ways.index(self.way) + step) % len(self.ways)]
            self.given.value = ""
            self.tell()
        elif self.focused is self.guest and step > 0:
            (self.known if self.known.has_class("-shown") else self.types).focus()

    @on(Input.Changed, "#given")
    def tell(self) -> None:
        """Say what is due, what is given back, and where the guest sits."""
        word, help_words = WAY_WORDS[self.way]
        self.query_one("#way", Label).update(f"{word} ↕")
        self.query_one("#way-help", Label).update(str(help_words))
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
        """The sale as it was typed.

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
            chosen_minor=offer.chosen_minor,
        )
        if not offer.price.minor:
            return replace(wish, method=str(Method.FREE))
        if self.way is Method.GATEWAY:
            return wish
        if self.way is not Method.CASH:
            return replace(wish, reference=typed)
        price = offer.price
        given = read_money(typed, price.currency, price.exponent) if typed else None
        return replace(wish, given=given)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the waitlist where the marked type is sold out, the price where it is open."""
        if action == "amount":
            return self.offer is not None and self.offer.chosen_minor is not None
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
    async def action_amount(self) -> None:
        """Take what the guest wants to pay for a ticket whose price is theirs to name."""
        offer = self.offer
        if offer is None or offer.chosen_minor is None:
            return
        price, said, before = offer.price, _("Now {price}.", price=offer.price), self.chosen
        typed = ""
        while True:
            question = TextQuestion(
                _("What does the guest pay?"), said, value=typed, confirm=_("Take it")
            )
            answer = await self.app.push_screen_wait(question)
            if answer is None:
                return
            typed = answer
            try:
                self.chosen = read_money(typed, price.currency, price.exponent).minor
                self._need_enough(offer.ticket_type_id, await self._offers(""))
            except InvalidInputError as error:
                self.chosen, said = before, plain(f"✗ {error} {error.hint}", limit=400)
                continue
            self.read_offers()
            return

    def _need_enough(self, type_id: UUID, offers: Sequence[DoorOffer]) -> None:
        """Refuse an amount below what the ticket costs at least, which the offers have then."""
        offer = next((each for each in offers if each.ticket_type_id == type_id), None)
        if offer is not None and offer.chosen_minor != self.chosen:
            least = replace(offer.price, minor=offer.chosen_minor or 0)
            raise InvalidInputError(msg("At least {least} for each.", least=least))

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
            self.show_error(error)
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
            self.show_error(error)
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
            sold = await self._sold(offer, wish)
        except EventDeskError as error:
            self.show_error(error)
            return
        finally:
            self.busy = False
        if sold is not None:
            habits = habits_of(self.app)
            habits.ticket_type_id = offer.ticket_type_id
            if sold.paid.minor:
                habits.method = self.way
            self.dismiss((sold, wish.name))

    async def _sold(self, offer: DoorOffer, wish: WalkIn) -> Sold | None:
        """Ask what has to be asked, and sell; None where a question was given up."""
        questions = offer.questions
        if any(each.required for each in questions):
            given = await self.app.push_screen_wait(
                EventQuestions(questions, wish.name, wish.answers)
            )
            if given is None:
                return None
            wish = replace(wish, answers=given)
        takes_cash = wish.method == Method.CASH and offer.price.minor
        if takes_cash and not await ask_for_drawer(self, self.tools, self.place):
            return None
        approval: Approval | None = None
        while True:
            try:
                # Its nonce keeps a repetition from being a second sale.
                sold = await while_busy(partial(self._write, wish, approval))
            except SupervisorNeededError:
                if approval is not None:
                    raise
                approval = await self._approved(offer, wish)
                if approval is None:
                    return None
            except VoucherShortError as error:
                paid = await self._rest(wish, error)
                if paid is None:
                    return None
                wish = paid
            except EntryRefusedError as error:
                if not error.questions or not wish.asks:
                    raise
                answers = await self.app.push_screen_wait(
                    ListQuestions(error.questions, plain(wish.name))
                )
                if answers is None:
                    return None
                wish = replace(wish, list_answers=answers, asks=False)
            else:
                is_held = sold.method == Method.GATEWAY and sold.paid.minor
                return await self._paid(sold, wish) if is_held else sold

    async def _paid(self, sold: Sold, wish: WalkIn) -> Sold | None:
        """Have a sale that is held paid at the card reader, and let the guest in."""
        from screens.money.at_reader import AtReader

        assert self.reader is not None
        assert sold.booking_id is not None
        self.nonce = uuid4().hex  # whatever comes of it, the next one is another sale
        desk, actor = self.tools.desk, self.place.actor
        name = _("Booking {code}: {name}", code=sold.booking_code, name=plain(wish.name))
        dialog = AtReader(self.tools, actor, sold.booking_id, self.reader, sold.paid, name)
        view = await self.app.push_screen_wait(dialog)
        if view is None or view.state is not PaymentState.PAID:
            is_free = await desk.write(give_up_sale, actor, sold.booking_id)
            self.say(_("Nothing was sold.") if is_free else kept_words(sold))
            return None
        if not wish.enter:
            return sold
        scan = self.place.scan(
            sold.ticket_code,
            source=ScanSource.TYPED,
            seen_at=wish.seen_at,
            nonce=wish.nonce,
            asks=wish.asks,
        )
        answered = replace(scan, answers=wish.list_answers)
        try:
            entered = await while_busy(partial(desk.write, check_in, actor, answered))
        except EventDeskError:  # it is sold, which nothing here may hide
            return sold
        return replace(sold, check_in=entered if entered.passes else None)

    async def _write(self, wish: WalkIn, approval: Approval | None) -> Sold:
        actor = self.place.actor.with_approval(approval)
        return await self.tools.desk.write(sell_at_door, actor, self.place.event.id, wish)

    async def _approved(self, offer: DoorOffer, wish: WalkIn) -> Approval | None:
        return await approval_for(
            self.app,
            self.tools,
            self.place,
            act="force",
            words=_(
                "sell {ticket} to {name} against the rules: {reason}",
                ticket=plain(offer.name, limit=40),
                name=plain(wish.name, limit=40),
                reason=plain(wish.force_reason, limit=100),
            ),
        )

    async def _rest(self, wish: WalkIn, error: VoucherShortError) -> WalkIn | None:
        """Ask how what a voucher does not cover is paid."""
        app = self.app
        ways = [_("{paid} in cash", paid=error.rest), _("{paid} by card", paid=error.rest)]
        chosen = await app.push_screen_wait(PickOne(str(error), ways, marked=None))
        if chosen is None:
            return None
        if chosen == 0:
            if not await ask_for_drawer(self, self.tools, self.place):
                return None
            return replace(wish, rest_method=str(Method.CASH))
        slip = await app.push_screen_wait(
            TextQuestion(
                _("{paid} by card", paid=error.rest), _("The number on the terminal's slip.")
            )
        )
        if not slip:
            return None
        return replace(wish, rest_method=str(Method.TERMINAL), rest_reference=slip)

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

    def show_error(self, error: EventDeskError) -> None:
        """Say in the form what went wrong and what to do."""
        self.say(f"{error} {error.hint}")


async def sell_walk_in(screen: Screen[Any], tools: Tools, place: Place) -> CheckInResult | None:
    """Sell one ticket at the door, take the money and let the guest in; call it in a worker.

    Returns the door's answer; None where nothing was sold, or nobody was let in.
    """
    offers = await tools.desk.read(door_offers, place.actor, place.event.id, place.check_in_list.id)
    if not offers:
        screen.notify(
            _("An organizer adds ticket types in the event's Tickets."),
            title=_("Nothing is sold here"),
            severity="warning",
            markup=False,
        )
        return None
    from screens.money.at_reader import the_reader

    dialog = WalkInDialog(tools, place, offers, reader=await the_reader(tools))
    done = await screen.app.push_screen_wait(dialog)
    if done is None:
        return None
    sold, name = done
    await screen.app.push_screen_wait(SoldDialog(sold, name))
    return sold.check_in
