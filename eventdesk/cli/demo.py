"""Commands that make something to try: a demo event, a demo video."""

import json
from pathlib import Path
from uuid import UUID

import click

from data.store import FILE_NAME, Store
from eventdesk.cli.group import progress, settings_of
from eventdesk.demo.fill import ADMIN, GUEST_PIN, PASSWORD, STAFF, STAFF_PIN, fill_demo
from eventdesk.model.clock import utc_now
from eventdesk.usecases.events import find_event
from eventdesk.usecases.lists import find_list


@click.command("demo")
@click.option("--size", default=500, show_default=True, help="Tickets, 1 to 1,000,000.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another crowd.")
@click.option("--json", "as_json", is_flag=True, help="Print the ids of what was made as JSON.")
@click.pass_context
def demo_command(ctx: click.Context, size: int, seed: int, as_json: bool) -> None:
    """Make a believable demo event in the home folder, and a store where there is none.

    \b
    Example:
      eventdesk --home /tmp/try demo --size 500 --seed 7
    """
    home = settings_of(ctx).home
    store = Store(home) if (home / FILE_NAME).exists() else Store.create(home)
    with store, progress("Selling tickets", size) as done:
        made = fill_demo(store, size=size, seed=seed, now=utc_now(), on_progress=done)
    if as_json:
        made_of = {
            "event": str(made.event.id),
            "list": str(made.list.id),
            "event_code": made.event.code,
            "event_name": made.event.name,
            "list_name": made.list.name,
            "tickets": made.tickets,
        }
        click.echo(json.dumps(made_of, ensure_ascii=False))
        return
    click.echo(f"{made.event.name} ({made.event.code}) with {made.tickets} tickets is in {home}.")
    click.echo(f"  Check-in list  {made.list.name}")
    click.echo(f"  Admin          {ADMIN[0]} · {PASSWORD}")
    click.echo(f"  Staff          {STAFF[0]} · {PASSWORD}")
    click.echo(f"  Guest          {made.guest_email} · PIN {GUEST_PIN}")
    click.echo(f"  Kiosk PIN      {STAFF_PIN}")
    click.echo("Open it with: eventdesk kiosk")


@click.command("demo-video")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--event", "named", default="", help="Event, by code, id or name.")
@click.option("--list", "listed", default="", help="Check-in list the scenes are made for.")
@click.option("--scenes", default=12, show_default=True, help="Tickets held up, 1 to 500.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another film.")
@click.option("--json", "as_json", is_flag=True, help="Print what is shown when, as JSON.")
@click.pass_context
def demo_video_command(
    ctx: click.Context, file: Path, named: str, listed: str, scenes: int, seed: int, as_json: bool
) -> None:
    """Render a video (.mp4 or .avi) of people holding tickets of the event up to a camera.

    Phones and paper, tilted, blurred, with glare and in dim light; some tickets come twice,
    some are forged, some are for another event.

    \b
    Example:
      eventdesk demo-video guests.mp4 --scenes 20
    """
    from eventdesk.demo.film import film

    with Store(settings_of(ctx).home) as store, progress("Filming", 100) as done:
        door = find_list(store, listed, _event_id(store, named))
        shots = film(
            store,
            door,
            file,
            scenes=scenes,
            seed=seed,
            on_progress=lambda at, of: done(at * 100 // max(1, of)),
        )
    if as_json:
        click.echo(json.dumps({"file": str(file), "shots": [shot.describe() for shot in shots]}))
    else:
        click.echo(f"{file}: {len(shots)} tickets. Scan it: eventdesk scan {file}")


def _event_id(store: Store, named: str) -> UUID | None:
    return find_event(store, named).id if named else None
