"""The booking screen: tickets are chosen here, with their full price before anything is agreed."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Label, OptionList, Static
from textual.widgets.option_list import Option

from eventdesk.acts import BEFORE_THE_DAY, SYSTEM, Actor
from eventdesk.booking import Booked
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.plain_text import plain
from eventdesk.events import EventDetail
from eventdesk.sales import (
    Offer,
    Quote,
    Wish,
    in_full,
    left_in_words,
    offers,
    quote,
    total_in_words,
)
from eventdesk.waiting import EntryView, join
from screens.attendee.checkout import Checkout
from screens.attendee.tones import TONES
from screens.booking.party_fields import party_fields
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.widgets.problem import Problem

MAX_OF_ONE = 100


class BookScreen(RoleScreen[Booked | None], AsActor):
    """Lets a person choose tickets; dismissed with the booking, or None when given up."""

    SHOWS = BEFORE_THE_DAY
    ROLE = msg("Booking")
    THINGS = ("store",)
    HELP = (
        "Choose a ticket with the arrow keys; + and - or a digit say how many. C takes a discount "
        "code. Ctrl+S goes on to the names; nothing is booked before you agree to the price."
    )
    CSS_PATH = "../styles/attendee.tcss"
    AUTO_FOCUS = "#offers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,right", "more(1)", "More", key_display="+"),
        Binding("minus,left", "more(-1)", "Fewer", key_display="-"),
        *(Binding(str(digit), f"count({digit})", show=False) for digit in range(10)),
        Binding("c", "ask_code", "Code", tooltip="Use a discount code"),
        Binding("p", "ask_amount", "Price", tooltip="Name your price of the marked ticket"),
        Binding("w", "wait", "Waitlist", tooltip="Wait for the marked ticket"),
        Binding("ctrl+s", "go_on", "Go on", tooltip="To the names", priority=True),
    ]

    choices = getters.query_one("#offers", OptionList)

    def __init__(
        self, tools: Tools, actor: Actor, event: EventDetail, *, access_code: str = ""
    ) -> None:
        super().__init__(tools)
        self.actor, self.event, self.access_code = actor, event, access_code
        self._checkout = Checkout(self, tools, actor, event, access_code=access_code)
        self.heading = event.name
        self.offers: list[Offer] = []
        self.counts: dict[UUID, int] = {}
        self.amounts: dict[UUID, int] = {}
        """What this person wants to pay for tickets whose price is theirs to name."""
        self.code = ""
        self.quote: Quote | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the tickets and what they cost together."""
        with Vertical(id="book"):
            yield Label(_("How many of which?"), classes="title", markup=False)
            yield OptionList(id="offers", markup=False)
            yield Static("", id="book-total", markup=False)
            yield Problem(id="book-problem")
            with Vertical(classes="buttons"):
                yield Button(_("Go on to the names"), variant="primary", id="go-on", disabled=True)

    async def re_read(self) -> None:
        """Read again what is sold, and keep what was chosen."""
        self.offers = await self.tools.desk.read(offers, SYSTEM, self.event.id, code=self.code)
        self._show_offers()
        self.reckon()

    def clock(self) -> str:
        """The time of day at the event."""
        return self.tools.now().astimezone(ZoneInfo(self.event.time_zone)).strftime("%H:%M")

    def would_be_lost(self) -> str:
        """The tickets that are chosen and not booked."""
        return _("The tickets you chose are not booked yet.") if any(self.counts.values()) else ""

    @work(exclusive=True, group="reckon", exit_on_error=False)
    async def reckon(self) -> None:
        """Show the price of the chosen tickets, or why they cannot be booked."""
        wishes = self.wishes
        self.quote = None
        if wishes:
            try:
                self.quote = await self.tools.desk.read(
                    quote, SYSTEM, self.event.id, wishes, code=self.code
                )
            except EventDeskError as error:
                self.query_one("#book-problem", Problem).say(plain(f"{error} {error.hint}"))
        if self.quote is not None or not wishes:
            self.query_one("#book-problem", Problem).say("")
        self._show_total()

    @property
    def wishes(self) -> list[Wish]:
        """The chosen tickets."""
        return [
            Wish(kind, count, self.amounts.get(kind))
            for kind, count in self.counts.items()
            if count
        ]

    def action_more(self, step: int) -> None:
        """Choose one more or one fewer of the marked ticket."""
        offer = self._marked()
        if offer is not None:
            self._choose(offer, self.counts.get(offer.ticket_type_id, 0) + step)

    def action_count(self, count: int) -> None:
        """Choose so many of the marked ticket."""
        offer = self._marked()
        if offer is not None:
            self._choose(offer, count)

    @on(OptionList.OptionSelected, "#offers")
    def choose_one(self) -> None:
        """Choose one of the marked ticket; with one chosen already, go on."""
        offer = self._marked()
        if offer is not None and not self.counts.get(offer.ticket_type_id):
            self.action_more(1)
        else:
            self.action_go_on()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_ask_code(self) -> None:
        """Take a discount code, or take it away again."""
        said, typed = _("An empty line takes it away again."), self.code
        while True:
            question = TextQuestion(
                _("Discount code"), said, value=typed, required=False, confirm=_("Use it")
            )
            answer = await self.app.push_screen_wait(question)
            if answer is None:
                return
            typed = answer
            try:
                await self.tools.desk.read(offers, SYSTEM, self.event.id, code=typed)
            except EventDeskError as error:
                said = plain(f"✗ {error} {error.hint}", limit=400)
                continue
            self.code = typed
            self.action_re_read()
            return

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to name a price only for a ticket that leaves it open."""
        if action == "ask_amount":
            offer = self._marked()
            return offer is not None and offer.price_chosen
        return super().check_action(action, parameters)

    @on(OptionList.OptionHighlighted, "#offers")
    def marked_another(self) -> None:
        """Show the keys of the marked ticket."""
        self.refresh_bindings()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_ask_amount(self) -> None:
        """Let the person name the price of the marked ticket."""
        offer = self._marked()
        if offer is None or not offer.price_chosen:
            return
        kind, least = offer.ticket_type_id, offer.least
        said = _("At least {least} for each.", least=least)
        typed = self._amount_of(offer).amount
        while True:
            title = _("What do you pay for {name}?", name=plain(offer.name, limit=40))
            question = TextQuestion(title, said, value=typed, confirm=_("Take it"))
            answer = await self.app.push_screen_wait(question)
            if answer is None:
                return
            typed = answer
            try:
                amount = read_money(typed, least.currency, least.exponent).minor
                wishes = [Wish(kind, self.counts.get(kind) or 1, amount)]
                await self.tools.desk.read(quote, SYSTEM, self.event.id, wishes, code=self.code)
            except EventDeskError as error:
                said = plain(f"✗ {error} {error.hint}", limit=400)
                continue
            self.amounts[kind] = amount
            self._choose(offer, self.counts.get(kind) or 1)
            return

    def _amount_of(self, offer: Offer) -> Money:
        return replace(
            offer.suggested, minor=self.amounts.get(offer.ticket_type_id, offer.suggested.minor)
        )

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_wait(self) -> None:
        """Wait for the marked ticket."""
        offer = self._marked()
        if offer is None:
            return

        async def submit(values: dict[str, Any]) -> EntryView:
            return await self.desk.write(
                join,
                self.event.id,
                ticket_type_id=offer.ticket_type_id,
                access_code=self.access_code,
                code=self.code,
                places=values["places"],
                fewer=values["fewer"],
            )

        title = _("Wait for {what}?", what=plain(offer.name, limit=60))
        dialog = FormDialog(title, party_fields(), submit, confirm=_("Wait"))
        entry = await self.app.push_screen_wait(dialog)
        if entry is None:
            return
        self.notify(
            _(
                "You are number {place} for {what}. A notice tells you when a place is free.",
                place=entry.place,
                what=plain(entry.what),
            ),
            title=_("On the waitlist"),
            markup=False,
        )

    @on(Button.Pressed, "#go-on")
    def go_on(self) -> None:
        """Go on to the names."""
        self.action_go_on()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_go_on(self) -> None:
        """Ask who comes, and book."""
        if self.quote is None:
            self.notify(
                _("Choose how many with + and -."), title=_("Nothing chosen yet"), markup=False
            )
            return
        if self._checkout.collects:
            if await self._checkout.request(self.quote) is not None:
                self.counts.clear()
                self.dismiss(None)
            return
        booked = await self._checkout.book(self.quote, self.offers)
        if booked is not None:
            self.counts.clear()
            self.dismiss(booked)

    def action_back(self) -> None:
        """Leave without booking; ask first when something was chosen."""
        self._leave()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _leave(self) -> None:
        lost = self.would_be_lost()
        if not lost or await self.app.push_screen_wait(YesNo(_("Leave it?"), lost, yes=_("Leave"))):
            self.dismiss(None)

    def _marked(self) -> Offer | None:
        place = self.choices.highlighted
        return self.offers[place] if place is not None and self.offers else None

    def _choose(self, offer: Offer, count: int) -> None:
        if offer.sold_out or not offer.on_sale:
            waits = offer.sold_out and offer.waitlist
            why = _("Sold out. W puts you on the waitlist.") if waits else offer.why_not
            self.notify(plain(why), title=plain(offer.name), markup=False)
            return
        most = min(
            MAX_OF_ONE if offer.most_per_booking is None else offer.most_per_booking,
            MAX_OF_ONE if offer.remaining is None else offer.remaining,
        )
        if count > most:
            self.notify(
                _("At most {most} of these.", most=most), title=plain(offer.name), markup=False
            )
        if count > 0 and not offer.admits and not self._amount_of(offer).minor:
            self.action_ask_amount()  # a donation: how much comes before how many
            return
        self.counts[offer.ticket_type_id] = max(0, min(count, most))
        self._show_offers()
        self.reckon()

    def _show_offers(self) -> None:
        marked = self.choices.highlighted or 0
        self.choices.clear_options()
        self.choices.add_options([Option(self._line(offer)) for offer in self.offers])
        if self.offers:
            self.choices.highlighted = min(marked, len(self.offers) - 1)
        else:
            self.choices.add_option(Option(_("No tickets are sold here yet."), disabled=True))

    def _line(self, offer: Offer) -> Content:
        count = self.counts.get(offer.ticket_type_id, 0)
        left, tone = left_in_words(offer)
        how_many = (f"{count:>3} × ", "bold") if count else ("    · ", "$faint")
        price = in_full(offer)
        if offer.price_chosen and count:
            price = _("you pay {amount} each, P changes it", amount=self._amount_of(offer))
        line = Content.assemble(
            how_many, (plain(offer.name), "bold"), "  ", price, "  ", (left, TONES[tone])
        )
        if offer.description:
            about = plain(offer.description, limit=300)
            line = Content.assemble(line, "\n      ", (about, "$faint"))
        return line

    def _show_total(self) -> None:
        self.query_one("#go-on", Button).disabled = self.quote is None
        words = _("Together {total}", total=total_in_words(self.quote)) if self.quote else ""
        self.query_one("#book-total", Static).update(Content(plain(words)))
