"""Commands on who supports an event."""

from dataclasses import replace
from pathlib import Path

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.group import settings_of
from eventdesk.cli.programme import EVENT, NONE, programme_of
from eventdesk.core.clock import utc_now
from eventdesk.core.plain_text import plain
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


@click.group("sponsor")
def sponsor_command() -> None:
    """Say who supports an event.

    \b
    Example:
      eventdesk sponsor add "Acme" --level Gold --on-badges
    """


@sponsor_command.command("list")
@EVENT
@click.pass_context
def list_command(ctx: click.Context, named: str) -> None:
    """List the sponsors of an event in the order in which they are thanked.

    \b
    Example:
      eventdesk sponsor list --event HARBOR
    """
    with Store(settings_of(ctx).home) as store:
        sponsors = programme_of(store, named).sponsors
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
@EVENT
@click.pass_context
def add_command(
    ctx: click.Context,
    name: str,
    level: str,
    line: str,
    link: str,
    on_badges: bool,
    logo: Path | None,
    named: str,
) -> None:
    """Add a sponsor, below those that are there.

    \b
    Example:
      eventdesk sponsor add "Acme" --level Gold --on-badges
    """
    with Store(settings_of(ctx).home) as store:
        event_id = programme_of(store, named).event.id
        new = NewSponsor(name, level, line, link, on_badges)
        if logo is not None:
            need_logo(logo)
        sponsor = add_sponsor(store, SYSTEM, event_id, new)
        if logo is not None:
            set_sponsor_logo(store, SYSTEM, sponsor.id, logo)
    click.echo(f"{plain(sponsor.name)} is added.")


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
@EVENT
@click.pass_context
def change_command(
    ctx: click.Context,
    /,
    sponsor: str,
    logo: str | None,
    earlier: bool,
    later: bool,
    named: str,
    **typed: str | bool | None,
) -> None:
    """Change what is known of a sponsor, or the place at which they are thanked.

    \b
    Example:
      eventdesk sponsor change "Acme" --level Platinum --earlier
    """
    given = {name: value for name, value in typed.items() if value is not None}
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        one = _sponsor(programme_of(store, named), sponsor)
        new = NewSponsor(one.name, one.level, one.line, one.link, one.on_badges)
        if given:
            new = replace(new, **given)  # type: ignore[arg-type]  # the options are its fields
            change_sponsor(store, SYSTEM.at(now), one.id, new)
        if logo is not None:
            picture = None if logo.strip().casefold() == NONE else Path(logo).expanduser()
            set_sponsor_logo(store, SYSTEM.at(now), one.id, picture)
        if earlier is not later:
            move_sponsor(store, SYSTEM.at(now), one.id, down=later)
    click.echo(f"{plain(new.name)} is changed.")


@sponsor_command.command("remove")
@click.argument("sponsor")
@EVENT
@click.pass_context
def remove_command(ctx: click.Context, sponsor: str, named: str) -> None:
    """Remove a sponsor; the event and its badges do not name them any more.

    \b
    Example:
      eventdesk sponsor remove "Acme"
    """
    with Store(settings_of(ctx).home) as store:
        one = _sponsor(programme_of(store, named), sponsor, whole=True)
        remove_sponsor(store, SYSTEM, one.id)
    click.echo(f"{plain(one.name)} is removed.")


def _sponsor(programme: Programme, typed: str, *, whole: bool = False) -> Sponsor:
    return the_one_named(
        "sponsor", typed, programme.sponsors, lambda one: plain(one.name), whole=whole
    )
