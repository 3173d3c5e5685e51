"""What the house keeps about itself: settings, deliveries, the audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index

from data.schema.base import Base, Col, Said, column, partial_index


class SettingRow(Base):
    """Facts about this store itself: its device id, the seal of the audit chain."""

    __tablename__ = "setting"
    key: Col[str] = column(primary_key=True)
    value: Col[str]


class TouchedRow(Base):
    """What changed last, by topic and event: whoever shows it reads again; no history is kept."""

    __tablename__ = "touched"
    topic: Col[str] = column(primary_key=True)
    event_id: Col[UUID] = column(primary_key=True)
    """The event; all zeros for what belongs to the whole house."""
    version: Col[int]
    """Grows with each commit that touches anything."""

    __table_args__ = (Index("ix_touched_version", "version"),)


class ServiceRow(Base):
    """A service outside of the house, as it was set up; its secrets lie beside the keys."""

    __tablename__ = "service"
    id: Col[UUID] = column(primary_key=True)
    kind: Col[str]
    event_id: Col[UUID | None] = column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    """The event it was set up for; None is the whole house."""
    name: Col[str]
    settings: Col[dict[str, Any]]
    """What was typed, but for what is secret."""
    enabled: Col[bool]
    health: Col[str]
    """As it was met last: unknown, good or trouble."""
    health_text: Col[str]
    said: Col[Said | None]
    checked_at: Col[datetime | None]
    failing_since: Col[datetime | None]
    rests_until: Col[datetime | None]
    """It is left alone until then, because it did not answer."""
    position: Col[int]
    created_at: Col[datetime]
    revision: Col[int]
    """Grows with each change; names the file of its secrets."""


class DeliveryRow(Base):
    """Something that must leave the house: a badge, or what goes to a service outside."""

    __tablename__ = "delivery"
    id: Col[UUID] = column(primary_key=True)
    kind: Col[str]
    event_id: Col[UUID | None] = column(ForeignKey("event.id"))
    """None is of the house, such as a code for a forgotten password."""
    ticket_id: Col[UUID | None] = column(ForeignKey("ticket.id"), index=True)
    scan_id: Col[UUID | None] = column(ForeignKey("scan.id"), index=True)
    state: Col[str]
    payload: Col[dict[str, Any]]
    reason: Col[str]
    mark: Col[str]
    attempts: Col[int]
    due_at: Col[datetime]
    leased_until: Col[datetime | None]
    leased_by: Col[str | None]
    delivered_to: Col[str | None]
    last_error: Col[str | None]
    created_at: Col[datetime]
    finished_at: Col[datetime | None]
    gate_id: Col[UUID | None] = column(ForeignKey("gate.id"))
    """Where the person stands who waits for it; None where nobody said."""
    device_id: Col[UUID | None] = column(ForeignKey("device.id"))
    printer_id: Col[UUID | None] = column(ForeignKey("printer.id"))
    """The printer that has it or had it."""
    job_ref: Col[str | None]
    """What the printer calls it, where its state can be asked for later."""
    sent_at: Col[datetime | None]
    """When the printer took it; `finished_at` is when it said that it is out."""
    said: Col[Said | None]
    service_id: Col[UUID | None]
    """The service outside that it goes to; None is whichever there is of its kind."""
    account_id: Col[UUID | None]
    """The person it is for, so that it is found with what else is theirs."""
    booking_id: Col[UUID | None]
    announcement_id: Col[UUID | None]
    """The announcement that it brings, so that all of one are counted and held."""

    __table_args__ = (
        partial_index(
            "ix_delivery_announcement_id",
            "announcement_id",
            "state",
            where="announcement_id IS NOT NULL",
        ),
        partial_index("ix_delivery_service_id", "service_id", where="service_id IS NOT NULL"),
        partial_index("ix_delivery_account_id", "account_id", where="account_id IS NOT NULL"),
        partial_index("ix_delivery_booking_id", "booking_id", where="booking_id IS NOT NULL"),
        partial_index(
            "ix_delivery_sent", "printer_id", where="state = 'sent' AND job_ref IS NOT NULL"
        ),
        partial_index("ix_delivery_open", "kind", "due_at", where="state IN ('queued', 'leased')"),
        partial_index("ix_delivery_failed", "kind", where="state = 'failed'"),
    )


class BadgeBatchRow(Base):
    """Badges that are printed in advance, many a sheet."""

    __tablename__ = "badge_batch"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    tickets: Col[list[str]]
    """Ids of the tickets in the order in which they lie on the sheets."""
    done: Col[int]
    """How many of them are out and noted as deliveries, from the first on."""
    at_printer: Col[int]
    """How many more were sent to a printer; nobody noted yet whether they came out."""
    state: Col[str]
    """open, done, dropped"""
    layout: Col[str]
    sheet: Col[dict[str, Any]]
    """Paper, margin, gap and crop marks, and what the layout was when it began."""
    once: Col[bool]
    """Whether who got a badge elsewhere meanwhile is left out."""
    target: Col[str]
    """The file, or the address of the printer."""
    held_by: Col[str | None]
    """Who is printing it just now."""
    held_until: Col[datetime | None]
    made_by: Col[str]
    created_at: Col[datetime]
    finished_at: Col[datetime | None]


class AuditRow(Base):
    """Who changed what; never deleted, and changed only where a person's words are withheld."""

    __tablename__ = "audit"
    seq: Col[int] = column(primary_key=True)
    id: Col[UUID] = column(unique=True)
    at: Col[datetime]
    actor_kind: Col[str]
    actor_id: Col[UUID | None]
    actor_name: Col[str]
    verb: Col[str]
    subject_kind: Col[str]
    subject_id: Col[UUID | None]
    event_id: Col[UUID | None]
    detail: Col[dict[str, Any]]
    salts: Col[dict[str, Any] | None]
    """Random digits by part of the entry that is text; None in entries of older programs."""
    withheld: Col[dict[str, Any] | None]
    """Salted digests, which the chain seals, of parts that were erased; their salts are gone."""

    __table_args__ = ({"sqlite_autoincrement": True},)


class AuditLinkRow(Base):
    """The chain over the audit: each link seals its entry and the link before."""

    __tablename__ = "audit_link"
    seq: Col[int] = column(primary_key=True, autoincrement=False)
    digest: Col[bytes]
