"""Where a request of an opening hour stands, for whoever made it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select

from data.prepared import Prepared
from data.rows import AnyRow, count_rows
from data.schema import QueueRequestRow
from eventdesk.acts import Act, event_of, event_row, reads
from eventdesk.events import RequestState, RequestView, by_lot
from eventdesk.waiting.queue import TEAM, collected_at, request_row, request_view, waits_at


@dataclass(frozen=True, slots=True)
class RequestPlace:
    """A request, and where it stands.

    Attributes:
        place: Its place among those that wait, from 1; None where lots decide, or it is decided.
        waiting: How many requests wait in all.
        queue_until: Until when requests are collected.
    """

    request: RequestView
    place: int | None
    waiting: int
    by_lot: bool
    queue_until: datetime | None
    time_zone: str

    def collecting(self, now: datetime) -> bool:
        """Whether requests are collected still, so that none is taken yet."""
        return self.queue_until is not None and now < self.queue_until


@reads(*TEAM, own=True, about=event_of(QueueRequestRow, "request_id"))
def request_place(act: Act, request_id: UUID) -> RequestPlace:
    """Read a request with its place in the queue, for whoever made it, or the event's team."""
    row = request_row(act, request_id)
    act.need(row.event_id, *TEAM, owner_id=row.account_id)
    event = event_row(act.connection, row.event_id)
    lots = by_lot(act.connection, row.event_id)
    counts = row.state == RequestState.WAITING and not lots
    return RequestPlace(
        request=request_view(act.connection, row),
        place=place_of(act, row) if counts else None,
        waiting=count_rows(act.connection, collected_at(row.event_id)),
        by_lot=lots,
        queue_until=event.queue_until,
        time_zone=event.time_zone,
    )


def place_of(act: Act, row: AnyRow) -> int:
    """The place of a request that waits, from 1."""
    return place_at(act, row.event_id, priority=row.priority, no=row.no)


def place_at(act: Act, event_id: UUID, *, priority: int, no: int) -> int:
    """The place in an event's queue of a request of such a priority and number, from 1."""
    where = {"event": event_id, "priority": priority, "no": no}
    higher: int = _HIGHER.all(act.connection, {"event": event_id, "priority": priority})[0][0]
    earlier: int = _EARLIER.all(act.connection, where)[0][0]
    return higher + earlier + 1


_EVENT = bindparam("event", type_=QueueRequestRow.event_id.type)
_PRIORITY = bindparam("priority", type_=QueueRequestRow.priority.type)
_NUMBER = bindparam("no", type_=QueueRequestRow.no.type)
_WAITING = select(func.count()).select_from(QueueRequestRow).where(waits_at(_EVENT))
_HIGHER: Final = Prepared(_WAITING.where(QueueRequestRow.priority > _PRIORITY))
_EARLIER: Final = Prepared(
    _WAITING.where(QueueRequestRow.priority == _PRIORITY, QueueRequestRow.no < _NUMBER)
)
