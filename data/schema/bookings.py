"""What was booked: bookings, tickets and their codes, answers, wishes for more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


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
    no: Mapped[int | None]
    """Order in which the store wrote bookings down."""
    expires_at: Mapped[datetime | None]
    """Until when an unpaid booking holds its places; None for as long as it is there."""
    cancelled_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(server_default="")
    """attendee, organizer, desk, import, waitlist, queue."""
    external_ref: Mapped[str | None]
    """What the system it was imported from calls it."""
    discount_code: Mapped[str] = mapped_column(server_default="")
    folded_name: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    kept_minor: Mapped[int] = mapped_column(server_default="0")
    """Cancellation fees of its cancelled tickets, part of `total_minor`."""

    __table_args__ = (
        Index("uq_booking_no", "no", unique=True),
        Index("ix_booking_event_id_no", "event_id", "no"),
        Index("ix_booking_event_id_state_no", "event_id", "state", "no"),
        Index("ix_booking_event_id_folded_name", "event_id", "folded_name"),
        Index("ix_booking_email", "email"),
        Index(
            "ix_booking_due",
            "expires_at",
            sqlite_where=text("state = 'pending' AND expires_at IS NOT NULL"),
        ),
        Index(
            "uq_booking_external_ref",
            "event_id",
            "external_ref",
            unique=True,
            sqlite_where=text("external_ref IS NOT NULL"),
        ),
    )


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
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """The holder's account, where it is not the one that booked."""
    companion_of: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    """The ticket whose holder this one accompanies, such as a carer; they enter together."""
    price_minor: Mapped[int] = mapped_column(server_default="0")
    """What this ticket costs in full: less its discount, with its tax and fee."""
    discount_minor: Mapped[int] = mapped_column(server_default="0")
    tax_minor: Mapped[int] = mapped_column(server_default="0")
    fee_minor: Mapped[int] = mapped_column(server_default="0")
    commission_minor: Mapped[int] = mapped_column(server_default="0")
    discount_id: Mapped[UUID | None] = mapped_column(ForeignKey("discount.id"))
    external_ref: Mapped[str | None]
    foreign_code: Mapped[str | None] = mapped_column(Text(collation="NOCASE"))
    """What the QR code of the system it was sold by says; a secret like a token."""

    __table_args__ = (
        # By the code first: a scan must also find the ticket of another event.
        Index(
            "uq_ticket_foreign_code",
            "foreign_code",
            "event_id",
            unique=True,
            sqlite_where=text("foreign_code IS NOT NULL"),
        ),
        Index("ix_ticket_event_id_ticket_type_id_state", "event_id", "ticket_type_id", "state"),
        Index(
            "ix_ticket_companion_of",
            "companion_of",
            sqlite_where=text("companion_of IS NOT NULL"),
        ),
        Index(
            "ix_ticket_discount_id",
            "discount_id",
            sqlite_where=text("discount_id IS NOT NULL"),
        ),
        Index(
            "ix_ticket_account_id",
            "account_id",
            sqlite_where=text("account_id IS NOT NULL"),
        ),
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


class NameWordRow(Base):
    """A word of some holder's name, folded: what typos are corrected against."""

    __tablename__ = "name_word"
    no: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(unique=True)


class QuestionRow(Base):
    """What an event asks of everyone who comes."""

    __tablename__ = "question"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    text: Mapped[str]
    kind: Mapped[str]
    """text, choice, number or yes_no."""
    required: Mapped[bool]
    choices: Mapped[list[str]]
    position: Mapped[int]
    depends_on: Mapped[UUID | None] = mapped_column(ForeignKey("question.id"))
    depends_value: Mapped[str]
    """The answer to that question which makes this one be asked."""
    active: Mapped[bool]


class QuestionTypeRow(Base):
    """A ticket type a question is for; a question without any is for all."""

    __tablename__ = "question_type"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), primary_key=True)
    ticket_type_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)


class AnswerRow(Base):
    """An answer, given for one ticket."""

    __tablename__ = "answer"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("question.id"), primary_key=True, index=True
    )
    value: Mapped[str]


class WaitlistEntryRow(Base):
    """A wish for a ticket type or a session that is full."""

    __tablename__ = "waitlist_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(unique=True)
    """Order in which the store wrote them down."""
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    ticket_type_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket_type.id"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    priority: Mapped[int]
    """Higher goes first."""
    state: Mapped[str]
    """waiting, offered, taken, expired or left."""
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_waitlist_entry_ticket_type_id_state", "ticket_type_id", "state"),
        Index("ix_waitlist_entry_session_id_state", "session_id", "state"),
        Index("ix_waitlist_entry_event_id_no", "event_id", "no"),
        Index("ix_waitlist_entry_due", "offer_until", sqlite_where=text("state = 'offered'")),
        Index(
            "uq_waitlist_entry_type",
            "account_id",
            "ticket_type_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered') AND ticket_type_id IS NOT NULL"),
        ),
        Index(
            "uq_waitlist_entry_session",
            "account_id",
            "session_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered') AND session_id IS NOT NULL"),
        ),
    )


class QueueRequestRow(Base):
    """A booking asked for in the hour of opening, taken in order of priority."""

    __tablename__ = "queue_request"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(unique=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    priority: Mapped[int]
    wish: Mapped[dict[str, Any]]
    """The booking as it was asked for."""
    state: Mapped[str]
    """waiting, confirmed, sold_out, cancelled or failed."""
    reason: Mapped[str]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_queue_request_event_id_state_priority", "event_id", "state", "priority", "no"),
    )
