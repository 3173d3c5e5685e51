"""What an organizer does with seats, by the keys they press."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from textual.pilot import Pilot

from eventdesk.acts import SYSTEM, Steps
from eventdesk.seating import (
    NewRows,
    SeatView,
    add_section,
    hold_seats,
    list_sections,
    make_rows,
    plan_with_names,
    take_seats,
)
from screens.modals.form_dialog import FormDialog
from screens.organizer.event_screen import EventScreen
from screens.organizer.seats_tab import SeatsTab
from tests.build import NOON, STAFF, SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, typed, until

pytestmark = pytest.mark.long


def hall(stage: Stage, rows: str = "A-B", seats: int = 5) -> UUID:
    store, event_id = stage.fair.store, stage.fair.event.id
    section_id = add_section(store, SUPERVISOR.at(NOON), event_id, "Stalls")
    make_rows(store, SUPERVISOR.at(NOON), section_id, NewRows(rows, seats))
    return section_id


def seats(stage: Stage) -> dict[str, SeatView]:
    sections = plan_with_names(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id)
    return {seat.label: seat for section in sections for seat in section.seats}


def seated(stage: Stage, label: str, name: str) -> None:
    (ticket_id,) = stage.fair.sell(name).ticket_ids
    pairs = [(ticket_id, seats(stage)[label].id)]
    with Steps(stage.fair.store, SYSTEM.at(NOON)).write() as act:
        take_seats(act, stage.fair.event.id, pairs, holder_id=None)


def sits(stage: Stage, label: str) -> str:
    return seats(stage)[label].holder_name


@asynccontextmanager
async def tab_of(
    stage: Stage, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], SeatsTab]]:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("seats", enter=True)
        await until(pilot, lambda: isinstance(screen.tab, SeatsTab))
        tab = screen.tab
        assert isinstance(tab, SeatsTab)
        await until(pilot, lambda: not tab.sections or tab.plan.grid.has_focus)
        yield pilot, tab


async def go(pilot: Pilot[None], tab: SeatsTab, label: str) -> None:
    """Walk to a seat of row A or B by keys."""
    row, _, number = label.partition("-")
    await pilot.press("pageup", "home", *["right"] * (int(number) - 1))
    if row == "B":
        await pilot.press("down")
    assert tab.plan.marked is not None
    assert tab.plan.marked.label == label


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_without_seats_the_tab_says_what_to_do_and_the_first_rows_are_made(
    stage: Stage,
) -> None:
    async with tab_of(stage) as (pilot, tab):
        await reads(pilot, "No seats yet. Press N")
        await press(pilot, "n")
        await shown(pilot, FormDialog)
        await typed(pilot, "Stalls")
        await press(pilot, "tab")
        await typed(pilot, "A-C")
        await press(pilot, "tab")
        await typed(pilot, "6")
        await reads(pilot, "18 seats, A-1 to C-6:")
        await press(pilot, "tab")
        await typed(pilot, "3")
        await reads(pilot, "C · · ·   · · · C")
        await press(pilot, "tab")
        await typed(pilot, "a-1")
        await press(pilot, "ctrl+s")
        await reads(pilot, "Stalls · 17 of 18 free")
        await until(pilot, lambda: tab.plan.grid.has_focus)
    assert seats(stage)["A-1"].state == "blocked"


async def test_rows_that_cannot_be_are_said_and_no_section_is_left_behind(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, _):
        await press(pilot, "n")
        await shown(pilot, FormDialog)
        await typed(pilot, "Stalls")
        await press(pilot, "tab")
        await typed(pilot, "C-A")
        await press(pilot, "tab")
        await typed(pilot, "6")
        await reads(pilot, "C-A is no range of rows.")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: page(pilot).count("is no range of rows") >= 2)
    assert list_sections(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id) == []


async def test_the_one_who_sits_there_is_said(stage: Stage) -> None:
    hall(stage)
    seated(stage, "A-2", "[b]Ada\x1b[31m")
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-2")
        await reads(pilot, "Seat A-2 · taken · [b]Ada")
        await go(pilot, tab, "A-3")
        await reads(pilot, "Seat A-3 · free")


async def test_a_guest_is_taken_by_the_hand_to_another_seat(stage: Stage) -> None:
    hall(stage)
    seated(stage, "A-2", "Ada")
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-1")
        await press(pilot, "m")
        await reads(pilot, "Nobody sits here.")
        await go(pilot, tab, "A-2")
        await press(pilot, "m")
        await reads(pilot, "Ada moves from A-2")
        await press(pilot, "backspace")
        assert tab.moving is None
        await press(pilot, "m")
        await go(pilot, tab, "B-4")
        await press(pilot, "m")
        await until(pilot, lambda: sits(stage, "B-4") == "Ada")
        await reads(pilot, "Seat B-4 · taken · Ada")
    assert sits(stage, "A-2") == ""


async def test_two_guests_swap_after_a_yes(stage: Stage) -> None:
    hall(stage)
    seated(stage, "A-2", "Ada")
    seated(stage, "B-3", "Grace")
    async with tab_of(stage) as (pilot, tab):
        for answer in ("escape", "enter"):
            await go(pilot, tab, "A-2")
            await press(pilot, "backspace", "m")
            await go(pilot, tab, "B-3")
            await press(pilot, "m")
            await reads(pilot, "Ada gets B-3, Grace A-2.")
            await press(pilot, answer)
            if answer == "escape":
                await until(pilot, lambda: isinstance(pilot.app.screen, EventScreen))
                assert sits(stage, "A-2") == "Ada"
        await until(pilot, lambda: sits(stage, "A-2") == "Grace")
    assert sits(stage, "B-3") == "Ada"


async def test_a_seat_is_given_to_a_guest_found_by_name(stage: Stage) -> None:
    hall(stage)
    stage.fair.sell_all(["Ada Lovelace", "Grace Hopper"])
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-3")
        await press(pilot, "g")
        await reads(pilot, "Who gets A-3?")
        await typed(pilot, "hopper")
        await press(pilot, "enter")
        await reads(pilot, "Grace Hopper · Regular · no seat")
        await press(pilot, "enter")
        await until(pilot, lambda: sits(stage, "A-3") == "Grace Hopper")
        await reads(pilot, "Seat A-3 · taken · Grace Hopper")


async def test_a_seat_is_taken_away_after_a_yes(stage: Stage) -> None:
    hall(stage)
    seated(stage, "A-2", "Ada")
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-2")
        await press(pilot, "r")
        await reads(pilot, "Take A-2 away from Ada?")
        await press(pilot, "enter")
        await reads(pilot, "Seat A-2 · free")
    assert sits(stage, "A-2") == ""


async def test_what_is_held_is_let_go_after_a_yes(stage: Stage) -> None:
    hall(stage)
    held = [seats(stage)[label].id for label in ("A-1", "A-2")]
    event_id = stage.fair.event.id
    hold_seats(stage.fair.store, STAFF.at(NOON), event_id, held, holder_id=UUID(int=9))
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-3")
        await press(pilot, "r")
        await reads(pilot, "Nothing is held here.")
        await go(pilot, tab, "A-1")
        await press(pilot, "space", "right", "space", "r")
        await reads(pilot, "Let go of 2 held?")
        await press(pilot, "enter")
        await reads(pilot, "Stalls · 10 of 10 free")
    assert {seat.state for seat in seats(stage).values()} == {"free"}


async def test_chosen_seats_are_blocked_and_given_back(stage: Stage) -> None:
    hall(stage)
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-1")
        await press(pilot, "space", "right", "space", "b")
        await reads(pilot, "Stalls · 8 of 10 free")
        await reads(pilot, "✕")
        await press(pilot, "b")
        await reads(pilot, "Stalls · 9 of 10 free")
    assert [seats(stage)[label].state for label in ("A-1", "A-2")] == ["blocked", "free"]


async def test_a_row_and_a_section_are_removed_after_a_yes_unless_somebody_sits_there(
    stage: Stage,
) -> None:
    hall(stage)
    seated(stage, "B-1", "Ada")
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-1")
        await press(pilot, "d")
        await reads(pilot, "Remove row A of Stalls?")
        await press(pilot, "enter")
        await reads(pilot, "Stalls · 4 of 5 free")
        await press(pilot, "shift+delete")
        await reads(pilot, "Its 5 seats are gone then.")
        await press(pilot, "enter")
        await reads(pilot, "Somebody sits on B-1.")
    assert set(seats(stage)) == {f"B-{number}" for number in range(1, 6)}


async def test_a_section_is_renamed(stage: Stage) -> None:
    hall(stage)
    async with tab_of(stage) as (pilot, _):
        await press(pilot, "e")
        await reads(pilot, "Rename the section")
        await typed(pilot, "Floor")
        await press(pilot, "ctrl+s")
        await reads(pilot, "Floor · 10 of 10 free")


async def test_what_another_desk_does_is_seen(stage: Stage) -> None:
    hall(stage)
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-1")
        seated(stage, "A-1", "Ada")
        await reads(pilot, "Seat A-1 · taken · Ada")


async def test_moves_and_blocks_are_taken_back(stage: Stage) -> None:
    hall(stage)
    seated(stage, "A-2", "Ada")
    async with tab_of(stage) as (pilot, tab):
        await go(pilot, tab, "A-2")
        await press(pilot, "m", "down", "m")
        await reads(pilot, "Ada moved. Ctrl+Z takes it back.")
        assert sits(stage, "B-2") == "Ada"
        await press(pilot, "ctrl+z")
        await reads(pilot, "Taken back")
        assert sits(stage, "A-2") == "Ada"
        await press(pilot, "ctrl+z")
        await reads(pilot, "Nothing to take back.")
        await press(pilot, "b")
        await until(pilot, lambda: seats(stage)["B-2"].state == "blocked")
        await press(pilot, "ctrl+z")
        await until(pilot, lambda: seats(stage)["B-2"].state == "free")
