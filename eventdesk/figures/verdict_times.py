"""Times that guests wait for a verdict, collected to be written together."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final
from uuid import UUID

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import NotFoundError, StoreError

EVERY_S: Final = 2.0
"""Seconds between two writes."""

MAX_KEPT: Final = 5_000
"""Most times that wait while the store cannot be written; older ones are dropped."""


class VerdictTimes:
    """Times to be written, for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[UUID, float]] = deque(maxlen=MAX_KEPT)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, scan_id: UUID, ms: float) -> bool:
        """Keep a time; True if it is the first, so that a write must be planned."""
        with self._lock:
            self._waiting.append((scan_id, ms))
            return len(self._waiting) == 1

    def write(self, store: Store) -> None:
        """Write all times; keep them if the store is busy or full."""
        from eventdesk.figures.statistics.timings import note_verdicts  # a start needs no figures

        self.hand_over(partial(note_verdicts, store, SYSTEM))

    def hand_over(self, note: Callable[[list[tuple[UUID, float]]], object]) -> None:
        """Have all times noted; keep them if that could not be done.

        Scans that are not there any more, as after a restore, are let go.
        """
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        if not taken:
            return
        try:
            with suppress(NotFoundError):
                note(taken)
        except StoreError:
            with self._lock:
                self._waiting.extendleft(reversed(taken))
