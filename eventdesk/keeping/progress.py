"""The progress mark: detects a store that was replaced by an older copy, or lost its last writes.

Every few seconds the spooler writes the last scan and the last audit entry into a file beside the
keys. A store without these rows has gone back. The mark then stays until somebody accepts the
loss; `eventdesk restore` accepts it by itself.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.progress_mark import Last, Progress, put_progress, read_progress
from data.schema import AuditRow, ScanRow
from eventdesk.acts import SYSTEM, Permission, ReadingSteps, Steps, reads_in_steps, steps
from eventdesk.core.errors import AuditBrokenError
from eventdesk.core.messages import ENGLISH, Message, msg, reading
from eventdesk.core.private_file import folder_lock
from eventdesk.core.remedies import Remedy, advise

NOTHING: Last = (0, UUID(int=0))

ADVICE = advise(Remedy.FIND_FILE)


@dataclass(frozen=True, slots=True)
class GoneBack:
    """A loss: what is missing, and what to do about it."""

    sentence: Message
    advice: Message = ADVICE


@reads_in_steps(internal=True)
def mark_progress(steps: ReadingSteps) -> GoneBack | None:
    """Write the mark, unless the store has gone back; returns what is missing then."""
    folder, key = steps.store.keys.folder, steps.store.keys.audit_key
    with folder_lock(folder):
        # Read the mark first: what another process commits after that is no loss.
        found = gone_back(steps.store, SYSTEM)
        if found is None:
            with steps.read() as act:
                present = _present(act.connection)
            if present != read_progress(folder, key):
                put_progress(folder, key, present)
    return found


@reads_in_steps(local=True)
def gone_back(steps: ReadingSteps) -> GoneBack | None:
    """Compare the store with the mark; None when nothing is missing."""
    try:
        mark = read_progress(steps.store.keys.folder, steps.store.keys.audit_key)
    except AuditBrokenError as error:
        return GoneBack(error.message, error.advice)
    if mark is None:
        return None
    with steps.read() as act:
        return _missing(act.connection, mark)


@steps(Permission.INSTALLATION, local=True)
def accept_progress(steps: Steps) -> GoneBack | None:
    """Accept a loss that somebody has looked into; returns what was missing."""
    found = gone_back(steps.store, SYSTEM)
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        if found is None:
            return None
        with reading(ENGLISH):  # who will read the audit is not known
            act.record("accept_progress", ("store", None), missing=str(found.sentence))
    with steps.read() as act:
        present = _present(act.connection)
    put_progress(steps.store.keys.folder, steps.store.keys.audit_key, present)
    return found


def _missing(connection: Connection, mark: Progress) -> GoneBack | None:
    for what, had, number, row in (
        (msg("scan"), mark.scan, ScanRow.no, ScanRow),
        (msg("entry of the audit"), mark.audit, AuditRow.seq, AuditRow),
    ):
        same = select(row.id).where(number == had[0])
        if had == NOTHING or connection.execute(same).scalar_one_or_none() == had[1]:
            continue
        last = _last(connection, number, row)[0]
        if last < had[0]:
            ends = msg(
                "it ends with {what} {has}, but had come to {had}: an older copy was put in its "
                "place, or the end of its log is lost",
                what=what,
                has=last,
                had=had[0],
            )
            return GoneBack(ends)
        other = msg(
            "{what} {had} is another one than it was: an older copy was put in its place and used",
            what=what,
            had=had[0],
        )
        return GoneBack(other)
    return None


def _present(connection: Connection) -> Progress:
    return Progress(
        _last(connection, ScanRow.no, ScanRow), _last(connection, AuditRow.seq, AuditRow)
    )


def _last(connection: Connection, number: Any, row: type[ScanRow | AuditRow]) -> Last:
    found = connection.execute(select(number, row.id).order_by(number.desc()).limit(1)).first()
    return NOTHING if found is None else (found[0], found[1])
