"""Deadlines of unpaid bookings: what is not paid in time gives its places back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from data.bulk import chunks
from data.schema import BookingRow, EventRow, TicketRow
from eventdesk.acts.act import Act
from eventdesk.acts.deadlines import DUE, overdue_ids, past_deadline
from eventdesk.acts.store_clock import may_end
from eventdesk.core.booking_states import EXPIRED
from eventdesk.events.event_notices import tell_organizers
from eventdesk.money.invoices import correct_invoice
from eventdesk.money.ledger import sync_sales
from eventdesk.seating.seats import free_seats


def expire_due(act: Act, event_id: UUID | None) -> list[UUID]:
    """End the unpaid bookings past their deadline with their tickets; seats and places are free.

    While nobody knows whether the clock is right (`store_clock`), none ends.

    One of which a part was paid keeps its tickets: the deadline goes, what is due stays, and
    whether that is enough is for the organizer to say, who is told.

    Args:
        event_id: The event; None is all of them.

    Returns:
        The bookings that ended.
    """
    query = due_query(act.now)
    # The event is compared here: its index would lead through all of its bookings.
    due = [row for row in act.connection.execute(query) if event_id in (None, row.event_id)]
    if not due or not may_end(act):
        return []
    over = overdue_ids(act.connection, act.now)
    kept = [row for row in due if row.id not in over]
    ended = [row for row in due if row.id in over]
    _end(act, ended)
    _keep(act, kept)
    return [row.id for row in ended]


def events_with_due(act: Act) -> list[UUID]:
    """The events that have bookings past their deadline; asked before anything is locked."""
    # DISTINCT would make SQLite go through all bookings in the order of their events.
    return list(dict.fromkeys(row.event_id for row in act.connection.execute(due_query(act.now))))


def due_query(now: datetime) -> Select[UUID, UUID, UUID | None, str, str]:
    """The unpaid bookings of all events past their deadline, in the order of the deadlines."""
    return (
        select(DUE.id, DUE.event_id, DUE.account_id, DUE.code, EventRow.name.label("event_name"))
        .join(EventRow, EventRow.id == DUE.event_id)
        .where(*past_deadline(now))
        .order_by(DUE.expires_at)
    )


def _end(act: Act, ended: Sequence[Any]) -> None:
    for ids in chunks(row.id for row in ended):
        tickets = TicketRow.booking_id.in_(ids), TicketRow.state == "valid"
        ticket_ids = act.connection.execute(select(TicketRow.id).where(*tickets)).scalars().all()
        act.connection.execute(update(TicketRow).where(*tickets).values(state=EXPIRED))
        for some in chunks(ticket_ids):
            free_seats(act, some)
        act.connection.execute(
            update(BookingRow)
            .where(BookingRow.id.in_(ids))
            .values(state=EXPIRED, total_minor=BookingRow.kept_minor, expires_at=None)
        )
        sync_sales(act, ids, memo="expired")
    for row in ended:
        correct_invoice(act, row.id)
        title = f"Booking {row.code} was not paid in time"
        body = f"{row.event_name}: its places are free again. You may book anew."
        _tell(act, row, "cancellation", title, body)
        subject = ("booking", row.id)
        act.as_system().record("expire_booking", subject, event_id=row.event_id)


def _keep(act: Act, kept: Sequence[Any]) -> None:
    for row in kept:
        act.connection.execute(
            update(BookingRow).where(BookingRow.id == row.id).values(expires_at=None)
        )
        title = f"Booking {row.code} is not paid in full"
        body = f"{row.event_name}: please pay the rest, or ask the organizer."
        _tell(act, row, "payment", title, body)
        body = "A part was paid, so it keeps its places: collect the rest, or cancel it."
        tell_organizers(act, row.event_id, "payment", title, body)
        subject = ("booking", row.id)
        act.as_system().record("keep_part_paid", subject, event_id=row.event_id)


def _tell(act: Act, row: Any, kind: str, title: str, body: str) -> None:
    subject = ("booking", row.id)
    act.tell(row.account_id, kind, title, body, event_id=row.event_id, subject=subject)
