"""The planner: guests, lanes and seconds in, waits and advice out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from screens.door.planner_screen import PlannerScreen
from screens.organizer.event_screen import EventScreen
from screens.widgets.paged_table import PagedTable
from tests.build import SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long


@asynccontextmanager
async def planner(
    stage: Stage, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], PlannerScreen]]:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=size, notifications=True) as pilot:
        app.push_screen(PlannerScreen(app.tools, SUPERVISOR, stage.fair.door.id))
        screen = await shown(pilot, PlannerScreen)
        await until(pilot, lambda: screen.plan is not None)
        yield pilot, screen


async def put(pilot: Pilot[None], screen: PlannerScreen, name: str, text: str) -> None:
    """Write into a field, and wait for what follows from it."""
    before = screen.plan
    screen.form.fields[name].put(text)
    await until(pilot, lambda: screen.plan is not before)


async def test_it_begins_with_what_is_known_of_the_door(stage: Stage) -> None:
    stage.fair.sell_all(["Ada", "Kay", "Joan"])
    async with planner(stage) as (pilot, screen):
        assert screen.form.values["guests"] == 3
        assert screen.form.values["seconds"] == 20
        await reads(pilot, "65% in the first")
        await reads(pilot, "1 lane is enough, even on a bad day")


async def test_a_door_that_is_too_small_is_told_when_to_open_another_lane(stage: Stage) -> None:
    async with planner(stage, (110, 40)) as (pilot, screen):
        await put(pilot, screen, "guests", "600")
        await put(pilot, screen, "lanes", "2")
        await put(pilot, screen, "seconds", "12")
        await put(pilot, screen, "doors", "09:00")
        await reads(pilot, "10 min 09:29")
        await reads(pilot, "3 lanes are enough")
        await reads(pilot, "09:05  Open one more lane: then 3 open")
        await reads(pilot, "Then nobody waits longer than")
        await reads(pilot, "come  ")


async def test_what_is_no_number_is_marked_and_stays(stage: Stage) -> None:
    async with planner(stage) as (pilot, screen):
        screen.form.fields["lanes"].put("many")
        await reads(pilot, "Correct what is marked")
        await reads(pilot, "whole number")
        screen.form.fields["doors"].put("noon")
        await reads(pilot, "Type it such as 09:00.")
        assert "many" in page(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PlannerScreen))


async def test_it_opens_from_the_list_it_is_for(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("lists", enter=True)
        await reads(pilot, "Main entrance")
        await until(pilot, lambda: screen.query(PagedTable).first().marked is not None)
        await pilot.press("p")
        planner = await shown(pilot, PlannerScreen)
        assert planner.list_id == stage.fair.door.id


async def test_a_wide_screen_plans_the_other_doors_beside_it(stage: Stage) -> None:
    stage.fair.list("Workshop 1")
    stage.fair.list("Lounge")
    stage.fair.sell_all(["Ada", "Kay", "Joan"])
    async with planner(stage, (160, 48)) as (pilot, screen):
        await reads(pilot, "The other doors")
        await reads(pilot, "Lounge")
        line = next(each for each in page(pilot).splitlines() if "Workshop 1" in each)
        assert "Lounge" in line
        await until(pilot, lambda: len(screen.doors) == 2)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "The other doors" not in page(pilot))
