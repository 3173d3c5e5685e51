"""Whether the ledger is right: it adds up, and says what bookings, payments and refunds say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import BookingRow, LedgerRow
from data.store import Store
from eventdesk.model.money import Money
from eventdesk.model.people import Actor, Permission
from eventdesk.usecases.balances import balances
from eventdesk.usecases.ledger import (
    AT_ONCE,
    CANCELLATION_FEES,
    FEES,
    RECEIVABLE,
    REFUNDS,
    REVENUE,
    SALE_ACCOUNTS,
    TAX,
    held_sales,
    wanted_sales,
)
from eventdesk.usecases.permission import allowed, need_here

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a check of the ledger found.

    Attributes:
        bookings: How many were compared.
        problems: One sentence each, at most `MOST_PROBLEMS`; empty when all is right.
    """

    bookings: int
    problems: tuple[str, ...]


@allowed(Permission.MONEY)
def verify_ledger(store: Store, actor: Actor, event_id: UUID) -> LedgerReport:
    """Check the ledger of an event against what it follows from.

    Every transaction adds up to zero in each currency. For every booking: sales are what its
    tickets and kept fees say, what it owes is its balance, promised refunds are those that are
    open, its total is its tickets, and it is paid exactly when nothing is due.

    Raises:
        NotAllowedError: The actor may not see this event's money.
    """
    problems: list[str] = []
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        problems += _uneven(connection, event_id)
        bookings = 0
        for rows in _bookings(connection, event_id):
            bookings += len(rows)
            if len(problems) < MOST_PROBLEMS:
                problems += _compared(connection, rows)
    return LedgerReport(bookings, tuple(problems[:MOST_PROBLEMS]))


def _uneven(connection: Connection, event_id: UUID) -> Iterator[str]:
    """Transactions whose sides do not add up."""
    rows = connection.execute(
        select(LedgerRow.transaction_id, LedgerRow.currency, func.sum(LedgerRow.amount_minor))
        .where(LedgerRow.event_id == event_id)
        .group_by(LedgerRow.transaction_id, LedgerRow.currency)
        .having(func.sum(LedgerRow.amount_minor) != 0)
        .limit(MOST_PROBLEMS)
    )
    for transaction_id, currency, amount in rows:
        yield f"Transaction {transaction_id} is off by {amount} minor units of {currency}."


def _bookings(connection: Connection, event_id: UUID) -> Iterator[list[Any]]:
    """The bookings of an event, a thousand at a time, by id."""
    last: UUID | None = None
    while True:
        asked = select(
            BookingRow.id,
            BookingRow.code,
            BookingRow.state,
            BookingRow.total_minor,
            BookingRow.kept_minor,
            BookingRow.currency,
            BookingRow.currency_exponent,
        ).where(BookingRow.event_id == event_id)
        if last is not None:
            asked = asked.where(BookingRow.id > last)
        rows = list(connection.execute(asked.order_by(BookingRow.id).limit(AT_ONCE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _compared(connection: Connection, rows: list[Any]) -> Iterator[str]:
    ids = [row.id for row in rows]
    wanted, held = wanted_sales(connection, ids), held_sales(connection, ids)
    stand, open_sides = balances(connection, ids), _open_sides(connection, ids)
    for row in rows:

        def money(minor: int, row: Any = row) -> Money:
            return Money(minor, row.currency, row.currency_exponent)

        for account in SALE_ACCOUNTS:
            said = sum(each for (name, _type), each in wanted[row.id].items() if name == account)
            if account == CANCELLATION_FEES:
                said -= row.kept_minor
            has = sum(each for (name, _type), each in held[row.id].items() if name == account)
            if said != has:
                yield (
                    f"Booking {row.code}: {account} holds {money(has)}, "
                    f"its tickets say {money(said)}."
                )
        tickets = -sum(
            each for (name, _type), each in wanted[row.id].items() if name in (REVENUE, TAX, FEES)
        )
        if tickets + row.kept_minor != row.total_minor:
            yield (
                f"Booking {row.code}: its total is {money(row.total_minor)}, "
                f"its tickets cost {money(tickets + row.kept_minor)}."
            )
        balance = stand[row.id]
        owed = balance.due.minor + balance.promised.minor
        has = open_sides.get((row.id, RECEIVABLE), 0)
        if has != owed:
            yield f"Booking {row.code}: it owes {money(owed)}, the ledger has {money(has)}."
        has = -open_sides.get((row.id, REFUNDS), 0)
        if has != balance.promised.minor:
            yield (
                f"Booking {row.code}: {balance.promised} are promised back, "
                f"the ledger has {money(has)}."
            )
        paid = balance.due.minor <= 0
        if row.state in ("pending", "paid") and paid != (row.state == "paid"):
            yield f"Booking {row.code} is {row.state}, and {balance.due} are due."


def _open_sides(connection: Connection, ids: list[UUID]) -> dict[tuple[UUID | None, str], int]:
    rows = connection.execute(
        select(LedgerRow.booking_id, LedgerRow.account, func.sum(LedgerRow.amount_minor))
        .where(LedgerRow.booking_id.in_(ids), LedgerRow.account.in_((RECEIVABLE, REFUNDS)))
        .group_by(LedgerRow.booking_id, LedgerRow.account)
    )
    return {(booking_id, account): int(amount) for booking_id, account, amount in rows}
