"""Mails: their words as organizers wrote them, and who wants none."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey

from data.schema.base import Base, Col, column


class MailTextRow(Base):
    """How a kind of mail of an event reads in a language, where somebody changed it."""

    __tablename__ = "mail_text"
    event_id: Col[UUID] = column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    kind: Col[str] = column(primary_key=True)
    language: Col[str] = column(primary_key=True)
    subject: Col[str]
    text: Col[str]
    changed_at: Col[datetime]


class MailStopRow(Base):
    """An address that has no account and wants no mail but what its bookings need."""

    __tablename__ = "mail_stop"
    digest: Col[str] = column(primary_key=True)
    """SHA-256 of the address in its one spelling: the wish outlives the person's data."""
    stopped_at: Col[datetime]
