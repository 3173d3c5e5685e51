"""What goes on all day beside the door: the counters of a desk.

    python -m bench.day [--quick]

*Counters*: a desk on show reads its counters whenever anything is committed, and other lanes check
in ten guests a second. The processor time of the counting is compared with the full count that it
stands for, in turns at the same door.
"""

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from bench.table import at_most, print_table
from data.sqlite.engine import driver
from data.store import FILE_NAME, Store
from eventdesk.demo.fill import DemoEvent, fill_demo
from eventdesk.desk import Desk
from eventdesk.model.clock import utc_now
from eventdesk.model.door import Counters, Scan
from eventdesk.model.people import SYSTEM
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.codes import some_tokens
from eventdesk.usecases.list_counts import ListCounts
from eventdesk.usecases.scans import counters

SMALL = 10_000
LARGE = 1_000_000
SCANS_A_SECOND = 10
SECONDS = 8.0
TURNS = 2
COUNTING_PERCENT = 5.0


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    rows: list[tuple[object, ...]] = []
    for size in (SMALL, LARGE // 10 if quick else LARGE):
        with TemporaryDirectory() as folder:
            rows += _counting(Path(folder) / "home", size)
    head = ("what", "figure", "goal", "")
    print_table(f"A desk's counters, {SCANS_A_SECOND} scans a second elsewhere", head, rows)


def _counting(home: Path, size: int) -> list[tuple[object, ...]]:
    """Measure the counting at a door with so many tickets, six of ten of them in."""
    with Store.create(home) as store:
        made = fill_demo(store, size=SMALL // 2, seed=0, now=utc_now())
        tokens = some_tokens(store, made.event.id, limit=4000)
    _grow(home / FILE_NAME, made, size)
    with Store(home) as store, Store(home) as elsewhere:
        begun_s = time.thread_time()
        kept = ListCounts(made.list.id)
        counters(store, SYSTEM, made.list.id, kept=kept)
        first_ms = (time.thread_time() - begun_s) * 1000

        def follow(store: Store) -> Counters:
            return counters(store, SYSTEM, made.list.id, kept=kept)

        def count(store: Store) -> Counters:
            return counters(store, SYSTEM, made.list.id)

        shares: dict[str, list[float]] = {"follow": [], "count": []}
        for _ in range(TURNS):
            for name, look in (("follow", follow), ("count", count)):
                scan = _scanning(elsewhere, made, tokens)
                shares[name].append(asyncio.run(_share(store, look, scan)))
        assert follow(store) == count(store)
    share, floor = max(shares["follow"]), min(shares["count"])
    what = f"{size:,} tickets:"
    return [
        (f"{what} share of a core", *at_most(share, COUNTING_PERCENT, "%")),
        (f"{what} share of a core, all counted at each commit", f"{floor:.1f} %", "", ""),
        (f"{what} the first count", f"{first_ms:.0f} ms", "", ""),
    ]


async def _share(store: Store, look: Callable[[Store], Counters], scan: Callable[[], Any]) -> float:
    """Percent of a core that looking at every change takes while others scan."""
    desk, spent_s, stop = Desk(store), 0.0, threading.Event()

    def watched(store: Store) -> None:
        nonlocal spent_s
        begun_s = time.thread_time()
        look(store)
        spent_s += time.thread_time() - begun_s

    def work() -> None:
        due_s = time.monotonic()
        while not stop.wait(max(0.0, due_s - time.monotonic())):
            scan()
            due_s += 1 / SCANS_A_SECOND

    lanes = threading.Thread(target=work)
    lanes.start()
    begun_s = time.monotonic()
    try:
        async for _ in desk.changes():
            await desk.read(watched)
            if time.monotonic() - begun_s >= SECONDS:
                break
        passed_s = time.monotonic() - begun_s
    finally:
        stop.set()
        lanes.join()
        desk.close()
    return 100 * spent_s / passed_s


def _scanning(store: Store, made: DemoEvent, tokens: list[str]) -> Callable[[], Any]:
    """Check the next guest in, by another program than the desk."""

    def scan() -> None:
        code = Scan(tokens.pop(), made.list.id, uuid4().hex, utc_now())
        check_in(store, SYSTEM, code, now=utc_now())

    return scan


def _grow(path: Path, made: DemoEvent, size: int) -> None:
    """Add tickets like those that are there until there are so many, and let six of ten in."""
    connection = driver.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(ticket)")]
    there, newest = connection.execute("SELECT count(*), max(search_no) FROM ticket").fetchone()
    own = {
        "id": "randomblob(16)",
        "code": "code || 'x' || n.i",
        "search_no": f"{newest} + n.i * {there} + row_number() OVER ()",
        "foreign_code": "NULL",
        "companion_of": "NULL",
    }
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :times)"
        f" INSERT INTO ticket ({', '.join(columns)})"
        f" SELECT {', '.join(own.get(each, each) for each in columns)} FROM ticket, n"
        " WHERE :times > 1",
        {"times": size // there},
    )
    given = {"device": connection.execute("SELECT id FROM device").fetchone()[0]}
    given |= {"event": made.event.id.bytes, "list": made.list.id.bytes}
    connection.execute(
        """
        INSERT INTO scan (id, device_id, nonce, event_id, list_id, ticket_id, gate_id, actor_id,
            actor_name, source, direction, outcome, reason, scanned, forced, force_reason, seen_at,
            recorded_at, result, answers, approved_by)
        SELECT randomblob(16), :device, 'n' || rowid, :event, :list, id, NULL, NULL, 'Lane',
            'camera', 'entry', 'admitted', '', '', 0, '', created_at, created_at, '{}', '{}', ''
        FROM ticket WHERE length(code) > 9 AND rowid % 10 < 6
        """,
        given,
    )
    connection.execute(
        "INSERT INTO admission (id, ticket_id, list_id, slot, scan_id, admitted_at)"
        " SELECT randomblob(16), ticket_id, list_id, 'once', id, recorded_at FROM scan"
    )
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main()
