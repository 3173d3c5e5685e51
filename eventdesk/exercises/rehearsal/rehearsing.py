"""The rehearsal from beginning to end."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import ahead, run_ahead, utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg, reader
from eventdesk.door import (
    CheckInList,
    Direction,
    ListView,
    find_list,
    list_at_door,
    list_check_in_lists,
)
from eventdesk.events import EventView, event_view, find_event
from eventdesk.exercises.rehearsal.camera import RehearsalCamera
from eventdesk.exercises.rehearsal.chaos import Director
from eventdesk.exercises.rehearsal.checking import check, last_scan_no, turned_away
from eventdesk.exercises.rehearsal.copying import PREFIX, copy_home, point_elsewhere, sweep
from eventdesk.exercises.rehearsal.crowd import crowd
from eventdesk.exercises.rehearsal.draining import badge_times, drain
from eventdesk.exercises.rehearsal.flow import Flow
from eventdesk.exercises.rehearsal.lane import Lane
from eventdesk.exercises.rehearsal.plan import Plan, Through
from eventdesk.exercises.rehearsal.printer import RehearsalPrinter
from eventdesk.exercises.rehearsal.report import (
    Report,
    per_minute_of,
    queue_of,
    refused_of,
    stages_of,
)
from eventdesk.exercises.rehearsal.serving import Server
from eventdesk.figures import usual_curve
from eventdesk.printing import NewPrinter

PROGRAMS: Final = {
    Through.DOOR: "eventdesk.exercises.rehearsal.lane_program",
    Through.SCREENS: "eventdesk.exercises.rehearsal.rehearsing_screen",
}
PRINTERS: Final = ("A", "B")

Progress = Callable[[int, int, str], None]
"""Told how many of how many guests were answered, and what goes on."""


def rehearse(
    home: Path,
    plan: Plan,
    *,
    event: str = "",
    listed: str = "",
    stop: threading.Event,
    on_progress: Progress = lambda done, of, words: None,
    now: datetime | None = None,
) -> Report:
    """Play a day at the door on a copy of a home, and say what came of it.

    Args:
        home: Only read.
        plan: Who comes and what goes wrong.
        event: By code, id or name; left out, the only one.
        listed: The check-in list; left out, the event's first one for entry.
        stop: Set it to end early; the report is of what happened until then.
        on_progress: Told how far it is.
        now: The present; left out, the clock's.

    Raises:
        NotFoundError: No such event or list.
        InvalidInputError: The event cannot be rehearsed.
        StoreError: The store cannot be copied.
    """
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix=PREFIX)))
        sweep(folder)
        on_progress(0, plan.guests, _("copying the store"))
        copy_home(home, folder / "home")
        ending.callback(run_ahead, timedelta())
        store = ending.enter_context(Store(folder / "home"))
        place = _place(store, event, listed)
        begins_at = _begin(place, now or utc_now())
        run_ahead(begins_at - (now or utc_now()))
        return _Day(store, plan, place, stop, on_progress, ending).play()


@dataclass(frozen=True, slots=True)
class _Place:
    event: EventView
    door: CheckInList


@dataclass(frozen=True, slots=True)
class _Day:
    """One rehearsal at work."""

    store: Store
    plan: Plan
    place: _Place
    stop: threading.Event
    tell: Progress
    ending: ExitStack

    def play(self) -> Report:
        """Open the doors, let everybody come, and look at what is written."""
        plan, door = self.plan, self.place.door
        self.tell(0, plan.guests, _("booking those who are missing"))
        guests, booked = crowd(self.store, door, plan, usual_curve(), now=utc_now())
        flow = Flow(guests, speed=plan.speed, stop=self.stop)
        printers = [self._printer(name, flow) for name in PRINTERS]
        point_elsewhere(
            self.store, [NewPrinter(f"Rehearsal {each.name}", each.spec) for each in printers]
        )
        since_no = last_scan_no(self.store)
        lanes = self._lanes(printers)
        began_s = flow.began_s = time.monotonic()
        director = Director(plan, flow, lanes, printers, self.store)
        self._serve(flow, lanes, director)
        served_s = time.monotonic() - began_s
        self.tell(len(flow.heard), plan.guests, _("waiting for the last badges"))
        for lane in lanes:
            lane.end()
        drain(
            self.store,
            self.place.event.id,
            printers[0].spec,
            plan.timing,
            self.stop,
            lambda waiting: self.tell(
                len(flow.heard),
                plan.guests,
                _("waiting for the last badges: {count:,} left", count=waiting),
            ),
        )
        stopped = self.stop.is_set()
        promises = check(self.store, door, flow, since_no=since_no, stopped=stopped)
        heard = flow.heard
        return Report(
            plan=plan,
            event=self.place.event.name,
            door=door.name,
            booked=booked,
            came=len(heard),
            admitted=sum(one.admitted for one in heard),
            refused=refused_of(heard),
            unanswered=sum(not one.outcome for one in heard),
            seconds=served_s,
            per_minute=per_minute_of(heard, plan.lanes),
            stages=stages_of(heard, badge_times(self.store, flow), director.troubles),
            machine_queue=queue_of(heard, plan.lanes, 0.0),
            queue=queue_of(heard, plan.lanes, plan.seconds_each),
            troubles=tuple(director.troubles),
            promises=promises,
            surprises=dict(turned_away(heard)),
            pauses_ms=tuple(
                float(lane.told["pause_ms"]) for lane in lanes if "pause_ms" in lane.told
            ),
            stopped=stopped,
        )

    def _printer(self, name: str, flow: Flow) -> RehearsalPrinter:
        printer = RehearsalPrinter(name, flow.note_paper)
        self.ending.callback(printer.close)
        return printer

    def _lanes(self, printers: list[RehearsalPrinter]) -> list[Lane]:
        """Start all lanes side by side, and wait until each is ready."""
        plan = self.plan
        lanes = []
        for number in range(plan.lanes):
            orders: dict[str, Any] = {
                "home": str(self.store.home),
                "list": str(self.place.door.id),
                "event": str(self.place.event.id),
                "printer": printers[number % len(printers)].spec,
                "kiosk": number % 2 == 0,
                "ahead_s": ahead().total_seconds(),
                "language": reader().locale,
            }
            camera = RehearsalCamera(plan.seed * 97 + number) if plan.has_camera(number) else None
            lane = Lane(number, PROGRAMS[plan.through], orders, camera)
            self.ending.callback(lane.close)
            lane.start()
            lanes.append(lane)
        self.tell(0, plan.guests, _("opening the doors"))
        for lane in lanes:
            lane.wait_ready()
        return lanes

    def _serve(self, flow: Flow, lanes: list[Lane], director: Director) -> None:
        """Let all lanes serve until everybody was answered, while things go wrong."""
        give_up_s = self.plan.timing.give_up_s
        servers = [Server(lane, flow, give_up_s=give_up_s, seed=self.plan.seed) for lane in lanes]
        # Each says what it saw in the language of who waits for the report.
        threads = [
            threading.Thread(target=copy_context().run, args=(run,), daemon=True)
            for run in (*(server.run for server in servers), director.run)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            doing = director.troubles[-1].what if director.troubles else _("guests come")
            self.tell(len(flow.heard), self.plan.guests, doing)
            if self.stop.is_set():
                director.repair()
                for lane in lanes:
                    lane.end()  # whoever waits for an answer learns that there is none
            threads[0].join(0.1)
            threads[-1].join(0.1)
        self.tell(len(flow.heard), self.plan.guests, _("all came"))


def _place(store: Store, event: str, listed: str) -> _Place:
    chosen = find_event(store, SYSTEM, event) if event or not listed else None
    event_id = chosen.id if chosen is not None else None
    if listed:
        view = find_list(store, SYSTEM, listed, event_id)
    else:
        assert event_id is not None
        view = _first_list(store, event_id)
    with store.read() as connection:
        door = list_at_door(connection, view.id)
    return _Place(event_view(store, SYSTEM, view.event_id), door)


def _first_list(store: Store, event_id: UUID) -> ListView:
    for view in list_check_in_lists(store, SYSTEM, event_id):
        with store.read() as connection:
            if list_at_door(connection, view.id).direction is Direction.ENTRY:
                return view
    raise InvalidInputError(
        msg("This event has no check-in list by which guests come in."),
        hint=msg('Add one: eventdesk list add "Main entrance"'),
    )


def _begin(place: _Place, now: datetime) -> datetime:
    """When the rehearsed doors open: now on the day itself, else when they will."""
    opens_at = place.door.opens_at or place.event.starts_at
    closes_at = place.door.closes_at or place.event.ends_at
    return now if opens_at <= now < closes_at else opens_at
