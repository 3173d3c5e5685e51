"""The stages of a request for a use case: where its time goes, for programs that watch."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

STAGES: Final = "eventdesk.stages"
"""In the scope of a request: its `Stages`, which the edge around it has begun and ends."""


@dataclass(slots=True)
class Stages:
    """When a request came to each stage, by `time.perf_counter`; 0 where it never did.

    Attributes:
        began_s: Its head was here.
        asked_s: Its body was here, too, and the desk was asked.
        begun_s: A thread of the desk began with it.
        done_s: The use case was done, committed and made into JSON, or refused.
        kind: Of the use case: what writes waits for the one thread that writes.
    """

    began_s: float
    asked_s: float = 0.0
    begun_s: float = 0.0
    done_s: float = 0.0
    kind: str = ""

    def ask(self, kind: str) -> None:
        """Note that the desk is asked now."""
        self.kind, self.asked_s = kind, time.perf_counter()

    def begin(self) -> None:
        """Note that a thread begins now."""
        self.begun_s = time.perf_counter()

    def end(self) -> None:
        """Note that it is done."""
        self.done_s = time.perf_counter()

    def spent(self, ended_s: float) -> Iterator[tuple[str, float]]:
        """The seconds of each stage, where all were come by; it is answered at `ended_s`."""
        if self.done_s:
            yield "receive", self.asked_s - self.began_s
            yield "wait", self.begun_s - self.asked_s
            yield "use_case", self.done_s - self.begun_s
            yield "answer", ended_s - self.done_s
