"""Chores of the spooler besides badges: each group in a thread of its own.

A backup of a large store takes minutes and a gateway may keep one waiting; a printer never waits
for either. A chore that fails is tried again when it falls due again.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Clock, Verb, clock_now, seal_audit, watch_clock
from eventdesk.booking import hear_gateways
from eventdesk.core.errors import AuditBrokenError, EventDeskError, StoreError
from eventdesk.core.messages import ENGLISH, reading
from eventdesk.core.settings import Settings
from eventdesk.events import hand_out
from eventdesk.keeping import finish_erasures, keep_backup, mark_progress, newest_made_at
from eventdesk.money import open_books
from eventdesk.printing import forget_unclaimed, thin_badges
from eventdesk.spooler.outcomes import note_unusable
from eventdesk.waiting import remind, serve_queues, sweep

log = logging.getLogger(__name__)

SEAL_S = 2.0

MARK_S = 6.0
"""How often it is marked beside the keys how far the store has come."""

SWEEP_S = 4.0
"""How often bookings and offers past their deadline are looked for."""

QUEUES_S = 2.0
"""How often requests of the hour of opening are taken when their window has ended."""

GATEWAYS_S = 2.0
"""How often gateways are asked what they told, and promised refunds are asked for."""

CLOCK_S = 60.0
"""How often the clock is compared with what the store knows."""

HOUR_S = 3600.0
BACKUP_EVERY = timedelta(hours=1)

BACKUP_LOOK_S = 300.0
"""How often it is looked whether the hourly backup is due: the program that made it may be gone."""

TICK_S = 0.1
"""How soon after some chores others are done at the earliest."""

TOGETHER_S = 0.5
"""What falls due so soon is done at once: one waking for all costs less than one for each."""

Chore = tuple[float, Callable[[], object]]
"""Every so many seconds, this."""


SWEEPS: Final[tuple[Verb[[], int], ...]] = (sweep, remind, hand_out, forget_unclaimed)
"""What is looked for in turns; each by itself, so that one that fails stops no other."""


class Chores:
    """A thread that does some chores in turn until it is stopped."""

    def __init__(self, name: str, chores: Sequence[Chore], stop: threading.Event) -> None:
        self._chores, self._stop = chores, stop
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self) -> None:
        due_at_s = [time.monotonic()] * len(self._chores)
        while not self._stop.is_set():
            for place, (every_s, chore) in enumerate(self._chores):
                now_s = time.monotonic()
                if now_s + TOGETHER_S >= due_at_s[place] and not self._stop.is_set():
                    due_at_s[place] = now_s + every_s
                    _try(chore)
            self._stop.wait(max(TICK_S, min(due_at_s) - time.monotonic()))


def groups_of_chores(store: Store, stop: threading.Event, *, backups: bool = True) -> list[Chores]:
    """Make the threads for all chores of a store; none runs yet."""
    short: list[Chore] = [
        (CLOCK_S, lambda: _watch_clock(store)),
        (SEAL_S, lambda: seal_all(store)),
        (MARK_S, lambda: _mark_progress(store)),
        *((SWEEP_S, partial(_sweep, store, each)) for each in SWEEPS),
        (QUEUES_S, partial(_sweep, store, serve_queues)),
        (HOUR_S, lambda: open_books(store, SYSTEM)),
        (HOUR_S, lambda: thin_badges(store, SYSTEM, days=Settings.load(store.home).badge_days)),
        (HOUR_S, lambda: finish_erasures(store, SYSTEM)),
    ]
    groups = [
        Chores("chores", short, stop),
        Chores("gateways", [(GATEWAYS_S, lambda: hear_gateways(store, SYSTEM))], stop),
    ]
    if backups:
        hourly = (BACKUP_LOOK_S, lambda: keep_backup(store, SYSTEM, every=BACKUP_EVERY))
        groups.append(Chores("backups", [hourly], stop))
    return groups


def seal_all(store: Store) -> None:
    """Seal what the audit has not sealed yet."""
    try:
        while seal_audit(store):
            pass
    except AuditBrokenError as error:
        log.error("%s %s", error, error.advice)


def _try(chore: Callable[[], object]) -> None:
    try:
        chore()
    except StoreError as error:
        note_unusable(error)
    except EventDeskError as error:
        log.warning("%s %s", error, error.advice)
    except Exception:
        log.exception("A chore met an unexpected error; it is tried again")


def _mark_progress(store: Store) -> None:
    found = mark_progress(store)
    if found is not None:
        log.error("The store went back: %s. %s", found.sentence, found.advice)


def _watch_clock(store: Store) -> None:
    look = watch_clock(store, SYSTEM, otherwise=lambda: newest_made_at(store.home))
    with reading(ENGLISH):  # as all of the log
        if look.sentence:
            log.warning("The clock: %s. %s", look.sentence, look.advice)


def _sweep(store: Store, chore: Callable[[Store, Actor], object]) -> None:
    if clock_now(store, SYSTEM).state is not Clock.AHEAD:
        chore(store, SYSTEM)
