"""The door: lists, gates, devices, scans, admissions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class CheckInListRow(Base):
    """A check-in list: for which tickets, when, how often."""

    __tablename__ = "check_in_list"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    position: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    entry_policy: Mapped[str]
    direction: Mapped[str]
    unpaid_policy: Mapped[str]
    print_policy: Mapped[str]
    exit_needs_entry: Mapped[bool]
    min_minutes_between: Mapped[int]
    max_entries: Mapped[int | None]
    attention: Mapped[str]
    questions: Mapped[dict[str, Any]]
    kind: Mapped[str] = mapped_column(server_default="arrive")
    """arrive, room, collect, badge or leave: what passing this list's door means."""
    rules: Mapped[list[Any]] = mapped_column(server_default="[]")
    """Rules beyond those of the columns, each an object as `eventdesk.model.rules` reads it."""
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.id"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id"))
    """The only session it is the door of; holders must have a place in it where it has sign-up."""
    capacity: Mapped[int | None]
    """Most people inside at once; None asks the room."""
    item: Mapped[str] = mapped_column(server_default="")
    """What is collected, such as T-shirt."""
    item_question_id: Mapped[UUID | None] = mapped_column(ForeignKey("question.id"))
    """The question whose answer says which one, such as the size."""
    auto_exit: Mapped[str] = mapped_column(server_default="")
    """Time of day, HH:MM at the event, at which everybody inside is taken to have left."""
    ends_stays: Mapped[bool] = mapped_column(server_default=false())
    """Whether entering this room ends the stay in the other rooms of the event."""


class CheckInListTypeRow(Base):
    """A ticket type that a list takes; a list without any takes all."""

    __tablename__ = "check_in_list_type"
    list_id: Mapped[UUID] = mapped_column(ForeignKey("check_in_list.id"), primary_key=True)
    ticket_type_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)


class GateRow(Base):
    """Where a scan happens."""

    __tablename__ = "gate"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]


class DeviceRow(Base):
    """A machine that scans; this store's own machine is one of them."""

    __tablename__ = "device"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ScanRow(Base):
    """One attempt at the door, good or bad, kept for ever; only `annulled_…` may change."""

    __tablename__ = "scan"
    no: Mapped[int] = mapped_column(primary_key=True)
    """The order in which the store wrote scans down, whatever any clock said."""
    id: Mapped[UUID] = mapped_column(unique=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    nonce: Mapped[str]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("check_in_list.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    gate_id: Mapped[UUID | None] = mapped_column(ForeignKey("gate.id"))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    source: Mapped[str]
    direction: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    scanned: Mapped[str]
    forced: Mapped[bool]
    force_reason: Mapped[str]
    seen_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    result: Mapped[str]
    annulled_at: Mapped[datetime | None]
    annulled_by: Mapped[str | None]
    annulled_reason: Mapped[str | None]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Answers to the list's questions, by their ids."""
    approved_by: Mapped[str] = mapped_column(server_default="")
    """The supervisor who gave a PIN in place; "" where nobody had to."""
    group_id: Mapped[UUID | None]
    """Alike for scans of one group check-in."""

    __table_args__ = (
        UniqueConstraint("device_id", "nonce"),
        Index(
            "ix_scan_ticket_id_list_id",
            "ticket_id",
            "list_id",
            sqlite_where=text("ticket_id IS NOT NULL"),
        ),
        Index("ix_scan_list_id_no", "list_id", "no"),
        Index("ix_scan_list_id_outcome", "list_id", "outcome"),
        Index("ix_scan_annulled_at", "annulled_at", sqlite_where=text("annulled_at IS NOT NULL")),
    )


class ScanTimingRow(Base):
    """How long a guest waited for an answer; written after it, in batches."""

    __tablename__ = "scan_timing"
    scan_id: Mapped[UUID] = mapped_column(ForeignKey("scan.id"), primary_key=True)
    verdict_ms: Mapped[int]
    """From the moment the code was seen to the answer on the screen, by one clock."""


class AdmissionRow(Base):
    """The fact that a ticket is in; the unique index is the door's last word."""

    __tablename__ = "admission"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("check_in_list.id"))
    slot: Mapped[str]
    scan_id: Mapped[UUID] = mapped_column(ForeignKey("scan.id"), unique=True)
    admitted_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("ticket_id", "list_id", "slot"),
        Index("ix_admission_list_id_ticket_id", "list_id", "ticket_id"),
    )
