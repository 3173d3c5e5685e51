"""Events."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


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
    folded_name: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    """Markdown."""
    category: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venue.id", use_alter=True))
    online_url: Mapped[str] = mapped_column(server_default="")
    capacity: Mapped[int | None]
    visibility: Mapped[str] = mapped_column(server_default="public")
    """public, private (by its access code) or invited."""
    access_code: Mapped[str] = mapped_column(server_default="")
    refusal: Mapped[str] = mapped_column(server_default="")
    """Why an admin sent it back; "" when nobody did."""
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    commission_bp: Mapped[int | None]
    """What the installation keeps of this event's sales; None asks the owner's terms."""
    prices_include_tax: Mapped[bool] = mapped_column(server_default=true())
    hold_minutes: Mapped[int] = mapped_column(server_default="15")
    """How long a booking that is not paid holds its places."""
    offer_minutes: Mapped[int] = mapped_column(server_default="120")
    """How long a freed place is offered to one on the waitlist."""
    waitlist_auto: Mapped[bool] = mapped_column(server_default=false())
    """Whether a freed place is given without asking."""
    cancel_until: Mapped[datetime | None]
    """Until when attendees may cancel by themselves; None is until the event begins."""
    cancel_fee_bp: Mapped[int] = mapped_column(server_default="0")
    cancel_fee_minor: Mapped[int] = mapped_column(server_default="0")
    transfer_until: Mapped[datetime | None]
    queue_from: Mapped[datetime | None]
    """When requests are collected for the hour of opening, and until when."""
    queue_until: Mapped[datetime | None]
    invoice_sender: Mapped[str] = mapped_column(server_default="")
    """Name, address and tax number as receipts and invoices print them, in lines."""
    bank_details: Mapped[str] = mapped_column(server_default="")
    badge_layout: Mapped[str] = mapped_column(server_default="")
    """Name of the layout of its badges; "" is the printer's own."""
    badge_correction: Mapped[bool] = mapped_column(server_default=false())
    """Whether guests may correct name and second line at the kiosk before the badge prints."""
    reprint_limit: Mapped[int] = mapped_column(server_default="1")
    """Badges of one ticket that staff may print again without a supervisor."""

    __table_args__ = (Index("ix_event_state_starts_at", "state", "starts_at"),)


class VenueRow(Base):
    """Where an event happens."""

    __tablename__ = "venue"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    capacity: Mapped[int | None]


class RoomRow(Base):
    """A room of a venue."""

    __tablename__ = "room"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venue.id"), index=True)
    name: Mapped[str]
    capacity: Mapped[int | None]


class SessionRow(Base):
    """One item of the programme."""

    __tablename__ = "session"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    title: Mapped[str]
    description: Mapped[str]
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    tags: Mapped[list[str]] = mapped_column(server_default="[]")
    capacity: Mapped[int | None]
    sign_up: Mapped[bool]
    """Whether people say beforehand that they come."""
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_session_event_id_starts_at", "event_id", "starts_at"),)


class SpeakerRow(Base):
    """Somebody who speaks at an event."""

    __tablename__ = "speaker"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    organization: Mapped[str]
    biography: Mapped[str]
    email: Mapped[str]
    link: Mapped[str]


class SessionSpeakerRow(Base):
    """Who speaks in which session."""

    __tablename__ = "session_speaker"
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    speaker_id: Mapped[UUID] = mapped_column(ForeignKey("speaker.id"), primary_key=True, index=True)
    position: Mapped[int]


class SponsorRow(Base):
    """Who supports an event."""

    __tablename__ = "sponsor"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    level: Mapped[str]
    line: Mapped[str]
    link: Mapped[str]
    on_badges: Mapped[bool]
    position: Mapped[int]
    logo: Mapped[str] = mapped_column(server_default="")
    """A PNG in Base64; "" is none."""


class SignUpRow(Base):
    """A person who comes to a session."""

    __tablename__ = "sign_up"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("session_id", "account_id"),)
