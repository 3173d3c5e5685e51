"""The currencies of ISO 4217, with how many digits each has behind the decimal sign.

Facts of ISO 4217:2015 with its amendments up to 2025 (list one, active codes); funds, metals and
codes for testing are left out, since nobody sells tickets in them.
"""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.errors import InvalidInputError

_WITHOUT_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
_WITH_TWO: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
    "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS: Final[Mapping[str, int]] = {
    code: exponent
    for codes, exponent in ((_WITHOUT_DECIMALS, 0), (_WITH_TWO, 2), (_WITH_THREE, 3))
    for code in codes.split()
}
"""Digits behind the decimal sign by currency code."""

OFTEN: Final = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY")
"""Those a choice offers first."""


def read_currency(text: str) -> tuple[str, int]:
    """Read a currency's code in any case.

    Returns:
        The code and its exponent.

    Raises:
        InvalidInputError: There is no such currency.

    >>> read_currency(" jpy ")
    ('JPY', 0)
    """
    code = text.strip().upper()
    if code not in EXPONENTS:
        raise InvalidInputError(
            f"There is no currency {text.strip()[:10]!r}.",
            hint="Use its three letters, such as EUR, USD or JPY.",
        )
    return code, EXPONENTS[code]
