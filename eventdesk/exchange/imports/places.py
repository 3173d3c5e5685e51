"""Whether there is room for what a file brings: seats of the plan, quotas, the event's capacity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import EventRow, SeatRow
from eventdesk.acts.act import Act
from eventdesk.events.events import places_taken
from eventdesk.exchange.imports.plan import Reason
from eventdesk.exchange.imports.rows import Problems, Row
from eventdesk.sales.availability import availability


@dataclass(frozen=True, slots=True)
class Kind:
    """A ticket type, there already or to be added."""

    id: UUID
    name: str
    tax_bp: int = 0
    price_minor: int = 0
    new: bool = False


def named_seats(
    connection: Connection, event_id: UUID, rows: Sequence[Row], problems: Problems
) -> dict[str, UUID]:
    """The seats the file names, where the event has a plan: each there, free, and named once."""
    plan = {
        row.label: row
        for row in connection.execute(
            select(SeatRow.id, SeatRow.label, SeatRow.ticket_id, SeatRow.blocked).where(
                SeatRow.event_id == event_id
            )
        )
    }
    if not plan:
        return {}
    named: dict[str, int] = {}
    for row in rows:
        if not row.seat:
            continue
        seat = plan.get(row.seat)
        before = named.setdefault(row.seat, row.number)
        if seat is None:
            problems.add(row.number, Reason.BAD_SEAT, "The plan has no such seat.", row.seat)
        elif seat.ticket_id is not None or seat.blocked:
            problems.add(row.number, Reason.BAD_SEAT, "This seat is not free.", row.seat)
        elif before != row.number or row.count > 1:
            problems.add(
                row.number, Reason.BAD_SEAT, f"Row {before} has this seat already.", row.seat
            )
    return {label: plan[label].id for label in named if label in plan}


def check_places(
    act: Act, event_id: UUID, rows: Sequence[Row], kinds: Mapping[str, Kind], problems: Problems
) -> None:
    """Note every row there is no place for, in the order of the file."""
    standing = availability(act, event_id)
    left: dict[UUID, int | None] = {each.ticket_type_id: each.left for each in standing.values()}
    capacity = act.connection.execute(
        select(EventRow.capacity).where(EventRow.id == event_id)
    ).scalar_one()
    room = None
    if capacity is not None:
        room = capacity - places_taken(act, event_id)
    for row in rows:
        kind = kinds.get(row.type_name)
        if kind is None:
            continue
        of_type = left.get(kind.id)
        if of_type is not None:
            left[kind.id] = of_type - row.count
            if of_type < row.count:
                problems.add(
                    row.number, Reason.OVER_QUOTA, f"No place is left of {kind.name}.", row.name
                )
                continue
        if room is not None:
            room -= row.count
            if room < 0:
                problems.add(
                    row.number, Reason.OVER_QUOTA, "No place is left at this event.", row.name
                )
