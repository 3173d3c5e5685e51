"""The hall's screen: what guests may see, page by page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from eventdesk.acts import SYSTEM, Actor
from eventdesk.events import (
    Audience,
    EventChanges,
    NewAnnouncement,
    NewRoom,
    NewVenue,
    add_room,
    add_venue,
    change_event,
    send_announcement,
)
from eventdesk.figures import Choice
from eventdesk.programme import NewSession, add_session
from screens.wall.hall_screen import HallScreen
from screens.wall.wall_app import WallApp
from screens.wall.wall_screen import WallScreen
from tests.build import NOON
from tests.screens.stage import Stage, page, reads, shown, until
from tests.screens.test_wall import wall

EMPTY = "the hall has nothing to show but the welcome"


def programme(stage: Stage) -> None:
    """A session that is on, one that comes next, one this evening, and an announcement."""
    fair = stage.fair
    venue = add_venue(fair.store, SYSTEM.at(NOON), fair.event.id, NewVenue("Harbour"))
    new_room = NewRoom(venue.id, "Harbour Room", 40)
    room = add_room(fair.store, SYSTEM.at(NOON), fair.event.id, new_room)
    for title, begins, lasts in (("Knots", -10, 50), ("Sails", 60, 30), ("Dinner", 400, 90)):
        starts_at = NOON + timedelta(minutes=begins)
        new = NewSession(
            title,
            starts_at,
            starts_at + timedelta(minutes=lasts),
            room_id=room.id,
            capacity=40,
            sign_up=True,
        )
        add_session(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    news = NewAnnouncement("Lunch is ready", "In the yard, all day.", Audience.ALL)
    send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, news)


@asynccontextmanager
async def hall(
    stage: Stage, size: tuple[int, int] = (80, 24), actor: Actor = SYSTEM
) -> AsyncIterator[tuple[Pilot[None], HallScreen]]:
    app = stage.app()
    async with app.run_test(size=size) as pilot:
        screen = HallScreen(app.tools, actor, stage.fair.event, page_s=0)
        app.push_screen(screen)
        await shown(pilot, HallScreen)
        await until(pilot, lambda: screen.pages)
        yield pilot, screen


async def test_pages_show_what_is_on_now_and_next_with_rooms_and_places(stage: Stage) -> None:
    programme(stage)
    async with hall(stage) as (pilot, screen):
        await reads(pilot, stage.fair.event.name)
        await until(pilot, lambda: len(screen.pages) > 1)
        assert [each.title for each in screen.pages[1:]] == ["Now", "Next", "Announcements"]
        await pilot.press("right")
        await reads(pilot, "Knots")
        assert "Harbour Room" in page(pilot)
        assert "40 of 40 places left" in page(pilot)
        await pilot.press("right")
        await reads(pilot, "Sails")
        assert "Dinner" not in page(pilot)
        await pilot.press("right")
        await reads(pilot, "Lunch is ready")


async def test_an_event_without_a_programme_welcomes(stage: Stage) -> None:
    async with hall(stage) as (pilot, screen):
        await reads(pilot, "Welcome!")
        assert len(screen.pages) == 1, EMPTY


@pytest.mark.parametrize("kind", [HallScreen, WallScreen])
async def test_a_new_name_of_the_event_is_shown(
    stage: Stage, kind: type[HallScreen | WallScreen]
) -> None:
    app, fair = stage.app(), stage.fair
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(kind(app.tools, SYSTEM, fair.event))
        await shown(pilot, kind)
        await reads(pilot, fair.event.name)
        new = EventChanges(name="Regatta")
        await stage.desk.write(change_event, SYSTEM.at(NOON), fair.event.id, new)
        await reads(pilot, "Regatta")
        await until(pilot, lambda: fair.event.name not in page(pilot))


async def test_pages_follow_the_clock(stage: Stage) -> None:
    programme(stage)
    async with hall(stage) as (pilot, screen):
        stage.clock[0] = NOON + timedelta(minutes=70)
        screen.repage()
        await pilot.press("right")
        await reads(pilot, "Sails")
        assert screen.pages[1].title == "Now"


async def test_no_figure_of_the_staff_is_shown(stage: Stage) -> None:
    programme(stage)
    stage.fair.sell_all([f"Guest {number}" for number in range(5)])
    async with hall(stage, size=(160, 48)) as (pilot, screen):
        for _page in screen.pages:
            shown_now = page(pilot)
            for word in ("Expected", "Inside", "Revenue", "EUR", "Guest"):
                assert word not in shown_now
            await pilot.press("right")


async def test_words_are_block_letters_on_a_large_screen(stage: Stage) -> None:
    async with hall(stage, size=(160, 48)) as (pilot, _screen):
        await until(pilot, lambda: "▙" in page(pilot))


async def test_the_wall_opens_it_by_a_key(stage: Stage) -> None:
    async with wall(stage) as (pilot, _screen):
        await pilot.press("h")
        await shown(pilot, HallScreen)
        await pilot.press("escape")
        await shown(pilot, WallScreen)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_command_opens_it_alone(stage: Stage, size: tuple[int, int]) -> None:
    settings = stage.app().settings
    app = WallApp(
        stage.desk, settings, stage.fair.event, choice=Choice(), cycle_s=0, hall=True,
        now=lambda: stage.clock[0],
    )  # fmt: skip
    async with app.run_test(size=size) as pilot:
        await shown(pilot, HallScreen)
