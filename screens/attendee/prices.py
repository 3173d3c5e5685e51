"""How prices and places are said to who may book."""

from eventdesk.core.money import Money
from eventdesk.sales import Offer, Quote

FEW = 10
"""So many places or fewer are said to be the last ones."""


def in_full(offer: Offer) -> str:
    """What one ticket costs, with everything."""
    if offer.price.total_minor == 0:
        return "free"
    return str(Money(offer.price.total_minor, offer.currency, offer.exponent))


def left_in_words(offer: Offer) -> tuple[str, str]:
    """How many are left, with the colour that says it too."""
    if offer.sold_out:
        return ("✗ sold out" + (", waitlist" if offer.waitlist else ""), "$error")
    if not offer.on_sale:
        return (f"! {offer.why_not}", "$warning")
    if offer.remaining is not None and offer.remaining <= FEW:
        return (f"! only {offer.remaining} left", "$warning")
    approval = ", the organizer approves" if offer.needs_approval else ""
    return (f"✓ on sale{approval}", "$success")


def total_in_words(quote: Quote) -> str:
    """What a booking costs and what is in it."""
    parts = []
    if quote.discount.minor:
        parts.append(f"{quote.discount} less by {quote.discount_code}")
    if quote.fee.minor:
        parts.append(f"with {quote.fee} fee")
    if quote.tax.minor:
        parts.append(f"with {quote.tax} tax")
    inside = f" ({', '.join(parts)})" if parts else ""
    return f"{quote.total if quote.total.minor else 'free'}{inside}"
