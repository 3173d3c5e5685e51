"""The log of scans: the newest of a list, a gate or a ticket."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from data.schema import CheckInListRow, GateRow, ScanRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, reads
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg
from eventdesk.door.check_in_list import Direction, ListKind, read_questions
from eventdesk.door.scan import Outcome, ScanView


@reads(Permission.DOOR, Permission.TICKETS)
def recent_scans(
    act: Act, list_id: UUID, *, gate_id: UUID | None = None, limit: int = 50
) -> list[ScanView]:
    """Read the newest scans of a list, or of one gate of it; undone ones included."""
    _need_staff(act, select(CheckInListRow.event_id).where(CheckInListRow.id == list_id))
    where = [ScanRow.list_id == list_id]
    if gate_id is not None:
        where.append(ScanRow.gate_id == gate_id)
    return _views(act, *where, limit=limit)


@reads(Permission.DOOR, Permission.TICKETS)
def scans_of(act: Act, ticket_id: UUID, *, limit: int = 50) -> list[ScanView]:
    """Read the newest scans of one ticket, at whatever list."""
    _need_staff(act, select(TicketRow.event_id).where(TicketRow.id == ticket_id))
    return _views(act, ScanRow.ticket_id == ticket_id, limit=limit)


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
        raise NotFoundError(
            msg("There is no such list or ticket."), hint=msg("Read again with F5.")
        )
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
