"""Commands on what money leaves in writing: statements, vouchers, invoices."""

from datetime import datetime
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.booking.bookings import find_booking
from eventdesk.cli.command import group, on_event, on_store
from eventdesk.cli.encodings import ENCODING, show_guess
from eventdesk.cli.group import OVERWRITE
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.documents.document import Series
from eventdesk.documents.text import as_text
from eventdesk.events.event import EventView
from eventdesk.money.event_money import event_money
from eventdesk.money.invoices import (
    export_document,
    find_document,
    issue_invoice,
    list_documents,
    read_document,
)
from eventdesk.money.statements import (
    Match,
    StatementLine,
    import_statement,
    list_statement_lines,
    preview_statement,
)
from eventdesk.money.vouchers import add_vouchers, list_vouchers

LIMIT = click.option("--limit", default=50, show_default=True, help="How many at most.")
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


statement_command = group("statement", "eventdesk statement import june.csv --dry-run")


@statement_command.command("import")
@click.argument("file", type=FILE)
@on_event
@ENCODING
@click.option("--dry-run", is_flag=True, help="Only say what would be booked.")
def import_command(
    store: Store, event: EventView, file: Path, encoding: str, dry_run: bool
) -> None:
    """Book the transfers in FILE, a CSV of a bank, whose purpose names a booking.

    A quotation mark that is not closed, or whatever else holds rows together, stops the import.

    Example: eventdesk statement import june.csv --event "Demo Days"
    """
    if dry_run:
        report = preview_statement(store, SYSTEM, event.id, file, encoding=encoding)
    else:
        report = import_statement(store, SYSTEM, event.id, file, encoding=encoding)
    for line in report.lines:
        click.echo(_statement_line(line))
    show_guess(report.encoding, confirm=False)
    booked = report.count(Match.PAID, Match.PART, Match.OVER)
    would = "would be" if dry_run else "are"
    click.echo(
        f"{booked} {would} booked, {report.count(Match.KNOWN)} were known, "
        f"{report.count(Match.REMARK)} name no amount, {report.count(Match.OPEN)} need a look.",
        err=True,
    )


@statement_command.command("open")
@on_event
@LIMIT
def open_command(store: Store, event: EventView, limit: int) -> None:
    """List imported lines that nobody could match.

    Example: eventdesk statement open
    """
    found, total = list_statement_lines(store, SYSTEM, event.id, limit=limit)
    for line in found:
        click.echo(_statement_line(line))
    click.echo(f"{len(found)} of {total} lines.", err=True)


voucher_command = group("voucher", "eventdesk voucher list")


@voucher_command.command("add")
@click.argument("value")
@on_event
@click.option("--count", default=1, show_default=True, help="How many.")
@click.option("--code", default="", help="A code of your own, for one.")
@click.option("--note", default="", help="What for.")
@click.option("--until", default="", help="Last moment, such as 2026-12-31 23:59.")
def add_command(
    store: Store, event: EventView, value: str, count: int, code: str, note: str, until: str
) -> None:
    """Issue vouchers of VALUE in the event's currency, and print their codes.

    Example: eventdesk voucher add 50 --count 10 --note "for speakers"
    """
    money = event_money(store, SYSTEM, event.id)
    valid_until: datetime | None = read_moment(until, event.time_zone) if until else None
    made = add_vouchers(
        store,
        SYSTEM,
        event.id,
        value=read_money(value, money.currency, money.exponent),
        count=count,
        code=code,
        note=note,
        valid_until=valid_until,
    )
    for voucher in made:
        click.echo(voucher.code)


@voucher_command.command("list")
@on_event
@LIMIT
@click.option("--search", default="", help="The beginning of a code.")
def vouchers_command(store: Store, event: EventView, limit: int, search: str) -> None:
    """List vouchers with what they still hold.

    Example: eventdesk voucher list --search THX
    """
    found, total = list_vouchers(store, SYSTEM, event.id, search=search, limit=limit)
    for view in found:
        state = "cancelled" if view.cancelled_at else f"{view.left} left"
        click.echo(f"{view.code:<12} {view.value!s:>14}  {state:<18} {plain(view.note)}".rstrip())
    click.echo(f"{len(found)} of {total} vouchers.", err=True)


invoice_command = group("invoice", "eventdesk invoice list")


@invoice_command.command("issue")
@click.argument("code")
@click.option("--to", "recipient", multiple=True, help="A line of the recipient; several times.")
@on_store
def issue_command(store: Store, code: str, recipient: tuple[str, ...]) -> str:
    """Issue the invoice of the booking CODE, and print its number.

    Example: eventdesk invoice issue K7QM2X --to "Ada Ltd" --to "1 High Street"
    """
    view = issue_invoice(
        store,
        SYSTEM,
        find_booking(store, code),
        recipient="\n".join(recipient),
    )
    return view.name


@invoice_command.command("list")
@on_event
@LIMIT
@click.option("--series", type=click.Choice([each.value for each in Series]), help="Only these.")
def documents_command(store: Store, event: EventView, limit: int, series: str | None) -> None:
    """List what was issued.

    Example: eventdesk invoice list --series credit
    """
    found, total = list_documents(
        store,
        SYSTEM,
        event.id,
        series=Series(series) if series else None,
        limit=limit,
    )
    for view in found:
        click.echo(f"{view.name}  {view.total!s:>14}  {plain(view.recipient)}")
    click.echo(f"{len(found)} of {total} documents.", err=True)


@invoice_command.command("show")
@click.argument("name")
@on_store
def show_command(store: Store, name: str) -> None:
    """Print the document NAME as text.

    Example: eventdesk invoice show K7QM2X-I-00001
    """
    document = read_document(store, SYSTEM, find_document(store, name))
    click.echo(as_text(document), nl=False)


@invoice_command.command("export")
@click.argument("name")
@click.option("--to", "target", type=click.Path(path_type=Path), help="File, .pdf or .txt.")
@OVERWRITE
@on_store
def export_command(store: Store, name: str, target: Path | None, overwrite: bool) -> str:
    """Write the document NAME into a file; left out, a PDF among the exports.

    Example: eventdesk invoice export K7QM2X-I-00001 --to invoice.txt
    """
    form = target.suffix.lstrip(".").lower() if target else "pdf"
    if form not in ("pdf", "txt"):
        raise InvalidInputError(f"{target} is neither .pdf nor .txt.")
    found = find_document(store, name)
    path = export_document(store, SYSTEM, found, form=form, target=target, overwrite=overwrite)
    return str(path)


def _statement_line(line: StatementLine) -> str:
    words = line.problem or (f"booking {line.booking_code}" if line.booking_code else "")
    parts = (
        line.booked_on,
        f"{line.amount!s:>14}",
        f"{line.match:<8}",
        plain(line.payer, limit=24),
        plain(words),
    )
    return "  ".join(parts).rstrip()
