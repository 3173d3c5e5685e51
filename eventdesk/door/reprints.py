"""Reprints of badges: lost, torn, or with a name corrected."""

from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import count_rows
from data.schema import DeliveryRow, EventRow, TicketRow
from eventdesk.accounts import need_word
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.booking import MAX_NOTE
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg
from eventdesk.door.list_reading import gate_in_use
from eventdesk.events import closed_at

REPRINT = "REPRINT"
"""Mark of a badge somebody asked for again."""


@writes(Permission.DOOR, about=event_of(TicketRow, "ticket_id"))
def reprint(act: Act, ticket_id: UUID, *, reason: str, gate_id: UUID | None = None) -> UUID:
    """Queue another badge of a ticket; it carries a small mark. Returns the delivery's id.

    As many as the event's limit says; one more takes a supervisor, and so does any at an event that
    was cancelled or archived.

    Raises:
        SupervisorNeededError: It was printed again as often as the event allows, or the event was
            cancelled or archived.
        InvalidInputError: The reason is missing.
    """
    if not reason.strip():
        raise InvalidInputError(
            msg("Printing again needs a reason."), hint=msg("Such as: badge lost.")
        )
    delivery_id = new_id()
    ticket = act.connection.execute(_TICKET.where(TicketRow.id == ticket_id)).one_or_none()
    if ticket is None:
        raise NotFoundError(msg("There is no such ticket."))
    here = act.need(ticket.event_id, Permission.DOOR)
    printed = _reprints(act.connection, ticket_id)
    word = ""
    is_closed = closed_at(ticket) is not None
    if is_closed or printed >= ticket.reprint_limit:
        no = _CLOSED if is_closed else _refusal(printed)
        word = need_word(act, here, ticket.event_id, what="reprint", refusal=no)
    act.deliver(
        "badge",
        delivery_id,
        event_id=ticket.event_id,
        ticket_id=ticket_id,
        scan_id=None,
        reason=reason[:MAX_NOTE],
        mark=REPRINT,
        gate_id=gate_in_use(act.connection, gate_id),
        device_id=act.actor.device_id or act.store.device_id,
    )
    act.record(
        "reprint",
        ("ticket", ticket_id),
        event_id=ticket.event_id,
        reason=reason,
        **{"approved_by": word} if word else {},
    )
    return delivery_id


_TICKET = select(
    TicketRow.event_id,
    EventRow.reprint_limit,
    EventRow.state,
    EventRow.ends_at,
    EventRow.cancelled_at,
).join(EventRow, EventRow.id == TicketRow.event_id)


def _reprints(connection: Connection, ticket_id: UUID) -> int:
    """Count the reprints of a badge; one that was called off does not count."""
    return count_rows(
        connection,
        DeliveryRow.ticket_id == ticket_id,
        DeliveryRow.kind == "badge",
        DeliveryRow.mark == REPRINT,
        DeliveryRow.state != "cancelled",
    )


_CLOSED: Final = msg(
    "Only a supervisor may print a badge of an event that was cancelled or archived."
)


def _refusal(printed: int) -> Message:
    """The refusal of one more reprint, after so many."""
    if printed < 3:
        return _PRINTED[printed]
    return msg(
        "Only a supervisor may print this badge again: it was printed again {count} times.",
        count=printed,
    )


_PRINTED: Final = (
    msg("Only a supervisor may print a badge again at this event."),
    msg("Only a supervisor may print this badge again: it was printed again once."),
    msg("Only a supervisor may print this badge again: it was printed again twice."),
)
