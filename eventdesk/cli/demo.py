"""Commands that make something to try: a demo event, a demo video."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import EVENT, Told, as_json, command, on_store, say
from eventdesk.cli.group import A_FILE, OVERWRITE, event_named, progress, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.door import find_list, list_check_in_lists
from eventdesk.exercises.demo.fill import (
    ADMIN,
    GUEST_PIN,
    ORGANIZER,
    PASSWORD,
    STAFF,
    STAFF_PIN,
    DemoEvent,
    check_size,
    fill_demo,
)
from eventdesk.exercises.demo.morning import DESK_PIN, set_up_morning

DOORS_IN: Final = timedelta(minutes=10)


@command("demo", "eventdesk --home ./try demo --size 500 --seed 7")
@click.option("--size", default=500, show_default=True, help="Tickets, 1 to 1,000,000.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another crowd.")
@as_json(help="Print the ids of what was made as JSON.")
def demo_command(size: int, seed: int) -> None:
    """Make a believable demo event in the home folder, and a store where there is none."""
    home = settings_of().home
    check_size(size)
    store = Store(home) if (home / FILE_NAME).exists() else Store.create(home)
    with store:
        made = make_demo(store, size=size, seed=seed)
    lines = [
        _n(
            "{name} ({code}) with {count} ticket is in {home}.",
            "{name} ({code}) with {count} tickets is in {home}.",
            made.tickets,
            name=made.event.name,
            code=made.event.code,
            home=home,
        ),
        _("  Check-in list  {name}", name=made.list.name),
    ]
    if made.guest_email:
        lines += log_ins(made.guest_email)
    lines += [
        _("  Kiosk PIN      {pin}", pin=STAFF_PIN),
        _('Open it with: eventdesk kiosk --list "{name}"', name=made.list.name),
    ]
    ids = {
        "event": str(made.event.id),
        "list": str(made.list.id),
        "event_code": made.event.code,
        "event_name": made.event.name,
        "list_name": made.list.name,
        "tickets": made.tickets,
    }
    say(Told(lines, lambda: ids))


def make_demo(store: Store, *, size: int, seed: int) -> DemoEvent:
    """Make a demo event that opens its doors in ten minutes, with all that a morning needs."""
    now = utc_now()
    with progress(_("Selling tickets"), size) as done:
        made = fill_demo(
            store, size=size, seed=seed, now=now, doors_at=now + DOORS_IN, on_progress=done
        )
    set_up_morning(store, made, now=now)
    return made


def log_ins(guest_email: str) -> list[str]:
    """Lines that say who may sign in to a demo, and with what."""
    return [
        _("  Admin          {admin} · {password}", admin=ADMIN[0], password=PASSWORD),
        _(
            "  Organizer      {organizer} · {password} · desk PIN {pin}",
            organizer=ORGANIZER[0],
            password=PASSWORD,
            pin=DESK_PIN,
        ),
        _("  Staff          {staff} · {password}", staff=STAFF[0], password=PASSWORD),
        _("  Guest          {guest} · PIN {pin}", guest=guest_email, pin=GUEST_PIN),
    ]


@command("demo-video", "guests.mp4 --scenes 20")
@click.argument("file", type=A_FILE)
@EVENT
@click.option("--list", "listed", default="", help="Check-in list the scenes are made for.")
@click.option("--scenes", default=12, show_default=True, help="Tickets held up, 1 to 500.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another film.")
@as_json(help="Print what is shown when, as JSON.")
@OVERWRITE
@on_store
def demo_video_command(
    store: Store, file: Path, named: str, listed: str, scenes: int, seed: int, overwrite: bool
) -> Told:
    """Render a video (.mp4 or .avi) of people holding tickets of the event up to a camera.

    Phones and paper, tilted, blurred, with glare and in dim light; some tickets come twice,
    some are forged, some are for another event.
    """
    from eventdesk.exercises.demo.film import film

    with progress(_("Filming"), 100) as done:
        event_id = event_named(store, named)
        lists = list_check_in_lists(store, SYSTEM, event_id)
        door = find_list(store, SYSTEM, listed, event_id) if listed or not lists else lists[0]
        shots = film(
            store,
            door,
            file,
            scenes=scenes,
            seed=seed,
            overwrite=overwrite,
            on_progress=lambda at, of: done(at * 100 // max(1, of)),
        )
    scan = f'eventdesk scan {file} --list "{plain(door.name)}"'
    return Told(
        [_("{file}: {count} tickets. Scan it: {scan}", file=file, count=len(shots), scan=scan)],
        lambda: {"file": str(file), "shots": [shot.describe() for shot in shots]},
    )
