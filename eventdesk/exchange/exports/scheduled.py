"""Exports that are written by themselves: once for each due time, whichever program does it.

Who writes one takes a lease first, so that another program takes over from one that died. The file
is called after its due time: what a dead program may have written is written over, never beside.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from data.rows import AnyRow
from data.schema import AccountRow, ExportSetRow
from data.store import Store
from eventdesk.acts import EXPORTED, Act, Steps, event_row, steps
from eventdesk.core.errors import EventDeskError, StoreError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, kept_texts, msg
from eventdesk.core.output_files import EXPORTS
from eventdesk.core.plain_text import file_name
from eventdesk.exchange.exports.export_sets import as_set, row_of, schedule_of
from eventdesk.exchange.exports.exporting import LISTINGS, Exported
from eventdesk.exchange.exports.schedule import next_due
from eventdesk.exchange.exports.selection import selected
from eventdesk.tables.files import save_table

LEASE: Final = timedelta(minutes=10)
"""How long the writing of one may take before another program takes over."""

TRY_AGAIN: Final = timedelta(minutes=5)


@steps(internal=True)
def write_due_exports(steps: Steps) -> int:
    """Write the exports that are due; returns how many were written."""
    with steps.read() as act:
        due = (
            select(ExportSetRow.id)
            .where(ExportSetRow.try_at.is_not(None), ExportSetRow.try_at <= act.now)
            .order_by(ExportSetRow.try_at)
        )
        ids = list(act.connection.execute(due).scalars())
    return sum(_write_due(steps, set_id) for set_id in ids)


def _write_due(steps: Steps, set_id: UUID) -> bool:
    """Write one export that is due, unless another program has it or had it."""
    lease = new_id().hex
    row = _leased(steps, set_id, lease)
    if row is None:
        return False
    try:
        done = _written(steps, row)
    except StoreError:
        raise
    except EventDeskError as error:
        _note_failed(steps, row, lease, error.whole)
        return False
    with steps.write(about=row.event_id) as act:
        now = _mine(act, set_id, lease)
        if now is None:
            return False
        schedule = schedule_of(row)
        assert schedule is not None
        due: datetime | None = next_due(schedule, act.now, row.time_zone, last=row.due_at)
        if due is not None and due > row.ends_at:
            due = None
        gone = _finish(act, now, done, {"due_at": due, "try_at": due, "lease": None})
    _delete(steps.store, gone)
    return True


def _leased(steps: Steps, set_id: UUID, lease: str) -> AnyRow | None:
    """Take an export that is due; None where there is nothing to do any more."""
    with steps.write() as act:
        taken = act.connection.execute(
            update(ExportSetRow)
            .where(
                ExportSetRow.id == set_id,
                ExportSetRow.every != "",
                ExportSetRow.due_at.is_not(None),
                ExportSetRow.try_at <= act.now,
            )
            .values(try_at=act.now + LEASE, lease=lease)
        )
        return row_of(act, set_id) if taken.rowcount else None


def _mine(act: Act, set_id: UUID, lease: str) -> AnyRow | None:
    """The row of a set while the lease is one's own."""
    held = select(ExportSetRow.lease).where(ExportSetRow.id == set_id)
    if act.connection.execute(held).scalar_one_or_none() != lease:
        return None
    return row_of(act, set_id)


def _written(steps: Steps, row: AnyRow) -> Exported:
    """Write the file of a set for its due time."""
    kept, at = as_set(row), row.due_at.astimezone(ZoneInfo(row.time_zone))
    again = " b" if at.fold else ""  # the second hour where the clocks go back
    stem = f"{row.name} {at:%Y-%m-%d %H%M}{again}"
    place = (
        steps.store.home
        / EXPORTS
        / row.folder
        / f"{file_name(stem, fallback='export')}.{kept.form}"
    )
    spec = LISTINGS[kept.listing]
    with steps.read() as act:
        listed = spec.read(act, event_row(act.connection, row.event_id))
        heading, lines = selected(listed, kept.selection)
        title = in_english(spec.title)
        rows = save_table(place, kept.form, heading, lines, title=title, overwrite=True)
    return Exported(place, rows)


def _finish(act: Act, row: AnyRow, done: Exported, values: dict[str, Any]) -> list[str]:
    """Note a written file; returns the files that are too many by now."""
    name = f"{row.folder}/{done.path.name}"
    files = [*(each for each in row.files if each != name), name]
    gone, files = files[: -row.keep], files[-row.keep :]
    act.connection.execute(
        update(ExportSetRow)
        .where(ExportSetRow.id == row.id)
        .values(files=files, last_at=act.now, problem="", said=None, **values)
    )
    act.record(
        EXPORTED,
        ("event", row.event_id),
        event_id=row.event_id,
        list=row.listing,
        set=row.name,
        file=name,
        rows=done.rows,
    )
    return gone


def _delete(store: Store, files: list[str]) -> None:
    """Delete files that a set wrote; one that is gone already is no matter."""
    exports = (store.home / EXPORTS).resolve()
    for each in files:
        path = exports / each
        if path.resolve().is_relative_to(exports) and path.is_file():
            path.unlink(missing_ok=True)


def _note_failed(steps: Steps, row: AnyRow, lease: str, problem: Message) -> None:
    """Note why a file could not be written, tell of it once a due time, and try again soon."""
    with steps.write(about=row.event_id) as act:
        if _mine(act, row.id, lease) is None:
            return
        act.connection.execute(
            update(ExportSetRow)
            .where(ExportSetRow.id == row.id)
            .values(try_at=act.now + TRY_AGAIN, lease=None, **kept_texts(problem=problem))
        )
        act.record(
            "export_failed",
            ("event", row.event_id),
            event_id=row.event_id,
            set=row.name,
            reason=in_english(problem),
        )
        if not row.problem:
            for account_id in _told(act, row):
                title = msg("The export {name} could not be written", name=row.name)
                act.tell(account_id, "account", title, problem, event_id=row.event_id)


def _told(act: Act, row: AnyRow) -> list[UUID]:
    """Who is told of a failure: who made the schedule, else the admins."""
    if row.made_by is not None:
        return [row.made_by]
    return list(act.connection.execute(select(AccountRow.id).where(AccountRow.is_admin)).scalars())
