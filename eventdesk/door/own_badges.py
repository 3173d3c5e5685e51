"""Badges that guests print by themselves, where their event lets them: one for each ticket."""

from uuid import UUID

from sqlalchemy import select

from data.rows import count_rows
from data.schema import BookingRow, DeliveryRow, EventRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.booking import tickets_without_codes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg

OWN = "own"
"""What a delivery's payload names where its guest asked for it."""


@writes(Permission.DOOR, own=True, about=event_of(TicketRow, "ticket_id"))
def print_own_badge(act: Act, ticket_id: UUID) -> UUID:
    """Queue the badge of a ticket for its holder, once; returns the delivery's id.

    One that was queued before counts, whoever asked for it and wherever it prints, but not one that
    was called off. The first entry then prints no other.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        InvalidInputError: The event does not let guests print, is over or was cancelled, the ticket
            lets nobody in yet, or is blocked, or its badge was printed before.
    """
    found = act.connection.execute(_TICKET.where(TicketRow.id == ticket_id)).one_or_none()
    row = need_found(found, msg("There is no such ticket."))
    owner_id = row.account_id or row.booker_id or row.booking_id
    act.need(row.event_id, Permission.DOOR, owner_id=owner_id)
    at_the_desk = msg("Ask at the desk.")
    if not row.own_badges:
        raise InvalidInputError(
            msg("Badges of this event are printed at the door only."), hint=at_the_desk
        )
    (ticket,) = tickets_without_codes(act, TicketRow.id == ticket_id)
    if ticket.why_no_code:
        raise InvalidInputError(ticket.why_no_code)
    if row.blocked_note is not None:
        raise InvalidInputError(msg("This ticket is blocked."), hint=at_the_desk)
    if ticket.ends_at <= act.now:
        raise InvalidInputError(msg("The event is over."))
    of_ticket = (DeliveryRow.ticket_id == ticket_id) & (DeliveryRow.kind == "badge")
    if count_rows(act.connection, of_ticket, DeliveryRow.state != "cancelled"):
        raise InvalidInputError(
            msg("This badge was printed already."), hint=msg("Another copy is made at the desk.")
        )
    delivery_id = new_id()
    act.deliver(
        "badge",
        delivery_id,
        event_id=row.event_id,
        ticket_id=ticket_id,
        payload={OWN: True},
        device_id=act.actor.device_id or act.store.device_id,
    )
    act.record("print_own_badge", ("ticket", ticket_id), event_id=row.event_id)
    return delivery_id


_TICKET = (
    select(
        TicketRow.event_id,
        TicketRow.booking_id,
        TicketRow.account_id,
        TicketRow.blocked_note,
        BookingRow.account_id.label("booker_id"),
        EventRow.own_badges,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
)
