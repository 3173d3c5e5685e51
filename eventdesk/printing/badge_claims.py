"""Claiming badges: what is due at a printer, taken with a lease by the courier that drives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    or_,
    select,
    text,
    true,
    update,
)

from badges.badge import Badge
from data.schema import DeliveryRow, EventRow, ScanRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.booking.tickets import MAX_NOTE
from eventdesk.core.errors import EventDeskError
from eventdesk.printing.badge_facts import facts_of
from eventdesk.printing.printer_routes import ALWAYS, PrinterFacts, is_for, read_printers
from eventdesk.printing.ticket_badges import badge_of, sponsor_lines

LEASE = timedelta(seconds=30)
"""How long a courier may take before another one takes over."""

FARTHEST = timedelta(minutes=5)
"""No badge is ever put off for so long: one that is due later was queued by a clock set back."""

REPEATED = "COPY?"
"""Mark of a badge that may have been printed before a crash."""


@dataclass(frozen=True, slots=True)
class BadgeJob:
    """A claimed badge, ready to print.

    Attributes:
        attempts: How often it was taken, this time included: the number of its lease.
    """

    delivery_id: UUID
    badge: Badge
    attempts: int


def badges_due(
    store: Store,
    *,
    now: datetime,
    printer_id: UUID | None = None,
    courier: str = "",
    only: UUID | None = None,
) -> bool:
    """Whether `claim_badges` would find anything."""
    with store.read() as connection:
        query = _query_for(connection, printer_id, courier, now, only)
        return query is not None and bool(_due(connection, query, now, 1))


def claim_badges(
    store: Store,
    courier: str,
    *,
    now: datetime,
    limit: int = 20,
    printer_id: UUID | None = None,
    holder: str = "",
    asked: bool = False,
    only: UUID | None = None,
) -> list[BadgeJob]:
    """Take the badges that are due, oldest first, for as long as the lease lasts.

    A badge whose lease ran out was being printed when its courier died: it is taken again and
    marked, because the first may have come out. So is one that is leased for longer than any
    lease lasts, by a clock that was ahead. Only who holds the lease may say what came of it: each
    courier has a name of its own, which is never used again, and each lease a number. What stands
    on a badge is read once it is taken, beside the desks that write; a badge that cannot be made
    has failed.

    Args:
        store: Where deliveries live.
        courier: Who takes them; only the taker may confirm.
        now: The store's clock, aware UTC.
        limit: Most badges to take.
        printer_id: The printer they go to: only what is its own now is taken. None takes all.
        holder: Who drives that printer; nothing is taken when somebody else does by now.
        asked: Whether `badges_due` has just said that there are some.
        only: The one delivery that is taken, if it is due.
    """
    if not asked and not badges_due(
        store, now=now, printer_id=printer_id, courier=holder, only=only
    ):
        return []
    taken: list[UUID] = []
    with store.write() as connection:
        query = _query_for(connection, printer_id, holder, now, only)
        while query is not None and len(taken) < limit:
            rows = _due(connection, query, now, limit - len(taken))
            if not rows:
                break
            valid = _without_undone(connection, rows, now)
            if valid:
                _take(connection, valid, courier, printer_id, now)
            taken += [row.id for row in valid]
    return _jobs(store, courier, taken, now) if taken else []


def _jobs(store: Store, courier: str, taken: Sequence[UUID], now: datetime) -> list[BadgeJob]:
    """Read what stands on the badges that were taken."""
    jobs: list[BadgeJob] = []
    failed: dict[UUID, str] = {}
    with store.read() as connection:
        rows = connection.execute(_BADGES, {"taken": taken}).all()
        sponsors = sponsor_lines(connection, [row.event_id for row in rows])
        facts = facts_of(connection, store.home, [row.id for row in rows])
        for row in rows:
            thanks = sponsors.get(row.event_id, "")
            try:
                badge = badge_of(store, row, mark=row.mark, sponsors=thanks, facts=facts[row.id])
            except EventDeskError as error:
                failed[row.delivery_id] = f"{error} {error.hint}".strip()
            else:
                jobs.append(BadgeJob(row.delivery_id, badge, row.attempts))
    for delivery_id, reason in failed.items():
        with store.write() as connection:
            mine = (DeliveryRow.id == delivery_id) & (DeliveryRow.leased_by == courier)
            connection.execute(
                update(DeliveryRow)
                .where(mine, DeliveryRow.state == "leased")
                .values(
                    state="failed",
                    finished_at=now,
                    last_error=reason[:MAX_NOTE],
                    leased_by=None,
                    leased_until=None,
                )
            )
    return jobs


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
    .where(DeliveryRow.id.in_(bindparam("taken", expanding=True)))
    .order_by(DeliveryRow.created_at, DeliveryRow.id)
)


def _query_for(
    connection: Connection,
    printer_id: UUID | None,
    holder: str,
    now: datetime,
    only: UUID | None,
) -> Select[*tuple[Any, ...]] | None:
    """What a courier may take: all, or what goes to its printer while it drives that."""
    query = _query_of(connection, printer_id, holder, now)
    return query if query is None or only is None else query.where(DeliveryRow.id == only)


def _query_of(
    connection: Connection, printer_id: UUID | None, holder: str, now: datetime
) -> Select[*tuple[Any, ...]] | None:
    if printer_id is None:
        return _ALL
    printers = read_printers(connection)
    if holder and not any(one.id == printer_id and one.leased_by == holder for one in printers):
        return None
    return _routed(tuple(one.as_routed(now) for one in printers), printer_id)


@lru_cache(maxsize=256)
def _routed(printers: tuple[PrinterFacts, ...], printer_id: UUID) -> Select[*tuple[Any, ...]]:
    """Build the query once for each state of the printers: that takes longer than to run it."""
    return _due_where(is_for(printers, printer_id, ALWAYS))


def _due_where(mine: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    now = bindparam("now", type_=DeliveryRow.due_at.type)
    far = bindparam("far", type_=DeliveryRow.due_at.type)
    queued = DeliveryRow.state == "queued"
    due = or_(
        queued & (DeliveryRow.due_at <= now),
        queued & (DeliveryRow.due_at > far),
        (DeliveryRow.state == "leased")
        & or_(DeliveryRow.leased_until <= now, DeliveryRow.leased_until > far),
    )
    query: Select[*tuple[Any, ...]] = (
        select(
            DeliveryRow.id,
            DeliveryRow.state,
            DeliveryRow.mark,
            DeliveryRow.ticket_id,
            DeliveryRow.scan_id,
        )
        .where(DeliveryRow.kind == "badge", _OPEN, due, mine)
        .order_by(DeliveryRow.due_at, DeliveryRow.id)
        .limit(bindparam("most", type_=Integer))
    )
    return query


_ALL = _due_where(true())


def _due(
    connection: Connection, query: Select[*tuple[Any, ...]], now: datetime, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    return connection.execute(query, {"now": now, "far": now + FARTHEST, "most": most}).all()


_LEASE = (
    update(DeliveryRow)
    .where(DeliveryRow.id == bindparam("this"))
    .values(attempts=DeliveryRow.attempts + 1, state="leased", job_ref=None, sent_at=None)
)
_CALL_OFF = update(DeliveryRow).where(DeliveryRow.id == bindparam("this"))


def _without_undone(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], now: datetime
) -> list[Row[*tuple[Any, ...]]]:
    """Call off the badges whose scan was undone meanwhile, and return the others."""
    scans = [row.scan_id for row in rows if row.scan_id is not None]
    undone = set(connection.execute(_UNDONE, {"scans": scans}).scalars()) if scans else set()
    over = {"state": "cancelled", "finished_at": now, "leased_by": None, "leased_until": None}
    for row in rows:
        if row.scan_id in undone:
            # One that was leased may be out all the same, which the next badge must say.
            mark = row.mark or (REPEATED if row.state == "leased" else "")
            connection.execute(_CALL_OFF, {"this": row.id, "mark": mark, **over})
    return [row for row in rows if row.scan_id not in undone]


def _take(
    connection: Connection,
    rows: Sequence[Row[*tuple[Any, ...]]],
    courier: str,
    printer_id: UUID | None,
    now: datetime,
) -> None:
    """Lease badges."""
    before = _printed_before(connection, rows)
    leases = [
        {
            "this": row.id,
            "leased_by": courier,
            "leased_until": now + LEASE,
            "mark": row.mark or (REPEATED if row.state == "leased" or row.id in before else ""),
            "printer_id": printer_id,
        }
        for row in rows
    ]
    connection.execute(_LEASE, leases)


_UNDONE = select(ScanRow.id).where(
    ScanRow.id.in_(bindparam("scans", expanding=True)), ScanRow.annulled_at.is_not(None)
)
_BEFORE = (
    select(DeliveryRow.ticket_id, DeliveryRow.id)
    .join(ScanRow, ScanRow.id == DeliveryRow.scan_id)
    .where(
        DeliveryRow.ticket_id.in_(bindparam("tickets", expanding=True)),
        ScanRow.annulled_at.is_not(None),
        or_(
            DeliveryRow.state.in_(("leased", "sent", "printed")),
            DeliveryRow.mark == REPEATED,
        ),
    )
)


def _printed_before(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
) -> frozenset[UUID]:
    """Return those of whose ticket a badge of an undone scan is out already, or may be.

    One that was tried and did not get out is no reason for a mark: nobody holds it.
    """
    asked = {"tickets": [row.ticket_id for row in rows]}
    found = connection.execute(_BEFORE, asked).all()
    return frozenset(
        row.id
        for row in rows
        if any(each.ticket_id == row.ticket_id and each.id != row.id for each in found)
    )
