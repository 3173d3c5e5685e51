"""The programme of an event on the command line."""

import json
from zoneinfo import ZoneInfo

import click

from data.store import Store
from eventdesk.cli.group import settings_of
from eventdesk.model.clock import utc_now
from eventdesk.model.people import SYSTEM
from eventdesk.model.plain_text import plain
from eventdesk.usecases.events import find_event
from eventdesk.usecases.programme_view import read_programme


@click.command("programme")
@click.option("--event", "named", default="", help="Event, by code, id or name.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def programme_command(ctx: click.Context, named: str, as_json: bool) -> None:
    """Show what happens at an event, day by day, with what is at odds.

    \b
    Example:
      eventdesk programme --event HARBOR
    """
    with Store(settings_of(ctx).home) as store:
        event_id = find_event(store, named).id
        programme = read_programme(store, SYSTEM, event_id, now=utc_now())
    zone = ZoneInfo(programme.event.time_zone)
    if as_json:
        lines = [
            {
                "session": str(one.id),
                "title": one.title,
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "room": one.room,
                "speakers": [name for _id, name in one.speakers],
                "tags": one.tags,
                "cancelled": one.cancelled_at is not None,
                "conflicts": [c.text for c in programme.conflicts.get(one.id, ())],
            }
            for one in programme.sessions
        ]
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    if not programme.sessions:
        click.echo("No sessions yet. Add them on the organizer's screen: eventdesk")
    for day, sessions in programme.by_day().items():
        click.echo(f"{day:%A, %Y-%m-%d}")
        for one in sessions:
            start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
            who = ", ".join(plain(name) for _id, name in one.speakers)
            sign = "✗ cancelled" if one.cancelled_at is not None else ""
            parts = (plain(one.title), plain(one.room), who, sign)
            click.echo(f"  {start:%H:%M}–{end:%H:%M}  {' · '.join(filter(None, parts))}")
            for conflict in programme.conflicts.get(one.id, ()):
                click.echo(f"      ! {plain(conflict.text)}")
