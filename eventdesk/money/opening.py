"""Opening the books: what was sold before there was a ledger gets its entries, once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, insert, select

from data.bulk import AT_ONCE
from data.schema import BookingRow, LedgerRow, PaymentRow, SettingRow
from eventdesk.acts import Steps, steps
from eventdesk.core.messages import msg
from eventdesk.events import each_by_itself
from eventdesk.money.ledger import sync_sales
from eventdesk.money.payments import record_paid

OPENED = "books_opened"
"""The setting that says that nothing older is left."""


@steps(anybody=True)
def open_books(steps: Steps) -> int:
    """Give bookings of an older eventdesk their entries in the ledger.

    Sales are posted as their tickets say; what is marked as paid and has no payment gets one of
    method `elsewhere`, since nobody knows any more how it came. A thousand bookings at a time, so
    that the door does not wait; a second call does nothing.

    Returns:
        How many bookings got entries.
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
        for at in range(0, len(ids), AT_ONCE):
            some = ids[at : at + AT_ONCE]
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
            act.connection.execute(insert(SettingRow).values(key=OPENED, value=act.now.isoformat()))
            if opened:
                subject = ("store", None)
                act.as_system().record("open_books", subject, bookings=opened)
    return opened


def _is_open(connection: Connection) -> bool:
    asked = select(SettingRow.key).where(SettingRow.key == OPENED)
    return connection.execute(asked).first() is not None


def _older() -> Any:
    """The question for bookings that cost something and are not in the ledger."""
    return select(BookingRow.id, BookingRow.event_id).where(
        BookingRow.total_minor != 0,
        BookingRow.state.in_(("pending", "paid")),
        ~exists().where(LedgerRow.booking_id == BookingRow.id),
    )


def _paid(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Those of some bookings that are marked as paid and have no payment."""
    asked = select(BookingRow.id).where(
        BookingRow.id.in_(ids),
        BookingRow.state == "paid",
        ~exists().where(PaymentRow.booking_id == BookingRow.id),
    )
    return list(connection.execute(asked).scalars())
