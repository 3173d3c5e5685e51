"""Badges once more: lost, torn, or with a name corrected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import DeliveryRow, EventRow, TicketRow
from data.store import Store
from eventdesk.accounts.approvals import need_word
from eventdesk.acts.actor import Actor, Approval, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.tickets import MAX_NOTE
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.door.list_reading import gate_in_use
from eventdesk.printing.deliveries import queue_badge

REPRINT = "REPRINT"
"""Mark of a badge somebody asked for again."""


@allowed(Permission.DOOR)
def reprint(
    store: Store,
    actor: Actor,
    ticket_id: UUID,
    *,
    reason: str,
    gate_id: UUID | None = None,
    approval: Approval | None = None,
    now: datetime,
) -> UUID:
    """Queue another badge of a ticket; it carries a small mark.

    As many as the event's limit says; one more takes a supervisor.

    Args:
        store: Where tickets live.
        actor: Who prints.
        ticket_id: Whose badge.
        reason: Why another one is needed.
        gate_id: Where the guest stands.
        approval: The supervisor who allowed it, where the limit is reached and the actor is none.
        now: The store's clock, aware UTC.

    Returns:
        The delivery's id.

    Raises:
        NotAllowedError: The actor does not work at the door.
        SupervisorNeededError: It was printed again as often as the event allows.
        NotFoundError: There is no such ticket.
        InvalidInputError: No reason was given.
    """
    if not reason.strip():
        raise InvalidInputError("Printing again needs a reason.", hint="Such as: badge lost.")
    delivery_id = new_id()
    with store.write() as connection:
        ticket = connection.execute(_TICKET.where(TicketRow.id == ticket_id)).one_or_none()
        if ticket is None:
            raise NotFoundError("There is no such ticket.")
        here = need_here(connection, actor, ticket.event_id, Permission.DOOR)
        printed = _reprints(connection, ticket_id)
        word = ""
        if printed >= ticket.reprint_limit:
            word = need_word(
                connection,
                here,
                ticket.event_id,
                approval,
                what="reprint",
                words=f"print this badge again: it was printed again {_times(printed)}"
                if printed
                else "print a badge again at this event",
                now=now,
            )
        queue_badge(
            connection,
            delivery_id,
            event_id=ticket.event_id,
            ticket_id=ticket_id,
            scan_id=None,
            now=now,
            reason=reason[:MAX_NOTE],
            mark=REPRINT,
            gate_id=gate_in_use(connection, gate_id),
            device_id=actor.device_id or store.device_id,
        )
        record(
            connection,
            actor,
            "reprint",
            ("ticket", ticket_id),
            now=now,
            event_id=ticket.event_id,
            reason=reason,
            **({"approved_by": word} if word else {}),
        )
    return delivery_id


_TICKET = select(TicketRow.event_id, EventRow.reprint_limit).join(
    EventRow, EventRow.id == TicketRow.event_id
)


def _reprints(connection: Connection, ticket_id: UUID) -> int:
    """How often a badge was printed again; one that was called off does not count."""
    return connection.execute(
        select(func.count()).where(
            DeliveryRow.ticket_id == ticket_id,
            DeliveryRow.kind == "badge",
            DeliveryRow.mark == REPRINT,
            DeliveryRow.state != "cancelled",
        )
    ).scalar_one()


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
