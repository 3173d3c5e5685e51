"""Seats and the waitlist at the desk."""

from functools import partial
from uuid import UUID

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.door import ticket_view
from eventdesk.seating import NewRows, add_section, make_rows, move_seat, plan
from eventdesk.waiting import join, list_waitlist
from screens.desk.desk_habits import habits_of
from screens.desk.desk_screen import DeskScreen
from screens.desk.seat_dialog import SeatDialog
from screens.desk.waitlist_dialog import WaitlistDialog
from screens.modals.questions import YesNo
from tests.build import NOON, STAFF, SUPERVISOR
from tests.figures.crowd import EARLY, person, sell_out
from tests.screens.stage import Stage, by_hand, noted, page, reads, send, shown, typed, until

pytestmark = pytest.mark.long


def hall(stage: Stage) -> dict[str, UUID]:
    """Three rows of six; returns the seats by their labels."""
    store, event_id = stage.fair.store, stage.fair.event.id
    section_id = add_section(store, SUPERVISOR.at(NOON), event_id, "Stalls")
    make_rows(store, SUPERVISOR.at(NOON), section_id, NewRows("A-C", 6))
    sections = plan(store, SYSTEM.at(NOON), event_id, holder_id=None)
    return {seat.label: seat.id for section in sections for seat in section.seats}


def seat_of(stage: Stage, ticket_id: UUID) -> str:
    return ticket_view(stage.fair.store, SYSTEM, ticket_id).seat


async def test_a_seat_is_given_by_its_label_and_taken_away(stage: Stage) -> None:
    labels = list(hall(stage))
    ticket = stage.fair.sell("Ada").ticket_ids[0]
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+s")
        await shown(pilot, SeatDialog)
        await typed(pilot, "Z-99")
        await pilot.press("enter")
        await reads(pilot, "There is no seat Z-99")
        await pilot.press("ctrl+u")
        await typed(pilot, labels[1].lower().replace("-", ""))
        await pilot.press("enter")
        await until(pilot, lambda: screen.card.verdict.word == "Seat given")
        assert seat_of(stage, ticket) == labels[1]

        await shown(pilot, DeskScreen)
        await pilot.press("ctrl+s")
        await shown(pilot, SeatDialog)
        await pilot.press("-", "enter")
        await until(pilot, lambda: not seat_of(stage, ticket))


async def test_a_ticket_scanned_on_the_plan_takes_no_seat(stage: Stage) -> None:
    hall(stage)
    ticket = stage.fair.sell("Ada").ticket_ids[0]
    other = stage.fair.sell("Bob")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, SeatDialog)
        for number, on_plan in enumerate((False, True), 1):
            await until(pilot, partial(lambda there: dialog.line.has_focus is not there, on_plan))
            send(pilot, f"{stage.fair.token(other)}\r")
            await until(pilot, partial(heard, screen, number))
            await by_hand(pilot, "tab")
        assert pilot.app.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.scan_log.scans) == 2)
    assert not seat_of(stage, ticket)


def heard(screen: DeskScreen, number: int) -> bool:
    return len(habits_of(screen.app).scanned) == number


async def test_a_seat_is_chosen_on_the_plan(stage: Stage) -> None:
    hall(stage)
    ticket = stage.fair.sell("Ada").ticket_ids[0]
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+s")
        await shown(pilot, SeatDialog)
        await pilot.press("tab", "right", "enter")
        await until(pilot, lambda: seat_of(stage, ticket))


async def test_a_taken_seat_is_swapped_after_a_question(stage: Stage) -> None:
    seats = hall(stage)
    one, two = list(seats)[:2]
    booked = stage.fair.sell_all(["Ada", "Bob"])
    for ticket_id, label in zip(booked.ticket_ids, (one, two), strict=True):
        move_seat(stage.fair.store, STAFF.at(NOON), ticket_id, seats[label])
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Bob")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+s")
        await shown(pilot, SeatDialog)
        await typed(pilot, one)
        await pilot.press("enter")
        await shown(pilot, YesNo)
        assert "Ada moves to" in page(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: seat_of(stage, booked.ticket_ids[1]) == one)
    assert seat_of(stage, booked.ticket_ids[0]) == two


async def test_without_seats_it_says_who_draws_them(stage: Stage) -> None:
    stage.fair.sell("Ada")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+s")
        await noted(pilot, "This event has no seats")


async def test_somebody_is_found_on_the_waitlist_and_moved_to_the_front(stage: Stage) -> None:
    fair = stage.fair
    sell_out(fair, fair.regular, 2)
    for name, places in (("Ann", 1), ("Bob", 1), ("Cy", 2)):
        who = person(fair.store, name).at(EARLY)
        join(fair.store, who, fair.event.id, ticket_type_id=fair.regular, places=places)
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("ctrl+l")
        await shown(pilot, WaitlistDialog)
        assert "3 wait" in page(pilot)
        assert "2 together" in page(pilot)
        await pilot.press("f2")
        await reads(pilot, "It is too late to offer places")
        await typed(pilot, "cy")
        await until(pilot, lambda: "Ann" not in page(pilot))
        await pilot.press("enter")
        await noted(pilot, "Cy is next for Regular")
    first = list_waitlist(fair.store, STAFF.at(EARLY), fair.event.id)[0][0]
    assert (first.name, first.place) == ("Cy", 1)


async def test_an_empty_waitlist_says_so(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("ctrl+l")
        await noted(pilot, "Nobody waits at this event")
