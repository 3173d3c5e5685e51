"""Commands that take data out: lists, mirrors, reports."""

import os
from contextlib import suppress
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import EVENT, Lines, command, on_store
from eventdesk.cli.group import A_FILE, A_FOLDER, OVERWRITE, progress
from eventdesk.cli.stopping import until_interrupted
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.lost_memory import told_of_lost_memory
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.reports import ReportKind
from eventdesk.events import find_event
from eventdesk.exchange import LISTINGS, Listing, Mirrored, follow_store, refresh_mirror
from eventdesk.figures import REPORTS, ReportForm, platform_report, save_report
from eventdesk.tables.files import Form


@command(
    "export", "attendees --format xlsx", "bookings --to bookings.csv", "--mirror /srv/fair --follow"
)
@click.argument("listing", required=False, type=click.Choice([str(each) for each in Listing]))
@EVENT
@click.option(
    "--format",
    "form",
    type=click.Choice([str(each) for each in Form]),
    help="Without it, as the file of --to ends, else csv.",
)
@click.option("--to", "path", type=A_FILE, help="The file.")
@click.option(
    "--mirror", type=A_FOLDER, help="Keep everything as plain files in this folder instead."
)
@click.option("--follow", is_flag=True, help="With --mirror: go on until Ctrl+C.")
@OVERWRITE
@on_store
def export_command(
    store: Store,
    listing: str | None,
    named: str,
    form: str | None,
    path: Path | None,
    mirror: Path | None,
    follow: bool,
    overwrite: bool,
) -> Lines:
    """Write a list into a file, or keep a mirror of everything in plain files.

    No cell of a file is ever run as a formula. Without --to the file goes to the home folder's
    exports, the only part of a home that takes files. A mirror is for looking only: what somebody
    changes in its files is overwritten, with a line here that says so, and changes nothing in the
    store.
    """
    if (listing is None) == (mirror is None):
        both = _("Name either a list or a folder with --mirror, not both.")
        raise click.UsageError(both if listing else _("Name a list, or a folder with --mirror."))
    if follow and mirror is None:
        raise click.UsageError(_("--follow goes with --mirror."))
    if mirror is not None:
        _mirror(store, mirror, follow=follow, overwrite=overwrite)
        return
    kind = Listing(str(listing))
    # The house's own list needs no event.
    event = find_event(store, SYSTEM, named) if kind is not Listing.EVENTS else None
    with progress(_("Writing"), event.tickets if event else 0) as told:
        done = LISTINGS[kind].write(
            store,
            SYSTEM,
            _form(form, path),
            event_id=event.id if event else None,
            path=path,
            overwrite=overwrite,
            on_progress=told,
        )
    yield _n("{count} row is in {path}.", "{count} rows are in {path}.", done.rows, path=done.path)


def _form(given: str | None, path: Path | None) -> Form:
    """The form that was asked for, else that of the file's ending.

    Raises:
        InvalidInputError: The file's ending is of no form, or of another one.
    """
    ending = path.suffix.lstrip(".").lower() if path is not None else ""
    if given is not None and (not ending or ending not in set(Form)):
        return Form(given)
    if given is None and ending not in {"", *Form}:
        raise InvalidInputError(
            msg("{path} names no form of a list.", path=path),
            hint=msg("Use .csv, .xlsx or .json, or add --format."),
        )
    if given is not None and ending != given:
        raise InvalidInputError(
            msg("{path} ends like another form than {given}.", path=path, given=given),
            hint=msg("Name it .{given}.", given=given),
        )
    return Form(ending or Form.CSV)


def _mirror(store: Store, folder: Path, *, follow: bool, overwrite: bool) -> None:
    def refresh() -> None:
        _tell(refresh_mirror(store, SYSTEM, folder, overwrite=overwrite))

    with until_interrupted() as stop, told_of_lost_memory(store.path):
        refresh()
        if follow:
            follow_store(store, refresh, stop=stop)


def _tell(done: Mirrored) -> None:
    for name in done.overwritten:
        click.echo(_("{name} was changed by hand and is overwritten.", name=name), err=True)
    if done.written:
        click.echo(
            _n(
                "{count} file written, {unchanged} as they were.",
                "{count} files written, {unchanged} as they were.",
                len(done.written),
                unchanged=done.unchanged,
            )
        )


@command("report", "revenue", "attendance --format pdf --to attendance.pdf")
@click.argument("kind", type=click.Choice([*map(str, REPORTS), ReportKind.PLATFORM.value]))
@EVENT
@click.option("--format", "form", type=click.Choice([str(each) for each in ReportForm]))
@click.option("--to", "path", type=A_FILE, help="The file.")
@OVERWRITE
@on_store
def report_command(
    store: Store, kind: str, named: str, form: str | None, path: Path | None, overwrite: bool
) -> Lines:
    """Show a report, or save it as CSV, XLSX or PDF.

    All but `platform`, which adds up revenue and commission of all events, are of one event.
    """
    if form is None and path is not None:
        form = path.suffix.lstrip(".").lower()
        if form not in set(ReportForm):
            raise InvalidInputError(
                msg("{path} names no form of a report.", path=path),
                hint=msg("Use .csv, .xlsx or .pdf."),
            )
    if kind == ReportKind.PLATFORM:
        report = platform_report(store, SYSTEM)
    else:
        event_id = find_event(store, SYSTEM, named).id
        report = REPORTS[ReportKind(kind)].make(store, SYSTEM, event_id)
    if form is not None:
        files = save_report(store, SYSTEM, report, form=form, path=path, overwrite=overwrite)
        for file in files:
            yield str(file)
        return
    from eventdesk.documents.report_text import report_text

    click.echo(report_text(report, width=_width()), nl=False)


def _width() -> int:
    with suppress(OSError):
        return os.get_terminal_size().columns
    return 100
