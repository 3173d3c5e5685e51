"""Touches of a screen that guests use: one act a touch, and none that nobody meant."""

import time
from typing import Final

from textual.widgets import Button

TOUCH_PAUSE_S: Final = 0.4
"""A second touch within this time belongs to the first, also on what appeared under the finger."""


class TouchPause:
    """Says which touches count.

    Args:
        pause_s: Seconds in which nothing counts after a touch that did, or after a change.
    """

    def __init__(self, pause_s: float | None = None) -> None:
        self._pause_s = pause_s
        self._until_s = 0.0

    def begin(self) -> None:
        """Another screen appeared: nobody has seen yet what lies under their finger."""
        pause_s = TOUCH_PAUSE_S if self._pause_s is None else self._pause_s
        self._until_s = time.monotonic() + pause_s

    def counts(self) -> bool:
        """Whether a touch is an act; then the next one is none for a while."""
        if time.monotonic() < self._until_s:
            return False
        self.begin()
        return True


class TouchButton(Button):
    """A button that takes a double touch for one."""

    def press(self) -> "TouchButton":
        """Press it, unless the finger has just done something else."""
        pause = getattr(self.screen, "touches", None)
        if not isinstance(pause, TouchPause) or pause.counts():
            super().press()
        return self
