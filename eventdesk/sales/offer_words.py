"""Prices and places left, in words: alike on screens and pages."""

from enum import StrEnum

from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p
from eventdesk.core.money import Money
from eventdesk.sales.pricing import Offer, Quote

FEW = 10
"""Places left from which on they are named as the last ones."""


class OfferTone(StrEnum):
    """What words about an offer mean for who wants it."""

    GOOD = "good"
    FEW = "few"
    BAD = "bad"


def in_full(offer: Offer) -> str:
    """The full price of one ticket, or the least of one whose price is named."""
    if offer.price_chosen:
        if not offer.price.total_minor:
            return _("you name the price")
        total = Money(offer.price.total_minor, offer.currency, offer.exponent)
        return _("from {price}, you name it", price=money(total))
    if offer.price.total_minor == 0:
        return _("free")
    price = money(Money(offer.price.total_minor, offer.currency, offer.exponent))
    if offer.admits > 1:
        return _("{price} for {admits} people", price=price, admits=offer.admits)
    if offer.group_from is not None:
        each = money(offer.group_price)
        return _(
            "{price}, from {size} on {each} each", price=price, size=offer.group_from, each=each
        )
    return price


def left_in_words(offer: Offer) -> tuple[str, OfferTone]:
    """Whether tickets are left, and what that means."""
    if offer.sold_out:
        return (_("✗ sold out, waitlist") if offer.waitlist else _("✗ sold out"), OfferTone.BAD)
    if not offer.on_sale:
        return (f"! {offer.why_not}", OfferTone.FEW)
    if not offer.admits:
        return (_("✓ donation, no ticket"), OfferTone.GOOD)
    if offer.remaining is not None and offer.remaining <= FEW:
        return (_("! only {left} left", left=offer.remaining), OfferTone.FEW)
    if offer.needs_approval:
        return (_("✓ on sale, the organizer approves"), OfferTone.GOOD)
    return (_p("to buy", "✓ on sale"), OfferTone.GOOD)


def total_in_words(quote: Quote) -> str:
    """The price of a booking, and what is included in it."""
    parts = []
    if quote.discount.minor:
        code = quote.discount_code
        parts.append(_("{discount} less by {code}", discount=quote.discount, code=code))
    if quote.fee.minor:
        parts.append(_("with {fee} fee", fee=quote.fee))
    if quote.tax.minor:
        parts.append(_("with {tax} tax", tax=quote.tax))
    inside = f" ({', '.join(parts)})" if parts else ""
    return f"{money(quote.total) if quote.total.minor else _('free')}{inside}"
