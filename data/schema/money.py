"""Money: payments, refunds, the ledger, vouchers, invoices, bank statements, cash drawers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint

from data.schema.base import Base, Col, Said, column, partial_index


class PaymentRow(Base):
    """One attempt to pay a booking."""

    __tablename__ = "payment"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    booking_id: Col[UUID] = column(ForeignKey("booking.id"), index=True)
    method: Col[str]
    """cash, terminal, transfer, voucher, free or gateway."""
    provider: Col[str]
    """Which gateway; "" for the other methods."""
    reference: Col[str]
    """The terminal's receipt, the transfer's purpose, the gateway's own id."""
    amount_minor: Col[int]
    currency: Col[str]
    currency_exponent: Col[int]
    state: Col[str]
    """pending, paid, failed, expired; refunds are rows of their own."""
    error: Col[str]
    voucher_id: Col[UUID | None] = column(ForeignKey("voucher.id"))
    actor_name: Col[str]
    created_at: Col[datetime]
    settled_at: Col[datetime | None]
    expires_at: Col[datetime | None]

    __table_args__ = (
        Index("ix_payment_event_id_created_at", "event_id", "created_at"),
        partial_index("ix_payment_open", "provider", where="state = 'pending'"),
    )


class PaymentNoticeRow(Base):
    """What a gateway told about a payment, each notice once."""

    __tablename__ = "payment_notice"
    provider: Col[str] = column(primary_key=True)
    notice: Col[str] = column(primary_key=True)
    """The gateway's own id of the notice."""
    payment_id: Col[UUID | None] = column(ForeignKey("payment.id"))
    state: Col[str]
    received_at: Col[datetime]


class RefundRow(Base):
    """Money given back of one payment."""

    __tablename__ = "refund"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    booking_id: Col[UUID] = column(ForeignKey("booking.id"), index=True)
    payment_id: Col[UUID] = column(ForeignKey("payment.id"), index=True)
    amount_minor: Col[int]
    state: Col[str]
    """pending, paid or failed."""
    reason: Col[str]
    reference: Col[str]
    error: Col[str]
    actor_name: Col[str]
    created_at: Col[datetime]
    settled_at: Col[datetime | None]

    __table_args__ = (
        Index("ix_refund_event_id_created_at", "event_id", "created_at"),
        partial_index("ix_refund_open", "event_id", where="state != 'paid'"),
    )


class LedgerRow(Base):
    """One side of a transaction; the sides of each add up to zero, and triggers keep them."""

    __tablename__ = "ledger"
    no: Col[int] = column(primary_key=True)
    transaction_id: Col[UUID]
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    booking_id: Col[UUID | None] = column(ForeignKey("booking.id"), index=True)
    ticket_type_id: Col[UUID | None] = column(ForeignKey("ticket_type.id"))
    account: Col[str]
    """receivable, cash, terminal, bank, voucher, gateway, revenue, tax, fees, commission, …"""
    amount_minor: Col[int]
    """Debit positive, credit negative."""
    currency: Col[str]
    currency_exponent: Col[int]
    memo: Col[str]
    at: Col[datetime]

    __table_args__ = (
        Index("ix_ledger_transaction_id", "transaction_id"),
        Index("ix_ledger_event_id_account_at", "event_id", "account", "at"),
        {"sqlite_autoincrement": True},
    )


class VoucherRow(Base):
    """Prepaid money that can be spent at one event."""

    __tablename__ = "voucher"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    code: Col[str]
    value_minor: Col[int]
    valid_until: Col[datetime | None]
    note: Col[str]
    created_at: Col[datetime]
    cancelled_at: Col[datetime | None]

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class InvoiceRow(Base):
    """A receipt, an invoice or a credit note as issued; triggers and the audit keep it so."""

    __tablename__ = "invoice"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    booking_id: Col[UUID] = column(ForeignKey("booking.id"), index=True)
    series: Col[str]
    """receipt, invoice or credit."""
    number: Col[int]
    """Counts from 1 in each series of an event, without gaps."""
    content: Col[dict[str, Any]]
    issued_at: Col[datetime]

    __table_args__ = (UniqueConstraint("event_id", "series", "number"),)


class StatementLineRow(Base):
    """One line of a bank statement, imported once."""

    __tablename__ = "statement_line"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    digest: Col[str]
    booked_on: Col[str]
    amount_minor: Col[int]
    currency: Col[str]
    payer: Col[str]
    purpose: Col[str]
    payment_id: Col[UUID | None] = column(ForeignKey("payment.id"))
    problem: Col[str]
    imported_at: Col[datetime]
    said: Col[Said | None]

    __table_args__ = (UniqueConstraint("event_id", "digest"),)


class CashShiftRow(Base):
    """One operator's time at one drawer, from the float to the count."""

    __tablename__ = "cash_shift"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    drawer: Col[str]
    operator_id: Col[UUID | None] = column(ForeignKey("account.id"))
    operator_name: Col[str]
    currency: Col[str]
    currency_exponent: Col[int]
    float_minor: Col[int]
    opened_at: Col[datetime]
    closed_at: Col[datetime | None]
    expected_minor: Col[int | None]
    """What the movements said should be in it when it was counted."""
    counted_minor: Col[int | None]
    counts: Col[dict[str, Any]]
    """How many of each denomination were counted, by minor units."""
    note: Col[str]
    handed_to_id: Col[UUID | None] = column(ForeignKey("cash_shift.id"))
    """The shift that took the drawer over as it was counted."""

    __table_args__ = (
        partial_index(
            "uq_cash_shift_drawer", "event_id", "drawer", unique=True, where="closed_at IS NULL"
        ),
        partial_index(
            "uq_cash_shift_operator",
            "event_id",
            "operator_id",
            unique=True,
            where="closed_at IS NULL AND operator_id IS NOT NULL",
        ),
    )


class CashMovementRow(Base):
    """Money put into a drawer or taken out; never changed, never deleted, only countered.

    Triggers refuse to change, delete or replace one (migrations 0005 and 0006), and the audit
    holds the digest of each (`data.sealed_rows`), so that what goes past the triggers is found.
    """

    __tablename__ = "cash_movement"
    no: Col[int] = column(primary_key=True)
    id: Col[UUID] = column(unique=True)
    shift_id: Col[UUID] = column(ForeignKey("cash_shift.id"), index=True)
    kind: Col[str]
    """float, sale, refund, in, out or counter."""
    amount_minor: Col[int]
    """Into the drawer positive, out of it negative."""
    payment_id: Col[UUID | None] = column(ForeignKey("payment.id"), unique=True)
    refund_id: Col[UUID | None] = column(ForeignKey("refund.id"), unique=True)
    counters_id: Col[UUID | None] = column(ForeignKey("cash_movement.id"), unique=True)
    """The movement that this one takes back."""
    reason: Col[str]
    actor_name: Col[str]
    at: Col[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)
