"""What is sold: ticket types, discount codes, seats."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, false, true

from data.schema.base import Base, Col, column, partial_index


class TicketTypeRow(Base):
    """What is sold."""

    __tablename__ = "ticket_type"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    price_minor: Col[int]
    quota: Col[int | None]
    priority: Col[int]
    position: Col[int]
    needs_approval: Col[bool]
    sales_from: Col[datetime | None]
    sales_until: Col[datetime | None]
    valid_from: Col[datetime | None]
    valid_until: Col[datetime | None]
    description: Col[str] = column(server_default="")
    active: Col[bool] = column(server_default=true())
    hidden: Col[bool] = column(server_default=false())
    """Whether it is shown only to who knows a code that unlocks it."""
    most_per_booking: Col[int | None]
    tax_bp: Col[int] = column(server_default="0")
    fee_bp: Col[int] = column(server_default="0")
    fee_minor: Col[int] = column(server_default="0")
    """Service fee for each ticket on top of its price, as a share and as an amount."""
    section_id: Col[UUID | None] = column(ForeignKey("seat_section.id", use_alter=True))
    price_chosen: Col[bool] = column(server_default=false())
    """Whether who books names the price; `price_minor` is the least then."""
    suggested_minor: Col[int | None]
    group_from: Col[int | None]
    """From how many of it in a booking on each costs `group_minor`."""
    group_minor: Col[int | None]
    admits: Col[int] = column(server_default="1")
    """How many people one of it lets in; 0 is a donation, whose ticket's state is given."""
    waitlist: Col[bool] = column(server_default=true())
    accompanied: Col[bool] = column(server_default=false())
    """Whether its holders, such as children, enter only with or behind others of the booking."""


class TicketTypeSessionRow(Base):
    """A session that a ticket type lets in to; a type without any lets in to all."""

    __tablename__ = "ticket_type_session"
    ticket_type_id: Col[UUID] = column(ForeignKey("ticket_type.id"), primary_key=True)
    session_id: Col[UUID] = column(ForeignKey("session.id"), primary_key=True)


class DiscountRow(Base):
    """A code that makes tickets cheaper, or unlocks hidden ones."""

    __tablename__ = "discount"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    code: Col[str]
    """As it is compared: folded to capitals, without spaces."""
    kind: Col[str]
    """percent (basis points), amount (minor units a ticket) or unlock."""
    value: Col[int]
    most_tickets: Col[int | None]
    valid_from: Col[datetime | None]
    valid_until: Col[datetime | None]
    active: Col[bool]
    note: Col[str]
    created_at: Col[datetime]

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class DiscountTypeRow(Base):
    """A ticket type that a code is for; a code without any is for all that are not hidden."""

    __tablename__ = "discount_type"
    discount_id: Col[UUID] = column(ForeignKey("discount.id"), primary_key=True)
    ticket_type_id: Col[UUID] = column(ForeignKey("ticket_type.id"), primary_key=True)


class SeatSectionRow(Base):
    """A part of the hall."""

    __tablename__ = "seat_section"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"), index=True)
    name: Col[str]
    position: Col[int]


class SeatRow(Base):
    """A seat: one row, one ticket at most, one hold at most."""

    __tablename__ = "seat"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    section_id: Col[UUID] = column(ForeignKey("seat_section.id"))
    label: Col[str]
    """As it is printed and said, such as A-12; unique at the event."""
    row_name: Col[str]
    row_no: Col[int]
    """Place of the row in the plan, from the stage."""
    column_no: Col[int]
    """Place in the row; a gap in the numbers is an aisle."""
    blocked: Col[bool]
    ticket_id: Col[UUID | None] = column(ForeignKey("ticket.id"), unique=True)
    held_by: Col[UUID | None]
    held_until: Col[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "label"),
        UniqueConstraint("section_id", "row_no", "column_no"),
        partial_index("ix_seat_held_by", "held_by", where="held_by IS NOT NULL"),
    )
