"""Badges in folders: their files are deleted some time after the event.

The name of the guest is on the badge and in the name of its file. Of a badge that waits, failed or
is on its way nothing is touched; the row of the badge stays, with the folder it went to. Nothing is
deleted while nobody knows whether the clock is right (`store_clock`).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from data.schema import DeliveryRow, EventRow
from data.store import Store
from eventdesk.acts.store_clock import Clock, clock_now
from eventdesk.printing.printed_files import delete_files, files_of_badge, forget_files

AT_ONCE: Final = 500
"""Badges whose files are deleted between two transactions."""

_OUT: Final = ("printed", "sent")


def thin_badges(store: Store, *, days: int, now: datetime) -> int:
    """Delete the files of badges whose event ended, and which came out, so many days ago.

    Args:
        store: Where the badges are noted.
        days: How long files are kept; 0 keeps them for ever.
        now: When, aware UTC.

    Returns:
        How many files were deleted. Those that cannot be are tried again the next time.
    """
    if days <= 0 or clock_now(store, now=now).state is Clock.AHEAD:
        return 0
    deleted, before, after = 0, now - timedelta(days=days), None
    files = or_(*(DeliveryRow.delivered_to.endswith(each) for each in (".txt", ".png", ".pdf")))
    due = and_(
        DeliveryRow.kind == "badge",
        DeliveryRow.state.in_(_OUT),
        DeliveryRow.finished_at < before,
        files,
    )
    while True:
        query = (
            select(DeliveryRow.id, DeliveryRow.delivered_to)
            .join(EventRow, EventRow.id == DeliveryRow.event_id)
            .where(due, EventRow.ends_at < before)
            .order_by(DeliveryRow.id)
            .limit(AT_ONCE)
        )
        with store.read() as connection:
            rows = connection.execute(
                query if after is None else query.where(DeliveryRow.id > after)
            ).all()
        if not rows:
            return deleted
        after, gone = rows[-1].id, []
        for row in rows:
            count, left = delete_files(files_of_badge(row.id, row.delivered_to))
            deleted += count
            if not left:
                gone.append(row.id)
        with store.write() as connection:
            forget_files(connection, DeliveryRow.id.in_(gone))
