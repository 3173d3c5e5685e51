"""Commands on money: payments, refunds, statements, vouchers, invoices."""

import sys
from datetime import datetime
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import find_booking, hear_gateways, revive
from eventdesk.cli.command import command, group, on_event, on_store
from eventdesk.cli.encodings import ENCODING, show_guess
from eventdesk.cli.group import OVERWRITE
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.money import Money, read_money
from eventdesk.core.plain_text import how_many, plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.documents.document import Series
from eventdesk.documents.text import as_text
from eventdesk.events import EventView
from eventdesk.integrations.test_desk import ANSWERS, TestDeskGateway
from eventdesk.money import (
    AT_THE_DESK,
    Match,
    PaymentView,
    RefundView,
    StatementLine,
    add_vouchers,
    event_money,
    export_document,
    find_document,
    hand_out_refund,
    import_statement,
    issue_invoice,
    let_off,
    list_credits,
    list_documents,
    list_payments,
    list_refunds,
    list_statement_lines,
    list_vouchers,
    payments_of,
    preview_statement,
    read_document,
    refund,
    retry_refund,
    start_payment,
    take_payment,
    verify_ledger,
)

EXIT_WRONG = 1
LIMIT = click.option("--limit", default=50, show_default=True, help="How many at most.")


@command("pay")
@click.argument("code")
@click.option(
    "--method",
    type=click.Choice([*(way.value for way in AT_THE_DESK), "free"]),
    default="cash",
    show_default=True,
    help="How; free lets off what is due.",
)
@click.option("--amount", help="How much; left out it is what is due.")
@click.option("--reference", default="", help="Slip, purpose, voucher code or reason.")
@click.option("--gateway", default="", help="Pay through this gateway instead.")
@on_store
def pay_command(
    store: Store, code: str, method: str, amount: str | None, reference: str, gateway: str
) -> None:
    """Take a payment for the booking CODE.

    Example: eventdesk pay K7QM2X --method terminal --reference 0017
    """
    booking_id = find_booking(store, code)
    given = _amount(store, code, amount)
    if gateway:
        view = start_payment(store, SYSTEM, booking_id, provider=gateway)
    elif method == "free":
        view = let_off(store, SYSTEM, booking_id, amount=given, reason=reference)
    else:
        view = take_payment(
            store, SYSTEM, booking_id, method=method, amount=given, reference=reference
        )
    click.echo(_payment_line(view))
    for line in (*view.show.splitlines(), view.error, view.advice):
        if line:
            click.echo(f"  {plain(line)}")


@command("refund")
@click.argument("code")
@click.option("--amount", help="How much; left out it is the whole credit.")
@click.option("--reason", required=True, help="Why; the buyer reads it.")
@on_store
def refund_command(store: Store, code: str, amount: str | None, reason: str) -> None:
    """Give back money of the booking CODE: a credit, or an amount.

    Example: eventdesk refund K7QM2X --amount 20 --reason "came too late"
    """
    booking_id = find_booking(store, code)
    given = refund(store, SYSTEM, booking_id, amount=_amount(store, code, amount), reason=reason)
    waiting = payments_of(store, SYSTEM, booking_id).balance.promised
    click.echo(f"{given} go back.")
    if waiting.minor:
        click.echo(f"  {waiting} wait for the gateway or to be handed out: payments refunds.")


payments_command = group("payments", "eventdesk payments list")


@payments_command.command("list")
@on_event
@LIMIT
@click.option("--search", default="", help="The code of a booking.")
def list_command(store: Store, event: EventView, limit: int, search: str) -> None:
    """List payments, the latest first.

    Example: eventdesk payments list --search K7QM2X
    """
    found, total = list_payments(store, SYSTEM, event.id, search=search, limit=limit)
    for view in found:
        click.echo(_payment_line(view))
    click.echo(f"{len(found)} of {total} payments.", err=True)


@payments_command.command("balance")
@on_event
def balance_command(store: Store, event: EventView) -> None:
    """Say what stands in each account of the ledger.

    Example: eventdesk payments balance --event "Demo Days"
    """
    for account, amount in event_money(store, SYSTEM, event.id).lines:
        click.echo(f"{account:<20}{amount!s:>20}")


@payments_command.command("check")
@on_event
def check_command(store: Store, event: EventView) -> None:
    """Check the books against bookings, payments and refunds; exits with 1 if they are wrong.

    Example: eventdesk payments check
    """
    report = verify_ledger(store, SYSTEM, event.id)
    for problem in report.problems:
        click.echo(problem)
    if report.problems:
        sys.exit(EXIT_WRONG)
    click.echo(f"The books of {how_many(report.bookings, 'booking')} are right.")


@payments_command.command("refunds")
@on_event
@LIMIT
@click.option("--all", "everything", is_flag=True, help="Also those that are out.")
def refunds_command(store: Store, event: EventView, limit: int, everything: bool) -> None:
    """List refunds that somebody still has to hand out, or that were refused.

    Example: eventdesk payments refunds --all
    """
    found, total = list_refunds(store, SYSTEM, event.id, open_only=not everything, limit=limit)
    for view in found:
        click.echo(
            f"{view.id}  {view.booking_code}  {view.amount!s:>14}  {view.method:<9} {view.state:<8}"
            f" {plain(view.error or view.reason)}".rstrip()
        )
    click.echo(f"{len(found)} of {total} refunds.", err=True)


@payments_command.command("hand-out")
@click.argument("code")
@click.option("--by", default="", help="cash, terminal or transfer, if not as it came.")
@click.option("--reference", default="", help="What it can be found by elsewhere.")
@on_store
def hand_out_command(store: Store, code: str, by: str, reference: str) -> None:
    """Note that the open refunds of the booking CODE were given by hand.

    Example: eventdesk payments hand-out K7QM2X --by cash
    """
    open_refunds = _open_refunds(store, code)
    for view in open_refunds:
        hand_out_refund(store, SYSTEM, view.id, by=by, reference=reference)
        click.echo(f"{view.amount} are out.")


@payments_command.command("retry")
@click.argument("code")
@on_store
def retry_command(store: Store, code: str) -> None:
    """Try the refused refunds of the booking CODE again.

    Example: eventdesk payments retry K7QM2X
    """
    for view in _open_refunds(store, code):
        if view.state == "failed":
            retry_refund(store, SYSTEM, view.id)
    hear_gateways(store, SYSTEM)
    for view in payments_of(store, SYSTEM, find_booking(store, code)).refunds:
        click.echo(f"{view.amount}  {view.state}  {plain(view.error)}".rstrip())


@payments_command.command("credits")
@on_event
@LIMIT
def credits_command(store: Store, event: EventView, limit: int) -> None:
    """List bookings that more came in for than they cost.

    Example: eventdesk payments credits
    """
    found, total = list_credits(store, SYSTEM, event.id, limit=limit)
    for view in found:
        click.echo(f"{view.booking_code}  {view.state:<9} {view.credit!s:>14}  {plain(view.name)}")
    click.echo(f"{len(found)} of {total} credits.", err=True)


@payments_command.command("revive")
@click.argument("code")
@on_store
def revive_command(store: Store, code: str) -> str:
    """Give the expired booking CODE, which was paid late, its places back.

    Example: eventdesk payments revive K7QM2X
    """
    state = revive(store, SYSTEM, find_booking(store, code))
    return f"Booking {code.upper()} is {state}."


gateway_command = group("gateway", "eventdesk gateway enable")


@gateway_command.command("enable")
@on_store
def enable_command(store: Store) -> str:
    """Offer the test desk as a way to pay: anybody can then pay without money.

    Example: eventdesk gateway enable
    """
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    return f"The test desk is offered; its script is in {gateway.folder}."


@gateway_command.command("list")
@on_store
def orders_command(store: Store) -> None:
    """List the payments that the test desk was asked for, the latest first.

    Example: eventdesk gateway list
    """
    for order in TestDeskGateway(store.home).orders():
        click.echo(f"{order.reference}  {order.amount!s:>14}  {plain(order.purpose)}")


@gateway_command.command("answer")
@click.argument("reference")
@click.argument("answer", type=click.Choice(ANSWERS))
@on_store
def answer_command(store: Store, reference: str, answer: str) -> str:
    """Let the test desk tell something of the payment REFERENCE, and take it in.

    Example: eventdesk gateway answer 7KQM2X paid
    """
    order = TestDeskGateway(store.home).answer(reference, answer)
    hear_gateways(store, SYSTEM)
    return f"The test desk told {answer} of {order.amount} for {plain(order.purpose)}."


def _open_refunds(store: Store, code: str) -> list[RefundView]:
    money = payments_of(store, SYSTEM, find_booking(store, code))
    found = [view for view in money.refunds if view.state in ("pending", "failed")]
    if not found:
        raise NotFoundError("No refund of this booking is open.", hint="See `payments refunds`.")
    return found


def _amount(store: Store, code: str, typed: str | None) -> Money | None:
    """Read an amount in the currency of a booking."""
    if typed is None:
        return None
    due = payments_of(store, SYSTEM, find_booking(store, code)).balance.due
    amount = read_money(typed, due.currency, due.exponent)
    if not amount.minor:
        raise InvalidInputError("An amount is more than nothing.")
    return amount


def _payment_line(view: PaymentView) -> str:
    parts = (
        view.booking_code,
        f"{view.amount!s:>14}",
        f"{view.method:<9}",
        f"{view.state:<8}",
        plain(view.reference),
    )
    return "  ".join(parts).rstrip()


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
    view = issue_invoice(store, SYSTEM, find_booking(store, code), recipient="\n".join(recipient))
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
        store, SYSTEM, event.id, series=Series(series) if series else None, limit=limit
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
