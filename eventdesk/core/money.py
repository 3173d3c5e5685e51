"""Money: whole minor units of one currency, never a float; and how people type it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

# ISO 4217:2015 with its amendments up to 2025 (list one, active codes); funds, metals and codes for
# testing are left out, since nobody sells tickets in them.
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
            msg("There is no currency {text!r}.", text=text.strip()[:10]),
            hint=msg("Use its three letters, such as EUR, USD or JPY."),
        )
    return code, EXPONENTS[code]


MAX_MINOR: Final = 10**13
"""Largest amount that may be typed, in minor units; sums of many still fit the store's integers."""

MAX_BP: Final = 10_000
"""100 %, in basis points."""

MAX_TYPED: Final = 40


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency.

    Attributes:
        minor: The amount in minor units (cents); may be negative in a ledger.
        currency: ISO 4217 code, three capital letters.
        exponent: Digits behind the decimal point of this currency (EUR 2, JPY 0, KWD 3). It is kept
            with the price because tables of it differ between sources.

    >>> str(Money(12050, "EUR"))
    '120.50 EUR'
    >>> str(Money(900, "JPY", 0))
    '900 JPY'
    """

    minor: int
    currency: str
    exponent: int = 2

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency, self.exponent)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency, self.exponent)

    @property
    def amount(self) -> str:
        """The amount without its currency, as it may be typed again.

        >>> Money(1250, "EUR").amount
        '12.50'
        """
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**self.exponent)
        fraction = f".{part:0{self.exponent}d}" if self.exponent else ""
        return f"{sign}{whole}{fraction}"

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if (self.currency, self.exponent) != (other.currency, other.exponent):
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")


NO_MONEY: Final = Money(0, "EUR")
"""Nothing, where no currency is known."""


def read_money(text: str, currency: str, exponent: int = 2) -> Money:
    """Read an amount as people type it: `12.50`, `12,50`, `1,234.50` or `12.50 EUR`.

    What could be read in two ways is refused, never guessed: `1,234` is no amount in euros.

    Raises:
        InvalidInputError: No amount, a negative one, more than `MAX_MINOR`, another currency,
            more digits behind the decimal sign than the currency has, or not clear.

    >>> read_money("12,5", "EUR").minor
    1250
    """
    example = Money(1250 if exponent == 2 else 12 * 10**exponent, currency, exponent).amount
    hint = msg("Type it such as {example}.", example=example)
    if len(text) > MAX_TYPED:
        raise InvalidInputError(msg("This is too long for an amount."), hint=hint)
    typed = re.sub(r"[ \u00a0\u202f\u2009']", "", text.strip()).upper()
    typed = typed.removeprefix(currency).removesuffix(currency)
    minor = _scaled(typed, exponent, hint)
    if minor > MAX_MINOR:
        raise InvalidInputError(
            msg("This is more than can be booked."), hint=msg("Check the digits.")
        )
    return Money(minor, currency, exponent)


def read_percent(text: str) -> int:
    """Read a percentage from 0 to 100 as people type it, with at most two decimals.

    Returns:
        Basis points: 10000 is 100 %.

    Raises:
        InvalidInputError: No such percentage.

    >>> read_percent("7,5 %")
    750
    """
    hint = msg("Type it such as 7.5.")
    if len(text) > MAX_TYPED:
        raise InvalidInputError(msg("This is too long for a percentage."), hint=hint)
    basis_points = _scaled(text.strip().removesuffix("%").strip(), 2, hint)
    if basis_points > MAX_BP:
        raise InvalidInputError(msg("A percentage is at most 100."), hint=hint)
    return basis_points


def percent(basis_points: int) -> str:
    """Write basis points as a percentage, without its sign, as it may be typed again.

    >>> percent(750), percent(1000), percent(1)
    ('7.5', '10', '0.01')
    """
    whole, part = divmod(abs(basis_points), 100)
    fraction = f".{part:02d}".rstrip("0").rstrip(".")
    return f"{'-' if basis_points < 0 else ''}{whole}{fraction}"


_AMOUNT = re.compile(
    r"([0-9]*|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:([.,])([0-9]+))?"
)
"""Digits, in groups of three or not, and what is behind a decimal sign."""


def _scaled(typed: str, exponent: int, hint: Message) -> int:
    """Read digits with at most one decimal sign as a whole number of the smallest units."""
    if typed.startswith(("-", "\u2212")):
        raise InvalidInputError(msg("This cannot be less than zero."), hint=hint)
    found = _AMOUNT.fullmatch(typed)
    if found is None or not typed:
        raise InvalidInputError(msg("This is no number."), hint=hint)
    whole, sign, part = found[1], found[2] or "", found[3] or ""
    if sign and sign in whole:
        raise InvalidInputError(msg("This is not clear."), hint=hint)
    if exponent == 0 and whole.isdecimal() and len(whole) <= 3 and len(part) == 3:
        whole, part = whole + part, ""  # without decimals the sign can only part thousands
    if len(part) > exponent:
        problem = msg("There are at most {most} digits behind the decimal sign.", most=exponent)
        none = msg("There are no digits behind the decimal sign.")
        raise InvalidInputError(problem if exponent else none, hint=hint)
    minor = re.sub("[.,]", "", whole) + part.ljust(exponent, "0")
    return int(minor or "0")
