"""Prices and places left, in words."""

from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p
from eventdesk.core.money import Money
from eventdesk.sales import Offer, Quote

FEW = 10
"""Places left from which on they are named as the last ones."""


def in_full(offer: Offer) -> str:
    """The full price of one ticket."""
    if offer.price.total_minor == 0:
        return _("free")
    return money(Money(offer.price.total_minor, offer.currency, offer.exponent))


def left_in_words(offer: Offer) -> tuple[str, str]:
    """Whether tickets are left, and the colour of these words."""
    if offer.sold_out:
        return (_("✗ sold out, waitlist") if offer.waitlist else _("✗ sold out"), "$error")
    if not offer.on_sale:
        return (f"! {offer.why_not}", "$warning")
    if offer.remaining is not None and offer.remaining <= FEW:
        return (_("! only {left} left", left=offer.remaining), "$warning")
    if offer.needs_approval:
        return (_("✓ on sale, the organizer approves"), "$success")
    return (_p("to buy", "✓ on sale"), "$success")


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
