"""What is sold: ticket types, discount codes, seats."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


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
    description: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default=true())
    hidden: Mapped[bool] = mapped_column(server_default=false())
    """Whether it is shown only to who knows a code that unlocks it."""
    most_per_booking: Mapped[int | None]
    tax_bp: Mapped[int] = mapped_column(server_default="0")
    fee_bp: Mapped[int] = mapped_column(server_default="0")
    fee_minor: Mapped[int] = mapped_column(server_default="0")
    """Service fee for each ticket on top of its price, as a share and as an amount."""
    section_id: Mapped[UUID | None] = mapped_column(ForeignKey("seat_section.id", use_alter=True))
    waitlist: Mapped[bool] = mapped_column(server_default=true())
    accompanied: Mapped[bool] = mapped_column(server_default=false())
    """Whether its holders, such as children, enter only with or behind others of the booking."""


class TicketTypeSessionRow(Base):
    """A session that a ticket type lets in to; a type without any lets in to all."""

    __tablename__ = "ticket_type_session"
    ticket_type_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)


class DiscountRow(Base):
    """A code that makes tickets cheaper, or unlocks hidden ones."""

    __tablename__ = "discount"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str]
    """As it is compared: folded to capitals, without spaces."""
    kind: Mapped[str]
    """percent (basis points), amount (minor units a ticket) or unlock."""
    value: Mapped[int]
    most_tickets: Mapped[int | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    active: Mapped[bool]
    note: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class DiscountTypeRow(Base):
    """A ticket type that a code is for; a code without any is for all that are not hidden."""

    __tablename__ = "discount_type"
    discount_id: Mapped[UUID] = mapped_column(ForeignKey("discount.id"), primary_key=True)
    ticket_type_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)


class SeatSectionRow(Base):
    """A part of the hall."""

    __tablename__ = "seat_section"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    position: Mapped[int]


class SeatRow(Base):
    """A seat: one row, one ticket at most, one hold at most."""

    __tablename__ = "seat"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("seat_section.id"))
    label: Mapped[str]
    """As it is printed and said, such as A-12; unique at the event."""
    row_name: Mapped[str]
    row_no: Mapped[int]
    """Place of the row in the plan, from the stage."""
    column_no: Mapped[int]
    """Place in the row; a gap in the numbers is an aisle."""
    blocked: Mapped[bool]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), unique=True)
    held_by: Mapped[UUID | None]
    held_until: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "label"),
        UniqueConstraint("section_id", "row_no", "column_no"),
        Index("ix_seat_held_by", "held_by", sqlite_where=text("held_by IS NOT NULL")),
    )
