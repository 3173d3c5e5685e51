"""Commands that make something to try: a demo event, a demo video."""

from pathlib import Path

import click

from data.store import FILE_NAME, Store
from eventdesk.cli.command import Told, as_json, command, on_store, say
from eventdesk.cli.group import OVERWRITE, event_named, progress, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.plain_text import how_many, plain
from eventdesk.door import find_list, list_check_in_lists
from eventdesk.exercises.demo.fill import (
    ADMIN,
    GUEST_PIN,
    PASSWORD,
    STAFF,
    STAFF_PIN,
    check_size,
    fill_demo,
)


@command("demo")
@click.option("--size", default=500, show_default=True, help="Tickets, 1 to 1,000,000.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another crowd.")
@as_json("Print the ids of what was made as JSON.")
def demo_command(size: int, seed: int) -> None:
    """Make a believable demo event in the home folder, and a store where there is none.

    Example: eventdesk --home ./try demo --size 500 --seed 7
    """
    home = settings_of().home
    check_size(size)
    store = Store(home) if (home / FILE_NAME).exists() else Store.create(home)
    with store, progress("Selling tickets", size) as done:
        made = fill_demo(store, size=size, seed=seed, now=utc_now(), on_progress=done)
    lines = [
        f"{made.event.name} ({made.event.code}) with {how_many(made.tickets, 'ticket')} "
        f"is in {home}.",
        f"  Check-in list  {made.list.name}",
    ]
    if made.guest_email:
        lines += [
            f"  Admin          {ADMIN[0]} · {PASSWORD}",
            f"  Staff          {STAFF[0]} · {PASSWORD}",
            f"  Guest          {made.guest_email} · PIN {GUEST_PIN}",
        ]
    lines.append(f"  Kiosk PIN      {STAFF_PIN}")
    lines.append(f'Open it with: eventdesk kiosk --list "{made.list.name}"')
    ids = {
        "event": str(made.event.id),
        "list": str(made.list.id),
        "event_code": made.event.code,
        "event_name": made.event.name,
        "list_name": made.list.name,
        "tickets": made.tickets,
    }
    say(Told(lines, lambda: ids))


@command("demo-video")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--event", "named", default="", help="Event, by code, id or name.")
@click.option("--list", "listed", default="", help="Check-in list the scenes are made for.")
@click.option("--scenes", default=12, show_default=True, help="Tickets held up, 1 to 500.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another film.")
@as_json("Print what is shown when, as JSON.")
@OVERWRITE
@on_store
def demo_video_command(
    store: Store, file: Path, named: str, listed: str, scenes: int, seed: int, overwrite: bool
) -> Told:
    """Render a video (.mp4 or .avi) of people holding tickets of the event up to a camera.

    Phones and paper, tilted, blurred, with glare and in dim light; some tickets come twice,
    some are forged, some are for another event.

    Example: eventdesk demo-video guests.mp4 --scenes 20
    """
    from eventdesk.exercises.demo.film import film

    with progress("Filming", 100) as done:
        event_id = event_named(store, named)
        lists = list_check_in_lists(store, event_id)
        door = find_list(store, listed, event_id) if listed or not lists else lists[0]
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
        [f"{file}: {len(shots)} tickets. Scan it: {scan}"],
        lambda: {"file": str(file), "shots": [shot.describe() for shot in shots]},
    )
