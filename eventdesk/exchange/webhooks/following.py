"""New entries of the audit and new scans, queued for the webhooks that want them.

Nothing is queued by whoever acts: a check-in costs the same with webhooks as without. A chore of
the spooler reads what came since it looked last, by the numbers of the store, and queues it. How
far it came is written in the same transaction, so whatever is killed, an event is queued once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from data.rows import AnyRow, put_setting, setting
from data.schema import AuditRow, EventRow, ScanRow, ServiceRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Act, Steps, Unreadable, read_entries, steps
from eventdesk.core.ids import new_id
from eventdesk.integrations.webhook.kind import ALL, WEBHOOK

SCAN: Final = "check_in"
"""What a scan is called: it has no entry in the audit."""

AT_ONCE: Final = 500
"""Entries, and scans, that one transaction looks at."""

LAZY: Final = 200
"""So many that no webhook wants are looked at again rather than written down as seen."""

_PLACE: Final = "webhooks_followed"
_BEGINS: Final = ("add_service", "change_service")


@dataclass(frozen=True, slots=True)
class _Place:
    """The last entry of the audit and the last scan that were looked at."""

    entry: int = 0
    scan: int = 0

    @classmethod
    def read(cls, connection: Connection) -> Self:
        entry, _, scan = (setting(connection, _PLACE) or "0-0").partition("-")
        return cls(int(entry), int(scan))

    def write(self, connection: Connection) -> None:
        put_setting(connection, _PLACE, f"{self.entry}-{self.scan}")


@dataclass(frozen=True, slots=True)
class _News:
    """Something a webhook may want.

    Attributes:
        payload: What finds it again when it is told.
    """

    verb: str
    event_id: UUID | None
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Look:
    """What came since the last look.

    Attributes:
        wanted: What is queued, each with the webhook that wants it.
        upto: How far it looked.
        seen: How many entries and scans that were.
        is_rest: Whether there is nothing behind.
        skipped: Whether it left out what was before all webhooks.
    """

    wanted: Sequence[tuple[AnyRow, _News]]
    upto: _Place
    seen: int
    is_rest: bool
    skipped: bool = False

    @property
    def is_worth_writing(self) -> bool:
        """Whether something is queued, or so much is not wanted that it is written down as seen."""
        return bool(self.wanted) or self.seen >= LAZY or self.skipped


@steps(internal=True)
def queue_webhooks(steps: Steps) -> int:
    """Queue what happened since the last look for the webhooks that want it; returns how much."""
    queued = 0
    while True:
        with steps.read() as act:
            look = _look(act.connection)
        if not look.is_worth_writing:
            return queued
        with steps.write() as act:
            look = _look(act.connection)  # another program may have queued it meanwhile
            _write(act, look)
        queued += len(look.wanted)
        if look.is_rest:
            return queued


def _look(connection: Connection) -> _Look:
    """Look at the next entries and scans."""
    place, hooks = _Place.read(connection), connection.execute(_HOOKS).all()
    if not hooks:
        return _Look((), place, 0, is_rest=True)
    begun, was = _begun(connection, place, hooks), place
    if len(begun) == len(hooks):
        place = _before(connection, place, min(begun.values(), key=lambda row: row.seq))
    entries, last = _entries(connection, place)
    scans = connection.execute(_SCANS, {"after": place.scan}).all()
    wanted = []
    for hook in hooks:
        if not hook.enabled:
            continue
        since = begun.get(hook.id)
        news = [
            *(_of_entry(each) for each in entries if since is None or each.seq > since.seq),
            *(_of_scan(each) for each in scans if since is None or each.recorded_at >= since.at),
        ]
        wanted += [(hook, each) for each in news if _wants(hook, each)]
    upto = _Place(last, scans[-1].no if scans else place.scan)
    is_rest = max(len(entries), len(scans)) < AT_ONCE
    return _Look(wanted, upto, len(entries) + len(scans), is_rest, skipped=place != was)


def _write(act: Act, look: _Look) -> None:
    """Queue what is wanted, and write down how far that is."""
    events = _events(act.connection, [news.event_id for _, news in look.wanted if news.event_id])
    for hook, news in look.wanted:
        _deliver(act, hook, news, events)
    look.upto.write(act.connection)
    if not look.wanted:
        note_touched(act.connection, [UNSEEN])


def _before(connection: Connection, place: _Place, first: AnyRow) -> _Place:
    """The place before the first webhook: in a house of years nobody walks through them."""
    last = select(func.max(ScanRow.no)).where(
        ScanRow.no > place.scan, ScanRow.recorded_at < first.at
    )
    return _Place(first.seq - 1, connection.execute(last).scalar_one() or place.scan)


def _entries(connection: Connection, place: _Place) -> tuple[list[AnyRow], int]:
    """The next entries of the audit, and the number of the last; what cannot be read is no news."""
    numbers = connection.execute(_NUMBERS, {"after": place.entry}).scalars().all()
    if not numbers:
        return [], place.entry
    found = read_entries(connection, numbers, _TOLD)
    return [each for each in found if not isinstance(each, Unreadable)], numbers[-1]


def _begun(connection: Connection, place: _Place, hooks: Sequence[AnyRow]) -> dict[UUID, AnyRow]:
    """The entries since the last look with which webhooks were set up or switched on again.

    What happened before them is not for these webhooks.
    """
    known = {hook.id for hook in hooks}
    found = connection.execute(_BEGUN, {"after": place.entry}).all()
    return {
        row.subject_id: row
        for row in found
        if row.subject_id in known and (row.verb == _BEGINS[0] or row.detail.get("enabled") is True)
    }


def _of_entry(row: AnyRow) -> _News:
    return _News(row.verb, row.event_id, {"type": row.verb, "entry": row.seq})


def _of_scan(row: AnyRow) -> _News:
    return _News(SCAN, row.event_id, {"type": SCAN, "scan": str(row.id)})


def _wants(hook: AnyRow, news: _News) -> bool:
    events: Sequence[Any] = hook.settings.get("events") or ()
    here = hook.event_id is None or hook.event_id == news.event_id
    return here and (ALL in events or news.verb in events)


def _deliver(act: Act, hook: AnyRow, news: _News, events: frozenset[UUID]) -> None:
    """Queue one event; of an event that was deleted it is of none."""
    known = news.event_id if news.event_id in events else None
    act.deliver(WEBHOOK.name, new_id(), event_id=known, service_id=hook.id, payload=news.payload)


def _events(connection: Connection, ids: Sequence[UUID]) -> frozenset[UUID]:
    found = select(EventRow.id).where(EventRow.id.in_(set(ids)))
    return frozenset(connection.execute(found).scalars())


_HOOKS: Final = (
    select(ServiceRow.id, ServiceRow.event_id, ServiceRow.enabled, ServiceRow.settings)
    .where(ServiceRow.kind == WEBHOOK.name)
    .order_by(ServiceRow.position)
)
_TOLD: Final = (AuditRow.verb, AuditRow.event_id)
_AFTER: Final = bindparam("after", type_=AuditRow.seq.type)
_NUMBERS: Final = (
    select(AuditRow.seq).where(AuditRow.seq > _AFTER).order_by(AuditRow.seq).limit(AT_ONCE)
)
_SCANS: Final = (
    select(ScanRow.no, ScanRow.id, ScanRow.event_id, ScanRow.recorded_at)
    .where(ScanRow.no > _AFTER)
    .order_by(ScanRow.no)
    .limit(AT_ONCE)
)
_BEGUN: Final = (
    select(AuditRow.seq, AuditRow.at, AuditRow.verb, AuditRow.subject_id, AuditRow.detail)
    .where(AuditRow.seq > _AFTER, AuditRow.subject_kind == "service", AuditRow.verb.in_(_BEGINS))
    .order_by(AuditRow.seq)
)
