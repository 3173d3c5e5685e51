"""The store's clock."""

from datetime import UTC, datetime, timedelta

_ahead = [timedelta()]


def utc_now() -> datetime:
    """The present instant, aware UTC."""
    return datetime.now(UTC) + _ahead[0]


def run_ahead(by: timedelta) -> None:
    """Let this process's clock run ahead of the machine's, or behind it; for rehearsals only.

    A rehearsal on another day than the event's must see the lists open and the tickets valid.
    """
    _ahead[0] = by


def ahead() -> timedelta:
    """How far this process's clock runs ahead of the machine's."""
    return _ahead[0]
