"""Going from one room to another: an entry that ends the stay where the guest was before.

The exit is a scan of its own at the other list, written in the transaction of the entry, so that
counters, rules and figures see it as they see every exit.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from data.schema import CheckInListRow, ScanRow
from eventdesk.core.ids import new_id
from eventdesk.door.check_in_lists import Direction, ListKind
from eventdesk.door.decide import Decision
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.outcome import Outcome, said
from eventdesk.door.passages import history_of
from eventdesk.door.scan_rows import Attempt, write_down

_LAST = "\U0010ffff"


def end_other_stays(connection: Connection, entry: Attempt) -> None:
    """Record that who entered a room left the others of the event, where the list says so."""
    if not entry.door.ends_stays or entry.ticket is None:
        return
    ticket_id = entry.ticket.facts.id
    been = connection.execute(
        _BEEN,
        {"ticket_id": ticket_id, "event_id": entry.door.event_id, "list_id": entry.door.id},
    ).scalars()
    for list_id in list(been):
        room = list_at_door(connection, list_id)
        history = history_of(connection, ticket_id, room, entry.now)
        if not history.inside:
            continue
        scan = replace(
            entry.scan,
            list_id=list_id,
            nonce=f"{_mark(entry.id)}{list_id}",
            direction=Direction.EXIT,
            answers={},
            force_reason="",
        )
        leaving = replace(
            entry,
            scan=scan,
            door=room,
            direction=Direction.EXIT,
            id=new_id(),
            approved_by="",
            history=history,
            inside=None,
        )
        outcome = Outcome.EXITED
        reason = f"Entered {entry.door.name}."
        write_down(connection, leaving, Decision(outcome, reason, said(outcome, room.kind).guest))


def give_stays_back(
    connection: Connection, scan_id: UUID, *, actor_name: str, reason: str, now: datetime
) -> None:
    """Take back the exits that an entry brought about, as the entry itself is taken back."""
    mark = _mark(scan_id)
    device = select(ScanRow.device_id).where(ScanRow.id == scan_id).scalar_subquery()
    connection.execute(
        update(ScanRow)
        .where(
            ScanRow.device_id == device,
            ScanRow.nonce.between(mark, mark + _LAST),
            ScanRow.annulled_at.is_(None),
        )
        .values(annulled_at=now, annulled_by=actor_name, annulled_reason=reason)
    )


def _mark(entry_id: UUID) -> str:
    """What the nonces of the exits begin with that an entry brings about."""
    return f"moved:{entry_id}:"


_BEEN = (
    select(ScanRow.list_id)
    .distinct()
    .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
    .where(
        ScanRow.ticket_id == bindparam("ticket_id", type_=ScanRow.id.type),
        ScanRow.outcome == "admitted",
        ScanRow.annulled_at.is_(None),
        CheckInListRow.event_id == bindparam("event_id", type_=ScanRow.id.type),
        CheckInListRow.kind == ListKind.ROOM.value,
        CheckInListRow.id != bindparam("list_id", type_=ScanRow.id.type),
    )
)
