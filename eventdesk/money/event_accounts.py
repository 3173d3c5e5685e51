"""The money of an event as a whole: its accounts, open credits, and cash against its drawers."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    LedgerRow,
    PaymentRow,
    RefundRow,
    aliased,
)
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.money import Money
from eventdesk.core.paying import COUNTED, Method, PaymentState, RefundState
from eventdesk.money.drawer import CashAgreement, MovementKind
from eventdesk.money.ledger import ACCOUNTS, MONEY_ACCOUNTS, REFUND_PAID


@dataclass(frozen=True, slots=True)
class EventMoney:
    """The balances of an event's accounts, by currency.

    Attributes:
        sums: Account and balance, debit positive; an account stands once for each currency.
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
        """Non-zero balances, in display order."""

        def order(line: tuple[str, Money]) -> tuple[bool, str, int]:
            account, money = line
            place = ACCOUNTS.index(account) if account in ACCOUNTS else len(ACCOUNTS)
            return money.currency != self.currency, money.currency, place

        return sorted((line for line in self.sums if line[1].minor), key=order)

    def at(self, account: str) -> Money:
        """The balance of one account in the event's currency."""
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
        before: What was read before; only later entries are read, as entries never change.
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
    asked = _credits(event_id)
    act.need(event_id, Permission.MONEY)
    total = act.connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    rows = act.connection.execute(
        asked.order_by(BookingRow.id.desc()).limit(limit).offset(offset)
    ).all()
    views = []
    for row in rows:
        owed = Money(int(row.credit), row.currency, row.currency_exponent)
        views.append(CreditView(row.id, row.code, row.name, row.state, owed))
    return views, total


def count_owed(connection: Connection, event_id: UUID) -> int:
    """Count the bookings of an event that are owed money: promised back, or a credit."""
    promised = select(RefundRow.booking_id).where(
        RefundRow.event_id == event_id, RefundRow.state == RefundState.PENDING
    )
    credits = _credits(event_id).with_only_columns(BookingRow.id)
    owed = promised.union(credits).subquery()
    return int(connection.execute(select(func.count()).select_from(owed)).scalar_one())


def _credits(event_id: UUID) -> Any:
    """The statement that reads an event's bookings with a credit."""
    paid = _sums(PaymentRow, PaymentRow.state == PaymentState.PAID, event_id)
    back = _sums(RefundRow, RefundRow.state.in_(COUNTED), event_id)
    credit = paid.c.minor - func.coalesce(back.c.minor, 0) - BookingRow.total_minor
    return (
        select(BookingRow.__table__, credit.label("credit"))
        .join(paid, paid.c.booking_id == BookingRow.id)
        .outerjoin(back, back.c.booking_id == BookingRow.id)
        .where(credit > 0)
    )


def _sums(table: Any, where: Any, event_id: UUID) -> Any:
    """Sums by booking at one event."""
    return (
        select(table.booking_id, func.sum(table.amount_minor).label("minor"))
        .where(table.event_id == event_id, where)
        .group_by(table.booking_id)
        .subquery()
    )


@reads(Permission.MONEY, about="event_id")
def cash_agreement(act: Act, event_id: UUID) -> CashAgreement:
    """Compare an event's cash in the books with its drawers."""
    act.need(event_id, Permission.MONEY)
    return agreement(act.connection, event_id)


def agreement(connection: Connection, event_id: UUID) -> CashAgreement:
    """`cash_agreement`, inside a transaction."""
    event = event_row(connection, event_id)
    cash = (
        LedgerRow.event_id == event_id,
        LedgerRow.account == MONEY_ACCOUNTS[Method.CASH],
        LedgerRow.currency == event.currency,
    )
    amount = func.coalesce(func.sum(LedgerRow.amount_minor), 0)
    given_back = LedgerRow.memo == REFUND_PAID
    ledger = connection.execute(select(amount).where(*cash)).scalar_one()
    back = connection.execute(select(amount).where(*cash, given_back)).scalar_one()
    sales = _moved(connection, event_id, MovementKind.SALE)
    refunds = _moved(connection, event_id, MovementKind.REFUND)
    outside = _taken_outside(connection, event_id, event.currency) + back - refunds

    def money(minor: int) -> Money:
        return Money(int(minor), event.currency, event.currency_exponent)

    return CashAgreement(money(ledger), money(sales + refunds), money(outside))


def _taken_outside(connection: Connection, event_id: UUID, currency: str) -> int:
    """Cash payments that no drawer holds: booked in none, or taken back out of one."""
    countering = aliased(CashMovementRow)
    total = (
        select(func.coalesce(func.sum(PaymentRow.amount_minor), 0))
        .outerjoin(CashMovementRow, CashMovementRow.payment_id == PaymentRow.id)
        .outerjoin(countering, countering.counters_id == CashMovementRow.id)
        .where(
            PaymentRow.event_id == event_id,
            PaymentRow.method == Method.CASH,
            PaymentRow.state == PaymentState.PAID,
            PaymentRow.currency == currency,
            CashMovementRow.id.is_(None) | countering.id.is_not(None),
        )
    )
    return int(connection.execute(total).scalar_one())


def _moved(connection: Connection, event_id: UUID, kind: MovementKind) -> int:
    """The sum of one kind of movement in an event's drawers, without those taken back."""
    countering = aliased(CashMovementRow)
    total = (
        select(func.coalesce(func.sum(CashMovementRow.amount_minor), 0))
        .join(CashShiftRow, CashShiftRow.id == CashMovementRow.shift_id)
        .outerjoin(countering, countering.counters_id == CashMovementRow.id)
        .where(
            CashShiftRow.event_id == event_id, CashMovementRow.kind == kind, countering.id.is_(None)
        )
    )
    return int(connection.execute(total).scalar_one())
