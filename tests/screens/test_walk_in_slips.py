"""What happens at a busy desk: a change of mind, a slip, another desk in between."""

import pytest
from textual.widgets import Input, OptionList

from data.schema import BookingRow
from eventdesk.acts import ANYTHING
from screens.core.messages import StoreChanged
from screens.desk.desk_screen import DeskScreen
from screens.desk.walk_in import WalkInDialog
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.modals.seat_picker import SeatPicker
from tests.orders import add_seats, set_type
from tests.people import make_staff
from tests.screens.stage import Stage, page, reads, shown, typed, until
from tests.screens.test_walk_in import rows, selling

pytestmark = pytest.mark.long


async def test_a_seat_that_was_picked_stays_while_other_desks_work(stage: Stage) -> None:
    sam = make_staff(stage.fair)
    section_id, _ = add_seats(stage.fair, 3)
    set_type(stage.fair, stage.fair.regular, section_id=section_id)
    async with selling(stage, sam) as (pilot, dialog):
        await pilot.press("f6")
        await shown(pilot, SeatPicker)
        await pilot.press("space")
        await reads(pilot, "1 of 1 seats")
        await pilot.press("ctrl+s")
        await shown(pilot, WalkInDialog)
        await reads(pilot, "seat H-")
        before = dialog.offers
        dialog.post_message(StoreChanged(ANYTHING))
        await until(pilot, lambda: dialog.offers is not before)
        await pilot.pause()
        assert dialog.seat is not None
        assert "seat H-" in page(pilot)
        dialog.types.highlighted = 1
        await until(pilot, lambda: dialog.seat is None)


async def test_another_name_does_not_keep_the_address_of_who_was_picked(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper", email="grace@example.org")
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "grace")
        await reads(pilot, "g…@example.org")
        await pilot.press("down", "enter")
        email = dialog.query_one("#email", Input)
        await until(pilot, lambda: email.value == "grace@example.org")
        dialog.guest.value = "Bob Babbage"
        await until(pilot, lambda: email.value == "")


async def test_leaving_what_was_typed_asks_first(stage: Stage) -> None:
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Wally Walker")
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, WalkInDialog)
        assert dialog.guest.value == "Wally Walker"
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
    assert rows(stage.fair.store, BookingRow) == 0


async def test_giving_up_the_question_for_a_drawer_sells_nothing(stage: Stage) -> None:
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Wally Walker")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, PickOne)
        await pilot.press("escape")
        await shown(pilot, WalkInDialog)
        await until(pilot, lambda: not dialog.busy)
        await pilot.press("enter")
        asked = await shown(pilot, PickOne)
        assert asked.query_one(OptionList).highlighted == 0
        await pilot.press("enter")
        await shown(pilot, FormDialog)
        await pilot.press("escape")
        await shown(pilot, WalkInDialog)
        await until(pilot, lambda: not dialog.busy)
        assert dialog.guest.value == "Wally Walker"
    assert rows(stage.fair.store, BookingRow) == 0
