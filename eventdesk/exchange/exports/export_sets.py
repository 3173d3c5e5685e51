"""Named sets of columns of an event's lists: kept, changed, scheduled, removed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from data.rows import AnyRow, count_rows, delete_row, insert_row, update_row
from data.schema import EventRow, ExportSetRow
from eventdesk.acts import Act, Permission, event_of, event_row, reads, the_one_named, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import kept_text, msg
from eventdesk.core.plain_text import file_name
from eventdesk.exchange.exports.exporting import LISTINGS, Listing
from eventdesk.exchange.exports.schedule import Every, Schedule, need_sound_schedule, next_due
from eventdesk.exchange.exports.selection import (
    EVERYTHING,
    Comparison,
    Condition,
    Selection,
    need_sound,
)
from eventdesk.tables.files import Form

MAX_SETS: Final = 50
"""Sets of an event; each may write files for ever."""

MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class NewExportSet:
    """A set as somebody wants it kept."""

    name: str
    listing: Listing
    form: Form = Form.CSV
    selection: Selection = EVERYTHING


@dataclass(frozen=True, slots=True)
class ExportSet:
    """A kept set.

    Attributes:
        schedule: When it is written by itself; None is by hand.
        folder: Where it is written by itself, below the exports.
        due_at: When it is written next; None where it never is.
        try_at: When it is tried again, where the last try failed.
        last_at: When it was last written by itself.
        files: What it wrote and what stays, below the exports, the newest last.
        problem: Why the last try came to nothing; "" where it did not.
    """

    id: UUID
    event_id: UUID
    name: str
    listing: Listing
    form: Form
    selection: Selection
    schedule: Schedule | None
    folder: str
    due_at: datetime | None
    try_at: datetime | None
    last_at: datetime | None
    files: tuple[str, ...]
    problem: str


@reads(Permission.TICKETS, Permission.MONEY, Permission.PROGRAMME, about="event_id")
def export_sets(
    act: Act, event_id: UUID, *, listing: Listing | None = None
) -> tuple[ExportSet, ...]:
    """Read the sets of those lists that the actor may take out, by name."""
    here = act.need(event_id, Permission.TICKETS, Permission.MONEY, Permission.PROGRAMME)
    query = _SETS.where(ExportSetRow.event_id == event_id)
    if listing is not None:
        query = query.where(ExportSetRow.listing == listing.value)
    found = map(as_set, act.connection.execute(query))
    return tuple(each for each in found if here.may(LISTINGS[each.listing].permission))


@reads(Permission.EVENT, about="event_id")
def find_export_set(act: Act, event_id: UUID, named: str) -> ExportSet:
    """Find a set by its name.

    Raises:
        NotFoundError: There is none, or several fit.
    """
    act.need(event_id, Permission.EVENT)
    rows = act.connection.execute(_SETS.where(ExportSetRow.event_id == event_id))
    sets = [as_set(row) for row in rows]
    return the_one_named("set of columns", named, sets, lambda one: one.name)


@reads(Permission.EVENT, about="event_id")
def export_columns(act: Act, event_id: UUID, listing: Listing) -> tuple[str, ...]:
    """The headings of a list, in its order; questions are among those of attendees."""
    act.need(event_id, Permission.EVENT)
    return _heading(act, event_id, listing)


@writes(Permission.EVENT, about="event_id")
def save_export_set(act: Act, event_id: UUID, new: NewExportSet) -> UUID:
    """Keep a set of columns under a name; returns its id.

    Raises:
        InvalidInputError: The name is taken or empty, a column is not there, or there are too many.
    """
    act.need(event_id, Permission.EVENT)
    if count_rows(act.connection, ExportSetRow.event_id == event_id) >= MAX_SETS:
        raise InvalidInputError(
            msg("An event keeps at most {most} sets of columns.", most=MAX_SETS),
            hint=msg("Delete one that is not needed."),
        )
    set_id = new_id()
    by_hand: dict[str, Any] = {"every": "", "minute": 0, "weekday": 0, "hours": 0, "keep": 1}
    values = {
        **_kept(act, event_id, new),
        **by_hand,
        "files": [],
        "problem": "",
        "made_by": None,
        "created_at": act.now,
    }
    try:
        insert_row(act.connection, ExportSetRow, id=set_id, event_id=event_id, **values)
    except IntegrityError as error:
        raise _taken(new.name) from error
    _record(act, "save_export_set", set_id, event_id, new)
    return set_id


@writes(Permission.EVENT, about=event_of(ExportSetRow, "set_id"))
def change_export_set(act: Act, set_id: UUID, new: NewExportSet) -> None:
    """Give a set another name, form, columns or conditions; its list stays.

    Raises:
        InvalidInputError: As `save_export_set`.
    """
    row = row_of(act, set_id)
    act.need(row.event_id, Permission.EVENT)
    new = replace(new, listing=Listing(row.listing))
    values = {**_kept(act, row.event_id, new), "problem": "", "said": None}
    if row.problem:  # the next try may go well now
        values["try_at"] = row.due_at
    try:
        update_row(act.connection, ExportSetRow, set_id, **values)
    except IntegrityError as error:
        raise _taken(new.name) from error
    _record(act, "change_export_set", set_id, row.event_id, new)


@writes(Permission.EVENT, about=event_of(ExportSetRow, "set_id"))
def remove_export_set(act: Act, set_id: UUID) -> str:
    """Forget a set and its schedule; the files it wrote stay. Returns its name."""
    row = row_of(act, set_id)
    act.need(row.event_id, Permission.EVENT)
    delete_row(act.connection, ExportSetRow, set_id)
    act.record("remove_export_set", ("event", row.event_id), event_id=row.event_id, name=row.name)
    return str(row.name)


@writes(Permission.EVENT, about=event_of(ExportSetRow, "set_id"))
def schedule_export_set(act: Act, set_id: UUID, schedule: Schedule | None) -> datetime | None:
    """Say when a set is written by itself; returns when it is next, None is never.

    Raises:
        InvalidInputError: A number of the schedule cannot be, or the event ends before that.
    """
    row = row_of(act, set_id)
    here = act.need(row.event_id, Permission.EVENT)
    due = None
    values: dict[str, Any] = {"every": "", "lease": None, "problem": "", "said": None}
    if schedule is not None:
        need_sound_schedule(schedule)
        event = event_row(act.connection, row.event_id)
        due = next_due(schedule, act.now, event.time_zone)
        if due > event.ends_at:
            raise InvalidInputError(
                msg("The event ends before a file would be due."),
                hint=msg("Exports are written by themselves until the event ends."),
            )
        values |= {
            "every": schedule.every.value,
            "minute": schedule.minute,
            "weekday": schedule.weekday,
            "hours": schedule.hours,
            "keep": schedule.keep,
            "made_by": here.id,
        }
    update_row(act.connection, ExportSetRow, set_id, due_at=due, try_at=due, **values)
    act.record(
        "schedule_export_set",
        ("event", row.event_id),
        event_id=row.event_id,
        name=row.name,
        every=values["every"],
    )
    return due


def row_of(act: Act, set_id: UUID) -> AnyRow:
    """The row of a set with its event's zone and end.

    Raises:
        NotFoundError: There is none.
    """
    row = act.connection.execute(_SETS.where(ExportSetRow.id == set_id)).one_or_none()
    if row is None:
        raise NotFoundError(
            msg("There is no such set of columns."), hint=msg("It was deleted; choose another.")
        )
    return row


def as_set(row: AnyRow) -> ExportSet:
    """A row as a set."""
    return ExportSet(
        row.id,
        row.event_id,
        row.name,
        Listing(row.listing),
        Form(row.form),
        Selection(
            tuple(row.columns),
            tuple(Condition(name, Comparison(sign), to) for name, sign, to in row.conditions),
            row.sort,
            row.descending,
        ),
        schedule_of(row),
        row.folder,
        row.due_at,
        row.try_at if row.problem else None,
        row.last_at,
        tuple(row.files),
        kept_text(row.said, "problem", row.problem),
    )


def schedule_of(row: AnyRow) -> Schedule | None:
    """The schedule of a row; None where it is written by hand."""
    if not row.every:
        return None
    return Schedule(Every(row.every), row.minute, row.weekday, row.hours, row.keep)


_SETS: Select[Any] = (
    select(*ExportSetRow.__table__.c, EventRow.time_zone, EventRow.ends_at, EventRow.code)
    .join(EventRow, EventRow.id == ExportSetRow.event_id)
    .order_by(ExportSetRow.folder)
)


def _kept(act: Act, event_id: UUID, new: NewExportSet) -> dict[str, Any]:
    """The columns of the row of a sound set."""
    name = new.name.strip()
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError(
            msg("A set of columns has a name of 1 to {most} characters.", most=MAX_NAME)
        )
    if new.listing is Listing.EVENTS:
        raise InvalidInputError(msg("Only lists of an event have sets of columns."))
    need_sound(new.selection, _heading(act, event_id, new.listing))
    event = event_row(act.connection, event_id)
    return {
        "name": name,
        "folder": file_name(f"{event.code} {name}", fallback=event.code).casefold(),
        "listing": new.listing.value,
        "form": new.form.value,
        "columns": list(new.selection.columns),
        "conditions": [
            [each.column, each.comparison.value, each.value] for each in new.selection.conditions
        ],
        "sort": new.selection.sort,
        "descending": new.selection.descending,
    }


def _heading(act: Act, event_id: UUID, listing: Listing) -> tuple[str, ...]:
    heading, _lines = LISTINGS[listing].read(act, event_row(act.connection, event_id))
    return heading


def _record(act: Act, verb: str, set_id: UUID, event_id: UUID, new: NewExportSet) -> None:
    act.record(
        verb,
        ("event", event_id),
        event_id=event_id,
        set=str(set_id),
        name=new.name.strip(),
        list=new.listing,
        columns=list(new.selection.columns),
        conditions=[str(each) for each in new.selection.conditions],
    )


def _taken(name: str) -> InvalidInputError:
    return InvalidInputError(
        msg("There is a set of columns called {name!r} already.", name=name[:MAX_NAME]),
        hint=msg("Give another name."),
    )
