"""People who can sign in, and what they may do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false

from data.schema.base import Base, Col, Said, column, partial_index


class AccountRow(Base):
    """A person who can sign in."""

    __tablename__ = "account"
    id: Col[UUID] = column(primary_key=True)
    email: Col[str] = column(unique=True)
    name: Col[str]
    is_admin: Col[bool]
    secret_kind: Col[str]
    secret_hash: Col[str]
    banned_at: Col[datetime | None]
    created_at: Col[datetime]
    ban_reason: Col[str] = column(server_default="")
    erased_at: Col[datetime | None]
    commission_bp: Col[int | None]
    """What the installation keeps of this organizer's sales, in basis points; None is the usual."""
    desk_pin_hash: Col[str | None]
    """PIN with which a supervisor approves at somebody else's desk; None has none."""
    folded_name: Col[str] = column(server_default="", index=True)
    """The name without case and accents, as it is searched for."""


class WrongTryRow(Base):
    """Wrong secrets in a row, counted alike for accounts that exist and that do not."""

    __tablename__ = "wrong_try"
    subject: Col[str] = column(primary_key=True)
    tries: Col[int]
    last_at: Col[datetime]


class EventRoleRow(Base):
    """What an account may do at an event."""

    __tablename__ = "event_role"
    event_id: Col[UUID] = column(ForeignKey("event.id"), primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), primary_key=True, index=True)
    role: Col[str]
    permissions: Col[list[str]] = column(server_default="[]")
    """What a co-host was granted."""


class ProfileRow(Base):
    """What a person tells about themselves; only for their own events and badges."""

    __tablename__ = "profile"
    account_id: Col[UUID] = column(ForeignKey("account.id"), primary_key=True)
    pronouns: Col[str] = column(server_default="")
    organization: Col[str] = column(server_default="")
    badge_line: Col[str] = column(server_default="")
    interests: Col[list[str]] = column(server_default="[]")
    language: Col[str] = column(server_default="")
    dietary: Col[str] = column(server_default="")
    access_needs: Col[str] = column(server_default="")
    payment_method: Col[str] = column(server_default="")
    """The method that is offered first: cash, terminal, transfer, …"""
    payment_reference: Col[str] = column(server_default="")
    """A reference the person knows it by; never card data."""
    silenced: Col[list[str]] = column(server_default="[]")
    """Kinds of notices the person does not want."""
    changed_at: Col[datetime]


class CalendarLinkRow(Base):
    """The secret address of a person's calendar, made of the house's keys."""

    __tablename__ = "calendar_link"
    account_id: Col[UUID] = column(ForeignKey("account.id"), primary_key=True)
    issue: Col[int]
    """How often it was made anew; addresses with another number open nothing."""
    is_open: Col[bool]
    made_at: Col[datetime]


class OneTimeCodeRow(Base):
    """A code that sets a new secret once, kept as a hash."""

    __tablename__ = "one_time_code"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    code_hash: Col[str]
    made_by: Col[str]
    created_at: Col[datetime]
    expires_at: Col[datetime]
    used_at: Col[datetime | None]


class SecondStepRow(Base):
    """What a person proves at sign-in beside the password: a code of an app."""

    __tablename__ = "second_step"
    account_id: Col[UUID] = column(ForeignKey("account.id"), primary_key=True)
    sealed: Col[bytes]
    """The secret shared with the app, sealed by a key of the key folder."""
    last_step: Col[int]
    """The time step of the code that was used last; it and those before are used up."""
    begun_at: Col[datetime]
    confirmed_at: Col[datetime | None]
    """When the first code was typed; None while nothing is asked for yet."""


class RecoveryCodeRow(Base):
    """A code that stands in once for that of an app, kept as a hash keyed by the key folder."""

    __tablename__ = "recovery_code"
    account_id: Col[UUID] = column(ForeignKey("account.id"), primary_key=True)
    code_hash: Col[str] = column(primary_key=True)
    used_at: Col[datetime | None]


class LinkedIdentityRow(Base):
    """A person at a provider elsewhere who may sign in to an account."""

    __tablename__ = "linked_identity"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    issuer: Col[str]
    subject: Col[str]
    """Who they are there, for ever."""
    email: Col[str]
    given: Col[list[str]] = column(server_default="[]")
    """The roles that came by groups there: `admin`, or a role and the id of an event."""
    linked_at: Col[datetime]
    used_at: Col[datetime | None]

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class PasskeyRow(Base):
    """A passkey (WebAuthn) that signs in to an account."""

    __tablename__ = "passkey"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    name: Col[str]
    credential_id: Col[bytes] = column(unique=True)
    """What the person's device knows it by."""
    public_key: Col[bytes]
    """As SubjectPublicKeyInfo (RFC 5280), in DER."""
    host: Col[str]
    """The host of the page where it was made, which alone it signs in at."""
    counter: Col[int]
    """How often the device used it, as it said last; 0 where it does not count."""
    made_at: Col[datetime]
    used_at: Col[datetime | None]


class SpentChallengeRow(Base):
    """A challenge that a passkey has answered; it is kept until it would be over."""

    __tablename__ = "spent_challenge"
    challenge: Col[bytes] = column(primary_key=True)
    until: Col[datetime]


class NoticeRow(Base):
    """Something a person is told inside the program."""

    __tablename__ = "notice"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"))
    event_id: Col[UUID | None] = column(ForeignKey("event.id"))
    kind: Col[str]
    title: Col[str]
    body: Col[str]
    subject_kind: Col[str]
    subject_id: Col[UUID | None]
    created_at: Col[datetime]
    read_at: Col[datetime | None]
    said: Col[Said | None]

    __table_args__ = (
        Index("ix_notice_account_id_created_at", "account_id", "created_at"),
        partial_index("ix_notice_unread", "account_id", where="read_at IS NULL"),
        partial_index(
            "ix_notice_announcement", "subject_id", where="subject_kind = 'announcement'"
        ),
    )


class AnnouncementRow(Base):
    """What the team of an event wrote to its guests."""

    __tablename__ = "announcement"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    title: Col[str]
    body: Col[str]
    audience: Col[str]
    """A member of `Audience`."""
    chosen: Col[list[str]]
    """Ids of the ticket types or sessions, as text."""
    sent_at: Col[datetime]
    sent_by: Col[UUID | None] = column(ForeignKey("account.id"), index=True)
    told: Col[int]
    told_through: Col[UUID | None]
    """The last account that was told, in the order of ids; None before the first."""
    finished_at: Col[datetime | None]
    hold: Col[str] = column(server_default="")
    """`paused` or `stopped` where somebody holds what is not out yet; "" lets it go."""

    __table_args__ = (
        Index("ix_announcement_event_id_sent_at", "event_id", "sent_at"),
        partial_index("ix_announcement_unfinished", "sent_at", where="finished_at IS NULL"),
    )


class InvitationRow(Base):
    """An e-mail address that may see and book an event that is by invitation only."""

    __tablename__ = "invitation"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    email: Col[str]
    invited_at: Col[datetime]
    vip: Col[bool] = column(server_default=false())

    __table_args__ = (UniqueConstraint("event_id", "email"),)
