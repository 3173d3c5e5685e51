"""Commands on who speaks at an event."""

from dataclasses import replace

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.group import settings_of
from eventdesk.cli.programme import EVENT, programme_of
from eventdesk.core.plain_text import plain
from eventdesk.programme.programme import Programme
from eventdesk.programme.session import Speaker
from eventdesk.programme.speakers import NewSpeaker, add_speaker, change_speaker, remove_speaker


@click.group("speaker")
def speaker_command() -> None:
    """Say who speaks at an event.

    \b
    Example:
      eventdesk speaker add "Grace Hopper" --organization "US Navy"
    """


@speaker_command.command("list")
@EVENT
@click.pass_context
def list_command(ctx: click.Context, named: str) -> None:
    """List the speakers of an event by name.

    \b
    Example:
      eventdesk speaker list --event HARBOR
    """
    with Store(settings_of(ctx).home) as store:
        speakers = programme_of(store, named).speakers
    for one in speakers:
        sessions = f"{one.sessions} session{'' if one.sessions == 1 else 's'}"
        parts = (one.name, one.organization, one.email, sessions)
        click.echo(" · ".join(filter(None, map(plain, parts))))
    if not speakers:
        click.echo('No speakers yet. Add the first: eventdesk speaker add "Grace Hopper"')


@speaker_command.command("add")
@click.argument("name")
@click.option("--organization", default="", help="Company, university, town.")
@click.option("--biography", default="", help="Some sentences.")
@click.option("--email", default="", help="For the team only.")
@click.option("--link", default="", help="Address of a page.")
@EVENT
@click.pass_context
def add_command(
    ctx: click.Context,
    name: str,
    organization: str,
    biography: str,
    email: str,
    link: str,
    named: str,
) -> None:
    """Add a speaker.

    \b
    Example:
      eventdesk speaker add "Grace Hopper" --organization "US Navy"
    """
    with Store(settings_of(ctx).home) as store:
        event_id = programme_of(store, named).event.id
        new = NewSpeaker(name, organization, biography, email, link)
        speaker = add_speaker(store, SYSTEM, event_id, new)
    click.echo(f"{plain(speaker.name)} is added.")


@speaker_command.command("change")
@click.argument("speaker")
@click.option("--name", help="What they are called from now on.")
@click.option("--organization", help="Company, university, town.")
@click.option("--biography", help="Some sentences.")
@click.option("--email", help="For the team only.")
@click.option("--link", help="Address of a page.")
@EVENT
@click.pass_context
def change_command(ctx: click.Context, /, speaker: str, named: str, **typed: str | None) -> None:
    """Change what is known of a speaker.

    \b
    Example:
      eventdesk speaker change "Grace" --organization "Yale"
    """
    given = {name: value for name, value in typed.items() if value is not None}
    with Store(settings_of(ctx).home) as store:
        one = _speaker(programme_of(store, named), speaker)
        known = NewSpeaker(one.name, one.organization, one.biography, one.email, one.link)
        new = replace(known, **given)
        change_speaker(store, SYSTEM, one.id, new)
    click.echo(f"{plain(new.name)} is changed.")


@speaker_command.command("remove")
@click.argument("speaker")
@EVENT
@click.pass_context
def remove_command(ctx: click.Context, speaker: str, named: str) -> None:
    """Remove a speaker who speaks in no session.

    \b
    Example:
      eventdesk speaker remove "Grace Hopper"
    """
    with Store(settings_of(ctx).home) as store:
        one = _speaker(programme_of(store, named), speaker, whole=True)
        remove_speaker(store, SYSTEM, one.id)
    click.echo(f"{plain(one.name)} is removed.")


def _speaker(programme: Programme, typed: str, *, whole: bool = False) -> Speaker:
    return the_one_named(
        "speaker", typed, programme.speakers, lambda one: plain(one.name), whole=whole
    )
