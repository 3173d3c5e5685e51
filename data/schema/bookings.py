"""What was booked: bookings, tickets and their codes, answers, wishes for more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text

from data.schema.base import Base, Col, Said, column, partial_index
from data.types import PlainText


class BookingRow(Base):
    """One purchase by one account."""

    __tablename__ = "booking"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    account_id: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    code: Col[str] = column(unique=True)
    state: Col[str]
    approved: Col[bool]
    name: Col[str]
    email: Col[str]
    total_minor: Col[int]
    currency: Col[str]
    currency_exponent: Col[int]
    created_at: Col[datetime]
    no: Col[int | None]
    """Order in which the store wrote bookings down."""
    expires_at: Col[datetime | None]
    """Until when an unpaid booking holds its places; None for as long as it is there."""
    cancelled_at: Col[datetime | None]
    source: Col[str] = column(server_default="")
    """attendee, guest (without an account), organizer, desk, import, waitlist, queue."""
    external_ref: Col[str | None]
    """What the system it was imported from calls it."""
    discount_code: Col[str] = column(server_default="")
    folded_name: Col[str] = column(server_default="")
    note: Col[str] = column(server_default="")
    kept_minor: Col[int] = column(server_default="0")
    """Cancellation fees of its cancelled tickets, part of `total_minor`."""
    link_no: Col[int] = column(server_default="0")
    """How often its link was made anew; older ones are void."""

    __table_args__ = (
        Index("uq_booking_no", "no", unique=True),
        Index("ix_booking_event_id_no", "event_id", "no"),
        Index("ix_booking_event_id_state_no", "event_id", "state", "no"),
        Index("ix_booking_event_id_folded_name", "event_id", "folded_name"),
        Index("ix_booking_email", "email"),
        partial_index(
            "ix_booking_due", "expires_at", where="state = 'pending' AND expires_at IS NOT NULL"
        ),
        partial_index(
            "uq_booking_external_ref",
            "event_id",
            "external_ref",
            unique=True,
            where="external_ref IS NOT NULL",
        ),
    )


class LinkRequestRow(Base):
    """Somebody who asked for the links of their bookings; a row lives until a chore comes by."""

    __tablename__ = "link_request"
    address: Col[str] = column(primary_key=True)
    """As it was typed, in its one spelling; whether anybody booked with it, nobody looked."""
    asked_at: Col[datetime]


class TicketRow(Base):
    """One admission right for one holder."""

    __tablename__ = "ticket"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    booking_id: Col[UUID] = column(ForeignKey("booking.id"), index=True)
    ticket_type_id: Col[UUID] = column(ForeignKey("ticket_type.id"))
    code: Col[str] = column(unique=True)
    state: Col[str]
    holder_name: Col[str]
    holder_email: Col[str]
    line_two: Col[str]
    seat: Col[str]
    attention: Col[str]
    blocked_note: Col[str | None]
    valid_from: Col[datetime | None]
    valid_until: Col[datetime | None]
    key_id: Col[int] = column(ForeignKey("token_key.key_id"))
    revision: Col[int]
    search_no: Col[int] = column(unique=True)
    created_at: Col[datetime]
    account_id: Col[UUID | None] = column(ForeignKey("account.id"))
    """The holder's account, where it is not the one that booked."""
    companion_of: Col[UUID | None] = column(ForeignKey("ticket.id"))
    """The ticket whose holder this one accompanies, such as a carer; they enter together."""
    price_minor: Col[int] = column(server_default="0")
    """What this ticket costs in full: less its discount, with its tax and fee."""
    discount_minor: Col[int] = column(server_default="0")
    tax_minor: Col[int] = column(server_default="0")
    reverse_minor: Col[int] = column(server_default="0")
    """Tax that is not in its price, because the buyer owes it (reverse charge)."""
    fee_minor: Col[int] = column(server_default="0")
    commission_minor: Col[int] = column(server_default="0")
    discount_id: Col[UUID | None] = column(ForeignKey("discount.id"))
    group_from: Col[int | None]
    """How many of its type the booking had to hold for its price; None where it is no group's."""
    external_ref: Col[str | None]
    foreign_code: Col[str | None] = column(PlainText(collation="NOCASE"))
    """What the QR code of the system it was sold by says; a secret like a token."""
    ended_at: Col[datetime | None]
    """When it was cancelled, or its booking expired; None while it counts, or where unknown."""

    __table_args__ = (
        # By the code first: a scan must also find the ticket of another event.
        partial_index(
            "uq_ticket_foreign_code",
            "foreign_code",
            "event_id",
            unique=True,
            where="foreign_code IS NOT NULL",
        ),
        Index("ix_ticket_event_id_ticket_type_id_state", "event_id", "ticket_type_id", "state"),
        partial_index("ix_ticket_companion_of", "companion_of", where="companion_of IS NOT NULL"),
        partial_index("ix_ticket_discount_id", "discount_id", where="discount_id IS NOT NULL"),
        partial_index("ix_ticket_account_id", "account_id", where="account_id IS NOT NULL"),
    )


class WalletPassRow(Base):
    """A ticket's pass in a wallet, which is told of what changed."""

    __tablename__ = "wallet_pass"
    device: Col[str] = column(primary_key=True)
    """What an Apple wallet calls the device; of Google, which tells none, the pass's own name."""
    ticket_id: Col[UUID] = column(ForeignKey("ticket.id"), primary_key=True, index=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    revision: Col[int]
    """The ticket's when the pass was made: the pass of an earlier one is void."""
    facts: Col[str]
    """A digest of what the pass was told to say last."""
    changed_at: Col[datetime]
    wallet: Col[str]
    """The kind of service that it is a pass of."""
    push_token: Col[str]
    """By what Apple tells the device that it is to ask; "" where it gave nothing."""


class TokenRevocationRow(Base):
    """Why an older revision of a ticket's code is no longer valid."""

    __tablename__ = "token_revocation"
    ticket_id: Col[UUID] = column(ForeignKey("ticket.id"), primary_key=True)
    revision: Col[int] = column(primary_key=True)
    reason: Col[str]
    revoked_at: Col[datetime]
    actor_name: Col[str]


class TokenKeyRow(Base):
    """A key that tickets were sold with; the secret itself is in the key file only."""

    __tablename__ = "token_key"
    key_id: Col[int] = column(primary_key=True, autoincrement=False)
    fingerprint: Col[str]
    first_used_at: Col[datetime]


class NameWordRow(Base):
    """A word of some holder's name, folded: what typos are corrected against."""

    __tablename__ = "name_word"
    no: Col[int] = column(primary_key=True)
    word: Col[str] = column(unique=True)


class QuestionRow(Base):
    """What an event asks of everyone who comes."""

    __tablename__ = "question"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    text: Col[str]
    kind: Col[str]
    """text, choice, number or yes_no."""
    required: Col[bool]
    choices: Col[list[str]]
    position: Col[int]
    depends_on: Col[UUID | None] = column(ForeignKey("question.id"))
    depends_value: Col[str]
    """The answer to that question which makes this one be asked."""
    active: Col[bool]


class QuestionTypeRow(Base):
    """A ticket type a question is for; a question without any is for all."""

    __tablename__ = "question_type"
    question_id: Col[UUID] = column(ForeignKey("question.id"), primary_key=True)
    ticket_type_id: Col[UUID] = column(ForeignKey("ticket_type.id"), primary_key=True)


class AnswerRow(Base):
    """An answer, given for one ticket."""

    __tablename__ = "answer"
    ticket_id: Col[UUID] = column(ForeignKey("ticket.id"), primary_key=True)
    question_id: Col[UUID] = column(ForeignKey("question.id"), primary_key=True, index=True)
    value: Col[str]


class WaitlistEntryRow(Base):
    """A wish for a ticket type or a session that is full."""

    __tablename__ = "waitlist_entry"
    id: Col[UUID] = column(primary_key=True)
    no: Col[int] = column(unique=True)
    """Order in which the store wrote them down."""
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    ticket_type_id: Col[UUID | None] = column(ForeignKey("ticket_type.id"))
    session_id: Col[UUID | None] = column(ForeignKey("session.id"))
    account_id: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    name: Col[str]
    email: Col[str]
    priority: Col[int]
    """Higher goes first."""
    state: Col[str]
    """waiting, offered, taken, expired or left."""
    offered_at: Col[datetime | None]
    offer_until: Col[datetime | None]
    ticket_id: Col[UUID | None] = column(ForeignKey("ticket.id"))
    created_at: Col[datetime]
    places: Col[int] = column(server_default="1")
    """How many together; once offered, how many are."""
    least: Col[int] = column(server_default="1")
    """The fewest that will do."""
    passed: Col[int] = column(server_default="0")
    """How many places went past it to others, because it waits for more than were free."""

    __table_args__ = (
        # In the order in which places are given, so that a page of a long list is read, not sorted.
        Index("ix_waitlist_entry_event", "event_id", "state", text("priority DESC"), "no"),
        *(
            Index(
                f"ix_waitlist_entry_{of}",
                *(of, "state", text("priority DESC"), "no", "event_id", "places", "least"),
            )
            for of in ("ticket_type_id", "session_id")
        ),
        Index("ix_waitlist_entry_event_id_no", "event_id", "no"),
        partial_index(
            "ix_waitlist_entry_party", "ticket_type_id", where="state = 'waiting' AND least > 1"
        ),
        partial_index("ix_waitlist_entry_due", "offer_until", where="state = 'offered'"),
        partial_index(
            "uq_waitlist_entry_type",
            "account_id",
            "ticket_type_id",
            unique=True,
            where="state IN ('waiting', 'offered') AND ticket_type_id IS NOT NULL",
        ),
        partial_index(
            "uq_waitlist_entry_session",
            "account_id",
            "session_id",
            unique=True,
            where="state IN ('waiting', 'offered') AND session_id IS NOT NULL",
        ),
    )


class RefusalRow(Base):
    """A booking that was refused because there were fewer places than it asked for."""

    __tablename__ = "refusal"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    ticket_type_id: Col[UUID | None] = column(ForeignKey("ticket_type.id"))
    """The type that was short; None where the whole event was full."""
    account_id: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    """Who asked for it; None for guests without an account, devices and the system."""
    source: Col[str]
    """As of a booking."""
    tickets: Col[int]
    """How many were asked for."""
    places: Col[int]
    """How many there were."""
    amount_minor: Col[int]
    """What those tickets would have cost."""
    refused_at: Col[datetime]

    __table_args__ = (
        Index("ix_refusal_event_id_refused_at", "event_id", "refused_at"),
        partial_index(
            "ix_refusal_ticket_type_id", "ticket_type_id", where="ticket_type_id IS NOT NULL"
        ),
    )


class QueueRequestRow(Base):
    """A booking asked for in the hour of opening, taken in order of priority."""

    __tablename__ = "queue_request"
    id: Col[UUID] = column(primary_key=True)
    no: Col[int] = column(unique=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    account_id: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    priority: Col[int]
    wish: Col[dict[str, Any]]
    """The booking as it was asked for."""
    state: Col[str]
    """waiting, confirmed, sold_out, cancelled or failed."""
    reason: Col[str]
    booking_id: Col[UUID | None] = column(ForeignKey("booking.id"))
    created_at: Col[datetime]
    decided_at: Col[datetime | None]
    said: Col[Said | None]

    __table_args__ = (
        Index("ix_queue_request_event_id_state_priority", "event_id", "state", "priority", "no"),
    )
