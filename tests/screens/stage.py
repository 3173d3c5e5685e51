"""Opening screens over a real store, and a camera whose events the test decides."""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from textual._xterm_parser import XTermParser
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from eventdesk.acts import Actor
from eventdesk.core.settings import Settings
from eventdesk.desk import AnyDesk, Desk
from kiosk.sightings import CameraFound, Event, Preview, Sighting
from screens.app import EventDeskApp
from screens.desk.desk_screen import DeskScreen
from screens.desk.stray_scans import SCANNER_S
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import NOON, STAFF, Fair
from tests.people import make_known
from tests.screens.settling import at_rest, paint, settled

DEADLINE_S = 60.0
"""What did not come to hold by then never will, however busy the machine is."""

Shown = TypeVar("Shown", bound=Screen[Any])


class FakeScanner:
    """Stands for camera hardware: reports what the test puts in, and shows one picture."""

    def __init__(self, *events: Event, source_name: str = "0") -> None:
        self.source_name = source_name
        self.preview: Preview | None = None
        self.opened = 0
        self._events: queue.Queue[Event] = queue.Queue()
        for event in (CameraFound("camera 0", (1280, 720)), *events):
            self.put(event)

    def put(self, event: Event) -> None:
        self._events.put(event)

    def show(self, text: str) -> None:
        """Hold a code up to the camera."""
        square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
        self.put(Sighting(text, uuid4().hex, NOON, 1.0, square, (1280, 720)))

    def events(self, stop: threading.Event) -> Iterator[Event]:
        self.opened += 1
        while not stop.is_set():
            try:
                yield self._events.get(timeout=0.02)
            except queue.Empty:
                continue


@dataclass
class Stage:
    """A store with one event, and the apps opened on it."""

    desk: Desk
    fair: Fair
    home: Path
    clock: list[datetime] = field(default_factory=lambda: [NOON])
    """The present, as its only item; a test may replace it."""

    def app(self, **given: Any) -> EventDeskApp:
        """Make the program; keyword arguments are its own, and those of its settings."""
        if given.get("actor") is not None:
            make_known(self.fair, given["actor"])
        return self.app_on(self.desk, **given)

    def app_on(self, desk: AnyDesk, **given: Any) -> EventDeskApp:
        """Make the program with a desk; see `app`."""
        names = ("theme", "sounds", "sound_command", "camera", "gate")
        settings = {name: given.pop(name) for name in names if name in given}
        app = EventDeskApp(
            desk,
            Settings(self.home, **{"sounds": False, **settings}),
            now=lambda: self.clock[0],
            **given,
        )
        app.animation_level = "none"
        return app

    @asynccontextmanager
    async def desk_screen(
        self, actor: Actor = STAFF, size: tuple[int, int] = (80, 24), **given: Any
    ) -> AsyncIterator[tuple[Pilot[None], DeskScreen]]:
        """Open the desk at the gate."""
        app = self.app(start="desk", actor=actor, gate_id=self.fair.gate.id, **given)
        async with app.run_test(size=size) as pilot:
            screen = await shown(pilot, DeskScreen)
            await until(pilot, lambda: text_of(screen, "#counters"))
            yield pilot, screen

    @asynccontextmanager
    async def kiosk(
        self, scanner: Any = None, size: tuple[int, int] = (80, 24), **given: Any
    ) -> AsyncIterator[tuple[Pilot[None], KioskScreen]]:
        """Open the kiosk at the gate."""
        if scanner is not None:
            given["scanner_factory"] = lambda: scanner
        app = self.app(start="kiosk", gate_id=self.fair.gate.id, **given)
        async with app.run_test(size=size) as pilot:
            screen = await shown(pilot, KioskScreen)
            await until(pilot, lambda: text_of(screen, "#health-store").startswith("✓"))
            yield pilot, screen


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Wait for a condition while the app goes on, and then for it to be painted."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not holds():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"it never came to hold on this screen:\n{page(pilot)}")
        await asyncio.sleep(0.01)
        if at_rest():
            paint(pilot.app)
    await pilot.pause()


async def comes_to_rest(pilot: Pilot[None]) -> None:
    """Wait until all that was sent has been done, however long that takes."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not await settled(pilot.app):
        assert time.monotonic() < deadline_s, "it never came to rest"


async def shown(pilot: Pilot[None], kind: type[Shown]) -> Shown:
    """Wait until a screen of this kind is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    await pilot.pause()
    return screen


async def by_hand(pilot: Pilot[None], *keys: str) -> None:
    """Press keys as people do: later after a scanned code than the second half of its end."""
    await asyncio.sleep(SCANNER_S)
    await pilot.press(*keys)


async def reads(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows this text."""
    await until(pilot, lambda: text in page(pilot))


async def noted(pilot: Pilot[None], text: str) -> None:
    """Wait until a toast says this, in its title or below it."""
    await until(
        pilot,
        lambda: any(text in f"{each.title} {each.message}" for each in pilot.app._notifications),
    )


def send(pilot: Pilot[None], data: str) -> None:
    """Let a terminal send these characters, as fast as it can."""
    parser = XTermParser()
    for event in (*parser.feed(data), *parser.feed("")):
        pilot.app.post_message(event)


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type into what has the focus, and wait until it is there."""
    send(pilot, text)
    await pilot.pause()


def text_of(screen: Screen[Any], selector: str) -> str:
    """The text one widget shows; "" while it is not there."""
    return "\n".join(str(part.visual) for part in screen.query(selector).results(Static))


def page(pilot: Pilot[None]) -> str:
    """All characters on show, line by line."""
    return "\n".join(
        "".join(segment.text for segment in line)
        for line in pilot.app.screen._compositor.render_strips()
    )
