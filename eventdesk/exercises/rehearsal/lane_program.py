"""A lane of a rehearsal in a process of its own: store, check-in, spooler, and a camera if asked.

    python -m eventdesk.exercises.rehearsal.lane_program

It reads its orders, then requests, as lines of JSON, and answers each when `check_in` has
returned, as a door answers its guest.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from badges.printers import open_printer
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError
from eventdesk.door import Scan
from eventdesk.exercises.rehearsal.talk import Line, Orders
from eventdesk.headless import check_in_patiently
from eventdesk.spooler import Spooler


def main() -> None:
    """Work until told to end, or until the rehearsal has hung up."""
    line = Line()
    orders = Orders.first(line)
    stop = threading.Event()
    with open_lane(orders) as (store, _spooler):
        lane = _Lane(store, orders, line)
        if orders.camera:
            threading.Thread(target=lane.watch, args=(stop,), name="camera", daemon=True).start()
        line.say(ready=True)
        while (request := line.hear()) is not None and "end" not in request:
            lane.heed(request)
        stop.set()
    line.say(ended=True)


@contextmanager
def open_lane(orders: Orders) -> Iterator[tuple[Store, Spooler]]:
    """Open the copy with a spooler at work: its printers are the rehearsal's; no backups."""
    logging.disable(logging.CRITICAL)  # what goes wrong here is meant to
    with Store(orders.home) as store:
        printer = open_printer(orders.printer, badges_folder=orders.home / "badges")
        spooler = Spooler(store, printer, backups=False)
        spooler.start()
        try:
            yield store, spooler
        finally:
            spooler.stop()


class _Lane:
    def __init__(self, store: Store, orders: Orders, line: Line) -> None:
        self._store, self._orders, self._line = store, orders, line
        self.answers: dict[str, str] = {}

    def heed(self, request: dict[str, Any]) -> None:
        """Scan what is held up, or let something be wrong with this machine."""
        self.answers = dict(request.get("answers", self.answers))
        if "text" in request:
            self._scan(request["text"], request["nonce"], self.answers)
        else:
            self._orders.heed(request)

    def watch(self, stop: threading.Event) -> None:
        """Check in whatever the camera sees. Runs in a thread."""
        from kiosk.scanner import Scanner
        from kiosk.sightings import CameraFound, CameraLost, Sighting

        scanner = Scanner(self._orders.camera)
        for event in scanner.events(stop):
            match event:
                case Sighting():
                    self._scan(
                        event.text,
                        event.nonce,
                        self.answers,
                        seen=event.text,
                        decode_ms=event.decode_ms,
                    )
                case CameraLost():
                    self._line.say(camera="lost", said=event.reason)
                case CameraFound():
                    self._line.say(camera="found")

    def _scan(self, text: str, nonce: str, answers: dict[str, str], **more: Any) -> None:
        scan = Scan(
            text, self._orders.list_id, nonce, seen_at=self._orders.seen_at(), answers=answers
        )
        begun = time.perf_counter()
        try:
            result = check_in_patiently(self._store, SYSTEM, scan, utc_now)
        except EventDeskError as error:
            self._line.could_not(nonce, error, **more)
        else:
            took_ms = (time.perf_counter() - begun) * 1000
            self._line.answer(result, check_in_ms=took_ms, at_s=time.monotonic(), **more)


if __name__ == "__main__":
    main()
