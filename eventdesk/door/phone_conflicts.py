"""Conflicts: what phones decided without the house and does not fit, until somebody settled it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from data.rows import AnyRow
from data.schema import (
    CheckInListRow,
    DeviceRow,
    GateRow,
    OfflineScanRow,
    ScanRow,
    TicketRow,
    TicketTypeRow,
    aliased,
)
from eventdesk.accounts import need_word
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.door.phone_scans import NOT_ALLOWED, OTHER_DOOR, TOO_OLD, TURNED_AWAY, TWICE
from eventdesk.door.scan import WORDING, Outcome

MAX_WORD: Final = 300

USUAL_FINDINGS: Final = (
    msg("The same person, scanned twice"),
    msg("Two people: one was sent away"),
    msg("Two people, and both may stay"),
    msg("Looked at: nothing is to be done"),
)
"""What is mostly found out about a conflict."""


_TOLD: Final = {
    TWICE: msg("let in twice"),
    TURNED_AWAY: msg("turned away, and counted in"),
    NOT_ALLOWED: msg("let in by a phone alone, where the list does not allow that"),
    TOO_OLD: msg("let in longer ago than the list lets a phone decide alone"),
    OTHER_DOOR: msg("let in at another door than the phone is for"),
}


@dataclass(frozen=True, slots=True)
class Passing:
    """A scan by which somebody came in: who let them, where, when.

    Attributes:
        at: When it happened, aware UTC.
        gate: Where; "" is at no gate.
        operator: Who scanned.
        device: On which machine.
    """

    scan_id: UUID
    at: datetime
    gate: str
    operator: str
    device: str


@dataclass(frozen=True, slots=True)
class OfflineConflict:
    """Something that a phone decided without the house and that the house would not have.

    Attributes:
        why: `twice`, `turned_away`, `not_allowed`, `too_old`, `other_door`, or the outcome that
            would have refused.
        shown: What the guest was shown.
        here: The phone's scan.
        other: The scan by which the same ticket had come in, where it is `twice`.
        delivered_at: When the house heard of it.
        settled_at: When somebody settled it; None where nobody did.
        word: What they found.
    """

    scan_id: UUID
    why: str
    shown: Outcome
    list_id: UUID
    list: str
    ticket_id: UUID | None
    name: str
    ticket_code: str
    ticket_type: str
    here: Passing
    other: Passing | None
    delivered_at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""
    word: str = ""

    @property
    def told(self) -> Message:
        """What it is, in a few words."""
        if self.why in _TOLD:
            return _TOLD[self.why]
        return msg("let in, though: {word}", word=WORDING[Outcome(self.why)].word)

    @property
    def scans(self) -> tuple[Passing, ...]:
        """The scans it is about, in the order in which they happened."""
        both = (self.here,) if self.other is None else (self.here, self.other)
        return tuple(sorted(both, key=lambda each: each.at))


@reads(Permission.DOOR, about="event_id")
def offline_conflicts(
    act: Act, event_id: UUID, *, settled: bool = False, offset: int = 0, limit: int = 50
) -> tuple[list[OfflineConflict], int]:
    """List what phones decided without the house and does not fit, oldest first.

    What was undone at the door since is no conflict any more.

    Args:
        settled: Those that were settled, the latest first, instead of those that are open.

    Returns:
        Some of them, and how many there are.
    """
    act.need(event_id, Permission.DOOR)
    where = _open_at(event_id) if not settled else _settled_at(event_id)
    order = OfflineScanRow.settled_at.desc() if settled else ScanRow.recorded_at
    counted = select(func.count()).select_from(_SCANS).where(*where)
    rows = act.connection.execute(
        _CONFLICTS.where(*where).order_by(order, ScanRow.no).offset(offset).limit(limit)
    )
    return [_view(row) for row in rows], act.connection.execute(counted).scalar_one()


@reads(Permission.DOOR, about=event_of(ScanRow, "scan_id"))
def read_conflict(act: Act, scan_id: UUID) -> OfflineConflict:
    """Read one conflict, whether it was settled or not.

    Raises:
        NotFoundError: There is no such conflict.
    """
    row = _found(act, scan_id)
    act.need(row.event_id, Permission.DOOR)
    return _view(row)


def _found(act: Act, scan_id: UUID) -> AnyRow:
    return need_found(
        act.connection.execute(_CONFLICTS.where(ScanRow.id == scan_id)).one_or_none(),
        msg("There is no such conflict."),
        hint=advise(Remedy.READ_AGAIN),
    )


@writes(Permission.DOOR, about=event_of(ScanRow, "scan_id"))
def settle_conflict(act: Act, scan_id: UUID, *, word: str) -> OfflineConflict:
    """Settle a conflict: note what was found out about it.

    Raises:
        NotFoundError: There is no such conflict.
        InvalidInputError: Nothing was noted, or it was settled already.
        NotAllowedError: The actor is no supervisor, and has no approval by one.
    """
    row = _found(act, scan_id)
    here = act.need(row.event_id, Permission.DOOR)
    noted = typed_text.line(word, msg("What was found"), most=MAX_WORD, needed=True)
    if row.settled_at is not None:
        raise InvalidInputError(msg("{name} settled this already.", name=row.settled_by))
    no = msg("Only a supervisor may settle this.")
    approved_by = need_word(act, here, row.event_id, what="settle", refusal=no)
    act.connection.execute(
        update(OfflineScanRow)
        .where(OfflineScanRow.scan_id == scan_id)
        .values(settled_at=act.now, settled_by=approved_by or act.actor.name, word=noted)
    )
    act.record(
        "settle_conflict",
        ("scan", scan_id),
        event_id=row.event_id,
        why=row.conflict,
        reason=noted,
        **{"approved_by": approved_by} if approved_by else {},
    )
    return _view(act.connection.execute(_CONFLICTS.where(ScanRow.id == scan_id)).one())


_other = aliased(ScanRow)
_other_gate = aliased(GateRow)
_other_device = aliased(DeviceRow)
_SCANS: Final[Any] = OfflineScanRow.__table__.join(
    ScanRow.__table__, ScanRow.id == OfflineScanRow.scan_id
)
_CONFLICTS: Final = (
    select(
        OfflineScanRow.__table__,
        ScanRow.list_id,
        CheckInListRow.name.label("list"),
        ScanRow.ticket_id,
        TicketRow.holder_name,
        TicketRow.code,
        TicketTypeRow.name.label("ticket_type"),
        ScanRow.recorded_at,
        ScanRow.actor_name,
        GateRow.name.label("gate"),
        DeviceRow.name.label("device"),
        _other.recorded_at.label("other_at"),
        _other.actor_name.label("other_actor"),
        _other_gate.name.label("other_gate"),
        _other_device.name.label("other_device"),
    )
    .select_from(OfflineScanRow)
    .join(ScanRow, ScanRow.id == OfflineScanRow.scan_id)
    .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
    .join(DeviceRow, DeviceRow.id == ScanRow.device_id)
    .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
    .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
    .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .outerjoin(_other, _other.id == OfflineScanRow.other_id)
    .outerjoin(_other_gate, _other_gate.id == _other.gate_id)
    .outerjoin(_other_device, _other_device.id == _other.device_id)
    .where(OfflineScanRow.conflict.is_not(None))
)


def _open_at(event_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        OfflineScanRow.event_id == event_id,
        OfflineScanRow.conflict.is_not(None),
        OfflineScanRow.settled_at.is_(None),
        ScanRow.annulled_at.is_(None),
    )


def _settled_at(event_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        OfflineScanRow.event_id == event_id,
        OfflineScanRow.conflict.is_not(None),
        OfflineScanRow.settled_at.is_not(None),
    )


def _view(row: AnyRow) -> OfflineConflict:
    other = None
    if row.other_id is not None:
        other = Passing(
            row.other_id, row.other_at, row.other_gate or "", row.other_actor, row.other_device
        )
    return OfflineConflict(
        scan_id=row.scan_id,
        why=row.conflict,
        shown=Outcome(row.shown),
        list_id=row.list_id,
        list=row.list,
        ticket_id=row.ticket_id,
        name=row.holder_name or "",
        ticket_code=row.code or "",
        ticket_type=row.ticket_type or "",
        here=Passing(
            row.scan_id, row.recorded_at, row.gate or "", row.actor_name, row.device or ""
        ),
        other=other,
        delivered_at=row.delivered_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        word=row.word,
    )
