"""Eight programs that write into one store: how long each waits, and whether all get their turn.

    python -m bench.turns [--quick]

Check-ins without a pause, by the queue for a turn, by asking again and again for SQLite's lock,
and by SQLite's own busy handler, in turns in one run. All of them wait for the same disk.

Then two programs that check in while others read without a pause between them: how large the log
becomes, and what a check-in waits for it, folded beside them and, as formerly, by the commits.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from uuid import UUID, uuid4

from bench.table import at_least, at_most, print_table
from data.sqlite.engine import BUSY_TIMEOUT_MS, MAX_LOG
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import all_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in
from eventdesk.exercises.demo.fill import fill_demo

PROGRAMS = 8
WRITERS = 2
TICKETS = 400
READ_S = 0.01
"""How often a read begins; each takes twice as long."""

WAYS = {"turn": "queue for a turn", "poll": "asking again", "sqlite": "SQLite's busy handler"}


@dataclass(slots=True)
class _Measured:
    """What some rounds of one way gave."""

    ms: list[float] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    largest: int = 0

    def take(
        self,
        programs: "list[subprocess.Popen[str]]",
        way: str,
        seconds: float,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """Let some programs check in for so long, and do something again and again meanwhile."""
        begin_s = time.monotonic() + 0.2
        for program in programs:
            _tell(program, f"{way} {begin_s} {seconds}")
        while meanwhile is not None and time.monotonic() < begin_s + seconds:
            meanwhile()
        for place, program in enumerate(programs):
            ms = json.loads(_answer(program))
            self.ms += ms
            self.counts[place] += len(ms)
        self.seconds += seconds

    def at(self, part: float) -> float:
        return sorted(self.ms)[int(len(self.ms) * part)]

    @property
    def fairness(self) -> float:
        return min(self.counts.values()) / max(self.counts.values())

    @property
    def a_second(self) -> float:
        return len(self.ms) / self.seconds


def main() -> None:
    """Measure and print."""
    rounds, seconds = (2, 1.0) if "--quick" in sys.argv else (4, 2.5)
    with TemporaryDirectory() as folder:
        measured = _raced(Path(folder) / "home", rounds, seconds)
        _print_turns(measured, rounds * seconds)
        _print_logs(Path(folder), rounds, 2 * seconds)


def _print_turns(measured: dict[str, _Measured], seconds: float) -> None:
    turn, poll = measured["turn"], measured["poll"]
    print_table(
        f"{PROGRAMS} programs check in without a pause, {seconds:g} s each way",
        ("what", *WAYS.values()),
        [
            ("check-ins a second", *(f"{each.a_second:.0f}" for each in measured.values())),
            ("one check-in, median", *(f"{each.at(0.5):.1f} ms" for each in measured.values())),
            ("99th percentile", *(f"{each.at(0.99):.0f} ms" for each in measured.values())),
            ("worst", *(f"{max(each.ms):.0f} ms" for each in measured.values())),
            (
                "least served of most served",
                *(f"{each.fairness:.2f}" for each in measured.values()),
            ),
        ],
    )
    print_table(
        "The queue for a turn",
        ("what", "figure", "goal", ""),
        [
            ("99th percentile", *at_most(turn.at(0.99), 60, "ms")),
            (
                "99th percentile, of that by asking again",
                *at_most(100 * turn.at(0.99) / poll.at(0.99), 30, "%"),
            ),
            ("worst", *at_most(max(turn.ms), 200, "ms")),
            ("least served of most served", *at_least(100 * turn.fairness, 80, "%")),
            (
                "check-ins a second, of those by asking again",
                *at_least(100 * turn.a_second / poll.a_second, 100, "%"),
            ),
        ],
    )


def _print_logs(folder: Path, rounds: int, seconds: float) -> None:
    """Measure the log, each way in a home of its own, in turns."""
    ways = {"turn": "folded beside", "commits": "folded by commits"}
    measured = {way: _Measured() for way in ways}
    with ExitStack() as open_:
        crowds = {way: open_.enter_context(_crowd(folder / way, WRITERS)) for way in ways}
        for _ in range(rounds):
            for way, (store, programs) in crowds.items():
                readers = _Readers(store)
                measured[way].take(programs, way, seconds, readers.go_on)
                readers.end()
                size = store.path.with_name(f"{store.path.name}-wal").stat().st_size
                measured[way].largest = max(measured[way].largest, size)
    beside, commits = measured.values()
    print_table(
        f"{WRITERS} programs check in and others always read, {rounds * seconds:g} s each way",
        ("what", *ways.values(), "goal", ""),
        [
            (
                "largest log",
                f"{beside.largest / 2**20:.0f} MiB",
                f"{commits.largest / 2**20:.0f} MiB",
                *at_most(beside.largest / 2**20, MAX_LOG / 2**20, "MiB")[1:],
            ),
            (
                "check-ins a second",
                f"{beside.a_second:.0f}",
                f"{commits.a_second:.0f}",
                *at_least(100 * beside.a_second / commits.a_second, 95, "% of it")[1:],
            ),
            ("one check-in, median", f"{beside.at(0.5):.1f} ms", f"{commits.at(0.5):.1f} ms"),
            ("99th percentile", f"{beside.at(0.99):.1f} ms", f"{commits.at(0.99):.1f} ms"),
            ("99.9th percentile", f"{beside.at(0.999):.1f} ms", f"{commits.at(0.999):.1f} ms"),
        ],
    )


class _Readers:
    """Short reads of which the next begins before the last has ended."""

    def __init__(self, store: Store) -> None:
        self._store, self._open = store, ExitStack()

    def go_on(self) -> None:
        """Begin one, wait, and end the one before it."""
        following = ExitStack()
        connection = following.enter_context(self._store.read())
        connection.exec_driver_sql("SELECT count(*) FROM scan").scalar_one()
        time.sleep(READ_S)
        self.end()
        self._open = following

    def end(self) -> None:
        """End the last one."""
        self._open.close()


def _raced(home: Path, rounds: int, seconds: float) -> dict[str, _Measured]:
    measured = {way: _Measured() for way in WAYS}
    with _crowd(home, PROGRAMS) as (_store, programs):
        for _ in range(rounds):
            for way, result in measured.items():
                result.take(programs, way, seconds)
    return measured


@contextmanager
def _crowd(home: Path, count: int) -> Iterator[tuple[Store, list["subprocess.Popen[str]"]]]:
    """A store with an event, and some programs that have it open."""
    with Store.create(home) as store:
        made = fill_demo(store, size=TICKETS, seed=0, now=utc_now())
        programs = [_started(home, made.list.id) for _ in range(count)]
        tokens = " ".join(token for _code, token in all_tokens(store, SYSTEM, made.event.id))
        for program in programs:
            _tell(program, tokens)
            _answer(program)
        yield store, programs
        for program in programs:
            program.communicate()


def _started(home: Path, list_id: UUID) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.turns", "--program", str(home), str(list_id)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def _tell(program: "subprocess.Popen[str]", line: str) -> None:
    assert program.stdin is not None
    program.stdin.write(line + "\n")
    program.stdin.flush()


def _answer(program: "subprocess.Popen[str]") -> str:
    assert program.stdout is not None
    return program.stdout.readline()


# One of the programs


def _run(home: Path, list_id: UUID, lines: "IO[str]") -> None:
    """Check in as told, each way on a store of its own, and print how long each took."""
    tokens = cycle(lines.readline().split())
    with Store(home) as turn, Store(home) as poll, Store(home) as sqlite, Store(home) as commits:
        poll._file.turn.close()
        sqlite._file.turn.close()
        sqlite._file.writer().exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        commits._file.log.close()
        commits._file.writer().exec_driver_sql("PRAGMA wal_autocheckpoint=1000")
        stores = {"turn": turn, "poll": poll, "sqlite": sqlite, "commits": commits}
        for store in stores.values():
            next(_checked_in(store, list_id, tokens))
        print("ready", flush=True)
        for line in lines:
            way, begin_s, seconds = line.split()
            until_s = float(begin_s) + float(seconds)
            time.sleep(max(0.0, float(begin_s) - time.monotonic()))
            ms = []
            for each in _checked_in(stores[way], list_id, tokens):
                ms.append(each)
                if time.monotonic() >= until_s:
                    break
            print(json.dumps(ms), flush=True)


def _checked_in(store: Store, list_id: UUID, tokens: Iterator[str]) -> Iterator[float]:
    """Milliseconds of one check-in after the other."""
    for token in tokens:
        scan = Scan(token, list_id, uuid4().hex, utc_now())
        begun_s = time.perf_counter()
        check_in(store, SYSTEM, scan)
        yield (time.perf_counter() - begun_s) * 1000


if __name__ == "__main__":
    if "--program" in sys.argv:
        _run(Path(sys.argv[2]), UUID(sys.argv[3]), sys.stdin)
    else:
        main()
