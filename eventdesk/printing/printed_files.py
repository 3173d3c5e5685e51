"""Badge files that printers wrote: found, and deleted some days after the event.

The name of the guest is on the badge and in the name of its file. Of a badge that waits, failed or
is on its way nothing is touched; the row of the badge stays, with the folder it went to. Nothing is
deleted while nobody knows whether the clock is right (`store_clock`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from data.rows import update_row
from data.schema import DeliveryRow, EventRow
from eventdesk.acts import Clock, Steps, clock_now, steps
from eventdesk.core.messages import _


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
        if not self.until:
            return _("kept: {what} ({why})", what=self.what, why=self.why)
        return _(
            "kept until {until}: {what} ({why})", until=self.until, what=self.what, why=self.why
        )


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
            update_row(connection, DeliveryRow, row.id, delivered_to=folder)


def delete_files(paths: Iterable[Path]) -> tuple[int, list[Kept]]:
    """Delete files; returns how many, and those that cannot be."""
    deleted, left = 0, []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            deleted += 1
        except OSError as error:
            left.append(
                Kept(str(path), "", _("it cannot be deleted: {strerror}", strerror=error.strerror))
            )
    return deleted, left


AT_ONCE: Final = 500
"""Badges whose files are deleted between two transactions."""

_OUT: Final = ("printed", "sent")


@steps(internal=True)
def thin_badges(steps: Steps, *, days: int) -> int:
    """Delete the files of badges whose event ended, and which came out, so many days ago.

    Returns how many; those that cannot be deleted are tried again. 0 days keeps them for ever.
    """
    if days <= 0 or clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    deleted, before, after = 0, steps.now - timedelta(days=days), None
    files = or_(*(DeliveryRow.delivered_to.endswith(each) for each in (".txt", ".png", ".pdf")))
    due = and_(
        DeliveryRow.kind == "badge",
        DeliveryRow.state.in_(_OUT),
        DeliveryRow.finished_at < before,
        files,
        DeliveryRow.payload["batch"].as_string().is_(None),  # sheets hold badges of others too
    )
    while True:
        query = (
            select(DeliveryRow.id, DeliveryRow.delivered_to)
            .join(EventRow, EventRow.id == DeliveryRow.event_id)
            .where(due, EventRow.ends_at < before)
            .order_by(DeliveryRow.id)
            .limit(AT_ONCE)
        )
        with steps.read() as act:
            rows = act.connection.execute(
                query if after is None else query.where(DeliveryRow.id > after)
            ).all()
        if not rows:
            return deleted
        after, gone = rows[-1].id, []
        for row in rows:
            count, left = delete_files(files_of_badge(row.id, row.delivered_to))
            deleted += count
            if not left:
                gone.append(row.id)
        with steps.write() as act:
            forget_files(act.connection, DeliveryRow.id.in_(gone))
