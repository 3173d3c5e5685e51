"""Counts of requests within windows of time, kept in this process."""

import time
from typing import Final

from limits.storage import Storage

FORGET: Final = 1_000
"""So many counts are kept before those that are over are looked for."""


class Counts(Storage):
    """Counts in this process, which one thread makes.

    The storage in memory of the library starts a thread for every count, to forget others.
    """

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._forget_at = FORGET

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing goes wrong here that is an error of a store."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count some more within the window that is open, and say how many there were."""
        now_s = time.time()
        count, until_s = self._counts.get(key, (0, 0.0))
        if until_s <= now_s:
            count, until_s = 0, now_s + expiry
            self._forget(now_s)
        self._counts[key] = count + amount, until_s
        return count + amount

    def _forget(self, now_s: float) -> None:
        """Forget windows that are over, once there are many; it takes as long as there are."""
        if len(self._counts) < self._forget_at:
            return
        kept = {key: each for key, each in self._counts.items() if each[1] > now_s}
        self._counts, self._forget_at = kept, max(FORGET, 2 * len(kept))

    def get(self, key: str) -> int:
        """How many were counted in the window that is open."""
        count, until_s = self._counts.get(key, (0, 0.0))
        return count if until_s > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends; now where none is open."""
        return max(time.time(), self._counts.get(key, (0, 0.0))[1])

    def check(self) -> bool:
        """Whether it can be used."""
        return True

    def reset(self) -> int:
        """Forget all."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one."""
        self._counts.pop(key, None)
