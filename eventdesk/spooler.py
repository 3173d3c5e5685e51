"""The spooler: takes what must leave the house out of the store and delivers it.

One thread beside the desk. It wakes when anything was committed, claims what is due, hands it
to the printer and writes down what came of it; between badges it seals the audit and keeps
the hourly backup. It never gives up: an error of the store or the printer is waited out.
"""

import logging
import os
import socket
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from badges.paper import Printer
from data.store import Store
from eventdesk.errors import EventDeskError, PrinterOfflineError, StoreError
from eventdesk.model.clock import utc_now
from eventdesk.model.ids import new_id
from eventdesk.usecases.audit import seal_audit
from eventdesk.usecases.backups import keep_backup
from eventdesk.usecases.deliveries import (
    BadgeJob,
    claim_badges,
    confirm_badge,
    give_up_badge,
    retry_badge,
)

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

POLL_S = 0.02
"""How often the store is asked whether it changed."""

DUE_S = 1.0
"""How often retries that fell due are looked for."""

SEAL_S = 2.0
BACKUP_EVERY = timedelta(hours=1)
BATCH = 4
"""Badges claimed at a time: few enough to get out within the lease on a slow printer."""


class Spooler:
    """Delivers badges until it is stopped.

    Attributes:
        name: How leases name this courier: machine, process and a number of its own.
    """

    def __init__(self, store: Store, printer: Printer | None, *, backups: bool = True) -> None:
        """Set it up; nothing runs before `start`.

        Args:
            store: Where deliveries live.
            printer: Where badges go; None leaves them waiting for another desk's printer.
            backups: Whether to make a backup now and every hour.
        """
        self.name = f"{socket.gethostname()}/{os.getpid()}/{new_id().hex[-6:]}"
        self._store = store
        self._printer = printer
        self._backups = backups
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)

    def start(self) -> None:
        """Begin to deliver, in a thread of its own."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Finish the badge at hand and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def deliver_due(self, *, now: datetime | None = None) -> int:
        """Deliver the badges that are due now, and return how many were tried."""
        if self._printer is None:
            return 0
        jobs = claim_badges(self._store, self.name, now=now or utc_now(), limit=BATCH)
        for job in jobs:
            self._deliver(self._printer, job)
        return len(jobs)

    def drain(self, *, deadline: datetime) -> None:
        """Deliver until nothing is due any more, or the deadline has come."""
        while utc_now() < deadline and self.deliver_due():
            pass
        while utc_now() < deadline and seal_audit(self._store):
            pass

    def _run(self) -> None:
        chores: list[tuple[float, Callable[[], object]]] = [(SEAL_S, self._seal)]
        if self._backups:
            chores.append((BACKUP_EVERY.total_seconds(), self._backup))
        while not self._stop.is_set():
            try:
                self._serve(chores)
            except StoreError as error:
                log.warning("The store cannot be used just now: %s", error)
                self._stop.wait(DUE_S)
            except Exception:
                log.exception("The spooler met an unexpected error and goes on")
                self._stop.wait(DUE_S)

    def _serve(self, chores: "list[tuple[float, Callable[[], object]]]") -> None:
        """Work until stopped or an error."""
        next_at = {chore: 0.0 for _every, chore in chores}
        due_at, seen, clock_s = 0.0, -1, 0.0
        with self._store.watch() as version:
            while not self._stop.is_set():
                clock_s += POLL_S
                changed = version()
                if changed != seen or clock_s >= due_at:
                    seen, due_at = changed, clock_s + DUE_S
                    while self.deliver_due() and not self._stop.is_set():
                        pass
                for every_s, chore in chores:
                    if clock_s >= next_at[chore]:
                        next_at[chore] = clock_s + every_s
                        chore()
                self._stop.wait(POLL_S)

    def _deliver(self, printer: Printer, job: BadgeJob) -> None:
        try:
            paper = printer.send(job.badge, job=str(job.delivery_id))
        except PrinterOfflineError as error:
            self._put_back(job, error)
        except EventDeskError as error:
            self._give_up(job, f"{error} {error.hint}".strip())
        except Exception as error:
            log.exception("Badge %s cannot be printed", job.delivery_id)
            self._give_up(job, f"The badge cannot be drawn: {error}")
        else:
            confirm_badge(
                self._store,
                self.name,
                job.delivery_id,
                confirmed=paper.confirmed,
                where=paper.where,
                now=utc_now(),
            )

    def _put_back(self, job: BadgeJob, error: EventDeskError) -> None:
        due_at = retry_badge(
            self._store,
            self.name,
            job.delivery_id,
            attempts=job.attempts,
            error=str(error),
            now=utc_now(),
        )
        log.warning("Badge %s waits until %s: %s", job.delivery_id, due_at, error)

    def _give_up(self, job: BadgeJob, reason: str) -> None:
        give_up_badge(self._store, self.name, job.delivery_id, error=reason, now=utc_now())
        log.error("Badge %s failed: %s", job.delivery_id, reason)

    def _seal(self) -> None:
        seal_audit(self._store)

    def _backup(self) -> None:
        keep_backup(self._store, now=utc_now())
