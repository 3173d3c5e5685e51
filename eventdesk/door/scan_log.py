"""The log of scans: the newest of a list, a gate or a ticket."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from data.prepared import Prepared
from data.schema import CheckInListRow, GateRow, OfflineScanRow, ScanRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, event_of, reads
from eventdesk.core.errors import NotFoundError, need_found
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.door.check_in_list import Direction, ListKind, read_questions
from eventdesk.door.following import newest_scan
from eventdesk.door.scan import CheckInResult, Outcome, ScanView


@reads(Permission.DOOR, Permission.TICKETS)
def recent_scans(
    act: Act, list_id: UUID, *, gate_id: UUID | None = None, limit: int = 50
) -> list[ScanView]:
    """Read the newest scans of a list, or of one gate of it; undone ones included.

    Raises:
        NotFoundError: There is no such list.
    """
    _need_staff(act, select(CheckInListRow.event_id).where(CheckInListRow.id == list_id))
    where = [ScanRow.list_id == list_id]
    if gate_id is not None:
        where.append(ScanRow.gate_id == gate_id)
    return _views(act, *where, limit=limit)


@reads(Permission.DOOR, Permission.TICKETS)
def scans_of(act: Act, ticket_id: UUID, *, limit: int = 50) -> list[ScanView]:
    """Read the newest scans of one ticket, at whatever list.

    Raises:
        NotFoundError: There is no such ticket.
    """
    _need_staff(act, select(TicketRow.event_id).where(TicketRow.id == ticket_id))
    return ticket_scans(act, ticket_id, limit=limit)


@reads(Permission.DOOR, about=event_of(ScanRow, "scan_id"))
def scan_answer(act: Act, scan_id: UUID) -> CheckInResult:
    """Read what was answered to a scan, for a desk that shows what its phone scanned.

    Raises:
        NotFoundError: There is no such scan.
    """
    row = act.connection.execute(
        select(ScanRow.event_id, ScanRow.result).where(ScanRow.id == scan_id)
    ).one_or_none()
    row = need_found(row, msg("There is no such scan."))
    act.need(row.event_id, Permission.DOOR)
    return CheckInResult.from_json(row.result)


def ticket_scans(act: Act, ticket_id: UUID, *, limit: int = 50) -> list[ScanView]:
    """Read the newest scans of one ticket inside a transaction."""
    return _views(act, ScanRow.ticket_id == ticket_id, limit=limit)


@reads(internal=True)
def outcomes_after(act: Act, no: int) -> tuple[int, dict[str, int]]:
    """Count the scans behind a scan's number by their outcome, and say the newest number.

    All of them are counted in an index: a million take a quarter of a second, not three.
    """
    counted = select(ScanRow.outcome, func.count(), func.max(ScanRow.no)).group_by(
        ScanRow.list_id, ScanRow.outcome
    )
    rows = act.connection.execute(counted.where(ScanRow.no > no) if no else counted).all()
    outcomes: Counter[str] = Counter()
    for outcome, count, _last in rows:
        outcomes[outcome] += count
    return max((last for _outcome, _count, last in rows), default=no), dict(outcomes)


@dataclass(frozen=True, slots=True)
class ForgedScans:
    """What desks are warned of: forged codes that were held up since they last looked.

    Attributes:
        scans: They, newest first, at whatever list and gate.
        looked_to: The number of the newest scan there is, to look on from.
        unsettled: Conflicts that phones brought about without the network and nobody settled.
    """

    scans: tuple[ScanView, ...]
    looked_to: int
    unsettled: int = 0


@reads(Permission.DOOR)
def forged_scans(act: Act, event_id: UUID, *, looked_to: int | None = None) -> ForgedScans:
    """Read the forged codes behind a scan's number; without one, only where to begin."""
    act.need(event_id, Permission.DOOR)
    newest, unsettled = newest_scan(act.connection), count_conflicts(act, event_id)
    if looked_to is None or looked_to >= newest:
        return ForgedScans((), newest, unsettled)
    forged = (ScanRow.event_id == event_id, ScanRow.outcome == Outcome.FORGED.value)
    scans = tuple(_views(act, ScanRow.no > looked_to, *forged, limit=20))
    return ForgedScans(scans, newest, unsettled)


def count_conflicts(act: Act, event_id: UUID) -> int:
    """Count what phones decided without the network, does not fit and was not settled."""
    [row] = _UNSETTLED.all(act.connection, {"event_id": event_id})
    unsettled: int = row.unsettled
    return unsettled


_UNSETTLED = Prepared(
    select(func.count().label("unsettled"))
    .select_from(OfflineScanRow)
    .join(ScanRow, ScanRow.id == OfflineScanRow.scan_id)
    .where(
        OfflineScanRow.event_id == bindparam("event_id", type_=OfflineScanRow.event_id.type),
        OfflineScanRow.conflict.is_not(None),
        OfflineScanRow.settled_at.is_(None),
        ScanRow.annulled_at.is_(None),
    )
)


def one_scan(act: Act, scan_id: UUID) -> ScanView:
    """Read one scan inside a transaction."""
    found = _views(act, ScanRow.id == scan_id, limit=1)
    if not found:
        raise NotFoundError(msg("There is no such scan."))
    return found[0]


def answers_told(answers: Mapping[str, str], questions: Mapping[str, Any]) -> tuple[str, ...]:
    """The answers given with a scan, each behind what was asked, such as "Any knives? no"."""
    if not answers:
        return ()
    texts = {each.id: each.text for each in read_questions(questions)}
    return tuple(f"{texts.get(key, key)} {value}" for key, value in answers.items())


def _need_staff(act: Act, event: Select[UUID]) -> None:
    """Show scans to the event's staff only."""
    event_id = act.connection.execute(event).scalar_one_or_none()
    if event_id is None:
        raise NotFoundError(msg("There is no such list or ticket."), hint=advise(Remedy.READ_AGAIN))
    act.need(event_id, Permission.DOOR, Permission.TICKETS)


def _views(act: Act, *where: Any, limit: int) -> list[ScanView]:
    rows = act.connection.execute(
        select(
            ScanRow.id,
            ScanRow.recorded_at,
            ScanRow.outcome,
            ScanRow.direction,
            TicketRow.holder_name,
            TicketRow.code,
            TicketTypeRow.name.label("ticket_type"),
            GateRow.name.label("gate"),
            ScanRow.actor_id,
            ScanRow.actor_name,
            ScanRow.reason,
            ScanRow.ticket_id,
            ScanRow.annulled_at,
            ScanRow.forced,
            ScanRow.answers,
            ScanRow.approved_by,
            ScanRow.group_id,
            CheckInListRow.questions,
            CheckInListRow.kind,
        )
        .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
        .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
        .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .where(*where)
        .order_by(ScanRow.no.desc())
        .limit(limit)
    )
    return [
        ScanView(
            id=row.id,
            recorded_at=row.recorded_at,
            outcome=Outcome(row.outcome),
            direction=Direction(row.direction),
            name=row.holder_name or "",
            ticket_code=row.code or "",
            ticket_type=row.ticket_type or "",
            gate=row.gate or "",
            operator=row.actor_name,
            operator_id=row.actor_id,
            reason=row.reason,
            ticket_id=row.ticket_id,
            annulled=row.annulled_at is not None,
            forced=row.forced,
            mine=row.actor_id == act.actor.id and row.actor_name == act.actor.name,
            kind=ListKind(row.kind),
            answers=answers_told(row.answers, row.questions),
            approved_by=row.approved_by,
            group_id=row.group_id,
        )
        for row in rows
    ]
