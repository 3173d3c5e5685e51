"""Amounts as Stripe counts them: whole numbers of the smallest unit, by Stripe's own list.

https://docs.stripe.com/currencies: some currencies have no decimals there though ISO 4217 gives
them some, two are counted with decimals that have to be zero, and of three digits the last has to
be zero.
"""

from typing import Final

from eventdesk.core.errors import GatewayRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.money import EXPONENTS, Money

_PARTS: Final = {
    code: parts
    for codes, parts in (
        ("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF", 1),
        ("BHD JOD KWD OMR TND", 1000),
    )
    for code in codes.split()
}
"""How many of Stripe's units make one of the currency, where it is not a hundred."""

_ONLY_WHOLE: Final = ("ISK", "UGX")
"""Counted in hundredths, and only whole ones are taken."""


def units(amount: Money) -> int:
    """Say an amount as Stripe counts it.

    Raises:
        GatewayRefusedError: Stripe takes no such amount of this currency.

    >>> units(Money(500, "JPY", 0)), units(Money(1250, "EUR")), units(Money(5, "ISK", 0))
    (500, 1250, 500)
    """
    scaled = amount.minor * _parts(amount.currency)
    whole, rest = divmod(scaled, int(10**amount.exponent))
    step = _step(amount.currency)
    if rest or whole % step:
        raise GatewayRefusedError(
            msg("Stripe cannot take {amount}: not so small a part of it.", amount=amount),
            hint=msg("Pay in another way, or ask the organizer for a round price."),
        )
    return whole


def amount_of(count: int, currency: str) -> Money:
    """Read an amount that Stripe says, in the minor units of ISO 4217.

    >>> amount_of(500, "isk"), amount_of(5120, "kwd").minor
    (Money(minor=5, currency='ISK', exponent=0), 5120)
    """
    code = currency.upper()
    exponent = EXPONENTS.get(code, 2)
    return Money(count * int(10**exponent) // _parts(code), code, exponent)


def _parts(currency: str) -> int:
    return _PARTS.get(currency, 100)


def _step(currency: str) -> int:
    if currency in _ONLY_WHOLE:
        return 100
    return 10 if _parts(currency) == 1000 else 1
