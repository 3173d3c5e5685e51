"""How long guests wait for a verdict, written some seconds later so that nobody waits for it."""

import threading
from collections import deque
from typing import Final
from uuid import UUID

from data.store import Store
from eventdesk.core.errors import StoreError

EVERY_S: Final = 2.0
"""Times are written together so often."""

MAX_KEPT: Final = 5_000
"""Times that wait where the store cannot be written; older ones are let go."""


class VerdictTimes:
    """Times that are not written yet. Safe to be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[UUID, float]] = deque(maxlen=MAX_KEPT)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, scan_id: UUID, ms: float) -> bool:
        """Keep a time; True when it is the first to wait, so that somebody must see to it."""
        with self._lock:
            self._waiting.append((scan_id, ms))
            return len(self._waiting) == 1

    def write(self, store: Store) -> None:
        """Write all that wait; where the store is busy or full they go on waiting."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        if not taken:
            return
        from eventdesk.figures.statistics.timings import note_verdicts  # a start needs no figures

        try:
            note_verdicts(store, taken)
        except StoreError:
            with self._lock:
                self._waiting.extendleft(reversed(taken))
