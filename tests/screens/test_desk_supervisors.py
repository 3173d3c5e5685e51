"""What a supervisor approves in place at somebody else's desk."""

import asyncio
from functools import partial
from typing import Any

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

pytestmark = pytest.mark.long

F8 = "\x1b[19~"

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
        await until(pilot, lambda: "By force, against: unpaid." in screen.card.verdict.details)


async def test_nobody_is_forced_in_for_a_reason_that_nobody_chose(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        dialog = await shown(pilot, ReasonDialog)
        await pilot.press("enter", "enter")
        await reads(pilot, "Choose one of these")
        assert pilot.app.screen is dialog
        await pilot.press("down", "enter")
        pin = await shown(pilot, SupervisorPin)
        assert "Known to the team" in pin.explanation


async def test_a_pin_that_is_typed_ahead_never_gets_into_the_search(
    stage: Stage, boss: Actor, staff: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    read = stage.desk.read

    async def patiently(*given: Any, **named: Any) -> Any:
        await asyncio.sleep(0.1)
        return await read(*given, **named)

    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        monkeypatch.setattr(stage.desk, "read", patiently)
        seen: list[str] = []

        def note(value: str) -> None:
            seen.append(value)

        screen.watch(screen.entry, "value", note, init=False)
        send(pilot, f"{F8}2\r{PIN}\r")
        await until(pilot, lambda: admitted(stage) == 1)
        assert not any(seen)


async def test_a_wrong_pin_says_so_and_esc_changes_nothing(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("1", "enter")
        await shown(pilot, SupervisorPin)
        await pilot.press(*"999111", "enter")
        await reads(pilot, "This PIN is wrong")
        await pilot.press("escape")
        await shown(pilot, ReasonDialog)
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
        await pilot.press("1", "enter")
        await shown(pilot, SupervisorPin)
        send(pilot, f"{other}\r")
        await noted(pilot, "A ticket was scanned")
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_without_any_desk_pin_it_says_who_helps(stage: Stage, staff: Actor) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await noted(pilot, "none of this event has a desk PIN")
        assert pilot.app.screen is screen


async def test_a_reason_is_kept_when_the_approval_is_given_up(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await typed(pilot, "the mayor")
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        await pilot.press("escape")
        again = await shown(pilot, ReasonDialog)
        assert again.line.value == "the mayor"
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        await pilot.press(*PIN, "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        assert screen.entry.value == ""


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
    booking_id = find_booking(stage.fair.store, SYSTEM, booked.code)
    take_payment(stage.fair.store, staff.at(NOON), booking_id, method="cash")
    async with stage.desk_screen(staff, size=(100, 40)) as (pilot, screen):
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        await pilot.press("ctrl+r")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["amount"].put(2000)
        dialog.form.fields["reason"].put("rain")
        await pilot.press("ctrl+s")
        await shown(pilot, SupervisorPin)
        await pilot.press(*PIN, "enter")
        await until(pilot, lambda: screen.card.verdict.word == "Refunded")
    assert payments_of(stage.fair.store, SYSTEM, booking_id).balance.due.minor == 2000
