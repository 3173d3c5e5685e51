"""How connections to a file are set up."""

import random
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from data.sqlite.driver import driver
from data.sqlite.turn import Turn

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another process before it gives up."""

FIRST_PAUSE_S = 0.001
LAST_PAUSE_S = 0.016
"""Pauses between attempts to get the write lock double from the first to the last, jittered."""

MAX_LOG = 64 * 1024**2
"""Bytes that a log may have while nobody reads for long; a longer one is cut."""

CACHE_KIB = 12_288
"""Pages each connection keeps of those that the system keeps, too: inner B-tree pages of a million
tickets fit. With 32 MiB search was a twelfth faster, and a server a tenth larger."""


# Without an adapter the driver asks each such value twice in vain for a method of its own, which
# takes longer than an index takes to find a row.
driver.register_adapter(bytes, bytes)
driver.register_adapter(type(None), {}.get)  # None for None, without a call in Python


def version() -> tuple[int, ...]:
    """The SQLite in use, such as (3, 53, 4)."""
    return tuple(int(part) for part in driver.sqlite_version.split("."))


def has_wal_reset_bug(number: tuple[int, ...]) -> bool:
    """Whether this SQLite can damage a WAL file when two connections write and checkpoint at once.

    Present from 3.7.0 to 3.51.2; fixed in 3.51.3 and in the back-ports 3.50.7 and 3.44.6.
    """
    if number >= (3, 51, 3):
        return False
    return not ((3, 50, 7) <= number < (3, 51) or (3, 44, 6) <= number < (3, 45))


def make_engine(path: Path) -> Engine:
    """Build the engine for a file: WAL, foreign keys, every commit on the disk before it returns.

    Transactions are opened by `data.store`, never by the driver.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        module=driver,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error that ends in a log names nobody
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=8,
        pool_use_lifo=True,  # one cache is filled where one is enough, not all in turns
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{CACHE_KIB}",
            "temp_store=MEMORY",
            "secure_delete=ON",  # what is erased is overwritten, not only unlinked
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def connect_writer(engine: Engine) -> Connection:
    """Open the connection that writes.

    It does not wait by itself, `take_write_lock` does, and leaves the log to `data.sqlite.log`.
    """
    connection = engine.connect()
    for pragma in ("busy_timeout=0", "wal_autocheckpoint=0", f"journal_size_limit={MAX_LOG}"):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    return connection


def take_write_lock(connection: Connection, turn: Turn) -> None:
    """Begin a write transaction, waiting up to `BUSY_TIMEOUT_MS` for other processes.

    Those that know of turns have queued by then, and the lock is free. For others it is asked
    again: SQLite's own waits grow to 100 ms, all the same for all, so that late comers overtake.
    Shorter and uneven ones are fairer.
    """
    raw: Any = connection.connection.dbapi_connection
    deadline, pause_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000, FIRST_PAUSE_S
    turn.wait(deadline)
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
            return
        except driver.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= deadline:
                raise
        time.sleep(random.uniform(0.5, 1) * pause_s)
        pause_s = min(2 * pause_s, LAST_PAUSE_S)


def commit(connection: Connection) -> None:
    """Put the transaction on the disk; straight to the driver, as it began."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("COMMIT")


def data_version(connection: Any) -> int:
    """A number that changes when any other connection of any process committed (2 µs).

    It is asked some fifty times a second, so it goes straight to the driver.
    """
    raw = connection.connection.driver_connection
    return int(raw.execute("PRAGMA data_version").fetchone()[0])


def rows_changed(connection: Connection) -> int:
    """How many rows a connection has changed since it was opened."""
    raw: Any = connection.connection.driver_connection
    count: int = raw.total_changes
    return count
