"""Files that printers have written: found, deleted, and noted as gone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, update

from data.schema import (
    DeliveryRow,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that still names an erased person, and why.

    Attributes:
        what: The document, the payments or the file.
        until: The last day on which it must be kept, ISO 8601; "" where nothing says when.
        why: Who wants it kept, or what to do about it.
    """

    what: str
    until: str
    why: str

    def __str__(self) -> str:
        """Say it in one line: `kept until 2036-12-31: invoice FAIR-I-00012 (the law)`."""
        return f"kept{f' until {self.until}' if self.until else ''}: {self.what} ({self.why})"


def files_of_badge(delivery_id: UUID, delivered_to: str) -> Iterator[Path]:
    """The text, picture and PDF of one badge; their names end in the delivery's."""
    where = Path(delivered_to)
    if not where.is_absolute() or not where.parent.is_dir():
        return
    for path in sorted(where.parent.glob(f"*{delivery_id}.*")):
        if path.is_file() and not path.is_symlink():
            yield path


def forget_files(connection: Connection, which: ColumnElement[bool]) -> None:
    """Leave of where badges were written only the folder: the file is called like the guest."""
    rows = connection.execute(
        select(DeliveryRow.id, DeliveryRow.delivered_to).where(
            which, DeliveryRow.delivered_to.is_not(None)
        )
    ).all()
    for row in rows:
        if str(row.id) in row.delivered_to:
            folder = str(Path(row.delivered_to).parent)
            connection.execute(
                update(DeliveryRow).where(DeliveryRow.id == row.id).values(delivered_to=folder)
            )


def delete_files(paths: Iterable[Path]) -> tuple[int, list[Kept]]:
    """Delete files; returns how many, and those that cannot be."""
    deleted, left = 0, []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            deleted += 1
        except OSError as error:
            left.append(Kept(str(path), "", f"it cannot be deleted: {error.strerror}"))
    return deleted, left
