"""Ticket types and discount codes of an event, with prices as buyers pay them."""

from dataclasses import replace
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.core import formats
from eventdesk.core.fields import filled
from eventdesk.core.formats import listed, number
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.money import Money, percent
from eventdesk.core.plain_text import plain
from eventdesk.sales import (
    DISCOUNT,
    TICKET_TYPE,
    DiscountView,
    EventTerms,
    NewDiscount,
    NewTicketType,
    SaleSetup,
    Terms,
    TicketTypeView,
    add_discount,
    add_discounts,
    add_ticket_type,
    change_discount,
    change_ticket_type,
    end_discount,
    list_discounts,
    order_ticket_types,
    price_of,
    remove_ticket_type,
    sale_setup,
    switch_ticket_type,
)
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import Maker
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.entity_facts import entity_facts
from screens.widgets.form import (
    ChoiceField,
    Field,
    MoneyField,
    NumberField,
    PercentField,
    TextField,
)
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, rows_of, view_of

OFF: Final = {
    "percent": msg("a share"),
    "amount": msg("an amount"),
    "unlock": msg("nothing: it unlocks"),
}
"""What a code takes off, as the form offers it."""


def type_fields(
    setup: SaleSetup, about: NewTicketType | None, zone: str, maker: Maker
) -> list[Field[Any]]:
    """The fields of a ticket type, filled with what it is now."""
    terms = setup.terms
    return entity_fields(
        TICKET_TYPE,
        about or NewTicketType("", terms.money(0)),
        zone=zone,
        nothing=terms.money(0),
        offers={"section_id": setup.sections, "session_ids": setup.sessions},
        makings={"section_id": maker.section(), "session_ids": maker.session()},
        hints={"tax_bp": _tax_help(terms)},
        new=about is None,
    )


def type_of(setup: SaleSetup, about: NewTicketType | None, values: dict[str, Any]) -> NewTicketType:
    """The ticket type that the values of its form mean."""
    return filled(TICKET_TYPE, about or NewTicketType("", setup.terms.money(0)), values)


def price_told(event: EventTerms, values: dict[str, Any]) -> str:
    """The buyer's price with its tax and fee, told live."""
    if values["price"] is None:
        return _("The buyer pays: type a price.")
    terms = Terms(
        event.money(values["price"]),
        values["tax_bp"] or 0,
        values["fee_bp"] or 0,
        values["fee_minor"] or 0,
        event.tax_included,
        event.commission_bp,
    )
    price = price_of(terms)
    if values["price_chosen"]:
        total = event.money(price.total_minor)
        return _("Who books names the price. The least is {total}, all in it.", total=total)
    parts = []
    if price.tax_minor:
        parts.append(_("{amount} tax", amount=event.money(price.tax_minor)))
    if price.fee_minor:
        parts.append(_("{amount} service fee", amount=event.money(price.fee_minor)))
    total = event.money(price.total_minor)
    said = _("The buyer pays {total}.", total=total)
    if parts:
        said = _("The buyer pays {total}, with {parts} in it.", total=total, parts=listed(parts))
    if price.commission_minor:
        said += "\n" + _(
            "Of {net} net, {commission} is the house's commission.",
            net=event.money(price.net_minor),
            commission=event.money(price.commission_minor),
        )
    return said


def code_fields(
    setup: SaleSetup, view: DiscountView | None, zone: str, maker: Maker, *, many: bool = False
) -> list[Field[Any]]:
    """The fields of a discount code, or of many that begin alike."""
    old = view.about if view else NewDiscount("", "percent")
    terms = setup.terms
    money: dict[str, Any] = {"currency": terms.currency, "exponent": terms.exponent}
    share = old.value if old.kind == "percent" and view else None
    amount = old.value if old.kind == "amount" else None
    types = [(each.id, each.about.name) for each in setup.types]
    shown = replace(old, most_tickets=1) if many else old
    first: list[Field[Any]] = [
        TextField("code", _("Code"), value=old.code, required=True, max_length=40, help=_CODE_HELP)
    ]
    if many:
        first = [
            TextField("code", _("Codes begin with"), max_length=30, help=_("Such as GUEST-.")),
            NumberField("count", _("How many"), least=1, most=10_000, required=True),
        ]
    return [
        *first,
        ChoiceField("kind", _("Takes off"), [*OFF.items()], value=old.kind),
        PercentField("share", _("Share of the price"), value=share),
        MoneyField("amount", _("Amount of each ticket"), value=amount, **money),
        *entity_fields(
            DISCOUNT,
            shown,
            zone=zone,
            offers={"type_ids": types},
            makings={"type_ids": maker.ticket_type()},
        ),
    ]


def code_of(values: dict[str, Any]) -> NewDiscount:
    """The code that the values of its form mean."""
    kind = values["kind"]
    value = {"percent": values["share"], "amount": values["amount"], "unlock": 0}[kind]
    return filled(DISCOUNT, NewDiscount(values["code"], kind, value or 0), values)


def off_told(about: NewDiscount, nothing: Money) -> str:
    """What a code takes off: "10 %", "5.00 EUR" or "unlocks"."""
    if about.kind == "percent":
        return f"{percent(about.value)} %"
    if about.kind == "unlock":
        return _("unlocks")
    return str(Money(about.value, nothing.currency, nothing.exponent))


def code_told(setup: SaleSetup, values: dict[str, Any]) -> str:
    """The price of a ticket with the code, told live."""
    about = code_of({**values, "code": values["code"] or ""})
    if not about.value and about.kind != "unlock":
        return _("With the code a ticket costs: type what it takes off.")
    for view in setup.types:
        if view.id in about.type_ids or (not about.type_ids and not view.about.hidden):
            kind = view.about
            terms = setup.terms
            price = price_of(
                Terms(
                    kind.price,
                    kind.tax_bp,
                    kind.fee_bp,
                    kind.fee_minor,
                    terms.tax_included,
                    terms.commission_bp,
                ),
                about.discount,
            )
            name = plain(kind.name, limit=40)
            now, before = view.money(price.total_minor), view.money(view.price.total_minor)
            return _(
                "With the code {name} costs {now} instead of {before}.",
                name=name,
                now=now,
                before=before,
            )
    return ""


_CODE_HELP: Final = msg("Case and spaces do not matter.")


def _tax_help(terms: EventTerms) -> str:
    return _("The price contains it.") if terms.tax_included else _("It is added to the price.")


SALES: Final = {
    "on sale": (msg("✓ on sale"), "good"),
    "sold out": (msg("✗ sold out"), "bad"),
    "not yet": (msg("◌ not yet"), "warning"),
    "over": (msg("– over"), "faint"),
    "off": (msg("– off"), "faint"),
}
"""How each state of the sales is shown, and its tone."""

CODES: Final = {
    "good": (msg("✓ good"), "good"),
    "used up": (msg("✗ used up"), "bad"),
    "not yet": (msg("◌ not yet"), "warning"),
    "over": (msg("– over"), "faint"),
    "ended": (msg("– ended"), "faint"),
}


class TicketsTab(EventPart):
    """Shows ticket types and codes, and changes them."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Above: what is sold, with the price in full as a buyer pays it. Below: codes that make "
        "tickets cheaper or unlock hidden ones. Enter changes the marked one; Tab goes to the "
        "other table."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add_type", "New type", tooltip="Add a ticket type"),
        Binding("c", "add_code", "New code", tooltip="Add a discount code"),
        Binding("m", "add_codes", "Many codes", tooltip="Make many codes that begin alike"),
        Binding("o", "turn", "On/off", tooltip="Sell it no more, or again; end a code"),
        Binding("delete", "remove", "Remove", tooltip="Remove a type nobody ever booked"),
        Binding("shift+up", "shift(-1)", "Up", show=False, tooltip="Show this type earlier"),
        Binding("shift+down", "shift(1)", "Down", show=False, tooltip="Show this type later"),
    ]
    DEFAULT_CSS = """
    TicketsTab {
        & #types { height: 1fr; }
        & #codes { height: 1fr; }
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    setup: SaleSetup | None = None

    def compose(self) -> ComposeResult:
        """Lay out both tables below each other."""
        yield Label(_("Ticket types"), classes="part-title")
        yield PagedTable(
            self._types,
            Column(_("Name")),
            Column(_("Buyer pays"), 13, right=True),
            Column(_p("column", "Sold"), 6, right=True),
            Column(_p("column", "Held"), 5, right=True),
            Column(_p("column", "Left"), 8, right=True),
            Column(_("Waiting"), 7, right=True, least=92),
            Column(_("Sales"), 10),
            Column(_("Until"), 12, least=92),
            Column("", 22, least=116),
            detail=self._type_detail,
            enter=_("Change"),
            empty=_("No ticket types yet. Press N to add the first: without one nobody can book."),
            searchable=False,
            id="types",
        )
        yield Label(_("Discount codes"), classes="part-title")
        yield PagedTable(
            self._codes,
            Column(_("Code")),
            Column(_("Takes off"), 14, right=True),
            Column(_("Used"), 12, right=True),
            Column("", 9),
            Column(_("Until"), 12, least=84),
            Column(_("For"), 24, least=110),
            detail=self._code_detail,
            enter=_("Change"),
            empty=_("No codes yet. Press C to add one, or M to make many at once."),
            id="codes",
        )

    async def re_read(self) -> None:
        """Read types and codes."""
        await self._read_setup()
        await super().re_read()

    async def _read_setup(self) -> SaleSetup:
        self.setup = await self.desk.read(sale_setup, self.event.id)
        return self.setup

    # Showing; a table may ask before the tab was read for the first time

    async def _types(self, text: str, offset: int, limit: int) -> Window:
        types = (self.setup or await self._read_setup()).types
        return rows_of(types, offset, limit, self._type_line)

    def _type_line(self, view: TicketTypeView) -> Line:
        sign, tone = SALES[view.state(self.tools.now())]
        about = view.about
        marks = [_("hidden")] if about.hidden else []
        marks += [_("named price")] if about.price_chosen else []
        marks += [] if about.admits else [_("donation")]
        marks += [_("for {admits}", admits=about.admits)] if about.admits > 1 else []
        marks += [_("group price")] if about.group_from else []
        marks += [_("needs approval")] if about.needs_approval else []
        return Line(
            view.id,
            (
                about.name,
                formats.money(view.money(view.price.total_minor)),
                number(view.sold),
                number(view.held),
                _p("column", "no limit") if view.left is None else number(view.left),
                number(view.promised),
                str(sign),
                self.at(about.sales_until),
                ", ".join(marks),
            ),
            "faint" if tone == "faint" else "",
        )

    async def _codes(self, text: str, offset: int, limit: int) -> Window:
        views, total = await self.desk.read(
            list_discounts, self.event.id, search=text, offset=offset, limit=limit
        )
        setup = self.setup or await self._read_setup()
        return page_of(views, total, lambda view: self._code_line(view, setup))

    def _code_line(self, view: DiscountView, setup: SaleSetup) -> Line:
        sign, tone = CODES[view.state(self.tools.now())]
        about = view.about
        used = number(view.used)
        if about.most_tickets is not None:
            used = _("{used:,} of {most:,}", used=view.used, most=about.most_tickets)
        names = {each.id: each.about.name for each in setup.types}
        types = sorted(names.get(each, "?") for each in about.type_ids)
        return Line(
            view.id,
            (
                about.code,
                off_told(about, setup.terms.money(0)),
                used,
                str(sign),
                self.at(about.valid_until),
                ", ".join(types) or _("all that are shown"),
            ),
            "faint" if tone == "faint" else "",
        )

    async def _type_detail(self, line: Line) -> list[Block]:
        view = view_of(line, TicketTypeView)
        if view is None or self.setup is None:
            return []
        terms, about = self.setup.terms, view.about
        facts = entity_facts(
            TICKET_TYPE,
            about,
            zone=self.event.time_zone,
            nothing=terms.money(0),
            offers={"section_id": self.setup.sections, "session_ids": self.setup.sessions},
        )
        return [Block(facts, _("As it is set up"))]

    async def _code_detail(self, line: Line) -> list[Block]:
        view = view_of(line, DiscountView)
        if view is None or self.setup is None:
            return []
        types = [(each.id, each.about.name) for each in self.setup.types]
        zone = self.event.time_zone
        facts = entity_facts(DISCOUNT, view.about, zone=zone, offers={"type_ids": types})
        return [Block(facts, _("As it is set up"))]

    # Ticket types

    @property
    def _maker(self) -> Maker:
        return Maker(self.desk, self.app, self.event)

    def action_add_type(self) -> None:
        """Ask for a ticket type and add it."""
        self._edit_type(None)

    @on(PagedTable.Chosen, "#types")
    def _open_type(self, message: PagedTable.Chosen) -> None:
        self._edit_type(view_of(message.line, TicketTypeView))

    @act
    async def _edit_type(self, view: TicketTypeView | None) -> None:
        setup = self.setup or await self._read_setup()
        about = view.about if view else None

        async def submit(values: dict[str, Any]) -> bool:
            kind = type_of(setup, about, values)
            if view is None:
                await self.desk.write(add_ticket_type, self.event.id, kind)
            else:
                await self.desk.write(change_ticket_type, view.id, kind)
            return True

        stays = _("What was sold stays as it was sold.")
        dialog = FormDialog(
            _("Change {name}", name=about.name) if about else _("Add a ticket type"),
            type_fields(setup, about, self.event.time_zone, self._maker),
            submit,
            tell=lambda values: price_told(setup.terms, values),
            explanation=stays if view and view.booked_once else "",
            confirm=_("Save") if view else _("Add"),
        )
        await self.ask(dialog)

    @act_on(TicketTypeView)
    async def action_shift(self, view: TicketTypeView, places: int) -> None:
        """Show a type earlier or later."""
        order = [each.id for each in (self.setup or await self._read_setup()).types]
        place = order.index(view.id)
        order.insert(max(0, place + places), order.pop(place))
        await self.do(order_ticket_types, self.event.id, order)

    @act_on(TicketTypeView)
    async def action_remove(self, view: TicketTypeView) -> None:
        """Remove a type, after a yes; the use case refuses one that was booked."""
        title = _("Remove {name}?", name=plain(view.about.name, limit=60))
        if view.booked_once or await self.sure(
            title, _("It is gone then, with its terms."), yes=_("Remove")
        ):
            await self.do(remove_ticket_type, view.id)

    # Codes

    def action_add_code(self) -> None:
        """Ask for a code and add it."""
        self._edit_code(None)

    def action_add_codes(self) -> None:
        """Ask how many codes are wanted, and make them."""
        self._edit_code(None, many=True)

    @on(PagedTable.Chosen, "#codes")
    def _open_code(self, message: PagedTable.Chosen) -> None:
        self._edit_code(view_of(message.line, DiscountView))

    @act
    async def _edit_code(self, view: DiscountView | None, *, many: bool = False) -> None:
        setup = self.setup or await self._read_setup()

        async def submit(values: dict[str, Any]) -> int:
            new, write = code_of(values), self.desk.write
            if many:
                return len(await write(add_discounts, self.event.id, new, values["count"]))
            if view is None:
                await write(add_discount, self.event.id, new)
            else:
                await write(change_discount, view.id, new)
            return 1

        title = _("Make many codes") if many else _("Add a code")
        dialog = FormDialog(
            _("Change {code}", code=view.about.code) if view else title,
            code_fields(setup, view, self.event.time_zone, self._maker, many=many),
            submit,
            tell=lambda values: code_told(setup, values),
            confirm=_("Save") if view else _("Make") if many else _("Add"),
        )
        made = await self.ask(dialog)
        if made and many:
            self.say(
                _n(
                    "{count} code is made. Search for their beginning.",
                    "{count} codes are made. Search for their beginning.",
                    made,
                )
            )

    @act
    async def action_turn(self) -> None:
        """Switch the marked type off or on; end the marked code, or take it again."""
        if code := self.under_cursor(DiscountView):
            await self.do(end_discount, code.id, active=not code.active)
        elif kind := self.under_cursor(TicketTypeView):
            await self.do(switch_ticket_type, kind.id, active=not kind.active)
