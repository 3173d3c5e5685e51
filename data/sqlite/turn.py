"""Turns to write: the queue of the programs that have one store open.

SQLite's write lock has no queue: who asks in the moment it is let go gets it, and who sleeps just
then waits on. So programs queue before they ask SQLite. The queue is a file of which bytes are
locked: who comes locks the byte that is numbered by the nanosecond of the system's clock, and
waits until nobody holds a byte before it. The one who holds all before its own has the turn.

The turn is a courtesy, SQLite's lock decides. A program that does not queue, an older one or
`sqlite3`, is met by asking again; and who has waited for `PATIENCE_S`, because a program was
stopped in the queue or writes for long, asks SQLite without the turn until it comes. Where there
are no such locks nobody queues.

The file is one of its own: closing one that SQLite has locked would let go of its locks.
"""

import os
import struct
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakSet

from eventdesk.core.private_file import OWNER_ONLY_FILE

if sys.platform == "linux":  # the locks of an open file, which threads may hand to each other
    import fcntl

FILE_NAME: Final = ".eventdesk.turn.lock"
"""The file that is locked, in the home; the system lets go of it when a process ends."""

HAS_LOCKS: Final = sys.platform == "linux"
"""Elsewhere nobody queues."""

PATIENCE_S = 0.5
"""How long a writer waits for its turn before it asks SQLite without it."""


class Turn:
    """The place of one open store in the queue of those who write.

    Its threads write one at a time. A thread of its own stands in the queue, since only that can
    be left waiting: the system's lock knows no time-out.
    """

    def __init__(self, home: Path) -> None:
        """Make it; the file is opened by the first who writes."""
        self._home = home
        self._changed = threading.Condition(threading.Lock())
        self._file: int | None = None
        self._place: int | None = None
        self._without = not HAS_LOCKS
        self._thread: threading.Thread | None = None
        self._wanted = False
        self._queueing = False
        self._late = False
        self._closed = False
        _OPEN.add(self)

    def wait(self, until_s: float) -> None:
        """Wait until it is this store's turn, but not longer than is sensible.

        `end` has to be called afterwards, whatever happened.

        Args:
            until_s: When to go on at the latest, of the monotonic clock.
        """
        with self._changed:
            self._wanted = True
            if not self._queueing and not self._at_once():
                self._queue()
            if self._queueing and not self._late:
                patience_s = min(PATIENCE_S, until_s - time.monotonic())
                self._late = not self._changed.wait_for(self._has_come, max(0.0, patience_s))

    def end(self) -> None:
        """Let the next one write. A turn that comes later is given on at once."""
        with self._changed:
            self._wanted = False
            if not self._queueing:
                self._let_go()

    def close(self) -> None:
        """Leave the queue for good; whoever writes afterwards does so without a turn."""
        with self._changed:
            self._closed = self._without = True
            thread, waits = self._thread, self._queueing
            self._changed.notify_all()
            if thread is None:
                self._close_file()
        if thread is not None and not waits:  # else it closes the file when it is called
            thread.join()

    def _at_once(self) -> bool:
        """Take the turn if nobody is before us, or say that there is nothing to wait for."""
        if not self._without and self._file is None:
            self._open()
        if self._file is None or self._without:
            return True
        try:
            self._place = None
            self._place = _take_place(self._file)
            _take_turn(self._file, self._place)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:
            self._give_up()
        return True

    def _queue(self) -> None:
        self._queueing = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._stand, name="turn", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the program is ending
                self._thread, self._queueing = None, False
                self._give_up()
        else:
            self._changed.notify_all()

    def _stand(self) -> None:
        """Stand in the queue whenever a writer wants that, until closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queueing or self._closed)
                file, place = self._file, self._place
                if file is None or not self._queueing:
                    self._close_file()
                    return
            try:
                # Without a place: somebody with a later one had the turn when we came.
                place = _take_place(file, wait=True) if place is None else place
                _take_turn(file, place, wait=True)
            except OSError:
                self._without = True
            with self._changed:
                self._queueing = self._late = False
                if self._without or not self._wanted:
                    self._let_go()
                self._changed.notify_all()

    def _has_come(self) -> bool:
        return not self._queueing

    def _open(self) -> None:
        try:
            flags = os.O_RDWR | os.O_CREAT
            self._file = os.open(self._home / FILE_NAME, flags, OWNER_ONLY_FILE)
        except OSError:
            self._without = True

    def _give_up(self) -> None:
        self._without = True
        self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                _let_go(self._file)

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)

    def _forget(self) -> None:
        """Close the file in a child that was forked, which would hold the turn with its parent."""
        self._without = True
        self._changed = threading.Condition(threading.Lock())
        self._queueing, self._thread = False, None
        self._close_file()


def _take_place(file: int, *, wait: bool = False) -> int:
    """Lock the byte of this nanosecond, which everybody behind will wait for."""
    place = time.monotonic_ns()
    _lock(file, place, 1, wait=wait)
    return place


def _take_turn(file: int, place: int, *, wait: bool = False) -> None:
    """Lock all bytes before a place."""
    _lock(file, 0, place, wait=wait)


def _lock(file: int, first: int, count: int, *, wait: bool) -> None:
    asked = fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK
    fcntl.fcntl(file, asked, _flock(fcntl.F_WRLCK, first, count))


def _let_go(file: int) -> None:
    """Unlock all bytes."""
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK, 0, 0))


def _flock(kind: int, first: int, count: int) -> bytes:
    """Linux's `struct flock`: some bytes, or all from the first on if the count is 0."""
    return struct.pack("hhqqi", kind, os.SEEK_SET, first, count, 0)


_OPEN: WeakSet[Turn] = WeakSet()


def _forget_all() -> None:
    for turn in tuple(_OPEN):
        turn._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
