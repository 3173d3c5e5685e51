"""Check-ins and their badges while an announcement goes out by mail, beside the same without.

    python -m bench.mails [--quick]

The mails go over a real line to a mail server by others, in a process of its own, which takes
everything and keeps nothing.
"""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import func, select

from bench.table import at_most, print_table, shown
from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in, list_check_in_lists
from eventdesk.events import NewAnnouncement, hand_out, send_announcement
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.integrations.service import Value
from eventdesk.mailing import mail_announcements
from eventdesk.services import add_service
from eventdesk.spooler import Spooler

TIMES_AT_MOST = 2.0
TURN = 100
PACE_S = 0.02
"""Between two guests: fifty a second, far more than any door lets in."""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    size, turns = (1500, 3) if quick else (12_000, 8)
    with _house(size) as (store, mails):
        alone, beside, rate = _in_turns(store, turns)
    times = statistics.median(beside) / statistics.median(alone)
    rows = [
        ("mails queued by one announcement", f"{mails:,}", "", ""),
        ("check-in while mails go out, median", f"{statistics.median(beside):.2f} ms", "", ""),
        ("the same without, in turns", f"{statistics.median(alone):.2f} ms", "", ""),
        (
            "95th percentiles, with and without",
            f"{_p95(beside):.1f} and {_p95(alone):.1f} ms",
            "",
            "",
        ),
        ("times as long", *at_most(times, TIMES_AT_MOST, "times")),
        ("mails a second beside the door", shown(rate), "", ""),
    ]
    print_table("Check-ins beside 10,000 mails", ("what", "figure", "goal", ""), rows)


@contextmanager
def _house(size: int) -> Iterator[tuple[Store, int]]:
    """A demo whose guests are all written to."""
    with (
        TemporaryDirectory() as folder,
        _mail_server() as port,
        Store.create(Path(folder) / "home") as store,
    ):
        values: dict[str, Value] = {"host": "127.0.0.1", "port": port, "security": "none"}
        add_service(store, SYSTEM, "mail", values | {"sender": "desk@example.org"})
        fill_demo(store, size=size, seed=0, now=utc_now())
        event_id = list_check_in_lists(store, SYSTEM)[0].event_id
        send_announcement(store, SYSTEM, event_id, NewAnnouncement("Doors open", "Come in."))
        hand_out(store, SYSTEM)
        mail_announcements(store, SYSTEM)
        yield store, _waiting(store)


def _in_turns(store: Store, turns: int) -> tuple[list[float], list[float], float]:
    """Check guests in without mails and beside them: milliseconds each, and mails a second."""
    at = list_check_in_lists(store, SYSTEM)[0]
    tokens = iter(some_tokens(store, SYSTEM, at.event_id, limit=2 * TURN * turns))

    def admit() -> float:
        time.sleep(PACE_S)
        scan = Scan(next(tokens), at.id, uuid4().hex, utc_now())
        begun_s = time.perf_counter()
        check_in(store, SYSTEM, scan)
        return (time.perf_counter() - begun_s) * 1000

    alone: list[float] = []
    beside: list[float] = []
    sent, took_s = 0, 0.0
    for _ in range(turns):
        alone += [admit() for _ in range(TURN)]
        spooler = Spooler(store, None, backups=False)
        spooler.start()
        try:
            before = _waiting(store)
            while _waiting(store) > before - 2:
                time.sleep(0.02)
            before, begun_s = _waiting(store), time.perf_counter()
            beside += [admit() for _ in range(TURN)]
            sent += before - _waiting(store)
            took_s += time.perf_counter() - begun_s
        finally:
            spooler.stop()
    return alone, beside, sent / took_s


def _waiting(store: Store) -> int:
    waits = DeliveryRow.kind == "mail", DeliveryRow.state.in_(("queued", "leased"))
    with store.read() as connection:
        return connection.execute(select(func.count()).where(*waits)).scalar_one()


@contextmanager
def _mail_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    sink = ["-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    with subprocess.Popen([sys.executable, "-m", "aiosmtpd", "-n", *sink]) as server:
        try:
            _await(port)
            yield port
        finally:
            server.kill()


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the mail server does not start")


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main()
