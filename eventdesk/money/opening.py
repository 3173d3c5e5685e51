"""Opening of the books: ledger entries, once, for sales of an eventdesk without a ledger."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, select

from data.bulk import chunks
from data.rows import insert_row
from data.schema import BookingRow, LedgerRow, PaymentRow, SettingRow
from eventdesk.acts import Steps, steps
from eventdesk.core.messages import msg
from eventdesk.events import each_by_itself
from eventdesk.money.ledger import sync_sales
from eventdesk.money.payments import record_paid

OPENED = "books_opened"
"""The setting that says that all older sales have entries."""


@steps(internal=True)
def open_books(steps: Steps) -> int:
    """Give older bookings their entries in the ledger, once; return how many got any.

    Sales are posted by their tickets; what is marked as paid without a payment gets one of method
    `elsewhere`. A thousand bookings at a time, so that the door does not wait.
    """
    with steps.read() as act:
        if _is_open(act.connection):
            return 0
        older = act.connection.execute(_older()).all()
    of_events: dict[UUID, list[UUID]] = {}
    for row in older:
        of_events.setdefault(row.event_id, []).append(row.id)

    def open_all(event_id: UUID) -> int:
        ids = of_events[event_id]
        for some in chunks(ids):
            with steps.write(about=event_id) as act:
                sync_sales(act, some, memo="opening")
                paid = _paid(act.connection, some)
                record_paid(act.as_system(), paid, reference="opening")
        return len(ids)

    opened = each_by_itself(steps, of_events, open_all, chore=msg("opening of the books"))
    if opened < len(older):
        return opened  # it is tried again
    with steps.write() as act:
        if not _is_open(act.connection):
            insert_row(act.connection, SettingRow, key=OPENED, value=act.now.isoformat())
            if opened:
                act.as_system().record("open_books", ("store", None), bookings=opened)
    return opened


def _is_open(connection: Connection) -> bool:
    asked = select(SettingRow.key).where(SettingRow.key == OPENED)
    return connection.execute(asked).first() is not None


def _older() -> Any:
    """The statement that finds bookings that cost something and have no entry."""
    return select(BookingRow.id, BookingRow.event_id).where(
        BookingRow.total_minor != 0,
        BookingRow.state.in_(("pending", "paid")),
        ~exists().where(LedgerRow.booking_id == BookingRow.id),
    )


def _paid(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Which of these bookings are marked as paid and have no payment."""
    asked = select(BookingRow.id).where(
        BookingRow.id.in_(ids),
        BookingRow.state == "paid",
        ~exists().where(PaymentRow.booking_id == BookingRow.id),
    )
    return list(connection.execute(asked).scalars())
