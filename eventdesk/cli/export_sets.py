"""Commands on named sets of columns: keep, write, schedule."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Told, as_json, group, on_event
from eventdesk.cli.group import A_FILE, OVERWRITE, progress
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken as spoken_time
from eventdesk.events import EventView
from eventdesk.exchange import (
    LISTINGS,
    MAX_HOURS,
    MAX_KEPT,
    USUALLY_KEPT,
    WEEKDAYS,
    Every,
    ExportSet,
    Listing,
    NewExportSet,
    Schedule,
    Selection,
    change_export_set,
    export_columns,
    export_sets,
    find_export_set,
    read_condition,
    read_minute,
    remove_export_set,
    save_export_set,
    schedule_export_set,
    spoken,
    spoken_schedule,
)
from eventdesk.tables.files import Form

DAYS: Final = tuple(day.text[:3].lower() for day in WEEKDAYS)
"""The days of the week as a command takes them: mon, tue, …"""

_LISTS: Final = click.Choice([str(each) for each in Listing if each is not Listing.EVENTS])
_FORM: Final = click.option(
    "--format", "form", type=click.Choice([str(each) for each in Form]), default="csv"
)

export_set_command = group(
    "export-set",
    'eventdesk export-set save "Mail list" attendees --columns name,email --where "state = valid"',
    'eventdesk export-set schedule "Mail list" --daily 08:00 --keep 14',
    more="A spooler writes what is due: a desk, a kiosk or another program open on the store.",
)


@export_set_command.command("list")
@on_event
@as_json()
def list_command(store: Store, event: EventView) -> Told:
    """List the sets of an event: what they take, when they are written, what went wrong."""
    sets = export_sets(store, SYSTEM, event.id)
    lines = [line for each in sets for line in _told(each, event)]
    return Told(
        lines or [_("No set of columns yet; `eventdesk export-set save` makes one.")],
        lambda: [asdict(each) for each in sets],
        indent=1,
    )


def _told(kept: ExportSet, event: EventView) -> Sequence[str]:
    name, what = plain(kept.name), plain(str(spoken(kept.selection)), limit=300)
    lines = [f"{name}  {kept.listing} · {kept.form} · {what} · {spoken_schedule(kept.schedule)}"]
    if kept.due_at is not None:
        lines.append(_("  next {at}", at=spoken_time(kept.due_at, event.time_zone)))
    if kept.problem:
        lines.append(_("  ✗ {problem}", problem=plain(kept.problem, limit=300)))
    return lines


@export_set_command.command("columns", "attendees")
@click.argument("listing", type=_LISTS)
@on_event
def columns_command(store: Store, event: EventView, listing: str) -> Sequence[str]:
    """Name the columns of a list, one a line."""
    return [plain(each) for each in export_columns(store, SYSTEM, event.id, Listing(listing))]


@export_set_command.command(
    "save", '"Mail list" attendees --columns name,email --where "state = valid" --sort name'
)
@click.argument("name")
@click.argument("listing", type=_LISTS)
@click.option("--columns", default="", help="Columns in their order, with commas. Default: all.")
@click.option(
    "--where", "conditions", multiple=True, help="COLUMN, one of = != ~ >= <=, and a value."
)
@click.option("--sort", default="", help="The column that orders the rows.")
@click.option("--descending", is_flag=True, help="With --sort: the last first.")
@_FORM
@on_event
def save_command(
    store: Store,
    event: EventView,
    name: str,
    listing: str,
    columns: str,
    conditions: Sequence[str],
    sort: str,
    descending: bool,
    form: str,
) -> str:
    """Keep columns, conditions and order of a list under a name."""
    heading = export_columns(store, SYSTEM, event.id, Listing(listing))
    selection = Selection(
        _columns(columns, heading), tuple(map(read_condition, conditions)), sort, descending
    )
    save_export_set(
        store, SYSTEM, event.id, NewExportSet(name, Listing(listing), Form(form), selection)
    )
    return _("{name} is kept: {what}.", name=plain(name), what=plain(str(spoken(selection))))


def _columns(typed: str, heading: Sequence[str]) -> tuple[str, ...]:
    """The columns of a text with commas; a heading that has commas itself is one column."""
    wanted, rest = [], typed.strip()
    while rest:
        whole = [each for each in heading if rest == each or rest.startswith(f"{each},")]
        name = max(whole, key=len) if whole else rest.partition(",")[0].strip()
        wanted.append(name)
        rest = rest[len(name) :].lstrip(", ") if whole else rest.partition(",")[2].strip()
    return tuple(wanted)


@export_set_command.command("run", '"Mail list"', '"Mail list" --to mail.csv --overwrite')
@click.argument("name", default="")
@click.option("--to", "path", type=A_FILE, help="The file.")
@OVERWRITE
@on_event
def run_command(
    store: Store, event: EventView, name: str, path: Path | None, overwrite: bool
) -> str:
    """Write a set into a file now; its schedule stays as it is."""
    kept = find_export_set(store, SYSTEM, event.id, name)
    with progress(_("Writing"), event.tickets) as told:
        done = LISTINGS[kept.listing].write(
            store,
            SYSTEM,
            kept.form,
            event_id=event.id,
            path=path,
            overwrite=overwrite,
            selection=kept.selection,
            on_progress=told,
        )
    return _n("{count} row is in {path}.", "{count} rows are in {path}.", done.rows, path=done.path)


@export_set_command.command(
    "schedule", '"Mail list" --daily 08:00', '"Mail list" --weekly mon@07:30 --keep 4'
)
@click.argument("name", default="")
@click.option("--daily", default="", metavar="HH:MM", help="Every day at this time at the event.")
@click.option("--weekly", default="", metavar="DAY@HH:MM", help="Once a week: mon@08:00.")
@click.option("--every", type=click.IntRange(1, MAX_HOURS), help="Every so many hours.")
@click.option("--off", is_flag=True, help="By hand only.")
@click.option(
    "--keep",
    type=click.IntRange(1, MAX_KEPT),
    default=USUALLY_KEPT,
    show_default=True,
    help="How many files stay.",
)
@on_event
def schedule_command(
    store: Store,
    event: EventView,
    name: str,
    daily: str,
    weekly: str,
    every: int | None,
    off: bool,
    keep: int,
) -> str:
    """Have a set written by itself, until the event ends, into a folder of the exports."""
    if sum(map(bool, (daily, weekly, every, off))) != 1:
        raise click.UsageError(_("Give one of --daily, --weekly, --every and --off."))
    kept = find_export_set(store, SYSTEM, event.id, name)
    due = schedule_export_set(store, SYSTEM, kept.id, _schedule(daily, weekly, every, keep))
    said = plain(kept.name)
    if due is None:
        return _("{name} is written by hand only.", name=said)
    at = spoken_time(due, event.time_zone)
    folder = store.home / "exports" / kept.folder
    return _("{name} is written {at} next, into {folder}.", name=said, at=at, folder=folder)


def _schedule(daily: str, weekly: str, every: int | None, keep: int) -> Schedule | None:
    if daily:
        return Schedule(Every.DAY, minute=read_minute(daily), keep=keep)
    if every:
        return Schedule(Every.HOURS, hours=every, keep=keep)
    if not weekly:
        return None
    day, _at, time = weekly.partition("@")
    if day.lower()[:3] not in DAYS:
        raise InvalidInputError(
            msg("{day!r} is no day of the week.", day=day[:20]),
            hint=Message(f"{' '.join(DAYS)}: mon@08:00"),
        )
    return Schedule(
        Every.WEEK, minute=read_minute(time), weekday=DAYS.index(day.lower()[:3]), keep=keep
    )


@export_set_command.command("rename", '"Mail list" "Press list"')
@click.argument("name")
@click.argument("new_name")
@on_event
def rename_command(store: Store, event: EventView, name: str, new_name: str) -> str:
    """Give a set another name; what is due later goes into a folder of that name."""
    kept = find_export_set(store, SYSTEM, event.id, name)
    change_export_set(store, SYSTEM, kept.id, replace(_new(kept), name=new_name))
    return _("{name} is called {new} now.", name=plain(kept.name), new=plain(new_name))


@export_set_command.command("remove", '"Mail list"')
@click.argument("name")
@on_event
def remove_command(store: Store, event: EventView, name: str) -> str:
    """Forget a set and its schedule; the files it wrote stay."""
    kept = find_export_set(store, SYSTEM, event.id, name)
    remove_export_set(store, SYSTEM, kept.id)
    return _("{name} is forgotten; its files stay.", name=plain(kept.name))


def _new(kept: ExportSet) -> NewExportSet:
    return NewExportSet(kept.name, kept.listing, kept.form, kept.selection)
