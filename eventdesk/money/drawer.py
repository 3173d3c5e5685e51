"""Cash drawers as values: shifts, movements, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eventdesk.core.messages import Message, _, _p, msg
from eventdesk.core.money import Money


class MovementKind(StrEnum):
    """Kinds of movements of a drawer."""

    FLOAT = "float"
    """The money in it when it was opened."""
    SALE = "sale"
    REFUND = "refund"
    IN = "in"
    OUT = "out"
    COUNTER = "counter"
    """Takes another movement back."""


BY_HAND = (MovementKind.IN, MovementKind.OUT)
"""Kinds that an operator books by hand, with a reason."""

KIND_WORDS: Mapping[MovementKind, Message] = {
    MovementKind.FLOAT: msg("float"),
    MovementKind.SALE: msg("sale"),
    MovementKind.REFUND: msg("refund"),
    MovementKind.IN: msg("put in"),
    MovementKind.OUT: msg("taken out"),
    MovementKind.COUNTER: msg("taken back"),
}
"""Names of the kinds on screens and papers."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of a drawer.

    Attributes:
        no: The order in which the store wrote movements.
        amount: Into the drawer positive, out of it negative.
        booking_code: The booking of a sale or refund; "" for none.
        by: Who booked it.
        counters: The number of the movement this one takes back.
        countered: Whether another one took it back.
    """

    id: UUID
    no: int
    kind: MovementKind
    amount: Money
    reason: str
    booking_code: str
    by: str
    at: datetime
    counters: int | None = None
    countered: bool = False


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift: an operator's time at a drawer.

    Attributes:
        drawer: The name of the drawer.
        operator_id: The operator's account; None for a device or the program.
        float_amount: What lay in it at first.
        expected: What should be in it by the movements now, or when it was closed.
        counted: What the last count found; None before one.
        counts: Pieces of the last count, by what one is worth in minor units.
        mine: Whether it is the reader's shift.
        handed_to: Who took it over; "" for nobody.
    """

    id: UUID
    event_id: UUID
    drawer: str
    operator_id: UUID | None
    operator: str
    float_amount: Money
    expected: Money
    opened_at: datetime
    closed_at: datetime | None = None
    counted: Money | None = None
    counts: Mapping[int, int] = field(default_factory=dict)
    note: str = ""
    mine: bool = False
    handed_to: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.closed_at is None

    @property
    def difference(self) -> Money | None:
        """Counted less expected; None before a count."""
        return None if self.counted is None else self.counted - self.expected

    @property
    def verdict(self) -> str:
        """The result of the count, as a sign and words; "" before one."""
        return "" if self.counted is None else _verdict(self.counted - self.expected)


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of a count."""

    expected: Money
    counted: Money

    @property
    def difference(self) -> Money:
        """Counted less expected."""
        return self.counted - self.expected

    @property
    def verdict(self) -> str:
        """The result, as a sign and words."""
        return _verdict(self.difference)

    @property
    def words(self) -> str:
        """The result, in words."""
        return _in_words(self.difference)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A drawer that went from one operator to the next."""

    closed: ShiftView
    opened: ShiftView


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody a drawer can be handed to.

    Attributes:
        busy: The drawer they have already; "" for none.
    """

    account_id: UUID
    name: str
    role: str
    busy: str = ""


@dataclass(frozen=True, slots=True)
class CashAgreement:
    """An event's cash in the books, and in its drawers.

    Attributes:
        ledger: The balance of the ledger's account for cash.
        drawers: Sales less refunds that were booked in drawers and not taken back.
        outside: Cash that was taken or given back without an open drawer, or taken back out of one.
    """

    ledger: Money
    drawers: Money
    outside: Money

    @property
    def agrees(self) -> bool:
        """Whether the two sides are equal."""
        return self.ledger == self.drawers + self.outside


def _verdict(difference: Money) -> str:
    """The result of a count, as a sign and words.

    >>> _verdict(Money(-250, "EUR")), _verdict(Money(0, "EUR"))
    ('✗ 2.50 EUR missing', '✓ right')
    """
    sign = "✗" if difference.minor < 0 else "!" if difference.minor else "✓"
    return f"{sign} {_in_words(difference)}"


def _in_words(difference: Money) -> str:
    if not difference.minor:
        return _p("of a count", "right")
    amount = Money(abs(difference.minor), difference.currency, difference.exponent)
    if difference.minor < 0:
        return _("{amount} missing", amount=amount)
    return _("{amount} too much", amount=amount)
