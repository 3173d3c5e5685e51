"""What goes on all day beside the door: the counters of a desk, and the hourly backups.

    python -m bench.day [--quick]

*Counters*: a desk on show reads its counters whenever anything is committed, and other lanes check
in ten guests a second. The processor time of the counting is compared with the full count that it
stands for, in turns at the same door.

*Backups*: a store in which nine of ten came is backed up while guests are checked in by the same
program, in turns with the same check-ins alone. The size of one, by those that a day keeps, is
what a day takes at its end, when the store is largest. The copy holds one instant; how far the log
of the store grows meanwhile is measured, too.
"""

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from bench.table import at_most, print_table
from data.sqlite.driver import driver
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens, token_of
from eventdesk.core.clock import utc_now
from eventdesk.desk import Desk
from eventdesk.door import Counters, ListCounts, Scan, check_in, counters
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo
from eventdesk.keeping import Backup, make_backup, thinned

SMALL = 10_000
LARGE = 1_000_000
SCANS_A_SECOND = 10
SECONDS = 8.0
TURNS = 2
COUNTING_PERCENT = 5.0

BACKED_UP = 100_000
SAMPLES = 300
MAX_SCANS = 9000
PAUSE_S = 0.05
DAY_MB = 1200.0
LOG_MIB = 64.0
SLOWER = 3.0
"""The p99 of a check-in during a backup may be so many times that without, on a machine that has
two cores and one disk for both."""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    rows: list[tuple[object, ...]] = []
    for size in (SMALL, LARGE // 10 if quick else LARGE):
        with TemporaryDirectory() as folder:
            rows += _counting(Path(folder) / "home", size)
    head = ("what", "figure", "goal", "")
    print_table(f"A desk's counters, {SCANS_A_SECOND} scans a second elsewhere", head, rows)
    size = BACKED_UP // 10 if quick else BACKED_UP
    with TemporaryDirectory() as folder:
        rows = _backing_up(Path(folder) / "home", size)
    print_table(f"Hourly backups of {size:,} tickets", head, rows)


def _counting(home: Path, size: int) -> list[tuple[object, ...]]:
    """Measure the counting at a door with so many tickets, six of ten of them in."""
    with Store.create(home) as store:
        made = fill_demo(store, size=SMALL // 2, seed=0, now=utc_now())
        tokens = some_tokens(store, SYSTEM, made.event.id, limit=4000)
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
        check_in(store, SYSTEM, code)

    return scan


def _backing_up(home: Path, size: int) -> list[tuple[object, ...]]:
    """Measure a backup, and check-ins during it and without."""
    with Store.create(home) as store:
        made = fill_demo(store, size=size, seed=0, now=utc_now())
        scan = _scanning(store, made, some_tokens(store, SYSTEM, made.event.id, limit=SAMPLES))
        for _ in range(SAMPLES):
            scan()
    to_come = [UUID(bytes=each) for each in _let_in(home / FILE_NAME)]
    quiet: list[float] = []
    during: list[float] = []
    backups: list[tuple[float, int]] = []
    log, grown = home / f"{FILE_NAME}-wal", 0
    with Store(home) as store:
        scan = _scanning(
            store, made, [token_of(store, SYSTEM, each) for each in to_come[:MAX_SCANS]]
        )
        plain = store.path.stat().st_size
        for _ in range(TURNS):
            backup = threading.Thread(target=lambda: backups.append(_back_up(store)))
            backup.start()
            while backup.is_alive():
                during.append(_timed(scan))
                grown = max(grown, log.stat().st_size)
            while len(quiet) < len(during):
                quiet.append(_timed(scan))
    passed_s, packed = min(backups)
    kept = _kept_of_a_day()
    slower = _p99(during) / _p99(quiet)
    return [
        ("the store", f"{plain / 1e6:,.0f} MB", "", ""),
        ("a backup", f"{packed / 1e6:,.0f} MB, {passed_s:.1f} s", "", ""),
        (
            f"a day, {kept} of 24 kept",
            *at_most(kept * packed / 1e6, DAY_MB * size / BACKED_UP, "MB"),
        ),
        ("24 copies that are not packed", f"{24 * plain / 1e9:.1f} GB", "", ""),
        ("log of the store, at most", *at_most(grown / 1024**2, LOG_MIB, "MiB")),
        (f"check-in without, p99 of {len(quiet)}", f"{_p99(quiet):.0f} ms", "", ""),
        (f"check-in during a backup, p99 of {len(during)}", f"{_p99(during):.0f} ms", "", ""),
        ("that is so many times", *at_most(slower, SLOWER, "times")),
    ]


def _back_up(store: Store) -> tuple[float, int]:
    begun_s = time.monotonic()
    backup = make_backup(store, SYSTEM)
    return time.monotonic() - begun_s, backup.size


def _kept_of_a_day() -> int:
    """How many of 24 backups made by the hour are there at the end of the day."""
    kept: list[Backup] = []
    begun_at = utc_now()
    for number in range(1, 25):
        now = begun_at + number * timedelta(hours=1)
        kept.append(Backup(Path(str(number)), now, 1, number, hourly=True))
        gone = thinned(kept, now)
        kept = [each for each in kept if each not in gone]
    return len(kept)


def _timed(scan: Callable[[], Any]) -> float:
    """Check the next guest in, after a moment; milliseconds."""
    time.sleep(PAUSE_S)
    begun_s = time.perf_counter()
    scan()
    return (time.perf_counter() - begun_s) * 1000


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _let_in(path: Path) -> list[bytes]:
    """Let nine of ten guests in, with rows like those of the check-ins that were made.

    Returns:
        The tickets of the others.
    """
    connection = driver.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    to_come = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM ticket WHERE id NOT IN (SELECT ticket_id FROM admission)"
        )
    ]
    connection.execute("CREATE TEMP TABLE guest (i INTEGER PRIMARY KEY, id)")
    connection.executemany(
        "INSERT INTO guest (id) VALUES (?)", [(each,) for each in to_come if each[-1] % 10]
    )
    connection.execute(
        "CREATE TEMP TABLE pair AS SELECT guest.id AS ticket, s.id AS sample,"
        " randomblob(16) AS scan, guest.i AS n FROM guest"
        " JOIN (SELECT scan_id AS id, row_number() OVER () AS i FROM admission) s"
        " ON s.i = 1 + guest.i % (SELECT count(*) FROM admission)"
    )
    for table, sample, own in (
        ("scan", "id", {"id": "pair.scan", "nonce": "hex(pair.scan)", "ticket_id": "pair.ticket"}),
        ("admission", "scan_id", {"ticket_id": "pair.ticket", "scan_id": "pair.scan"}),
        ("delivery", "scan_id", {"ticket_id": "pair.ticket", "scan_id": "pair.scan"}),
    ):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        columns = [each for each in columns if each != "no"]
        own = {"id": "randomblob(16)", **own}
        values = ", ".join(own.get(each, f"{table}.{each}") for each in columns)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
            f" FROM pair JOIN {table} ON {table}.{sample} = pair.sample ORDER BY pair.n"
        )
    connection.commit()
    connection.close()
    return [each for each in to_come if not each[-1] % 10]


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
