"""The sweep of deadlines: what is past its deadline ends, and freed places are given on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from data.schema import WaitlistEntryRow
from data.store import Store
from eventdesk.acts.store_clock import Clock, clock_now
from eventdesk.booking.expiry import events_with_due, expire_due
from eventdesk.events.each_event import each_by_itself
from eventdesk.waiting.waitlist_offers import events_to_fill, fill, lapse_offers


def sweep(store: Store, *, now: datetime) -> int:
    """End what is past its deadline and give freed places on; the spooler calls it in turns.

    What is due, and whether a place is free for anybody who waits, is asked in a read first, so
    that nothing is locked while nothing can be done. Each event is a transaction of its own, and
    one that fails keeps no other waiting.

    Returns:
        How many bookings and offers ended, and how many places were given.
    """
    if clock_now(store, now=now).state is Clock.AHEAD:
        return 0
    with store.read() as connection:
        due = events_with_due(connection, now)
        offers = connection.execute(_OFFERS.where(WaitlistEntryRow.offer_until <= now)).scalars()
        events = dict.fromkeys([*due, *offers, *events_to_fill(connection, now)])

    def end_and_give(event_id: UUID) -> int:
        with store.write() as connection:
            return (
                len(expire_due(connection, event_id, now))
                + lapse_offers(store, connection, event_id, now=now)
                + len(fill(store, connection, event_id, now=now))
            )

    return each_by_itself(store, events, end_and_give, chore="sweep of deadlines", now=now)


_OFFERS = (
    select(WaitlistEntryRow.event_id).where(text("waitlist_entry.state = 'offered'")).distinct()
)
"""The state is spelled out, for SQLite takes a partial index only where it sees the very words."""
