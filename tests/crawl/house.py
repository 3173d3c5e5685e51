"""A house to go through: a day with guests, and those who work there."""

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from textual.screen import Screen

from data.store import Store
from eventdesk.accounts import at_event, sign_in
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.clock import utc_now
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.exercises.demo.fill import ADMIN, GUEST_PIN, PASSWORD, DemoEvent, fill_demo
from screens.accounts.home_screen import HomeScreen, entries_for
from screens.accounts.sign_in_screen import SignInScreen
from screens.app import EventDeskApp
from screens.core.loading import load
from screens.core.parts_screen import PartsScreen
from screens.desk.scan_input import ScanInput
from screens.organizer.event_screen import EventScreen
from tests.crawl.crawl import DEEPEST, Crawl
from tests.crawl.shot import settled
from tests.pseudo.findings import words_of
from tests.screens.stage import FakeScanner, shown

SIZE = (80, 24)

DATA_COLUMNS = frozenset(
    [
        "address",
        "answer",
        "answers",
        "biography",
        "body",
        "choices",
        "code",
        "description",
        "dietary",
        "email",
        "gate",
        "holder_email",
        "holder_name",
        "interests",
        "label",
        "level",
        "line",
        "line_two",
        "link",
        "name",
        "note",
        "organization",
        "pronouns",
        "seat",
        "section",
        "spec",
        "tags",
        "text",
        "title",
        "venue",
        "room",
        "word",
    ]
)
"""Columns that hold what people typed."""


@dataclass(frozen=True)
class DemoHouse:
    """A store with a demo event, and who may come in."""

    store: Store
    desk: Desk
    demo: DemoEvent
    admin: Actor
    guest: Actor

    def app(self, **given: object) -> EventDeskApp:
        """Make the program on it."""
        app = EventDeskApp(self.desk, Settings(self.store.home, sounds=False), **given)  # type: ignore[arg-type]
        app.animation_level = "none"
        return app

    def words(self) -> frozenset[str]:
        """The words that people typed, and those of this machine."""
        return words_of(self._typed())

    def signs(self) -> frozenset[str]:
        """The signs that people typed."""
        return frozenset("".join(self._typed()))

    def _typed(self) -> list[str]:
        texts = [
            str(self.store.home),
            "Europe/Berlin",
            Path.home().name,
            os.environ.get("TERM", ""),
        ]
        with self.store.read() as connection:
            for table in inspect(connection).get_table_names():
                for column in inspect(connection).get_columns(table):
                    if column["name"] in DATA_COLUMNS:
                        rows = connection.execute(text(f'SELECT "{column["name"]}" FROM "{table}"'))
                        texts += [str(row[0]) for row in rows if isinstance(row[0], str)]
        return texts


@contextmanager
def demo_house(home: Path) -> Iterator[DemoHouse]:
    """Make a house of forty guests."""
    with Store.create(home) as store:
        now = utc_now()
        demo = fill_demo(store, size=40, seed=1, now=now)
        desk = Desk(store)
        admin = sign_in(store, SYSTEM.at(now), ADMIN[0], PASSWORD)
        guest = sign_in(store, SYSTEM.at(now), demo.guest_email, GUEST_PIN)
        try:
            yield DemoHouse(store, desk, demo, admin, guest)
        finally:
            desk.close()


Tour = Callable[[DemoHouse, Crawl], Awaitable[None]]
Make = Callable[..., Screen[Any]]


async def sign_in_screen(house: DemoHouse, crawl: Crawl) -> None:
    """The door of the program."""
    async with house.app().run_test(size=SIZE, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        await crawl.visit(pilot, "sign-in")


async def home_screens(house: DemoHouse, crawl: Crawl) -> None:
    """The menu, and each screen it leads to."""
    for actor, who in ((house.admin, "admin"), (house.guest, "guest")):
        await _visit(house, crawl, f"{who}/menu", partial(HomeScreen, actor=actor))
        for entry in entries_for(actor):
            screen: Make = load(entry.target)
            await _go_through(house, crawl, f"{who}/{entry.id}", partial(screen, actor=actor))


async def event_screen(house: DemoHouse, crawl: Crawl) -> None:
    """Each part of an event."""
    there = at_event(house.store, house.admin, house.demo.event.id)
    make = partial(EventScreen, actor=there, event=house.demo.event)
    await _go_through(house, crawl, "event", make)


async def desk_screen(house: DemoHouse, crawl: Crawl) -> None:
    """The desk, with a guest on show for each key."""
    given = {"event_id": house.demo.event.id, "list_id": house.demo.list.id, "actor": house.admin}
    async with house.app(start="desk", **given).run_test(size=SIZE, notifications=True) as pilot:
        await crawl.look(pilot, "desk empty", await settled(pilot))
        entry = pilot.app.screen.query_one(ScanInput)

        async def show_a_guest() -> None:
            entry.value = ""
            await settled(pilot)
            entry.value = "a"
            await settled(pilot)

        await show_a_guest()
        await crawl.visit(pilot, "desk", ready=show_a_guest)


async def kiosk_screen(house: DemoHouse, crawl: Crawl) -> None:
    """The kiosk, and its way in without a code."""
    given = {"event_id": house.demo.event.id, "list_id": house.demo.list.id}
    app = house.app(start="kiosk", scanner_factory=FakeScanner, **given)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await settled(pilot)
        await crawl.visit(pilot, "kiosk")


TOURS: dict[str, Tour] = {
    "sign-in": sign_in_screen,
    "kiosk": kiosk_screen,
    "desk": desk_screen,
    "event": event_screen,
    "home": home_screens,
}


async def _go_through(house: DemoHouse, crawl: Crawl, where: str, make: Make) -> None:
    """Visit a screen; each of its parts by itself, where it has some."""
    screen = make(tools=house.app().tools)
    if not isinstance(screen, PartsScreen):
        await _visit(house, crawl, where, make)
        return
    for spec in screen.specs:
        await _visit(house, crawl, f"{where}/{spec.id}", make, spec.id)


async def _visit(house: DemoHouse, crawl: Crawl, where: str, make: Make, part: str = "") -> None:
    app = house.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        screen = make(tools=app.tools)
        app.push_screen(screen)
        await settled(pilot)
        if isinstance(screen, PartsScreen):
            screen.open_part(part, enter=True)
            await settled(pilot)
        await crawl.visit(pilot, where, DEEPEST - 1)
