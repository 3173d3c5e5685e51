"""Money: whole minor units of one currency, never a float."""

from dataclasses import dataclass


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

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**self.exponent)
        fraction = f".{part:0{self.exponent}d}" if self.exponent else ""
        return f"{sign}{whole}{fraction} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if (self.currency, self.exponent) != (other.currency, other.exponent):
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
