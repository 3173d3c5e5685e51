"""Commands on badges in advance: print them on sheets, go on, print sheets again."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click

from badges.sheets import PaperSize, Sheet
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.booking import type_named
from eventdesk.cli.command import Lines, group, on_event
from eventdesk.cli.group import A_FILE, progress
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.printing import (
    Batch,
    BatchDone,
    Order,
    Wanted,
    drop_badges,
    list_batches,
    plan_badges,
    preview_badges,
    print_badges,
    reprint_sheets,
    settle_sheets,
)

badge_sheets_command = group(
    "badge-sheets",
    'eventdesk badge-sheets print --event "Harbour Summit" --order last-name --to badges.pdf',
    "eventdesk badge-sheets print --type VIP --printer cups:Office",
    more="Who is printed in advance gets no other badge at the first entry, unless the check-in "
    "list says so.",
)

_TO = click.option("--to", "path", type=A_FILE, help="The PDF; several get numbers.")
_PRINTER = click.option("--printer", default="", help="A queue of CUPS in place of a file.")


@badge_sheets_command.command("print", "--order last-name --to badges.pdf", "--type VIP --dry-run")
@on_event
@click.option("--type", "kinds", multiple=True, help="Only this ticket type; may be repeated.")
@click.option("--search", default="", help="Only who is found by this name, code or e-mail.")
@click.option("--also-unpaid", is_flag=True, help="Also those who have not paid.")
@click.option("--also-with-badge", is_flag=True, help="Also those who have a badge already.")
@click.option(
    "--order", type=click.Choice([str(each) for each in Order]), default="name", show_default=True
)
@click.option("--layout", default="", help="Layout, by name. Default: the event's.")
@click.option(
    "--paper", type=click.Choice([str(each) for each in PaperSize]), default="a4", show_default=True
)
@click.option(
    "--margin", type=click.FloatRange(0, 50), default=5.0, show_default=True, help="White edge, mm."
)
@click.option(
    "--gap", type=click.FloatRange(0, 50), default=0.0, show_default=True, help="Between two, mm."
)
@click.option("--no-marks", is_flag=True, help="Without crop marks.")
@_TO
@_PRINTER
@click.option("--dry-run", is_flag=True, help="Say how many it would be, and print nothing.")
def print_command(
    store: Store,
    event: EventView,
    kinds: Sequence[str],
    search: str,
    also_unpaid: bool,
    also_with_badge: bool,
    order: str,
    layout: str,
    paper: str,
    margin: float,
    gap: float,
    no_marks: bool,
    path: Path | None,
    printer: str,
    dry_run: bool,
) -> Lines:
    """Print badges in advance, as many a sheet as fit. Ctrl+C stops; `continue` goes on."""
    wanted = Wanted(
        type_ids=tuple(type_named(store, event.id, kind) for kind in kinds),
        search=search,
        without_badge=not also_with_badge,
        paid=not also_unpaid,
        order=Order(order),
        layout=layout,
        sheet=Sheet(PaperSize(paper), margin, gap, not no_marks),
    )
    preview = preview_badges(store, SYSTEM, event.id, wanted)
    yield _(
        "{badges} badges on {sheets} sheets, {places} a sheet, by the layout {layout}.",
        badges=preview.badges,
        sheets=preview.sheets,
        places=preview.places,
        layout=preview.layout,
    )
    if not dry_run:
        batch_id = plan_badges(store, SYSTEM, event.id, wanted, path=path, printer=printer)
        yield from _print(store, batch_id, preview.badges)


@badge_sheets_command.command("continue", "", "--came-out")
@on_event
@click.option("--came-out", is_flag=True, help="What the printer had last did come out.")
@click.option("--print-again", is_flag=True, help="It did not: print it again.")
def continue_command(store: Store, event: EventView, came_out: bool, print_again: bool) -> Lines:
    """Print what is left of badges that were stopped, or whose program ended."""
    batch = _open_batch(store, event)
    if came_out and print_again:
        raise click.UsageError(_("Give one of --came-out and --print-again."))
    if came_out or print_again:
        settle_sheets(store, SYSTEM, batch.id, came_out=came_out)
        if came_out and batch.done + batch.at_printer == batch.badges:
            return
    yield from _print(store, batch.id, batch.badges)


@badge_sheets_command.command("list")
@on_event
def list_command(store: Store, event: EventView) -> Sequence[str]:
    """List what is or was printed in advance, the newest first."""
    batches = list_batches(store, SYSTEM, event.id)
    return [_line(each) for each in batches] or [_("No badges were printed in advance.")]


def _line(batch: Batch) -> str:
    states = {"open": _("open"), "done": _("done"), "dropped": _("dropped")}
    return _(
        "{at:%Y-%m-%d %H:%M}  {done} of {badges} badges, {sheets} sheets  {state}  {target}",
        at=batch.created_at,
        done=batch.done,
        badges=batch.badges,
        sheets=batch.sheets,
        state=states[batch.state],
        target=plain(batch.target, limit=300),
    )


@badge_sheets_command.command("reprint", "3", "3-5 --to again.pdf")
@click.argument("sheets")
@on_event
@_TO
@_PRINTER
def reprint_command(
    store: Store, event: EventView, sheets: str, path: Path | None, printer: str
) -> Lines:
    """Print SHEETS of what was printed last once more: one, or from-to."""
    first, _dash, last = sheets.partition("-")
    if not (first.isascii() and first.isdigit() and (last or first).isdigit()):
        raise InvalidInputError(
            msg("{sheets!r} names no sheets.", sheets=sheets[:20]), hint=msg("Write 3 or 3-5.")
        )
    batches = list_batches(store, SYSTEM, event.id)
    if not batches:
        raise NotFoundError(msg("No badges were printed in advance."))
    done = reprint_sheets(
        store, SYSTEM, batches[0].id, int(first), int(last or first), path=path, printer=printer
    )
    yield from _said(done)


@badge_sheets_command.command("drop")
@on_event
def drop_command(store: Store, event: EventView) -> str:
    """Print no more of badges that were stopped; those that are out stay noted."""
    batch = _open_batch(store, event)
    drop_badges(store, SYSTEM, batch.id)
    left = batch.badges - batch.done
    return _n("{count} badge is not printed.", "{count} badges are not printed.", left)


def _open_batch(store: Store, event: EventView) -> Batch:
    for batch in list_batches(store, SYSTEM, event.id):
        if batch.state == "open":
            return batch
    raise NotFoundError(
        msg("No badges of this event are half printed."),
        hint=msg("Begin with: eventdesk badge-sheets print"),
    )


def _print(store: Store, batch_id: UUID, badges: int) -> Lines:
    with progress(_("Drawing"), badges) as told:
        done = print_badges(store, SYSTEM, batch_id, on_progress=told)
    yield from _said(done)


def _said(done: BatchDone) -> Lines:
    yield _n("{count} badge is printed.", "{count} badges are printed.", done.badges)
    for file in done.files:
        yield str(file)
