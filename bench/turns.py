"""Eight programs that write into one store: how long each waits, and whether all get their turn.

    python -m bench.turns [--quick]

Check-ins without a pause, by the queue for a turn, by asking again and again for SQLite's lock,
and by SQLite's own busy handler, in turns in one run. All of them wait for the same disk.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from uuid import UUID, uuid4

from bench.table import at_least, at_most, print_table
from data.sqlite.engine import BUSY_TIMEOUT_MS
from data.store import Store
from eventdesk.demo.fill import fill_demo
from eventdesk.model.clock import utc_now
from eventdesk.model.door import Scan
from eventdesk.model.people import SYSTEM
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.codes import all_tokens

PROGRAMS = 8
TICKETS = 400
WAYS = {"turn": "queue for a turn", "poll": "asking again", "sqlite": "SQLite's busy handler"}


@dataclass(slots=True)
class _Measured:
    """What some rounds of one way gave."""

    ms: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0] * PROGRAMS)
    seconds: float = 0.0

    def at(self, part: float) -> float:
        return sorted(self.ms)[int(len(self.ms) * part)]

    @property
    def fairness(self) -> float:
        return min(self.counts) / max(self.counts)

    @property
    def a_second(self) -> float:
        return len(self.ms) / self.seconds


def main() -> None:
    """Measure and print."""
    rounds, seconds = (2, 1.0) if "--quick" in sys.argv else (4, 2.5)
    with TemporaryDirectory() as folder:
        measured = _raced(Path(folder) / "home", rounds, seconds)
    turn, poll = measured["turn"], measured["poll"]
    print_table(
        f"{PROGRAMS} programs check in without a pause, {rounds * seconds:g} s each way",
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


def _raced(home: Path, rounds: int, seconds: float) -> dict[str, _Measured]:
    measured = {way: _Measured() for way in WAYS}
    with Store.create(home) as store:
        made = fill_demo(store, size=TICKETS, seed=0, now=utc_now())
        programs = [_started(home, made.list.id) for _ in range(PROGRAMS)]
        tokens = " ".join(token for _code, token in all_tokens(store, made.event.id))
        for program in programs:
            _tell(program, tokens)
            _answer(program)
        for _ in range(rounds):
            for way, result in measured.items():
                begun_s = time.monotonic()
                for program in programs:
                    _tell(program, f"{way} {begun_s + 0.2} {seconds}")
                for place, program in enumerate(programs):
                    ms = json.loads(_answer(program))
                    result.ms += ms
                    result.counts[place] += len(ms)
                result.seconds += seconds
        for program in programs:
            program.communicate()
    return measured


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
    with Store(home) as turn, Store(home) as poll, Store(home) as sqlite:
        poll._file.turn.close()
        sqlite._file.turn.close()
        sqlite._file.writer().exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        stores = {"turn": turn, "poll": poll, "sqlite": sqlite}
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
        check_in(store, SYSTEM, scan, now=utc_now())
        yield (time.perf_counter() - begun_s) * 1000


if __name__ == "__main__":
    if "--program" in sys.argv:
        _run(Path(sys.argv[2]), UUID(sys.argv[3]), sys.stdin)
    else:
        main()
