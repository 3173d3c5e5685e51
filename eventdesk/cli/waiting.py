"""Commands on who waits: waitlists, and the queue of the hour of opening."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.booking.booking import NewBooking, NewTicket
from eventdesk.cli.booking import acting, type_named
from eventdesk.cli.group import noted_now, progress, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import NotFoundError
from eventdesk.core.json_text import json_text
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment, spoken
from eventdesk.events.events import find_event
from eventdesk.events.opening_hour import QueueSummary, RequestState
from eventdesk.waiting.queue import (
    ask,
    close_queue,
    list_requests,
    my_requests,
    open_queue,
    queue_summary,
    run_queue,
    withdraw,
)
from eventdesk.waiting.waitlist import accept, fill_now, join, leave, list_waitlist
from eventdesk.waiting.waitlist_entry import EntryState, EntryView

_event = click.option("--event", "named", default="", help="Event, by code, id or name.")
_json = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group("waitlist")
def waitlist_command() -> None:
    """Show who waits, write people down, take them off, and give free places.

    \b
    Example:
      eventdesk waitlist list --event "Harbour Summit"
    """


@waitlist_command.command("list")
@_event
@click.option("--search", default="", help="Part of a name or an e-mail address.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="Most lines to print.")
@_json
@click.pass_context
def list_command(ctx: click.Context, named: str, search: str, limit: int, as_json: bool) -> None:
    """Show who waits for what, in the order in which places are given.

    \b
    Example:
      eventdesk waitlist list --search ada
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        found, total = list_waitlist(
            store, SYSTEM.at(noted_now(store)), event.id, search=search, limit=limit
        )
    if as_json:
        click.echo(json_text([asdict(entry) for entry in found], default=str, indent=1))
        return
    for entry in found:
        click.echo(_line(entry))
    if not found:
        click.echo("Nobody waits.")
    elif total > len(found):
        click.echo(f"… and {total - len(found)} more; see --limit and --search.")


@waitlist_command.command("join")
@click.argument("email")
@click.option("--name", required=True, help="Whom to write down.")
@click.option("--type", "kind", required=True, help="Ticket type, by name.")
@_event
@click.pass_context
def join_command(ctx: click.Context, email: str, name: str, kind: str, named: str) -> None:
    """Write somebody down for a ticket type that is sold out.

    \b
    Example:
      eventdesk waitlist join ada@example.org --name "Ada Lovelace" --type Regular
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        type_id = type_named(store, event.id, kind)
        entry = join(store, SYSTEM, event.id, ticket_type_id=type_id, name=name, email=email)
    click.echo(f"{plain(entry.name)} waits for {plain(entry.what)} at place {entry.place}.")


@waitlist_command.command("leave")
@click.argument("email")
@click.option("--reason", default="", help="Why; the person is told.")
@_event
@click.pass_context
def leave_command(ctx: click.Context, email: str, reason: str, named: str) -> None:
    """Take somebody off all waitlists of an event.

    \b
    Example:
      eventdesk waitlist leave ada@example.org --reason "asked by phone"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        found, _ = list_waitlist(store, SYSTEM, event.id, search=email, limit=1000)
        own = [entry for entry in found if entry.email.lower() == email.strip().lower()]
        if not own:
            raise NotFoundError(
                "Nobody with this address waits.", hint="List them: `eventdesk waitlist list`."
            )
        for entry in own:
            leave(store, SYSTEM, entry.id, reason=reason)
    for entry in own:
        click.echo(f"{plain(entry.name)} waits no more for {plain(entry.what)}.")


@waitlist_command.command("accept")
@click.argument("email")
@_event
@click.pass_context
def accept_command(ctx: click.Context, email: str, named: str) -> None:
    """Take the place that somebody was offered, for instance when they call.

    \b
    Example:
      eventdesk waitlist accept ada@example.org
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        found, _ = list_waitlist(store, SYSTEM, event.id, search=email, limit=1000)
        own = [entry for entry in found if entry.email.lower() == email.strip().lower()]
        offered = [entry for entry in own if entry.state is EntryState.OFFERED]
        if not offered:
            raise NotFoundError(
                "Nobody with this address was offered a place.",
                hint="List them: `eventdesk waitlist list`.",
            )
        for entry in offered:
            booked = accept(store, SYSTEM, entry.id)
            click.echo(f"{booked.code}  {plain(entry.name)} has a place for {plain(entry.what)}.")


@waitlist_command.command("fill")
@_event
@click.pass_context
def fill_command(ctx: click.Context, named: str) -> None:
    """Give all free places to those who wait; the open program does it by itself.

    \b
    Example:
      eventdesk waitlist fill --event "Harbour Summit"
    """
    with Store(settings_of(ctx).home) as store:
        given = fill_now(store, SYSTEM, find_event(store, named).id)
    click.echo(f"Places offered or given: {len(given)}.")


@click.group("queue")
def queue_command() -> None:
    """Collect requests for the hour of opening, and take them in order.

    \b
    Example:
      eventdesk queue run --event "Harbour Summit"
    """


@queue_command.command("open")
@click.option("--from", "begin", required=True, help='Such as "2026-05-01 09:00".')
@click.option("--until", "end", required=True, help='Such as "2026-05-01 10:00".')
@click.option("--by-lot", is_flag=True, help="Draw lots; else who asks first is taken first.")
@_event
@click.pass_context
def open_command(ctx: click.Context, begin: str, end: str, by_lot: bool, named: str) -> None:
    """Say when requests are collected, in the time zone of the event.

    VIP always goes before regular; among equals who asked first, or by lot.

    \b
    Example:
      eventdesk queue open --from "2026-05-01 09:00" --until "2026-05-01 10:00"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        queue_from = read_moment(begin, event.time_zone)
        queue_until = read_moment(end, event.time_zone)
        open_queue(
            store, SYSTEM, event.id, queue_from=queue_from, queue_until=queue_until, by_lot=by_lot
        )
    times = f"{spoken(queue_from, event.time_zone)} to {spoken(queue_until, event.time_zone)}"
    click.echo(f"Requests for {plain(event.name)} are collected from {times}.")


@queue_command.command("close")
@_event
@click.pass_context
def close_command(ctx: click.Context, named: str) -> None:
    """Collect no more requests from now on; `eventdesk queue run` then takes them.

    \b
    Example:
      eventdesk queue close --event "Harbour Summit"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        close_queue(store, SYSTEM.at(noted_now(store)), event.id)
    click.echo(f"Requests for {plain(event.name)} are collected no more.")


@queue_command.command("ask")
@click.argument("email")
@click.option("--type", "kind", required=True, help="Ticket type, by name.")
@click.option("--name", "names", multiple=True, help="Who comes; repeat it. Else the account's.")
@click.option("--partly", is_flag=True, help="Fewer tickets are welcome too.")
@click.option("--access-code", default="", help="Lets in to a private event.")
@_event
@click.pass_context
def ask_command(ctx: click.Context, /, email: str, kind: str, named: str, **given: Any) -> None:
    """Ask for tickets by the account EMAIL while requests are collected.

    \b
    Example:
      eventdesk queue ask ada@example.org --type VIP
    """
    with Store(settings_of(ctx).home) as store:
        event, actor = find_event(store, named), acting(store, email)
        type_id = type_named(store, event.id, kind)
        names = given["names"] or (actor.name,)
        tickets = tuple(NewTicket(type_id, name) for name in names)
        wish = NewBooking(names[0], email.strip(), tickets)
        view = ask(
            store,
            actor.at(noted_now(store)),
            event.id,
            wish,
            partly=given["partly"],
            access_code=given["access_code"],
        )
    click.echo(f"{plain(view.name)} asked for {view.tickets} at {view.created_at:%H:%M:%S} UTC.")


@queue_command.command("list")
@click.option("--search", default="", help="Part of a name or an e-mail address.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="Most lines to print.")
@_event
@_json
@click.pass_context
def requests_command(
    ctx: click.Context, search: str, limit: int, named: str, as_json: bool
) -> None:
    """List the requests, those that are decided first; as a file: `eventdesk export queue`.

    \b
    Example:
      eventdesk queue list --search ada
    """
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        found, total = list_requests(store, SYSTEM, event_id, search=search, limit=limit)
    if as_json:
        click.echo(json_text([asdict(view) for view in found], default=str, indent=1))
        return
    for view in found:
        vip = "VIP" if view.priority > 0 else ""
        words = f"{view.state.replace('_', ' '):10}  {view.tickets:3}  {vip:3}  {plain(view.name)}"
        click.echo("  ".join(filter(None, (words, view.booking_code, plain(view.reason)))))
    if not found:
        click.echo("No requests.")
    elif total > len(found):
        click.echo(f"… and {total - len(found)} more; see --limit and --search.")


@queue_command.command("withdraw")
@click.argument("email")
@_event
@click.pass_context
def withdraw_command(ctx: click.Context, email: str, named: str) -> None:
    """Take the request of the account EMAIL back, before it is decided.

    \b
    Example:
      eventdesk queue withdraw ada@example.org
    """
    with Store(settings_of(ctx).home) as store:
        event, actor = find_event(store, named), acting(store, email)
        own = my_requests(store, actor, event_id=event.id)
        waiting = [view for view in own if view.state is RequestState.WAITING]
        if not waiting:
            raise NotFoundError("This account has no request that waits.", hint="See: queue list")
        for view in waiting:
            withdraw(store, actor.at(noted_now(store)), view.id)
    click.echo(f"{plain(actor.name)} asks no more.")


@queue_command.command("run")
@_event
@click.option("--most", type=click.IntRange(min=1), help="Take so many at most; go on later.")
@_json
@click.pass_context
def run_command(ctx: click.Context, named: str, most: int | None, as_json: bool) -> None:
    """Take the requests: VIP first, then first come first served, or by lot. Repeat as you like.

    \b
    Example:
      eventdesk queue run --event "Harbour Summit"
    """
    with Store(settings_of(ctx).home) as store:
        event_id, now = find_event(store, named).id, utc_now()
        before = queue_summary(store, SYSTEM.at(now), event_id)
        count = min(before.waiting, most or before.waiting)
        with progress("Taking requests", count) as done:
            after = run_queue(
                store,
                SYSTEM.at(now),
                event_id,
                most=most,
                progress=lambda standing: done(min(count, standing.decided - before.decided)),
            )
            done(count)
    _say(after, now, as_json)


@queue_command.command("summary")
@_event
@_json
@click.pass_context
def summary_command(ctx: click.Context, named: str, as_json: bool) -> None:
    """Show how many requests are confirmed, sold out, cancelled, and what is sold, held and left.

    \b
    Example:
      eventdesk queue summary --json
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        standing = queue_summary(store, SYSTEM.at(now), find_event(store, named).id)
    _say(standing, now, as_json)


def _say(standing: QueueSummary, now: datetime, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(asdict(standing), default=str, indent=1))
        return
    if standing.queue_until is None:
        click.echo("There is no queue. Open one: `eventdesk queue open`.")
    elif not standing.runnable(now):
        until = spoken(standing.queue_until, standing.time_zone)
        click.echo(f"Requests are collected until {until}.")
    figures: list[tuple[str, Any]] = [
        ("waiting", standing.waiting),
        ("confirmed", standing.confirmed),
        ("sold out", standing.sold_out),
        ("cancelled", standing.cancelled),
        ("failed", standing.failed),
    ]
    for word, number in figures:
        click.echo(f"{word:12} {number:>8,}")
    for each in standing.remaining:
        left = "no limit" if each.left is None else f"{each.left:,} left"
        click.echo(f"{plain(each.name)}: {each.sold:,} sold, {each.held:,} held, {left}")


def _line(entry: EntryView) -> str:
    place = "offered" if entry.place is None else f"{entry.place}."
    until = f"  until {spoken(entry.offer_until, entry.time_zone)}" if entry.offer_until else ""
    rank = f"  {entry.rank}" if entry.rank else ""
    who = f"{plain(entry.name)} <{plain(entry.email)}>"
    return f"{place:>8}  {plain(entry.what)}  {who}{rank}{until}"
