"""Bookings that owe a given amount, and what the store holds of money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.schema import BookingRow, LedgerRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance
from eventdesk.money import balance, sync_sale
from tests.build import NOON, Fair


@dataclass(frozen=True)
class Owed:
    """A booking that waits to be paid."""

    booking_id: UUID
    code: str
    ticket_ids: tuple[UUID, ...]


def unlock_ledger(connection: Connection) -> None:
    """Do away with what keeps the ledger as it was written, as somebody with the file could."""
    for what in ("stays", "is_kept"):
        connection.exec_driver_sql(f"DROP TRIGGER ledger_{what}")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def owe(
    fair: Fair,
    *prices: int,
    tax: int = 0,
    fee: int = 0,
    commission: int = 0,
    expires_at: datetime | None = None,
    account_id: UUID | None = None,
    name: str = "Ada Lovelace",
) -> Owed:
    """Book tickets of these prices in cents; tax, fee and commission are of each ticket."""
    booked = fair.sell_all([name] * len(prices), paid=False, account_id=account_id)
    with Steps(fair.store, SYSTEM.at(NOON)).write() as act:
        for ticket_id, price in zip(booked.ticket_ids, prices, strict=True):
            act.connection.execute(
                update(TicketRow)
                .where(TicketRow.id == ticket_id)
                .values(
                    price_minor=price,
                    discount_minor=0,
                    tax_minor=tax,
                    fee_minor=fee,
                    commission_minor=commission,
                )
            )
        act.connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booked.booking_id)
            .values(total_minor=sum(prices), expires_at=expires_at)
        )
        sync_sale(act, booked.booking_id)
    return Owed(booked.booking_id, booked.code, booked.ticket_ids)


def cancel_tickets(
    store: Store, owed: Owed, ticket_ids: Sequence[UUID], *, kept: int = 0, state: str = ""
) -> None:
    """Cancel tickets as a cancellation does: tickets, total, ledger; not the refund."""
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        act.connection.execute(
            update(TicketRow)
            .where(TicketRow.id.in_(ticket_ids))
            .values(state="expired" if state == "expired" else "cancelled")
        )
        total = act.connection.execute(
            select(func.coalesce(func.sum(TicketRow.price_minor), 0)).where(
                TicketRow.booking_id == owed.booking_id, TicketRow.state == "valid"
            )
        ).scalar_one()
        values = {"total_minor": total + kept, "kept_minor": kept}
        act.connection.execute(
            update(BookingRow)
            .where(BookingRow.id == owed.booking_id)
            .values({**values, **({"state": state} if state else {})})
        )
        sync_sale(act, owed.booking_id)


def accounts(store: Store, booking_id: UUID | None = None) -> dict[str, int]:
    """What stands in each account, without those that are even."""
    with store.read() as connection:
        sums = select(LedgerRow.account, func.sum(LedgerRow.amount_minor)).group_by(
            LedgerRow.account
        )
        if booking_id is not None:
            sums = sums.where(LedgerRow.booking_id == booking_id)
        rows = connection.execute(sums)
        return {account: amount for account, amount in rows if amount}


def state_of(store: Store, booking_id: UUID) -> str:
    with store.read() as connection:
        return connection.execute(
            select(BookingRow.state).where(BookingRow.id == booking_id)
        ).scalar_one()


def balance_of(store: Store, booking_id: UUID) -> Balance:
    with store.read() as connection:
        return balance(connection, booking_id)
