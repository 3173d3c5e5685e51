"""Garbage collection in pauses, not while somebody types."""

import gc
import time
from typing import TYPE_CHECKING, Any, Final

from eventdesk.core.heap import give_back

if TYPE_CHECKING:
    from textual.app import App

SETTLED_S: Final = 2.0
"""Seconds until what a screen needs is loaded."""

YOUNG: Final = 20_000
"""Objects made before the collector looks at the newest ones; it takes about a millisecond."""

SELDOM: Final = 1_000
"""Collections of young objects before old ones are looked at all the same, with a pause."""

PAUSE_S: Final = 5.0
"""Idle time after which to collect."""

EVERY_S: Final = 20.0

MAX_S: Final = 600.0
"""Nobody paused for so long: collect all the same, before the garbage of a busy door adds up."""


class QuietCollector:
    """Keeps the collector from stopping the picture, and lets it work when nobody looks.

    Looking through all objects of a program with a screen takes 50 to 150 ms. What is loaded by
    now stays for good and is left out; the rest waits for a pause.
    """

    def __init__(self, app: "App[Any]") -> None:
        self._app = app
        self._touched_s = self._collected_s = time.monotonic()
        self._begun = False

    def touched(self) -> None:
        """Note that somebody is there."""
        self._touched_s = time.monotonic()

    def first_frame(self) -> None:
        """Enable the collector after the start, with what was loaded frozen."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def begin(self) -> None:
        """Freeze what is loaded once it has settled, then collect in pauses."""
        self._app.set_timer(SETTLED_S, self._settle)
        if not self._begun:
            self._begun = True
            self._app.set_interval(EVERY_S, lambda: self.collect_if_due(time.monotonic()))

    def _settle(self) -> None:
        gc.freeze()
        gc.set_threshold(YOUNG, 10, SELDOM)
        give_back()

    def collect_if_due(self, now_s: float) -> bool:
        """Collect in a pause, or when there was none for long; True if collected."""
        due = now_s - self._touched_s >= PAUSE_S or now_s - self._collected_s >= MAX_S
        if due:
            gc.collect()
            give_back()
            self._collected_s = now_s
        return due
