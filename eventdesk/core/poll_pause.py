"""Pauses between two looks at whether the store changed."""

import time
from typing import Final

RESTS_AFTER_S: Final = 2.0
"""Without a change for so long a store is at rest."""


class PollPause:
    """Asks often while things change, and seldom at rest, so that an idle program sleeps."""

    def __init__(self, often_s: float, at_rest_s: float) -> None:
        """Take the two pauses, in seconds."""
        self._often_s, self._at_rest_s = often_s, at_rest_s
        self._changed_at_s = time.monotonic()

    def after(self, *, changed: bool, now_s: float) -> float:
        """Seconds to wait, after asking at a time of the monotonic clock."""
        if changed:
            self._changed_at_s = now_s
        at_rest = now_s - self._changed_at_s >= RESTS_AFTER_S
        return self._at_rest_s if at_rest else self._often_s
