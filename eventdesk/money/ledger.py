"""The ledger: every movement of money as a transaction whose sides add up to zero.

Debit is positive, credit negative; docs/money.md explains the accounts. `sync_sales` posts the
difference between the tickets of a booking and its sales in the ledger. Payments and refunds post
their own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.bulk import chunks, insert_many
from data.rows import AnyRow
from data.schema import BookingRow, LedgerRow, TicketRow
from eventdesk.acts import Act
from eventdesk.core.booking_states import SOLD_STATES
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
PROVIDER_FEES = "provider_fees"
"""What providers keep of payments, a cost."""

REFUND_PAID = "refund paid"
"""The memo of money that went back."""

MONEY_ACCOUNTS: Mapping[Method, str] = {
    Method.CASH: "cash",
    Method.TERMINAL: "terminal",
    Method.TRANSFER: "bank",
    Method.VOUCHER: "voucher",
    Method.GATEWAY: "gateway",
    Method.ELSEWHERE: "elsewhere",
}
"""The account of each method's money; what is let off moves none."""

SALE_ACCOUNTS = (REVENUE, TAX, FEES, COMMISSION, COMMISSION_OWED, CANCELLATION_FEES)
"""The accounts that follow from tickets alone."""

ACCOUNTS = (RECEIVABLE, *MONEY_ACCOUNTS.values(), *SALE_ACCOUNTS, REFUNDS, PROVIDER_FEES)
"""All accounts, in display order."""

Sides = dict[tuple[str, UUID | None], int]
"""Amounts by account and ticket type."""


def sync_sale(act: Act, booking_id: UUID, *, memo: str = "sale") -> None:
    """Bring the ledger of one booking up to its tickets."""
    sync_sales(act, [booking_id], memo=memo)


def sync_sales(act: Act, booking_ids: Sequence[UUID], *, memo: str = "sale") -> int:
    """Bring the ledger of many bookings up to their tickets; return how many changed.

    Valid tickets count with their revenue, tax and fees, the booking with the cancellation fees
    it keeps. It takes four statements a thousand bookings.
    """
    changed = 0
    for ids in chunks(booking_ids):
        asked = select(BookingRow.__table__).where(BookingRow.id.in_(ids))
        bookings = act.connection.execute(asked).all()
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
            rows.extend(_sale_rows(act, booking.event_id, booking, booking.id, sides, memo))
        write_down(act.connection, rows)
    return changed


def post_sales(act: Act, event: AnyRow, sold: Mapping[UUID, Sides]) -> None:
    """Post the sales of bookings that this transaction made, by sums of `parts_of`.

    The ledger holds nothing of them yet, so nothing is read.
    """
    rows: list[dict[str, Any]] = []
    for booking_id, sides in sold.items():
        if any(sides.values()):
            rows.extend(_sale_rows(act, event.id, event, booking_id, sides, "sale"))
    write_down(act.connection, rows)


def _sale_rows(
    act: Act, event_id: UUID, money: Any, booking_id: UUID, sides: Sides, memo: str
) -> list[dict[str, Any]]:
    """The rows of one sale: its sides, and what is owed for it."""
    owed: Sides = {(RECEIVABLE, None): -sum(sides.values())}
    return transaction_rows(event_id, booking_id, money, sides | owed, memo=memo, now=act.now)


def write_down(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert what `transaction_rows` made."""
    insert_many(connection, LedgerRow, rows)


def transaction_rows(
    event_id: UUID, booking_id: UUID | None, money: Any, sides: Sides, *, memo: str, now: datetime
) -> list[dict[str, Any]]:
    """Make the rows of one transaction in the currency of the row `money`.

    Raises:
        ValueError: The sides do not add up to zero.
    """
    if sum(sides.values()):
        raise ValueError(f"the sides of a transaction add up to {sum(sides.values())}, not zero")
    head = {
        "transaction_id": new_id(),
        "event_id": event_id,
        "booking_id": booking_id,
        "currency": money.currency,
        "currency_exponent": money.currency_exponent,
        "memo": memo,
        "at": now,
    }
    return [
        {**head, "ticket_type_id": type_id, "account": account, "amount_minor": amount}
        for (account, type_id), amount in sides.items()
        if amount
    ]


def sale_parts() -> dict[str, Any]:
    """The parts that tickets are posted in, by account, as sums in a statement."""
    return parts_of(
        func.sum(TicketRow.price_minor),
        func.sum(TicketRow.tax_minor),
        func.sum(TicketRow.fee_minor),
        func.sum(TicketRow.commission_minor),
    )


def parts_of(price: Any, tax: Any, fee: Any, commission: Any) -> dict[str, Any]:
    """The parts that a price is posted in, by account; of minor units or of columns."""
    return {
        REVENUE: tax + fee - price,
        TAX: -tax,
        FEES: -fee,
        COMMISSION: commission,
        COMMISSION_OWED: -commission,
    }


def wanted_sales(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Sides]:
    """The sales that the valid tickets of bookings make, by booking."""
    parts = sale_parts()
    rows = connection.execute(
        select(TicketRow.booking_id, TicketRow.ticket_type_id, *parts.values())
        .where(TicketRow.booking_id.in_(ids), TicketRow.state.in_(SOLD_STATES))
        .group_by(TicketRow.booking_id, TicketRow.ticket_type_id)
    )
    wanted: dict[UUID, Sides] = defaultdict(dict)
    for booking_id, type_id, *amounts in rows:
        for account, amount in zip(parts, amounts, strict=True):
            wanted[booking_id][account, type_id] = int(amount)
    return wanted


def held_sales(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Sides]:
    """The sales of bookings in the ledger, by booking."""
    key = LedgerRow.booking_id, LedgerRow.account, LedgerRow.ticket_type_id
    rows = connection.execute(
        select(*key, func.sum(LedgerRow.amount_minor))
        .where(LedgerRow.booking_id.in_(ids), LedgerRow.account.in_(SALE_ACCOUNTS))
        .group_by(*key)
    )
    held: dict[UUID, Sides] = defaultdict(dict)
    for booking_id, account, type_id, amount in rows:
        assert booking_id is not None
        held[booking_id][account, type_id] = int(amount)
    return held
