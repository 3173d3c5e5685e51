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
from data.touched import UNSAID, Seen, touched_since
from eventdesk.accounts import thin_wrong_tries
from eventdesk.acts import (
    SYSTEM,
    Actor,
    Clock,
    Topic,
    Verb,
    clock_now,
    seal_audit,
    thin_calls,
    watch_clock,
)
from eventdesk.booking import hear_gateways, queue_links, queue_passes
from eventdesk.core.errors import AuditBrokenError, EventDeskError, StoreError
from eventdesk.core.messages import ENGLISH, reading
from eventdesk.core.settings import Settings
from eventdesk.events import hand_out
from eventdesk.exchange import (
    keep_in_step,
    queue_admissions,
    queue_sheets,
    queue_webhooks,
    tell_of_printers,
    tell_of_queues,
    tell_of_sales,
    thin_webhooks,
    write_due_exports,
)
from eventdesk.keeping import (
    erase_due_events,
    finish_erasures,
    keep_backup,
    mark_progress,
    newest_made_at,
    queue_folders,
)
from eventdesk.mailing import mail_announcements, read_bounces
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

REMIND_S = 15.0
"""How often it is looked who is to be reminded; of a deadline that is hours away."""

QUEUES_S = 2.0
"""How often requests of the hour of opening are taken when their window has ended."""

GATEWAYS_S = 2.0
"""How often gateways are asked what they told, and promised refunds are asked for."""

WEBHOOKS_S = 2.0
"""How often it is looked what happened that webhooks are told of, and who came in for shops."""

BOUNCES_S = 60.0
"""How often mailboxes are looked into for mails that did not arrive."""

IN_STEP_S = 5.0
"""How often it is looked which services are due that events are kept in step with."""

SHEETS_S = 1.0
"""How often it is looked what happened in events that spreadsheets follow."""

EXPORTS_S = 15.0
"""How often exports are looked for that are due; a large one takes half a minute to write."""

FOLDERS_S = 15.0
"""How often folders that are kept elsewhere are looked at for what changed."""

PASSES_S = 5.0
"""How often it is looked whether wallets are to be told of something."""

PASSES_SHOW: Final = frozenset(
    {Topic.EVENTS, Topic.SALES, Topic.BOOKING, Topic.MONEY, Topic.SERVICES}
)
"""What passes say is of these, and who is told of it."""

SALES_S = 5.0
"""How often it is looked whether rooms are to be told of sales."""

SALES_SHOW: Final = frozenset(
    {Topic.EVENTS, Topic.SALES, Topic.BOOKING, Topic.MONEY, Topic.SERVICES}
)
"""What changes how far an event is sold, and who is told."""

PRINTERS_S = 10.0
"""How often it is looked whether rooms are to be told of printers, which are down for minutes."""

DOORS_S = 60.0
"""How often the waits at doors are reckoned where rooms are told of them."""

ERASE_S = 60.0
"""How often it is looked whether personal data of an event are due to go; the day matters."""

CLOCK_S = 60.0
"""How often the clock is compared with what the store knows."""

HOUR_S = 3600.0
BACKUP_EVERY = timedelta(hours=1)

BACKUP_LOOK_S = 300.0
"""How often it is looked whether the hourly backup is due: the program that made it may be gone."""

REST_TIMES: Final = 9
"""How many times as long as it took a chore rests that is done on changes: a tenth of the time."""

TICK_S = 0.1
"""How soon after some chores others are done at the earliest."""

TOGETHER_S = 0.5
"""What falls due so soon is done at once: one waking for all costs less than one for each."""

Chore = tuple[float, Callable[[], object]]
"""Every so many seconds, this."""


SWEEPS: Final[tuple[Verb[[], int], ...]] = (
    sweep,
    hand_out,
    mail_announcements,
    forget_unclaimed,
    queue_links,
)
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


class OnChange:
    """A chore that is done at first, and again only where something changed since.

    One that takes long rests `REST_TIMES` as long, so that a rush of sales does not do it without
    end beside who sells.

    Args:
        store: Where it is looked.
        topics: What has to have changed.
        chore: What is done.
    """

    def __init__(self, store: Store, topics: frozenset[Topic], chore: Callable[[], object]) -> None:
        self._store, self._chore = store, chore
        self._topics = {*topics, UNSAID[0]}
        self._seen: Seen | None = None
        self._rests_until_s = 0.0

    def __call__(self) -> None:
        """Do it where it is due; what is written meanwhile is found the next time."""
        began_s = time.monotonic()
        if began_s < self._rests_until_s:
            return
        with self._store.read() as connection:
            upto, touched = touched_since(connection, self._seen or (0, 0))
        if self._seen is None or any(topic in self._topics for topic, _event in touched):
            self._chore()
            ended_s = time.monotonic()
            self._rests_until_s = ended_s + REST_TIMES * (ended_s - began_s)
        self._seen = upto


def groups_of_chores(store: Store, stop: threading.Event, *, backups: bool = True) -> list[Chores]:
    """Make the threads for all chores of a store; none runs yet."""
    short: list[Chore] = [
        (CLOCK_S, lambda: _watch_clock(store)),
        (SEAL_S, lambda: seal_all(store)),
        (MARK_S, lambda: _mark_progress(store)),
        (SWEEP_S, partial(_sweep, store, *SWEEPS)),
        (REMIND_S, partial(_sweep, store, remind)),
        (QUEUES_S, partial(_sweep, store, serve_queues)),
        (HOUR_S, lambda: open_books(store, SYSTEM)),
        (HOUR_S, lambda: thin_badges(store, SYSTEM, days=Settings.load(store.home).badge_days)),
        (HOUR_S, lambda: finish_erasures(store, SYSTEM)),
        (HOUR_S, lambda: thin_calls(store, SYSTEM)),
        (HOUR_S, lambda: thin_wrong_tries(store, SYSTEM)),
        (HOUR_S, lambda: thin_webhooks(store, SYSTEM)),
        (ERASE_S, partial(_sweep, store, erase_due_events)),
        (SALES_S, OnChange(store, SALES_SHOW, lambda: tell_of_sales(store, SYSTEM))),
        (PRINTERS_S, partial(_sweep, store, tell_of_printers)),
        (DOORS_S, partial(_sweep, store, tell_of_queues)),
        (PASSES_S, OnChange(store, PASSES_SHOW, lambda: queue_passes(store, SYSTEM))),
    ]
    groups = [
        Chores("chores", short, stop),
        Chores("gateways", [(GATEWAYS_S, lambda: hear_gateways(store, SYSTEM))], stop),
    ]
    told: list[Chore] = [
        (WEBHOOKS_S, lambda: queue_webhooks(store, SYSTEM)),
        (WEBHOOKS_S, lambda: queue_admissions(store, SYSTEM)),
    ]
    groups.append(Chores("webhooks", told, stop))
    groups.append(Chores("bounces", [(BOUNCES_S, lambda: read_bounces(store, SYSTEM))], stop))
    groups.append(Chores("in step", [(IN_STEP_S, partial(_sweep, store, keep_in_step))], stop))
    groups.append(Chores("sheets", [(SHEETS_S, lambda: queue_sheets(store, SYSTEM))], stop))
    groups.append(Chores("exports", [(EXPORTS_S, partial(_sweep, store, write_due_exports))], stop))
    groups.append(Chores("folders", [(FOLDERS_S, lambda: queue_folders(store, SYSTEM))], stop))
    if backups:
        hourly = (BACKUP_LOOK_S, lambda: keep_backup(store, SYSTEM, every=BACKUP_EVERY))
        groups.append(Chores("backups", [hourly], stop))
    return groups


def seal_all(store: Store) -> None:
    """Seal what the audit has not sealed yet."""
    try:
        while seal_audit(store, SYSTEM):
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
    found = mark_progress(store, SYSTEM)
    if found is not None:
        log.error("The store went back: %s. %s", found.sentence, found.advice)


def _watch_clock(store: Store) -> None:
    look = watch_clock(store, SYSTEM, otherwise=lambda: newest_made_at(store.home))
    with reading(ENGLISH):  # as all of the log
        if look.sentence:
            log.warning("The clock: %s. %s", look.sentence, look.advice)


def _sweep(store: Store, *chores: Callable[[Store, Actor], object]) -> None:
    """Do chores that depend on the time, unless the clock is ahead; one asking serves all."""
    if clock_now(store, SYSTEM).state is not Clock.AHEAD:
        for chore in chores:
            _try(partial(chore, store, SYSTEM))
