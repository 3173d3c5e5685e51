"""How often a gateway is asked about what waits: soon at first, then ever less often.

Nothing of it is kept on the disk: a program that starts anew asks once more.
"""

import threading
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

SOONEST: Final = timedelta(seconds=2)
SELDOMEST: Final = timedelta(minutes=10)

OF_AGE: Final = 10
"""What waits is asked about again after a tenth of the time that it has waited."""

LONGEST_REST: Final = timedelta(minutes=5)
"""A gateway that does not answer rests as long at most, if it does not ask for more."""

MAX_NOTED: Final = 2000

MOST_ASKED_FOR: Final = timedelta(hours=1)


class AskingPace:
    """When one gateway is to be asked about its payments and refunds; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[UUID, datetime] = {}
        self._rest = timedelta(0)
        self._rests_until: datetime | None = None
        self._is_well = False

    def due(self, ids: Collection[UUID], now: datetime) -> list[UUID]:
        """Those that are to be asked about now."""
        with self._lock:
            return [each for each in ids if self._due.get(each, now) <= now]

    def asked(
        self, what: UUID, now: datetime, *, since: datetime, until: datetime | None = None
    ) -> None:
        """Note that it was asked about something.

        Args:
            what: The payment or the refund.
            now: When.
            since: Since when it waits.
            until: When it ends, if it does; it is asked about once more then.
        """
        at = now + min(max((now - since) / OF_AGE, SOONEST), SELDOMEST)
        with self._lock:
            if len(self._due) > MAX_NOTED:  # what was settled long ago is not asked about any more
                self._due = {each: due for each, due in self._due.items() if due > now}
            self._due[what] = until if until is not None and now < until < at else at

    def rests(self, now: datetime) -> bool:
        """Whether the gateway is left alone, because it did not answer."""
        with self._lock:
            return self._rests_until is not None and now < self._rests_until

    def answered(self) -> bool:
        """Note that the gateway answers; whether that is news."""
        with self._lock:
            is_news = not self._is_well
            self._rest, self._rests_until, self._is_well = timedelta(0), None, True
        return is_news

    def unreadable(self) -> None:
        """Note that an answer could not be read; the gateway is asked about other things."""
        with self._lock:
            self._is_well = False

    def silent(self, now: datetime, *, wait_s: float | None) -> None:
        """Note that the gateway did not answer: it rests, each time for twice as long.

        Args:
            now: When.
            wait_s: Seconds it wants to be left alone for; None where it said nothing.
        """
        wanted = min(timedelta(seconds=wait_s or 0), MOST_ASKED_FOR)
        with self._lock:
            self._is_well = False
            self._rest = min(max(self._rest * 2, SOONEST), LONGEST_REST)
            self._rests_until = now + max(self._rest, wanted)


_PACES: Final = defaultdict[tuple[Path, str], AskingPace](AskingPace)


def pace_of(home: Path, gateway: str) -> AskingPace:
    """The pace of one gateway of a home, in this process."""
    return _PACES[home, gateway]
