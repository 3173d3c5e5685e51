"""The plan of a hall: drawn by signs, walked by keys and mouse, picked from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from textual.pilot import Pilot

from eventdesk.seating import NewRows, SeatState, SectionPlan, preview
from eventdesk.seating.seat_layout import MAX_SEATS
from screens.widgets.seat_plan import SeatGrid, SeatPlan
from tests.screens.bare import BareApp
from tests.screens.snapshots_of import looks_as_kept
from tests.screens.stage import page, send, until

pytestmark = pytest.mark.long


def hall(rows: NewRows, name: str = "Stalls", first: int = 0, **states: SeatState) -> SectionPlan:
    """A section whose seats are as told: `A_2="taken"`."""
    plan = preview(rows, name=name)
    told = {label.replace("_", "-"): state for label, state in states.items()}
    seats = (
        replace(
            seat,
            id=UUID(int=first + number),
            section_id=UUID(int=first + 10**6),
            state=told.get(seat.label, seat.state),
        )
        for number, seat in enumerate(plan.seats, 1)
    )
    return replace(plan, id=UUID(int=first + 10**6), seats=tuple(seats))


@asynccontextmanager
async def shown_plan(
    *sections: SectionPlan, size: tuple[int, int] = (60, 16), **given: Any
) -> AsyncIterator[tuple[Pilot[None], SeatPlan, BareApp]]:
    plan = SeatPlan(sections, **given)
    app = BareApp(lambda: [plan])
    async with app.run_test(size=size) as pilot:
        plan.focus()
        await until(pilot, lambda: plan.grid.has_focus)
        app.heard = []
        yield pilot, plan, app


def label(plan: SeatPlan) -> str:
    assert plan.marked is not None
    return plan.marked.label


def picked(plan: SeatPlan) -> list[str]:
    return [seat.label for seat in plan.picked]


async def test_a_plan_shows_stage_rows_aisles_and_each_state_by_its_sign() -> None:
    section = hall(
        NewRows("A-B", 6, aisles_after=(3,)), A_1="blocked", A_2="taken", A_3="held", B_1="mine"
    )
    async with shown_plan(section) as (pilot, _plan, _):
        lines = [line.strip() for line in page(pilot).splitlines()]
        assert lines[0] == "Stalls · 8 of 12 free"
        assert lines[1] == "────stage────"
        assert lines[2] == "A   ● ◔  [·]· ·  A"
        assert lines[3] == "B ◉ · ·   · · ·  B"
        assert "· free  ◔ held  ● taken  ◉ chosen" in page(pilot)


async def test_arrows_go_from_seat_to_seat_over_aisles_and_into_the_next_section() -> None:
    stalls = hall(NewRows("A-B", 4, aisles_after=(2,)))
    balcony = hall(NewRows("X", 1), "Balcony", first=100)
    async with shown_plan(stalls, balcony) as (pilot, plan, _):
        assert label(plan) == "A-3"
        for key, reached in (
            ("left", "A-2"),
            ("home", "A-1"),
            ("left", "A-1"),
            ("end", "A-4"),
            ("right", "A-4"),
            ("up", "A-4"),
            ("down", "B-4"),
            ("down", "X-1"),
            ("down", "X-1"),
            ("pageup", "A-1"),
            ("pagedown", "X-1"),
        ):
            await pilot.press(key)
            assert (key, label(plan)) == (key, reached)


async def test_seats_are_picked_and_left_by_key_and_each_is_told() -> None:
    async with shown_plan(hall(NewRows("A", 3))) as (pilot, plan, _):
        told: list[tuple[str, bool]] = []

        def note(message: SeatPlan.Toggled) -> None:
            told.append((message.seat.label, message.picked))

        watch(plan, note)
        await pilot.press("space", "left", "enter", "right", "space")
        assert told == [("A-2", True), ("A-1", True), ("A-2", False)]
        assert picked(plan) == ["A-1"]
        assert "Seat A-2 · free · 1 chosen" in page(pilot)
        plan.clear()
        assert picked(plan) == []


def watch(plan: SeatPlan, note: Any) -> None:
    """Hear what a plan posts."""
    post = plan.post_message

    def hear(message: Any) -> bool:
        if isinstance(message, SeatPlan.Toggled):
            note(message)
        return post(message)

    plan.post_message = hear  # type: ignore[method-assign]


@pytest.mark.parametrize("state", ["taken", "held", "blocked"])
async def test_what_is_not_free_is_not_picked(state: SeatState) -> None:
    async with shown_plan(hall(NewRows("A", 1), A_1=state)) as (pilot, plan, _):
        await pilot.press("space")
        assert picked(plan) == []
        assert f"Seat A-1 · {state}" in page(pilot)


async def test_to_look_at_a_plan_picks_nothing() -> None:
    async with shown_plan(hall(NewRows("A", 1)), mode="look") as (pilot, plan, _):
        await pilot.press("space")
        assert picked(plan) == []
        assert "◉ mine" in page(pilot)


async def test_no_more_are_picked_than_allowed() -> None:
    async with shown_plan(hall(NewRows("A", 3)), most=2) as (pilot, plan, _):
        await pilot.press("home", "space", "right", "space", "right", "space")
        assert picked(plan) == ["A-1", "A-2"]


async def test_a_click_picks_the_seat_under_it_and_none_beside() -> None:
    async with shown_plan(hall(NewRows("A-B", 4))) as (pilot, plan, _):
        row = next(number for number, line in enumerate(page(pilot).splitlines()) if " B " in line)
        column = page(pilot).splitlines()[row].index("·")
        await pilot.click(SeatGrid, offset=(column + 4, row))
        assert picked(plan) == ["B-3"]
        await pilot.click(SeatGrid, offset=(column + 30, row))
        await pilot.click(SeatGrid, offset=(column, row + 4))
        assert picked(plan) == ["B-3"]


async def test_after_a_change_of_the_store_picked_seats_stay_while_they_are_free() -> None:
    rows = NewRows("A", 4)
    async with shown_plan(hall(rows)) as (pilot, plan, _):
        await pilot.press("home", "space", "right", "space", "right", "space")
        plan.put([hall(rows, A_1="mine", A_2="taken")])
        assert picked(plan) == ["A-1", "A-3"]
        assert label(plan) == "A-3"
        plan.put([hall(rows)])
        assert picked(plan) == ["A-3"]


async def test_a_hall_wider_and_higher_than_the_screen_is_walked_with_its_row_names() -> None:
    async with shown_plan(hall(NewRows("1-100", 200))) as (pilot, plan, _):
        assert sum(len(section.seats) for section in plan.sections) == MAX_SEATS
        send(pilot, "\x1b[B" * 60 + "\x1b[F")
        await until(pilot, lambda: label(plan) == "61-200")
        assert "[·]" in page(pilot)
        assert any(line.strip().startswith("61 ") for line in page(pilot).splitlines())


async def test_no_seats_and_hostile_names_are_shown_harmlessly() -> None:
    async with shown_plan() as (pilot, plan, _):
        await pilot.press("down", "space", "left", "home", "pagedown")
        assert plan.marked is None
        assert "No seats yet" in page(pilot)
        plan.put([hall(NewRows("A", 1), "[/b]\x1b[31mRed\u202e")])
        await pilot.pause()
        assert "[/b]Red · 1 of 1 free" in page(pilot)


async def test_a_plan_looks_as_it_did() -> None:
    rows = NewRows("A-D", 16, aisles_after=(4, 12), blocked=("A-1", "A-16"))
    stalls = hall(rows, A_3="taken", A_4="taken", B_2="held", C_5="mine")
    balcony = hall(NewRows("X-Z", 8), "Balcony", first=1000)
    async with shown_plan(stalls, balcony) as (pilot, plan, _):
        await pilot.press("down", "space", "right", "space")
        assert len(plan.picked) == 3
        await looks_as_kept(pilot, "seat-plan-dark")
