"""The spooler: takes what must leave the house out of the store and delivers it.

One thread beside the desk. It wakes when anything was committed, claims what is due, hands it
to the printer and writes down what came of it; between badges it ends bookings and offers past
their deadline, serves the queue of the hour of opening, seals the audit and keeps the hourly
backup. It never gives up: an error of the store or the printer is waited out.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from badges.paper import Printer
from data.store import Store
from eventdesk.errors import AuditBrokenError, EventDeskError, PrinterOfflineError, StoreError
from eventdesk.model.clock import utc_now
from eventdesk.model.ids import new_id
from eventdesk.usecases.audit import seal_audit
from eventdesk.usecases.backups import keep_backup
from eventdesk.usecases.cancellations import sweep
from eventdesk.usecases.deliveries import (
    BadgeJob,
    claim_badges,
    confirm_badge,
    give_up_badge,
    retry_badge,
)
from eventdesk.usecases.opening import open_books
from eventdesk.usecases.queue import serve_queues
from eventdesk.usecases.reminders import remind
from eventdesk.usecases.revivals import hear_gateways

log = logging.getLogger(__name__)

POLL_S = 0.02
"""How often the store is asked whether it changed."""

DUE_S = 1.0
"""How often retries that fell due are looked for."""

REST_S = 1.0
"""How long a printer that does not answer is left alone."""

SEAL_S = 2.0

SWEEP_S = 3.0
"""How often bookings and offers past their deadline are looked for."""

QUEUES_S = 1.0
"""How often requests of the hour of opening are taken when their window has ended."""

GATEWAYS_S = 2.0
"""How often gateways are asked what they told, and promised refunds are asked for."""

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
        self._chores: list[tuple[float, Callable[[], None]]] = [
            (SEAL_S, self._seal),
            (SWEEP_S, self._sweep),
            (QUEUES_S, self._serve_queues),
            (GATEWAYS_S, self._poll_gateways),
            (BACKUP_EVERY.total_seconds(), self._open_books),
        ]
        if backups:
            self._chores.append((BACKUP_EVERY.total_seconds(), self._backup))
        self._next_at_s: dict[Callable[[], None], float] = {}
        self._resting_until_s = 0.0
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
        """Deliver a few of the badges that are due now, and return how many were tried.

        When the printer does not answer, the rest of them goes back untried, and nothing is tried
        for a moment: each try may take as long as its time-out.
        """
        if self._printer is None:
            return 0
        jobs = claim_badges(self._store, self.name, now=now or utc_now(), limit=BATCH)
        well = True
        for job in jobs:
            if well:
                well = self._deliver(self._printer, job)
            else:
                self._put_back(job, "The printer does not answer.")
        self._resting_until_s = 0.0 if well else time.monotonic() + REST_S
        return len(jobs)

    def drain(self, *, deadline: datetime) -> None:
        """Deliver until nothing is due any more, or the deadline has come."""
        while utc_now() < deadline and self.deliver_due():
            pass
        self._seal()

    def _run(self) -> None:
        """Serve in turns until stopped: a few badges, then what else has fallen due."""
        self._next_at_s = {chore: time.monotonic() for _every_s, chore in self._chores}
        while not self._stop.is_set():
            try:
                with self._store.watch() as version:
                    self._serve(version)
            except StoreError as error:
                log.warning("The store cannot be used just now: %s", error)
                self._stop.wait(DUE_S)
            except Exception:
                log.exception("The spooler met an unexpected error and goes on")
                self._stop.wait(DUE_S)

    def _serve(self, version: Callable[[], int]) -> None:
        """Work until stopped or an error."""
        seen, due_at_s = -1, 0.0
        while not self._stop.is_set():
            now_s = time.monotonic()
            changed = version()
            tried = 0
            if now_s >= self._resting_until_s and (changed != seen or now_s >= due_at_s):
                seen, due_at_s = changed, now_s + DUE_S
                tried = self.deliver_due()
            self._do_chores()
            if tried:
                due_at_s = 0.0  # more may wait
            else:
                self._stop.wait(POLL_S)

    def _do_chores(self) -> None:
        """Do what has fallen due; a chore that fails is tried again when it falls due again."""
        for every_s, chore in self._chores:
            if time.monotonic() >= self._next_at_s[chore]:
                self._next_at_s[chore] = time.monotonic() + every_s
                try:
                    chore()
                except EventDeskError as error:
                    log.warning("%s %s", error, error.hint)

    def _deliver(self, printer: Printer, job: BadgeJob) -> bool:
        """Print one badge and write down what came of it; False when the printer is off."""
        try:
            paper = printer.send(job.badge, job=str(job.delivery_id))
        except PrinterOfflineError as error:
            self._put_back(job, str(error), may_be_out=error.may_be_out)
            return False
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
        return True

    def _put_back(self, job: BadgeJob, error: str, *, may_be_out: bool = False) -> None:
        due_at = retry_badge(
            self._store,
            self.name,
            job.delivery_id,
            attempts=job.attempts,
            error=error,
            may_be_out=may_be_out,
            now=utc_now(),
        )
        log.warning("Badge %s waits until %s: %s", job.delivery_id, due_at, error)

    def _give_up(self, job: BadgeJob, reason: str) -> None:
        give_up_badge(self._store, self.name, job.delivery_id, error=reason, now=utc_now())
        log.error("Badge %s failed: %s", job.delivery_id, reason)

    def _seal(self) -> None:
        try:
            while seal_audit(self._store):
                pass
        except AuditBrokenError as error:
            log.error("%s %s", error, error.hint)

    def _sweep(self) -> None:
        now = utc_now()
        sweep(self._store, now=now)
        remind(self._store, now=now)

    def _serve_queues(self) -> None:
        serve_queues(self._store, now=utc_now())

    def _open_books(self) -> None:
        open_books(self._store, now=utc_now())

    def _poll_gateways(self) -> None:
        hear_gateways(self._store, now=utc_now())

    def _backup(self) -> None:
        keep_backup(self._store, now=utc_now())
