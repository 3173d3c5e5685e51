"""People who can sign in, and what they may do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


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
    ban_reason: Mapped[str] = mapped_column(server_default="")
    erased_at: Mapped[datetime | None]
    commission_bp: Mapped[int | None]
    """What the installation keeps of this organizer's sales, in basis points; None is the usual."""
    desk_pin_hash: Mapped[str | None]
    """PIN with which a supervisor approves at somebody else's desk; None has none."""
    folded_name: Mapped[str] = mapped_column(server_default="", index=True)
    """The name without case and accents, as it is searched for."""


class WrongTryRow(Base):
    """Wrong secrets in a row, counted alike for accounts that exist and that do not."""

    __tablename__ = "wrong_try"
    subject: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]


class EventRoleRow(Base):
    """What an account may do at an event."""

    __tablename__ = "event_role"
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    role: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(server_default="[]")
    """What a co-host was granted."""


class ProfileRow(Base):
    """What a person tells about themselves; only for their own events and badges."""

    __tablename__ = "profile"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    pronouns: Mapped[str] = mapped_column(server_default="")
    organization: Mapped[str] = mapped_column(server_default="")
    badge_line: Mapped[str] = mapped_column(server_default="")
    interests: Mapped[list[str]] = mapped_column(server_default="[]")
    language: Mapped[str] = mapped_column(server_default="")
    dietary: Mapped[str] = mapped_column(server_default="")
    access_needs: Mapped[str] = mapped_column(server_default="")
    payment_method: Mapped[str] = mapped_column(server_default="")
    """The method that is offered first: cash, terminal, transfer, …"""
    payment_reference: Mapped[str] = mapped_column(server_default="")
    """A reference the person knows it by; never card data."""
    silenced: Mapped[list[str]] = mapped_column(server_default="[]")
    """Kinds of notices the person does not want."""
    changed_at: Mapped[datetime]


class OneTimeCodeRow(Base):
    """A code that sets a new secret once, kept as a hash."""

    __tablename__ = "one_time_code"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class NoticeRow(Base):
    """Something a person is told inside the program."""

    __tablename__ = "notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notice_account_id_created_at", "account_id", "created_at"),
        Index("ix_notice_unread", "account_id", sqlite_where=text("read_at IS NULL")),
        Index(
            "ix_notice_announcement",
            "subject_id",
            sqlite_where=text("subject_kind = 'announcement'"),
        ),
    )


class AnnouncementRow(Base):
    """What the team of an event wrote to its guests."""

    __tablename__ = "announcement"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[str]
    """all, types or sessions."""
    chosen: Mapped[list[str]]
    """Ids of the ticket types or sessions, as text."""
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    told: Mapped[int]
    told_through: Mapped[UUID | None]
    """The last account that was told, in the order of ids; None before the first."""
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_announcement_event_id_sent_at", "event_id", "sent_at"),
        Index("ix_announcement_unfinished", "sent_at", sqlite_where=text("finished_at IS NULL")),
    )


class InvitationRow(Base):
    """An e-mail address that may see and book an event that is by invitation only."""

    __tablename__ = "invitation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    email: Mapped[str]
    invited_at: Mapped[datetime]
    vip: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (UniqueConstraint("event_id", "email"),)
