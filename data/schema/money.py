"""Money: payments, refunds, the ledger, vouchers, invoices, bank statements."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class PaymentRow(Base):
    """One attempt to pay a booking."""

    __tablename__ = "payment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    method: Mapped[str]
    """cash, terminal, transfer, voucher, free or gateway."""
    provider: Mapped[str]
    """Which gateway; "" for the other methods."""
    reference: Mapped[str]
    """The terminal's receipt, the transfer's purpose, the gateway's own id."""
    amount_minor: Mapped[int]
    currency: Mapped[str]
    currency_exponent: Mapped[int]
    state: Mapped[str]
    """pending, paid, failed, expired; refunds are rows of their own."""
    error: Mapped[str]
    voucher_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher.id"))
    actor_name: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_payment_event_id_created_at", "event_id", "created_at"),
        Index("ix_payment_open", "provider", sqlite_where=text("state = 'pending'")),
    )


class PaymentNoticeRow(Base):
    """What a gateway told about a payment, each notice once."""

    __tablename__ = "payment_notice"
    provider: Mapped[str] = mapped_column(primary_key=True)
    notice: Mapped[str] = mapped_column(primary_key=True)
    """The gateway's own id of the notice."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    state: Mapped[str]
    received_at: Mapped[datetime]


class RefundRow(Base):
    """Money given back of one payment."""

    __tablename__ = "refund"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_minor: Mapped[int]
    state: Mapped[str]
    """pending, paid or failed."""
    reason: Mapped[str]
    reference: Mapped[str]
    error: Mapped[str]
    actor_name: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_refund_event_id_created_at", "event_id", "created_at"),
        Index("ix_refund_open", "event_id", sqlite_where=text("state != 'paid'")),
    )


class LedgerRow(Base):
    """One side of a transaction; the sides of each add up to zero, and triggers keep them."""

    __tablename__ = "ledger"
    no: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"), index=True)
    ticket_type_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket_type.id"))
    account: Mapped[str]
    """receivable, cash, terminal, bank, voucher, gateway, revenue, tax, fees, commission, …"""
    amount_minor: Mapped[int]
    """Debit positive, credit negative."""
    currency: Mapped[str]
    currency_exponent: Mapped[int]
    memo: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ledger_transaction_id", "transaction_id"),
        Index("ix_ledger_event_id_account_at", "event_id", "account", "at"),
        {"sqlite_autoincrement": True},
    )


class VoucherRow(Base):
    """Prepaid money that can be spent at one event."""

    __tablename__ = "voucher"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str]
    value_minor: Mapped[int]
    valid_until: Mapped[datetime | None]
    note: Mapped[str]
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class InvoiceRow(Base):
    """A receipt, an invoice or a credit note as issued; triggers and the audit keep it so."""

    __tablename__ = "invoice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    series: Mapped[str]
    """receipt, invoice or credit."""
    number: Mapped[int]
    """Counts from 1 in each series of an event, without gaps."""
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "series", "number"),)


class StatementLineRow(Base):
    """One line of a bank statement, imported once."""

    __tablename__ = "statement_line"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    digest: Mapped[str]
    booked_on: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    payer: Mapped[str]
    purpose: Mapped[str]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    problem: Mapped[str]
    imported_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "digest"),)
