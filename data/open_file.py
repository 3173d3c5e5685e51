"""Open file: which file it is, and whether it still lies at its path.

A program goes on reading and writing a file that was deleted or moved away, and nobody would
find what it wrote. SQLite notices that for its rollback journal, but not for the write-ahead
log, so each transaction compares the device and inode of the file, of the log and of the log's
index with those that were opened. Log and index may also be cut in place: SQLite believes what the
index says of the log, writes behind a hole, and reads what is not there any more.
"""

import os
import threading
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from data.sqlite import index
from data.sqlite.driver import driver
from data.sqlite.engine import connect_writer, data_version, make_engine, version
from data.sqlite.log import Log, LogEnd
from data.sqlite.turn import Turn
from eventdesk.core.errors import StoreGoneError

LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a file in WAL mode: the log and its index."""

Identity = tuple[int, int]
"""Device and inode."""

FOLD_TIMEOUT_MS = 1000
"""How long folding in a deleted log waits for readers of other processes."""

TELLS_WITHOUT_WORK = (3, 51, 0)
"""From this SQLite on `wal_checkpoint(NOOP)` says how long a log is and how much is folded."""

LOOKS = 3
"""How often a log is found too short before it was cut: another program may just empty it."""


class Place(Enum):
    """How a path stands to the file that was opened there."""

    SAME = "the file that was opened"
    MISSING = "nothing"
    OTHER = "another file"
    LOG = "the file without its log, or with another one"
    CUT = "the file with a log that was cut"


def identity(path: Path | str) -> Identity | None:
    """Say which file lies at a path; None when there is none or it cannot be reached."""
    return _of(_status(path))


def _status(path: Path | str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _of(status: os.stat_result | None) -> Identity | None:
    return None if status is None else (status.st_dev, status.st_ino)


def found_index(path: Path) -> int:
    """How many bytes the index of a store's log has, before the store is opened.

    One that was cut is emptied, and counts as none: SQLite makes a short one longer where it needs
    more of it, and believes the zeros.
    """
    name = f"{path}{LOGS[1]}"
    found = _status(name)
    if found is None:
        return 0
    if index.is_possible(found.st_size):
        return found.st_size
    index.empty(name, index.at_least(found.st_size))
    return 0


class OpenFile:
    """One file, opened once, with all connections to it.

    Attributes:
        users: How many transactions are open; counted by the store.
        turn: Its place in the queue of the programs that write.
        log: What keeps its log short.
        number: Which opening of this store it is, from 1.
        closed: Whether all connections were closed.
    """

    def __init__(self, path: Path, number: int = 1, *, had: int | None = None) -> None:
        """Open a file and its log.

        Args:
            path: The file.
            number: Which opening of this store it is, from 1.
            had: How many bytes the log's index had before anybody here opened it; None looks.

        Raises:
            StoreGoneError: The file is not there, or is replaced just now.
            Error of the driver: It cannot be read.
        """
        self.path, self.number, self.users = path, number, 0
        self.closed = False
        self.turn = Turn(path.parent)
        # Asked at every transaction: a path object takes as long to be spelled as the system call.
        self._name = str(path)
        self._logs = tuple(path.with_name(path.name + suffix) for suffix in LOGS)
        self._names_of_logs = tuple(str(log) for log in self._logs)
        self._log_ids: tuple[Identity | None, ...] = ()
        self._log_file: int | None = None
        self._index_size, self._log_size, self._was_cut = 0, 0, False
        self._tells = version() >= TELLS_WITHOUT_WORK
        self._asking = threading.Lock()
        self._writer: Connection | None = None
        self.id = identity(path)
        self.engine = make_engine(path)
        event.listen(self.engine, "connect", self._refuse_another)
        self.log = Log(self._logs[0], self.engine, lambda: self.place() is Place.SAME)
        try:
            had = found_index(path) if had is None else had
            self._anchor = self._anchored()
            if 0 < had < index.least(self._pages()):
                self._empty_index(anyway=True)
        except BaseException:
            self.engine.dispose()
            self._let_log_go()
            raise

    def place(self, *, briefly: bool = False) -> Place:
        """Compare what lies at the path with what is open; some microseconds.

        Args:
            briefly: Whether it is looked at again before anything is committed; then SQLite is not
                asked how long the log is to be, unless it is shorter than it was.
        """
        return self._seen(briefly=briefly)[0]

    def before_commit(self) -> tuple[Place, LogEnd]:
        """What lies at the path, and where the log ends: for `is_behind`.

        This thread is in a transaction that writes, and ends it without a commit when the file is
        not the same.
        """
        place, pages = self._seen(writing=True)
        return place, LogEnd.read(self._log_file, pages)

    def is_behind(self, end: LogEnd) -> bool:
        """Whether a commit, done by now, stands in the log behind what was there before it."""
        if not end.is_there(self._log_file):
            self._was_cut = True  # which its length does not show any more
        return self.place() is not Place.CUT

    def _seen(self, *, writing: bool = False, briefly: bool = False) -> tuple[Place, int]:
        """What lies at the path, and how many pages the log holds if that was asked."""
        there = identity(self._name)
        if there is None:
            return Place.MISSING, 0
        if there != self.id:
            return Place.OTHER, 0
        log, log_index = map(_status, self._names_of_logs)
        if (_of(log), _of(log_index)) != self._log_ids:
            return Place.LOG, 0
        if not self._is_whole(log_index):
            emptied = self._empty_index(writing=writing)
            return Place.LOG if emptied else Place.CUT, 0
        pages, size = 0, 0 if log is None else log.st_size
        if not self._was_cut and not (briefly and size >= self._log_size):
            self._was_cut, pages = self._is_cut(log)
        self._log_size = size
        return Place.CUT if self._was_cut else Place.SAME, pages

    def writer(self) -> Connection:
        """The connection that writes; made anew where a signal has closed the last one."""
        if self._writer is None or self._writer.closed:
            self._writer = connect_writer(self.engine)
        return self._writer

    def version(self) -> int:
        """A number that changes when any process has committed something."""
        with self._asking:
            return (self.number << 32) + data_version(self._anchor)

    def fold_in(self) -> bool:
        """Bring the content of a log that was deleted or replaced into the file.

        Returns:
            Whether all of it is there now; False when another program has written into a new log
            meanwhile, or still reads from this one.
        """
        wal = self._logs[0]
        if identity(wal) == self._log_ids[0]:
            return True  # only its index is gone, which the next opening builds anew
        if identity(wal) is None or not wal.stat().st_size:
            self._anchor.exec_driver_sql(f"PRAGMA busy_timeout={FOLD_TIMEOUT_MS}")
            asked = "PRAGMA wal_checkpoint(TRUNCATE)"
        elif self._tells:
            asked = "PRAGMA wal_checkpoint(NOOP)"
        else:
            return False
        busy, frames, folded = self._anchor.exec_driver_sql(asked).one()
        return not busy and bool(frames == folded)

    def set_logs_aside(self) -> None:
        """Rename this file's log where it lies beside another file, which it would damage."""
        for log, was in zip(self._logs, self._log_ids, strict=True):
            if was is not None and identity(log) == was:
                log.rename(log.with_name(f"{log.name}.of-{was[1]:x}"))

    def close(self) -> None:
        """Close all connections; the last one in the house folds the log into the file.

        Of a log that was cut that is only what stands before the first gap.
        """
        self.log.close()
        found = _status(self._names_of_logs[1])
        if _of(found) == self._log_ids[1] and (self._was_cut or not self._is_whole(found)):
            self._empty_index(anyway=True)
        for connection in (self._writer, self._anchor):
            if connection is not None and not connection.closed:
                # Not back into the pool: it is not set up as those that read.
                connection.invalidate()
                connection.close()
        self._writer = None
        self.engine.dispose()
        self.turn.close()
        self._let_log_go()
        self.closed = True

    def _anchored(self) -> Connection:
        """A connection that stays: as long as it is open, nobody takes away the log."""
        connection = self.engine.connect()
        try:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            self._log_ids = self._ids_of_logs()
            self._is_whole(_status(self._names_of_logs[1]))
            with suppress(OSError):  # SQLite locks nothing in the log itself
                self._log_file = os.open(self._names_of_logs[0], os.O_RDONLY | os.O_CLOEXEC)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection

    def _is_whole(self, found: os.stat_result | None) -> bool:
        """Whether the log's index is as long as it ever was."""
        size = 0 if found is None else found.st_size
        self._index_size = max(self._index_size, size)
        return size == self._index_size

    def _empty_index(self, *, writing: bool = False, anyway: bool = False) -> bool:
        """Have SQLite build the log's index anew: of all that follows each other in the log."""
        name, size = self._names_of_logs[1], self._index_size
        return index.empty(name, size, writing=writing, anyway=anyway)

    def _is_cut(self, log: os.stat_result | None) -> tuple[bool, int]:
        """Whether the log is shorter than its index says, and how many pages that says."""
        pages = 0
        for look in range(LOOKS):
            pages = self._pages()
            if look or log is None:
                log = _status(self._names_of_logs[0])
            if log is None or log.st_size >= LogEnd.size(pages):
                return False, pages
        return True, pages

    def _pages(self) -> int:
        """How many pages the log holds, as its index says; 0 where SQLite does not say."""
        if not self._tells:
            return 0
        raw: Any = self._anchor.connection.driver_connection
        with self._asking:
            return max(0, int(raw.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[1]))

    def _let_log_go(self) -> None:
        if self._log_file is not None:
            os.close(self._log_file)
            self._log_file = None

    def _ids_of_logs(self) -> tuple[Identity | None, ...]:
        return tuple([identity(name) for name in self._names_of_logs])

    def _refuse_another(self, connection: object, _record: object) -> None:
        """Close a new connection that opened another file than the others."""
        expected = (self.id, *self._log_ids)
        found = (identity(self.path), *(self._ids_of_logs() if self._log_ids else ()))
        if self.id is None or found != expected:
            assert isinstance(connection, driver.Connection)
            connection.close()
            raise StoreGoneError.missing(self.path)
