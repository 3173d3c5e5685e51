"""The door: lists, gates, devices, printers, scans, admissions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false

from data.schema.base import Base, Col, column, partial_index


class CheckInListRow(Base):
    """A check-in list: for which tickets, when, how often."""

    __tablename__ = "check_in_list"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    position: Col[int]
    opens_at: Col[datetime | None]
    closes_at: Col[datetime | None]
    entry_policy: Col[str]
    direction: Col[str]
    unpaid_policy: Col[str]
    print_policy: Col[str]
    exit_needs_entry: Col[bool]
    min_minutes_between: Col[int]
    max_entries: Col[int | None]
    attention: Col[str]
    questions: Col[dict[str, Any]]
    kind: Col[str] = column(server_default="arrive")
    """arrive, room, collect, badge or leave: what passing this list's door means."""
    rules: Col[list[Any]] = column(server_default="[]")
    """Rules beyond those of the columns, each an object as `eventdesk.door` reads it."""
    room_id: Col[UUID | None] = column(ForeignKey("room.id"))
    session_id: Col[UUID | None] = column(ForeignKey("session.id"))
    """The only session it is the door of; holders must have a place in it where it has sign-up."""
    capacity: Col[int | None]
    """Most people inside at once; None asks the room."""
    item: Col[str] = column(server_default="")
    """What is collected, such as T-shirt."""
    item_question_id: Col[UUID | None] = column(ForeignKey("question.id"))
    """The question whose answer says which one, such as the size."""
    auto_exit: Col[str] = column(server_default="")
    """Time of day, HH:MM at the event, at which everybody inside is taken to have left."""
    ends_stays: Col[bool] = column(server_default=false())
    """Whether entering this room ends the stay in the other rooms of the event."""
    tells: Col[dict[str, Any]] = column(server_default="{}")
    """What staff read with each verdict: answers, the age, what else was bought."""
    offline: Col[bool] = column(server_default=false())
    """Whether phones may let in by a list of their own while the network is gone."""
    offline_hours: Col[int] = column(server_default="12")
    """How old such a list may be."""


class CheckInListTypeRow(Base):
    """A ticket type that a list takes; a list without any takes all."""

    __tablename__ = "check_in_list_type"
    list_id: Col[UUID] = column(ForeignKey("check_in_list.id"), primary_key=True)
    ticket_type_id: Col[UUID] = column(ForeignKey("ticket_type.id"), primary_key=True)


class GateRow(Base):
    """Where a scan happens."""

    __tablename__ = "gate"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]


class DeviceRow(Base):
    """A machine that scans; this store's own machine is one of them."""

    __tablename__ = "device"
    id: Col[UUID] = column(primary_key=True)
    name: Col[str]
    created_at: Col[datetime]
    revoked_at: Col[datetime | None]


class ScanRow(Base):
    """One attempt at the door, good or bad, kept for ever; only `annulled_…` may change."""

    __tablename__ = "scan"
    no: Col[int] = column(primary_key=True)
    """The order in which the store wrote scans down, whatever any clock said."""
    id: Col[UUID] = column(unique=True)
    device_id: Col[UUID] = column(ForeignKey("device.id"))
    nonce: Col[str]
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    list_id: Col[UUID] = column(ForeignKey("check_in_list.id"))
    ticket_id: Col[UUID | None] = column(ForeignKey("ticket.id"))
    gate_id: Col[UUID | None] = column(ForeignKey("gate.id"))
    actor_id: Col[UUID | None]
    actor_name: Col[str]
    source: Col[str]
    direction: Col[str]
    outcome: Col[str]
    reason: Col[str]
    scanned: Col[str]
    forced: Col[bool]
    force_reason: Col[str]
    seen_at: Col[datetime]
    recorded_at: Col[datetime]
    result: Col[str]
    annulled_at: Col[datetime | None]
    annulled_by: Col[str | None]
    annulled_reason: Col[str | None]
    answers: Col[dict[str, Any]] = column(server_default="{}")
    """Answers to the list's questions, by their ids."""
    approved_by: Col[str] = column(server_default="")
    """The supervisor who gave a PIN in place; "" where nobody had to."""
    group_id: Col[UUID | None]
    """Alike for scans of one group check-in."""

    __table_args__ = (
        UniqueConstraint("device_id", "nonce"),
        partial_index(
            "ix_scan_ticket_id_list_id", "ticket_id", "list_id", where="ticket_id IS NOT NULL"
        ),
        Index("ix_scan_list_id_no", "list_id", "no"),
        Index("ix_scan_list_id_outcome", "list_id", "outcome"),
        partial_index("ix_scan_annulled_at", "annulled_at", where="annulled_at IS NOT NULL"),
    )


class ScanTimingRow(Base):
    """How long a guest waited for an answer; written after it, in batches."""

    __tablename__ = "scan_timing"
    scan_id: Col[UUID] = column(ForeignKey("scan.id"), primary_key=True)
    verdict_ms: Col[int]
    """From the moment the code was seen to the answer on the screen, by one clock."""


class AdmissionRow(Base):
    """The fact that a ticket is in; the unique index is the door's last word."""

    __tablename__ = "admission"
    id: Col[UUID] = column(primary_key=True)
    ticket_id: Col[UUID] = column(ForeignKey("ticket.id"))
    list_id: Col[UUID] = column(ForeignKey("check_in_list.id"))
    slot: Col[str]
    scan_id: Col[UUID] = column(ForeignKey("scan.id"), unique=True)
    admitted_at: Col[datetime]

    __table_args__ = (
        UniqueConstraint("ticket_id", "list_id", "slot"),
        Index("ix_admission_list_id_ticket_id", "list_id", "ticket_id"),
    )


class OfflineScanRow(Base):
    """A scan that a phone decided without the house, and how it fits what the house knows."""

    __tablename__ = "offline_scan"
    scan_id: Col[UUID] = column(ForeignKey("scan.id"), primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    shown: Col[str]
    """The outcome that the guest was shown."""
    delivered_at: Col[datetime]
    conflict: Col[str | None]
    """twice, turned_away or the outcome that would have refused; None where both say the same."""
    other_id: Col[UUID | None] = column(ForeignKey("scan.id"))
    """The scan by which the same ticket had come in, where it is `twice`."""
    settled_at: Col[datetime | None]
    settled_by: Col[str] = column(server_default="")
    word: Col[str] = column(server_default="")
    """What whoever settled it found."""

    __table_args__ = (
        partial_index("ix_offline_scan_conflict", "event_id", where="conflict IS NOT NULL"),
    )


class PrinterRow(Base):
    """A printer of badges, of the whole installation."""

    __tablename__ = "printer"
    id: Col[UUID] = column(primary_key=True)
    name: Col[str] = column(unique=True)
    spec: Col[str]
    """Its kind and address, as `badges.printers.open_printer` reads it."""
    layout: Col[str]
    """Name of the layout that fits its paper; "" is the event's."""
    device_id: Col[UUID | None] = column(ForeignKey("device.id"))
    """The only machine it can be reached from; None is any."""
    enabled: Col[bool]
    position: Col[int]
    """Order in which printers take over from each other."""
    labels_left: Col[int | None]
    """Labels on the roll; None where nobody counts them."""
    labels_warn: Col[int]
    """From how many left on it says so."""
    health: Col[str]
    """As it was seen last: unknown, ready, paper_out, cover_open, error or offline."""
    health_text: Col[str]
    checked_at: Col[datetime | None]
    leased_by: Col[str | None]
    """The courier that drives it just now: one at a time."""
    leased_until: Col[datetime | None]
    created_at: Col[datetime]


class PrinterGateRow(Base):
    """A gate that a printer stands at; a printer without any stands everywhere."""

    __tablename__ = "printer_gate"
    printer_id: Col[UUID] = column(ForeignKey("printer.id"), primary_key=True)
    gate_id: Col[UUID] = column(ForeignKey("gate.id"), primary_key=True)
