"""The write-ahead log of an open store: folded into the file when there is time, and kept short.

SQLite folds the log in a commit, that of one check-in in a hundred, and starts it over only when a
writer finds all of it folded and nobody reading from it. With several programs that never happens
and the log grows all day. So writers leave it alone, and a thread of each program that has written
folds it: in pauses, or when much has come together. Where it is long all the same, the thread takes
a turn to write, folds the rest and starts it over, for which a check-in waits some milliseconds.

What somebody reads from cannot be folded. Beside a transaction that reads for hours the log grows,
and is folded and cut when that has ended.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from data.sqlite.driver import driver
from data.sqlite.engine import MAX_LOG
from data.sqlite.turn import Turn
from eventdesk.core.errors import StoreError

log = logging.getLogger(__name__)

PAGE = 4096
FEW, MANY = 250, 1000
"""Pages of the log that are worth folding: in a pause, and in any case."""

LONG, VERY_LONG = 4000, 6000
"""Pages of a log that is worth starting over: in a pause, and in any case."""

PAUSE_S = 0.25
"""How long nothing is committed in a pause."""

LAST_PAUSE_S = 2.0
"""How often a log is looked at that somebody reads from; the time doubles up to this."""

READERS_MS = 50
"""How long it is waited for readers to end, while those who write wait too."""

TURN_S = 0.2
"""How long it is waited for a turn to write."""

READ_MARKS = frozenset(str(byte) for byte in range(123, 128))
"""Bytes of the log's index that readers lock, as SQLite's file format says."""

LOOKS, LOOK_S = 5, 0.05
"""How often and how soon it is looked who reads; who only passes by is not there each time."""

TRIES, AGAIN_S = 10, 0.016
"""How often and how soon it is tried again to empty the log."""


HEAD, FRAME = 32, 24 + PAGE
"""Bytes of the head of a log, and of each page in it with the head of its own."""

SALTS = slice(16, 24)
SALTS_OF_PAGE = slice(8, 16)
"""Random bytes that each page repeats from the log's head, which get others when it starts over."""


class LogEnd(NamedTuple):
    """The end of a log at some moment, as SQLite's file format has it.

    Attributes:
        pages: How many pages it held.
        head: Its first bytes; none where there were none.
    """

    pages: int
    head: bytes

    @classmethod
    def read(cls, log: int | None, pages: int) -> "LogEnd":
        """Read the head of a log that holds so many pages.

        Args:
            log: The descriptor of the open log; None where there is none.
            pages: How many it holds.
        """
        return cls(pages, _part(log, HEAD, 0))

    @staticmethod
    def size(pages: int) -> int:
        """How many bytes a log of so many pages has at least."""
        return HEAD + pages * FRAME if pages else 0

    def is_there(self, log: int | None) -> bool:
        """Whether its last page is still there; it may go only when the log starts over.

        What was cut off and written behind since is a hole, in which nothing is to be read.
        """
        if not self.pages or log is None:
            return True
        head = _part(log, HEAD, 0)
        if head != self.head:  # started over, by now or with the next page, or a hole
            return any(head) or not head
        return (
            _part(log, FRAME - PAGE, HEAD + (self.pages - 1) * FRAME)[SALTS_OF_PAGE] == head[SALTS]
        )


def _part(log: int | None, count: int, start: int) -> bytes:
    """So many bytes of an open log; fewer where it ends, or is not there."""
    if log is not None:
        with suppress(OSError):
            return os.pread(log, count, start)
    return b""


class _State(NamedTuple):
    """What SQLite says of a log."""

    busy: bool
    pages: int
    folded: int

    @property
    def left(self) -> int:
        """Pages that are not in the file yet."""
        return self.pages - self.folded


class Log:
    """The log of one open file, and the thread that keeps it short."""

    def __init__(self, path: Path, engine: Engine, is_there: Callable[[], bool]) -> None:
        """Make it; the thread starts when there is something to do.

        Args:
            path: The log.
            engine: Opens connections to the file.
            is_there: Whether the file and this log still lie where they were opened.
        """
        self._path, self._engine, self._is_there = str(path), engine, is_there
        self._turn = Turn(path.parent)
        self._connection: Connection | None = None
        self._raw: Any = None
        self._folding = threading.Lock()
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def note_commit(self) -> None:
        """Have the log looked at soon; called by the one who writes."""
        if not self._news.is_set() and self._size() >= FEW * PAGE:
            self._news.set()
            if self._thread is None:
                thread = threading.Thread(target=self._keep, name="log", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # there is none to be had; the next commit asks again
                    self._news.clear()
                else:
                    self._thread = thread

    def empty(self) -> bool:
        """Fold all of it and cut it to nothing; False while another program reads.

        Nobody of this program may write meanwhile.
        """
        for _try in range(TRIES):
            with self._folding:
                if self._started_over("TRUNCATE"):
                    return True
            time.sleep(AGAIN_S)
        return False

    def close(self) -> None:
        """End the thread; what it has begun is broken off, which loses nothing."""
        self._stop.set()
        self._news.set()
        if self._thread is not None:
            while self._thread.is_alive():
                self._interrupt()
                self._thread.join(PAUSE_S)
        self._turn.close()
        self._disconnect()

    # The thread

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._news.wait()
            self._look_after()

    def _look_after(self) -> None:
        """Look at the log until nothing is committed any more and it is short."""
        pause_s = PAUSE_S
        while True:
            self._news.clear()
            if self._stop.wait(pause_s):
                return
            quiet = not self._news.is_set()
            with self._folding:
                done = self._tried(quiet=quiet)
            if done and quiet:
                return
            pause_s = PAUSE_S if done else min(2 * pause_s, LAST_PAUSE_S)

    def _tried(self, *, quiet: bool) -> bool:
        """Fold, unless the log is another one by now; what fails is told and tried again."""
        try:
            return not self._is_there() or self._folded(quiet=quiet)
        except (SQLAlchemyError, driver.Error, StoreError) as error:
            if not self._stop.is_set():
                log.warning("The log of the store could not be folded: %s", error)
                self._disconnect()
            return False

    def _folded(self, *, quiet: bool) -> bool:
        """Fold what is worth it; False when somebody reads from what was to be folded."""
        state = self._checkpoint("NOOP")
        if state.left >= (FEW if quiet else MANY):
            state = self._checkpoint("PASSIVE")
        if state.busy or state.left >= MANY:
            return False
        too_large = self._size() > MAX_LOG
        if not (state.pages >= (LONG if quiet else VERY_LONG) or too_large):
            return True
        if state.left:
            state = self._checkpoint("PASSIVE")  # so that little is left for our turn
        if state.left >= FEW:  # somebody reads from it, unless more of it can be folded by now
            former, state = state, self._checkpoint("PASSIVE")
            if state.folded == former.folded:
                return False
        if state.busy or state.left >= MANY:
            return False
        return self._started_over("TRUNCATE" if too_large else "RESTART")

    def _started_over(self, how: str) -> bool:
        """Fold the rest in a turn of our own, and let the next one write from the beginning."""
        try:
            self._turn.wait(time.monotonic() + TURN_S)
            return not self._checkpoint(how).busy
        finally:
            self._turn.end()

    def _checkpoint(self, how: str) -> _State:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.exec_driver_sql(f"PRAGMA busy_timeout={READERS_MS}")
            self._raw = self._connection.connection.driver_connection
        row = self._connection.exec_driver_sql(f"PRAGMA wal_checkpoint({how})").one()
        return _State(bool(row[0]), *row[1:])

    def _size(self) -> int:
        try:
            return os.stat(self._path).st_size
        except OSError:
            return 0

    def _interrupt(self) -> None:
        raw = self._raw
        if raw is not None:
            with suppress(driver.Error):  # it was closed just now
                raw.interrupt()

    def _disconnect(self) -> None:
        connection, self._connection, self._raw = self._connection, None, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def readers_of(path: Path) -> dict[int, str]:
    """Which processes read from a log all the time, by their numbers, and what they are called.

    Only Linux tells; elsewhere it is empty.
    """
    looks = []
    for _look in range(LOOKS):
        looks.append(_reading(path))
        time.sleep(LOOK_S)
    return {number: _name_of(number) for number in sorted(set.intersection(*looks))}


def _reading(path: Path) -> set[int]:
    """The processes that lock a mark of a reader in the log's index just now."""
    try:
        inode = str(path.with_name(f"{path.name}-shm").stat().st_ino)
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return set()
    found = set()
    for _number, kind, _mode, access, process, file, first, *_last in map(str.split, lines):
        if (kind, access) == ("POSIX", "READ") and file.rpartition(":")[2] == inode:
            found |= {int(process)} if first in READ_MARKS else set()
    return found


def _name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
