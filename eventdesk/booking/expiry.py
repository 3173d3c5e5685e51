"""Deadlines of unpaid bookings: what is not paid in time gives its places back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from data.bulk import chunks
from data.schema import BookingRow, EventRow, TicketRow
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.audit import record
from eventdesk.acts.deadlines import DUE, overdue_ids, past_deadline
from eventdesk.acts.notices import notify
from eventdesk.acts.store_clock import may_end
from eventdesk.core.booking_states import EXPIRED
from eventdesk.events.event_notices import tell_organizers
from eventdesk.money.invoices import correct_invoice
from eventdesk.money.ledger import sync_sales
from eventdesk.seating.seats import free_seats


def expire_due(connection: Connection, event_id: UUID | None, now: datetime) -> list[UUID]:
    """End the unpaid bookings past their deadline with their tickets; seats and places are free.

    While nobody knows whether the clock is right (`store_clock`), none ends.

    One of which a part was paid keeps its tickets: the deadline goes, what is due stays, and
    whether that is enough is for the organizer to say, who is told.

    Args:
        connection: The write transaction.
        event_id: The event; None is all of them.
        now: The store's clock.

    Returns:
        The bookings that ended.
    """
    query = due_query(now)
    # The event is compared here: its index would lead through all of its bookings.
    due = [row for row in connection.execute(query) if event_id in (None, row.event_id)]
    if not due or not may_end(connection, now):
        return []
    over = overdue_ids(connection, now)
    kept = [row for row in due if row.id not in over]
    ended = [row for row in due if row.id in over]
    _end(connection, ended, now)
    _keep(connection, kept, now)
    return [row.id for row in ended]


def events_with_due(connection: Connection, now: datetime) -> list[UUID]:
    """The events that have bookings past their deadline; asked before anything is locked."""
    # DISTINCT would make SQLite go through all bookings in the order of their events.
    return list(dict.fromkeys(row.event_id for row in connection.execute(due_query(now))))


def due_query(now: datetime) -> Select[UUID, UUID, UUID | None, str, str]:
    """The unpaid bookings of all events past their deadline, in the order of the deadlines."""
    return (
        select(DUE.id, DUE.event_id, DUE.account_id, DUE.code, EventRow.name.label("event_name"))
        .join(EventRow, EventRow.id == DUE.event_id)
        .where(*past_deadline(now))
        .order_by(DUE.expires_at)
    )


def _end(connection: Connection, ended: Sequence[Any], now: datetime) -> None:
    for ids in chunks(row.id for row in ended):
        tickets = TicketRow.booking_id.in_(ids), TicketRow.state == "valid"
        ticket_ids = connection.execute(select(TicketRow.id).where(*tickets)).scalars().all()
        connection.execute(update(TicketRow).where(*tickets).values(state=EXPIRED))
        for some in chunks(ticket_ids):
            free_seats(connection, some, now=now)
        connection.execute(
            update(BookingRow)
            .where(BookingRow.id.in_(ids))
            .values(state=EXPIRED, total_minor=BookingRow.kept_minor, expires_at=None)
        )
        sync_sales(connection, ids, now=now, memo="expired")
    for row in ended:
        correct_invoice(connection, row.id, now=now)
        title = f"Booking {row.code} was not paid in time"
        body = f"{row.event_name}: its places are free again. You may book anew."
        _tell(connection, row, "cancellation", title, body, now)
        subject = ("booking", row.id)
        record(connection, SYSTEM, "expire_booking", subject, now=now, event_id=row.event_id)


def _keep(connection: Connection, kept: Sequence[Any], now: datetime) -> None:
    for row in kept:
        connection.execute(
            update(BookingRow).where(BookingRow.id == row.id).values(expires_at=None)
        )
        title = f"Booking {row.code} is not paid in full"
        body = f"{row.event_name}: please pay the rest, or ask the organizer."
        _tell(connection, row, "payment", title, body, now)
        body = "A part was paid, so it keeps its places: collect the rest, or cancel it."
        tell_organizers(connection, row.event_id, "payment", title, body, now=now)
        subject = ("booking", row.id)
        record(connection, SYSTEM, "keep_part_paid", subject, now=now, event_id=row.event_id)


def _tell(
    connection: Connection, row: Any, kind: str, title: str, body: str, now: datetime
) -> None:
    subject = ("booking", row.id)
    notify(
        connection,
        row.account_id,
        kind,
        title,
        body,
        now=now,
        event_id=row.event_id,
        subject=subject,
    )
