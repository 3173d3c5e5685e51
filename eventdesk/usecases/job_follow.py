"""Badges a printer took into its own queue: asked after until it says that they are out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.usecases.deliveries import MARKED
from eventdesk.usecases.printer_routes import first_that_prints, in_order, read_printers
from eventdesk.usecases.tickets import MAX_NOTE

FOLLOWED_FOR = timedelta(hours=1)
"""How long a printer is asked about a badge; then it stays sent."""

STUCK_AFTER = timedelta(seconds=10)
"""So long a badge lies in the queue of a printer that cannot print before the next one takes it."""

# In these words, because SQLite uses the index of sent badges only where they are repeated.
_SENT = text("delivery.state = 'sent' AND delivery.job_ref IS NOT NULL")


@dataclass(frozen=True, slots=True)
class SentJob:
    """A badge that a printer took and has not said to be out."""

    delivery_id: UUID
    job_ref: str
    sent_at: datetime


def sent_jobs(store: Store, printer_id: UUID, *, now: datetime, limit: int = 20) -> list[SentJob]:
    """Read what a printer is to be asked about, the oldest first."""
    query = (
        select(DeliveryRow.id, DeliveryRow.job_ref, DeliveryRow.sent_at)
        .where(DeliveryRow.printer_id == printer_id, _SENT)
        .order_by(DeliveryRow.sent_at)
        .limit(limit)
    )
    with store.read() as connection:
        return [
            SentJob(row.id, row.job_ref or "", row.sent_at or now)
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
            .where(
                DeliveryRow.id == job.delivery_id,
                DeliveryRow.state == "sent",
                DeliveryRow.job_ref == job.job_ref,
            )
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


def _settle(store: Store, job: SentJob, values: dict[str, object]) -> None:
    with store.write() as connection:
        connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.id == job.delivery_id,
                DeliveryRow.state == "sent",
                DeliveryRow.job_ref == job.job_ref,
            )
            .values(values)
        )
