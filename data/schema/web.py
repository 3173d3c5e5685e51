"""Who calls from elsewhere, and what was called."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey

from data.schema.base import Base, Col, column


class ApiTokenRow(Base):
    """A token with which a program calls in the name of a person; kept as a hash."""

    __tablename__ = "api_token"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    name: Col[str]
    secret_hash: Col[str] = column(unique=True)
    """SHA-256 of the secret, which is random and long enough that nothing slower is needed."""
    permissions: Col[list[str]] = column(server_default="[]")
    """What it may be used for at most."""
    created_at: Col[datetime]
    expires_at: Col[datetime]
    used_at: Col[datetime | None]
    """About when it was used last; written at most once a minute."""
    ended_at: Col[datetime | None]


class CallRow(Base):
    """A call that came with a key of its own, so that a repetition is the same call."""

    __tablename__ = "call"
    caller: Col[str] = column(primary_key=True)
    """Whose key it is: an account, a device or a visitor's address, hashed."""
    key: Col[str] = column(primary_key=True)
    verb: Col[str]
    asked_hash: Col[str]
    """SHA-256 of the arguments: another question with the same key is refused."""
    answer: Col[str | None]
    """What it gave, as JSON; None while a use case of several steps runs, or was cut off."""
    created_at: Col[datetime] = column(index=True)


class AppSessionRow(Base):
    """A sign-in of an app; its tokens are made of a key of the house, so none is kept here."""

    __tablename__ = "app_session"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    name: Col[str]
    """What the app calls itself, for the person to tell their sign-ins apart."""
    renewals: Col[int]
    """How often it was renewed, and so which refresh token is the last."""
    created_at: Col[datetime]
    used_at: Col[datetime]
    """When it was renewed last."""
    expires_at: Col[datetime]
    ended_at: Col[datetime | None]


class WebSessionRow(Base):
    """A session of a person who signed in with a browser; what the browser keeps is hashed here."""

    __tablename__ = "web_session"
    id: Col[UUID] = column(primary_key=True)
    account_id: Col[UUID] = column(ForeignKey("account.id"), index=True)
    secret_hash: Col[str] = column(unique=True)
    browser: Col[str]
    """What the browser called itself, for the person to tell their sessions apart."""
    created_at: Col[datetime]
    used_at: Col[datetime]
    """About when it was used last; written at most once a minute."""
    expires_at: Col[datetime]
    ended_at: Col[datetime | None]


class PairedDeviceRow(Base):
    """A device that works through this house: a desk or a kiosk on another machine."""

    __tablename__ = "paired_device"
    id: Col[UUID] = column(ForeignKey("device.id"), primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    role: Col[str]
    """desk or kiosk."""
    list_id: Col[UUID | None] = column(ForeignKey("check_in_list.id", ondelete="SET NULL"))
    """The list it checks in at; None asks whoever works there."""
    gate_id: Col[UUID | None] = column(ForeignKey("gate.id", ondelete="SET NULL"))
    printer_id: Col[UUID | None] = column(ForeignKey("printer.id", ondelete="SET NULL"))
    """Where its badges come out first; None is as its gate has it."""
    secret_hash: Col[str] = column(unique=True)
    paired_by: Col[UUID | None] = column(ForeignKey("account.id"))
    """Who offered the pairing; None is whoever owns the files."""
    paired_at: Col[datetime]
    seen_at: Col[datetime]
    """About when it was heard of last; written every few seconds, for all devices at once."""


class PairingOfferRow(Base):
    """A one-time code with which a device pairs, and what it is going to be; kept as a hash."""

    __tablename__ = "pairing_offer"
    code_hash: Col[str] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    role: Col[str]
    list_id: Col[UUID | None] = column(ForeignKey("check_in_list.id", ondelete="SET NULL"))
    gate_id: Col[UUID | None] = column(ForeignKey("gate.id", ondelete="SET NULL"))
    printer_id: Col[UUID | None] = column(ForeignKey("printer.id", ondelete="SET NULL"))
    offered_by: Col[UUID | None] = column(ForeignKey("account.id"))
    expires_at: Col[datetime]
    device_id: Col[UUID | None] = column(ForeignKey("device.id"))
    """The device that paired with it; None while none did."""
