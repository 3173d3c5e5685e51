"""Cash drawers: who had which one, and every movement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class CashShiftRow(Base):
    """One operator's time at one drawer, from the float to the count."""

    __tablename__ = "cash_shift"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    drawer: Mapped[str]
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    operator_name: Mapped[str]
    currency: Mapped[str]
    currency_exponent: Mapped[int]
    float_minor: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    expected_minor: Mapped[int | None]
    """What the movements said should be in it when it was counted."""
    counted_minor: Mapped[int | None]
    counts: Mapped[dict[str, Any]]
    """How many of each denomination were counted, by minor units."""
    note: Mapped[str]
    handed_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("cash_shift.id"))
    """The shift that took the drawer over as it was counted."""

    __table_args__ = (
        Index(
            "uq_cash_shift_drawer",
            "event_id",
            "drawer",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_cash_shift_operator",
            "event_id",
            "operator_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND operator_id IS NOT NULL"),
        ),
    )


class CashMovementRow(Base):
    """Money put into a drawer or taken out; never changed, never deleted, only countered.

    Triggers refuse to change, delete or replace one (migrations 0005 and 0006), and the audit
    holds the digest of each (`data.sealed_rows`), so that what goes past the triggers is found.
    """

    __tablename__ = "cash_movement"
    no: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("cash_shift.id"), index=True)
    kind: Mapped[str]
    """float, sale, refund, in, out or counter."""
    amount_minor: Mapped[int]
    """Into the drawer positive, out of it negative."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    counters_id: Mapped[UUID | None] = mapped_column(ForeignKey("cash_movement.id"), unique=True)
    """The movement that this one takes back."""
    reason: Mapped[str]
    actor_name: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)
