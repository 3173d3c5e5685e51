"""Check-ins while badges come out, beside check-ins without a printer; text badges a second.

    python -m bench.couriers [--quick]

Check-ins follow each other without a pause in one thread, some with no spooler and some while one
works off a queue that never empties, in turns, so that a busy machine slows both. A printer that
takes everything and prints nothing shows what the spooler's transactions alone cost.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.printing import Sink
from bench.table import at_least, at_most, print_table, shown
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in, list_check_in_lists
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.printing import NewPrinter, add_printer, badge_queue
from eventdesk.spooler import Spooler

TURN = 300
"""Check-ins before the other one's turn: some batches of badges long."""

QUEUED = 120
"""Badges that wait for each turn."""

PICTURES = "zpl+tcp://127.0.0.1:{port}?status=0"
TEXT = "tcp://127.0.0.1:{port}"
NOTHING = "device:/dev/null?qr=0"
TIMES_AT_MOST = 2.0
TEXTS_A_SECOND = 150.0


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    turns, badges = (3, 200) if quick else (8, 600)
    rows: list[tuple[object, ...]] = []
    for what, spec, goal in (
        ("picture badges come out (ZPL over TCP)", PICTURES, True),
        ("text badges come out (TCP)", TEXT, True),
        ("the spooler claims and confirms, and nothing is drawn", NOTHING, False),
    ):
        beside = _beside(spec, turns)
        median, alone = statistics.median(beside.with_ms), statistics.median(beside.alone_ms)
        times = median / alone
        rows += [
            (f"check-in while {what}, median", f"{median:.2f} ms", "", ""),
            ("the same without a printer, in turns", f"{alone:.2f} ms", "", ""),
            (
                "95th percentiles, with and without",
                f"{_p95(beside.with_ms):.1f} and {_p95(beside.alone_ms):.1f} ms",
                "",
                "",
            ),
            (
                f"times as long, with {beside.badges_a_second:.0f} badges a second",
                *(at_most(times, TIMES_AT_MOST, "times") if goal else (f"{times:.1f}", "", "")),
            ),
        ]
    for what, spec, goal in (
        ("TCP", TEXT, True),
        ("a file", "file:{folder}/badges.txt", False),
        ("a folder, each file on the disk", "folder:{folder}/badges", False),
    ):
        rate, cpu_ms = _rate(spec, badges)
        told = at_least(rate, TEXTS_A_SECOND, "") if goal else (shown(rate), "", "")
        rows.append((f"text badges a second, {what}", *told))
        rows.append(("processor time for each", f"{cpu_ms:.1f} ms", "", ""))
    print_table("Check-ins beside a printer", ("what", "figure", "goal", ""), rows)


@dataclass
class Beside:
    """Milliseconds of check-ins, without a spooler and beside one."""

    alone_ms: list[float]
    with_ms: list[float]
    badges_a_second: float


@dataclass
class Door:
    """A store with one printer, and guests who come one by one."""

    store: Store
    admit: Callable[[], float]

    @property
    def waiting(self) -> int:
        """Badges in the queue."""
        return badge_queue(self.store, SYSTEM).waiting

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Have badges come out until the block ends; the first are out when it begins."""
        spooler, before = Spooler(self.store, None, backups=False), self.waiting
        spooler.start()
        try:
            while self.waiting > before - 2:
                time.sleep(0.01)
            yield
        finally:
            spooler.stop()


@contextmanager
def _door(spec: str, guests: int) -> Iterator[Door]:
    with (
        TemporaryDirectory() as folder,
        Sink().switched_on() as sink,
        Store.create(Path(folder) / "home") as store,
    ):
        fill_demo(store, size=guests + guests // 5 + 50, seed=0, now=utc_now())
        at = list_check_in_lists(store, SYSTEM)[0]
        tokens = iter(some_tokens(store, SYSTEM, at.event_id, limit=guests))
        address = spec.format(port=sink.port, folder=folder)
        add_printer(store, SYSTEM, NewPrinter("Printer", address))

        def admit() -> float:
            scan = Scan(next(tokens), at.id, uuid4().hex, utc_now())
            begun_s = time.perf_counter()
            result = check_in(store, SYSTEM, scan)
            took_s = time.perf_counter() - begun_s
            assert result.delivery_id is not None
            return took_s * 1000

        yield Door(store, admit)


def _beside(spec: str, turns: int) -> Beside:
    """Check guests in without a spooler and beside one, in turns."""
    queued = QUEUED * turns
    measured, badges, took_s = Beside([], [], 0.0), 0, 0.0
    with _door(spec, queued + 2 * TURN * turns) as door:
        for _ in range(queued):
            door.admit()
        for _ in range(turns):
            measured.alone_ms += [door.admit() for _ in range(TURN)]
            with door.printing():
                before, begun_s = door.waiting, time.perf_counter()
                measured.with_ms += [door.admit() for _ in range(TURN)]
                took_s += time.perf_counter() - begun_s
                left = door.waiting
                badges += before + TURN - left
            assert left, "the queue was empty: check-ins were measured beside nothing"
    measured.badges_a_second = badges / took_s
    return measured


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _rate(spec: str, count: int) -> tuple[float, float]:
    """Badges a second of a queue that is worked off, and processor time for each."""
    with _door(spec, count + 2) as door:
        for _ in range(count + 2):
            door.admit()
        with door.printing():
            waiting, begun_s, begun_cpu_s = door.waiting, time.perf_counter(), time.process_time()
            while door.waiting:
                time.sleep(0.02)
            took_s, cpu_s = time.perf_counter() - begun_s, time.process_time() - begun_cpu_s
    return waiting / took_s, cpu_s * 1000 / waiting


if __name__ == "__main__":
    main()
