"""The tables. They change only together with a migration (`data/migrations`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.types import Id, Instant


class Base(DeclarativeBase):
    """Common ground of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {UUID: Id, datetime: Instant, dict[str, Any]: JSON, str: Text}


class SettingRow(Base):
    """Facts about this store itself: its device id, the seal of the audit chain."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class AccountRow(Base):
    """A person who can sign in."""

    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_admin: Mapped[bool]
    secret_kind: Mapped[str]
    secret_hash: Mapped[str]
    banned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WrongTryRow(Base):
    """Wrong secrets in a row, counted alike for accounts that exist and that do not."""

    __tablename__ = "wrong_try"
    subject: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]


class EventRow(Base):
    """An event."""

    __tablename__ = "event"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[str]
    time_zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    currency: Mapped[str]
    currency_exponent: Mapped[int]
    staff_pin_hash: Mapped[str | None]
    created_at: Mapped[datetime]


class EventRoleRow(Base):
    """What an account may do at an event."""

    __tablename__ = "event_role"
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    role: Mapped[str]


class TicketTypeRow(Base):
    """What is sold."""

    __tablename__ = "ticket_type"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    price_minor: Mapped[int]
    quota: Mapped[int | None]
    priority: Mapped[int]
    position: Mapped[int]
    needs_approval: Mapped[bool]
    sales_from: Mapped[datetime | None]
    sales_until: Mapped[datetime | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]


class BookingRow(Base):
    """One purchase by one account."""

    __tablename__ = "booking"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    approved: Mapped[bool]
    name: Mapped[str]
    email: Mapped[str]
    total_minor: Mapped[int]
    currency: Mapped[str]
    currency_exponent: Mapped[int]
    created_at: Mapped[datetime]


class TicketRow(Base):
    """One admission right for one holder."""

    __tablename__ = "ticket"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    ticket_type_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_type.id"))
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    holder_name: Mapped[str]
    holder_email: Mapped[str]
    line_two: Mapped[str]
    seat: Mapped[str]
    attention: Mapped[str]
    blocked_note: Mapped[str | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    key_id: Mapped[int] = mapped_column(ForeignKey("token_key.key_id"))
    revision: Mapped[int]
    search_no: Mapped[int] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ticket_event_id_ticket_type_id_state", "event_id", "ticket_type_id", "state"),
    )


class TokenRevocationRow(Base):
    """Why an older revision of a ticket's code is no longer valid."""

    __tablename__ = "token_revocation"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    revoked_at: Mapped[datetime]
    actor_name: Mapped[str]


class TokenKeyRow(Base):
    """A key that tickets were sold with; the secret itself is in the key file only."""

    __tablename__ = "token_key"
    key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str]
    first_used_at: Mapped[datetime]


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
    )


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

    __table_args__ = (
        Index(
            "ix_delivery_open",
            "kind",
            "due_at",
            sqlite_where=text("state IN ('queued', 'leased')"),
        ),
        Index("ix_delivery_failed", "kind", sqlite_where=text("state = 'failed'")),
    )


class AuditRow(Base):
    """Who changed what; never updated, never deleted."""

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

    __table_args__ = ({"sqlite_autoincrement": True},)


class AuditLinkRow(Base):
    """The chain over the audit: each link seals its entry and the link before."""

    __tablename__ = "audit_link"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[bytes]


class NameWordRow(Base):
    """A word of some holder's name, folded: what typos are corrected against."""

    __tablename__ = "name_word"
    no: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(unique=True)
