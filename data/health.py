"""Health of the database library and of a store's log."""

from dataclasses import dataclass
from pathlib import Path

from data.sqlite import engine
from data.sqlite.driver import driver
from data.sqlite.log import readers_of


@dataclass(frozen=True, slots=True)
class Library:
    """The database library in use.

    Attributes:
        name: Its version, and the module it comes with.
        can_damage: Whether it has a bug that can damage a store which several programs write.
    """

    name: str
    can_damage: bool


@dataclass(frozen=True, slots=True)
class LogLook:
    """What of a store waits in its log to be folded into the file.

    Attributes:
        size: Bytes.
        readers: Processes that keep it from being folded, with their names; looked for only where
            it is longer than it is while nobody reads for long.
    """

    size: int
    is_long: bool
    readers: dict[int, str]


def library() -> Library:
    """Say which database library is in use."""
    name = f"{driver.sqlite_version} ({driver.__name__.split('.')[0]})"
    return Library(name, engine.has_wal_reset_bug(engine.version()))


def file_sizes(path: Path) -> tuple[int, int]:
    """The bytes of a store's file, and of its log; 0 where there is none just now."""
    return _size(path), _size(path.with_name(f"{path.name}-wal"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def measure_log(path: Path) -> LogLook:
    """See how long the log of an open store is, and who keeps it long."""
    size = path.with_name(f"{path.name}-wal").stat().st_size
    is_long = size > engine.MAX_LOG
    return LogLook(size, is_long, readers_of(path) if is_long else {})
