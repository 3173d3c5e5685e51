"""What the rehearsal and its lanes say to each other: one JSON object a line."""

import json
import os
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from eventdesk.core.clock import run_ahead, utc_now
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import use_language
from eventdesk.door import CheckInResult

NO_ROOM_BYTES = 4096
"""How large a file may be while the disk of a lane is full: no page can be added anywhere."""


class Line:
    """A lane's end of the talk; safe to speak from any thread."""

    def __init__(self) -> None:
        # What is printed by accident, or caught by a screen, must not get in between.
        self._out = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)
        self._one_by_one = threading.Lock()

    def say(self, **values: Any) -> None:
        """Send one object; it has left when the call returns."""
        with self._one_by_one:
            self._out.write(json.dumps(values, ensure_ascii=False) + "\n")
            self._out.flush()

    def hear(self) -> dict[str, Any] | None:
        """Wait for the next request; None when the rehearsal has hung up."""
        line = sys.stdin.readline()
        heard: dict[str, Any] | None = json.loads(line) if line else None
        return heard

    def answer(self, result: CheckInResult, **more: Any) -> None:
        """Tell what a check-in came to."""
        self.say(
            nonce=result.nonce,
            outcome=str(result.outcome),
            scan=str(result.scan_id),
            delivery=str(result.delivery_id) if result.delivery_id else None,
            reason=result.reason,
            skew_s=result.clock_skew_s,
            questions=[
                {"id": one.id, "choices": list(getattr(one, "choices", ()))}
                for one in result.questions
            ],
            **more,
        )

    def could_not(self, nonce: str, error: EventDeskError, **more: Any) -> None:
        """Tell why nothing was written."""
        self.say(nonce=nonce, error=error.code, said=f"{error} {error.hint}".strip(), **more)


class Orders:
    """What the rehearsal tells every lane when it starts, and how a lane's machine behaves.

    Attributes:
        home: The copy.
        printer: Where badges go.
        camera: Address of this lane's camera; "" where it has none.
        list_id, event_id: Where it stands.
    """

    def __init__(self, said: dict[str, Any]) -> None:
        self.home = Path(said["home"])
        self.printer = str(said["printer"])
        self.camera = str(said["camera"])
        self.list_id, self.event_id = UUID(said["list"]), UUID(said["event"])
        self.kiosk = bool(said["kiosk"])
        self.clock_off = timedelta()
        run_ahead(timedelta(seconds=float(said["ahead_s"])))
        use_language(str(said["language"]))

    @classmethod
    def first(cls, line: Line) -> Self:
        """Hear the first line."""
        said = line.hear()
        if said is None:
            raise SystemExit(0)
        return cls(said)

    def seen_at(self, at: datetime | None = None) -> datetime:
        """When this lane's own clock says that it saw a code."""
        return (at or utc_now()) + self.clock_off

    def heed(self, request: dict[str, Any]) -> None:
        """Change what is wrong with this machine: its disk or its clock."""
        if "room" in request:
            _set_room(bool(request["room"]))
        if "clock_off_s" in request:
            self.clock_off = timedelta(seconds=float(request["clock_off_s"]))


def _set_room(room: bool) -> None:
    """Let this process's files grow, or not: what a full disk does to whoever writes to it.

    POSIX setrlimit, RLIMIT_FSIZE: a write beyond it fails with EFBIG, SIGXFSZ being ignored.
    """
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if room else NO_ROOM_BYTES, hard))
