"""What a screen is given: its tools, its actor and its place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from eventdesk.accounts import at_event
from eventdesk.acts import Actor, Permission
from eventdesk.core import formats
from eventdesk.core.serving import where_served
from eventdesk.core.settings import Settings
from eventdesk.desk import ActorsDesk, AnyDesk
from eventdesk.door import GateView, ListView, Scan, ScanSource, event_doors
from eventdesk.events import EventView
from screens.core.sounds import Sounds


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools of every screen.

    Attributes:
        now: The clock, aware UTC.
    """

    desk: AnyDesk
    settings: Settings
    sounds: Sounds
    now: Callable[[], datetime]


def served_at(tools: Tools) -> str:
    """Where browsers and calendars find the house; "" where no server runs."""
    there = None if tools.desk.hub else where_served(tools.settings.home)
    return tools.desk.hub or (there.urls[0] if there else "")


class AsActor:
    """Mixin that asks for use cases as one actor."""

    tools: Tools
    actor: Actor

    @property
    def desk(self) -> ActorsDesk:
        """The desk, for whoever works here."""
        return self.tools.desk.of(self.actor)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kiosk or a desk stands, and who works there."""

    actor: Actor
    event: EventView
    check_in_list: ListView
    gate: GateView | None = None

    @property
    def gate_id(self) -> UUID | None:
        """The gate's id, if there is a gate."""
        return None if self.gate is None else self.gate.id

    def scan(
        self,
        text: str,
        *,
        source: ScanSource,
        seen_at: datetime,
        nonce: str = "",
        force_reason: str = "",
        group_id: UUID | None = None,
        asks: bool = True,
    ) -> Scan:
        """Describe one attempt made here; without a nonce it is given a new one.

        The guest stands here, so the list's optional questions are asked too, unless `asks` says
        that they were.
        """
        return Scan(
            text=text,
            list_id=self.check_in_list.id,
            nonce=nonce or uuid4().hex,
            seen_at=seen_at,
            gate_id=self.gate_id,
            source=source,
            force_reason=force_reason,
            group_id=group_id,
            asks=asks,
        )

    def clock(self, at: datetime) -> str:
        """An instant as the clock on the wall of the event shows it, HH:MM."""
        return at.astimezone(ZoneInfo(self.event.time_zone)).strftime("%H:%M")

    def when(self, at: datetime) -> str:
        """HH:MM in the event's zone; the date too, on another day than its first."""
        zone = ZoneInfo(self.event.time_zone)
        local = at.astimezone(zone)
        if local.date() == self.event.starts_at.astimezone(zone).date():
            return local.strftime("%H:%M")
        return formats.when(local, "%Y-%m-%d %H:%M")


class Workplace(StrEnum):
    """The two ways to work at the door."""

    DESK = "desk"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where to work, and how."""

    place: Place
    workplace: Workplace


async def find_place(
    desk: AnyDesk,
    actor: Actor,
    *,
    event_id: UUID | None = None,
    list_id: UUID | None = None,
    gate_id: UUID | None = None,
) -> Place | None:
    """Find the one place that is meant; None when there is none or more than one.

    Args:
        event_id: The event; may be left out when there is only one.
        list_id: The check-in list; may be left out when the event has only one.
    """
    doors = await desk.read(event_doors, actor)
    meant = [each for each in doors if event_id is None or each.event.id == event_id]
    lists = [each for door in meant for each in door.lists if list_id is None or each.id == list_id]
    if len(meant) != 1 or len(lists) != 1:
        return None
    [door], [check_in_list] = meant, lists
    gate = next((gate for gate in door.gates if gate.id == gate_id), None)
    there = await desk.read(at_event, actor, door.event.id, any_of=(Permission.DOOR,))
    return Place(there, door.event, check_in_list, gate)
