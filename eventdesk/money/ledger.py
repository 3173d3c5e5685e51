"""The ledger: every movement of money as a transaction whose sides add up to zero.

Debit is positive, credit negative. What the accounts mean, with an example, stands in
docs/money.md. Sales are never posted by hand: `sync_sales` compares what the ledger holds for a
booking with what its tickets say now, and posts the difference. Payments and refunds post their
own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.bulk import chunks, insert_many
from data.schema import BookingRow, LedgerRow, TicketRow
from eventdesk.acts import Act
from eventdesk.core.ids import new_id
from eventdesk.core.paying import Method

RECEIVABLE = "receivable"
REVENUE = "revenue"
TAX = "tax"
FEES = "fees"
COMMISSION = "commission"
COMMISSION_OWED = "commission_owed"
CANCELLATION_FEES = "cancellation_fees"
REFUNDS = "refunds"

MONEY_ACCOUNTS: Mapping[Method, str] = {
    Method.CASH: "cash",
    Method.TERMINAL: "terminal",
    Method.TRANSFER: "bank",
    Method.VOUCHER: "voucher",
    Method.GATEWAY: "gateway",
    Method.ELSEWHERE: "elsewhere",
}
"""Where the money of each method lies; what is let off moves none."""

SALE_ACCOUNTS = (REVENUE, TAX, FEES, COMMISSION, COMMISSION_OWED, CANCELLATION_FEES)
"""The accounts that follow from tickets alone."""

ACCOUNTS = (RECEIVABLE, *MONEY_ACCOUNTS.values(), *SALE_ACCOUNTS, REFUNDS)
"""All accounts, in the order in which they are shown."""


Sides = dict[tuple[str, UUID | None], int]
"""Amounts by account and ticket type."""


def post(
    act: Act,
    event_id: UUID,
    booking_id: UUID | None,
    sides: Mapping[str, int],
    *,
    currency: str,
    exponent: int,
    memo: str = "",
    ticket_type_id: UUID | None = None,
) -> UUID:
    """Write one transaction down, inside the transaction of the store that causes it.

    Args:
        event_id: Whose money it is.
        booking_id: The booking it belongs to.
        sides: Amount in minor units by account, debit positive; zeros are left out.
        currency: ISO 4217 code.
        exponent: Digits behind the decimal point of the currency.
        memo: What for, in a few words.
        ticket_type_id: The ticket type it belongs to, if to one.

    Returns:
        The transaction's id.

    Raises:
        ValueError: The sides do not add up to zero.
    """
    transaction_id = new_id()
    rows = transaction_rows(
        event_id,
        booking_id,
        sides,
        currency=currency,
        exponent=exponent,
        now=act.now,
        memo=memo,
        ticket_type_id=ticket_type_id,
        transaction_id=transaction_id,
    )
    write_down(act.connection, rows)
    return transaction_id


def sync_sale(act: Act, booking_id: UUID, *, memo: str = "sale") -> None:
    """Bring the ledger of one booking up to its tickets; does nothing where they agree."""
    sync_sales(act, [booking_id], memo=memo)


def sync_sales(act: Act, booking_ids: Sequence[UUID], *, memo: str = "sale") -> int:
    """Bring the ledger of many bookings up to their tickets, with four statements a thousand.

    Tickets that are valid count with what they cost, in the parts revenue, tax and fees; the
    booking with the cancellation fees it keeps. Each booking that changed gets one transaction.

    Returns:
        How many bookings changed.
    """
    changed = 0
    for ids in chunks(booking_ids):
        bookings = act.connection.execute(
            select(
                BookingRow.id,
                BookingRow.event_id,
                BookingRow.kept_minor,
                BookingRow.currency,
                BookingRow.currency_exponent,
            ).where(BookingRow.id.in_(ids))
        ).all()
        wanted, held = wanted_sales(act.connection, ids), held_sales(act.connection, ids)
        rows: list[dict[str, Any]] = []
        for booking in bookings:
            sides = wanted[booking.id]
            if booking.kept_minor:
                sides[CANCELLATION_FEES, None] = -booking.kept_minor
            for key, amount in held[booking.id].items():
                sides[key] = sides.get(key, 0) - amount
            if not any(sides.values()):
                continue
            changed += 1
            rows.extend(_sale_rows(booking.event_id, booking.id, booking, sides, memo, act.now))
        write_down(act.connection, rows)
    return changed


def post_sales(act: Act, event: Any, sold: Mapping[UUID, Sides]) -> None:
    """Write down the sales of bookings that this very transaction made, as `sync_sales` would.

    The ledger cannot hold anything of them yet, so nothing is read and nothing is compared.

    Args:
        event: A row with the event's id, currency and its exponent.
        sold: By booking, what its tickets say: sums of `parts_of`.
    """
    rows: list[dict[str, Any]] = []
    for booking_id, sides in sold.items():
        if any(sides.values()):
            rows.extend(_sale_rows(event.id, booking_id, event, sides, "sale", act.now))
    write_down(act.connection, rows)


def _sale_rows(
    event_id: UUID, booking_id: UUID, money: Any, sides: Sides, memo: str, now: datetime
) -> list[dict[str, Any]]:
    """The rows of one sale: its sides, and what is owed for it."""
    head = {
        "event_id": event_id,
        "booking_id": booking_id,
        "currency": money.currency,
        "currency_exponent": money.currency_exponent,
        "memo": memo,
        "at": now,
    }
    return _rows(new_id(), head, sides | {(RECEIVABLE, None): -sum(sides.values())})


def write_down(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the sides of transactions that were made by `transaction_rows`."""
    insert_many(connection, LedgerRow, rows)


def transaction_rows(
    event_id: UUID,
    booking_id: UUID | None,
    sides: Mapping[str, int],
    *,
    currency: str,
    exponent: int,
    now: datetime,
    memo: str,
    ticket_type_id: UUID | None = None,
    transaction_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Make the rows of one transaction, for writing many at once.

    Raises:
        ValueError: The sides do not add up to zero.
    """
    head = {
        "event_id": event_id,
        "booking_id": booking_id,
        "currency": currency,
        "currency_exponent": exponent,
        "memo": memo,
        "at": now,
    }
    named = {(name, ticket_type_id): each for name, each in sides.items()}
    return _rows(transaction_id or new_id(), head, named)


def sale_parts() -> dict[str, Any]:
    """The parts that valid tickets are posted in, as sums over tickets in a question."""
    return parts_of(
        func.sum(TicketRow.price_minor),
        func.sum(TicketRow.tax_minor),
        func.sum(TicketRow.fee_minor),
        func.sum(TicketRow.commission_minor),
    )


def parts_of(price: Any, tax: Any, fee: Any, commission: Any) -> dict[str, Any]:
    """The parts that a price is posted in, by account; of amounts in minor units or of columns."""
    return {
        REVENUE: tax + fee - price,
        TAX: -tax,
        FEES: -fee,
        COMMISSION: commission,
        COMMISSION_OWED: -commission,
    }


def wanted_sales(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Sides]:
    """What the valid tickets of bookings say, by booking."""
    parts = sale_parts()
    rows = connection.execute(
        select(TicketRow.booking_id, TicketRow.ticket_type_id, *parts.values())
        .where(TicketRow.booking_id.in_(ids), TicketRow.state == "valid")
        .group_by(TicketRow.booking_id, TicketRow.ticket_type_id)
    )
    wanted: dict[UUID, Sides] = defaultdict(dict)
    for booking_id, type_id, *amounts in rows:
        for account, amount in zip(parts, amounts, strict=True):
            wanted[booking_id][account, type_id] = int(amount)
    return wanted


def held_sales(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Sides]:
    """What the ledger holds of the sales of bookings, by booking."""
    rows = connection.execute(
        select(
            LedgerRow.booking_id,
            LedgerRow.account,
            LedgerRow.ticket_type_id,
            func.sum(LedgerRow.amount_minor),
        )
        .where(LedgerRow.booking_id.in_(ids), LedgerRow.account.in_(SALE_ACCOUNTS))
        .group_by(LedgerRow.booking_id, LedgerRow.account, LedgerRow.ticket_type_id)
    )
    held: dict[UUID, Sides] = defaultdict(dict)
    for booking_id, account, type_id, amount in rows:
        assert booking_id is not None
        held[booking_id][account, type_id] = int(amount)
    return held


def _rows(transaction_id: UUID, head: Mapping[str, Any], sides: Sides) -> list[dict[str, Any]]:
    if sum(sides.values()):
        raise ValueError(f"the sides of a transaction add up to {sum(sides.values())}, not zero")
    return [
        {
            **head,
            "transaction_id": transaction_id,
            "ticket_type_id": type_id,
            "account": account,
            "amount_minor": amount,
        }
        for (account, type_id), amount in sides.items()
        if amount
    ]
