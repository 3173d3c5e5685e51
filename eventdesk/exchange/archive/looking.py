"""Looking at archives: which lie among the exports, what is in one, and what it would bring."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.migrate import HEAD
from data.schema import AccountRow, EventRow
from eventdesk.acts import Act, Permission, ReadingSteps, reads, reads_in_steps
from eventdesk.core.output_files import EXPORTS
from eventdesk.exchange.archive.package import SUFFIX, Package, opened_package
from eventdesk.exchange.archive.values import fields_of

MAX_LISTED: Final = 500


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """An archive among the exports."""

    path: Path
    size: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ArchiveLook:
    """What is in an archive that is whole, and what importing it would do here.

    Attributes:
        rows: Rows by table; those without any are left out.
        new_people: People that have no account here yet.
        here_as: Name of the event where it is here already; "" where it is not.
        is_newer: Whether a newer eventdesk wrote it, so that this one cannot take it in.
    """

    event_id: UUID
    event_name: str
    made_at: datetime
    rows: dict[str, int]
    new_people: int
    here_as: str
    is_newer: bool

    @property
    def tickets(self) -> int:
        """How many tickets it holds."""
        return self.rows.get("ticket", 0)

    @property
    def fits(self) -> bool:
        """Whether it can be imported here."""
        return not self.here_as and not self.is_newer


@reads(Permission.INSTALLATION, local=True)
def archives_here(act: Act) -> tuple[ArchiveFile, ...]:
    """List the archives among the exports, the newest first."""
    act.need(None, Permission.INSTALLATION)
    found = []
    for path in (act.store.home / EXPORTS).glob(f"*.{SUFFIX}"):
        try:
            about = path.stat()
        except OSError:  # it has just gone
            continue
        made_at = datetime.fromtimestamp(about.st_mtime, UTC)
        found.append(ArchiveFile(path, about.st_size, made_at))
    return tuple(sorted(found, key=lambda each: each.made_at, reverse=True)[:MAX_LISTED])


@reads_in_steps(Permission.INSTALLATION, local=True)
def look_into_archive(steps: ReadingSteps, path: Path, *, passphrase: str) -> ArchiveLook:
    """Check that an archive is whole, and say what is in it; nothing is changed.

    Raises:
        InvalidInputError: It is no whole archive, or the passphrase is wrong.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    with opened_package(path, passphrase) as package, steps.read() as act:
        here = select(EventRow.name).where(EventRow.id == package.event_id)
        name = act.connection.execute(here).scalar_one_or_none()
        return ArchiveLook(
            package.event_id,
            package.event_name,
            package.made_at,
            {table: rows for table, rows in package.rows.items() if rows},
            _new_people(act, package),
            name or "",
            package.schema > HEAD,
        )


def _new_people(act: Act, package: Package) -> int:
    known = set(act.connection.execute(select(AccountRow.email)).scalars())
    kinds = {"id": UUID, "email": str, "name": str}
    theirs = (fields_of(kinds, line)["email"] for line in package.lines("account"))
    return sum(email not in known for email in theirs)
