"""Badges a printer took into its own queue: asked after until it says that they are out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text, update

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.booking.tickets import MAX_NOTE
from eventdesk.printing.deliveries import MARKED
from eventdesk.printing.printer_routes import first_that_prints, in_order, read_printers

FOLLOWED_FOR = timedelta(hours=1)
"""How long a printer is asked about a badge; then it stays sent."""

UNCLAIMED_FOR = timedelta(days=1)
"""How long a badge is kept to be asked about while no open program drives its printer."""

STUCK_AFTER = timedelta(seconds=10)
"""So long a badge lies in the queue of a printer that cannot print before the next one takes it."""

# In these words, because SQLite uses the index of sent badges only where they are repeated.
_SENT = text("delivery.state = 'sent' AND delivery.job_ref IS NOT NULL")


@dataclass(frozen=True, slots=True)
class SentJob:
    """A badge that a printer took and has not said to be out.

    Attributes:
        attempts: The number of the lease under which it was sent.
    """

    delivery_id: UUID
    job_ref: str
    sent_at: datetime
    attempts: int


def sent_jobs(
    store: Store, printer_id: UUID | None, name: str, *, now: datetime, limit: int = 20
) -> list[SentJob]:
    """Read what a printer is to be asked about, the oldest first.

    Args:
        store: Where badges are.
        printer_id: The printer; None is one that is not set up in the store.
        name: How a printer that is not set up names itself: only what went there is its own.
        now: The store's clock, aware UTC.
        limit: Most to read.
    """
    its_own = DeliveryRow.printer_id == printer_id
    if printer_id is None:
        its_own = and_(DeliveryRow.printer_id.is_(None), DeliveryRow.delivered_to == name)
    query = (
        select(DeliveryRow.id, DeliveryRow.job_ref, DeliveryRow.sent_at, DeliveryRow.attempts)
        .where(its_own, _SENT)
        .order_by(DeliveryRow.sent_at)
        .limit(limit)
    )
    with store.read() as connection:
        return [
            SentJob(row.id, row.job_ref or "", row.sent_at or now, row.attempts)
            for row in connection.execute(query)
        ]


def settle_job(store: Store, job: SentJob, *, printed: bool, error: str, now: datetime) -> None:
    """Write down what became of a badge in a printer's queue.

    Args:
        store: Where badges are.
        job: As it was asked about; nothing happens when it was settled meanwhile.
        printed: Whether it is out. Else it failed, and the next try is marked.
        error: Why it failed.
        now: The store's clock, aware UTC.
    """
    values: dict[str, object] = {"state": "printed", "finished_at": now, "job_ref": None}
    if not printed:
        values = {**values, **MARKED, "state": "failed", "last_error": error[:MAX_NOTE]}
    _settle(store, job, values)


def forget_job(store: Store, job: SentJob, *, now: datetime) -> None:
    """Ask no more about a badge; nobody will know more than that it was sent."""
    _settle(store, job, {"finished_at": now, "job_ref": None})


def forget_unclaimed(store: Store, *, now: datetime) -> int:
    """Ask no more about badges whose printer nobody drove for a day; returns how many."""
    old = and_(_SENT, DeliveryRow.sent_at < now - UNCLAIMED_FOR)
    with store.read() as connection:
        if connection.execute(select(DeliveryRow.id).where(old).limit(1)).first() is None:
            return 0
    with store.write() as connection:
        forgotten = update(DeliveryRow).where(old).values(finished_at=now, job_ref=None)
        return connection.execute(forgotten).rowcount


def take_back_job(store: Store, job: SentJob, *, error: str, now: datetime) -> bool:
    """Give a badge that lies in the queue of a printer in trouble to the next one, marked.

    Returns:
        Whether there is another printer; without one it stays where it is.
    """
    with store.write() as connection:
        row = connection.execute(
            select(DeliveryRow.gate_id, DeliveryRow.device_id).where(
                DeliveryRow.id == job.delivery_id
            )
        ).one_or_none()
        if row is None:
            return False
        choice = in_order(read_printers(connection), row.gate_id, row.device_id)
        if first_that_prints(choice, now) is None:
            return False
        changed = connection.execute(
            update(DeliveryRow)
            .where(_still(job))
            .values(
                state="queued",
                due_at=now,
                printer_id=None,
                job_ref=None,
                sent_at=None,
                last_error=error[:MAX_NOTE],
                **MARKED,
            )
        )
        return changed.rowcount > 0


def _still(job: SentJob) -> ColumnElement[bool]:
    """Whether a badge lies where it was asked about: printers number their jobs anew."""
    return and_(
        DeliveryRow.id == job.delivery_id,
        DeliveryRow.state == "sent",
        DeliveryRow.job_ref == job.job_ref,
        DeliveryRow.attempts == job.attempts,
    )


def _settle(store: Store, job: SentJob, values: dict[str, object]) -> None:
    with store.write() as connection:
        connection.execute(update(DeliveryRow).where(_still(job)).values(values))
