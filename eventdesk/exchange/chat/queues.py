"""Rooms told that guests wait too long at a door, by the forecast of the door."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from data.schema import AdmissionRow, CheckInListRow, EventRow
from eventdesk.acts import SYSTEM, Steps, steps
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.exchange.chat.noted import Notice, Seen, is_wanted, moves, noted
from eventdesk.figures import TARGET_S, DoorBasis, Forecast, door_basis, forecast_by
from eventdesk.integrations.chat.kind import QUEUE

AFTER: Final = timedelta(minutes=2)
"""How long the wait is too long before it is told."""

BEFORE: Final = timedelta(hours=12)
"""Time before an event begins from which its doors are looked at."""

SOON: Final = 30
"""Minutes ahead whose lanes are advised."""


@steps(internal=True)
def tell_of_queues(steps: Steps) -> int:
    """Queue for rooms at which doors guests wait too long; returns how many messages."""
    seen = [_seen(steps, *door) for door in _doors(steps)] if is_wanted(steps, QUEUE) else []
    return noted(steps, QUEUE, lambda act, notes: moves(seen, notes, act.now, after=AFTER))


def _doors(steps: Steps) -> list[tuple[UUID, UUID]]:
    """The lists by which people arrive at events that are on, each with its event."""
    with steps.read() as act:
        found = (
            select(CheckInListRow.id, CheckInListRow.event_id)
            .join(EventRow, EventRow.id == CheckInListRow.event_id)
            .where(
                CheckInListRow.kind == "arrive",
                EventRow.state == "published",
                EventRow.starts_at <= act.now + BEFORE,
                EventRow.ends_at > act.now,
            )
        )
        return [(row.id, row.event_id) for row in act.connection.execute(found)]


def _seen(steps: Steps, list_id: UUID, event_id: UUID) -> Seen:
    """How long guests wait at a door; half of what is too long ends it."""
    basis = door_basis(steps.store, SYSTEM.at(steps.now), list_id)
    today = select(func.count(AdmissionRow.ticket_id.distinct())).where(
        AdmissionRow.list_id == list_id, AdmissionRow.admitted_at >= basis.doors_at - BEFORE
    )
    with steps.read() as act:
        served = act.connection.execute(today).scalar_one()
    ahead = forecast_by(basis, now=steps.now, served_today=served)
    wait_s = ahead.points[0].wait_s if ahead is not None and ahead.queue_now >= 1 else 0.0
    is_bad = True if wait_s > TARGET_S else False if wait_s <= TARGET_S / 2 else None
    return Seen(f"{list_id}/{event_id}", is_bad, partial(_long, event_id, basis, ahead))


def _long(event_id: UUID, basis: DoorBasis, ahead: Forecast | None, _since: datetime) -> Notice:
    assert ahead is not None  # else it was not too long
    facts = {
        "event": plain(basis.event_name),
        "people": round(ahead.queue_now),
        "minutes": round(ahead.points[0].wait_s / 60),
        "lanes": basis.lanes,
    }
    needed = max(each.lanes for each in ahead.advised[:SOON])
    text = msg("{event}: some {people} wait for about {minutes} min. Desks open: {lanes}.", **facts)
    if needed > basis.lanes:
        text = msg(
            "{event}: some {people} wait for about {minutes} min. Desks open: {lanes}, "
            "needed: {needed}.",
            needed=needed,
            **facts,
        )
    title = msg("Guests wait too long at {door}", door=plain(basis.list_name))
    return Notice(QUEUE, title, text, frozenset({event_id}))
