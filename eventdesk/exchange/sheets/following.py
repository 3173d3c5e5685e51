"""Events that changed, queued for the spreadsheets that follow them.

Nothing is queued by whoever acts: a check-in costs the same with a spreadsheet as without. A chore
of the spooler sees by the numbers of the audit and of the scans in which events something
happened, and queues one delivery a spreadsheet, however much it was; what the rows say is read
when it is sent. How far it came is written in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select

from data.rows import AnyRow, put_setting, setting
from data.schema import AuditRow, DeliveryRow, EventRow, ScanRow, ServiceRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Act, Steps, steps
from eventdesk.core.ids import new_id
from eventdesk.integrations.google_sheets.kind import NAME

PACE: Final = timedelta(seconds=2)
"""Between deliveries to a spreadsheet: Google takes 60 calls a minute to read and 60 to write."""

LOOK_EVERY: Final = timedelta(minutes=15)
"""A spreadsheet is looked at so often although nothing changed here: people change it there."""

LOOK_UNTIL: Final = timedelta(days=1)
"""It is looked at so until that long after the end of its event."""

KEPT: Final = timedelta(minutes=30)
"""How long deliveries that are over stay listed behind newer ones."""

LAZY: Final = 200
"""So many entries that no spreadsheet is about are looked at again rather than noted as seen."""

_PLACE: Final = "sheets_followed"
_ERASURES: Final = ("erase_account", "erase_again")
"""Entries of no event that change tickets of any."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The last entry of the audit and the last scan that were looked at."""

    entry: int
    scan: int

    @classmethod
    def read(cls, connection: Connection) -> Self:
        entry, _, scan = (setting(connection, _PLACE) or "0-0").partition("-")
        return cls(int(entry), int(scan))

    @classmethod
    def newest(cls, connection: Connection) -> Self:
        entry, scan = connection.execute(_NEWEST).one()
        return cls(entry or 0, scan or 0)

    def write(self, connection: Connection) -> None:
        put_setting(connection, _PLACE, f"{self.entry}-{self.scan}")

    def events_until(self, newest: Self, connection: Connection) -> set[UUID | None]:
        """The events in which something happened; None is any."""
        entries = select(AuditRow.event_id, AuditRow.verb.in_(_ERASURES)).distinct()
        found = connection.execute(
            entries.where(AuditRow.seq > self.entry, AuditRow.seq <= newest.entry)
        ).all()
        scans = select(ScanRow.event_id).distinct()
        return {
            *(event_id for event_id, erased in found if event_id is not None or erased),
            *connection.execute(
                scans.where(ScanRow.no > self.scan, ScanRow.no <= newest.scan)
            ).scalars(),
        }


@dataclass(frozen=True, slots=True)
class _Look:
    """What happened since the last look.

    Attributes:
        due: The spreadsheets to be brought up to date, each with when at the earliest.
        seen: How many entries and scans that were.
    """

    due: Sequence[tuple[AnyRow, datetime]]
    upto: _Place
    seen: int


@steps(internal=True)
def queue_sheets(steps: Steps) -> int:
    """Queue what changed for the spreadsheets that follow it; returns for how many."""
    with steps.read() as act:
        look = _look(act)
    if not look.due and look.seen < LAZY:
        return 0
    with steps.write() as act:
        look = _look(act)  # another program may have queued it meanwhile
        for sheet, at in look.due:
            act.connection.execute(delete(DeliveryRow).where(*_over(act, sheet.id)))
            held_s = (at - act.now).total_seconds()
            act.deliver(NAME, new_id(), event_id=sheet.event_id, service_id=sheet.id, held_s=held_s)
        look.upto.write(act.connection)
        if not look.due:
            note_touched(act.connection, [UNSEEN])
    return len(look.due)


def _look(act: Act) -> _Look:
    """Look what happened, and which spreadsheets have to be told."""
    sheets = act.connection.execute(_SHEETS).all()
    if not sheets:
        return _Look((), _Place(0, 0), 0)
    place, newest = _Place.read(act.connection), _Place.newest(act.connection)
    changed = place.events_until(newest, act.connection) if place != newest else set()
    due = []
    for sheet in sheets:
        last = act.connection.execute(_LAST, {"service_id": sheet.id}).one_or_none()
        if last is not None and last.state == "queued":
            continue
        if last is None:
            due.append((sheet, act.now))
        elif {sheet.event_id, None} & changed or _is_looked_at(act, sheet, last):
            due.append((sheet, _next(act, last)))
    seen = newest.entry - place.entry + newest.scan - place.scan
    return _Look(due, newest, seen)


def _next(act: Act, last: AnyRow) -> datetime:
    """When the next delivery may go: not too soon, whatever the clock did meanwhile."""
    at: datetime = last.due_at + PACE
    return max(act.now, min(at, act.now + PACE))


def _is_looked_at(act: Act, sheet: AnyRow, last: AnyRow) -> bool:
    is_near = act.now < sheet.ends_at + LOOK_UNTIL
    return is_near and last.state == "sent" and bool(last.created_at < act.now - LOOK_EVERY)


def _over(act: Act, service_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Deliveries to a spreadsheet that newer ones took the place of long ago."""
    return (
        DeliveryRow.service_id == service_id,
        DeliveryRow.kind == NAME,
        DeliveryRow.state.not_in(("queued", "leased")),
        DeliveryRow.finished_at < act.now - KEPT,
    )


_SHEETS: Final = (
    select(ServiceRow.id, ServiceRow.event_id, EventRow.ends_at)
    .join(EventRow, EventRow.id == ServiceRow.event_id)
    .where(ServiceRow.kind == NAME, ServiceRow.enabled.is_(True))
    .order_by(ServiceRow.position)
)
_LAST: Final = (
    select(DeliveryRow.state, DeliveryRow.due_at, DeliveryRow.created_at)
    .where(
        DeliveryRow.service_id == bindparam("service_id", type_=DeliveryRow.service_id.type),
        DeliveryRow.kind == NAME,
    )
    .order_by(DeliveryRow.state != "queued", DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
    .limit(1)
)
"""The delivery to a spreadsheet that waits, else the latest."""

_NEWEST: Final = select(
    select(func.max(AuditRow.seq)).scalar_subquery(), select(func.max(ScanRow.no)).scalar_subquery()
)
