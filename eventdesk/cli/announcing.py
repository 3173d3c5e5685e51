"""Commands that write to the guests of an event."""

import sys
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import Lines, group, on_event
from eventdesk.cli.group import can_ask
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import typed_moment
from eventdesk.events import (
    CHOSEN,
    Audience,
    EventView,
    NewAnnouncement,
    announcement_reach,
    hand_out,
    list_announcements,
    send_announcement,
)
from eventdesk.programme import read_programme
from eventdesk.sales import list_ticket_types

MAX_SHOWN = 50


announce_command = group(
    "announce",
    'eventdesk announce send "Doors open at ten" --text "The train is late. We wait for you."',
)


@announce_command.command("send", '"Room changed" --text "We are in hall 2." --session "Opening"')
@click.argument("title")
@click.option("--text", required=True, help='What it says; "-" reads standard input.')
@click.option("--type", "types", multiple=True, help="Only holders of this type; may be repeated.")
@click.option("--session", "sessions", multiple=True, help="Only those of this session.")
@click.option(
    "--to",
    type=click.Choice([str(each) for each in Audience if each not in CHOSEN]),
    default=Audience.ALL.value,
    show_default=True,
    help="Who gets it.",
)
@on_event
@click.option("--dry-run", is_flag=True, help="Only say how many it would reach.")
@click.option("--yes", is_flag=True, help="Do not ask before it is sent.")
def send_command(
    store: Store,
    event: EventView,
    title: str,
    text: str,
    types: tuple[str, ...],
    sessions: tuple[str, ...],
    to: str,
    dry_run: bool,
    yes: bool,
) -> Lines:
    """Send TITLE and a text to everybody with a ticket, or to some of them.

    They read it in the program, under Notices. On a terminal it asks before it sends.
    """
    text = sys.stdin.read() if text == "-" else text
    audience, chosen = _audience(store, event.id, types, sessions, Audience(to))
    new, reach = announcement_reach(
        store, SYSTEM, event.id, NewAnnouncement(title, text, audience, chosen)
    )
    said = str(reach.words)
    if dry_run:
        yield _("Not sent. {said}", said=said)
        return
    if not yes and can_ask():
        yield said
        click.confirm(_("Send {title!r}?", title=plain(new.title)), abort=True)
    sent = send_announcement(store, SYSTEM, event.id, new)
    told = sent.told + hand_out(store, SYSTEM)
    yield _("Sent to {told:,}.", told=told) if told else _("Sent. {said}", said=said)


@announce_command.command("list", "--event HARBOR")
@on_event
def list_command(store: Store, event: EventView) -> Lines:
    """List what was sent, the latest first, and how many have read it."""
    views, total = list_announcements(store, SYSTEM, event.id, limit=MAX_SHOWN)
    for view in views:
        when = typed_moment(view.sent_at, event.time_zone)
        yield f"{when}  {plain(view.title)}"
        names = plain(view.whom)
        counts = {"names": names, "told": view.told, "read": view.read}
        if view.finished_at:
            yield _("    to {names}: {told:,} told, {read:,} read", **counts)
        else:
            yield _(
                "    to {names}: {told:,} told, {read:,} read, is still being handed out", **counts
            )
    if not views:
        yield _('Nothing was sent yet. Send: eventdesk announce send "Title" --text "Text"')
    elif total > len(views):
        yield _("… and {total:,} before these.", total=total - len(views))


def _audience(
    store: Store, event_id: UUID, types: tuple[str, ...], sessions: tuple[str, ...], to: Audience
) -> tuple[Audience, tuple[UUID, ...]]:
    if bool(types) + bool(sessions) + (to is not Audience.ALL) > 1:
        raise InvalidInputError(
            msg("Choose ticket types, sessions or a group, not several of these."),
            hint=msg("Send it twice."),
        )
    if types:
        kinds = list_ticket_types(store, SYSTEM, event_id)
        known = [(each.id, each.about.name) for each in kinds]
        return Audience.TYPES, tuple(_named("ticket type", one, known) for one in types)
    if sessions:
        programme = read_programme(store, SYSTEM, event_id)
        known = [(each.id, each.title) for each in programme.sessions]
        return Audience.SESSIONS, tuple(_named("session", one, known) for one in sessions)
    return to, ()


def _named(kind: str, typed: str, known: list[tuple[UUID, str]]) -> UUID:
    found = the_one_named(
        kind, typed, known, lambda each: plain(each[1]), id_of=lambda each: each[0]
    )
    return found[0]
