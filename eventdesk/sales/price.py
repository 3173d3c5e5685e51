"""Prices of tickets: discount, tax, fee and commission of one ticket, to the cent.

The rules, in the order in which they apply. Every share is rounded half up for each ticket on its
own, so that a booking is always the sum of its tickets.

1. The *list price* is what the organizer set for the ticket type.
2. The *discount* is a share of the list price or an amount; never more than the list price.
3. The *tax* is on the discounted price: contained in it where the event's prices include tax,
   added on top of it where they do not.
4. The *service fee* is a share of the discounted price, before tax that is added, plus an
   amount. A ticket that costs nothing carries no fee at all, so 100 % off is nothing to pay.
   The fee is paid as it stands; `tax_minor` holds no tax on it.
5. The *commission* is what the installation keeps of the organizer's net: a share of the
   discounted price without its tax and without the fee. It changes nothing for the buyer.

The buyer pays discounted price + tax where it is added + fee. Of that, tax and fee are
`tax_minor` and `fee_minor`, and the organizer's net is the rest; the commission is a part of
the net, so nothing is ever negative.
"""

from dataclasses import dataclass, replace
from typing import Literal

from eventdesk.core.money import MAX_BP, Money

DiscountKind = Literal["percent", "amount", "unlock"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a ticket type's price, before any code.

    Attributes:
        price: The list price, zero or more.
        tax_bp: Tax rate in basis points.
        fee_bp: Service fee as a share of the discounted price, in basis points.
        fee_minor: Service fee as an amount for each ticket, in minor units.
        tax_included: Whether the price contains its tax.
        commission_bp: What the installation keeps, in basis points of the net.
    """

    price: Money
    tax_bp: int = 0
    fee_bp: int = 0
    fee_minor: int = 0
    tax_included: bool = True
    commission_bp: int = 0


@dataclass(frozen=True, slots=True)
class Discount:
    """The discount of a code on a ticket.

    Attributes:
        kind: `percent`, `amount`, or `unlock`, which takes nothing off.
        value: Basis points, or minor units for each ticket.
    """

    kind: DiscountKind
    value: int = 0


@dataclass(frozen=True, slots=True)
class TicketPrice:
    """The price of one ticket, in minor units of its currency; no part is negative.

    Attributes:
        list_minor: The price as the ticket type has it.
        discount_minor: Taken off it.
        tax_minor: Tax contained in `total_minor`, whether it was included or added.
        fee_minor: Service fee contained in `total_minor`.
        commission_minor: What the installation keeps of the net; a note, not part of the sum.
        total_minor: What the buyer pays.
        reverse_minor: Tax that is not in `total_minor`, because the buyer owes it (reverse charge).
    """

    list_minor: int
    discount_minor: int
    tax_minor: int
    fee_minor: int
    commission_minor: int
    total_minor: int
    reverse_minor: int = 0

    @property
    def net_minor(self) -> int:
        """The total without tax and fee: the organizer's net, commission included."""
        return self.total_minor - self.tax_minor - self.fee_minor


def price_of(terms: Terms, discount: Discount | None = None) -> TicketPrice:
    """Work out what one ticket costs.

    >>> price_of(Terms(Money(10000, "EUR"), tax_bp=1900), Discount("percent", 1000))
    TicketPrice(list_minor=10000, discount_minor=1000, tax_minor=1437, fee_minor=0, \
commission_minor=0, total_minor=9000, reverse_minor=0)
    """
    list_minor = terms.price.minor
    discount_minor = _taken_off(list_minor, discount)
    price = list_minor - discount_minor
    if terms.tax_included:
        tax = half_up(price * terms.tax_bp, MAX_BP + terms.tax_bp)
        net, gross = price - tax, price
    else:
        tax = share(price, terms.tax_bp)
        net, gross = price, price + tax
    fee = share(price, terms.fee_bp) + terms.fee_minor if price else 0
    commission = share(net, terms.commission_bp)
    return TicketPrice(list_minor, discount_minor, tax, fee, commission, gross + fee)


def reverse_charged(price: TicketPrice) -> TicketPrice:
    """The price of a ticket whose buyer owes the tax: without it.

    >>> reverse_charged(price_of(Terms(Money(11900, "EUR"), tax_bp=1900))).total_minor
    10000
    """
    tax = price.tax_minor
    return replace(price, tax_minor=0, reverse_minor=tax, total_minor=price.total_minor - tax)


def split(price: TicketPrice, ways: int) -> tuple[TicketPrice, ...]:
    """Split the price of a package among its tickets; every part adds up to the cent.

    >>> [each.total_minor for each in split(price_of(Terms(Money(10000, "EUR"))), 3)]
    [3334, 3333, 3333]
    """

    def piece(minor: int, which: int) -> int:
        return minor // ways + (which < minor % ways)

    tickets = []
    for which in range(ways):
        tax, fee = piece(price.tax_minor, which), piece(price.fee_minor, which)
        tickets.append(
            TicketPrice(
                piece(price.list_minor, which),
                piece(price.discount_minor, which),
                tax,
                fee,
                piece(price.commission_minor, which),
                piece(price.net_minor, which) + tax + fee,
            )
        )
    return tuple(tickets)


def share(minor: int, basis_points: int) -> int:
    """A share of an amount of zero or more, rounded half up.

    >>> share(125, 1000), share(124, 1000)
    (13, 12)
    """
    return half_up(minor * basis_points, MAX_BP)


def half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers of zero or more, rounding half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _taken_off(list_minor: int, discount: Discount | None) -> int:
    if discount is None or discount.kind == "unlock":
        return 0
    off = share(list_minor, discount.value) if discount.kind == "percent" else discount.value
    return min(off, list_minor)
