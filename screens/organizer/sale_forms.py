"""The forms of what is sold: their fields, what they mean, and what the buyer will pay."""

from typing import Any, Final

from eventdesk.core.fields import filled
from eventdesk.core.money import Money, percent
from eventdesk.core.plain_text import plain
from eventdesk.sales.discount import DiscountView, NewDiscount
from eventdesk.sales.price import Terms, price_of
from eventdesk.sales.pricing import EventTerms
from eventdesk.sales.ticket_type import TICKET_TYPE, NewTicketType
from eventdesk.sales.ticket_types import SaleSetup
from screens.widgets.form import (
    ChoiceField,
    Field,
    MomentField,
    MoneyField,
    NumberField,
    PercentField,
    SeveralField,
    TextField,
)
from screens.widgets.form.entity_fields import entity_fields

MAX_PLACES: Final = 10_000_000

OFF: Final = {"percent": "a share", "amount": "an amount", "unlock": "nothing: it unlocks"}
"""What a code takes off, as the form offers it."""


def type_fields(setup: SaleSetup, about: NewTicketType | None, zone: str) -> list[Field[Any]]:
    """The fields of a ticket type, filled with what it is now."""
    terms = setup.terms
    return entity_fields(
        TICKET_TYPE,
        about or NewTicketType("", terms.money(0)),
        zone=zone,
        nothing=terms.money(0),
        offers={"section_id": setup.sections, "session_ids": setup.sessions},
        hints={"tax_bp": _tax_help(terms)},
        new=about is None,
    )


def type_of(setup: SaleSetup, about: NewTicketType | None, values: dict[str, Any]) -> NewTicketType:
    """The ticket type that the values of its form mean."""
    return filled(TICKET_TYPE, about or NewTicketType("", setup.terms.money(0)), values)


def price_told(event: EventTerms, values: dict[str, Any]) -> str:
    """What the buyer of such a ticket pays, and what of it is tax and fee."""
    if values["price"] is None:
        return "The buyer pays: type a price."
    terms = Terms(
        event.money(values["price"]),
        values["tax_bp"] or 0,
        values["fee_bp"] or 0,
        values["fee_minor"] or 0,
        event.tax_included,
        event.commission_bp,
    )
    price = price_of(terms)
    parts = []
    if price.tax_minor:
        parts.append(f"{event.money(price.tax_minor)} tax")
    if price.fee_minor:
        parts.append(f"{event.money(price.fee_minor)} service fee")
    inside = f", with {' and '.join(parts)} in it" if parts else ""
    kept = ""
    if price.commission_minor:
        kept = f"\nOf {event.money(price.net_minor)} net, {event.money(price.commission_minor)} "
        kept += "is the house's commission."
    return f"The buyer pays {event.money(price.total_minor)}{inside}.{kept}"


def code_fields(
    setup: SaleSetup, view: DiscountView | None, zone: str, *, many: bool = False
) -> list[Field[Any]]:
    """The fields of a discount code, or of many that begin alike."""
    old = view.about if view else NewDiscount("", "percent")
    terms = setup.terms
    money: dict[str, Any] = {"currency": terms.currency, "exponent": terms.exponent}
    share = old.value if old.kind == "percent" and view else None
    amount = old.value if old.kind == "amount" else None
    types = [(each.id, each.about.name) for each in setup.types]
    first: list[Field[Any]] = [
        TextField("code", "Code", value=old.code, required=True, max_length=40, help=_CODE_HELP)
    ]
    if many:
        first = [
            TextField("code", "Codes begin with", max_length=30, help="Such as GUEST-."),
            NumberField("count", "How many", least=1, most=10_000, required=True),
        ]
    return [
        *first,
        ChoiceField("kind", "Takes off", [*OFF.items()], value=old.kind),
        PercentField("share", "Share of the price", value=share),
        MoneyField("amount", "Amount of each ticket", value=amount, **money),
        NumberField(
            "most",
            "Good for so many tickets",
            value=old.most_tickets if view else (1 if many else None),
            least=1,
            help="Empty: no limit.",
        ),
        SeveralField(
            "types",
            "Only for these",
            types,
            value=tuple(old.type_ids),
            help="None: all that are not hidden. It unlocks hidden ones that are ticked.",
        ),
        MomentField("valid_from", "Good from", value=old.valid_from, zone=zone),
        MomentField("valid_until", "Good until", value=old.valid_until, zone=zone),
        TextField("note", "Note for the team", value=old.note, max_length=500),
    ]


def code_of(values: dict[str, Any]) -> NewDiscount:
    """The code that the values of its form mean."""
    kind = values["kind"]
    value = {"percent": values["share"], "amount": values["amount"], "unlock": 0}[kind]
    return NewDiscount(
        values["code"],
        kind,
        value or 0,
        values["most"],
        values["valid_from"],
        values["valid_until"],
        frozenset(values["types"]),
        values["note"],
    )


def off_told(about: NewDiscount, nothing: Money) -> str:
    """What a code takes off: "10 %", "5.00 EUR" or "unlocks"."""
    if about.kind == "percent":
        return f"{percent(about.value)} %"
    if about.kind == "unlock":
        return "unlocks"
    return str(Money(about.value, nothing.currency, nothing.exponent))


def code_told(setup: SaleSetup, values: dict[str, Any]) -> str:
    """What a ticket that the code is for costs with it."""
    about = code_of({**values, "code": values["code"] or ""})
    if not about.value and about.kind != "unlock":
        return "With the code a ticket costs: type what it takes off."
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
            return f"With the code {name} costs {now} instead of {before}."
    return ""


_CODE_HELP: Final = "Case and spaces do not matter."


def _tax_help(terms: EventTerms) -> str:
    return "The price contains it." if terms.tax_included else "It is added to the price."
