"""What a supervisor approves in place at somebody else's desk."""

from functools import partial

import pytest

from eventdesk.accounts import set_desk_pin
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.booking import find_booking
from eventdesk.door import check_in
from eventdesk.money import payments_of, take_payment
from screens.desk.desk_screen import DeskScreen
from screens.desk.reason_dialog import ReasonDialog
from screens.desk.supervisor_pin import SupervisorPin
from screens.modals.form_dialog import FormDialog
from tests.build import NOON, OTHER_STAFF
from tests.people import make_staff
from tests.screens.exceptions import PIN, Keys, admitted, at_most, scanned, waits
from tests.screens.stage import Stage, noted, page, reads, send, shown, typed, until

# What takes a supervisor


@pytest.fixture
def boss(stage: Stage) -> Actor:
    boss = make_staff(stage.fair, Role.ORGANIZER, "Sue")
    set_desk_pin(stage.fair.store, boss.at(NOON), PIN)
    return boss


@pytest.fixture
def staff(stage: Stage) -> Actor:
    return make_staff(stage.fair)


async def test_staff_lets_in_by_force_with_a_supervisors_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        keys = Keys(pilot)
        await scanned(pilot, screen, token)
        with at_most(keys, 10):
            await keys.press("f8")
            await shown(pilot, ReasonDialog)
            await keys.press("2", "enter")
            dialog = await shown(pilot, SupervisorPin)
            assert dialog.line.password
            await keys.press(*PIN, "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        await reads(pilot, "By force, against: unpaid.")


async def test_a_wrong_pin_says_so_and_esc_changes_nothing(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        await pilot.press(*"999111", "enter")
        await reads(pilot, "This PIN is wrong")
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        assert admitted(stage) == 0


async def test_a_ticket_scanned_into_the_pin_is_taken_afterwards(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    owing = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    other = stage.fair.token(stage.fair.sell("Ada"))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, owing)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        send(pilot, f"{other}\r")
        await reads(pilot, "A ticket was scanned")
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_without_any_desk_pin_it_says_who_helps(stage: Stage, staff: Actor) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await noted(pilot, "none of this event has a desk PIN")


async def test_a_reprint_above_the_limit_asks_for_the_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        for waiting in (2, 3):
            await pilot.press("f4")
            await shown(pilot, ReasonDialog)
            await pilot.press("enter")
            if waiting == 3:
                await shown(pilot, SupervisorPin)
                assert "printed again once" in page(pilot)
                await pilot.press(*PIN, "enter")
            await until(pilot, partial(waits, stage, waiting))
            await shown(pilot, DeskScreen)


async def test_the_undo_of_somebody_elses_scan_asks_for_the_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    scan = stage.fair.scan(stage.fair.token(stage.fair.sell("Ada")), gate_id=stage.fair.gate.id)
    check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
    async with stage.desk_screen(staff) as (pilot, screen):
        await until(pilot, lambda: screen.scan_log.scans)
        await pilot.press("f3", "enter")
        await shown(pilot, SupervisorPin)
        assert "Olu Other made this scan" in page(pilot)
        await pilot.press(*PIN, "enter")
        await until(pilot, lambda: admitted(stage) == 0)


async def test_money_goes_back_with_the_pin(stage: Stage, boss: Actor, staff: Actor) -> None:
    booked = stage.fair.sell("Ada", paid=False)
    booking_id = find_booking(stage.fair.store, booked.code)
    take_payment(stage.fair.store, staff.at(NOON), booking_id, method="cash")
    async with stage.desk_screen(staff, size=(100, 40)) as (pilot, _screen):
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        await pilot.press("ctrl+r")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["amount"].put(2000)
        dialog.form.fields["reason"].put("rain")
        await pilot.press("ctrl+s")
        await shown(pilot, SupervisorPin)
        await pilot.press(*PIN, "enter")
        await noted(pilot, "20.00 EUR go back")
    assert payments_of(stage.fair.store, SYSTEM, booking_id).balance.due.minor == 2000
