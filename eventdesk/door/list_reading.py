"""A check-in list as the rules see it, read inside the transaction of a scan."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import (
    CheckInListRow,
    CheckInListTypeRow,
    EventRow,
    GateRow,
    RoomRow,
    SessionRow,
    aliased,
)
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.door.check_in_list import (
    CheckInList,
    Direction,
    EntryPolicy,
    ListKind,
    PrintPolicy,
    UnpaidPolicy,
    all_left_at,
    read_questions,
    read_rules,
    read_tells,
    ways,
)
from eventdesk.events import closed_at


def list_of_event(connection: Connection, event_id: UUID, list_id: UUID) -> CheckInList:
    """Read one check-in list of an event; one of another event is as if it were not there.

    Raises:
        NotFoundError: There is no such list at the event.
    """
    door = list_at_door(connection, list_id)
    if door.event_id != event_id:
        raise no_such_list()
    return door


def no_such_list() -> NotFoundError:
    """Say that there is no such list, or none that this person may know of."""
    return NotFoundError(
        msg("There is no such check-in list."), hint=advise(Remedy.OPEN_LIST, of=ShownList.EVENTS)
    )


def list_at_door(connection: Connection, list_id: UUID) -> CheckInList:
    """Read one check-in list as the rules see it."""
    listed = _DOOR.made(connection, {"list_id": list_id}, _listed)
    if listed is None:
        raise no_such_list()
    door = listed.door
    if listed.gate_ids:
        gates = select(GateRow.id, GateRow.name).where(GateRow.id.in_(listed.gate_ids))
        rows = connection.execute(gates.order_by(GateRow.name))
        door = replace(door, gates=tuple((row.id, row.name) for row in rows))
    if listed.has_exits:
        entries, exits, clock = _linked(connection, list_id, door.event_id)
        door = replace(door, entry_lists=entries, exit_lists=exits, auto_exit=clock)
    if listed.has_badge_desks:
        door = replace(door, badge_types=_badge_types(connection, door.event_id))
    return door


class _Listed(NamedTuple):
    """A list as its own rows have it, and what else has to be read."""

    door: CheckInList
    gate_ids: frozenset[UUID]
    has_exits: bool
    has_badge_desks: bool


def _listed(rows: Sequence[AnyRow]) -> _Listed | None:
    if not rows:
        return None
    row = rows[0]
    kind, rules = ListKind(row.kind), read_rules(row.rules)
    door = CheckInList(
        **{name: getattr(row, name) for name in _AS_KEPT},
        event_name=row.event_name,
        time_zone=row.time_zone,
        event_closed_at=closed_at(row),
        event_cancelled=row.cancelled_at is not None,
        ticket_type_ids=frozenset(one.type_id for one in rows if one.type_id is not None),
        entry_policy=EntryPolicy(row.entry_policy),
        direction=Direction(row.direction),
        unpaid_policy=UnpaidPolicy(row.unpaid_policy),
        print_policy=PrintPolicy(row.print_policy),
        questions=read_questions(row.questions),
        kind=kind,
        rules=rules,
        room_name=row.room_name or "",
        session_title=row.session_title or "",
        sign_up=bool(row.sign_up),
        session_cancelled=row.session_cancelled_at is not None,
        room_capacity=row.room_capacity if kind is ListKind.ROOM else None,
        **read_tells(row.tells),
    )
    gate_ids = frozenset(gate_id for rule in rules for gate_id in rule.gate_ids)
    return _Listed(door, gate_ids, bool(row.leaves), bool(row.badge_desks))


def _linked(
    connection: Connection, list_id: UUID, event_id: UUID
) -> tuple[tuple[UUID, ...], tuple[UUID, ...], str]:
    """The lists whose entries and exits count at this one, and when all are taken to have left."""
    lists: list[Any] = list(connection.execute(_LISTS, {"event_id": event_id}))
    here = next(each for each in lists if each.id == list_id)
    entries, exits = ways([here], lists)
    if exits == (here,) and entries == exits:
        return (), (), here.auto_exit  # nothing but itself
    clock = here.auto_exit or next(filter(None, (all_left_at(one, lists) for one in entries)), "")
    return tuple(each.id for each in entries), tuple(each.id for each in exits), clock


def _badge_types(connection: Connection, event_id: UUID) -> frozenset[UUID]:
    """The ticket types whose badges are picked up at a list of their own; empty is all."""
    rows = connection.execute(_BADGE_DESKS, {"event_id": event_id}).all()
    types = frozenset(row.ticket_type_id for row in rows)
    return frozenset() if None in types else types


_other = aliased(CheckInListRow)
_LISTS = (
    select(
        _other.id,
        _other.kind,
        func.coalesce(_other.room_id, SessionRow.room_id).label("place_id"),
        _other.auto_exit,
    )
    .outerjoin(SessionRow, SessionRow.id == _other.session_id)
    .where(_other.event_id == bindparam("event_id"))
    .order_by(_other.position, _other.id)
)

_BADGE_DESKS = (
    select(CheckInListTypeRow.ticket_type_id)
    .select_from(_other)
    .outerjoin(CheckInListTypeRow, CheckInListTypeRow.list_id == _other.id)
    .where(_other.event_id == bindparam("event_id"), _other.kind == "badge")
)

_AS_KEPT = (
    *("id", "event_id", "name", "opens_at", "closes_at", "exit_needs_entry", "min_minutes_between"),
    *("max_entries", "attention", "room_id", "session_id", "capacity", "item", "item_question_id"),
    *("auto_exit", "ends_stays", "offline", "offline_hours"),
)
"""The columns of a list that its fields are taken from as they are."""

_READ = (
    "entry_policy",
    "direction",
    "unpaid_policy",
    "print_policy",
    "questions",
    "kind",
    "rules",
    "tells",
)
"""The columns that hold more than a plain value."""


def _how_many(kind: str) -> Any:
    """A count of the lists of a kind at the event of a list."""
    return (
        select(func.count())
        .where(_other.event_id == CheckInListRow.event_id, _other.kind == kind)
        .correlate(CheckInListRow)
        .scalar_subquery()
    )


# One row for each ticket type.
_DOOR = Prepared(
    select(
        *(getattr(CheckInListRow, name) for name in (*_AS_KEPT, *_READ)),
        EventRow.name.label("event_name"),
        EventRow.time_zone,
        EventRow.state,
        EventRow.ends_at,
        EventRow.cancelled_at,
        RoomRow.name.label("room_name"),
        RoomRow.capacity.label("room_capacity"),
        SessionRow.title.label("session_title"),
        SessionRow.sign_up,
        SessionRow.cancelled_at.label("session_cancelled_at"),
        CheckInListTypeRow.ticket_type_id.label("type_id"),
        _how_many("leave").label("leaves"),
        _how_many("badge").label("badge_desks"),
    )
    .join(EventRow, EventRow.id == CheckInListRow.event_id)
    .outerjoin(SessionRow, SessionRow.id == CheckInListRow.session_id)
    .outerjoin(RoomRow, RoomRow.id == func.coalesce(CheckInListRow.room_id, SessionRow.room_id))
    .outerjoin(CheckInListTypeRow, CheckInListTypeRow.list_id == CheckInListRow.id)
    .where(CheckInListRow.id == bindparam("list_id"))
)


def gate_in_use(connection: Connection, gate_id: UUID | None) -> UUID | None:
    """The gate where somebody stands; None also where it was removed meanwhile.

    No rule names a gate that was removed, so none is as good, and nobody is kept waiting for it.
    """
    if gate_id is None:
        return None
    row = _GATE.one_or_none(connection, {"gate_id": gate_id})
    return None if row is None else gate_id


_GATE = Prepared(select(GateRow.id).where(GateRow.id == bindparam("gate_id")))
