"""Commands on who supports an event."""

from dataclasses import replace
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.command import group, on_event
from eventdesk.cli.programme import NONE, programme_of
from eventdesk.core.plain_text import plain
from eventdesk.events.event import EventView
from eventdesk.programme.programme import Programme
from eventdesk.programme.session import Sponsor
from eventdesk.programme.sponsors import (
    NewSponsor,
    add_sponsor,
    change_sponsor,
    move_sponsor,
    need_logo,
    remove_sponsor,
    set_sponsor_logo,
)

sponsor_command = group("sponsor", 'eventdesk sponsor add "Acme" --level Gold --on-badges')


@sponsor_command.command("list")
@on_event
def list_command(store: Store, event: EventView) -> None:
    """List the sponsors of an event in the order in which they are thanked.

    Example: eventdesk sponsor list --event HARBOR
    """
    sponsors = programme_of(store, event).sponsors
    for one in sponsors:
        marks = ("on badges" if one.on_badges else "", "logo" if one.logo else "")
        parts = (one.name, one.level, *marks, one.line, one.link)
        click.echo(" · ".join(filter(None, map(plain, parts))))
    if not sponsors:
        click.echo('No sponsors yet. Add the first: eventdesk sponsor add "Acme"')


@sponsor_command.command("add")
@click.argument("name")
@click.option("--level", default="", help="Such as Gold.")
@click.option("--line", default="", help="A line of theirs.")
@click.option("--link", default="", help="Address of a page.")
@click.option("--on-badges", is_flag=True, help="Badges name them.")
@click.option("--logo", type=click.Path(path_type=Path), help="A PNG or JPEG.")
@on_event
def add_command(
    store: Store,
    event: EventView,
    name: str,
    level: str,
    line: str,
    link: str,
    on_badges: bool,
    logo: Path | None,
) -> str:
    """Add a sponsor, below those that are there.

    Example: eventdesk sponsor add "Acme" --level Gold --on-badges
    """
    event_id = programme_of(store, event).event.id
    new = NewSponsor(name, level, line, link, on_badges)
    if logo is not None:
        need_logo(logo)
    sponsor = add_sponsor(store, SYSTEM, event_id, new)
    if logo is not None:
        set_sponsor_logo(store, SYSTEM, sponsor.id, logo)
    return f"{plain(sponsor.name)} is added."


@sponsor_command.command("change")
@click.argument("sponsor")
@click.option("--name", help="What they are called from now on.")
@click.option("--level", help="Such as Gold.")
@click.option("--line", help="A line of theirs.")
@click.option("--link", help="Address of a page.")
@click.option("--on-badges/--not-on-badges", default=None, help="Whether badges name them.")
@click.option("--logo", help='A PNG or JPEG, or "none".')
@click.option("--earlier", is_flag=True, help="Thank them one place earlier.")
@click.option("--later", is_flag=True, help="Thank them one place later.")
@on_event
def change_command(
    store: Store,
    event: EventView,
    /,
    sponsor: str,
    logo: str | None,
    earlier: bool,
    later: bool,
    **typed: str | bool | None,
) -> str:
    """Change what is known of a sponsor, or the place at which they are thanked.

    Example: eventdesk sponsor change "Acme" --level Platinum --earlier
    """
    given = {name: value for name, value in typed.items() if value is not None}
    one = _sponsor(programme_of(store, event), sponsor)
    new = NewSponsor(one.name, one.level, one.line, one.link, one.on_badges)
    if given:
        new = replace(new, **given)  # type: ignore[arg-type]  # the options are its fields
        change_sponsor(store, SYSTEM, one.id, new)
    if logo is not None:
        picture = None if logo.strip().casefold() == NONE else Path(logo).expanduser()
        set_sponsor_logo(store, SYSTEM, one.id, picture)
    if earlier is not later:
        move_sponsor(store, SYSTEM, one.id, down=later)
    return f"{plain(new.name)} is changed."


@sponsor_command.command("remove")
@click.argument("sponsor")
@on_event
def remove_command(store: Store, event: EventView, sponsor: str) -> str:
    """Remove a sponsor; the event and its badges do not name them any more.

    Example: eventdesk sponsor remove "Acme"
    """
    one = _sponsor(programme_of(store, event), sponsor, whole=True)
    remove_sponsor(store, SYSTEM, one.id)
    return f"{plain(one.name)} is removed."


def _sponsor(programme: Programme, typed: str, *, whole: bool = False) -> Sponsor:
    return the_one_named(
        "sponsor", typed, programme.sponsors, lambda one: plain(one.name), whole=whole
    )
