"""Printers, and where they stand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class PrinterRow(Base):
    """A printer of badges, of the whole installation."""

    __tablename__ = "printer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    spec: Mapped[str]
    """Its kind and address, as `badges.printers.open_printer` reads it."""
    layout: Mapped[str]
    """Name of the layout that fits its paper; "" is the event's."""
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    """The only machine it can be reached from; None is any."""
    enabled: Mapped[bool]
    position: Mapped[int]
    """Order in which printers take over from each other."""
    labels_left: Mapped[int | None]
    """Labels on the roll; None where nobody counts them."""
    labels_warn: Mapped[int]
    """From how many left on it says so."""
    health: Mapped[str]
    """As it was seen last: unknown, ready, paper_out, cover_open, error or offline."""
    health_text: Mapped[str]
    checked_at: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    """The courier that drives it just now: one at a time."""
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PrinterGateRow(Base):
    """A gate that a printer stands at; a printer without any stands everywhere."""

    __tablename__ = "printer_gate"
    printer_id: Mapped[UUID] = mapped_column(ForeignKey("printer.id"), primary_key=True)
    gate_id: Mapped[UUID] = mapped_column(ForeignKey("gate.id"), primary_key=True)
