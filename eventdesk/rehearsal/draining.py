"""Behind the last guest: what still has to be printed, and how long each badge took."""

import threading
import time
from collections import defaultdict
from uuid import UUID

from sqlalchemy import select

from badges.printers import open_printer
from data.schema import DeliveryRow, TicketRow
from data.store import Store
from eventdesk.model.clock import ahead, run_ahead
from eventdesk.rehearsal.flow import Flow
from eventdesk.rehearsal.plan import Timing
from eventdesk.spooler import Spooler
from eventdesk.usecases.deliveries import LAST_RETRY, LEASE, badge_queue

DRAIN_S = 100.0
"""Longer than any lease or pause between tries."""

STOPPED_S = 3.0
"""How long badges may still come out once somebody has stopped the rehearsal."""


def drain(
    store: Store, event_id: UUID, printer: str, timing: Timing, stop: threading.Event
) -> None:
    """Print what is left, as the next desk that opens does; couriers that died left it leased."""
    if not timing.wait_for_leases or stop.is_set():
        run_ahead(ahead() + LEASE + LAST_RETRY)
    until_s = time.monotonic() + (STOPPED_S if stop.is_set() else DRAIN_S)
    spooler = Spooler(
        store, open_printer(printer, badges_folder=store.home / "badges"), backups=False
    )
    spooler.start()
    never = threading.Event()
    while time.monotonic() < until_s and badge_queue(store, event_id).waiting:
        if stop.is_set():
            until_s = min(until_s, time.monotonic() + STOPPED_S)
            never.wait(0.1)
        else:
            stop.wait(0.1)
    spooler.stop()


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
