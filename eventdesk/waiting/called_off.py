"""The end of waiting when an event is called off."""

from uuid import UUID

from sqlalchemy import update

from data.schema import QueueRequestRow, WaitlistEntryRow
from eventdesk.acts import Act
from eventdesk.core.messages import kept_texts, msg
from eventdesk.events import RequestState
from eventdesk.waiting.waitlist_entry import OPEN, EntryState


def end_waiting(act: Act, event_id: UUID) -> dict[str, int]:
    """End open entries and requests of an event that is called off; returns how many of each."""
    entries = act.connection.execute(
        update(WaitlistEntryRow)
        .where(WaitlistEntryRow.event_id == event_id, WaitlistEntryRow.state.in_(OPEN))
        .values(state=EntryState.LEFT, offer_until=None)
    )
    why = kept_texts(reason=msg("The event is cancelled."))
    requests = act.connection.execute(
        update(QueueRequestRow)
        .where(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")
        .values(state=RequestState.CANCELLED, decided_at=act.now, **why)
    )
    return {"waited": entries.rowcount, "requests": requests.rowcount}
