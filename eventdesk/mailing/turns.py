"""Which mails go first: one of many lets those pass that somebody waits for."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from data.schema import AnnouncementRow, DeliveryRow
from data.store import Store
from eventdesk.mailing.queueing import LINK, MAIL

_OPEN: Final = text("delivery.state IN ('queued', 'leased')")
"""In these words, because SQLite uses the index only where they are repeated."""


def anybody_first(store: Store, *, within_s: float) -> bool:
    """Whether a mail is due, or soon, that does not wait behind many others.

    Args:
        store: Where they wait.
        within_s: How soon counts as now, where mails have a pace.
    """
    soon = store.clock() + timedelta(seconds=within_s)
    first = DeliveryRow.kind.in_((MAIL, LINK)), DeliveryRow.due_at <= soon
    with store.read() as connection:
        found = select(DeliveryRow.id).where(_OPEN, *first).limit(1)
        return connection.execute(found).first() is not None


def is_held(store: Store, delivery_id: UUID) -> bool:
    """Whether somebody paused or stopped the announcement that a mail brings."""
    with store.read() as connection:
        held = connection.execute(
            select(AnnouncementRow.hold)
            .join(DeliveryRow, DeliveryRow.announcement_id == AnnouncementRow.id)
            .where(DeliveryRow.id == delivery_id)
        ).scalar_one_or_none()
    return bool(held)
