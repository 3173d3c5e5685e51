"""An organizer at work: a store with a draft, and the screens opened on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from textual.pilot import Pilot

from eventdesk.accounts import at_event
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.settings import Graphics, Settings
from eventdesk.desk import Desk
from eventdesk.events import EventDetail, event_detail, find_event
from screens.accounts.sign_in_screen import SignInScreen
from screens.app import EventDeskApp
from screens.organizer.event_screen import EventScreen
from screens.organizer.organizer_screen import OrganizerScreen
from tests.build import NOON
from tests.events.organizing import House
from tests.screens.stage import reads, shown, until


@dataclass(frozen=True)
class Office:
    """A house and the program opened on it."""

    house: House
    desk: Desk
    home: Path
    graphics: Graphics = "auto"

    def app(self) -> EventDeskApp:
        """Make the program."""
        settings = Settings(self.home, sounds=False, graphics=self.graphics)
        app = EventDeskApp(self.desk, settings, now=lambda: NOON)
        app.animation_level = "none"
        return app

    @asynccontextmanager
    async def my_events(
        self, actor: Actor | None = None, size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[tuple[Pilot[None], OrganizerScreen]]:
        """Open the list of an organizer's events."""
        app = self.app()
        async with app.run_test(size=size, notifications=True) as pilot:
            await shown(pilot, SignInScreen)
            app.push_screen(OrganizerScreen(app.tools, actor or self.house.organizer))
            screen = await shown(pilot, OrganizerScreen)
            await reads(pilot, "found")
            yield pilot, screen

    @asynccontextmanager
    async def part(
        self, part: str, actor: Actor | None = None, size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[tuple[Pilot[None], EventScreen]]:
        """Open one part of the event's screen, with the keyboard in it."""
        store, event_id = self.house.store, self.house.event_id
        there = at_event(store, actor or self.house.organizer, event_id)
        app = self.app()
        async with app.run_test(size=size, notifications=True) as pilot:
            await shown(pilot, SignInScreen)
            screen = EventScreen(app.tools, there, find_event(store, SYSTEM, str(event_id)))
            app.push_screen(screen)
            await shown(pilot, EventScreen)
            places = [spec.id for spec in screen.specs]
            screen.open_part(part, enter=True)
            screen.parts.highlighted = places.index(part)
            await until(pilot, lambda: screen.current == part and screen.tab is not None)
            await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
            yield pilot, screen

    def event(self, event_id: UUID | None = None) -> EventDetail:
        """The event as the store has it."""
        house = self.house
        return event_detail(house.store, house.admin.at(NOON), event_id or house.event_id)
