"""A check-in over HTTP, with a token, limits and audit, beside the same server's constant answer.

    python -m bench.server [--quick]

The server is a process of its own. Clients are processes, too, each with one connection that stays
open; they share the cores with it. The floor is what the same server needs to answer `/healthz`,
asked in turns by the same client, so that a busy machine slows both; and the same check-ins in this
process beside them say what HTTP adds.
"""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

from bench.table import at_least, at_most, print_table
from data.store import Store
from eventdesk.accounts import make_account, make_token, set_secret, sign_in
from eventdesk.acts import SYSTEM, Permission
from eventdesk.booking import all_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo

PASSWORD = "a long password of the bench"
TURN = 50
CLIENTS = 8


def main() -> None:
    """Measure and print."""
    count = 800 if "--quick" in sys.argv else 3_000
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            made = fill_demo(store, size=4 * count, seed=0, now=utc_now())
            token = _token(store)
            texts = [
                text for _code, text in islice(all_tokens(store, SYSTEM, made.event.id), 3 * count)
            ]
            here_ms = [_here(store, made, text) for text in texts[:count]]
        with _server(home) as (process, url):
            one_ms, floor_ms = _in_turns(url, token, made, texts[count : 2 * count])
            began_s = time.perf_counter()
            many_ms = _at_once(url, token, made, texts[2 * count :])
            spent_s = time.perf_counter() - began_s
            memory_mb = _memory_mb(process.pid)
    one_ms.sort()
    many_ms.sort()
    ratio = _at(one_ms, 0.5) / _at(sorted(here_ms), 0.5)
    rows = [
        ("one client, check-ins a second", *at_least(1000 * len(one_ms) / sum(one_ms), 400, "")),
        ("one client, median", f"{_at(one_ms, 0.5):.2f} ms", "", ""),
        ("one client, 99th percentile", *at_most(_at(one_ms, 0.99), 8, "ms")),
        ("a constant answer, median", f"{_at(sorted(floor_ms), 0.5):.2f} ms", "", ""),
        ("in process, median", f"{_at(sorted(here_ms), 0.5):.2f} ms", "", ""),
        ("median beside the same in process", *at_most(ratio, 3, "times")),
        (f"{CLIENTS} clients, check-ins a second", *at_least(len(many_ms) / spent_s, 600, "")),
        (f"{CLIENTS} clients, 99th percentile", *at_most(_at(many_ms, 0.99), 30, "ms")),
        ("the server's memory", *at_most(memory_mb, 200, "MB")),
    ]
    print_table(f"Check-in over HTTP, {count} scans", ("what", "figure", "goal", ""), rows)


def _token(store: Store) -> str:
    """A token of an account that may work at every door."""
    now = utc_now()
    email = "bench@example.org"
    added = make_account(store, SYSTEM.at(now), email=email, name="Bench", is_admin=True)
    set_secret(store, SYSTEM.at(now), email=email, code=added.code, secret=PASSWORD)
    actor = sign_in(store, SYSTEM.at(now), email, PASSWORD)
    return make_token(store, actor, "bench", frozenset({Permission.DOOR})).secret


def _here(store: Store, made: DemoEvent, text: str) -> float:
    scan = Scan(text, made.list.id, uuid4().hex, utc_now())
    began_s = time.perf_counter()
    check_in(store, SYSTEM, scan)
    return (time.perf_counter() - began_s) * 1000


@contextmanager
def _server(home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    command = [sys.executable, "-m", "eventdesk", "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.terminate()


class _Client:
    """One connection that stays open."""

    def __init__(self, url: str, token: str, list_id: object) -> None:
        self._line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._path = f"/api/v1/lists/{list_id}/scans"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def check_in(self, text: str) -> float:
        """Milliseconds of a check-in."""
        said = {"text": text, "nonce": uuid4().hex, "seen_at": utc_now().isoformat()}
        body = json.dumps(said)
        began_s = time.perf_counter()
        self._line.request("POST", self._path, body, self._headers)
        answer = self._line.getresponse()
        told = answer.read()
        spent_ms = (time.perf_counter() - began_s) * 1000
        if answer.status != 200:
            raise RuntimeError(told.decode())
        return spent_ms

    def constant(self) -> float:
        """Milliseconds of an answer that needs nothing."""
        began_s = time.perf_counter()
        self._line.request("GET", "/healthz")
        self._line.getresponse().read()
        return (time.perf_counter() - began_s) * 1000


def _in_turns(
    url: str, token: str, made: DemoEvent, texts: list[str]
) -> tuple[list[float], list[float]]:
    client = _Client(url, token, made.list.id)
    ours_ms: list[float] = []
    floor_ms: list[float] = []
    for at in range(0, len(texts), TURN):
        ours_ms += [client.check_in(text) for text in texts[at : at + TURN]]
        floor_ms += [client.constant() for _ in range(TURN)]
    return ours_ms, floor_ms


def _at_once(url: str, token: str, made: DemoEvent, texts: list[str]) -> list[float]:
    """Milliseconds of check-ins by several clients at once."""
    parts = [texts[at::CLIENTS] for at in range(CLIENTS)]
    with ProcessPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(_all_of, url, token, str(made.list.id), part) for part in parts]
        return [each for job in jobs for each in job.result()]


def _all_of(url: str, token: str, list_id: str, texts: list[str]) -> list[float]:
    client = _Client(url, token, list_id)
    return [client.check_in(text) for text in texts]


def _at(in_order: list[float], share: float) -> float:
    return in_order[min(len(in_order) - 1, int(share * len(in_order)))]


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
