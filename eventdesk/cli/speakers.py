"""Commands on who speaks at an event."""

from dataclasses import replace

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.command import group, on_event
from eventdesk.cli.programme import programme_of
from eventdesk.core.plain_text import plain
from eventdesk.events.event import EventView
from eventdesk.programme.programme import Programme
from eventdesk.programme.session import Speaker
from eventdesk.programme.speakers import NewSpeaker, add_speaker, change_speaker, remove_speaker

speaker_command = group("speaker", 'eventdesk speaker add "Grace Hopper" --organization "US Navy"')


@speaker_command.command("list")
@on_event
def list_command(store: Store, event: EventView) -> None:
    """List the speakers of an event by name.

    Example: eventdesk speaker list --event HARBOR
    """
    speakers = programme_of(store, event).speakers
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
@on_event
def add_command(
    store: Store,
    event: EventView,
    name: str,
    organization: str,
    biography: str,
    email: str,
    link: str,
) -> str:
    """Add a speaker.

    Example: eventdesk speaker add "Grace Hopper" --organization "US Navy"
    """
    event_id = programme_of(store, event).event.id
    new = NewSpeaker(name, organization, biography, email, link)
    speaker = add_speaker(store, SYSTEM, event_id, new)
    return f"{plain(speaker.name)} is added."


@speaker_command.command("change")
@click.argument("speaker")
@click.option("--name", help="What they are called from now on.")
@click.option("--organization", help="Company, university, town.")
@click.option("--biography", help="Some sentences.")
@click.option("--email", help="For the team only.")
@click.option("--link", help="Address of a page.")
@on_event
def change_command(store: Store, event: EventView, /, speaker: str, **typed: str | None) -> str:
    """Change what is known of a speaker.

    Example: eventdesk speaker change "Grace" --organization "Yale"
    """
    given = {name: value for name, value in typed.items() if value is not None}
    one = _speaker(programme_of(store, event), speaker)
    known = NewSpeaker(one.name, one.organization, one.biography, one.email, one.link)
    new = replace(known, **given)
    change_speaker(store, SYSTEM, one.id, new)
    return f"{plain(new.name)} is changed."


@speaker_command.command("remove")
@click.argument("speaker")
@on_event
def remove_command(store: Store, event: EventView, speaker: str) -> str:
    """Remove a speaker who speaks in no session.

    Example: eventdesk speaker remove "Grace Hopper"
    """
    one = _speaker(programme_of(store, event), speaker, whole=True)
    remove_speaker(store, SYSTEM, one.id)
    return f"{plain(one.name)} is removed."


def _speaker(programme: Programme, typed: str, *, whole: bool = False) -> Speaker:
    return the_one_named(
        "speaker", typed, programme.speakers, lambda one: plain(one.name), whole=whole
    )
