"""What a webhook is told: who did what to what, and how that stands now, as the API shows it.

It is read when it is sent, not when it is queued: the queue holds nobody's name, and who was
erased meanwhile is not told of.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import PaymentRow, RefundRow, ScanRow
from data.sealed_rows import DETAIL as SEALS
from data.store import Store
from eventdesk.acts import SYSTEM, Unreadable, read_entries
from eventdesk.booking import booking_detail
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import ENGLISH, reading
from eventdesk.door import scan_answer, ticket_view
from eventdesk.events import event_detail
from eventdesk.exchange.webhooks.following import SCAN
from eventdesk.integrations.service import named
from eventdesk.integrations.webhook.posting import message
from eventdesk.services import Outgoing

WRITTEN_AS: Final = "eventdesk.wire.codec:adapter"
"""What writes a view as the API does; the wire lies above."""

View: TypeAlias = tuple[str, Callable[[Store, UUID], object]]


def message_of(store: Store, job: Outgoing) -> bytes | None:
    """The message of a queued event; None where nothing is known of it any more."""
    if not job.payload:  # it was erased meanwhile
        return None
    with reading(ENGLISH):
        if job.payload["type"] == SCAN:
            return _of_scan(store, UUID(job.payload["scan"]))
        return _of_entry(store, int(job.payload["entry"]))


def _of_scan(store: Store, scan_id: UUID) -> bytes | None:
    with store.read() as connection:
        row = connection.execute(_SCAN.where(ScanRow.id == scan_id)).one_or_none()
    if row is None:
        return None
    data = {
        **_about(row.event_id, "scan", scan_id),
        "actor": {"id": _text(row.actor_id), "name": row.actor_name},
        "scan": _as_json(scan_answer(store, SYSTEM, scan_id)),
        **({} if row.ticket_id is None else _view(store, "ticket", row.ticket_id)),
    }
    return message(SCAN, row.recorded_at, data)


def _of_entry(store: Store, number: int) -> bytes | None:
    with store.read() as connection:
        found = list(read_entries(connection, [number]))
    if not found or isinstance(found[0], Unreadable):
        return None
    row: AnyRow = found[0]
    data = {
        **_about(row.event_id, row.subject_kind, row.subject_id),
        "actor": {"kind": row.actor_kind, "id": _text(row.actor_id), "name": row.actor_name},
        "detail": {name: value for name, value in row.detail.items() if name != SEALS},
        **({} if row.subject_id is None else _view(store, row.subject_kind, row.subject_id)),
    }
    return message(row.verb, row.at, data)


def _about(event_id: UUID | None, kind: str, subject_id: UUID | None) -> dict[str, Any]:
    return {"event_id": _text(event_id), "subject": {"kind": kind, "id": _text(subject_id)}}


def _text(thing: UUID | None) -> str | None:
    return None if thing is None else str(thing)


def _view(store: Store, kind: str, subject_id: UUID) -> Mapping[str, object]:
    """How a subject stands now, under the name of its kind; nothing where it is gone."""
    name, read = _VIEWS.get(kind, ("", None))
    if read is None:
        return {}
    try:
        return {name: _as_json(read(store, subject_id))}
    except NotFoundError:
        return {}


def _as_json(view: object) -> object:
    adapter: Any = named(WRITTEN_AS)(type(view))
    return adapter.dump_python(view, mode="json")


def _booking(store: Store, booking_id: UUID) -> object:
    return booking_detail(store, SYSTEM, booking_id)


def _booking_of(row: type[PaymentRow] | type[RefundRow]) -> Callable[[Store, UUID], object]:
    """What reads the booking that a payment or refund is of."""

    def read(store: Store, subject_id: UUID) -> object:
        with store.read() as connection:
            of = select(row.booking_id).where(row.id == subject_id)
            booking_id = connection.execute(of).scalar_one_or_none()
        if booking_id is None:
            raise NotFoundError("")
        return _booking(store, booking_id)

    return read


_VIEWS: Final[Mapping[str, View]] = {
    "booking": ("booking", _booking),
    "payment": ("booking", _booking_of(PaymentRow)),
    "refund": ("booking", _booking_of(RefundRow)),
    "ticket": ("ticket", lambda store, ticket_id: ticket_view(store, SYSTEM, ticket_id)),
    "event": ("event", lambda store, event_id: event_detail(store, SYSTEM, event_id)),
}
"""What is told of each kind of subject, and under which name."""

_SCAN: Final = select(
    ScanRow.event_id, ScanRow.ticket_id, ScanRow.recorded_at, ScanRow.actor_id, ScanRow.actor_name
)
