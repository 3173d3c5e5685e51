"""Commands on the programme of an event: its sessions, places, speakers and sponsors."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.calendar_files import given_out, to_file
from eventdesk.cli.command import EVENT, Group, Lines, Told, acting, as_json, group, on_event
from eventdesk.cli.field_options import Typed, given, is_none, options
from eventdesk.cli.group import A_FILE
from eventdesk.core.fields import like
from eventdesk.core.formats import when
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.events import (
    ROOM,
    VENUE,
    EventView,
    NewRoom,
    NewVenue,
    Room,
    Venue,
    add_room,
    add_venue,
    change_room,
    change_venue,
    remove_room,
    remove_venue,
)
from eventdesk.exchange import (
    FATE_WORDS,
    import_schedule,
    preview_schedule,
    schedule_json,
    schedule_xml,
)
from eventdesk.programme import (
    SESSION,
    SPEAKER,
    SPONSOR,
    NewSession,
    NewSpeaker,
    NewSponsor,
    Programme,
    Session,
    SessionSaved,
    add_session,
    add_speaker,
    add_sponsor,
    cancel_session,
    change_session,
    change_speaker,
    change_sponsor,
    move_sponsor,
    need_logo,
    read_programme,
    remove_session,
    remove_speaker,
    remove_sponsor,
    restore_session,
    set_sponsor_logo,
)
from eventdesk.waiting import programme_calendar

T = TypeVar("T")


def programme_of(store: Store, event: EventView) -> Programme:
    """Read the programme of an event as its team sees it."""
    return read_programme(store, SYSTEM, event.id)


@click.group("programme", cls=Group, invoke_without_command=True)
@EVENT
@as_json()
@click.pass_context
def programme_command(ctx: click.Context, named: str) -> None:
    """Show what happens at an event, day by day, with what is at odds; or change it.

    Example:
      eventdesk programme --event HARBOR
      eventdesk programme add "Opening" --from "2026-06-01 09:00" --until "2026-06-01 10:00"
    """
    if ctx.invoked_subcommand is None:
        _show(of_event=named)


@on_event
def _show(store: Store, event: EventView) -> Told:
    programme = programme_of(store, event)
    days = list(sessions_by_day(programme))
    none = [_('No sessions yet. Add the first: eventdesk programme add "Opening" --from …')]
    return Told(days or none, lambda: session_facts(programme))


def session_facts(programme: Programme) -> list[dict[str, object]]:
    """The sessions for programs."""
    return [
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


def sessions_by_day(programme: Programme) -> Lines:
    """The sessions for people: each day, and its sessions with what is at odds."""
    zone = ZoneInfo(programme.event.time_zone)
    for day, sessions in programme.by_day().items():
        yield when(day, "%A, %Y-%m-%d")
        for one in sessions:
            start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
            who = ", ".join(plain(name) for _id, name in one.speakers)
            sign = "" if one.cancelled_at is None else _("✗ cancelled")
            tags = " ".join(f"#{plain(tag)}" for tag in one.tags)
            parts = (plain(one.title), plain(one.room), who, tags, sign)
            yield f"  {start:%H:%M}–{end:%H:%M}  {' · '.join(filter(None, parts))}"
            for conflict in programme.conflicts.get(one.id, ()):
                yield f"      ! {plain(conflict.text)}"


def _removal(
    group: Group, kind: str, remove: Callable[..., None], example: str, *, help: str
) -> None:
    """Add the command that removes a part of the programme, by its whole name."""

    @group.command("remove", example, help=help)
    @click.argument("named", metavar=kind.upper())
    @on_event
    def command(store: Store, event: EventView, named: str) -> str:
        there: Sequence[Any] = getattr(programme_of(store, event), f"{kind}s")
        one = _named(kind, there, named, whole=True)
        remove(store, SYSTEM, one.id)
        return _("{name} is removed.", name=_called(one))


@programme_command.command("add", '"Opening" --from "2026-06-01 09:00" --until "2026-06-01 10:00"')
@click.argument("title")
@options(SESSION, "title", new=True)
@on_event
def add_session_command(store: Store, event: EventView, /, title: str, **typed: Any) -> list[str]:
    """Add a session; what is at odds is said and does not forbid it."""
    zone = event.time_zone
    starts_at, ends_at = (read_moment(typed[each], zone) for each in ("starts_at", "ends_at"))
    new = NewSession(title, starts_at, ends_at)
    new = given(SESSION, new, typed, _how(programme_of(store, event)))
    return _told(add_session(store, SYSTEM, event.id, new))


@programme_command.command("change", '"Opening" --room "Hall 2"')
@click.argument("session")
@options(SESSION, "tags")
@on_event
def change_session_command(
    store: Store, event: EventView, /, session: str, **typed: Any
) -> list[str]:
    """Change a session, named by its title; who signed up is told of another time or room."""
    programme = programme_of(store, event)
    one = _named("session", programme.sessions, session)
    new = given(SESSION, like(NewSession, one), typed, _how(programme))
    return _told(change_session(store, SYSTEM, one.id, new))


@programme_command.command("schedule", "--event HARBOR > schedule.xml")
@click.option("--form", type=click.Choice(("xml", "json")), default="xml", help="Which format.")
@on_event
def schedule_command(store: Store, event: EventView, form: str) -> str:
    """Print the programme as schedule.xml or JSON, which apps and recorders of conferences read."""
    write = schedule_xml if form == "xml" else schedule_json
    return write(programme_of(store, event)).decode()


@programme_command.command("calendar", "ada@example.org --to own.ics")
@click.argument("address")
@to_file
@on_event
def calendar_command(
    store: Store, event: EventView, address: str, to: Path | None, overwrite: bool
) -> str:
    """Give out the calendar file of the sessions that the account ADDRESS signed up for.

    Each has a reminder before it.
    """
    made = programme_calendar(store, acting(store, address), event.id)
    return given_out(made, to, overwrite=overwrite)


@programme_command.command("import", "schedule.xml --dry-run")
@click.argument("file", type=A_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@on_event
def import_command(store: Store, event: EventView, file: Path, dry_run: bool) -> Lines:
    """Take sessions and speakers in from FILE, a schedule.xml or JSON of pretalx, frab or others.

    The same file again changes nothing, and a newer one what changed in it; what it has no more
    is called off.
    """
    report = (preview_schedule if dry_run else import_schedule)(store, SYSTEM, event.id, file)
    zone = ZoneInfo(event.time_zone)
    for line in report.lines:
        at = when(line.starts_at.astimezone(zone), "%Y-%m-%d %H:%M")
        yield f"{FATE_WORDS[line.fate]!s:<12}  {at}  {plain(line.title)}"
        if line.fault:
            yield f"    ! {plain(line.fault)}"
    click.echo(report.sentence, err=True)


@programme_command.command("cancel", '"Opening" --reason "The speaker is ill."')
@click.argument("session")
@click.option("--reason", default="", help="What those who signed up are told.")
@click.option("--back", is_flag=True, help="Take it back: the session happens after all.")
@on_event
def cancel_command(store: Store, event: EventView, session: str, reason: str, back: bool) -> str:
    """Call a session off; who signed up or waits is told."""
    one = _named("session", programme_of(store, event).sessions, session, whole=True)
    title = plain(one.title)
    if back:
        told = restore_session(store, SYSTEM, one.id)
        return _("{title} is on again; {told:,} told.", title=title, told=told)
    told = cancel_session(store, SYSTEM, one.id, reason=reason)
    return _("{title} is cancelled; {told:,} told.", title=title, told=told)


_removal(
    programme_command,
    "session",
    remove_session,
    '"Opening"',
    help="Remove a session that nobody signed up for; others can be cancelled.",
)


def _told(saved: SessionSaved) -> list[str]:
    conflicts = [f"  ! {plain(conflict.text)}" for conflict in saved.conflicts]
    return [_("{title} is saved.", title=plain(saved.session.title)), *conflicts]


venue_command = group(
    "venue", 'eventdesk venue add "Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400'
)


@venue_command.command("list", "--event HARBOR")
@on_event
def list_venues_command(store: Store, event: EventView) -> list[str]:
    """List the venues of an event with their rooms."""
    programme = programme_of(store, event)
    lines = []
    for venue in programme.venues:
        lines.append(_line(venue.name, _holds(venue), " ".join(venue.address.split())))
        rooms = [room for room in programme.rooms if room.venue_id == venue.id]
        lines += [f"  {_line(room.name, _holds(room))}" for room in rooms]
    return lines or [_('No venues yet. Add the first: eventdesk venue add "Old Mill"')]


@venue_command.command("add", '"Old Mill" --address "Mill Lane 4, 20095 Hamburg" --capacity 400')
@click.argument("name")
@options(VENUE, "name")
@on_event
def add_venue_command(store: Store, event: EventView, /, name: str, **typed: Any) -> str:
    """Add a venue; the first becomes the place of the event."""
    venue = add_venue(store, SYSTEM, event.id, given(VENUE, NewVenue(name), typed))
    return _("{name} is added.", name=plain(venue.name))


@venue_command.command("change", '"Old Mill" --capacity 380')
@click.argument("venue")
@options(VENUE)
@on_event
def change_venue_command(store: Store, event: EventView, /, venue: str, **typed: Any) -> str:
    """Change a venue."""
    one = _named("venue", programme_of(store, event).venues, venue)
    new = given(VENUE, like(NewVenue, one), typed)
    return _("{name} is changed.", name=plain(change_venue(store, SYSTEM, one.id, new).name))


_removal(
    venue_command, "venue", remove_venue, '"Old Mill"', help="Remove a venue that has no rooms."
)


room_command = group("room", 'eventdesk room add "Hall" --capacity 200')


@room_command.command("add", '"Hall" --venue "Old Mill" --capacity 200')
@click.argument("name")
@options(ROOM, "name")
@on_event
def add_room_command(store: Store, event: EventView, /, name: str, **typed: Any) -> str:
    """Add a room to a venue."""
    programme = programme_of(store, event)
    venue = _named("venue", programme.venues, typed["venue_id"] or "")
    new = given(ROOM, NewRoom(venue.id, name), typed, _how(programme))
    return _("{name} is added.", name=plain(add_room(store, SYSTEM, event.id, new).name))


@room_command.command("change", '"Hall" --capacity 180')
@click.argument("room")
@options(ROOM)
@on_event
def change_room_command(store: Store, event: EventView, /, room: str, **typed: Any) -> str:
    """Change a room."""
    programme = programme_of(store, event)
    one = _named("room", programme.rooms, room)
    new = given(ROOM, like(NewRoom, one), typed, _how(programme))
    return _("{name} is changed.", name=plain(change_room(store, SYSTEM, one.id, new).name))


_removal(
    room_command, "room", remove_room, '"Hall"', help="Remove a room in which no session happens."
)


speaker_command = group("speaker", 'eventdesk speaker add "Grace Hopper" --organization "US Navy"')


@speaker_command.command("list", "--event HARBOR")
@on_event
def list_speakers_command(store: Store, event: EventView) -> list[str]:
    """List the speakers of an event by name."""
    return speaker_lines(programme_of(store, event)) or [
        _('No speakers yet. Add the first: eventdesk speaker add "Grace Hopper"')
    ]


def speaker_lines(programme: Programme) -> list[str]:
    """The speakers for people, by name."""
    return [
        _line(
            one.name,
            one.organization,
            one.email,
            _n("{count} session", "{count} sessions", one.sessions),
        )
        for one in programme.speakers
    ]


@speaker_command.command("add", '"Grace Hopper" --organization "US Navy"')
@click.argument("name")
@options(SPEAKER, "name")
@on_event
def add_speaker_command(store: Store, event: EventView, /, name: str, **typed: Any) -> str:
    """Add a speaker."""
    speaker = add_speaker(store, SYSTEM, event.id, given(SPEAKER, NewSpeaker(name), typed))
    return _("{name} is added.", name=plain(speaker.name))


@speaker_command.command("change", '"Grace" --organization "Yale"')
@click.argument("speaker")
@options(SPEAKER)
@on_event
def change_speaker_command(store: Store, event: EventView, /, speaker: str, **typed: Any) -> str:
    """Change what is known of a speaker."""
    one = _named("speaker", programme_of(store, event).speakers, speaker)
    new = given(SPEAKER, like(NewSpeaker, one), typed)
    change_speaker(store, SYSTEM, one.id, new)
    return _("{name} is changed.", name=plain(new.name))


_removal(
    speaker_command,
    "speaker",
    remove_speaker,
    '"Grace Hopper"',
    help="Remove a speaker who speaks in no session.",
)


sponsor_command = group("sponsor", 'eventdesk sponsor add "Acme" --level Gold --on-badges')


@sponsor_command.command("list", "--event HARBOR")
@on_event
def list_sponsors_command(store: Store, event: EventView) -> list[str]:
    """List the sponsors of an event in the order in which they are thanked."""
    lines = []
    for one in programme_of(store, event).sponsors:
        marks = (_("on badges") if one.on_badges else "", _("logo") if one.logo else "")
        lines.append(_line(one.name, one.level, *marks, one.line, one.link))
    return lines or [_('No sponsors yet. Add the first: eventdesk sponsor add "Acme"')]


@sponsor_command.command("add", '"Acme" --level Gold --on-badges')
@click.argument("name")
@options(SPONSOR, "name")
@click.option("--logo", type=click.Path(path_type=Path), help="A PNG or JPEG.")
@on_event
def add_sponsor_command(
    store: Store, event: EventView, /, name: str, logo: Path | None, **typed: Any
) -> str:
    """Add a sponsor, below those that are there."""
    if logo is not None:
        need_logo(logo)
    sponsor = add_sponsor(store, SYSTEM, event.id, given(SPONSOR, NewSponsor(name), typed))
    if logo is not None:
        set_sponsor_logo(store, SYSTEM, sponsor.id, logo)
    return _("{name} is added.", name=plain(sponsor.name))


@sponsor_command.command("change", '"Acme" --level Platinum --earlier')
@click.argument("sponsor")
@options(SPONSOR)
@click.option("--logo", help='A PNG or JPEG, or "none".')
@click.option("--earlier", is_flag=True, help="Thank them one place earlier.")
@click.option("--later", is_flag=True, help="Thank them one place later.")
@on_event
def change_sponsor_command(
    store: Store,
    event: EventView,
    /,
    sponsor: str,
    logo: str | None,
    earlier: bool,
    later: bool,
    **typed: Any,
) -> str:
    """Change what is known of a sponsor, or the place at which they are thanked."""
    one = _named("sponsor", programme_of(store, event).sponsors, sponsor)
    before = like(NewSponsor, one)
    new = given(SPONSOR, before, typed)
    if new != before:
        change_sponsor(store, SYSTEM, one.id, new)
    if logo is not None:
        picture = None if is_none(logo) else Path(logo).expanduser()
        set_sponsor_logo(store, SYSTEM, one.id, picture)
    if earlier is not later:
        move_sponsor(store, SYSTEM, one.id, down=later)
    return _("{name} is changed.", name=plain(new.name))


_removal(
    sponsor_command,
    "sponsor",
    remove_sponsor,
    '"Acme"',
    help="Remove a sponsor; the event and its badges do not name them any more.",
)


def _how(programme: Programme) -> Typed:
    """How the fields of sessions and rooms are meant."""
    return Typed(
        programme.event.time_zone,
        offers={
            "room_id": lambda: [(one.id, one.name) for one in programme.rooms],
            "venue_id": lambda: [(one.id, one.name) for one in programme.venues],
            "speaker_ids": lambda: [(one.id, one.name) for one in programme.speakers],
        },
    )


def _named(kind: str, things: Sequence[T], typed: str, *, whole: bool = False) -> T:
    return the_one_named(kind, typed, things, _called, whole=whole)


def _called(one: Any) -> str:
    return plain(one.title if isinstance(one, Session) else one.name)


def _holds(place: Venue | Room) -> str:
    return "" if place.capacity is None else _("{capacity:,} people", capacity=place.capacity)


def _line(*parts: str) -> str:
    return " · ".join(filter(None, map(plain, parts)))
