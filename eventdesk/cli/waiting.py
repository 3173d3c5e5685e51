"""Commands on who waits: waitlists, and the queue of the hour of opening."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import MAX_EMAIL, NewBooking, NewTicket
from eventdesk.cli.booking import type_named
from eventdesk.cli.command import Lines, Told, acting, as_json, group, on_event
from eventdesk.cli.group import noted_now, progress
from eventdesk.cli.state_words import state_word
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import NotFoundError
from eventdesk.core.formats import number
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment, spoken
from eventdesk.events import EventView, QueueSummary, RequestState, RequestView
from eventdesk.waiting import (
    MOST_PLACES,
    EntryState,
    EntryView,
    accept,
    ask,
    close_queue,
    fill_now,
    join,
    leave,
    list_requests,
    list_waitlist,
    my_requests,
    open_queue,
    queue_summary,
    run_queue,
    withdraw,
)

_json = as_json(help="Print it as JSON.")


waitlist_command = group("waitlist", 'eventdesk waitlist list --event "Harbour Summit"')


@waitlist_command.command("list", "--search ada")
@on_event
@click.option("--search", default="", help="Part of a name or an e-mail address.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="Most lines to print.")
@_json
def list_command(store: Store, event: EventView, search: str, limit: int) -> Told:
    """Show who waits for what, in the order in which places are given."""
    found, total = list_waitlist(
        store, SYSTEM.at(noted_now(store)), event.id, search=search, limit=limit
    )
    lines = _listed(map(_line, found), total, _("Nobody waits."))
    return Told(lines, lambda: [asdict(entry) for entry in found], indent=1)


def _listed(lines: Iterable[str], total: int, none: str) -> list[str]:
    """Lines, and below them how many there are beside, or that there are none."""
    told = list(lines)
    if total > len(told):
        return [*told, _("… and {total} more; see --limit and --search.", total=total - len(told))]
    return told or [none]


@waitlist_command.command("join", 'ada@example.org --name "Ada Lovelace" --type Regular')
@click.argument("email")
@click.option("--name", required=True, help="Whom to write down.")
@click.option("--type", "kind", required=True, help="Ticket type, by name.")
@click.option("--places", type=click.IntRange(1, MOST_PLACES), default=1, help="How many together.")
@click.option("--fewer", is_flag=True, help="Fewer of them will do.")
@on_event
def join_command(
    store: Store, event: EventView, email: str, name: str, kind: str, places: int, fewer: bool
) -> str:
    """Write somebody down for a ticket type that is sold out."""
    type_id = type_named(store, event.id, kind)
    entry = join(
        store,
        SYSTEM,
        event.id,
        ticket_type_id=type_id,
        name=name,
        email=email,
        places=places,
        fewer=fewer,
    )
    return _(
        "{name} waits for {what} at place {place}.",
        name=plain(entry.name),
        what=plain(entry.what),
        place=entry.place,
    )


@waitlist_command.command("leave", 'ada@example.org --reason "asked by phone"')
@click.argument("email")
@click.option("--reason", default="", help="Why; the person is told.")
@on_event
def leave_command(store: Store, event: EventView, email: str, reason: str) -> Lines:
    """Take somebody off all waitlists of an event."""
    own = _entries_of(store, event, email)
    if not own:
        raise NotFoundError(
            msg("Nobody with this address waits."),
            hint=msg("List them: `eventdesk waitlist list`."),
        )
    for entry in own:
        leave(store, SYSTEM, entry.id, reason=reason)
    for entry in own:
        yield _("{name} waits no more for {what}.", name=plain(entry.name), what=plain(entry.what))


@waitlist_command.command("accept", "ada@example.org")
@click.argument("email")
@on_event
def accept_command(store: Store, event: EventView, email: str) -> Lines:
    """Take the place that somebody was offered, for instance when they call."""
    offered = [
        entry for entry in _entries_of(store, event, email) if entry.state is EntryState.OFFERED
    ]
    if not offered:
        raise NotFoundError(
            msg("Nobody with this address was offered a place."),
            hint=msg("List them: `eventdesk waitlist list`."),
        )
    for entry in offered:
        booked = accept(store, SYSTEM, entry.id)
        name, what = plain(entry.name), plain(entry.what)
        yield _("{code}  {name} has a place for {what}.", code=booked.code, name=name, what=what)


def _entries_of(store: Store, event: EventView, email: str) -> list[EntryView]:
    found, _total = list_waitlist(store, SYSTEM, event.id, search=email, limit=1000)
    return [entry for entry in found if entry.email.lower() == email.strip().lower()]


@waitlist_command.command("fill", '--event "Harbour Summit"')
@on_event
def fill_command(store: Store, event: EventView) -> str:
    """Give all free places to those who wait; the open program does it by itself."""
    given = fill_now(store, SYSTEM, event.id)
    return _("Places offered or given: {total}.", total=len(given))


queue_command = group("queue", 'eventdesk queue run --event "Harbour Summit"')


@queue_command.command("open", '--from "2026-05-01 09:00" --until "2026-05-01 10:00"')
@click.option("--from", "begin", required=True, help='Such as "2026-05-01 09:00".')
@click.option("--until", "end", required=True, help='Such as "2026-05-01 10:00".')
@click.option("--by-lot", is_flag=True, help="Draw lots; else who asks first is taken first.")
@on_event
def open_command(store: Store, event: EventView, begin: str, end: str, by_lot: bool) -> str:
    """Say when requests are collected, in the time zone of the event.

    VIP always goes before regular; among equals who asked first, or by lot.
    """
    queue_from = read_moment(begin, event.time_zone)
    queue_until = read_moment(end, event.time_zone)
    open_queue(
        store, SYSTEM, event.id, queue_from=queue_from, queue_until=queue_until, by_lot=by_lot
    )
    return _(
        "Requests for {name} are collected from {begin} to {end}.",
        name=plain(event.name),
        begin=spoken(queue_from, event.time_zone),
        end=spoken(queue_until, event.time_zone),
    )


@queue_command.command("close", '--event "Harbour Summit"')
@on_event
def close_command(store: Store, event: EventView) -> str:
    """Collect no more requests from now on; `eventdesk queue run` then takes them."""
    close_queue(store, SYSTEM.at(noted_now(store)), event.id)
    return _("Requests for {name} are collected no more.", name=plain(event.name))


@queue_command.command("remove", '--event "Harbour Summit"')
@on_event
def remove_command(store: Store, event: EventView) -> str:
    """Have no hour of opening: take its times away, once nobody waits."""
    open_queue(store, SYSTEM.at(noted_now(store)), event.id, queue_from=None, queue_until=None)
    return _("{name} has no hour of opening.", name=plain(event.name))


@queue_command.command("ask", "ada@example.org --type VIP")
@click.argument("email")
@click.option("--type", "kind", required=True, help="Ticket type, by name.")
@click.option("--name", "names", multiple=True, help="Who comes; repeat it. Else the account's.")
@click.option("--partly", is_flag=True, help="Fewer tickets are welcome too.")
@click.option("--access-code", default="", help="Lets in to a private event.")
@on_event
def ask_command(store: Store, event: EventView, /, email: str, kind: str, **given: Any) -> str:
    """Ask for tickets by the account EMAIL while requests are collected."""
    actor = _own_account(store, email)
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
    return _(
        "{name} asked for {count} at {at:%H:%M:%S} UTC.",
        name=plain(view.name),
        count=view.tickets,
        at=view.created_at,
    )


def _own_account(store: Store, email: str) -> Actor:
    """The account with this address, which requests are made by.

    Raises:
        NotFoundError: There is none; the hint says how to make it.
    """
    try:
        return acting(store, email)
    except NotFoundError as error:
        error.advice = msg(
            'Make one: `eventdesk account add {email} --name "…"`. Find those there are: '
            "`eventdesk account list NAME`.",
            email=email.strip()[:MAX_EMAIL],
        )
        raise


@queue_command.command("list", "--search ada")
@click.option("--search", default="", help="Part of a name or an e-mail address.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="Most lines to print.")
@on_event
@_json
def requests_command(store: Store, event: EventView, search: str, limit: int) -> Told:
    """List the requests, those that are decided first; as a file: `eventdesk export queue`."""
    found, total = list_requests(store, SYSTEM, event.id, search=search, limit=limit)
    lines = _listed(map(_request_line, found), total, _("No requests."))
    return Told(lines, lambda: [asdict(view) for view in found], indent=1)


def _request_line(view: RequestView) -> str:
    vip = "VIP" if view.priority > 0 else ""
    words = f"{state_word(view.state):10}  {view.tickets:3}  {vip:3}  {plain(view.name)}"
    what = plain(view.what, limit=60)
    return "  ".join(filter(None, (words, what, view.booking_code, plain(view.reason))))


@queue_command.command("withdraw", "ada@example.org")
@click.argument("email")
@on_event
def withdraw_command(store: Store, event: EventView, email: str) -> str:
    """Take the request of the account EMAIL back, before it is decided."""
    actor = _own_account(store, email)
    own = my_requests(store, actor, event_id=event.id)
    waiting = [view for view in own if view.state is RequestState.WAITING]
    if not waiting:
        raise NotFoundError(
            msg("This account has no request that waits."), hint=msg("See: queue list")
        )
    for view in waiting:
        withdraw(store, actor.at(noted_now(store)), view.id)
    return _("{name} asks no more.", name=plain(actor.name))


@queue_command.command("run", '--event "Harbour Summit"')
@on_event
@click.option("--most", type=click.IntRange(min=1), help="Take so many at most; go on later.")
@_json
def run_command(store: Store, event: EventView, most: int | None) -> Told:
    """Take the requests: VIP first, then first come first served, or by lot. Repeat as you like."""
    event_id, now = event.id, utc_now()
    before = queue_summary(store, SYSTEM.at(now), event_id)
    count = min(before.waiting, most or before.waiting)
    with progress(_("Taking requests"), count) as done:
        after = run_queue(
            store,
            SYSTEM.at(now),
            event_id,
            most=most,
            progress=lambda standing: done(min(count, standing.decided - before.decided)),
        )
        done(count)
    return _told(after, now)


@queue_command.command("summary", "--json")
@on_event
@_json
def summary_command(store: Store, event: EventView) -> Told:
    """Show how many requests are confirmed, sold out, cancelled, and what is sold, held and left."""  # noqa: E501
    now = utc_now()
    standing = queue_summary(store, SYSTEM.at(now), event.id)
    return _told(standing, now)


def _told(standing: QueueSummary, now: datetime) -> Told:
    return Told(_standing_lines(standing, now), lambda: asdict(standing), indent=1)


def _standing_lines(standing: QueueSummary, now: datetime) -> Lines:
    if standing.queue_until is None:
        yield _("There is no queue. Open one: `eventdesk queue open`.")
    elif not standing.runnable(now):
        until = spoken(standing.queue_until, standing.time_zone)
        yield _("Requests are collected until {until}.", until=until)
    figures = [
        ("waiting", standing.waiting),
        ("confirmed", standing.confirmed),
        ("sold_out", standing.sold_out),
        ("cancelled", standing.cancelled),
        ("failed", standing.failed),
    ]
    for state, count in figures:
        yield f"{state_word(state):12} {number(count):>8}"
    for each in standing.remaining:
        left = _("no limit") if each.left is None else _("{left:,} left", left=each.left)
        yield _(
            "{name}: {sold:,} sold, {held:,} held, {left}",
            name=plain(each.name),
            sold=each.sold,
            held=each.held,
            left=left,
        )


def _line(entry: EntryView) -> str:
    parts = [
        f"{state_word('offered') if entry.place is None else f'{entry.place}.':>8}",
        plain(entry.what),
        f"{plain(entry.name)} <{plain(entry.email)}>",
        str(entry.party),
        str(entry.rank),
    ]
    if entry.offer_until:
        parts.append(_("until {at}", at=spoken(entry.offer_until, entry.time_zone)))
    return "  ".join(filter(None, parts))
