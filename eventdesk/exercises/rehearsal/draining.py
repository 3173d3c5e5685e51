"""Badges after the last guest: what is left is printed, and how long each one took."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from badges.printers import open_printer
from data.schema import DeliveryRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import ahead, run_ahead
from eventdesk.exercises.rehearsal.flow import Flow
from eventdesk.exercises.rehearsal.plan import Timing
from eventdesk.printing import LAST_RETRY, LEASE, badge_queue
from eventdesk.spooler import Spooler

PATIENCE_S = 100.0
"""How long nothing may come out before what waits is given up: longer than any lease or pause
between tries."""

LOOK_S = 0.1

STOPPED_S = 3.0
"""How long badges may still come out once somebody has stopped the rehearsal."""


def drain(
    store: Store,
    event_id: UUID,
    printer: str,
    timing: Timing,
    stop: threading.Event,
    on_waiting: Callable[[int], None] = lambda waiting: None,
) -> None:
    """Print what is left, as the next desk that opens does; couriers that died left it leased.

    It goes on as long as badges come out, however many wait. `printer` is where badges go while no
    printer is set up.
    """
    if not timing.wait_for_leases or stop.is_set():
        run_ahead(ahead() + LEASE + LAST_RETRY)
    spooler = Spooler(
        store, open_printer(printer, badges_folder=store.home / "badges"), backups=False
    )
    spooler.start()
    try:
        _wait_for_badges(lambda: badge_queue(store, SYSTEM, event_id).waiting, stop, on_waiting)
    finally:
        spooler.stop()


def _wait_for_badges(
    count: Callable[[], int], stop: threading.Event, on_waiting: Callable[[int], None]
) -> None:
    """Wait until none waits, none came out for `PATIENCE_S`, or `STOPPED_S` after a stop."""
    never = threading.Event()
    fewest, stopped_at_s = count(), float("inf")
    came_out_at_s = time.monotonic()
    while fewest:
        on_waiting(fewest)
        if stop.is_set():
            stopped_at_s = min(stopped_at_s, time.monotonic())
            never.wait(LOOK_S)
        else:
            stop.wait(LOOK_S)
        now_s, waiting = time.monotonic(), count()
        if waiting < fewest:
            fewest, came_out_at_s = waiting, now_s
        if now_s >= min(came_out_at_s + PATIENCE_S, stopped_at_s + STOPPED_S):
            return


def badge_times(store: Store, flow: Flow) -> list[tuple[float, float]]:
    """For each badge: when its verdict was given, and how many ms later its first paper was out."""
    queued = {UUID(one.delivery): one for one in flow.heard if one.delivery}
    with store.read() as connection:
        rows = connection.execute(
            select(DeliveryRow.id, TicketRow.code)
            .join(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
            .where(DeliveryRow.scan_id.is_not(None))
        ).all()
    papers: dict[str, list[float]] = defaultdict(list)
    for paper in flow.papers:
        for code in paper.codes:
            papers[code].append(paper.at_s)
    times = []
    for row in rows:
        heard = queued.get(row.id)
        if heard is not None and papers[row.code]:
            # The courier may be ahead of the lane's own words: then the paper took no time.
            took_s = max(0.0, min(papers[row.code]) - heard.at_s)
            times.append((heard.at_s, took_s * 1000))
    return times
