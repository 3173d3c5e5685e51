"""Refused bookings, kept in a transaction of their own once the one that failed is undone."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from data.rows import insert_row
from data.schema import RefusalRow
from data.store import Store
from eventdesk.acts.actor import Asked
from eventdesk.core.errors import EventDeskError, SoldOutError
from eventdesk.core.ids import new_id
from eventdesk.core.refused import RefusedBooking

log = logging.getLogger(__name__)

ONE_IN: Final = timedelta(minutes=1)
"""One refusal is kept in so long for each account and ticket type: many do not fill the store."""


@contextmanager
def refusals_kept(store: Store, asked: Asked) -> Iterator[None]:
    """Keep which booking was refused when the block, a whole transaction, raises because of it.

    Raises:
        SoldOutError: The block did; what hinders keeping it only stands in the log.
    """
    try:
        yield
    except SoldOutError as error:
        if error.refused is not None:
            try:
                _keep(store, error.refused, asked.now or store.clock())
            except EventDeskError:
                log.exception("A refused booking could not be noted.")
        raise


def _keep(store: Store, refused: RefusedBooking, now: datetime) -> None:
    with store.read() as connection:  # a flood of them keeps nobody from writing
        if _is_kept(connection, refused, now):
            return
    with store.write(about=refused.event_id) as connection:
        if not _is_kept(connection, refused, now):
            insert_row(
                connection,
                RefusalRow,
                id=new_id(),
                event_id=refused.event_id,
                ticket_type_id=refused.ticket_type_id,
                account_id=refused.account_id,
                source=refused.source,
                tickets=refused.tickets,
                places=refused.places,
                amount_minor=refused.amount_minor,
                refused_at=now,
            )


def _is_kept(connection: Connection, refused: RefusedBooking, now: datetime) -> bool:
    """Whether one of this account and ticket type was kept within the last minute."""
    one = select(RefusalRow.id).where(
        RefusalRow.event_id == refused.event_id,
        RefusalRow.refused_at > now - ONE_IN,
        RefusalRow.refused_at <= now,
        RefusalRow.ticket_type_id.is_not_distinct_from(refused.ticket_type_id),
        RefusalRow.account_id.is_not_distinct_from(refused.account_id),
    )
    return connection.execute(one.limit(1)).first() is not None
