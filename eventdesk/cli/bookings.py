"""Commands on bookings: list, show, and what is done with one."""

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.booking.booking import BookingLine
from eventdesk.booking.bookings import booking_detail, find_booking, list_bookings
from eventdesk.booking.cancellations import cancel_booking, cancel_tickets, cancellation
from eventdesk.booking.decisions import approve_booking, extend_deadline, refuse_booking
from eventdesk.booking.tickets import ticket_by_code
from eventdesk.booking.transfers import transfer_ticket
from eventdesk.booking.upgrades import upgrade_ticket
from eventdesk.cli.booking import EVENT, type_named
from eventdesk.cli.group import noted_now, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.counting import how_many
from eventdesk.core.json_text import json_text
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment, spoken
from eventdesk.events.events import find_event


@click.group("booking")
def booking_command() -> None:
    """List, show and change bookings.

    \b
    Example:
      eventdesk booking list
    """


@booking_command.command("list")
@click.argument("search", default="")
@EVENT
@click.option(
    "--state",
    type=click.Choice(["pending", "paid", "cancelled", "expired", "waiting"]),
    help="Only these; waiting is for approval.",
)
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_command(
    ctx: click.Context, search: str, named: str, state: str | None, limit: int, as_json: bool
) -> None:
    """List bookings, the newest first, or those that SEARCH finds: code, name, e-mail.

    \b
    Example:
      eventdesk booking list lovelace --state pending
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        lines, total = list_bookings(
            store,
            SYSTEM.at(noted_now(store)),
            event.id,
            search=search,
            state=state or "",
            limit=limit,
        )
    if as_json:
        click.echo(json_text([_facts(line) for line in lines]))
        return
    for line in lines:
        click.echo(
            f"{line.code}  {_state(line):9}  {line.tickets:3}  {line.total!s:>14}  "
            f"{plain(line.name, limit=40)}"
        )
    if total > len(lines):
        click.echo(f"and {total - len(lines)} more")
    if not lines:
        click.echo("No bookings.")


@booking_command.command("show")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def show_command(ctx: click.Context, code: str, as_json: bool) -> None:
    """Show the booking CODE with its tickets.

    \b
    Example:
      eventdesk booking show K7QM2X
    """
    with Store(settings_of(ctx).home) as store:
        detail = booking_detail(store, SYSTEM.at(noted_now(store)), find_booking(store, code))
    if as_json:
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
        facts = _facts(detail.line) | {"kept": str(detail.kept), "tickets": tickets}
        click.echo(json_text(facts))
        return
    line = detail.line
    click.echo(f"{line.code}  {_state(line)}  {plain(line.name)} {plain(line.email)}".rstrip())
    click.echo(f"total {line.total}, paid {detail.paid}, back {detail.refunded}, due {line.due}")
    if line.expires_at is not None:
        click.echo(f"to be paid until {spoken(line.expires_at, detail.time_zone)}")
    for ticket in detail.tickets:
        seat = f", seat {ticket.seat}" if ticket.seat else ""
        words = f"{plain(ticket.name)}, {plain(ticket.ticket_type)}{plain(seat)}, {ticket.price}"
        click.echo(f"  {ticket.code}  {ticket.state:9}  {words}")
        for question, answer in ticket.answers:
            click.echo(f"      {plain(question)} {plain(answer)}")


@booking_command.command("cancel")
@click.argument("code")
@click.option("--ticket", "tickets", multiple=True, help="Only this ticket; may be repeated.")
@click.option("--reason", default="", help="Why; whoever booked reads it.")
@click.option("--waive-fee", is_flag=True, help="Keep no fee.")
@click.option("--dry-run", is_flag=True, help="Only say what is kept and what goes back.")
@click.pass_context
def cancel_command(
    ctx: click.Context,
    code: str,
    tickets: tuple[str, ...],
    reason: str,
    waive_fee: bool,
    dry_run: bool,
) -> None:
    """Cancel the booking CODE, or some of its tickets.

    \b
    Example:
      eventdesk booking cancel K7QM2X --reason "ill" --dry-run
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        booking_id = find_booking(store, code)
        ids = [ticket_by_code(store, each).id for each in tickets] or None
        done = cancellation(store, SYSTEM.at(now), booking_id, ids, waive_fee=waive_fee)
        if not dry_run and ids is None:
            done = cancel_booking(
                store, SYSTEM.at(now), booking_id, reason=reason, waive_fee=waive_fee
            )
        elif not dry_run and ids is not None:
            done = cancel_tickets(store, SYSTEM.at(now), ids, reason=reason, waive_fee=waive_fee)
    verb = "would be cancelled" if dry_run else "cancelled"
    click.echo(f"{how_many(done.tickets, 'ticket')} {verb}; kept {done.kept}, back {done.refunded}")


@booking_command.command("transfer")
@click.argument("ticket")
@click.argument("name")
@click.option("--email", default="", help="The new holder's; with an account it is found there.")
@click.pass_context
def transfer_command(ctx: click.Context, ticket: str, name: str, email: str) -> None:
    """Hand the TICKET with this code on to NAME; prints the text of its new QR code.

    \b
    Example:
      eventdesk booking transfer K7QM2X9P "Grace Hopper" --email grace@example.org
    """
    with Store(settings_of(ctx).home) as store:
        found = ticket_by_code(store, ticket)
        token = transfer_ticket(store, SYSTEM, found.id, name=name, email=email)
    click.echo(token)


@booking_command.command("upgrade")
@click.argument("ticket")
@click.argument("kind", metavar="TYPE")
@click.pass_context
def upgrade_command(ctx: click.Context, ticket: str, kind: str) -> None:
    """Make the TICKET with this code one of another TYPE; says what is due now.

    \b
    Example:
      eventdesk booking upgrade K7QM2X9P VIP
    """
    with Store(settings_of(ctx).home) as store:
        found = ticket_by_code(store, ticket)
        type_id = type_named(store, found.event_id, kind)
        done = upgrade_ticket(store, SYSTEM, found.id, type_id)
    click.echo(f"difference {done.difference}, due {done.due}")


@booking_command.command("approve")
@click.argument("code")
@click.pass_context
def approve_command(ctx: click.Context, code: str) -> None:
    """Approve the booking CODE.

    \b
    Example:
      eventdesk booking approve K7QM2X
    """
    with Store(settings_of(ctx).home) as store:
        until = approve_booking(store, SYSTEM, find_booking(store, code))
    click.echo("approved" + (f", to be paid until {spoken(until, 'UTC')} UTC" if until else ""))


@booking_command.command("refuse")
@click.argument("code")
@click.option("--reason", required=True, help="Whoever booked reads it.")
@click.pass_context
def refuse_command(ctx: click.Context, code: str, reason: str) -> None:
    """Refuse the booking CODE; what was paid goes back.

    \b
    Example:
      eventdesk booking refuse K7QM2X --reason "for members only"
    """
    with Store(settings_of(ctx).home) as store:
        booking_id = find_booking(store, code)
        done = refuse_booking(store, SYSTEM, booking_id, reason=reason)
    click.echo(f"refused; {done.refunded} go back")


@booking_command.command("extend")
@click.argument("code")
@click.option("--until", required=True, help='Such as "2026-06-01 09:30"; "none" for no deadline.')
@click.pass_context
def extend_command(ctx: click.Context, code: str, until: str) -> None:
    """Give the booking CODE more time to be paid, in the event's time zone.

    \b
    Example:
      eventdesk booking extend K7QM2X --until "2026-06-01 09:30"
    """
    with Store(settings_of(ctx).home) as store:
        booking_id = find_booking(store, code)
        zone = booking_detail(store, SYSTEM, booking_id).time_zone
        moment = None if until.strip().casefold() == "none" else read_moment(until, zone)
        extend_deadline(store, SYSTEM, booking_id, until=moment)
    click.echo("no deadline" if moment is None else f"until {spoken(moment, zone)}")


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
