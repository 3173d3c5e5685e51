"""Commands on bookings: list, show, and what is done with one."""

from collections.abc import Iterator

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.booking.booking import BookingDetail, BookingLine
from eventdesk.booking.bookings import booking_detail, find_booking, list_bookings
from eventdesk.booking.cancellations import cancel_booking, cancel_tickets, cancellation
from eventdesk.booking.decisions import approve_booking, extend_deadline, refuse_booking
from eventdesk.booking.tickets import ticket_by_code
from eventdesk.booking.transfers import transfer_ticket
from eventdesk.booking.upgrades import upgrade_ticket
from eventdesk.cli.booking import type_named
from eventdesk.cli.command import Told, as_json, group, on_event, on_store
from eventdesk.cli.group import noted_now
from eventdesk.core.plain_text import how_many, plain
from eventdesk.core.wall_clock import read_moment, spoken
from eventdesk.events.event import EventView

booking_command = group("booking", "eventdesk booking list")


@booking_command.command("list")
@click.argument("search", default="")
@on_event
@click.option(
    "--state",
    type=click.Choice(["pending", "paid", "cancelled", "expired", "waiting"]),
    help="Only these; waiting is for approval.",
)
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@as_json("As JSON.")
def list_command(
    store: Store, event: EventView, search: str, state: str | None, limit: int
) -> Told:
    """List bookings, the newest first, or those that SEARCH finds: code, name, e-mail.

    Example: eventdesk booking list lovelace --state pending
    """
    lines, total = list_bookings(
        store,
        SYSTEM.at(noted_now(store)),
        event.id,
        search=search,
        state=state or "",
        limit=limit,
    )
    told = [
        f"{line.code}  {_state(line):9}  {line.tickets:3}  {line.total!s:>14}  "
        f"{plain(line.name, limit=40)}"
        for line in lines
    ]
    if total > len(lines):
        told.append(f"and {total - len(lines)} more")
    return Told(told or ["No bookings."], lambda: [_facts(line) for line in lines])


@booking_command.command("show")
@click.argument("code")
@as_json("As JSON.")
@on_store
def show_command(store: Store, code: str) -> Told:
    """Show the booking CODE with its tickets.

    Example: eventdesk booking show K7QM2X
    """
    detail = booking_detail(store, SYSTEM.at(noted_now(store)), find_booking(store, code))
    return Told(_lines(detail), lambda: _detail_facts(detail))


def _lines(detail: BookingDetail) -> Iterator[str]:
    line = detail.line
    yield f"{line.code}  {_state(line)}  {plain(line.name)} {plain(line.email)}".rstrip()
    yield f"total {line.total}, paid {detail.paid}, back {detail.refunded}, due {line.due}"
    if line.expires_at is not None:
        yield f"to be paid until {spoken(line.expires_at, detail.time_zone)}"
    for ticket in detail.tickets:
        seat = f", seat {ticket.seat}" if ticket.seat else ""
        words = f"{plain(ticket.name)}, {plain(ticket.ticket_type)}{plain(seat)}, {ticket.price}"
        yield f"  {ticket.code}  {ticket.state:9}  {words}"
        for question, answer in ticket.answers:
            yield f"      {plain(question)} {plain(answer)}"


def _detail_facts(detail: BookingDetail) -> dict[str, object]:
    tickets = [
        {
            "code": ticket.code,
            "name": ticket.name,
            "type": ticket.ticket_type,
            "seat": ticket.seat,
            "state": ticket.state,
            "price": str(ticket.price),
            "answers": dict(ticket.answers),
        }
        for ticket in detail.tickets
    ]
    return _facts(detail.line) | {"kept": str(detail.kept), "tickets": tickets}


@booking_command.command("cancel")
@click.argument("code")
@click.option("--ticket", "tickets", multiple=True, help="Only this ticket; may be repeated.")
@click.option("--reason", default="", help="Why; whoever booked reads it.")
@click.option("--waive-fee", is_flag=True, help="Keep no fee.")
@click.option("--dry-run", is_flag=True, help="Only say what is kept and what goes back.")
@on_store
def cancel_command(
    store: Store,
    code: str,
    tickets: tuple[str, ...],
    reason: str,
    waive_fee: bool,
    dry_run: bool,
) -> str:
    """Cancel the booking CODE, or some of its tickets.

    Example: eventdesk booking cancel K7QM2X --reason "ill" --dry-run
    """
    booking_id = find_booking(store, code)
    ids = [ticket_by_code(store, each).id for each in tickets] or None
    done = cancellation(store, SYSTEM, booking_id, ids, waive_fee=waive_fee)
    if not dry_run and ids is None:
        done = cancel_booking(store, SYSTEM, booking_id, reason=reason, waive_fee=waive_fee)
    elif not dry_run and ids is not None:
        done = cancel_tickets(store, SYSTEM, ids, reason=reason, waive_fee=waive_fee)
    verb = "would be cancelled" if dry_run else "cancelled"
    return f"{how_many(done.tickets, 'ticket')} {verb}; kept {done.kept}, back {done.refunded}"


@booking_command.command("transfer")
@click.argument("ticket")
@click.argument("name")
@click.option("--email", default="", help="The new holder's; with an account it is found there.")
@on_store
def transfer_command(store: Store, ticket: str, name: str, email: str) -> str:
    """Hand the TICKET with this code on to NAME; prints the text of its new QR code.

    Example: eventdesk booking transfer K7QM2X9P "Grace Hopper" --email grace@example.org
    """
    found = ticket_by_code(store, ticket)
    token = transfer_ticket(store, SYSTEM, found.id, name=name, email=email)
    return token


@booking_command.command("upgrade")
@click.argument("ticket")
@click.argument("kind", metavar="TYPE")
@on_store
def upgrade_command(store: Store, ticket: str, kind: str) -> str:
    """Make the TICKET with this code one of another TYPE; says what is due now.

    Example: eventdesk booking upgrade K7QM2X9P VIP
    """
    found = ticket_by_code(store, ticket)
    type_id = type_named(store, found.event_id, kind)
    done = upgrade_ticket(store, SYSTEM, found.id, type_id)
    return f"difference {done.difference}, due {done.due}"


@booking_command.command("approve")
@click.argument("code")
@on_store
def approve_command(store: Store, code: str) -> str:
    """Approve the booking CODE.

    Example: eventdesk booking approve K7QM2X
    """
    until = approve_booking(store, SYSTEM, find_booking(store, code))
    return "approved" + (f", to be paid until {spoken(until, 'UTC')} UTC" if until else "")


@booking_command.command("refuse")
@click.argument("code")
@click.option("--reason", required=True, help="Whoever booked reads it.")
@on_store
def refuse_command(store: Store, code: str, reason: str) -> str:
    """Refuse the booking CODE; what was paid goes back.

    Example: eventdesk booking refuse K7QM2X --reason "for members only"
    """
    booking_id = find_booking(store, code)
    done = refuse_booking(store, SYSTEM, booking_id, reason=reason)
    return f"refused; {done.refunded} go back"


@booking_command.command("extend")
@click.argument("code")
@click.option("--until", required=True, help='Such as "2026-06-01 09:30"; "none" for no deadline.')
@on_store
def extend_command(store: Store, code: str, until: str) -> str:
    """Give the booking CODE more time to be paid, in the event's time zone.

    Example: eventdesk booking extend K7QM2X --until "2026-06-01 09:30"
    """
    booking_id = find_booking(store, code)
    zone = booking_detail(store, SYSTEM, booking_id).time_zone
    moment = None if until.strip().casefold() == "none" else read_moment(until, zone)
    extend_deadline(store, SYSTEM, booking_id, until=moment)
    return "no deadline" if moment is None else f"until {spoken(moment, zone)}"


def _state(line: BookingLine) -> str:
    return line.state if line.approved or line.state not in ("paid", "pending") else "waiting"


def _facts(line: BookingLine) -> dict[str, object]:
    return {
        "code": line.code,
        "name": line.name,
        "email": line.email,
        "state": _state(line),
        "tickets": line.tickets,
        "total": str(line.total),
        "due": str(line.due),
        "created_at": line.created_at.isoformat(),
        "source": line.source,
    }
