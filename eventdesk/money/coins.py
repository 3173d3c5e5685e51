"""The notes and coins of a currency, for counting what lies in a drawer.

What is in circulation or legal tender by the lists of those who issue it, in 2025: European
Central Bank (EUR), Federal Reserve and U.S. Mint (USD), Bank of England and Royal Mint (GBP), Swiss
National Bank (CHF), Bank of Japan (JPY), Narodowy Bank Polski (PLN), Sveriges Riksbank (SEK),
Norges Bank (NOK), Danmarks Nationalbank (DKK; the note of 1000 ended on 31 May 2025),
Česká národní banka (CZK), Bank of Uganda (UGX), Central Bank of Kenya (KES), Central Bank of
Nigeria (NGN), South African Reserve Bank (ZAR), Reserve Bank of India (INR). A value that is a note
and a coin stands once. Currencies without a list of their own are counted in steps of 1, 2 and 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money

MAX_PIECES: Final = 100_000
"""Most pieces of one denomination that a count takes."""

_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "EUR": ("500 200 100 50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "USD": ("100 50 20 10 5 2", "1 0.50 0.25 0.10 0.05 0.01"),
    "GBP": ("50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "CHF": ("1000 200 100 50 20 10", "5 2 1 0.50 0.20 0.10 0.05"),
    "JPY": ("10000 5000 2000 1000", "500 100 50 10 5 1"),
    "PLN": ("500 200 100 50 20 10", "5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "SEK": ("1000 500 200 100 50 20", "10 5 2 1"),
    "NOK": ("1000 500 200 100 50", "20 10 5 1"),
    "DKK": ("500 200 100 50", "20 10 5 2 1 0.50"),
    "CZK": ("5000 2000 1000 500 200 100", "50 20 10 5 2 1"),
    "UGX": ("50000 20000 10000 5000 2000", "1000 500 200 100 50"),
    "KES": ("1000 500 200 100 50", "40 20 10 5 1 0.50"),
    "NGN": ("1000 500 200 100 50 20 10 5", "2 1 0.50"),
    "ZAR": ("200 100 50 20 10", "5 2 1 0.50 0.20 0.10"),
    "INR": ("2000 500 200 100 50 20 10", "5 2 1 0.50"),
}
"""Notes and coins in major units, the largest first."""

_MAX_STEP: Final = 5
"""Powers of ten above one unit that the steps of other currencies reach."""


@dataclass(frozen=True, slots=True)
class Denomination:
    """A note or coin of a currency.

    Attributes:
        value: What one piece is worth.
        note: Whether it is a note; else a coin, or unknown.
    """

    value: Money
    note: bool

    @property
    def label(self) -> str:
        """Its value without needless zeros, such as `50` or `0.20`."""
        whole = 10**self.value.exponent
        minor = self.value.minor
        return str(minor // whole) if minor % whole == 0 else self.value.amount


def denominations(currency: str, exponent: int) -> tuple[Denomination, ...]:
    """The notes and coins of a currency, the largest first.

    >>> [each.label for each in denominations("SEK", 2)][-3:]
    ['5', '2', '1']
    """
    listed = _LISTS.get(currency)
    if listed is None:
        return _steps(currency, exponent)
    found = []
    for words, note in zip(listed, (True, False), strict=True):
        for word in words.split():
            minor = _minor(word, exponent)
            if minor:
                found.append(Denomination(Money(minor, currency, exponent), note))
    return tuple(found)


def counted(counts: Mapping[int, int], currency: str, exponent: int) -> Money:
    """Add up pieces, which are counted by what one is worth in minor units.

    Raises:
        InvalidInputError: Less than none, more than `MAX_PIECES`, or no note or coin of it.

    >>> str(counted({5000: 2, 20: 3}, "EUR", 2))
    '100.60 EUR'
    """
    known = {each.value.minor for each in denominations(currency, exponent)}
    for minor, pieces in counts.items():
        if minor not in known:
            value = Money(minor, currency, exponent)
            raise InvalidInputError(
                msg("There is no note or coin of {value}.", value=value),
                hint=msg("Count it in those of the list."),
            )
        if not 0 <= pieces <= MAX_PIECES:
            raise InvalidInputError(
                msg("{pieces:,} pieces cannot be counted.", pieces=pieces),
                hint=msg("Type 0 to {most:,}.", most=MAX_PIECES),
            )
    return Money(sum(minor * pieces for minor, pieces in counts.items()), currency, exponent)


def _minor(word: str, exponent: int) -> int:
    """A value in minor units; 0 where the currency has not so many digits."""
    whole, _, part = word.partition(".")
    if len(part.rstrip("0")) > exponent:
        return 0
    return int(whole + part[:exponent].ljust(exponent, "0"))


def _steps(currency: str, exponent: int) -> tuple[Denomination, ...]:
    """1, 2 and 5 of each power of ten, down to the smallest amount there is."""
    values = (
        step * 10**power for power in range(exponent + _MAX_STEP, -1, -1) for step in (5, 2, 1)
    )
    return tuple(Denomination(Money(minor, currency, exponent), note=False) for minor in values)
