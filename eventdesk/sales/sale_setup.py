"""Everything that setting up the sale of an event needs, read at one instant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from data.schema import SeatSectionRow, SessionRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.sales.pricing import EventTerms, event_terms
from eventdesk.sales.ticket_type import TicketTypeView
from eventdesk.sales.ticket_types import read_ticket_types


@dataclass(frozen=True, slots=True)
class SaleSetup:
    """What an event sells, and what ticket types can be for.

    Attributes:
        sections: Sections of the hall, by id and name.
        sessions: Sessions that are not called off, by id and title.
    """

    terms: EventTerms
    types: tuple[TicketTypeView, ...]
    sections: tuple[tuple[UUID, str], ...]
    sessions: tuple[tuple[UUID, str], ...]


@allowed(Permission.TICKETS)
def sale_setup(store: Store, actor: Actor, event_id: UUID, *, now: datetime) -> SaleSetup:
    """Read what an event sells, and what its ticket types can be for.

    Raises:
        NotAllowedError: The actor may not change what this event sells.
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.TICKETS)
        sections = connection.execute(
            select(SeatSectionRow.id, SeatSectionRow.name)
            .where(SeatSectionRow.event_id == event_id)
            .order_by(SeatSectionRow.position)
        ).all()
        sessions = connection.execute(
            select(SessionRow.id, SessionRow.title)
            .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
            .order_by(SessionRow.starts_at)
        ).all()
        return SaleSetup(
            event_terms(connection, event_id),
            tuple(read_ticket_types(connection, event_id, now)),
            tuple((row.id, row.name) for row in sections),
            tuple((row.id, row.title) for row in sessions),
        )
