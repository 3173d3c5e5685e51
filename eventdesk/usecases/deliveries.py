"""The delivery queue: what must leave the house, claimed, confirmed, retried, counted.

A delivery is queued in the transaction that causes it. A courier claims it with a lease, so
that one that dies leaves it to the next; what was claimed and never confirmed is marked, since
nobody knows whether the paper came out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, or_, select, update

from badges.badge import Badge
from data.schema import DeliveryRow, EventRow, ScanRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.model.views import BadgeQueue
from eventdesk.usecases.codes import badge_of, sponsor_lines
from eventdesk.usecases.tickets import MAX_NOTE

LEASE = timedelta(seconds=30)
"""How long a courier may take before another one takes over."""

FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(seconds=60)
"""Pauses after a failed attempt double from the first to the last."""

REPEATED = "COPY?"
"""Mark of a badge that may have been printed before a crash."""


@dataclass(frozen=True, slots=True)
class BadgeJob:
    """A claimed badge, ready to print."""

    delivery_id: UUID
    badge: Badge
    attempts: int


def queue_badge(
    connection: Connection,
    delivery_id: UUID,
    *,
    event_id: UUID,
    ticket_id: UUID,
    scan_id: UUID | None,
    now: datetime,
    reason: str = "",
    mark: str = "",
    gate_id: UUID | None = None,
    device_id: UUID | None = None,
) -> None:
    """Queue a badge inside the transaction that causes it.

    Args:
        connection: The transaction.
        delivery_id: What it is called from now on.
        event_id: The event.
        ticket_id: Whose badge.
        scan_id: The scan that let its holder in, if one did; undoing it calls the badge off.
        now: The store's clock, aware UTC.
        reason: Why it is printed again.
        mark: What is printed small beside the name.
        gate_id: Where the person stands who waits for it; its printers come first.
        device_id: The machine that asked for it; printers of its own come first.
    """
    connection.execute(
        _QUEUE,
        {
            "id": delivery_id,
            "kind": "badge",
            "event_id": event_id,
            "ticket_id": ticket_id,
            "scan_id": scan_id,
            "state": "queued",
            "payload": {},
            "reason": reason,
            "mark": mark,
            "attempts": 0,
            "due_at": now,
            "created_at": now,
            "gate_id": gate_id,
            "device_id": device_id,
        },
    )


def claim_badges(store: Store, courier: str, *, now: datetime, limit: int = 20) -> list[BadgeJob]:
    """Take the badges that are due, oldest first, for as long as the lease lasts.

    A badge whose lease ran out was being printed when its courier died: it is taken again and
    marked, because the first may have come out.

    Args:
        store: Where deliveries live.
        courier: Who takes them; only the taker may confirm.
        now: The store's clock, aware UTC.
        limit: Most badges to take.
    """
    due = or_(
        (DeliveryRow.state == "queued") & (DeliveryRow.due_at <= now),
        (DeliveryRow.state == "leased") & (DeliveryRow.leased_until <= now),
    )
    query = (
        select(DeliveryRow.id, DeliveryRow.state, DeliveryRow.mark, DeliveryRow.ticket_id)
        .where(DeliveryRow.kind == "badge", _OPEN, due)
        .order_by(DeliveryRow.due_at)
        .limit(limit)
    )
    with store.read() as connection:
        if connection.execute(query).first() is None:
            return []
    with store.write() as connection:
        _call_off(connection, now)
        taken = connection.execute(query).all()
        for row in taken:
            may_be_second = row.state == "leased" or _printed_before(connection, row)
            mark = row.mark or (REPEATED if may_be_second else "")
            connection.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id == row.id)
                .values(
                    state="leased",
                    leased_by=courier,
                    leased_until=now + LEASE,
                    attempts=DeliveryRow.attempts + 1,
                    mark=mark,
                )
            )
        waiting = DeliveryRow.id.in_([row.id for row in taken])
        rows = connection.execute(_BADGES.where(waiting)).all()
        sponsors = sponsor_lines(connection, [row.event_id for row in rows])
        return [
            BadgeJob(
                row.delivery_id,
                badge_of(store, row, mark=row.mark, sponsors=sponsors.get(row.event_id, "")),
                row.attempts,
            )
            for row in rows
        ]


def confirm_badge(
    store: Store, courier: str, delivery_id: UUID, *, confirmed: bool, where: str, now: datetime
) -> None:
    """Note that a badge is out: printed when the printer said so, else only sent.

    Nothing happens when another courier has taken it over meanwhile.
    """
    _finish(
        store,
        courier,
        delivery_id,
        state="printed" if confirmed else "sent",
        delivered_to=where,
        finished_at=now,
        last_error=None,
    )


def retry_badge(
    store: Store,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    error: str,
    may_be_out: bool = False,
    now: datetime,
) -> datetime:
    """Put a badge back that did not get out, and say when it is due again.

    Args:
        store: Where deliveries live.
        courier: Who had taken it.
        delivery_id: The badge.
        attempts: How often it was tried, this time included.
        error: Why it did not get out, for the status line.
        may_be_out: The printer had taken all or part of it; the next one is marked.
        now: The store's clock, aware UTC.
    """
    pause = min(LAST_RETRY, FIRST_RETRY * (1 << min(attempts - 1, 10)))
    marked = {"mark": func.coalesce(func.nullif(DeliveryRow.mark, ""), REPEATED)}
    _finish(
        store,
        courier,
        delivery_id,
        state="queued",
        due_at=now + pause,
        last_error=error[:MAX_NOTE],
        **(marked if may_be_out else {}),
    )
    return now + pause


def give_up_badge(
    store: Store, courier: str, delivery_id: UUID, *, error: str, now: datetime
) -> None:
    """Note that a badge cannot get out whatever is tried; a person must look."""
    _finish(
        store,
        courier,
        delivery_id,
        state="failed",
        finished_at=now,
        last_error=error[:MAX_NOTE],
    )


def badge_queue(store: Store, event_id: UUID | None = None) -> BadgeQueue:
    """Count the badges by state, and say why the oldest waiting one is still here."""
    at_event = [DeliveryRow.event_id == event_id] if event_id is not None else []
    with store.read() as connection:
        waiting = connection.execute(
            select(func.count()).where(DeliveryRow.kind == "badge", _OPEN, *at_event)
        ).scalar_one()
        failed = connection.execute(
            select(func.count()).where(
                DeliveryRow.kind == "badge", DeliveryRow.state == "failed", *at_event
            )
        ).scalar_one()
        error = connection.execute(
            select(DeliveryRow.last_error)
            .where(
                DeliveryRow.kind == "badge",
                or_(_OPEN, DeliveryRow.state == "failed"),
                DeliveryRow.last_error.is_not(None),
                *at_event,
            )
            .order_by(DeliveryRow.created_at)
            .limit(1)
        ).scalar_one_or_none()
    return BadgeQueue(waiting, failed, error or "")


def count_printed(store: Store, *, since: datetime) -> int:
    """Count the badges that got out, by printer or by wire, since an instant."""
    with store.read() as connection:
        return connection.execute(
            select(func.count()).where(
                DeliveryRow.kind == "badge",
                DeliveryRow.state.in_(("printed", "sent")),
                DeliveryRow.finished_at >= since,
            )
        ).scalar_one()


_QUEUE = insert(DeliveryRow)

_OPEN = DeliveryRow.state.in_(("queued", "leased"))

_BADGES = (
    select(
        DeliveryRow.id.label("delivery_id"),
        DeliveryRow.mark,
        DeliveryRow.attempts,
        TicketRow.id,
        TicketRow.event_id,
        TicketRow.key_id,
        TicketRow.revision,
        TicketRow.code,
        TicketRow.holder_name,
        TicketRow.line_two,
        TicketRow.seat,
        TicketTypeRow.name.label("ticket_type"),
        EventRow.name.label("event_name"),
    )
    .join(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
    .order_by(DeliveryRow.created_at, DeliveryRow.id)
)


def _call_off(connection: Connection, now: datetime) -> None:
    """Cancel waiting badges whose scan was undone while a courier had them."""
    # Asked of each waiting badge; asked of all scans, it would read every scan there ever was.
    undone = (
        select(ScanRow.id)
        .where(ScanRow.id == DeliveryRow.scan_id, ScanRow.annulled_at.is_not(None))
        .exists()
    )
    connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.kind == "badge", _OPEN, undone)
        .where(or_(DeliveryRow.state == "queued", DeliveryRow.leased_until <= now))
        .values(state="cancelled", finished_at=now, leased_by=None, leased_until=None)
    )


def _printed_before(connection: Connection, row: Any) -> bool:
    """Whether a badge of an undone scan of the same ticket is out already, or may be."""
    return connection.execute(
        select(
            select(DeliveryRow.id)
            .join(ScanRow, ScanRow.id == DeliveryRow.scan_id)
            .where(
                DeliveryRow.ticket_id == row.ticket_id,
                DeliveryRow.id != row.id,
                ScanRow.annulled_at.is_not(None),
                DeliveryRow.attempts > 0,
            )
            .exists()
        )
    ).scalar_one()


def _finish(store: Store, courier: str, delivery_id: UUID, **values: object) -> None:
    with store.write() as connection:
        connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.id == delivery_id,
                DeliveryRow.state == "leased",
                DeliveryRow.leased_by == courier,
            )
            .values(leased_until=None, leased_by=None, **values)
        )
