"""The row of the event that an act is about."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from data.schema import EventRow
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg


def event_row(connection: Connection, event_id: UUID) -> Row[Any]:
    """Read one event with all its columns inside a transaction.

    Raises:
        NotFoundError: There is no such event.
    """
    row = connection.execute(_EVENT, {"event_id": event_id}).one_or_none()
    if row is None:
        raise no_such_event()
    return row


def no_such_event() -> NotFoundError:
    """Say that there is no such event, or none that this person may know of."""
    return NotFoundError(msg("There is no such event."), hint=msg("List them: `eventdesk events`."))


_EVENT = select(EventRow.__table__).where(
    EventRow.id == bindparam("event_id", type_=EventRow.id.type)
)
