"""Claiming badges: what is due at a printer, taken with a lease by the courier that drives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, false, or_, select, text, true, update

from badges.badge import Badge
from data.schema import DeliveryRow, EventRow, ScanRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.usecases.badge_facts import facts_of
from eventdesk.usecases.codes import badge_of, sponsor_lines
from eventdesk.usecases.printer_routes import PrinterFacts, is_for, read_printers

LEASE = timedelta(seconds=30)
"""How long a courier may take before another one takes over."""

REPEATED = "COPY?"
"""Mark of a badge that may have been printed before a crash."""


@dataclass(frozen=True, slots=True)
class BadgeJob:
    """A claimed badge, ready to print."""

    delivery_id: UUID
    badge: Badge
    attempts: int


def badges_due(
    store: Store, *, now: datetime, printer_id: UUID | None = None, courier: str = ""
) -> bool:
    """Whether `claim_badges` would find anything."""
    with store.read() as connection:
        mine = _for_printer(connection, printer_id, courier, now)
        return connection.execute(_due(mine, now).limit(1)).first() is not None


def claim_badges(
    store: Store,
    courier: str,
    *,
    now: datetime,
    limit: int = 20,
    printer_id: UUID | None = None,
    holder: str = "",
) -> list[BadgeJob]:
    """Take the badges that are due, oldest first, for as long as the lease lasts.

    A badge whose lease ran out was being printed when its courier died: it is taken again and
    marked, because the first may have come out.

    Args:
        store: Where deliveries live.
        courier: Who takes them; only the taker may confirm.
        now: The store's clock, aware UTC.
        limit: Most badges to take.
        printer_id: The printer they go to: only what is its own now is taken. None takes all.
        holder: Who drives that printer; nothing is taken when somebody else does by now.
    """
    with store.read() as connection:
        mine = _for_printer(connection, printer_id, holder, now)
        if connection.execute(_due(mine, now).limit(1)).first() is None:
            return []
    with store.write() as connection:
        mine = _for_printer(connection, printer_id, holder, now)
        taken: list[UUID] = []
        while len(taken) < limit:
            rows = connection.execute(_due(mine, now).limit(limit - len(taken))).all()
            if not rows:
                break
            taken += [row.id for row in rows if _take(connection, row, courier, printer_id, now)]
        rows = connection.execute(_BADGES.where(DeliveryRow.id.in_(taken))).all() if taken else []
        sponsors = sponsor_lines(connection, [row.event_id for row in rows])
        facts = facts_of(connection, store.home, [row.id for row in rows])
        return [
            BadgeJob(
                row.delivery_id,
                badge_of(
                    store,
                    row,
                    mark=row.mark,
                    sponsors=sponsors.get(row.event_id, ""),
                    facts=facts[row.id],
                ),
                row.attempts,
            )
            for row in rows
        ]


# In these words, because SQLite uses the index of open deliveries only where they are repeated.
_OPEN = text("delivery.state IN ('queued', 'leased')")

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


def _for_printer(
    connection: Connection, printer_id: UUID | None, holder: str, now: datetime
) -> ColumnElement[bool]:
    """What a courier may take: all, or what goes to its printer while it drives that."""
    if printer_id is None:
        return true()
    printers: Sequence[PrinterFacts] = read_printers(connection)
    if holder and not any(one.id == printer_id and one.leased_by == holder for one in printers):
        return false()
    return is_for(printers, printer_id, now)


def _due(mine: ColumnElement[bool], now: datetime) -> Any:
    due = or_(
        (DeliveryRow.state == "queued") & (DeliveryRow.due_at <= now),
        (DeliveryRow.state == "leased") & (DeliveryRow.leased_until <= now),
    )
    return (
        select(
            DeliveryRow.id,
            DeliveryRow.state,
            DeliveryRow.mark,
            DeliveryRow.ticket_id,
            DeliveryRow.scan_id,
        )
        .where(DeliveryRow.kind == "badge", _OPEN, due, mine)
        .order_by(DeliveryRow.due_at, DeliveryRow.id)
    )


def _take(
    connection: Connection, row: Any, courier: str, printer_id: UUID | None, now: datetime
) -> bool:
    """Lease one badge, or call it off when its scan was undone meanwhile."""
    this = DeliveryRow.id == row.id
    if _is_undone(connection, row.scan_id):
        over = {"state": "cancelled", "finished_at": now, "leased_by": None, "leased_until": None}
        connection.execute(update(DeliveryRow).where(this).values(over))
        return False
    may_be_second = row.state == "leased" or _printed_before(connection, row)
    connection.execute(
        update(DeliveryRow)
        .where(this)
        .values(
            state="leased",
            leased_by=courier,
            leased_until=now + LEASE,
            attempts=DeliveryRow.attempts + 1,
            mark=row.mark or (REPEATED if may_be_second else ""),
            printer_id=printer_id,
            job_ref=None,
            sent_at=None,
        )
    )
    return True


def _is_undone(connection: Connection, scan_id: UUID | None) -> bool:
    undone = select(ScanRow.id).where(ScanRow.id == scan_id, ScanRow.annulled_at.is_not(None))
    return scan_id is not None and connection.execute(undone).first() is not None


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
