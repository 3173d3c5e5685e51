"""Commands on events before their doors open: made, changed, approved, cancelled, duplicated."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from data.store import Store
from eventdesk.accounts.people import person
from eventdesk.accounts.sign_in import standing
from eventdesk.acts.actor import SYSTEM, VISITOR, Actor, ActorKind, Role
from eventdesk.cli.event_fields import read_change
from eventdesk.cli.group import ask_first, settings_of
from eventdesk.core import typed_text
from eventdesk.core.clock import utc_now
from eventdesk.core.json_text import json_text
from eventdesk.core.money import read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.time_zones import machine_zone
from eventdesk.core.wall_clock import read_moment, spoken, typed_moment
from eventdesk.events.event import EventDetail, EventState
from eventdesk.events.event_settings import change_event
from eventdesk.events.event_states import (
    approve_event,
    cancel_event,
    event_checklist,
    publish_event,
    refuse_event,
    submit_event,
    withdraw_event,
)
from eventdesk.events.events import NewEvent, create_event, event_detail, find_event
from eventdesk.events.invitations import invite
from eventdesk.exchange.event_copies import duplicate_event
from eventdesk.exchange.event_removal import archive_event, delete_event, unarchive_event
from eventdesk.sales.event_browse import browse

SIGNS: Final[Mapping[EventState, str]] = {
    EventState.DRAFT: "✎",
    EventState.WAITING: "…",
    EventState.PUBLISHED: "✓",
    EventState.OVER: "■",
    EventState.CANCELLED: "✗",
    EventState.ARCHIVED: "▽",
}

_event = click.argument("named", metavar="EVENT", default="")
_as = click.option("--as", "email", default="", help="Act as the account with this address.")


@click.group("event")
def event_command() -> None:
    """Set up events, and take them from draft to published.

    \b
    Example:
      eventdesk event create "Harbour Summit" --from "2026-06-01 09:00" --until "2026-06-02 18:00"
    """


def _most_minor(typed: str) -> int | None:
    """An amount as people type it, in hundredths of a currency's unit."""
    return read_money(typed, "EUR", 2).minor if typed.strip() else None


@event_command.command("create")
@click.argument("name")
@click.option("--from", "starts", required=True, help='Such as "2026-06-01 09:00".')
@click.option("--until", "ends", required=True, help='Such as "2026-06-02 18:00".')
@click.option("--zone", default="", help="Time zone of the event; without it, this machine's.")
@click.option("--currency", default="EUR", help="Three letters, such as EUR.")
@click.option("--owner", default="", help="E-mail address of the account it is for.")
@click.pass_context
def create_command(
    ctx: click.Context, name: str, starts: str, ends: str, zone: str, currency: str, owner: str
) -> None:
    """Make a draft and print its code.

    \b
    Example:
      eventdesk event create "Harbour Summit" --from "2026-06-01 09:00" --until "2026-06-02 18:00"
    """
    zone = typed_text.time_zone(zone or machine_zone())
    new = NewEvent(
        name, read_moment(starts, zone), read_moment(ends, zone), zone, currency, owner=owner
    )
    with Store(settings_of(ctx).home) as store:
        click.echo(create_event(store, SYSTEM, new).code)
    click.echo(f"Its times are those of {zone}.", err=True)


@event_command.command("browse")
@click.argument("words", nargs=-1)
@click.option("--category", default="", help="Only this category.")
@click.option("--place", default="", help="Words of the venue or its address, or online.")
@click.option("--from", "begin", default="", help='Still going on then: "2026-05-01 09:00".')
@click.option("--until", "end", default="", help="Begun by then.")
@click.option("--zone", default="", help="Time zone of both; without it, this machine's.")
@click.option("--price", default="", help="Only with a ticket of at most this amount, all told.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="Most lines to print.")
@_as
@click.pass_context
def browse_command(ctx: click.Context, /, words: tuple[str, ...], email: str, **given: Any) -> None:
    """Find published events by WORDS, as people who look for one do; the next first.

    \b
    Example:
      eventdesk event browse harbour --category Conference --from "2026-05-01 09:00"
    """
    zone = given["zone"] or machine_zone()
    begin, end = (
        read_moment(each, zone) if each else None for each in (given["begin"], given["end"])
    )
    with Store(settings_of(ctx).home) as store:
        cards, total = browse(
            store,
            _actor(store, email) if email else VISITOR,
            text=" ".join(words),
            category=given["category"],
            place=given["place"],
            date_from=begin,
            date_until=end,
            most_minor=_most_minor(given["price"]),
            limit=given["limit"],
        )
    for card in cards:
        price = "" if card.cheapest is None else f"from {card.cheapest}"
        parts = (spoken(card.starts_at, card.time_zone), card.category, card.place, price)
        told = "  ".join(plain(part, limit=60) for part in parts if part)
        click.echo(f"{card.code}  {plain(card.name)}  {told}")
    if not cards:
        click.echo("No events. Search for other words, or in another time.")
    elif total > len(cards):
        click.echo(f"… and {total - len(cards)} more; see --limit.")


@event_command.command("show")
@_event
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def show_command(ctx: click.Context, named: str, as_json: bool) -> None:
    """Show an event, and what it still needs.

    \b
    Example:
      eventdesk event show "Harbour Summit"
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        event = event_detail(store, SYSTEM.at(now), event_id)
        checks = event_checklist(store, SYSTEM.at(now), event_id)
    facts = _facts(event)
    if as_json:
        lacking = [one.text for one in checks if not one.done]
        click.echo(json_text({**facts, "lacking": lacking}))
        return
    click.echo(f"{SIGNS[event.state]} {event.code}  {plain(event.name)}  ({event.state})")
    for name, value in facts.items():
        if value not in ("", None) and name not in ("code", "name", "state"):
            click.echo(f"  {name.replace('_', ' '):<12} {plain(str(value))}")
    for one in checks:
        if not one.done:
            click.echo(f"  {'✗ needed' if one.needed else '! missing'}: {one.text}")


@event_command.command("change")
@_event
@click.argument("field")
@click.argument("value")
@click.pass_context
def change_command(ctx: click.Context, named: str, field: str, value: str) -> None:
    """Change one field, such as description, category, capacity, visibility, starts or ends.

    \b
    Example:
      eventdesk event change HARBOR category Conference
    """
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        event = event_detail(store, SYSTEM, event_id)
        change_event(store, SYSTEM, event_id, read_change(field, value, event))
    click.echo(f"{plain(event.name)}: {plain(field)} changed.")


@event_command.command("submit")
@_event
@_as
@click.pass_context
def submit_command(ctx: click.Context, named: str, email: str) -> None:
    """Hand a draft in: public ones wait for an admin, others are published at once.

    \b
    Example:
      eventdesk event submit HARBOR --as olga@example.org
    """
    _step(ctx, named, email, submit_event)


@event_command.command("approve")
@_event
@_as
@click.pass_context
def approve_command(ctx: click.Context, named: str, email: str) -> None:
    """Publish an event that waits for approval.

    \b
    Example:
      eventdesk event approve HARBOR
    """
    _step(ctx, named, email, approve_event)


@event_command.command("refuse")
@_event
@_as
@click.option("--reason", required=True, help="What its organizer is told.")
@click.pass_context
def refuse_command(ctx: click.Context, named: str, email: str, reason: str) -> None:
    """Send an event that waits back to its organizer.

    \b
    Example:
      eventdesk event refuse HARBOR --reason "The address is missing."
    """
    _step(ctx, named, email, refuse_event, reason=reason)


@event_command.command("publish")
@_event
@_as
@click.pass_context
def publish_command(ctx: click.Context, named: str, email: str) -> None:
    """Publish a draft without anybody's approval.

    \b
    Example:
      eventdesk event publish HARBOR
    """
    _step(ctx, named, email, publish_event)


@event_command.command("withdraw")
@_event
@_as
@click.pass_context
def withdraw_command(ctx: click.Context, named: str, email: str) -> None:
    """Make a draft again of an event that nobody booked.

    \b
    Example:
      eventdesk event withdraw HARBOR
    """
    _step(ctx, named, email, withdraw_event)


@event_command.command("cancel")
@_event
@_as
@click.option("--reason", required=True, help="What everybody who booked is told.")
@click.pass_context
def cancel_command(ctx: click.Context, named: str, email: str, reason: str) -> None:
    """Call an event off.

    \b
    Example:
      eventdesk event cancel HARBOR --reason "Storm warning."
    """
    _step(ctx, named, email, cancel_event, reason=reason)


@event_command.command("delete")
@_event
@_as
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete_command(ctx: click.Context, named: str, email: str, yes: bool) -> None:
    """Delete a draft that nobody booked, with everything that was set up for it.

    \b
    Example:
      eventdesk event delete HARBOR
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        if not yes:
            ask_first(f"Delete {plain(event.name)} ({event.code}) for ever?")
        name = delete_event(store, _actor(store, email), event.id)
    click.echo(f"{plain(name)} is deleted.")


@event_command.command("archive")
@_event
@_as
@click.pass_context
def archive_command(ctx: click.Context, named: str, email: str) -> None:
    """Take an event that is over or cancelled off the lists; everything of it is kept.

    For one file with the whole event see `eventdesk archive write`.

    \b
    Example:
      eventdesk event archive HARBOR
    """
    _step(ctx, named, email, archive_event)


@event_command.command("unarchive")
@_event
@_as
@click.pass_context
def unarchive_command(ctx: click.Context, named: str, email: str) -> None:
    """Put an archived event back on the lists.

    \b
    Example:
      eventdesk event unarchive HARBOR
    """
    _step(ctx, named, email, unarchive_event)


@event_command.command("duplicate")
@_event
@click.option("--from", "starts", required=True, help="When the copy begins.")
@click.option("--name", default="", help="What it is called.")
@_as
@click.pass_context
def duplicate_command(ctx: click.Context, named: str, starts: str, name: str, email: str) -> None:
    """Make a draft like an event, without anybody's bookings, and print its code.

    \b
    Example:
      eventdesk event duplicate HARBOR --from "2027-06-01 09:00" --name "Harbour Summit 2027"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        starts_at = read_moment(starts, event.time_zone)
        actor = _actor(store, email)
        copy = duplicate_event(store, actor, event.id, starts_at=starts_at, name=name)
    click.echo(copy.code)


@event_command.command("invite")
@_event
@click.argument("emails", nargs=-1, required=True)
@click.option("--vip", is_flag=True, help="They go before others on the waitlist.")
@click.pass_context
def invite_command(ctx: click.Context, named: str, emails: tuple[str, ...], vip: bool) -> None:
    """Put e-mail addresses on the list of an event that is by invitation.

    \b
    Example:
      eventdesk event invite HARBOR ada@example.org grace@example.org
    """
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        done = invite(store, SYSTEM, event_id, emails, vip=vip)
    click.echo(f"{done.added} added, {done.known} were on the list.")


def _step(
    ctx: click.Context, named: str, email: str, use_case: Callable[..., EventDetail], **more: str
) -> None:
    """Take an event one step on its way and say where it is now."""
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        event = use_case(store, _actor(store, email), event_id, **more, now=utc_now())
    click.echo(f"{SIGNS[event.state]} {plain(event.name)}: {event.state}")


def _actor(store: Store, email: str) -> Actor:
    """Who acts: whoever owns the files, or the account named."""
    if not email:
        return SYSTEM
    who = person(store, SYSTEM, email)
    return standing(store, Actor(ActorKind.ACCOUNT, who.id, who.name, Role.ATTENDEE))


def _facts(event: EventDetail) -> dict[str, Any]:
    zone = event.time_zone
    return {
        "event": str(event.id),
        "code": event.code,
        "name": event.name,
        "state": event.state.value,
        "from": typed_moment(event.starts_at, zone),
        "until": typed_moment(event.ends_at, zone),
        "time_zone": zone,
        "category": event.category,
        "language": event.language,
        "venue": event.venue.name if event.venue is not None else "",
        "online": event.online_url,
        "currency": event.currency,
        "capacity": event.capacity,
        "taken": event.taken,
        "visibility": event.visibility.value,
        "access_code": event.access_code,
        "owner": event.owner_name,
        "reason": event.reason,
    }
