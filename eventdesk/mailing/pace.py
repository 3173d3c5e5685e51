"""The pace of mails to a server, where somebody set a limit."""

import threading
import time
from collections.abc import Callable
from uuid import UUID


class Pace:
    """When the next mail to a service may go; for all threads of this program."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._next_s: dict[UUID, float] = {}

    def wait_s(self, service_id: UUID, per_minute: int, *, most_s: float) -> float:
        """Say in how many seconds the next turn is, and take it unless that is too long.

        Args:
            service_id: The service.
            per_minute: Most mails in a minute; 0 sets no limit.
            most_s: A turn that is later than this is left to others.
        """
        if per_minute <= 0:
            return 0.0
        with self._lock:
            now_s = self._seconds()
            turn_s = max(now_s, self._next_s.get(service_id, 0.0))
            if turn_s - now_s <= most_s:
                self._next_s[service_id] = turn_s + 60.0 / per_minute
            return turn_s - now_s
