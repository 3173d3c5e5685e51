"""The small ticketing API in its worst minute: 5,000 calls for 500 places, beside a door.

    python -m bench.ticketing [--quick]

Half of the calls ask for a ticket, half take the next of the queue; they arrive evenly over ten
seconds, each over a connection of its own. Meanwhile a door checks guests in over the same server.
Clients share the cores with it.
"""

import asyncio
import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

from bench.server import Client, at_share, served, token_of
from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import all_tokens
from eventdesk.core.clock import utc_now
from eventdesk.exercises.demo.fill import fill_demo

CALLS, PLACES = 5_000, 500
ARRIVE_S = 10.0
BOX = "Box Office"
EVERY_S = 0.1
"""How often the door checks somebody in."""


def main() -> None:
    """Measure and print."""
    calls = CALLS // 10 if "--quick" in sys.argv else CALLS
    places = PLACES * calls // CALLS
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            made = fill_demo(store, size=2_000, seed=0, now=utc_now())
            token = token_of(store)
            texts = [
                text for _code, text in islice(all_tokens(store, SYSTEM, made.event.id), 1_500)
            ]
        _sell(home, places)
        with served(home, "--ticketing", BOX) as (_process, url):
            door = _Door(url, token, made.list.id, texts)
            door.start()
            began_s = time.perf_counter()
            answers = _all_calls(url, calls)
            spent_s = time.perf_counter() - began_s
            door.end()
            rest = _drained(url)
            left = json.loads(_call(url, "GET", "/availability", None)[1])
    states = Counter(answers) + rest
    rows = [
        ("answered within", *at_most(spent_s, 60, "s")),
        ("confirmed, of that many places", f"{states['confirmed']} of {places}", "", ""),
        ("oversold", *at_most(max(0, states["confirmed"] - places), 0, "")),
        ("left afterwards", f"{left['VIP']} VIP, {left['Regular']} Regular", "", ""),
        ("told to come back (429)", f"{states['429']}", "", ""),
        ("refused otherwise", *at_most(states["other"], 0, "")),
        ("check-ins meanwhile", f"{len(door.spent_ms)}", "", ""),
        ("check-in, median", f"{at_share(door.spent_ms, 0.5):.1f} ms", "", ""),
        ("check-in, 99th percentile", *at_most(at_share(door.spent_ms, 0.99), 150, "ms")),
    ]
    title = f"Ticketing API, {calls} calls for {places} places in {ARRIVE_S:.0f} s"
    print_table(title, ("what", "figure", "goal", ""), rows)


def _sell(home: Path, places: int) -> None:
    """Put a second event on sale."""
    types = f"VIP {places // 5},Regular {places - places // 5}"
    command = [sys.executable, "-m", "eventdesk", "--home", str(home), "start", BOX]
    subprocess.run([*command, "--types", types], check=True, stdout=subprocess.DEVNULL)


class _Door(threading.Thread):
    """Checks guests in until it is told to end."""

    def __init__(self, url: str, token: str, list_id: UUID, texts: Sequence[str]) -> None:
        super().__init__()
        self._client, self._texts = Client(url, token, list_id), texts
        self._ending = threading.Event()
        self._spent_ms: list[float] = []

    def run(self) -> None:
        """Check one in after the other."""
        for text in self._texts:
            if self._ending.wait(EVERY_S):
                return
            self._spent_ms.append(self._client.check_in(text))

    def end(self) -> None:
        """Check nobody in any more."""
        self._ending.set()
        self.join()

    @property
    def spent_ms(self) -> list[float]:
        """How long each took, the quickest first."""
        return sorted(self._spent_ms)


def _all_calls(url: str, calls: int) -> list[str]:
    """What became of all calls, made by a process of their own."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_in_their_time, urlsplit(url).port or 0, calls).result()


def _in_their_time(port: int, calls: int) -> list[str]:
    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(_at_its_time(port, calls, each) for each in range(calls)))

    return asyncio.run(all_of_them())


async def _at_its_time(port: int, calls: int, number: int) -> str:
    """Make one call; the first half of each four ask, the others call the next."""
    await asyncio.sleep(number * ARRIVE_S / calls)
    path, body = "/api/process_user", b""
    if number % 4 < 2:
        kind = "VIP" if number % 20 == 0 else "Regular"
        path = "/api/register"
        body = json.dumps({"name": f"Guest {number}", "ticket_type": kind}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    said, _, told = answer.partition(b"\r\n\r\n")
    status = int(said.split(maxsplit=2)[1])
    if status == 429 and b"retry-after" in said.lower():
        return "429"
    return str(json.loads(told)["state"]) if status in (200, 201) else "other"


def _drained(url: str) -> Counter[str]:
    """What became of those who waited still."""
    states: Counter[str] = Counter()
    while True:
        state = str(json.loads(_call(url, "POST", "/api/process_user", None)[1])["state"])
        if state == "empty":
            return states
        states[state] += 1


def _call(url: str, method: str, path: str, said: object) -> tuple[int, bytes]:
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    try:
        headers = {"Content-Type": "application/json"}
        body = None if said is None else json.dumps(said)
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


if __name__ == "__main__":
    main()
