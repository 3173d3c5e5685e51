"""The money of an event as a whole: what stands in each account, and whose credit is open."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from data.schema import BookingRow, LedgerRow, PaymentRow, RefundRow
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.money import Money
from eventdesk.core.paying import COUNTED, PaymentState
from eventdesk.money.ledger import ACCOUNTS


@dataclass(frozen=True, slots=True)
class EventMoney:
    """What stands in each account of an event, currency by currency.

    Attributes:
        sums: The accounts, once for each currency, with what stands there; debit positive.
        last_no: The last entry of the ledger that is in them.
        currency: The event's currency now.
    """

    event_id: UUID
    sums: tuple[tuple[str, Money], ...]
    last_no: int
    currency: str
    exponent: int

    @property
    def lines(self) -> list[tuple[str, Money]]:
        """Accounts in their order with what stands in them; none that is even."""
        known = sorted(
            self.sums,
            key=lambda sum: (sum[1].currency != self.currency, sum[1].currency, _place(sum[0])),
        )
        return [(account, money) for account, money in known if money.minor]

    def at(self, account: str) -> Money:
        """What stands in one account in the event's currency."""
        nothing = Money(0, self.currency, self.exponent)
        unit = (self.currency, self.exponent)
        here = (sum for name, sum in self.sums if name == account)
        return next((sum for sum in here if (sum.currency, sum.exponent) == unit), nothing)


@dataclass(frozen=True, slots=True)
class CreditView:
    """A booking to which more came in than it costs, and that is not promised back."""

    booking_id: UUID
    booking_code: str
    name: str
    state: str
    credit: Money


@reads(Permission.MONEY, about="event_id")
def event_money(act: Act, event_id: UUID, *, before: EventMoney | None = None) -> EventMoney:
    """Add up the accounts of an event.

    Args:
        event_id: The event.
        before: What was read before: only what came since is read again, since nothing in the
            ledger ever changes.

    Raises:
        NotFoundError: There is no such event.
    """
    since = before if before is not None and before.event_id == event_id else None
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    last_no = act.connection.execute(select(func.max(LedgerRow.no))).scalar_one() or 0
    parts = (LedgerRow.account, LedgerRow.currency, LedgerRow.currency_exponent)
    asked = select(LedgerRow.event_id, *parts, func.sum(LedgerRow.amount_minor))
    if since is None:
        asked = asked.where(LedgerRow.event_id == event_id)
    else:  # by number alone: the index of events would walk all of this one's entries
        asked = asked.where(LedgerRow.no > since.last_no)
    rows = act.connection.execute(asked.group_by(LedgerRow.event_id, *parts)).all()
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for account, money in since.sums if since else ():
        sums[account, money.currency, money.exponent] = money.minor
    for row_event_id, account, currency, exponent, minor in rows:
        if row_event_id == event_id:
            sums[account, currency, exponent] += int(minor)
    stands = tuple(
        (account, Money(minor, currency, exponent))
        for (account, currency, exponent), minor in sorted(sums.items())
    )
    return EventMoney(event_id, stands, last_no, event.currency, event.currency_exponent)


@reads(Permission.MONEY, about="event_id")
def list_credits(
    act: Act, event_id: UUID, *, offset: int = 0, limit: int = 50
) -> tuple[list[CreditView], int]:
    """Read a page of bookings that are owed money, such as those paid after they expired."""
    paid = _sums(PaymentRow, PaymentRow.state == PaymentState.PAID, event_id)
    back = _sums(RefundRow, RefundRow.state.in_(COUNTED), event_id)
    credit = paid.c.minor - func.coalesce(back.c.minor, 0) - BookingRow.total_minor
    asked = (
        select(
            BookingRow.id,
            BookingRow.code,
            BookingRow.name,
            BookingRow.state,
            BookingRow.currency,
            BookingRow.currency_exponent,
            credit.label("credit"),
        )
        .join(paid, paid.c.booking_id == BookingRow.id)
        .outerjoin(back, back.c.booking_id == BookingRow.id)
        .where(credit > 0)
    )
    act.need(event_id, Permission.MONEY)
    total = act.connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    rows = act.connection.execute(
        asked.order_by(BookingRow.id.desc()).limit(limit).offset(offset)
    ).all()
    views = [
        CreditView(
            row.id,
            row.code,
            row.name,
            row.state,
            Money(int(row.credit), row.currency, row.currency_exponent),
        )
        for row in rows
    ]
    return views, total


def _sums(table: Any, where: Any, event_id: UUID) -> Any:
    """What came in or went out by booking, at one event."""
    return (
        select(table.booking_id, func.sum(table.amount_minor).label("minor"))
        .where(table.event_id == event_id, where)
        .group_by(table.booking_id)
        .subquery()
    )


def _place(account: str) -> int:
    return ACCOUNTS.index(account) if account in ACCOUNTS else len(ACCOUNTS)
