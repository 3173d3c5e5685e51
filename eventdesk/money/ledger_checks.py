"""Checks of the ledger: it adds up, and agrees with bookings, payments and refunds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, or_, select

from data.rows import AnyRow, count_rows
from data.schema import BookingRow, LedgerRow, PaymentRow, RefundRow, TicketRow
from eventdesk.acts import Act, Permission, reads
from eventdesk.core.booking_states import SOLD_STATES, STATE_WORDS
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.paying import PaymentState, RefundState
from eventdesk.money.booking_balances import balances, refunds_in
from eventdesk.money.ledger import (
    CANCELLATION_FEES,
    FEES,
    RECEIVABLE,
    REFUNDS,
    REVENUE,
    SALE_ACCOUNTS,
    TAX,
    Sides,
    held_sales,
    sale_parts,
    wanted_sales,
)

MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The result of a check of the ledger.

    Attributes:
        bookings: How many were compared.
        problems: One sentence each, at most `MAX_PROBLEMS`; empty when all is right.
    """

    bookings: int
    problems: tuple[str, ...]


@reads(Permission.MONEY, about="event_id")
def verify_ledger(act: Act, event_id: UUID) -> LedgerReport:
    """Check the ledger of an event against what it follows from.

    Every transaction adds up to zero in each currency. Of every booking the sales are those of its
    tickets and kept fees, what it owes is its balance, promised refunds are the open ones, its
    total is that of its tickets and kept fees, and it is paid exactly when nothing is due.
    """
    act.need(event_id, Permission.MONEY)
    bookings = count_rows(act.connection, BookingRow.event_id == event_id)
    return LedgerReport(bookings, ledger_problems(act.connection, event_id))


def ledger_problems(connection: Connection, event_id: UUID) -> tuple[str, ...]:
    """What `verify_ledger` finds at an event, within a transaction."""
    problems = list(_uneven(connection, event_id))
    suspects = connection.execute(_suspects(event_id).limit(MAX_PROBLEMS)).all()
    problems += _compared(connection, list(suspects))
    return tuple(problems[:MAX_PROBLEMS])


def _uneven(connection: Connection, event_id: UUID) -> Iterator[str]:
    """Transactions whose sides do not add up."""
    rows = connection.execute(
        select(LedgerRow.transaction_id, LedgerRow.currency, func.sum(LedgerRow.amount_minor))
        .where(LedgerRow.event_id == event_id)
        .group_by(LedgerRow.transaction_id, LedgerRow.currency)
        .having(func.sum(LedgerRow.amount_minor) != 0)
        .limit(MAX_PROBLEMS)
    )
    for transaction_id, currency, amount in rows:
        yield _(
            "Transaction {transaction_id} is off by {amount} minor units of {currency}.",
            transaction_id=transaction_id,
            amount=amount,
            currency=currency,
        )


def _suspects(event_id: UUID) -> Any:
    """The statement that finds the bookings of which anything does not agree."""
    tickets = (
        select(TicketRow.booking_id, *(part.label(name) for name, part in sale_parts().items()))
        .where(TicketRow.event_id == event_id, TicketRow.state.in_(SOLD_STATES))
        .group_by(TicketRow.booking_id)
        .subquery()
    )
    held = (
        select(LedgerRow.booking_id, *(_side(account).label(account) for account in _COMPARED))
        .where(LedgerRow.event_id == event_id)
        .group_by(LedgerRow.booking_id)
        .subquery()
    )
    paid = (
        select(PaymentRow.booking_id, func.sum(PaymentRow.amount_minor).label("minor"))
        .where(PaymentRow.event_id == event_id, PaymentRow.state == PaymentState.PAID)
        .group_by(PaymentRow.booking_id)
        .subquery()
    )
    back = (
        select(
            RefundRow.booking_id,
            refunds_in(RefundState.PAID).label("paid"),
            refunds_in(RefundState.PENDING).label("pending"),
        )
        .where(RefundRow.event_id == event_id)
        .group_by(RefundRow.booking_id)
        .subquery()
    )

    def zero(column: Any) -> Any:
        return func.coalesce(column, 0)

    sold = -(zero(tickets.c.revenue) + zero(tickets.c.tax) + zero(tickets.c.fees))
    promised = zero(back.c.pending)
    due = BookingRow.total_minor - zero(paid.c.minor) + zero(back.c.paid)
    wrong = [zero(tickets.c[name]) != zero(held.c[name]) for name in sale_parts()]
    wrong += [
        zero(held.c[CANCELLATION_FEES]) != -BookingRow.kept_minor,
        sold + BookingRow.kept_minor != BookingRow.total_minor,
        zero(held.c[RECEIVABLE]) != due + promised,
        zero(held.c[REFUNDS]) != -promised,
        and_(BookingRow.state == "paid", due > 0),
        and_(BookingRow.state == "pending", due <= 0),
    ]
    return (
        select(BookingRow.__table__)
        .outerjoin(tickets, tickets.c.booking_id == BookingRow.id)
        .outerjoin(held, held.c.booking_id == BookingRow.id)
        .outerjoin(paid, paid.c.booking_id == BookingRow.id)
        .outerjoin(back, back.c.booking_id == BookingRow.id)
        .where(BookingRow.event_id == event_id, or_(*wrong))
        .order_by(BookingRow.id)
    )


_COMPARED = (*SALE_ACCOUNTS, RECEIVABLE, REFUNDS)


def _side(account: str) -> Any:
    return func.sum(case((LedgerRow.account == account, LedgerRow.amount_minor), else_=0))


def _compared(connection: Connection, rows: list[Any]) -> Iterator[str]:
    """Say what does not agree in these bookings."""
    ids = [row.id for row in rows]
    wanted, held = wanted_sales(connection, ids), held_sales(connection, ids)
    stand, open_sides = balances(connection, ids), _open_sides(connection, ids)
    for row in rows:

        def money(minor: int, row: AnyRow = row) -> Money:
            return Money(minor, row.currency, row.currency_exponent)

        sold, posted = _by_account(wanted[row.id]), _by_account(held[row.id])
        sold[CANCELLATION_FEES] -= row.kept_minor
        for account in SALE_ACCOUNTS:
            said, has = sold[account], posted[account]
            if said != has:
                yield _(
                    "Booking {code}: {account} holds {has}, its tickets say {said}.",
                    code=row.code,
                    account=account,
                    has=money(has),
                    said=money(said),
                )
        tickets = -(sold[REVENUE] + sold[TAX] + sold[FEES])
        if tickets + row.kept_minor != row.total_minor:
            yield _(
                "Booking {code}: its total is {total}, its tickets cost {tickets}.",
                code=row.code,
                total=money(row.total_minor),
                tickets=money(tickets + row.kept_minor),
            )
        balance = stand[row.id]
        owed = balance.due.minor + balance.promised.minor
        has = open_sides.get((row.id, RECEIVABLE), 0)
        if has != owed:
            yield _(
                "Booking {code}: it owes {owed}, the ledger has {has}.",
                code=row.code,
                owed=money(owed),
                has=money(has),
            )
        has = -open_sides.get((row.id, REFUNDS), 0)
        if has != balance.promised.minor:
            yield _(
                "Booking {code}: {promised} are promised back, the ledger has {has}.",
                code=row.code,
                promised=balance.promised,
                has=money(has),
            )
        paid = balance.due.minor <= 0
        if row.state in ("pending", "paid") and paid != (row.state == "paid"):
            yield _(
                "Booking {code} is {state}, and {due} are due.",
                code=row.code,
                state=STATE_WORDS[row.state],
                due=balance.due,
            )


def _by_account(sides: Sides) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for (account, _type_id), minor in sides.items():
        amounts[account] += minor
    return amounts


def _open_sides(connection: Connection, ids: list[UUID]) -> dict[tuple[UUID | None, str], int]:
    rows = connection.execute(
        select(LedgerRow.booking_id, LedgerRow.account, func.sum(LedgerRow.amount_minor))
        .where(LedgerRow.booking_id.in_(ids), LedgerRow.account.in_((RECEIVABLE, REFUNDS)))
        .group_by(LedgerRow.booking_id, LedgerRow.account)
    )
    return {(booking_id, account): int(amount) for booking_id, account, amount in rows}
