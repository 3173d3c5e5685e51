"""The delivery queue: what must leave the house, claimed, confirmed, retried, counted.

A delivery is queued in the transaction that causes it. A courier claims it with a lease, so
that one that dies leaves it to the next; what was claimed and never confirmed is marked, since
nobody knows whether the paper came out.

    queued → leased → sent → printed
                 ↘ queued (at another printer)  ↘ failed  (a person must look)

`sent` is what a printer took; where it can be asked about a job later, `job_follow` makes it
printed or failed. A courier drives one printer of the store (`printer_leases`), or the only one
where none is set up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update

from data.prepared import Prepared
from data.schema import DeliveryRow
from data.store import Store
from eventdesk.booking.tickets import MAX_NOTE
from eventdesk.core.printing import Status
from eventdesk.printing.badge_claims import REPEATED, BadgeJob
from eventdesk.printing.printer_leases import put_health
from eventdesk.printing.printer_routes import first_that_prints, in_order, read_printers

FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(seconds=60)
"""Pauses after a failed attempt double from the first to the last."""


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
    held_s: float = 0.0,
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
        held_s: Seconds until it prints, for who wants to look at it first.
    """
    _QUEUE.run(
        connection,
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
            "due_at": now + timedelta(seconds=held_s),
            "created_at": now,
            "gate_id": gate_id,
            "device_id": device_id,
        },
    )


@dataclass(frozen=True, slots=True)
class BadgeOut:
    """A badge that went to its printer.

    Attributes:
        attempts: The number of its lease, as the job says it.
        confirmed: Whether the printer said that it is printed.
        where: Path or address it went to.
        at: When, by the store's clock, aware UTC.
        job_ref: What to ask the printer by later; "" when nothing more will be known.
    """

    delivery_id: UUID
    attempts: int
    confirmed: bool
    where: str
    at: datetime
    job_ref: str = ""


def confirm_badges(
    store: Store,
    courier: str,
    out: Sequence[BadgeOut],
    *,
    printer_id: UUID | None = None,
    status: Status | None = None,
) -> None:
    """Note that badges are out: printed when the printer said so, else only sent.

    Nothing happens to one that another courier has taken over meanwhile; a label it used is
    counted all the same.

    Args:
        store: Where deliveries live.
        courier: Who had taken them.
        out: The badges, one or more, in the order they came out.
        printer_id: The printer of the store they came out of.
        status: How that printer was afterwards.
    """
    with store.write() as connection:
        connection.execute(_OUT, [_as_out(each, courier) for each in out])
        if printer_id is not None and status is not None:
            put_health(connection, printer_id, status, now=out[-1].at, used=len(out))


def return_badges(store: Store, courier: str, jobs: Sequence[BadgeJob]) -> None:
    """Put badges back that were taken and never sent to a printer: they wait as before.

    Args:
        store: Where deliveries live.
        courier: Who had taken them; what another one has taken over meanwhile stays there.
        jobs: The badges, one or more.
    """
    leases = [
        {"this": each.delivery_id, "courier": courier, "lease": each.attempts} for each in jobs
    ]
    with store.write() as connection:
        connection.execute(_RETURNED, leases)


def retry_badge(
    store: Store,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    error: str,
    may_be_out: bool = False,
    now: datetime,
    at_once: bool = False,
    printer_id: UUID | None = None,
    status: Status | None = None,
) -> datetime:
    """Put a badge back that did not get out, and say when it is due again.

    Args:
        store: Where deliveries live.
        courier: Who had taken it.
        delivery_id: The badge.
        attempts: The number of its lease, which is how often it was tried, this time included.
        error: Why it did not get out, for the status line.
        may_be_out: The printer had taken all or part of it; the next one is marked.
        now: The store's clock, aware UTC.
        at_once: Whether it is due at once: the next printer takes it, or this one rests.
        printer_id: The printer of the store it did not come out of.
        status: How that printer is; in the same transaction, so that it goes to the next one.
    """
    pause = min(LAST_RETRY, FIRST_RETRY * (1 << min(attempts - 1, 10)))
    due_at = now if at_once else now + pause
    with store.write() as connection:
        _finish(
            connection,
            courier,
            delivery_id,
            attempts,
            state="queued",
            due_at=due_at,
            printer_id=None,
            last_error=error[:MAX_NOTE],
            **(MARKED if may_be_out else {}),
        )
        if printer_id is not None and status is not None:
            put_health(connection, printer_id, status, now=now)
    return due_at


def give_up_badge(
    store: Store, courier: str, delivery_id: UUID, *, attempts: int, error: str, now: datetime
) -> None:
    """Note that a badge cannot get out whatever is tried; a person must look.

    Args:
        store: Where deliveries live.
        courier: Who had taken it.
        delivery_id: The badge.
        attempts: The number of its lease, as the job says it.
        error: Why it did not get out, for people.
        now: The store's clock, aware UTC.
    """
    with store.write() as connection:
        _finish(
            connection,
            courier,
            delivery_id,
            attempts,
            state="failed",
            finished_at=now,
            last_error=error[:MAX_NOTE],
        )


def pass_on_badge(
    store: Store,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    printer_id: UUID,
    error: str,
    now: datetime,
) -> str:
    """Hand a badge its printer refused to the next one that has not; without one it failed.

    Args:
        store: Where deliveries live.
        courier: Who had taken it.
        delivery_id: The badge.
        attempts: The number of its lease, as the job says it.
        printer_id: The printer of the store that refused it.
        error: Why it did, for people.
        now: The store's clock, aware UTC.

    Returns:
        The name of the next printer; "" when a person must look.
    """
    with store.write() as connection:
        row = connection.execute(
            select(DeliveryRow.gate_id, DeliveryRow.device_id, DeliveryRow.payload).where(
                DeliveryRow.id == delivery_id
            )
        ).one()
        refused = [*row.payload.get(REFUSED_BY, ()), str(printer_id)]
        others = in_order(read_printers(connection), row.gate_id, row.device_id)
        following = first_that_prints([one for one in others if str(one.id) not in refused], now)
        values: dict[str, Any] = {"last_error": error[:MAX_NOTE]}
        if following is None:
            values |= {"state": "failed", "finished_at": now}
        else:
            values |= {
                "state": "queued",
                "due_at": now,
                "printer_id": following.id,
                "payload": {**row.payload, REFUSED_BY: refused},
            }
        _finish(connection, courier, delivery_id, attempts, **values)
    return following.name if following is not None else ""


REFUSED_BY = "refused_by"
"""Key of a badge's payload: the printers that would not print it."""

MARKED = {"mark": func.coalesce(func.nullif(DeliveryRow.mark, ""), REPEATED)}
"""What makes a badge a copy that may be a second one."""

_QUEUE = Prepared(insert(DeliveryRow))

_LEASED = (
    update(DeliveryRow)
    .where(
        DeliveryRow.id == bindparam("this"),
        DeliveryRow.state == "leased",
        DeliveryRow.leased_by == bindparam("courier"),
        DeliveryRow.attempts == bindparam("lease"),
    )
    .values(leased_until=None, leased_by=None)
)
"""Ends a lease; one that was taken over meanwhile is not touched."""

_OUT = _LEASED.values(last_error=None)
_RETURNED = _LEASED.values(state="queued", printer_id=None)


def _as_out(out: BadgeOut, courier: str) -> dict[str, object]:
    return {
        "this": out.delivery_id,
        "courier": courier,
        "lease": out.attempts,
        "state": "printed" if out.confirmed else "sent",
        "delivered_to": out.where,
        "sent_at": out.at,
        "finished_at": None if out.job_ref and not out.confirmed else out.at,
        "job_ref": None if out.confirmed else out.job_ref or None,
    }


def _finish(
    connection: Connection, courier: str, delivery_id: UUID, lease: int, **values: object
) -> None:
    """End a lease with what came of it; one that was taken over meanwhile is not touched."""
    connection.execute(
        _LEASED.values(**values), {"this": delivery_id, "courier": courier, "lease": lease}
    )
