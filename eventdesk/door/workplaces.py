"""Workplaces at the doors: events by turn with their lists and gates, and this machine's last."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import CheckInListRow, EventRow, GateRow
from eventdesk.accounts import its_door
from eventdesk.acts import Permission, ReadingSteps, reads_in_steps
from eventdesk.core.private_file import read_private, replace_private
from eventdesk.door.check_in_list import GateView, ListView
from eventdesk.events import EventView, events_of

FILE_NAME: Final = "last-place.json"
"""Where the last place is kept: in the home folder, so for each machine and not for each person."""

MAX_BYTES: Final = 4096

AROUND: Final = timedelta(hours=12)
"""How long before it begins and after it ends an event is worked at."""


class Turn(StrEnum):
    """Whether it is an event's turn, in the order in which events are offered."""

    NOW = "now"
    NEXT = "next"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class EventDoor:
    """An event at whose door somebody may work.

    Attributes:
        lists: In the organizer's order; without one nobody can be checked in.
        gates: By name.
    """

    event: EventView
    turn: Turn
    is_cancelled: bool
    lists: tuple[ListView, ...]
    gates: tuple[GateView, ...]

    @property
    def opens(self) -> bool:
        """Whether a desk or a kiosk can be opened there."""
        return bool(self.lists) and not self.is_cancelled


@dataclass(frozen=True, slots=True)
class LastPlace:
    """Where this machine was worked at last.

    Attributes:
        gate_id: None is at no gate.
        workplace: What was opened there: desk or kiosk.
    """

    event_id: UUID
    list_id: UUID
    gate_id: UUID | None
    workplace: str


def turn_of(starts_at: datetime, ends_at: datetime, now: datetime) -> Turn:
    """Whether it is the turn of an event, with `AROUND` on both sides of it."""
    if now < starts_at - AROUND:
        return Turn.NEXT
    return Turn.NOW if now < ends_at + AROUND else Turn.PAST


@reads_in_steps(Permission.ATTEND)
def event_doors(steps: ReadingSteps) -> list[EventDoor]:
    """Read the events at whose door a person may work: those on now, the next, and the past."""
    events = events_of(steps.store, steps.asked)
    with steps.read() as act:
        cancelled = set(
            act.connection.execute(select(EventRow.id).where(EventRow.state == "cancelled"))
            .scalars()
            .all()
        )
        lists = act.connection.execute(
            select(CheckInListRow.id, CheckInListRow.event_id, CheckInListRow.name).order_by(
                CheckInListRow.position
            )
        ).all()
        gates = act.connection.execute(
            select(GateRow.id, GateRow.event_id, GateRow.name).order_by(GateRow.name)
        ).all()
        its = its_door(act)
    if its is not None:
        lists = [row for row in lists if row.id == its[0]]
        gates = [row for row in gates if row.id == its[1]]
    doors = [
        EventDoor(
            event,
            turn_of(event.starts_at, event.ends_at, steps.now),
            event.id in cancelled,
            tuple(ListView(*row, event.name) for row in lists if row.event_id == event.id),
            tuple(GateView(*row) for row in gates if row.event_id == event.id),
        )
        for event in events
    ]
    return sorted(doors, key=_in_turn)


def _in_turn(door: EventDoor) -> tuple[int, float]:
    """Those on now and the next as they begin, the past the latest first."""
    begins = door.event.starts_at.timestamp()
    return list(Turn).index(door.turn), -begins if door.turn is Turn.PAST else begins


def last_place(home: Path) -> LastPlace | None:
    """Read where this machine was worked at last; None where nothing is known of it."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads(read_private(home / FILE_NAME, limit=MAX_BYTES)[0])
        gate_id = UUID(kept["gate"]) if kept["gate"] else None
        return LastPlace(UUID(kept["event"]), UUID(kept["list"]), gate_id, str(kept["workplace"]))
    return None


def keep_last_place(home: Path, place: LastPlace) -> None:
    """Keep where this machine is worked at; a home that takes no file goes without it."""
    kept = {
        "event": str(place.event_id),
        "list": str(place.list_id),
        "gate": str(place.gate_id) if place.gate_id else "",
        "workplace": place.workplace,
    }
    with suppress(OSError):
        replace_private(home / FILE_NAME, json.dumps(kept).encode())
