"""The log of the store: short, or who keeps it from being folded."""

from collections.abc import Iterator

from data.sqlite.engine import LONGEST_LOG
from data.sqlite.log import readers_of
from eventdesk.core.plain_text import plain
from eventdesk.keeping.examination.finding import Finding, Patient, care, good

MIB = 1024**2


def look(patient: Patient) -> Iterator[Finding]:
    """Compare its length with what it has while nobody reads for long."""
    if patient.store is None:
        return
    path = patient.store.path
    size = path.with_name(f"{path.name}-wal").stat().st_size
    if size <= LONGEST_LOG:
        yield good("log", f"{size / MIB:.0f} MiB wait to be folded or written over")
        return
    long = f"the log of the store has {size / MIB:,.0f} MiB"
    readers = [f"{number} ({plain(name)})" for number, name in readers_of(path).items()]
    if readers:
        yield care(
            "log",
            f"{long}: what process {', '.join(readers)} reads from cannot be folded",
            "Let its backup, export or archive finish, or end it; the log is cut then.",
        )
    else:
        yield care(
            "log",
            f"{long}, and nobody reads from it for long",
            "It is cut after the next check-in; if not, close every eventdesk on this home.",
        )
