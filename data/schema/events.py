"""Events."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, true

from data.schema.base import Base, Col, column


class EventRow(Base):
    """An event."""

    __tablename__ = "event"
    id: Col[UUID] = column(primary_key=True)
    number: Col[int] = column(unique=True)
    code: Col[str] = column(unique=True)
    name: Col[str]
    state: Col[str]
    time_zone: Col[str]
    starts_at: Col[datetime]
    ends_at: Col[datetime]
    currency: Col[str]
    currency_exponent: Col[int]
    staff_pin_hash: Col[str | None]
    created_at: Col[datetime]
    folded_name: Col[str] = column(server_default="")
    description: Col[str] = column(server_default="")
    """Markdown."""
    category: Col[str] = column(server_default="")
    language: Col[str] = column(server_default="")
    venue_id: Col[UUID | None] = column(ForeignKey("venue.id", use_alter=True))
    online_url: Col[str] = column(server_default="")
    capacity: Col[int | None]
    visibility: Col[str] = column(server_default="public")
    """public, private (by its access code) or invited."""
    access_code: Col[str] = column(server_default="")
    refusal: Col[str] = column(server_default="")
    """Why an admin sent it back; "" when nobody did."""
    submitted_at: Col[datetime | None]
    published_at: Col[datetime | None]
    cancelled_at: Col[datetime | None]
    owner_id: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    commission_bp: Col[int | None]
    """What the installation keeps of this event's sales; None asks the owner's terms."""
    prices_include_tax: Col[bool] = column(server_default=true())
    hold_minutes: Col[int] = column(server_default="15")
    """How long a booking that is not paid holds its places."""
    offer_minutes: Col[int] = column(server_default="120")
    """How long a freed place is offered to one on the waitlist."""
    waitlist_auto: Col[bool] = column(server_default=false())
    """Whether a freed place is given without asking."""
    reminders: Col[str] = column(server_default="day")
    """When guests are reminded of its begin, a member of `Reminders`."""
    cancel_until: Col[datetime | None]
    """Until when attendees may cancel by themselves; None is until the event begins."""
    cancel_fee_bp: Col[int] = column(server_default="0")
    cancel_fee_minor: Col[int] = column(server_default="0")
    transfer_until: Col[datetime | None]
    queue_from: Col[datetime | None]
    """When requests are collected for the hour of opening, and until when."""
    queue_until: Col[datetime | None]
    invoice_sender: Col[str] = column(server_default="")
    """Name, address and tax number as receipts and invoices print them, in lines."""
    reverse_charge: Col[bool] = column(server_default=false())
    """Whether companies of other countries of the EU owe the tax themselves."""
    bank_details: Col[str] = column(server_default="")
    badge_layout: Col[str] = column(server_default="")
    """Name of the layout of its badges; "" is the printer's own."""
    badge_correction: Col[bool] = column(server_default=false())
    """Whether guests may correct name and second line at the kiosk before the badge prints."""
    own_badges: Col[bool] = column(server_default=false())
    """Whether guests print their badge by themselves, once."""
    reprint_limit: Col[int] = column(server_default="1")
    """Badges of one ticket that staff may print again without a supervisor."""
    guest_bookings: Col[bool] = column(server_default=true())
    """Whether people book without an account."""
    public_sales: Col[bool] = column(server_default=false())
    """Whether everybody may see what is sold and left."""

    __table_args__ = (Index("ix_event_state_starts_at", "state", "starts_at"),)


class EventErasureRow(Base):
    """When the personal data of an event go, and how far their erasure has come."""

    __tablename__ = "event_erasure"
    event_id: Col[UUID] = column(ForeignKey("event.id"), primary_key=True)
    days: Col[int | None]
    """How many days after its end; None never by itself."""
    not_before: Col[datetime | None]
    """Until when somebody put it off."""
    begun_at: Col[datetime | None]
    log_read: Col[int] = column(server_default="0")
    """Number of the last entry of the audit that names were taken out of."""
    bookings: Col[int] = column(server_default="0")
    """How many lost their name so far; so do tickets and entries of waitlists."""
    tickets: Col[int] = column(server_default="0")
    entries: Col[int] = column(server_default="0")
    erased_at: Col[datetime | None]


class VenueRow(Base):
    """Where an event happens."""

    __tablename__ = "venue"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    address: Col[str]
    capacity: Col[int | None]


class RoomRow(Base):
    """A room of a venue."""

    __tablename__ = "room"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    venue_id: Col[UUID] = column(ForeignKey("venue.id"), index=True)
    name: Col[str]
    capacity: Col[int | None]


class SessionRow(Base):
    """One item of the programme."""

    __tablename__ = "session"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    title: Col[str]
    description: Col[str]
    room_id: Col[UUID | None] = column(ForeignKey("room.id"), index=True)
    starts_at: Col[datetime]
    ends_at: Col[datetime]
    tags: Col[list[str]] = column(server_default="[]")
    capacity: Col[int | None]
    sign_up: Col[bool]
    """Whether people say beforehand that they come."""
    cancelled_at: Col[datetime | None]

    __table_args__ = (Index("ix_session_event_id_starts_at", "event_id", "starts_at"),)


class CalendarEntryRow(Base):
    """What calendars were told last of an event or a session, so that they see what is newer."""

    __tablename__ = "calendar_entry"
    id: Col[UUID] = column(primary_key=True)
    """The event's or the session's."""
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    facts: Col[str]
    """A digest of title, time, place, and whether it takes place."""
    sequence: Col[int]
    changed_at: Col[datetime]


class SpeakerRow(Base):
    """Somebody who speaks at an event."""

    __tablename__ = "speaker"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    organization: Col[str]
    biography: Col[str]
    email: Col[str]
    link: Col[str]


class SessionSpeakerRow(Base):
    """Who speaks in which session."""

    __tablename__ = "session_speaker"
    session_id: Col[UUID] = column(ForeignKey("session.id"), primary_key=True)
    speaker_id: Col[UUID] = column(ForeignKey("speaker.id"), primary_key=True, index=True)
    position: Col[int]


class SponsorRow(Base):
    """Who supports an event."""

    __tablename__ = "sponsor"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    level: Col[str]
    line: Col[str]
    link: Col[str]
    on_badges: Col[bool]
    position: Col[int]
    logo: Col[str] = column(server_default="")
    """A PNG in Base64; "" is none."""


class SignUpRow(Base):
    """A person who comes to a session."""

    __tablename__ = "sign_up"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    session_id: Col[UUID] = column(ForeignKey("session.id"))
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    created_at: Col[datetime]

    __table_args__ = (UniqueConstraint("session_id", "account_id"),)
