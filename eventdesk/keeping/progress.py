"""Whether the store has gone back: an older copy in its place, or the end of its log lost.

The spooler marks every few seconds, beside the keys, the last scan and the last entry of the audit.
A store in which these are missing, or are others, had come farther. The mark then stays as it is
until somebody accepts the loss; a restore by `eventdesk restore` does that by itself.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from data.progress_mark import Last, Progress, put_progress, read_progress
from data.schema import AuditRow, ScanRow
from data.store import Store
from eventdesk.acts import Permission, Steps, steps
from eventdesk.core.errors import AuditBrokenError
from eventdesk.core.messages import ENGLISH, Message, msg, reading
from eventdesk.core.private_file import folder_lock

NOTHING: Last = (0, UUID(int=0))

ADVICE = msg(
    "Look for the file that was here before. If it is lost: look at what was scanned and "
    "sold since, then eventdesk audit accept"
)


@dataclass(frozen=True, slots=True)
class GoneBack:
    """What the store had and has no more."""

    sentence: Message
    advice: Message = ADVICE


def mark_progress(store: Store) -> GoneBack | None:
    """Mark how far the store has come; the spooler calls this every few seconds.

    Returns:
        What is missing, if it has gone back; then the mark is left as it is.
    """
    folder, key = store.keys.folder, store.keys.audit_key
    with folder_lock(folder):
        # The mark first: what another process commits after that is no loss.
        found = gone_back(store)
        if found is None:
            with store.read() as connection:
                present = _present(connection)
            if present != read_progress(folder, key):
                put_progress(folder, key, present)
    return found


def gone_back(store: Store) -> GoneBack | None:
    """Compare the store with the mark; None when all that was marked is there."""
    try:
        mark = read_progress(store.keys.folder, store.keys.audit_key)
    except AuditBrokenError as error:
        return GoneBack(error.message, error.advice)
    if mark is None:
        return None
    with store.read() as connection:
        return _missing(connection, mark)


@steps(Permission.INSTALLATION)
def accept_progress(steps: Steps) -> GoneBack | None:
    """Take the store as it is, after a loss that somebody has looked at; the audit tells of it.

    Returns:
        What was missing until now.
    """
    found = gone_back(steps.store)
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        if found is None:
            return None
        subject = ("store", None)
        with reading(ENGLISH):  # who will read the audit is not known
            act.record("accept_progress", subject, missing=str(found.sentence))
    with steps.read() as act:
        present = _present(act.connection)
    put_progress(steps.store.keys.folder, steps.store.keys.audit_key, present)
    return found


def _missing(connection: Connection, mark: Progress) -> GoneBack | None:
    present = _present(connection)
    for what, had, has, id_of in (
        (msg("scan"), mark.scan, present.scan, _scan_id(connection, mark.scan[0])),
        (
            msg("entry of the audit"),
            mark.audit,
            present.audit,
            _entry_id(connection, mark.audit[0]),
        ),
    ):
        if had == NOTHING or id_of == had[1]:
            continue
        if has[0] < had[0]:
            ends = msg(
                "it ends with {what} {has}, but had come to {had}: an older copy was put in its "
                "place, or the end of its log is lost",
                what=what,
                has=has[0],
                had=had[0],
            )
            return GoneBack(ends)
        return GoneBack(
            msg(
                "{what} {had} is another one than it was: an older copy was put in its place and "
                "used",
                what=what,
                had=had[0],
            )
        )
    return None


def _present(connection: Connection) -> Progress:
    scan = connection.execute(
        select(ScanRow.no, ScanRow.id).order_by(ScanRow.no.desc()).limit(1)
    ).one_or_none()
    entry = connection.execute(
        select(AuditRow.seq, AuditRow.id).order_by(AuditRow.seq.desc()).limit(1)
    ).one_or_none()
    return Progress(
        NOTHING if scan is None else (scan.no, scan.id),
        NOTHING if entry is None else (entry.seq, entry.id),
    )


def _scan_id(connection: Connection, no: int) -> UUID | None:
    return connection.execute(select(ScanRow.id).where(ScanRow.no == no)).scalar_one_or_none()


def _entry_id(connection: Connection, seq: int) -> UUID | None:
    return connection.execute(select(AuditRow.id).where(AuditRow.seq == seq)).scalar_one_or_none()
