"""What ends for those who wait when an event does not take place."""

from uuid import UUID

from sqlalchemy import update

from data.schema import QueueRequestRow, WaitlistEntryRow
from eventdesk.acts import Act
from eventdesk.events import RequestState
from eventdesk.waiting.waitlist_entry import EntryState


def end_waiting(act: Act, event_id: UUID) -> dict[str, int]:
    """End what waits for an event that is called off, inside the transaction that tells people.

    An offer left open could be taken, although there is nothing to go to.

    Returns:
        How many entries of waitlists and how many requests of the queue ended.
    """
    entries = act.connection.execute(
        update(WaitlistEntryRow)
        .where(
            WaitlistEntryRow.event_id == event_id,
            WaitlistEntryRow.state.in_((EntryState.WAITING, EntryState.OFFERED)),
        )
        .values(state=EntryState.LEFT, offer_until=None)
    )
    requests = act.connection.execute(
        update(QueueRequestRow)
        .where(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")
        .values(state=RequestState.CANCELLED, reason="The event is cancelled.", decided_at=act.now)
    )
    return {"waited": entries.rowcount, "requests": requests.rowcount}
