"""Whole files: a copy of a live store, whether a file is sound, and which keys it needs."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from data.sqlite.driver import driver
from data.sqlite.errors import is_damage, translate
from eventdesk.core.errors import StoreBusyError, StoreError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import create_empty

STEP_PAGES = 2048
"""Pages copied at once: 8 MiB."""


def copy_file(source: Path, target: Path) -> None:
    """Copy a live store into a new file while others go on writing.

    All of it is of one instant, for one read transaction is open meanwhile; without that a copy in
    pieces would start over at every commit. Each piece is forced to the disk before the next, so
    that a commit of others never waits behind more than one.

    Only its owner may read the copy.

    Raises:
        StoreError: One of the two files cannot be read or written.
    """
    with _spoken(target, source), reading(source) as reader:
        with suppress(FileExistsError):
            create_empty(target)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with (
            open(target, "rb+", buffering=0) as copy,
            closing(driver.connect(str(target))) as writer,
        ):
            reader.backup(writer, pages=STEP_PAGES, progress=lambda *_: os.fsync(copy.fileno()))
            writer.execute("PRAGMA journal_mode=DELETE")


def problems(path: Path) -> list[str]:
    """Check a file with integrity_check and foreign_key_check; empty when it is whole."""
    try:
        with reading(path) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
            found += [
                f"row {row[1]} of {row[0]} refers to nothing"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
    except driver.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"]


def keys_sold_with(path: Path) -> dict[int, str]:
    """Fingerprint, by id, of each key that tickets in a file were sealed with.

    Raises:
        StoreError: The file cannot be read as a store.
    """
    with _spoken(path), reading(path) as connection:
        return dict(connection.execute("SELECT key_id, fingerprint FROM token_key").fetchall())


def house_of(path: Path) -> str:
    """The house that a file is of: the id of the device it was made on; "" where it says none.

    Raises:
        StoreError: The file cannot be read as a store.
    """
    with _spoken(path), reading(path) as connection:
        row = connection.execute("SELECT value FROM setting WHERE key = 'device_id'").fetchone()
    return str(row[0]) if row is not None else ""


def has_events(path: Path) -> bool:
    """Whether a file has any event.

    Raises:
        StoreError: The file cannot be read as a store.
    """
    with _spoken(path), reading(path) as connection:
        return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM event)").fetchone()[0])


def fold_log(path: Path) -> None:
    """Make one file of a store and its log, while nobody has it open.

    Raises:
        StoreBusyError: A program has it open after all.
        StoreError: It cannot be read or written.
    """
    with _spoken(path):
        connection = driver.connect(str(path))
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        finally:
            connection.close()
    if mode != "delete":
        raise StoreBusyError(
            msg("A program has {path} open.", path=path), hint=msg("Close it and try again.")
        )


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """Give a connection that reads a file and leaves it and its log as they were."""
    # One that may not write leaves the empty log it makes where there was none.
    mode = "ro" if path.with_name(f"{path.name}-wal").exists() else "rw"
    connection = driver.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _spoken(path: Path, source: Path | None = None) -> Iterator[None]:
    """Say SQLite's errors about a file, or about one it is copied from, in words for people."""
    try:
        yield
    except driver.Error as error:
        if source is not None and is_damage(error):  # a new file is not damaged
            path = source
        raise translate(error, path) or StoreError(f"{path}: {error}.") from error
