"""Deliveries that were given up: what is in the way, and trying them once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.schema import DeliveryRow, EventRow, TicketRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import NotFoundError
from eventdesk.core.folding import fold
from eventdesk.printing.printer_badges import says


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """Something that did not get out of the house, and why."""

    id: UUID
    kind: str
    event_name: str
    name: str
    ticket_code: str
    attempts: int
    error: str
    failed_at: datetime


@allowed(Permission.INSTALLATION)
def list_failed(
    store: Store, actor: Actor, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[FailedDelivery], int]:
    """Read a page of what failed at all events, the latest first, and how much there is.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    where = [_FAILED]
    if fold(search):
        where.append(says(TicketRow.holder_name, search))
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        joined = _LINES.where(*where)
        total = connection.execute(select(func.count()).select_from(joined.subquery())).scalar_one()
        rows: Sequence[Any] = connection.execute(
            joined.order_by(DeliveryRow.finished_at.desc(), DeliveryRow.id)
            .limit(limit)
            .offset(offset)
        ).all()
        return [FailedDelivery(*row) for row in rows], total


@allowed(Permission.INSTALLATION)
def retry_delivery(store: Store, actor: Actor, delivery_id: UUID, *, now: datetime) -> None:
    """Queue one delivery that was given up once more.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: It is not among those that failed.
    """
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        if not _queue_again(connection, now, DeliveryRow.id == delivery_id):
            raise NotFoundError("This is not waiting for a decision any more.", hint="Press F5.")
        record(connection, actor, "retry_delivery", ("delivery", delivery_id), now=now)


@allowed(Permission.DOOR)
def retry_failed(store: Store, actor: Actor, *, event_id: UUID | None = None, now: datetime) -> int:
    """Queue the badges that were given up once more, and return how many.

    Args:
        store: Where deliveries live.
        actor: Who asks: staff for their event, an admin for all.
        event_id: The event; None is all events.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor does not work at the door of this event.
    """
    here = [DeliveryRow.event_id == event_id] if event_id is not None else []
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.DOOR)
        changed = _queue_again(connection, now, DeliveryRow.kind == "badge", *here)
        if changed:
            subject = ("delivery", None)
            record(connection, actor, "retry_failed", subject, now=now, event_id=event_id)
        return changed


def _queue_again(connection: Connection, now: datetime, *where: Any) -> int:
    return connection.execute(
        update(DeliveryRow)
        .where(_FAILED, *where)
        .values(state="queued", due_at=now, finished_at=None, printer_id=None, payload={})
    ).rowcount


_FAILED = DeliveryRow.state == "failed"

_LINES = (
    select(
        DeliveryRow.id,
        DeliveryRow.kind,
        EventRow.name.label("event_name"),
        func.coalesce(TicketRow.holder_name, "").label("name"),
        func.coalesce(TicketRow.code, "").label("ticket_code"),
        DeliveryRow.attempts,
        func.coalesce(DeliveryRow.last_error, "").label("error"),
        func.coalesce(DeliveryRow.finished_at, DeliveryRow.created_at).label("failed_at"),
    )
    .join(EventRow, EventRow.id == DeliveryRow.event_id)
    .outerjoin(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
)
