"""The arithmetic of paying and giving back: pure, in minor units of one currency.

Whoever takes or returns money asks here how much: the desk, the gateways, the bank statement,
a cancellation. Nothing here knows the store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from eventdesk.core.money import Money


class Method(StrEnum):
    """How a booking is paid."""

    CASH = "cash"
    TERMINAL = "terminal"
    TRANSFER = "transfer"
    VOUCHER = "voucher"
    FREE = "free"
    """What is due is let off."""
    GATEWAY = "gateway"
    ELSEWHERE = "elsewhere"
    """Paid before it came here: another shop's booking, a list that was imported."""


class PaymentState(StrEnum):
    """How far a payment is; what was given back of it are refunds of their own."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class RefundState(StrEnum):
    """How far a refund is."""

    PENDING = "pending"
    """Promised: a gateway has yet to confirm it, or a person has yet to hand it out."""
    PAID = "paid"
    FAILED = "failed"
    """Refused. Nothing went out and nothing is promised; it may be tried again."""
    SUPERSEDED = "superseded"
    """Taken back, because its money pays for something else now; nobody pays it any more."""


COUNTED = (RefundState.PENDING, RefundState.PAID)
"""Refunds that take something of what came in: promised or out."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a booking costs, and what of it came in and went out.

    Attributes:
        total: What its valid tickets cost in full, with cancellation fees that were kept.
        paid: All payments that came in.
        refunded: What went out again.
        promised: Refunds that are decided but not out yet.
    """

    total: Money
    paid: Money
    refunded: Money
    promised: Money

    @property
    def due(self) -> Money:
        """What is still to be paid; negative where more came in than it costs."""
        return self.total - self.paid + self.refunded

    @property
    def credit(self) -> Money:
        """What came in beyond the total and is not promised back yet; never negative."""
        surplus = -self.due.minor - self.promised.minor
        return Money(max(0, surplus), self.total.currency, self.total.exponent)

    @property
    def refundable(self) -> Money:
        """The most that can still be given back."""
        return self.paid - self.refunded - self.promised


@dataclass(frozen=True, slots=True)
class PaidPart:
    """One payment that came in, as a refund looks at it.

    Attributes:
        given_back_minor: Refunds of it, those that are only promised too.
    """

    payment_id: UUID
    paid_minor: int
    given_back_minor: int

    @property
    def left_minor(self) -> int:
        """What of it can still be given back."""
        return max(0, self.paid_minor - self.given_back_minor)


def share_refund(amount_minor: int, payments: Sequence[PaidPart]) -> list[tuple[UUID, int]]:
    """Say which payments a refund is taken from: the last one first, each at most what it brought.

    The last first, because what was paid most recently is returned most easily: terminals and
    gateways give back only for some time.

    The payments come oldest first. No share is zero; together they are at most `amount_minor`.

    >>> share_refund(30, [PaidPart(UUID(int=1), 50, 0), PaidPart(UUID(int=2), 20, 5)])[1][1]
    15
    """
    shares = []
    for payment in reversed(payments):
        share = min(amount_minor, payment.left_minor)
        if share > 0:
            shares.append((payment.payment_id, share))
            amount_minor -= share
    return shares


def after_notice(state: PaymentState, told: PaymentState) -> PaymentState:
    """Say how a payment stands after a gateway told of it, in whatever order it tells.

    Money that came in came in: `paid` is final, and follows any other state. Among the others the
    latest counts, but nothing goes back to pending.

    >>> after_notice(PaymentState.FAILED, PaymentState.PAID)
    <PaymentState.PAID: 'paid'>
    """
    if PaymentState.PAID in (state, told):
        return PaymentState.PAID
    return state if told is PaymentState.PENDING else told


@dataclass(frozen=True, slots=True)
class Price:
    """What one ticket costs, and what of it is tax, fee and commission, in minor units."""

    price: int
    discount: int
    tax: int
    fee: int
    commission: int


def lowered(tickets: Sequence[Price], by_minor: int) -> list[Price]:
    """Let off a part of what tickets cost, each in proportion to its price.

    Tax, fee and commission shrink with the price, rounded half up; what rounding leaves over is
    taken from the first tickets, so that together they cost exactly `by_minor` less.

    Raises:
        ValueError: More is to be let off than they cost, or less than nothing.

    >>> [each.price for each in lowered([Price(100, 0, 16, 0, 0), Price(50, 0, 8, 0, 0)], 75)]
    [50, 25]
    """
    total = sum(each.price for each in tickets)
    if not 0 <= by_minor <= total:
        raise ValueError(f"{by_minor} cannot be let off {total}")
    if by_minor == 0:
        return list(tickets)
    prices, spent, weight = [], 0, 0
    for each in tickets:
        weight += each.price
        off = by_minor * weight // total - spent
        spent += off
        prices.append(_scaled_to(each, each.price - off))
    return prices


def _scaled_to(old: Price, price: int) -> Price:
    def share(part: int) -> int:
        return (2 * part * price + old.price) // (2 * old.price) if old.price else 0

    return Price(
        price,
        old.discount + old.price - price,
        share(old.tax),
        share(old.fee),
        share(old.commission),
    )
