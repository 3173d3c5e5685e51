"""Who was let in here, queued for the shop where the tickets were sold.

Nothing is queued by whoever acts: a check-in costs the same with a shop as without. A chore of the
spooler reads what came at the doors of an event since it looked last, by the numbers of the store,
and queues it. How far it came is written in the same transaction, so whatever is killed, a scan is
queued once.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.rows import AnyRow, put_setting, setting
from data.schema import AuditRow, CheckInListRow, ScanRow, ServiceRow, TicketRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Steps, steps
from eventdesk.core.ids import new_id
from eventdesk.door import UNDO, Direction, ListKind, Outcome
from eventdesk.exchange.in_step.place import KEY, events_erased
from eventdesk.integrations.pretix.kind import PRETIX, TOLD

CHECK_IN: Final = "pretix_check_in"
"""The kind of the deliveries."""

BACK: Final = UNDO
"""The way of what was taken back, beside those of `Direction`."""

AT_ONCE: Final = 200
"""Scans that one transaction looks at: a door waits for it no longer than for another scan."""

LAZY: Final = 200
"""So many that nobody is told of are looked at again rather than written down as seen."""

_WAYS: Final = {
    Outcome.ADMITTED.value: Direction.ENTRY.value,
    Outcome.EXITED.value: Direction.EXIT.value,
}


@dataclass(frozen=True, slots=True)
class _Place:
    """The last entry of the audit and the last scan that were looked at for one service.

    Attributes:
        about: A digest of what was typed: another list is told everything from the beginning.
    """

    about: str
    entry: int
    scan: int = 0

    @classmethod
    def read(cls, connection: Connection, service: AnyRow, newest: int) -> Self:
        about = hashlib.sha256(json.dumps(service.settings, sort_keys=True).encode())
        kept = setting(connection, _key(service.id))
        place = cls(**json.loads(kept)) if kept else None
        mark = about.hexdigest()[:16]
        return place if place is not None and place.about == mark else cls(mark, newest)

    def write(self, connection: Connection, service_id: UUID) -> None:
        put_setting(connection, _key(service_id), json.dumps(asdict(self)))


@dataclass(frozen=True, slots=True)
class _Look:
    """What came at the doors of an event since the last look.

    Attributes:
        told: What is queued: the scan with its ticket, and which way it went.
        upto: How far it looked.
        seen: How many entries and scans that were.
        is_rest: Whether there is nothing behind.
    """

    told: Sequence[tuple[AnyRow, str]]
    upto: _Place
    seen: int
    is_rest: bool


@steps(internal=True)
def queue_admissions(steps: Steps) -> int:
    """Queue who was let in since the last look for the shops that are told; returns how many."""
    with steps.read() as act:
        telling = list(_telling(act.connection))
    return sum(_queue(steps, each) for each in telling)


def _telling(connection: Connection) -> dict[UUID, AnyRow]:
    """The services that name a list to be told, by their ids; none of an event that is erased."""
    erased = events_erased(connection)
    rows = connection.execute(_SERVICES).all()
    return {row.id: row for row in rows if row.settings.get(TOLD) and row.event_id not in erased}


def _queue(steps: Steps, service_id: UUID) -> int:
    """Queue what one service is told of."""
    queued = 0
    while True:
        with steps.read() as act:
            look = _look(act.connection, service_id)
        if look is None or (not look.told and look.seen < LAZY):
            return queued
        with steps.write() as act:
            look = _look(act.connection, service_id)  # another program may have queued it meanwhile
            if look is None:
                return queued
            for row, way in look.told:
                act.deliver(
                    CHECK_IN,
                    new_id(),
                    event_id=row.event_id,
                    ticket_id=row.ticket_id,
                    service_id=service_id,
                    payload={"type": row.external_ref or row.code, "scan": row.id.hex, "way": way},
                    mark=way,
                )
            look.upto.write(act.connection, service_id)
            if not look.told:
                note_touched(act.connection, [UNSEEN])
        queued += len(look.told)
        if look.is_rest:
            return queued


def _look(connection: Connection, service_id: UUID) -> _Look | None:
    """Look at the next scans, and at what was taken back of those that were queued.

    None where the service tells nothing any more.
    """
    service = _telling(connection).get(service_id)
    if service is None:
        return None
    newest = connection.execute(_NEWEST).scalar_one() or 0
    place = _Place.read(connection, service, newest)
    of_event = CheckInListRow.event_id == service.event_id
    doors = connection.execute(_DOORS.where(of_event)).scalars().all()
    scans = _next_scans(connection, doors, place.scan)
    undone = connection.execute(
        _UNDONE.where(
            *(
                ScanRow.list_id.in_(doors),
                ScanRow.no <= place.scan,
                AuditRow.event_id == service.event_id,
            ),
            *(AuditRow.seq > place.entry, AuditRow.seq <= newest),
        ).order_by(AuditRow.seq)
    ).all()
    told = [
        *((row, BACK) for row in undone if _is_theirs(row)),
        *(
            (row, _WAYS[row.outcome])
            for row in scans
            if row.annulled_at is None and _is_theirs(row)
        ),
    ]
    upto = _Place(place.about, newest, scans[-1].no if scans else place.scan)
    seen = len(scans) + newest - place.entry
    return _Look(told, upto, seen, is_rest=len(scans) < AT_ONCE)


def _next_scans(connection: Connection, doors: Sequence[UUID], after: int) -> list[AnyRow]:
    """The next scans of all doors, each door asked by itself: its index has them in their order."""
    following = _SCANS.where(ScanRow.no > after).order_by(ScanRow.no).limit(AT_ONCE)
    asked = (connection.execute(following.where(ScanRow.list_id == door)) for door in doors)
    return sorted(chain.from_iterable(asked), key=attrgetter("no"))[:AT_ONCE]


def _is_theirs(row: AnyRow) -> bool:
    """Whether a scan let somebody through whose ticket has the code of a shop."""
    return row.outcome in _WAYS and row.foreign_code is not None


def _key(service_id: UUID) -> str:
    return f"{KEY}{service_id.hex}_told"


_SERVICES: Final = (
    select(ServiceRow.id, ServiceRow.event_id, ServiceRow.settings)
    .where(ServiceRow.kind == PRETIX.name, ServiceRow.enabled.is_(True))
    .order_by(ServiceRow.position)
)
_NEWEST: Final = select(func.max(AuditRow.seq))
_DOORS: Final = select(CheckInListRow.id).where(
    (CheckInListRow.kind == ListKind.ARRIVE.value)
    | (
        (CheckInListRow.kind == ListKind.LEAVE.value)
        & CheckInListRow.room_id.is_(None)
        & CheckInListRow.session_id.is_(None)
    )
)
"""The lists by which people come to an event and leave it; rooms are no matter of shops."""

_SCANS: Any = (
    select(
        *(ScanRow.no, ScanRow.id, ScanRow.outcome, ScanRow.annulled_at),
        *(ScanRow.event_id, ScanRow.ticket_id),
        *(TicketRow.code, TicketRow.external_ref, TicketRow.foreign_code),
    )
    .select_from(ScanRow)
    .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
)
_UNDONE: Any = _SCANS.join(AuditRow, (AuditRow.subject_id == ScanRow.id) & (AuditRow.verb == UNDO))
