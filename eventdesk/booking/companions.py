"""Companions: tickets of people, such as carers, who accompany another holder."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import AnyRow, update_row
from data.schema import TicketRow
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

MAX_COMPANIONS = 5
"""Most companions of one ticket."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A ticket, and whose companion it is for.

    Attributes:
        of_ticket_id: The ticket whose holder it accompanies; None for nobody.
        of_name: That holder; "" for nobody.
    """

    ticket_id: UUID
    name: str
    of_ticket_id: UUID | None = None
    of_name: str = ""


@writes(Permission.TICKETS, Permission.DOOR, about=event_of(TicketRow, "ticket_id"))
def set_companion(act: Act, ticket_id: UUID, of_ticket_id: UUID | None) -> Companion:
    """Say whom the holder of a ticket accompanies, None for nobody; they enter with or behind them.

    Raises:
        NotFoundError: There is no such ticket.
        InvalidInputError: The same ticket, one of another event, one that is a companion itself
            or has one, one that was cancelled, or too many companions.
    """
    ticket = _ticket(act.connection, ticket_id)
    act.need(ticket.event_id, Permission.TICKETS, Permission.DOOR)
    lead = None if of_ticket_id is None else _ticket(act.connection, of_ticket_id)
    if lead is not None:
        _need_fit(act.connection, ticket, lead)
    update_row(act.connection, TicketRow, ticket_id, companion_of=of_ticket_id)
    subject, of = ("ticket", ticket_id), str(of_ticket_id or "")
    act.record("set_companion", subject, event_id=ticket.event_id, of=of)
    name = lead.holder_name if lead is not None else ""
    return Companion(ticket_id, ticket.holder_name, of_ticket_id, name)


@reads(Permission.TICKETS, Permission.DOOR)
def companions_of(act: Act, ticket_id: UUID) -> tuple[Companion, ...]:
    """Read who is tied to a ticket: whom it accompanies first, then who accompanies its holder.

    Raises:
        NotFoundError: There is no such ticket.
    """
    ticket = _ticket(act.connection, ticket_id)
    act.need(ticket.event_id, Permission.TICKETS, Permission.DOOR)
    found = []
    if ticket.companion_of is not None:
        lead = _ticket(act.connection, ticket.companion_of)
        found.append(Companion(ticket_id, ticket.holder_name, lead.id, lead.holder_name))
    rows = act.connection.execute(
        _TICKETS.where(TicketRow.companion_of == ticket_id).order_by(TicketRow.id)
    )
    found += [Companion(row.id, row.holder_name, ticket_id, ticket.holder_name) for row in rows]
    return tuple(found)


_TICKETS = select(TicketRow.__table__)


def _ticket(connection: Connection, ticket_id: UUID) -> AnyRow:
    row = connection.execute(_TICKETS.where(TicketRow.id == ticket_id)).one_or_none()
    return need_found(row, msg("There is no such ticket."))


def _need_fit(connection: Connection, ticket: AnyRow, lead: Any) -> None:
    if ticket.id == lead.id:
        raise InvalidInputError(
            msg("Nobody accompanies themselves."), hint=msg("Choose another ticket.")
        )
    if ticket.event_id != lead.event_id:
        raise InvalidInputError(msg("These tickets are for different events."))
    if lead.state != "valid" or ticket.state != "valid":
        raise InvalidInputError(msg("A cancelled ticket has no companion."))
    others = connection.execute(
        select(TicketRow.id, TicketRow.companion_of).where(
            TicketRow.companion_of.in_((ticket.id, lead.id)), TicketRow.id != ticket.id
        )
    ).all()
    if lead.companion_of is not None or any(row.companion_of == ticket.id for row in others):
        raise InvalidInputError(
            msg(
                "{first} or {second} is part of another pair.",
                first=plain(lead.holder_name),
                second=plain(ticket.holder_name),
            ),
            hint=msg("A companion has no companion; take the other pair apart first."),
        )
    if len(others) >= MAX_COMPANIONS:
        raise InvalidInputError(msg("A ticket has at most {most} companions.", most=MAX_COMPANIONS))
