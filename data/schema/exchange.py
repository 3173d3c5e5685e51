"""What the house keeps for its exports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint

from data.schema.base import Base, Col, Said, column, partial_index


class ExportSetRow(Base):
    """A named set of columns of a list, and when it is written by itself."""

    __tablename__ = "export_set"
    id: Col[UUID] = column(primary_key=True)
    event_id: Col[UUID] = column(ForeignKey("event.id"))
    name: Col[str]
    folder: Col[str]
    """Its folder below the exports; unique in the event, also where a file system has no case."""
    listing: Col[str]
    form: Col[str]
    columns: Col[list[str]]
    """Headings in their order; empty is all of the list."""
    conditions: Col[list[Any]]
    """Each a column, a comparison and a value."""
    sort: Col[str]
    descending: Col[bool]
    every: Col[str]
    """day, week, hours; "" is by hand."""
    minute: Col[int]
    weekday: Col[int]
    hours: Col[int]
    keep: Col[int]
    due_at: Col[datetime | None]
    """The next due time; None where nothing is due any more."""
    try_at: Col[datetime | None]
    """When somebody looks at it next: the due time, the end of a lease, or the next try."""
    lease: Col[str | None]
    """Who is writing it."""
    files: Col[list[str]]
    """The files that were written by themselves and stay, below the exports, the newest last."""
    last_at: Col[datetime | None]
    problem: Col[str]
    """Why the last try came to nothing; "" where it did not."""
    said: Col[Said | None]
    made_by: Col[UUID | None] = column(ForeignKey("account.id"))
    """Who is told when it fails; None where the command line made it."""
    created_at: Col[datetime]

    __table_args__ = (
        UniqueConstraint("event_id", "folder"),
        partial_index("ix_export_set_try", "try_at", where="try_at IS NOT NULL"),
    )
