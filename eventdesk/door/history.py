"""History of a list: the passages of tickets, who is inside, and who came with whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import AdmissionRow, GateRow, ScanRow, TicketRow, TicketTypeRow, aliased
from eventdesk.acts import Act
from eventdesk.core.day_times import last_daily
from eventdesk.door.check_in_list import CheckInList, Direction
from eventdesk.door.scan import History, Passage, TicketFacts, with_automatic_exits


def history_of(act: Act, ticket_id: UUID, door: CheckInList) -> History:
    """Read the passages of a ticket through a list, in the order the store wrote them."""
    given: dict[str, Any] = {"ticket_id": ticket_id}
    if door.exit_lists:
        given |= {"entry_lists": door.entry_lists, "exit_lists": door.exit_lists}
        rows = act.connection.execute(_LINKED_PASSAGES, given).all()
    else:
        rows = _PASSAGES.all(act.connection, given | {"list_id": door.id})
    return History(_passages(rows, door, act.now))


def standing_of(act: Act, ticket_ids: Sequence[UUID], door: CheckInList) -> dict[UUID, History]:
    """The passages of several tickets through a list; who has none is left out."""
    query = _SOME.where(_counted(*_lists(door)), ScanRow.ticket_id.in_(ticket_ids))
    return _by_ticket(act.connection.execute(query).all(), door, act.now)


def company_in(act: Act, ticket: TicketFacts, booking_id: UUID, door: CheckInList) -> bool:
    """Whether somebody is in who may accompany a ticket.

    That is who is of the same booking and needs no company, and who is its companion.
    """
    query = (
        _SOME.join(TicketRow, TicketRow.id == ScanRow.ticket_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(
            or_(TicketRow.booking_id == booking_id, TicketRow.companion_of == ticket.id),
            TicketRow.id != ticket.id,
            TicketRow.state == "valid",
            ~TicketTypeRow.accompanied,
            _counted(*_lists(door)),
        )
    )
    standing = _by_ticket(act.connection.execute(query).all(), door, act.now)
    return any(history.inside for history in standing.values())


def lead_in(act: Act, lead_id: UUID, door: CheckInList) -> bool:
    """Whether the holder of a ticket is in, so that the companion may follow.

    Whoever needs company, too, cannot go first; then the companion does.
    """
    needs_company = act.connection.execute(
        select(TicketTypeRow.accompanied)
        .join(TicketRow, TicketRow.ticket_type_id == TicketTypeRow.id)
        .where(TicketRow.id == lead_id)
    ).scalar_one_or_none()
    return bool(needs_company) or history_of(act, lead_id, door).inside


def inside_now(connection: Connection, door: CheckInList, now: datetime) -> int:
    """Count the people inside by a list, whoever let them in.

    Without exits it is who came, which an index answers; else those are taken off whose last
    passage was an exit.
    """
    given: dict[str, Any] = dict(zip(("entry_lists", "exit_lists"), _lists(door), strict=True))
    came, left = _INSIDE
    if door.auto_exit:
        given["begun"] = last_daily(door.auto_exit, ZoneInfo(door.time_zone), now)
        came, left = _INSIDE_SINCE
    admitted: int = connection.execute(came, given).scalar_one()
    out: int = connection.execute(left, given).scalar_one()
    return admitted - out


def admitted_once(connection: Connection, door: CheckInList) -> int:
    """Count the different tickets that ever came by a list."""
    came = AdmissionRow.list_id.in_(_lists(door)[0])
    count: int = connection.execute(
        select(func.count(AdmissionRow.ticket_id.distinct())).where(came)
    ).scalar_one()
    return count


def _lists(door: CheckInList) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """The lists whose entries, and those whose exits count at a list."""
    return door.entry_lists or (door.id,), door.exit_lists or (door.id,)


# With + no index is asked: of some tickets SQLite would else walk all scans of the list.
_LIST: ColumnElement[UUID] = literal_column("+scan.list_id", ScanRow.list_id.type)


def _counted(entry_lists: Any, exit_lists: Any) -> Any:
    """The scans that are passages, by the lists whose entries and whose exits count."""
    return and_(
        ScanRow.annulled_at.is_(None),
        or_(
            and_(_LIST.in_(entry_lists), ScanRow.outcome == "admitted"),
            and_(_LIST.in_(exit_lists), ScanRow.outcome == "exited"),
        ),
    )


def _by_ticket(rows: Sequence[AnyRow], door: CheckInList, now: datetime) -> dict[UUID, History]:
    found: dict[UUID, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    return {key: History(_passages(each, door, now)) for key, each in found.items()}


def _passages(rows: Sequence[AnyRow], door: CheckInList, now: datetime) -> tuple[Passage, ...]:
    passages = [
        Passage(Direction(row.direction), row.recorded_at, row.gate or "", row.id) for row in rows
    ]
    return with_automatic_exits(passages, door.auto_exit, door.time_zone, now)


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_ROWS: Any = (
    select(ScanRow.direction, ScanRow.recorded_at, GateRow.name.label("gate"), ScanRow.id)
    .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
    .order_by(ScanRow.no)
)
_SOME: Any = _ROWS.add_columns(ScanRow.ticket_id)
_PASSAGES = Prepared(
    _ROWS.where(
        ScanRow.ticket_id == bindparam("ticket_id"),
        ScanRow.list_id == bindparam("list_id"),
        or_(ScanRow.outcome == "admitted", ScanRow.outcome == "exited"),
        ScanRow.annulled_at.is_(None),
    )
)
_LINKED_PASSAGES = _ROWS.where(
    ScanRow.ticket_id == bindparam("ticket_id"),
    _counted(bindparam("entry_lists", expanding=True), bindparam("exit_lists", expanding=True)),
)


def _inside(*, since: bool) -> tuple[Select[Any], Select[Any]]:
    """Different tickets that came, and those of them whose last passage was an exit."""
    later = aliased(ScanRow)
    entries: BindParameter[Any] = bindparam("entry_lists", expanding=True)
    begun = bindparam("begun", type_=ScanRow.recorded_at.type)
    returned = exists().where(
        later.ticket_id == ScanRow.ticket_id,
        later.list_id.in_(entries),
        later.outcome == "admitted",
        later.annulled_at.is_(None),
        later.no > ScanRow.no,
    )
    entered: list[ColumnElement[bool]] = [AdmissionRow.list_id.in_(entries)]
    gone: list[ColumnElement[bool]] = [
        ScanRow.list_id.in_(bindparam("exit_lists", expanding=True)),
        ScanRow.outcome == "exited",
        ScanRow.annulled_at.is_(None),
    ]
    if since:
        entered.append(AdmissionRow.admitted_at >= begun)
        gone.append(ScanRow.recorded_at >= begun)
    came = select(func.count(AdmissionRow.ticket_id.distinct())).where(*entered)
    was_in = exists().where(AdmissionRow.ticket_id == ScanRow.ticket_id, *entered)
    left = select(func.count(ScanRow.ticket_id.distinct())).where(*gone, was_in, ~returned)
    return came, left


_INSIDE = _inside(since=False)
_INSIDE_SINCE = _inside(since=True)
