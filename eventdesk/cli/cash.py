"""Commands on the money of a desk: walk-in, cash."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click

from data.store import Store
from eventdesk.accounts import person
from eventdesk.acts import SYSTEM
from eventdesk.cli.badge_now import BadgePrinting, print_now, print_options
from eventdesk.cli.command import LIMIT, Lines, command, group, on_event
from eventdesk.cli.group import A_FILE, EXIT_REFUSED, OVERWRITE
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EntryRefusedError, InvalidInputError, NotFoundError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.money import read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Report
from eventdesk.core.wall_clock import typed_moment
from eventdesk.documents.report_text import report_text
from eventdesk.door import DoorOffer, Sold, WalkIn, door_offers, find_list, sell_at_door
from eventdesk.events import EventView
from eventdesk.figures import drawers_report, save_report, shift_report
from eventdesk.money import (
    ShiftView,
    close_shift,
    count,
    counter,
    find_shift,
    hand_over,
    list_movements,
    list_shifts,
    move,
    open_shift,
)
from eventdesk.sales import sale_terms
from eventdesk.seating import plan

DRAWER = click.option("--drawer", default="", help="Its name; left out the only open one.")
COUNT = click.argument("pieces", nargs=-1)
MAX_DIGITS = 9


@command("walk-in", '"Ada Lovelace" --type Regular --given 150')
@click.argument("name")
@on_event
@click.option("--type", "kind", default="", help="Ticket type; may be left out where one is sold.")
@click.option("--list", "door", default="", help="Check-in list the guest enters by.")
@click.option(
    "--method",
    type=click.Choice(["cash", "terminal", "voucher"]),
    default="cash",
    show_default=True,
    help="How it is paid; a free ticket is not.",
)
@click.option("--given", help="What was handed over in cash; left out it is exactly the price.")
@click.option("--reference", default="", help="The terminal's slip, or the voucher's code.")
@click.option("--email", default="", help="The guest's e-mail address.")
@click.option("--line-two", default="", help="Second line of the badge.")
@click.option("--seat", default="", help="Seat by its label; left out the best free one.")
@click.option("--code", default="", help="A discount code.")
@click.option("--amount", help="What the guest pays, where the ticket leaves it to them.")
@click.option("--only-sell", is_flag=True, help="Sell without letting in.")
@click.option("--force", "reason", default="", help="Sell against the rules, for this reason.")
@click.option("--nonce", default="", help="Of the sale: the same one sells nothing twice.")
@print_options
def walk_in_command(
    store: Store,
    event: EventView,
    /,
    name: str,
    kind: str,
    door: str,
    given: str | None,
    seat: str,
    amount: str | None,
    only_sell: bool,
    reason: str,
    nonce: str,
    printer: str | None,
    no_print: bool,
    **options: Any,
) -> Lines:
    """Sell one ticket to NAME at the door: booking, payment, check-in and badge at once.

    Exits 3 where the door would not let the ticket in; then nothing is sold.
    """
    printing = BadgePrinting.of(printer, no_print=no_print)
    list_id = find_list(store, SYSTEM, door, event.id).id
    now = utc_now()
    terms = sale_terms(store, SYSTEM, event.id)
    chosen = read_money(amount, terms.currency, terms.exponent).minor if amount else None
    offers = door_offers(
        store, SYSTEM.at(now), event.id, list_id, code=options["code"], chosen_minor=chosen
    )
    offer = _offer(offers, kind)
    price = offer.price
    sale = WalkIn(
        name,
        offer.ticket_type_id,
        list_id,
        nonce or uuid4().hex,
        now,
        seat_id=_seat(store, event.id, seat) if seat else None,
        given=None if given is None else read_money(given, price.currency, price.exponent),
        enter=not only_sell,
        open_answers=True,
        force_reason=reason,
        chosen_minor=chosen,
        **options,
    )
    try:
        sold = sell_at_door(store, SYSTEM, event.id, sale)
    except EntryRefusedError as error:
        click.echo(f"eventdesk: {error}\n  {error.hint}", err=True)
        sys.exit(EXIT_REFUSED)
    yield from _sold_lines(sold, name)
    if sold.check_in is not None and sold.check_in.delivery_id is not None:
        print_now(store, sold.check_in.delivery_id, printing)


def _sold_lines(sold: Sold, name: str) -> Lines:
    state = _p("state", "sold") if sold.check_in is None else _p("state", "in")
    yield "\t".join((state, sold.booking_code, sold.ticket_code, money(sold.paid), plain(name)))
    if sold.seat:
        yield _("  Seat {seat}", seat=plain(sold.seat))
    if sold.change.minor:
        yield _("  Change {change}", change=sold.change)
    if sold.method == "cash" and sold.drawer:
        yield _("  The cash is booked in {drawer}.", drawer=plain(sold.drawer))
    elif sold.method == "cash":
        yield _("  The cash is booked in no drawer.")


cash_command = group(
    "cash",
    'eventdesk cash open "Desk 1" --float 100',
    "eventdesk cash close 50x3 20x2 0.50x4",
    more="Drawers that are opened here without an operator are those of the command line: cash of "
    "`pay` and `walk-in` is booked in the one of them that is open.",
)


@cash_command.command("open", '"Desk 1" --float 100 --operator sam@example.org')
@click.argument("drawer", default="Desk 1")
@on_event
@click.option("--float", "amount", required=True, help="What lies in it.")
@click.option("--operator", default="", help="E-mail address of whose drawer it is.")
def open_command(store: Store, event: EventView, drawer: str, amount: str, operator: str) -> str:
    """Open the DRAWER with its float."""
    terms = sale_terms(store, SYSTEM, event.id)
    shift = open_shift(
        store,
        SYSTEM,
        event.id,
        drawer=drawer,
        float_amount=read_money(amount, terms.currency, terms.exponent),
        operator_id=_account(store, operator) if operator else None,
    )
    return _shift_line(shift, event)


@cash_command.command("move", "out 12.50 --reason courier", 'back 17 --reason "typed wrongly"')
@click.argument("kind", type=click.Choice(["in", "out", "back"]))
@click.argument("what")
@on_event
@DRAWER
@click.option("--reason", required=True, help="What for.")
def move_command(
    store: Store, event: EventView, kind: str, what: str, drawer: str, reason: str
) -> Lines:
    """Put an amount in or take it out; or take movement number WHAT back."""
    shift = find_shift(store, SYSTEM, event.id, drawer)
    if kind == "back":
        movement_id = _movement(store, shift.id, what)
        moved = counter(store, SYSTEM, movement_id, reason=reason)
    else:
        expected = shift.expected
        amount = read_money(what, expected.currency, expected.exponent)
        moved = move(store, SYSTEM, shift.id, kind=kind, amount=amount, reason=reason)
    left = find_shift(store, SYSTEM, event.id, str(shift.id)).expected
    yield f"{moved.no}\t{money(moved.amount)}\t{plain(moved.reason)}"
    yield _("  {drawer} should hold {left}.", drawer=plain(shift.drawer), left=left)


@cash_command.command("count", '50x3 20x2 --drawer "Desk 1"')
@COUNT
@on_event
@DRAWER
def count_command(store: Store, event: EventView, pieces: tuple[str, ...], drawer: str) -> str:
    """Count a drawer that goes on: PIECES such as 50x3 20x2 0.50x4."""
    shift = find_shift(store, SYSTEM, event.id, drawer)
    found = count(store, SYSTEM, shift.id, _counts(pieces, shift))
    return _(
        "{counted} counted, {expected} expected: {verdict}.",
        counted=found.counted,
        expected=found.expected,
        verdict=found.verdict,
    )


@cash_command.command("close", '50x3 20x2 --note "2 EUR fell behind the desk"')
@COUNT
@on_event
@DRAWER
@click.option("--note", default="", help="Why something is missing or too much.")
def close_command(
    store: Store, event: EventView, pieces: tuple[str, ...], drawer: str, note: str
) -> None:
    """Close a drawer as it was counted, and print its report."""
    shift = find_shift(store, SYSTEM, event.id, drawer)
    counts = _counts(pieces, shift)
    close_shift(store, SYSTEM, shift.id, counts, note=note)
    report = shift_report(store, SYSTEM, shift.id)
    click.echo(report_text(report), nl=False)


@cash_command.command("hand-over", "50x3 20x2 --to olu@example.org")
@COUNT
@on_event
@DRAWER
@click.option("--to", "operator", required=True, help="E-mail address of the next operator.")
@click.option("--note", default="", help="Why something is missing or too much.")
def hand_over_command(
    store: Store, event: EventView, pieces: tuple[str, ...], drawer: str, operator: str, note: str
) -> str:
    """Close a drawer as it was counted, and open it for the next operator."""
    shift = find_shift(store, SYSTEM, event.id, drawer)
    done = hand_over(
        store, SYSTEM, shift.id, _counts(pieces, shift), to_id=_account(store, operator), note=note
    )
    closed, opened = done.closed, done.opened
    return _(
        "{drawer} went from {giver} to {taker} with {amount}: {verdict}.",
        drawer=plain(closed.drawer),
        giver=plain(closed.operator),
        taker=plain(opened.operator),
        amount=opened.float_amount,
        verdict=closed.verdict,
    )


@cash_command.command("report", '--drawer "Desk 1" --form pdf')
@on_event
@DRAWER
@click.option("--all", "everything", is_flag=True, help="All drawers and the books.")
@click.option("--form", type=click.Choice(["text", "pdf", "csv", "xlsx"]), default="text")
@click.option("--path", type=A_FILE, help="Where it is saved.")
@OVERWRITE
def report_command(
    store: Store,
    event: EventView,
    drawer: str,
    everything: bool,
    form: str,
    path: Path | None,
    overwrite: bool,
) -> Lines:
    """Print or save the close-out of a drawer, or of all of them."""
    report = _report(store, event, drawer, everything=everything)
    if form == "text":
        click.echo(report_text(report), nl=False)
        return
    files = save_report(store, SYSTEM, report, form=form, path=path, overwrite=overwrite)
    for file in files:
        yield str(file)


@cash_command.command("list", "--open")
@on_event
@click.option("--open", "open_only", is_flag=True, help="Only those that are open.")
@LIMIT
def list_command(store: Store, event: EventView, open_only: bool, limit: int) -> Lines:
    """List the drawers of an event, the open ones first."""
    shifts, total = list_shifts(store, SYSTEM, event.id, open_only=open_only, limit=limit)
    for shift in shifts:
        yield _shift_line(shift, event)
    click.echo(_("{shown} of {total} drawers.", shown=len(shifts), total=total), err=True)


def _report(store: Store, event: EventView, drawer: str, *, everything: bool) -> Report:
    if everything:
        return drawers_report(store, SYSTEM, event.id)
    shift = find_shift(store, SYSTEM, event.id, drawer)
    return shift_report(store, SYSTEM, shift.id)


def _offer(offers: tuple[DoorOffer, ...], named: str) -> DoorOffer:
    wanted = named.strip().casefold()
    here = [each for each in offers if not wanted or each.name.casefold() == wanted]
    if len(here) == 1:
        return here[0]
    names = ", ".join(f"{each.name} ({money(each.price)})" for each in offers) or _("none")
    raise NotFoundError(
        msg("Which ticket type is sold?"), hint=msg("Name it with --type: {names}.", names=names)
    )


def _seat(store: Store, event_id: UUID, label: str) -> UUID:
    for section in plan(store, SYSTEM, event_id, holder_id=None):
        for seat in section.seats:
            if seat.label.casefold() == label.strip().casefold():
                return seat.id
    raise NotFoundError(msg("There is no seat {label!r} at this event.", label=label))


def _account(store: Store, email: str) -> UUID:
    return person(store, SYSTEM, email).id


def _movement(store: Store, shift_id: UUID, number: str) -> UUID:
    moves, _ = list_movements(store, SYSTEM, shift_id, limit=None)
    for each in moves:
        if str(each.no) == number.strip():
            return each.id
    raise NotFoundError(msg("There is no movement {number!r} in this drawer.", number=number))


def _counts(pieces: tuple[str, ...], shift: ShiftView) -> dict[int, int]:
    """Read pieces such as 50x3; the same piece may stand several times."""
    expected = shift.expected
    counts: dict[int, int] = {}
    for word in pieces:
        value, _, number = word.lower().partition("x")
        number = number.strip()
        if not (number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS):
            raise InvalidInputError(
                msg("{word!r} is no count.", word=word), hint=msg("Type it such as 50x3.")
            )
        minor = read_money(value, expected.currency, expected.exponent).minor
        counts[minor] = counts.get(minor, 0) + int(number)
    return counts


def _shift_line(shift: ShiftView, event: EventView) -> str:
    zone = event.time_zone
    cells = (
        plain(shift.drawer),
        plain(shift.operator),
        typed_moment(shift.opened_at, zone),
        typed_moment(shift.closed_at, zone) if shift.closed_at else _p("state", "open"),
        money(shift.expected),
        "" if shift.counted is None else money(shift.counted),
        str(shift.verdict),
    )
    return "\t".join(cells)
