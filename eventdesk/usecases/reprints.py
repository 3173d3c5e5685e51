"""Badges once more: lost, torn, or with a name corrected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from data.schema import TicketRow
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model.ids import new_id
from eventdesk.model.people import Actor, Permission
from eventdesk.usecases.audit import record
from eventdesk.usecases.deliveries import queue_badge
from eventdesk.usecases.permission import allowed, need_here
from eventdesk.usecases.tickets import MAX_NOTE

REPRINT = "REPRINT"
"""Mark of a badge somebody asked for again."""


@allowed(Permission.DOOR)
def reprint(store: Store, actor: Actor, ticket_id: UUID, *, reason: str, now: datetime) -> UUID:
    """Queue another badge of a ticket; it carries a small mark.

    Raises:
        NotAllowedError: The actor does not work at the door.
        NotFoundError: There is no such ticket.
        InvalidInputError: No reason was given.
    """
    if not reason.strip():
        raise InvalidInputError("Printing again needs a reason.", hint="Such as: badge lost.")
    delivery_id = new_id()
    with store.write() as connection:
        event_id = connection.execute(
            select(TicketRow.event_id).where(TicketRow.id == ticket_id)
        ).scalar_one_or_none()
        if event_id is None:
            raise NotFoundError("There is no such ticket.")
        need_here(connection, actor, event_id, Permission.DOOR)
        queue_badge(
            connection,
            delivery_id,
            event_id=event_id,
            ticket_id=ticket_id,
            scan_id=None,
            now=now,
            reason=reason[:MAX_NOTE],
            mark=REPRINT,
            device_id=actor.device_id or store.device_id,
        )
        subject = ("ticket", ticket_id)
        record(connection, actor, "reprint", subject, now=now, event_id=event_id, reason=reason)
    return delivery_id
