"""The check-in beside bare sqlite3 that writes the same rows with the same durability.

    python -m bench.checkin [--quick]

The floor is what the same driver needs for the same reads and writes, prepared by hand: no
rules, no tokens, no answers. Both run in turns in one process, so that a busy machine slows
both. The cost at a million tickets is measured against that at a thousand in the same way.

On a disk both wait for it at each commit; on a disk of memory only what the processor does counts.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from bench.table import at_least, at_most, print_table
from data.sqlite.driver import driver
from data.sqlite.engine import CACHE_KIB
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import all_tokens
from eventdesk.core.clock import utc_now
from eventdesk.core.ids import new_id
from eventdesk.door import Scan, check_in
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo

FEW = 1_000
TURN = 50
"""Check-ins before the other one's turn."""

RAM = Path("/dev/shm")
"""Where there is a disk of memory, on which nothing but the processor's work counts."""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    count, many = (600, 100_000) if quick else (3_000, 1_000_000)
    rows = []
    with TemporaryDirectory() as folder:
        rows += _beside_the_floor("on disk", Path(folder), count, share=55, ratio=2.0)
    if os.access(RAM, os.W_OK):
        with TemporaryDirectory(dir=RAM) as folder:
            rows += _beside_the_floor("on a RAM disk", Path(folder), count, share=40, ratio=2.5)
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.create(home / "few") as few, Store.create(home / "many") as store:
            few_made = fill_demo(few, size=FEW, seed=0, now=utc_now())
            many_made = fill_demo(store, size=many, seed=0, now=utc_now())
            small, large = _small_and_large(few, few_made, store, many_made)
    cost = _at(large, 0.5) / _at(small, 0.5)
    rows.append((f"cost at {many:,} tickets against {FEW:,}", *at_most(cost, 1.3, "times")))
    print_table(f"Check-in, {count} scans, one process", ("what", "figure", "goal", ""), rows)


def _beside_the_floor(
    where: str, home: Path, count: int, *, share: float, ratio: float
) -> list[tuple[str, str, str, str]]:
    """Rows of check-ins in one folder.

    Args:
        where: What kind of disk it is.
        home: The folder.
        count: Scans.
        share: Least part of the floor's throughput, in percent.
        ratio: Most times the floor's median.
    """
    with Store.create(home / "some") as store:
        made = fill_demo(store, size=count, seed=0, now=utc_now())
        ours, floor = _in_turns(store, made, home / "floor", count)
    ours_ms, floor_ms = sum(ours) / len(ours), sum(floor) / len(floor)
    return [
        (f"check-ins a second, {where}", f"{1000 / ours_ms:.0f}", "", ""),
        (f"bare sqlite3, the same rows, {where}", f"{1000 / floor_ms:.0f}", "", ""),
        (f"of bare sqlite3's throughput, {where}", *at_least(100 * floor_ms / ours_ms, share, "%")),
        (
            f"median beside bare sqlite3's, {where}",
            *at_most(_at(ours, 0.5) / _at(floor, 0.5), ratio, "times"),
        ),
        (f"one check-in, median, {where}", f"{_at(ours, 0.5):.2f} ms", "", ""),
        (f"one check-in, 99th percentile, {where}", *at_most(_at(ours, 0.99), 5, "ms")),
        (f"bare sqlite3, 99th percentile, {where}", f"{_at(floor, 0.99):.1f} ms", "", ""),
    ]


def _in_turns(
    store: Store, made: DemoEvent, folder: Path, count: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of each of our check-ins, and of each of the floor's."""
    folder.mkdir()
    floor = _Floor(store, folder / FILE_NAME, made)
    ours_ms, floor_ms = [], []
    scans = _scans(store, made)
    for _ in range(count // TURN):
        ours_ms += [_timed(next(scans)) for _ in range(TURN)]
        floor_ms += [_timed(floor.admit) for _ in range(TURN)]
    floor.close()
    return ours_ms, floor_ms


def _small_and_large(
    few: Store, few_made: DemoEvent, many: Store, many_made: DemoEvent
) -> tuple[list[float], list[float]]:
    """Milliseconds of first scans in a small and a large store, in turns."""
    small_ms: list[float] = []
    large_ms: list[float] = []
    small, large = (
        _scans(few, few_made),
        _scans(many, many_made, step=max(1, many_made.tickets // FEW)),
    )
    for _ in range(FEW // TURN):
        small_ms += [_timed(next(small)) for _ in range(TURN)]
        large_ms += [_timed(next(large)) for _ in range(TURN)]
    return small_ms, large_ms


def _scans(store: Store, made: DemoEvent, step: int = 1) -> Iterator[Callable[[], object]]:
    """One check-in after the other, each of another ticket as long as there are some.

    Tokens are sealed beforehand: sealing a thousand between two timed scans empties the caches
    of the processor, and would be measured as the cost of a large store.
    """
    tokens = [
        token for _code, token in islice(all_tokens(store, SYSTEM, made.event.id), 0, None, step)
    ]
    for token in cycle(tokens):
        scan = Scan(token, made.list.id, uuid4().hex, utc_now())
        yield lambda scan=scan: check_in(store, SYSTEM, scan)  # type: ignore[misc]


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def _at(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


class _Floor:
    """The same reads and writes on a copy of the store, by hand."""

    def __init__(self, store: Store, path: Path, made: DemoEvent) -> None:
        with store.read():
            from data.files import copy_file

            copy_file(store.path, path)
        self._db = driver.connect(str(path), isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{CACHE_KIB}",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._list, self._event = made.list.id.bytes, made.event.id.bytes
        self._device = store.device_id.bytes
        self._answer = "x" * 900
        self._tickets = iter(self._db.execute("SELECT id FROM ticket").fetchall())
        self._now = 1_750_000_000_000_000

    def admit(self) -> None:
        """Read what a check-in reads, and write a scan, an admission and a badge."""
        (ticket,) = next(self._tickets)
        scan, nonce, db = _bytes(), uuid4().hex, self._db
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "SELECT result FROM scan WHERE device_id = ? AND nonce = ?", (self._device, nonce)
        ).fetchone()
        db.execute(
            "SELECT l.*, e.time_zone FROM check_in_list l JOIN event e ON e.id = l.event_id"
            " WHERE l.id = ?",
            (self._list,),
        ).fetchone()
        db.execute(
            "SELECT ticket_type_id FROM check_in_list_type WHERE list_id = ?", (self._list,)
        ).fetchall()
        db.execute(
            "SELECT t.*, b.state, k.name FROM ticket t JOIN booking b ON b.id = t.booking_id"
            " JOIN ticket_type k ON k.id = t.ticket_type_id WHERE t.id = ?",
            (ticket,),
        ).fetchone()
        db.execute(
            "SELECT direction, recorded_at FROM scan WHERE ticket_id = ? AND list_id = ?"
            " AND outcome IN ('admitted', 'exited') AND annulled_at IS NULL ORDER BY no",
            (ticket, self._list),
        ).fetchall()
        db.execute(
            "INSERT INTO scan (id, device_id, nonce, event_id, list_id, ticket_id, actor_name,"
            " source, direction, outcome, reason, scanned, forced, force_reason, seen_at,"
            " recorded_at, result) VALUES (?, ?, ?, ?, ?, ?, 'floor', 'camera', 'entry',"
            " 'admitted', '', '', 0, '', ?, ?, ?)",
            (
                scan,
                self._device,
                nonce,
                self._event,
                self._list,
                ticket,
                self._now,
                self._now,
                self._answer,
            ),
        )
        db.execute(
            "INSERT INTO admission (id, ticket_id, list_id, slot, scan_id, admitted_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (_bytes(), ticket, self._list, f"floor {nonce}", scan, self._now),
        )
        db.execute(
            "INSERT INTO delivery (id, kind, event_id, ticket_id, scan_id, state, payload, reason,"
            " mark, attempts, due_at, created_at)"
            " VALUES (?, 'badge', ?, ?, ?, 'queued', '{}', '', '', 0, ?, ?)",
            (_bytes(), self._event, ticket, scan, self._now, self._now),
        )
        db.execute("COMMIT")

    def close(self) -> None:
        """Close the copy."""
        self._db.close()


def _bytes() -> bytes:
    made: UUID = new_id()
    return made.bytes


if __name__ == "__main__":
    main()
