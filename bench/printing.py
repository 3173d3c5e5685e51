"""Badges on their way: from the commit to the printer, and 500 of them beside a running screen.

    python -m bench.printing [--quick]

The printer is a TCP listener of this machine that notes when the first byte of each badge comes.
The floor is what a thread needs that is woken, connects and sends the same bytes, without a store.
"""

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in, list_check_in_lists
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.printing import NewPrinter, add_printer, badge_queue
from eventdesk.spooler import Spooler
from tests.terminal import Terminal

BADGES = 500
ONE_BY_ONE = 200
WITHIN_S = 20.0


@dataclass
class Sink:
    """A printer in the network that takes everything at once."""

    port: int = 0
    first_bytes_s: list[float] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def switched_on(self) -> Iterator["Sink"]:
        """Listen until the block ends."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
            thread = threading.Thread(target=self._serve, args=(server,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown(socket.SHUT_RDWR)
                thread.join()

    def wait_for(self, count: int) -> float:
        """Wait until so many badges began to arrive, and say when the last of them did."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.first_bytes_s) >= count, WITHIN_S)
            return self.first_bytes_s[count - 1]

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                content = connection.recv(65536)
                at_s = time.perf_counter()
                while content and connection.recv(65536):
                    pass
            if content:  # a mere connection only asks whether somebody is there
                with self.news:
                    self.first_bytes_s.append(at_s)
                    self.news.notify_all()


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    count = ONE_BY_ONE // 5 if quick else ONE_BY_ONE
    floor = _p95(_floor(count))
    with TemporaryDirectory() as folder, Sink().switched_on() as sink:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=2 * count + BADGES + 20, seed=0, now=utc_now())
            _set_up(store, sink.port)
            here = _p95(_commit_to_paper(store, sink, count, wakes=True))
            elsewhere = _p95(_commit_to_paper(store, sink, count, wakes=False, skip=count))
        pauses, took_s = _beside_a_screen(home, BADGES // 5 if quick else BADGES, 2 * count)
    print_table(
        "Printing",
        ("what", "figure", "goal", ""),
        [
            ("woken thread to first byte at the printer, p95 (floor)", f"{floor:.1f} ms", "", ""),
            ("check-in committed to first byte, p95", *at_most(here, 30, "ms")),
            ("the same, committed by another program, p95", *at_most(elsewhere, 60, "ms")),
            (f"event loop, longest pause while {len(pauses)} ticks pass", *_longest(pauses)),
            ("badges a minute through one TCP printer", f"{60 * _of(quick) / took_s:,.0f}", "", ""),
        ],
    )


def _of(quick: bool) -> int:
    return BADGES // 5 if quick else BADGES


def _longest(pauses_ms: list[float]) -> tuple[str, ...]:
    return at_most(max(pauses_ms), 50, "ms")


def _p95(times_ms: list[float]) -> float:
    return sorted(times_ms)[int(len(times_ms) * 0.95)]


def _floor(count: int) -> list[float]:
    """Milliseconds for a thread that is woken to connect and send."""
    woken, times = threading.Event(), []
    with Sink().switched_on() as sink:

        def send() -> None:
            for _ in range(count):
                woken.wait()
                woken.clear()
                with socket.create_connection(("127.0.0.1", sink.port)) as printer:
                    printer.sendall(b"A badge\r\n" * 20)

        thread = threading.Thread(target=send)
        thread.start()
        for number in range(count):
            begun_s = time.perf_counter()
            woken.set()
            times.append((sink.wait_for(number + 1) - begun_s) * 1000)
        thread.join()
    return times


def _set_up(store: Store, port: int) -> None:
    new = NewPrinter("Sink", f"tcp://127.0.0.1:{port}")
    add_printer(store, SYSTEM, new)


def _admit(store: Store, token: str) -> float:
    """Let one guest in, and say when that was committed."""
    door = list_check_in_lists(store, SYSTEM)[0]
    result = check_in(store, SYSTEM, Scan(token, door.id, uuid4().hex, utc_now()))
    committed_s = time.perf_counter()
    assert result.delivery_id is not None
    return committed_s


def _commit_to_paper(
    store: Store, sink: Sink, count: int, *, wakes: bool, skip: int = 0
) -> list[float]:
    """Milliseconds from the commit of a check-in to the first byte of its badge."""
    door = list_check_in_lists(store, SYSTEM)[0]
    tokens = some_tokens(store, SYSTEM, door.event_id, limit=count, skip=skip)
    spooler = Spooler(store, None, backups=False)
    spooler.start()
    times = []
    try:
        for token in tokens:
            before = len(sink.first_bytes_s)
            committed_s = _admit(store, token)
            if wakes:
                spooler.wake()  # as the desk does after each use case that wrote
            times.append((sink.wait_for(before + 1) - committed_s) * 1000)
            _settle(store)
    finally:
        spooler.stop()
    return times


def _settle(store: Store) -> None:
    """Wait until the badge is noted as sent, so that the next begins with nothing under way."""
    until_s = time.monotonic() + WITHIN_S
    while badge_queue(store, SYSTEM).waiting and time.monotonic() < until_s:
        time.sleep(0.002)


def _beside_a_screen(home: Path, count: int, skip: int) -> tuple[list[float], float]:
    """Print many badges while the desk is open in a terminal; its pauses, and how long it took."""
    report = home / "report.json"
    with Terminal(home, [str(count), str(skip), str(report)], module="bench.printing") as terminal:
        while not terminal.ended:
            terminal.read_for(0.1)
    measured = json.loads(report.read_text())
    return measured["pauses_ms"], measured["took_s"]


def run_beside(home: Path, count: int, skip: int, report: Path) -> None:
    """Open the desk in this terminal, print, and write down what was measured."""
    from eventdesk.core.settings import Settings
    from eventdesk.desk import Desk
    from screens.app import EventDeskApp
    from screens.desk.desk_screen import DeskScreen

    with Store(home) as store:
        door = list_check_in_lists(store, SYSTEM)[0]
        tokens = some_tokens(store, SYSTEM, door.event_id, limit=count, skip=skip)
        for token in tokens:
            _admit(store, token)
        spooler = Spooler(store, None, backups=False)
        desk = Desk(store, after_write=spooler.wake)
        settings = Settings(home, sounds=False)
        app = EventDeskApp(
            desk, settings, start="desk", event_id=door.event_id, list_id=door.id, actor=SYSTEM
        )
        pauses_ms: list[float] = []
        took_s = 0.0

        async def watch_the_clock() -> None:
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.001)
                pauses_ms.append((time.perf_counter() - begun - 0.001) * 1000)

        async def load() -> None:
            nonlocal took_s
            await _until(lambda: isinstance(app.screen, DeskScreen))
            await asyncio.sleep(2.0)
            clock, begun_s = asyncio.create_task(watch_the_clock()), time.perf_counter()
            spooler.start()
            waiting = count
            while waiting:
                await asyncio.sleep(0.05)
                waiting = (await desk.read(badge_queue, SYSTEM)).waiting
            took_s = time.perf_counter() - begun_s
            clock.cancel()
            app.exit()

        async def run() -> None:
            loading = asyncio.create_task(load())
            await app.run_async()
            await loading

        asyncio.run(run())
        desk.close()
        spooler.stop()
    report.write_text(json.dumps({"pauses_ms": pauses_ms, "took_s": took_s}))


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--home"]:
        _, _, home_name, count_text, skip_text, report_name = sys.argv
        run_beside(Path(home_name), int(count_text), int(skip_text), Path(report_name))
    else:
        main()
