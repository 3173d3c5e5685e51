"""Reading the parts of an event that have to meet, and the loose ends among them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from data.rows import AnyRow
from data.schema import (
    CheckInListRow,
    CheckInListTypeRow,
    RoomRow,
    SeatRow,
    SeatSectionRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
)
from eventdesk.acts import Act, event_row, reads
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.loose_ends import (
    EventParts,
    ListPart,
    LooseEnd,
    SectionPart,
    SessionPart,
    TypePart,
    loose_ends,
)
from eventdesk.door.phone_list import NEEDS_HUB, needs_hub
from eventdesk.door.scan_log import count_conflicts
from eventdesk.events import TEAM, EventState, event_state

ENDED = frozenset({EventState.OVER, EventState.CANCELLED, EventState.ARCHIVED})
"""States in which nothing has to meet any more."""


@reads(*TEAM, about="event_id")
def event_loose_ends(act: Act, event_id: UUID) -> tuple[LooseEnd, ...]:
    """Read what does not meet at an event; nothing once it has ended."""
    act.need(event_id, *TEAM)
    return read_loose_ends(act, event_id)


def read_loose_ends(act: Act, event_id: UUID) -> tuple[LooseEnd, ...]:
    """Read what does not meet at an event, for a use case that may."""
    event = event_row(act.connection, event_id)
    if event_state(event.state, event.ends_at, act.now) in ENDED:
        return ()
    ends = loose_ends(_parts(act.connection, event), act.now)
    return (*_conflicts(act, event_id), *ends, *_alone(act.connection, event_id))


def _conflicts(act: Act, event_id: UUID) -> tuple[LooseEnd, ...]:
    """What phones decided without the network, as long as it is to be settled."""
    unsettled = count_conflicts(act, event_id)
    if not unsettled:
        return ()
    words = _n(
        "{count} admission without the network does not fit",
        "{count} admissions without the network do not fit",
        unsettled,
    )
    return (LooseEnd(words, _("Settle it: Organize, Lists, S."), "conflicts"),)


def _alone(connection: Connection, event_id: UUID) -> list[LooseEnd]:
    """Lists at which phones may go on without the network, but cannot."""
    allowed = select(CheckInListRow.id).where(
        CheckInListRow.event_id == event_id, CheckInListRow.offline
    )
    found = []
    for list_id in connection.execute(allowed.order_by(CheckInListRow.position)).scalars():
        door = list_at_door(connection, list_id)
        if why := needs_hub(door):
            words = _(
                "phones cannot go on without the network at list {name}: it has {what}",
                name=plain(door.name),
                what=NEEDS_HUB[why],
            )
            found.append(LooseEnd(words, _("Change that, or do not count on it."), "lists"))
    return found


def _parts(connection: Connection, event: AnyRow) -> EventParts:
    return EventParts(
        event.starts_at,
        event.ends_at,
        _types(connection, event.id),
        _lists(connection, event.id),
        _sections(connection, event.id),
        _sessions(connection, event.id),
    )


def _types(connection: Connection, event_id: UUID) -> list[TypePart]:
    here = (TicketRow.event_id == event_id, TicketRow.state == "valid")
    sold = _counts(connection, TicketRow.ticket_type_id, *here)
    rows = connection.execute(
        select(
            TicketTypeRow.id,
            TicketTypeRow.name,
            TicketTypeRow.active,
            TicketTypeRow.quota,
            TicketTypeRow.section_id,
            TicketTypeRow.sales_from,
            TicketTypeRow.sales_until,
            TicketTypeRow.valid_from,
            TicketTypeRow.valid_until,
        )
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.admits > 0)
        .order_by(TicketTypeRow.position)
    )
    return [TypePart(*row, sold.get(row.id, 0)) for row in rows]


def _lists(connection: Connection, event_id: UUID) -> list[ListPart]:
    taken: dict[UUID, set[UUID]] = {}
    bound = (
        select(CheckInListTypeRow.list_id, CheckInListTypeRow.ticket_type_id)
        .join(CheckInListRow, CheckInListRow.id == CheckInListTypeRow.list_id)
        .where(CheckInListRow.event_id == event_id)
    )
    for list_id, type_id in connection.execute(bound):
        taken.setdefault(list_id, set()).add(type_id)
    rows = connection.execute(
        select(
            CheckInListRow.id,
            CheckInListRow.name,
            CheckInListRow.opens_at,
            CheckInListRow.closes_at,
        )
        .where(CheckInListRow.event_id == event_id)
        .order_by(CheckInListRow.position)
    )
    return [ListPart(*row[1:], frozenset(taken.get(row.id, ()))) for row in rows]


def _sections(connection: Connection, event_id: UUID) -> list[SectionPart]:
    free = (SeatRow.event_id == event_id, SeatRow.blocked.is_(False))
    seats = _counts(connection, SeatRow.section_id, *free)
    rows = connection.execute(
        select(SeatSectionRow.id, SeatSectionRow.name)
        .where(SeatSectionRow.event_id == event_id)
        .order_by(SeatSectionRow.position)
    )
    return [SectionPart(*row, seats.get(row.id, 0)) for row in rows]


def _sessions(connection: Connection, event_id: UUID) -> list[SessionPart]:
    """Sessions with sign-up in a room whose size is known."""
    signed_up = _counts(connection, SignUpRow.session_id, SignUpRow.event_id == event_id)
    rows = connection.execute(
        select(SessionRow.id, SessionRow.title, RoomRow.name, RoomRow.capacity, SessionRow.capacity)
        .join(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.sign_up.is_(True),
            SessionRow.cancelled_at.is_(None),
            RoomRow.capacity.is_not(None),
        )
        .order_by(SessionRow.starts_at)
    )
    return [
        SessionPart(row.title, row.name, row.room_capacity, row.capacity, signed_up.get(row.id, 0))
        for row in rows
    ]


def _counts(connection: Connection, column: Any, *where: ColumnElement[bool]) -> dict[UUID, int]:
    """Count rows by the values of a column."""
    counted = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(counted)}
