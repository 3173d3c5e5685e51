"""What programs take beside scans elsewhere: a desk's processor time, and memory after thousands.

    python -m bench.beside [--quick]

Another process checks guests in. A desk of 160×48 that prints nothing is compared with the same
desk before them; its figure is the median of three runs. Then kiosk, wall and desk stand beside
scans that come faster than any day has them, until as many came as in half an hour of eight a
second; what is measured is their resident memory, and of it what is theirs alone.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from bench.processor import processor_s
from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in, list_check_in_lists
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.exercises.scenes.clips import Presentation, write_clip
from tests.terminal import Terminal

TICKETS: Final = 5_000
SCANS_A_SECOND: Final = 10.0
RUN_S: Final = 30.0
RUNS: Final = 3
GOAL_PERCENT: Final = 8.0
SETTLED_S: Final = 10.0

MANY_TICKETS: Final = 100_000
FAST: Final = 40.0
HALF_AN_HOUR: Final = 14_400
"""Scans of half an hour at eight a second."""

FILMED: Final = 4
"""Guests of the film; it starts again at its end."""

GOAL_MIB: Final = 150.0

PROGRAMS: Final = {
    "kiosk": (["kiosk", "--list", "Main", "--camera", "none.mp4"], "Hold your ticket"),
    "kiosk with a film as camera": (
        ["kiosk", "--list", "Main", "--camera", "{film}"],
        "Hold your ticket",
    ),
    "wall": (["wall"], "store"),
    "desk": (["desk", "--list", "Main"], "Main entrance"),
}
"""By name: the arguments, and words of the first frame."""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    head = ("what", "figure", "goal", "")
    with _filled(TICKETS) as home:
        above = statistics.median(
            _above_idle(home, RUN_S / 3 if quick else RUN_S) for _ in range(1 if quick else RUNS)
        )
    print_table(
        f"A desk beside {SCANS_A_SECOND:g} scans a second elsewhere, {TICKETS:,} tickets",
        head,
        [("above the same desk idle, of a core", *at_most(above, GOAL_PERCENT, "%"))],
    )
    scans = HALF_AN_HOUR // 10 if quick else HALF_AN_HOUR
    with _filled(MANY_TICKETS // 10 if quick else MANY_TICKETS) as home:
        rows = [
            (f"{name}, resident (its own: {own:.0f} MiB)", *at_most(resident, GOAL_MIB, "MiB"))
            for name, resident, own in _memory(home, scans)
        ]
    print_table(f"Memory after {scans:,} scans elsewhere", head, rows)


@contextmanager
def _filled(size: int) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=size, seed=0, now=utc_now())
        yield home


def _above_idle(home: Path, seconds: float) -> float:
    """How much more of a core a desk takes beside scans than before them, in percent."""
    arguments = [*PROGRAMS["desk"][0], "--printer", "none"]
    with Terminal(home, arguments, columns=160, rows=48) as desk:
        desk.wait_for(PROGRAMS["desk"][1])
        desk.read_for(SETTLED_S)
        idle = _share(desk, seconds)
        with _scanning(home, SCANS_A_SECOND, seconds + SETTLED_S):
            desk.read_for(SETTLED_S / 2)
            return _share(desk, seconds) - idle


def _share(program: Terminal, seconds: float) -> float:
    used_s, begun_s = processor_s(program.process.pid), time.monotonic()
    program.read_for(seconds)
    return 100 * (processor_s(program.process.pid) - used_s) / (time.monotonic() - begun_s)


def _memory(home: Path, scans: int) -> Iterator[tuple[str, float, float]]:
    """The memory of each program after so many scans, resident and its own, in MiB."""
    film = home.parent / "guests.avi"
    _film(home, film)
    with ExitStack() as opened:
        programs = {}
        for name, (arguments, words) in PROGRAMS.items():
            given = [each.format(film=film) for each in arguments]
            programs[name] = opened.enter_context(Terminal(home, given, columns=120, rows=35))
            programs[name].wait_for(words)
        with _scanning(home, FAST, scans / FAST) as scanning:
            while scanning.poll() is None:
                for each in programs.values():
                    each.read_for(0.02)
                    each.output = b""
        for name, each in programs.items():
            yield name, *_resident_mib(each.process.pid)


def _film(home: Path, path: Path) -> None:
    """Film some guests who come last, as the kiosk's camera would see them."""
    with Store(home) as store:
        door = list_check_in_lists(store, SYSTEM)[0]
        tokens = some_tokens(store, SYSTEM, door.event_id, limit=HALF_AN_HOUR + FILMED)
    write_clip(path, [Presentation(each) for each in tokens[-FILMED:]])


def _resident_mib(process: int) -> tuple[float, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kib = {
        name: float(rest.split()[0]) for name, _, rest in (each.partition(":") for each in lines)
    }
    return kib["Rss"] / 1024, (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024


@contextmanager
def _scanning(home: Path, rate: float, seconds: float) -> Iterator["subprocess.Popen[bytes]"]:
    """Let another process check guests in for so long, or until the block ends."""
    command = [sys.executable, "-m", "bench.beside", "--scan", str(home), str(rate), str(seconds)]
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.kill()


def scan(home: Path, rate: float, seconds: float) -> None:
    """Check guests in, so many a second; when all are in they come again."""
    with Store(home) as store:
        door = list_check_in_lists(store, SYSTEM)[0]
        tokens = some_tokens(store, SYSTEM, door.event_id, limit=int(rate * seconds) + 1)
        begun_s = time.monotonic()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, begun_s + number / rate - time.monotonic()))
            code = tokens[number % len(tokens)]
            check_in(store, SYSTEM, Scan(code, door.id, uuid4().hex, utc_now()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--scan"]:
        scan(Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
