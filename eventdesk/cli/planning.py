"""`eventdesk plan`: a door planned before the day."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import EVENT, Lines, Told, as_json, command, on_store
from eventdesk.cli.group import event_named
from eventdesk.core.messages import _, _p
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.door import ListKind, find_list, list_at_door, list_check_in_lists
from eventdesk.events import find_event
from eventdesk.figures import DoorBasis, DoorPlan, door_basis, plan_door, wait_text


@command("plan", "--guests 600 --lanes 2 --seconds 12 --doors 09:00")
@EVENT
@click.option("--list", "listed", default="", help="Check-in list; the first to arrive by.")
@click.option("--guests", type=click.IntRange(1, 100_000), help="How many come; all tickets.")
@click.option("--lanes", type=click.IntRange(1, 200), help="Lanes open at first; 1.")
@click.option("--seconds", type=click.FloatRange(1, 3600), help="What one guest takes; 8 to 20.")
@click.option("--doors", help="When they open, HH:MM; as the list says.")
@click.option(
    "--target", type=click.FloatRange(0.1, 600), default=5, help="Longest wait that is fine, min."
)
@as_json(help="Print it as JSON, every minute of it.")
@on_store
def plan_command(
    store: Store,
    named: str,
    listed: str,
    guests: int | None,
    lanes: int | None,
    seconds: float | None,
    doors: str | None,
    target: float,
) -> Told:
    """Say how long guests will wait at a door, and when to open and close a lane.

    Guests come as at the organizer's past events, or as is usual: 65 % in the first half hour.
    On a bad day, the worst but one of twenty played through guest by guest, they wait longer.
    """
    basis = door_basis(store, SYSTEM, _door(store, named, listed))
    zone = ZoneInfo(basis.time_zone)
    plan = plan_door(
        basis.curve,
        doors_at=_doors_at(basis, zone, doors),
        guests=guests or max(1, basis.expected),
        lanes=lanes or basis.lanes,
        seconds_each=seconds or basis.seconds_each,
        target_s=60 * target,
    )
    return Told(_lines(basis, plan, zone), lambda: asdict(plan))


def _door(store: Store, named: str, listed: str) -> UUID:
    """The list that was named, else the event's first one by which people arrive."""
    event_id = event_named(store, named)
    if not listed:
        event_id = event_id or find_event(store, SYSTEM, "").id
        lists = list_check_in_lists(store, SYSTEM, event_id)
        with store.read() as connection:
            for each in lists:
                if list_at_door(connection, each.id).kind is ListKind.ARRIVE:
                    return each.id
    return find_list(store, SYSTEM, listed, event_id).id


def _doors_at(basis: DoorBasis, zone: ZoneInfo, typed: str | None) -> datetime:
    if typed is None:
        return basis.doors_at
    return read_moment(f"{basis.doors_at.astimezone(zone):%Y-%m-%d} {typed}", basis.time_zone)


def _lines(basis: DoorBasis, plan: DoorPlan, zone: ZoneInfo) -> Lines:
    yield f"{plain(basis.event_name)}: {plain(basis.list_name)}"
    yield _("{share:.0%} of the guests come in the first half hour.", share=basis.curve.by(30))
    yield ""
    yield (
        f"  {_('Lanes'):>5} {_('Longest wait'):>13} {_p('a time', 'at'):>6} {_('Queue'):>7} "
        f"{_('Bad day'):>9}"
    )
    for row in plan.rows:
        sign = "✓" if plan.enough is not None and row.lanes >= plan.enough else "!"
        yield (
            f"{sign} {row.lanes:>5,} {wait_text(row.longest_wait_s):>13} "
            f"{row.at.astimezone(zone):%H:%M} {row.longest_queue:>8,.0f} "
            f"{wait_text(row.bad_day_s):>9}"
        )
    yield ""
    for advice in plan.advice:
        at = advice.at.astimezone(zone)
        words = advice.words.capitalize()
        yield _("{at:%H:%M}  {words}: then {lanes} open", at=at, words=words, lanes=advice.lanes)
    longest = max(point.wait_s for point in plan.advised)
    yield _("Then nobody waits longer than {time}.", time=wait_text(longest))
