"""Amounts as PayPal writes them: https://developer.paypal.com/reference/currency-codes/."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from eventdesk.core.errors import GatewayRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.money import EXPONENTS, Money

_TAKEN: Final = (
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD "
    "USD"
)
_WITHOUT_DECIMALS: Final = ("HUF", "JPY", "TWD")


def written(amount: Money) -> dict[str, str]:
    """An amount as PayPal takes it.

    Raises:
        GatewayRefusedError: PayPal takes no such currency, or no such part of it.

    >>> written(Money(500, "JPY", 0)), written(Money(1250, "EUR"))
    ({'currency_code': 'JPY', 'value': '500'}, {'currency_code': 'EUR', 'value': '12.50'})
    """
    code = amount.currency
    if code not in _TAKEN.split():
        raise GatewayRefusedError(
            msg("PayPal takes no {currency}.", currency=code), hint=msg("Pay in another way.")
        )
    value = Decimal(amount.minor).scaleb(-amount.exponent)
    digits = 0 if code in _WITHOUT_DECIMALS else 2
    text = f"{value:.{digits}f}"
    if Decimal(text) != value:
        raise GatewayRefusedError(
            msg("PayPal cannot take {amount}: not so small a part of it.", amount=amount),
            hint=msg("Pay in another way, or ask the organizer for a round price."),
        )
    return {"currency_code": code, "value": text}


def read(written: Mapping[str, Any]) -> Money:
    """Read an amount that PayPal writes.

    Raises:
        ValueError: It is none.

    >>> read({"currency_code": "HUF", "value": "12"})
    Money(minor=1200, currency='HUF', exponent=2)
    """
    code = str(written["currency_code"])
    exponent = EXPONENTS.get(code, 2)
    try:
        minor = Decimal(str(written["value"])).scaleb(exponent)
    except InvalidOperation as error:
        raise ValueError("no amount") from error
    if not minor.is_finite() or minor != int(minor):
        raise ValueError("no amount")
    return Money(int(minor), code, exponent)
