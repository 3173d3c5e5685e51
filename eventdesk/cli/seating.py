"""Commands on seats: make rows, show the plan."""

from datetime import datetime
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, group, on_event
from eventdesk.core.clock import utc_now
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.seating import (
    NewRows,
    add_section,
    drawn,
    legend,
    list_sections,
    make_rows,
    plan,
    preview,
    read_labels,
    read_numbers,
)

seats_command = group("seats", "eventdesk seats plan")


@seats_command.command("make", "Stalls A-F 20 --aisles 5,15 --dry-run")
@click.argument("section")
@click.argument("rows")
@click.argument("seats", type=int)
@click.option("--aisles", default="", help="Seats behind which there is an aisle: 5,15.")
@click.option("--block", default="", help="Seats that cannot be booked: A-1,A-2.")
@click.option("--prefix", default="", help="What labels begin with: Balcony gives Balcony A-1.")
@click.option("--dry-run", is_flag=True, help="Only draw what would be made.")
@on_event
def make(
    store: Store,
    event: EventView,
    section: str,
    rows: str,
    seats: int,
    aisles: str,
    block: str,
    prefix: str,
    dry_run: bool,
) -> Lines:
    """Make ROWS of so many SEATS in a SECTION, which is added when there is none."""
    new = NewRows(rows, seats, read_numbers(aisles), read_labels(block), prefix)
    shown = preview(new, name=section)
    if dry_run:
        yield "\n".join(drawn(shown))
        yield _n("{count} seat would be made.", "{count} seats would be made.", len(shown.seats))
        return
    now = utc_now()
    section_id = _section(store, event.id, section, now)
    made = make_rows(store, SYSTEM.at(now), section_id, new)
    yield _n(
        "{count} seat was made in {section}.",
        "{count} seats were made in {section}.",
        made,
        section=plain(section),
    )


@seats_command.command("plan", '--event "Demo Days"')
@on_event
def show_plan(store: Store, event: EventView) -> Lines:
    """Draw the seats of an event, section by section."""
    sections = plan(store, SYSTEM, event.id, holder_id=None)
    for section in sections:
        free, taken = section.count("free"), section.count("taken")
        yield _(
            "{name}: {free} free, {taken} taken", name=plain(section.name), free=free, taken=taken
        )
        yield "\n".join(drawn(section))
        yield ""
    if sections:
        yield legend(("free", "held", "taken"))
    else:
        yield _("No seats yet. Make some: eventdesk seats make Stalls A-F 20")


def _section(store: Store, event_id: UUID, name: str, now: datetime) -> UUID:
    for section in list_sections(store, SYSTEM.at(now), event_id):
        if section.name.casefold() == " ".join(name.split()).casefold():
            return section.id
    return add_section(store, SYSTEM.at(now), event_id, name)
