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

REPRINT = "REPRINT"
"""Mark of a badge somebody asked for again."""


@writes(Permission.DOOR, about=event_of(TicketRow, "ticket_id"))
def reprint(act: Act, ticket_id: UUID, *, reason: str, gate_id: UUID | None = None) -> UUID:
    """Queue another badge of a ticket; it carries a small mark. Returns the delivery's id.

    As many as the event's limit says; one more takes a supervisor.

    Raises:
        SupervisorNeededError: It was printed again as often as the event allows.
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
    if printed >= ticket.reprint_limit:
        no = _refusal(printed)
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


_TICKET = select(TicketRow.event_id, EventRow.reprint_limit).join(
    EventRow, EventRow.id == TicketRow.event_id
)


def _reprints(connection: Connection, ticket_id: UUID) -> int:
    """Count the reprints of a badge; one that was called off does not count."""
    return count_rows(
        connection,
        DeliveryRow.ticket_id == ticket_id,
        DeliveryRow.kind == "badge",
        DeliveryRow.mark == REPRINT,
        DeliveryRow.state != "cancelled",
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
