"""Commands on the programme of an event: its sessions, and where and with whom they are."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.command import EVENT, Group, Told, as_json, on_event
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.events.event import EventView
from eventdesk.programme.programme import (
    NewSession,
    Programme,
    add_session,
    cancel_session,
    change_session,
    read_programme,
    remove_session,
    restore_session,
)
from eventdesk.programme.session import Conflict, Session

NONE = "none"
"""What takes a room or a limit away."""


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
    return Told(
        list(_days(programme)),
        lambda: [
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
        ],
    )


def _days(programme: Programme) -> Iterator[str]:
    zone = ZoneInfo(programme.event.time_zone)
    if not programme.sessions:
        yield 'No sessions yet. Add the first: eventdesk programme add "Opening" --from …'
    for day, sessions in programme.by_day().items():
        yield f"{day:%A, %Y-%m-%d}"
        for one in sessions:
            start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
            who = ", ".join(plain(name) for _id, name in one.speakers)
            sign = "✗ cancelled" if one.cancelled_at is not None else ""
            parts = (plain(one.title), plain(one.room), who, sign)
            yield f"  {start:%H:%M}–{end:%H:%M}  {' · '.join(filter(None, parts))}"
            for conflict in programme.conflicts.get(one.id, ()):
                yield f"      ! {plain(conflict.text)}"


@programme_command.command("add")
@click.argument("title")
@click.option("--from", "starts", required=True, help='Such as "2026-06-01 09:00".')
@click.option("--until", "ends", required=True, help='Such as "2026-06-01 10:00".')
@click.option("--room", default="", help="A room of the event's venues, by name.")
@click.option("--speaker", "speakers", multiple=True, help="Who speaks; may be repeated.")
@click.option("--description", default="", help="Markdown.")
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
@click.option("--capacity", type=int, help="Most people; without it, as many as the room holds.")
@click.option("--sign-up", is_flag=True, help="People say beforehand that they come.")
@on_event
def add_command(
    store: Store,
    event: EventView,
    title: str,
    starts: str,
    ends: str,
    room: str,
    speakers: tuple[str, ...],
    description: str,
    tags: tuple[str, ...],
    capacity: int | None,
    sign_up: bool,
) -> None:
    """Add a session; what is at odds is said and does not forbid it.

    Example: eventdesk programme add "Opening" --from "2026-06-01 09:00" --until "2026-06-01 10:00"
    """
    programme = programme_of(store, event)
    zone = programme.event.time_zone
    new = NewSession(
        title,
        read_moment(starts, zone),
        read_moment(ends, zone),
        _room(programme, room) if room else None,
        description,
        tags,
        capacity,
        sign_up,
        [_speaker(programme, each) for each in speakers],
    )
    saved = add_session(store, SYSTEM, programme.event.id, new)
    _say(saved.session, saved.conflicts)


@programme_command.command("change")
@click.argument("session")
@click.option("--title", help="What it is called from now on.")
@click.option("--from", "starts", help='Such as "2026-06-01 09:00".')
@click.option("--until", "ends", help='Such as "2026-06-01 10:00".')
@click.option("--room", help='A room by name, or "none".')
@click.option("--speaker", "speakers", multiple=True, help="Who speaks instead; may be repeated.")
@click.option("--description", help="Markdown.")
@click.option("--capacity", help='Most people, or "none".')
@click.option("--sign-up/--no-sign-up", default=None, help="Whether people say that they come.")
@on_event
def change_command(
    store: Store,
    event: EventView,
    session: str,
    title: str | None,
    starts: str | None,
    ends: str | None,
    room: str | None,
    speakers: tuple[str, ...],
    description: str | None,
    capacity: str | None,
    sign_up: bool | None,
) -> None:
    """Change a session, named by its title; who signed up is told of another time or room.

    Example: eventdesk programme change "Opening" --room "Hall 2"
    """
    programme = programme_of(store, event)
    zone, one = programme.event.time_zone, _session(programme, session)
    new = NewSession.like(one)
    if title is not None:
        new = replace(new, title=title)
    if starts is not None:
        new = replace(new, starts_at=read_moment(starts, zone))
    if ends is not None:
        new = replace(new, ends_at=read_moment(ends, zone))
    if room is not None:
        new = replace(new, room_id=_room(programme, room) if _given(room) else None)
    if speakers:
        new = replace(new, speaker_ids=[_speaker(programme, each) for each in speakers])
    if description is not None:
        new = replace(new, description=description)
    if capacity is not None:
        new = replace(new, capacity=read_capacity(capacity))
    if sign_up is not None:
        new = replace(new, sign_up=sign_up)
    saved = change_session(store, SYSTEM, one.id, new)
    _say(saved.session, saved.conflicts)


@programme_command.command("cancel")
@click.argument("session")
@click.option("--reason", default="", help="What those who signed up are told.")
@click.option("--back", is_flag=True, help="Take it back: the session happens after all.")
@on_event
def cancel_command(store: Store, event: EventView, session: str, reason: str, back: bool) -> str:
    """Call a session off; who signed up or waits is told.

    Example: eventdesk programme cancel "Opening" --reason "The speaker is ill."
    """
    one = _session(programme_of(store, event), session, whole=True)
    if back:
        told = restore_session(store, SYSTEM, one.id)
    else:
        told = cancel_session(store, SYSTEM, one.id, reason=reason)
    word = "is on again" if back else "is cancelled"
    return f"{plain(one.title)} {word}; {told:,} told."


@programme_command.command("remove")
@click.argument("session")
@on_event
def remove_command(store: Store, event: EventView, session: str) -> str:
    """Remove a session that nobody signed up for; others can be cancelled.

    Example: eventdesk programme remove "Opening"
    """
    one = _session(programme_of(store, event), session, whole=True)
    remove_session(store, SYSTEM, one.id)
    return f"{plain(one.title)} is removed."


def read_capacity(typed: str) -> int | None:
    """Read a number of people, or "none".

    Raises:
        BadParameter: It is neither.
    """
    if not _given(typed):
        return None
    if not typed.strip().isdecimal() or len(typed.strip()) > len("10000000"):
        raise click.BadParameter(f"{typed[:20]!r} is no whole number.", param_hint="--capacity")
    return int(typed)


def _given(typed: str) -> bool:
    return typed.strip().casefold() not in ("", NONE)


def _session(programme: Programme, typed: str, *, whole: bool = False) -> Session:
    return the_one_named(
        "session", typed, programme.sessions, lambda one: plain(one.title), whole=whole
    )


def _room(programme: Programme, typed: str) -> UUID:
    return the_one_named("room", typed, programme.rooms, lambda one: plain(one.name)).id


def _speaker(programme: Programme, typed: str) -> UUID:
    return the_one_named("speaker", typed, programme.speakers, lambda one: plain(one.name)).id


def _say(session: Session, conflicts: tuple[Conflict, ...]) -> None:
    click.echo(f"{plain(session.title)} is saved.")
    for conflict in conflicts:
        click.echo(f"  ! {plain(conflict.text)}")
