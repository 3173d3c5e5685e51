"""The queue before the lanes: who is next, and who was heard."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from eventdesk.exercises.rehearsal.crowd import Guest
from eventdesk.exercises.rehearsal.printer import Printed

WAIT_S = 0.05
"""How often those who wait look whether the rehearsal was stopped."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one guest was answered.

    Attributes:
        outcome: "" where nobody answered until the guest gave up.
        nonce: Of the attempt that was answered.
        scan, delivery: Ids that the answer named; "" where it named none.
        decode_ms: 0 where no camera was used.
        taken_s, at_s: When the guest came to the lane and when the answer was there, on the
            machine's steady clock.
        repeats: How often the attempt was repeated, because a lane died or could not write.
        said: What the last error said.
    """

    guest: Guest
    lane: int
    outcome: str
    nonce: str = ""
    scan: str = ""
    delivery: str = ""
    reason: str = ""
    check_in_ms: float = 0.0
    decode_ms: float = 0.0
    taken_s: float = 0.0
    at_s: float = 0.0
    repeats: int = 0
    skew_s: float = 0.0
    said: str = ""

    @property
    def admitted(self) -> bool:
        """Whether the door opened."""
        return self.outcome == "admitted"


class Flow:
    """Hands guests out in the order of their arrival, and keeps what happened to them.

    `speed` is event seconds a second; None hands out as fast as guests are taken.
    """

    def __init__(
        self, guests: Sequence[Guest], *, speed: float | None, stop: threading.Event
    ) -> None:
        self.guests = guests
        self.stop = stop
        self.heard: list[Heard] = []
        self.papers: list[Printed] = []
        self.began_s = time.monotonic()
        self._speed = speed
        self._left = deque(guests)
        self._released = len(guests)
        self._changed = threading.Condition()

    def hold_at(self, released: int) -> None:
        """Let only so many of all guests come for now."""
        with self._changed:
            self._released = released
            self._changed.notify_all()

    def next(self) -> Guest | None:
        """Wait for the next guest; None when all came, or the rehearsal was stopped."""
        with self._changed:
            while not self.stop.is_set() and self._left:
                if self._due():
                    return self._left.popleft()
                self._changed.wait(WAIT_S)
        return None

    def _due(self) -> bool:
        guest = self._left[0]
        if guest.number >= self._released:
            return False
        past_s = time.monotonic() - self.began_s
        return self._speed is None or past_s * self._speed >= guest.at_s

    def note(self, heard: Heard) -> None:
        """Keep an answer."""
        with self._changed:
            self.heard.append(heard)
            self._changed.notify_all()

    def note_paper(self, paper: Printed) -> None:
        """Keep a badge that came out."""
        with self._changed:
            self.papers.append(paper)
            self._changed.notify_all()

    def wait_heard(self, count: int) -> bool:
        """Wait until so many guests were answered; False when the rehearsal was stopped."""
        with self._changed:
            while not self.stop.is_set():
                if len(self.heard) >= min(count, len(self.guests)):
                    return True
                self._changed.wait(WAIT_S)
        return False

    def wait_answer(self, since_s: float, timeout_s: float, *, lane: int | None = None) -> float:
        """Wait for an answer given after an instant, and return when it was; 0 when none came."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while not self.stop.is_set() and time.monotonic() < until_s:
                for one in reversed(self.heard):
                    if one.at_s > since_s and one.outcome and lane in (None, one.lane):
                        return one.at_s
                if len(self.heard) >= min(self._released, len(self.guests)):
                    break  # nobody is left who could be answered
                self._changed.wait(WAIT_S)
        return 0.0

    def wait_paper(self, since_s: float, timeout_s: float) -> float:
        """Wait for a badge that came out after an instant, and return when; 0 when none did."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while not self.stop.is_set() and time.monotonic() < until_s:
                after = [each.at_s for each in self.papers if each.at_s > since_s]
                if after:
                    return min(after)
                self._changed.wait(WAIT_S)
        return 0.0
