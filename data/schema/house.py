"""What the house keeps about itself: settings, deliveries, the audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class SettingRow(Base):
    """Facts about this store itself: its device id, the seal of the audit chain."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class DeliveryRow(Base):
    """Something that must leave the house: a badge now, mail and more later."""

    __tablename__ = "delivery"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("scan.id"), index=True)
    state: Mapped[str]
    payload: Mapped[dict[str, Any]]
    reason: Mapped[str]
    mark: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    delivered_to: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    gate_id: Mapped[UUID | None] = mapped_column(ForeignKey("gate.id"))
    """Where the person stands who waits for it; None where nobody said."""
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    printer_id: Mapped[UUID | None] = mapped_column(ForeignKey("printer.id"))
    """The printer that has it or had it."""
    job_ref: Mapped[str | None]
    """What the printer calls it, where its state can be asked for later."""
    sent_at: Mapped[datetime | None]
    """When the printer took it; `finished_at` is when it said that it is out."""

    __table_args__ = (
        Index(
            "ix_delivery_sent",
            "printer_id",
            sqlite_where=text("state = 'sent' AND job_ref IS NOT NULL"),
        ),
        Index(
            "ix_delivery_open",
            "kind",
            "due_at",
            sqlite_where=text("state IN ('queued', 'leased')"),
        ),
        Index("ix_delivery_failed", "kind", sqlite_where=text("state = 'failed'")),
    )


class AuditRow(Base):
    """Who changed what; never deleted, and changed only where a person's words are withheld."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]]
    salts: Mapped[dict[str, Any] | None]
    """Random digits by part of the entry that is text; None in entries of older programs."""
    withheld: Mapped[dict[str, Any] | None]
    """Salted digests, which the chain seals, of parts that were erased; their salts are gone."""

    __table_args__ = ({"sqlite_autoincrement": True},)


class AuditLinkRow(Base):
    """The chain over the audit: each link seals its entry and the link before."""

    __tablename__ = "audit_link"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[bytes]
