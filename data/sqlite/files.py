"""Whole files: a copy of a live store, and whether a file is sound."""

from pathlib import Path

from data.sqlite.engine import driver
from data.sqlite.errors import translate
from eventdesk.errors import StoreError


def copy_file(source: Path, target: Path) -> None:
    """Copy a live store into a new file while others go on writing.

    In one step, which sees one instant: copied in pieces, it would start over at every commit.

    Raises:
        StoreError: One of the two files cannot be read or written.
    """
    try:
        reader = driver.connect(f"file:{source.as_posix()}?mode=ro", uri=True)
        try:
            writer = driver.connect(str(target))
            try:
                reader.backup(writer)
                writer.execute("PRAGMA journal_mode=DELETE")
            finally:
                writer.close()
        finally:
            reader.close()
    except driver.Error as error:
        raise translate(error, target) or StoreError(str(error)) from error


def problems(path: Path) -> list[str]:
    """Check a file with integrity_check and foreign_key_check; empty when it is whole."""
    try:
        connection = driver.connect(f"file:{path.as_posix()}?mode=ro", uri=True)
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
            found += [
                f"row {row[1]} of {row[0]} refers to nothing"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
        finally:
            connection.close()
    except driver.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"]
