"""Looking at the seats of an event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import SeatSectionRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.permission import allowed, need_here
from eventdesk.seating.rows import TEAM, seat_views
from eventdesk.seating.seats import SeatView, SectionPlan


def plan(
    store: Store, event_id: UUID, *, holder_id: UUID | None, now: datetime
) -> list[SectionPlan]:
    """Read all seats of an event by section, as one who wants to book sees them.

    Args:
        store: The store.
        event_id: The event.
        holder_id: The account or cart whose holds are `mine`.
        now: The store's clock.
    """
    with store.read() as connection:
        return _plan(connection, event_id, holder_id, now)


@allowed(*TEAM)
def plan_with_names(
    store: Store, actor: Actor, event_id: UUID, *, now: datetime
) -> list[SectionPlan]:
    """Read all seats of an event by section, with who sits there.

    Raises:
        NotAllowedError: The actor is not of the team.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *TEAM)
        return _plan(connection, event_id, None, now, names=True)


def _plan(
    connection: Connection,
    event_id: UUID,
    holder_id: UUID | None,
    now: datetime,
    *,
    names: bool = False,
) -> list[SectionPlan]:
    seats: dict[UUID, list[SeatView]] = {}
    for seat in seat_views(connection, event_id, holder_id, now, names=names):
        seats.setdefault(seat.section_id, []).append(seat)
    sections = connection.execute(
        select(SeatSectionRow.id, SeatSectionRow.name, SeatSectionRow.position)
        .where(SeatSectionRow.event_id == event_id)
        .order_by(SeatSectionRow.position, SeatSectionRow.id)
    )
    return [SectionPlan(*row, tuple(seats.get(row.id, ()))) for row in sections]
