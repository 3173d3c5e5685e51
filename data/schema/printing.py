"""Printers, and where they stand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey

from data.schema.base import Base, Col, column


class PrinterRow(Base):
    """A printer of badges, of the whole installation."""

    __tablename__ = "printer"
    id: Col[UUID] = column(primary_key=True)
    name: Col[str] = column(unique=True)
    spec: Col[str]
    """Its kind and address, as `badges.printers.open_printer` reads it."""
    layout: Col[str]
    """Name of the layout that fits its paper; "" is the event's."""
    device_id: Col[UUID | None] = column(ForeignKey("device.id"))
    """The only machine it can be reached from; None is any."""
    enabled: Col[bool]
    position: Col[int]
    """Order in which printers take over from each other."""
    labels_left: Col[int | None]
    """Labels on the roll; None where nobody counts them."""
    labels_warn: Col[int]
    """From how many left on it says so."""
    health: Col[str]
    """As it was seen last: unknown, ready, paper_out, cover_open, error or offline."""
    health_text: Col[str]
    checked_at: Col[datetime | None]
    leased_by: Col[str | None]
    """The courier that drives it just now: one at a time."""
    leased_until: Col[datetime | None]
    created_at: Col[datetime]


class PrinterGateRow(Base):
    """A gate that a printer stands at; a printer without any stands everywhere."""

    __tablename__ = "printer_gate"
    printer_id: Col[UUID] = column(ForeignKey("printer.id"), primary_key=True)
    gate_id: Col[UUID] = column(ForeignKey("gate.id"), primary_key=True)
