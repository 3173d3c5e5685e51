"""Commands on money: payments, refunds, statements, vouchers, invoices."""

import sys
from datetime import datetime
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import find_booking, hear_gateways, revive
from eventdesk.cli.command import LIMIT, Lines, command, group, on_event, on_store
from eventdesk.cli.encodings import ENCODING, show_guess
from eventdesk.cli.group import EXIT_COULD_NOT, OVERWRITE
from eventdesk.cli.state_words import state_word
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.documents.document import DocumentSeries
from eventdesk.documents.text import as_text
from eventdesk.events import EventView
from eventdesk.integrations.test_desk import ANSWERS, TestDeskGateway
from eventdesk.money import (
    AT_THE_DESK,
    PROVIDERS_OF_FEES,
    Match,
    PaymentView,
    RefundView,
    StatementLine,
    add_vouchers,
    event_money,
    export_document,
    find_document,
    hand_out_refund,
    import_provider_fees,
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
    preview_provider_fees,
    preview_statement,
    read_document,
    refund,
    retry_refund,
    start_payment,
    take_payment,
    verify_ledger,
)


@command("pay", "K7QM2X --method terminal --reference 0017")
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
) -> Lines:
    """Take a payment for the booking CODE."""
    booking_id = find_booking(store, SYSTEM, code)
    given = _amount(store, code, amount)
    if gateway:
        view = start_payment(store, SYSTEM, booking_id, provider=gateway)
    elif method == "free":
        view = let_off(store, SYSTEM, booking_id, amount=given, reason=reference)
    else:
        view = take_payment(
            store, SYSTEM, booking_id, method=method, amount=given, reference=reference
        )
    yield _payment_line(view)
    for line in (*view.show.splitlines(), view.error, view.advice):
        if line:
            yield f"  {plain(line)}"


@command("refund", 'K7QM2X --amount 20 --reason "came too late"')
@click.argument("code")
@click.option("--amount", help="How much; left out it is the whole credit.")
@click.option("--reason", required=True, help="Why; the buyer reads it.")
@on_store
def refund_command(store: Store, code: str, amount: str | None, reason: str) -> Lines:
    """Give back money of the booking CODE: a credit, or an amount."""
    booking_id = find_booking(store, SYSTEM, code)
    given = refund(store, SYSTEM, booking_id, amount=_amount(store, code, amount), reason=reason)
    waiting = payments_of(store, SYSTEM, booking_id).balance.promised
    yield _("{given} go back.", given=given)
    if waiting.minor:
        yield _(
            "  {waiting} wait for the gateway or to be handed out: payments refunds.",
            waiting=waiting,
        )


payments_command = group("payments", "eventdesk payments list")


@payments_command.command("list", "--search K7QM2X")
@on_event
@LIMIT
@click.option("--search", default="", help="The code of a booking.")
def list_command(store: Store, event: EventView, limit: int, search: str) -> Lines:
    """List payments, the latest first."""
    found, total = list_payments(store, SYSTEM, event.id, search=search, limit=limit)
    for view in found:
        yield _payment_line(view)
    click.echo(_("{shown} of {total} payments.", shown=len(found), total=total), err=True)


@payments_command.command("balance", '--event "Demo Days"')
@on_event
def balance_command(store: Store, event: EventView) -> Lines:
    """Say what stands in each account of the ledger."""
    for account, amount in event_money(store, SYSTEM, event.id).lines:
        yield f"{account:<20}{money(amount):>20}"


@payments_command.command("check")
@on_event
def check_command(store: Store, event: EventView) -> Lines:
    """Check the books against bookings, payments and refunds; exits with 1 if they are wrong."""
    report = verify_ledger(store, SYSTEM, event.id)
    yield from map(str, report.problems)
    if report.problems:
        sys.exit(EXIT_COULD_NOT)
    yield _n(
        "The books of {count} booking are right.",
        "The books of {count} bookings are right.",
        report.bookings,
    )


@payments_command.command("refunds", "--all")
@on_event
@LIMIT
@click.option("--all", "everything", is_flag=True, help="Also those that are out.")
def refunds_command(store: Store, event: EventView, limit: int, everything: bool) -> Lines:
    """List refunds that somebody still has to hand out, or that were refused."""
    found, total = list_refunds(store, SYSTEM, event.id, open_only=not everything, limit=limit)
    for view in found:
        amount, state = money(view.amount), state_word(view.state)
        why = plain(view.error or view.reason)
        line = f"{view.id}  {view.booking_code}  {amount:>14}  {view.method:<9} {state:<8} {why}"
        yield line.rstrip()
    click.echo(_("{shown} of {total} refunds.", shown=len(found), total=total), err=True)


@payments_command.command("hand-out", "K7QM2X --by cash")
@click.argument("code")
@click.option("--by", default="", help="cash, terminal or transfer, if not as it came.")
@click.option("--reference", default="", help="What it can be found by elsewhere.")
@on_store
def hand_out_command(store: Store, code: str, by: str, reference: str) -> Lines:
    """Note that the open refunds of the booking CODE were given by hand."""
    open_refunds = _open_refunds(store, code)
    for view in open_refunds:
        hand_out_refund(store, SYSTEM, view.id, by=by, reference=reference)
        yield _("{amount} are out.", amount=view.amount)


@payments_command.command("retry", "K7QM2X")
@click.argument("code")
@on_store
def retry_command(store: Store, code: str) -> Lines:
    """Try the refused refunds of the booking CODE again."""
    for view in _open_refunds(store, code):
        if view.state == "failed":
            retry_refund(store, SYSTEM, view.id)
    hear_gateways(store, SYSTEM)
    for view in payments_of(store, SYSTEM, find_booking(store, SYSTEM, code)).refunds:
        yield f"{money(view.amount)}  {state_word(view.state)}  {plain(view.error)}".rstrip()


@payments_command.command("credits")
@on_event
@LIMIT
def credits_command(store: Store, event: EventView, limit: int) -> Lines:
    """List bookings that more came in for than they cost."""
    found, total = list_credits(store, SYSTEM, event.id, limit=limit)
    for view in found:
        state, credit = state_word(view.state), money(view.credit)
        yield f"{view.booking_code}  {state:<9} {credit:>14}  {plain(view.name)}"
    click.echo(_("{shown} of {total} credits.", shown=len(found), total=total), err=True)


@payments_command.command("revive", "K7QM2X")
@click.argument("code")
@on_store
def revive_command(store: Store, code: str) -> str:
    """Give the expired booking CODE, which was paid late, its places back."""
    state = revive(store, SYSTEM, find_booking(store, SYSTEM, code))
    return _("Booking {code} is {state}.", code=code.upper(), state=state_word(state))


gateway_command = group("gateway", "eventdesk gateway enable")


@gateway_command.command("enable")
@on_store
def enable_command(store: Store) -> str:
    """Offer the test desk as a way to pay: anybody can then pay without money."""
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    return _("The test desk is offered; its script is in {folder}.", folder=gateway.folder)


@gateway_command.command("list")
@on_store
def orders_command(store: Store) -> Lines:
    """List the payments that the test desk was asked for, the latest first."""
    gateway = TestDeskGateway(store.home)
    if not gateway.enabled:
        yield _("The test desk is not offered. Offer it: eventdesk gateway enable")
        return
    orders = list(gateway.orders())
    if not orders:
        yield _("The test desk was asked for no payment yet.")
    for order in orders:
        yield f"{order.reference}  {money(order.amount):>14}  {plain(order.purpose)}"


@gateway_command.command("answer", "7KQM2X paid")
@click.argument("reference")
@click.argument("answer", type=click.Choice(ANSWERS))
@on_store
def answer_command(store: Store, reference: str, answer: str) -> str:
    """Let the test desk tell something of the payment REFERENCE, and take it in."""
    order = TestDeskGateway(store.home).answer(reference, answer)
    hear_gateways(store, SYSTEM)
    return _(
        "The test desk told {answer} of {amount} for {purpose}.",
        answer=answer,
        amount=order.amount,
        purpose=plain(order.purpose),
    )


def _open_refunds(store: Store, code: str) -> list[RefundView]:
    all_refunds = payments_of(store, SYSTEM, find_booking(store, SYSTEM, code)).refunds
    found = [view for view in all_refunds if view.state in ("pending", "failed")]
    if not found:
        raise NotFoundError(
            msg("No refund of this booking is open."), hint=msg("See `payments refunds`.")
        )
    return found


def _amount(store: Store, code: str, typed: str | None) -> Money | None:
    """Read an amount in the currency of a booking."""
    if typed is None:
        return None
    due = payments_of(store, SYSTEM, find_booking(store, SYSTEM, code)).balance.due
    amount = read_money(typed, due.currency, due.exponent)
    if not amount.minor:
        raise InvalidInputError(msg("An amount is more than nothing."))
    return amount


def _payment_line(view: PaymentView) -> str:
    parts = (
        view.booking_code,
        f"{money(view.amount):>14}",
        f"{view.method:<9}",
        f"{state_word(view.state):<8}",
        plain(view.reference),
    )
    return "  ".join(parts).rstrip()


FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


statement_command = group("statement", "eventdesk statement import june.csv --dry-run")


@statement_command.command("import", 'june.csv --event "Demo Days"')
@click.argument("file", type=FILE)
@on_event
@ENCODING
@click.option("--dry-run", is_flag=True, help="Only say what would be booked.")
def import_command(
    store: Store, event: EventView, file: Path, encoding: str, dry_run: bool
) -> Lines:
    """Book the transfers in FILE, a CSV of a bank, whose purpose names a booking.

    A quotation mark that is not closed, or whatever else holds rows together, stops the import.
    """
    if dry_run:
        report = preview_statement(store, SYSTEM, event.id, file, encoding=encoding)
    else:
        report = import_statement(store, SYSTEM, event.id, file, encoding=encoding)
    for line in report.lines:
        yield _statement_line(line)
    show_guess(report.encoding, confirm=False)
    booked = report.count(Match.PAID, Match.PART, Match.OVER)
    counts = {
        "booked": booked,
        "known": report.count(Match.KNOWN),
        "bare": report.count(Match.REMARK),
        "open": report.count(Match.OPEN),
    }
    said = msg(
        "{booked} are booked, {known} were known, {bare} name no amount, {open} need a look.",
        **counts,
    )
    if dry_run:
        said = msg(
            "{booked} would be booked, {known} were known, {bare} name no amount, {open} need a "
            "look.",
            **counts,
        )
    click.echo(str(said), err=True)


@statement_command.command("open")
@on_event
@LIMIT
def open_command(store: Store, event: EventView, limit: int) -> Lines:
    """List imported lines that nobody could match."""
    found, total = list_statement_lines(store, SYSTEM, event.id, limit=limit)
    for line in found:
        yield _statement_line(line)
    click.echo(_("{shown} of {total} lines.", shown=len(found), total=total), err=True)


fees_command = group("fees", "eventdesk fees import payout.csv --provider stripe --dry-run")


@fees_command.command("import", "payout.csv --provider stripe")
@click.argument("file", type=FILE)
@click.option(
    "--provider",
    type=click.Choice(list(PROVIDERS_OF_FEES)),
    required=True,
    help="Whose file it is.",
)
@ENCODING
@click.option("--dry-run", is_flag=True, help="Only say what would be posted.")
@on_store
def fees_import_command(
    store: Store, file: Path, provider: str, encoding: str, dry_run: bool
) -> Lines:
    """Post the fees in FILE, a CSV of a provider, as costs of the events they are of.

    What of it is in a payout goes to the bank. Each line is posted once, however often it is
    imported; what is of no payment here, or in no payout yet, is named.
    """
    act = preview_provider_fees if dry_run else import_provider_fees
    report = act(store, SYSTEM, file, provider=provider, encoding=encoding)
    for payout in report.payouts:
        amounts = (payout.total, payout.here, payout.strange)
        yield _fee_line("paid", *map(money, amounts), payout.name, payout.on)
    for line in report.lines:
        fee, net = money(line.fee) if line.fee else "?", money(line.net) if line.net else ""
        yield _fee_line(line.outcome, fee, net, line.booking_code, line.name, line.payout)
    for each in report.waiting:
        yield _fee_line("left", "", money(each.left), each.booking_code)
    click.echo(report.sentence, err=True)


def _fee_line(word: str, fee: str, net: str, *parts: str) -> str:
    return "  ".join((f"{word:<8}", f"{fee:>14}", f"{net:>14}", *map(plain, parts))).rstrip()


voucher_command = group("voucher", "eventdesk voucher list")


@voucher_command.command("add", '50 --count 10 --note "for speakers"')
@click.argument("value")
@on_event
@click.option("--count", default=1, show_default=True, help="How many.")
@click.option("--code", default="", help="A code of your own, for one.")
@click.option("--note", default="", help="What for.")
@click.option("--until", default="", help="Last moment, such as 2026-12-31 23:59.")
def add_command(
    store: Store, event: EventView, value: str, count: int, code: str, note: str, until: str
) -> Lines:
    """Issue vouchers of VALUE in the event's currency, and print their codes."""
    terms = event_money(store, SYSTEM, event.id)
    valid_until: datetime | None = read_moment(until, event.time_zone) if until else None
    made = add_vouchers(
        store,
        SYSTEM,
        event.id,
        value=read_money(value, terms.currency, terms.exponent),
        count=count,
        code=code,
        note=note,
        valid_until=valid_until,
    )
    for voucher in made:
        yield voucher.code


@voucher_command.command("list", "--search THX")
@on_event
@LIMIT
@click.option("--search", default="", help="The beginning of a code.")
def vouchers_command(store: Store, event: EventView, limit: int, search: str) -> Lines:
    """List vouchers with what they still hold."""
    found, total = list_vouchers(store, SYSTEM, event.id, search=search, limit=limit)
    for view in found:
        left = _("{left} left", left=view.left)
        state = state_word("cancelled") if view.cancelled_at else left
        yield f"{view.code:<12} {money(view.value):>14}  {state:<18} {plain(view.note)}".rstrip()
    click.echo(_("{shown} of {total} vouchers.", shown=len(found), total=total), err=True)


invoice_command = group("invoice", "eventdesk invoice list")


@invoice_command.command(
    "issue", 'K7QM2X --to "Ada Ltd" --to "1 High Street" --vat-id FR12345678901'
)
@click.argument("code")
@click.option("--to", "recipient", multiple=True, help="A line of the recipient; several times.")
@click.option("--vat-id", help="The recipient's VAT ID; left out, the former one.")
@on_store
def issue_command(store: Store, code: str, recipient: tuple[str, ...], vat_id: str | None) -> str:
    """Issue the invoice of the booking CODE, and print its number."""
    found, lines = find_booking(store, SYSTEM, code), "\n".join(recipient)
    return issue_invoice(store, SYSTEM, found, recipient=lines, vat_id=vat_id).name


@invoice_command.command("list", "--series credit")
@on_event
@LIMIT
@click.option(
    "--series", type=click.Choice([each.value for each in DocumentSeries]), help="Only these."
)
def documents_command(store: Store, event: EventView, limit: int, series: str | None) -> Lines:
    """List what was issued."""
    found, total = list_documents(
        store, SYSTEM, event.id, series=DocumentSeries(series) if series else None, limit=limit
    )
    for view in found:
        yield f"{view.name}  {money(view.total):>14}  {plain(view.recipient)}"
    click.echo(_("{shown} of {total} documents.", shown=len(found), total=total), err=True)


@invoice_command.command("show", "K7QM2X-I-00001")
@click.argument("name")
@on_store
def show_command(store: Store, name: str) -> None:
    """Print the document NAME as text."""
    document = read_document(store, SYSTEM, find_document(store, SYSTEM, name))
    click.echo(as_text(document), nl=False)


@invoice_command.command("export", "K7QM2X-I-00001 --to invoice.xml")
@click.argument("name")
@click.option("--to", "target", type=click.Path(path_type=Path), help="File, .pdf, .txt or .xml.")
@OVERWRITE
@on_store
def export_command(store: Store, name: str, target: Path | None, overwrite: bool) -> str:
    """Write the document NAME into a file; left out, a PDF among the exports.

    XML is by EN 16931, in the syntax UBL 2.1.
    """
    form = target.suffix.lstrip(".").lower() if target else "pdf"
    if form not in ("pdf", "txt", "xml"):
        raise InvalidInputError(msg("{target} is neither .pdf, .txt nor .xml.", target=target))
    found = find_document(store, SYSTEM, name)
    path = export_document(store, SYSTEM, found, form=form, target=target, overwrite=overwrite)
    return str(path)


def _statement_line(line: StatementLine) -> str:
    words = line.problem or (
        _("booking {code}", code=line.booking_code) if line.booking_code else ""
    )
    parts = (
        line.booked_on,
        f"{money(line.amount):>14}",
        f"{line.match:<8}",
        plain(line.payer, limit=24),
        plain(words),
    )
    return "  ".join(parts).rstrip()
