"""Cash drawers: who had which one, and every movement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey

from data.schema.base import Base, Col, column, partial_index


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
