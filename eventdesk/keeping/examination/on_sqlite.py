"""The SQLite that is in use."""

from collections.abc import Iterator

from data.sqlite.engine import driver, has_wal_reset_bug, version
from eventdesk.keeping.examination.finding import Finding, Patient, care, good


def look(patient: Patient) -> Iterator[Finding]:
    """See whether it may be written by several programs at once."""
    text = f"{driver.sqlite_version} ({driver.__name__.split('.')[0]})"
    if has_wal_reset_bug(version()):
        yield care(
            "sqlite",
            f"{text} has a bug that can damage a store which several programs write at once",
            "Run one desk at a time here, or install pysqlite3, which brings a mended SQLite.",
        )
    else:
        yield good("sqlite", f"{text}, without the WAL-reset bug")
