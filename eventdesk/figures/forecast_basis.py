"""Basis of a forecast: a door's opening time, expected guests and pace."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, func, select

from data.schema import (
    AdmissionRow,
    CheckInListRow,
    EventRow,
    GateRow,
    OfflineScanRow,
    ScanRow,
    TicketRow,
)
from eventdesk.acts import Act, Permission, overdue_tickets, reads
from eventdesk.door import CheckInList, EntryPolicy, list_at_door
from eventdesk.events import by_a_door
from eventdesk.figures.forecast import BIN_MINUTES, ArrivalCurve, learned_curve
from eventdesk.figures.lane_pace import seconds_each

BEFORE_START = timedelta(hours=1)
"""Time before the event at which a list without opening time opens."""

LATELY = timedelta(minutes=10)
"""Time over which the rate of a door is measured."""

PACE_FROM = timedelta(hours=1)
"""Time over which the pace of a lane is measured."""

USUAL_S = {"first_entry": 20.0, "every_entry": 20.0, "never": 8.0}
"""Seconds a guest takes at an unknown door, by print policy: a lane with badges usually admits 120
to 200 guests an hour, one without twice as many or more."""

MAX_PAST = 10
MAX_BINS = 12 * 60 // BIN_MINUTES


@dataclass(frozen=True, slots=True)
class DoorBasis:
    """Facts of one check-in list's door.

    Attributes:
        doors_at: When it opens today.
        expected: Tickets that may come by it.
        served: Tickets that came.
        served_lately: Guests a minute over `LATELY`.
        lanes: Lanes at work lately: different gates, people and devices.
        seconds_each: Seconds one guest takes, measured or usual.
        measured: Whether `seconds_each` was measured.
        daily: Whether guests of one day come again on the next.
    """

    list_name: str
    event_name: str
    time_zone: str
    doors_at: datetime
    expected: int
    served: int
    served_lately: float
    lanes: int
    seconds_each: float
    measured: bool
    curve: ArrivalCurve
    daily: bool = False


@reads(Permission.DOOR, Permission.TICKETS)
def door_basis(act: Act, list_id: UUID, *, curve: ArrivalCurve | None = None) -> DoorBasis:
    """Read the basis of a forecast; the curve is learned from the owner's past events.

    Args:
        curve: A curve that was read before, for callers who ask every few seconds.

    Raises:
        NotFoundError: There is no such check-in list.
    """
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR, Permission.TICKETS)
    event = act.connection.execute(
        select(EventRow.starts_at, EventRow.ends_at, EventRow.owner_id).where(
            EventRow.id == door.event_id
        )
    ).one()
    hour = _admissions(act, list_id)
    lately = [(lane, at) for lane, at in hour if at > act.now - LATELY]
    seconds = _pace(hour)
    minutes = LATELY.total_seconds() / 60
    return DoorBasis(
        list_name=door.name,
        event_name=door.event_name,
        time_zone=door.time_zone,
        doors_at=_doors_at(door, event.starts_at, event.ends_at, act.now),
        expected=_expected(act, door),
        served=_served(act.connection, list_id),
        served_lately=len(lately) / minutes,
        lanes=max(1, len({lane for lane, _at in lately})),
        seconds_each=seconds or USUAL_S[door.print_policy],
        measured=seconds is not None,
        curve=curve or learned_curve(_past(act, event.owner_id, door.event_id)),
        daily=door.entry_policy is not EntryPolicy.ONCE,
    )


def _doors_at(door: CheckInList, starts_at: datetime, ends_at: datetime, now: datetime) -> datetime:
    """When the door opens today: at the same time on each day of the event."""
    zone = ZoneInfo(door.time_zone)
    first = (door.opens_at or starts_at - BEFORE_START).astimezone(zone)
    today = min(now, ends_at).astimezone(zone).date()
    if today <= first.date():
        return first.astimezone(UTC)
    return first.replace(year=today.year, month=today.month, day=today.day).astimezone(UTC)


def _expected(act: Act, door: CheckInList) -> int:
    tickets = select(func.count()).where(
        TicketRow.event_id == door.event_id, TicketRow.state == "valid"
    )
    over = overdue_tickets(act.connection, door.event_id, act.now)
    if door.ticket_type_ids:
        tickets = tickets.where(TicketRow.ticket_type_id.in_(door.ticket_type_ids))
        over = {key: over[key] for key in over.keys() & door.ticket_type_ids}
    return act.connection.execute(tickets).scalar_one() - sum(over.values())


def _served(connection: Connection, list_id: UUID) -> int:
    tickets = func.count(AdmissionRow.ticket_id.distinct())
    return connection.execute(select(tickets).where(AdmissionRow.list_id == list_id)).scalar_one()


def _admissions(act: Act, list_id: UUID) -> list[tuple[str, datetime]]:
    """Lane and time of the last hour's admissions, oldest first."""
    rows = act.connection.execute(
        select(ScanRow.recorded_at, ScanRow.actor_name, ScanRow.device_id, GateRow.name)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .where(
            ScanRow.list_id == list_id,
            ScanRow.outcome == "admitted",
            ScanRow.annulled_at.is_(None),
            # What a phone told of later stands behind newer ones.
            ~exists().where(OfflineScanRow.scan_id == ScanRow.id),
        )
        .order_by(ScanRow.no.desc())
        .limit(10_000)
    )
    found = []
    for at, actor, device, gate in rows:
        if at <= act.now - PACE_FROM:
            break
        found.append((f"{gate or ''}/{actor}/{device}", at))
    return found[::-1]


def _pace(admissions: Iterable[tuple[str, datetime]]) -> float | None:
    """Seconds one guest takes at a lane, from the pauses between admissions."""
    last: dict[str, datetime] = {}
    pauses = []
    for lane, at in admissions:
        if lane in last:
            pauses.append((at - last[lane]).total_seconds())
        last[lane] = at
    return seconds_each(pauses)


def _past(act: Act, owner_id: UUID | None, event_id: UUID) -> list[list[int]]:
    """Arrivals in each step of the curve at the owner's past events."""
    if owner_id is None:
        return []
    events = act.connection.execute(
        select(EventRow.id, EventRow.starts_at)
        .where(EventRow.owner_id == owner_id, EventRow.id != event_id, EventRow.ends_at <= act.now)
        .order_by(EventRow.starts_at.desc())
        .limit(MAX_PAST)
    )
    return [_counts(act.connection, past.id, past.starts_at) for past in events.all()]


def _counts(connection: Connection, event_id: UUID, starts_at: datetime) -> list[int]:
    """Count first admissions of tickets by steps of the curve."""
    opens = connection.execute(
        select(func.min(CheckInListRow.opens_at)).where(CheckInListRow.event_id == event_id)
    ).scalar_one()
    doors_at = opens or starts_at - BEFORE_START
    first = (
        select(func.min(AdmissionRow.admitted_at))
        .join(TicketRow, TicketRow.id == AdmissionRow.ticket_id)
        .where(TicketRow.event_id == event_id, by_a_door())
        .group_by(AdmissionRow.ticket_id)
    )
    bins: Counter[int] = Counter()
    for at in connection.execute(first).scalars():
        place = max(0, int((at - doors_at).total_seconds() // (60 * BIN_MINUTES)))
        if place < MAX_BINS:
            bins[place] += 1
    return [bins[place] for place in range(max(bins, default=-1) + 1)]
