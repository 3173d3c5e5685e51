"""The sweep of deadlines: ends bookings and offers past theirs, and gives freed places on."""

from uuid import UUID

from sqlalchemy import select

from data.schema import WaitlistEntryRow
from eventdesk.acts import Clock, Steps, clock_now, steps
from eventdesk.booking import events_with_due, expire_due
from eventdesk.core.messages import msg
from eventdesk.events import each_by_itself
from eventdesk.waiting.waitlist_entries import OFFERED
from eventdesk.waiting.waitlist_offers import events_to_fill, fill, lapse_offers


@steps(anybody=True)
def sweep(steps: Steps) -> int:
    """End bookings and offers past their deadline and give freed places on; returns how many.

    A read asks first what is due, so that nothing is locked while nothing can be done. Each event
    is a transaction of its own, and one that fails keeps no other waiting.
    """
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    with steps.read() as act:
        due = events_with_due(act)
        late = select(WaitlistEntryRow.event_id).where(
            OFFERED, WaitlistEntryRow.offer_until <= act.now
        )
        offers = act.connection.execute(late.distinct()).scalars()
        events = dict.fromkeys([*due, *offers, *events_to_fill(act)])

    def end_and_give(event_id: UUID) -> int:
        with steps.write(about=event_id) as act:
            return (
                len(expire_due(act, event_id))
                + lapse_offers(act, event_id)
                + len(fill(act, event_id))
            )

    return each_by_itself(steps, events, end_and_give, chore=msg("sweep of deadlines"))
