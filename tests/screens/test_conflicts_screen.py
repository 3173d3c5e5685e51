"""What phones decided without the network and does not fit, as desks and organizers see it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Label

from eventdesk.accounts import at_event, set_desk_pin
from eventdesk.acts import SYSTEM, Role
from eventdesk.door import (
    OfflineScan,
    change_check_in_list,
    check_in,
    deliver_offline_scans,
    doors_of_event,
    offline_conflicts,
)
from eventdesk.door.check_in_list import as_new
from screens.desk.desk_screen import DeskScreen
from screens.desk.reason_dialog import ReasonDialog
from screens.desk.supervisor_pin import SupervisorPin
from screens.door.conflicts_screen import ConflictsScreen
from screens.organizer.event_screen import EventScreen
from tests.build import NOON, STAFF, Fair
from tests.people import make_staff
from tests.screens.exceptions import PIN
from tests.screens.stage import Stage, page, reads, shown, text_of, until

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def doubled(stage: Stage) -> Fair:
    """A ticket that a desk let in, and a phone without the network, too."""
    fair = stage.fair
    token = fair.token(fair.sell("Grace [b] Hopper"))
    check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    told = OfflineScan("n1", token, (NOON + timedelta(minutes=5)).isoformat(), "admitted")
    deliver_offline_scans(fair.store, STAFF.at(LATER), fair.door.id, [told])
    stage.clock[0] = LATER
    return fair


def left(fair: Fair) -> int:
    return offline_conflicts(fair.store, STAFF.at(LATER), fair.event.id)[1]


async def test_a_desk_says_how_many_are_to_be_settled_and_a_supervisor_settles_them_there(
    stage: Stage, doubled: Fair
) -> None:
    staff, boss = make_staff(doubled), make_staff(doubled, Role.ORGANIZER, "Sue")
    set_desk_pin(doubled.store, boss.at(NOON), PIN)
    async with stage.desk_screen(staff) as (pilot, screen):
        await until(pilot, lambda: "! 1 to settle: Ctrl+Y" in text_of(screen, "#counters"))
        await pilot.press("ctrl+y")
        await shown(pilot, ConflictsScreen)
        await reads(pilot, "Grace [b] Hopper")
        await reads(pilot, "! let in twice")
        await pilot.press("enter")
        dialog = await shown(pilot, ReasonDialog)
        assert "let in twice\n" in dialog.explanation
        await pilot.press("1", "enter")
        await shown(pilot, SupervisorPin)
        await pilot.press(*PIN, "enter")
        await shown(pilot, ConflictsScreen)
        await reads(pilot, "Nothing is to be settled.")
        assert left(doubled) == 0
        await pilot.press("s")
        await reads(pilot, "✓ The same person, scanned twice")
        await pilot.press("escape")
        await until(pilot, lambda: "settle" not in text_of(screen, "#counters"))


async def test_an_organizer_finds_it_below_the_lists(stage: Stage, doubled: Fair) -> None:
    boss = make_staff(doubled, Role.ORGANIZER, "Sue")
    there = at_event(doubled.store, boss, doubled.event.id)
    app = stage.app(start="desk", actor=boss, gate_id=doubled.gate.id)
    async with app.run_test(size=(160, 48)) as pilot:
        await shown(pilot, DeskScreen)
        screen = EventScreen(app.tools, there, doubled.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("lists", enter=True)
        await reads(pilot, "! 1 admission without the network does not fit: S settles it")
        await pilot.press("s")
        await shown(pilot, ConflictsScreen)
        await reads(pilot, "Sam Staff · test desk")
        await until(pilot, lambda: "12:05" in page(pilot))
        await pilot.press("enter")
        await shown(pilot, ReasonDialog)
        await pilot.press(*"twins", "enter")
        await reads(pilot, "Nothing is to be settled.")
        assert left(doubled) == 0
        await pilot.press("escape")
        await until(pilot, lambda: not screen.query("#unsettled").first(Label).display)


async def test_where_no_phone_goes_on_alone_nothing_is_offered(stage: Stage) -> None:
    fair = stage.fair
    boss = make_staff(fair, Role.ORGANIZER, "Sue")
    there = at_event(fair.store, boss, fair.event.id)
    app = stage.app(start="desk", actor=boss, gate_id=fair.gate.id)
    async with app.run_test(size=(160, 48)) as pilot:
        await shown(pilot, DeskScreen)
        screen = EventScreen(app.tools, there, fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("lists", enter=True)
        await reads(pilot, "New gate")
        assert "Settle" not in page(pilot)
        [listed] = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
        change_check_in_list(fair.store, boss, listed.id, replace(as_new(listed), offline=True))
        await reads(pilot, "Settle")
