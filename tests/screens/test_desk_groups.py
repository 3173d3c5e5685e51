"""Notes that cannot be missed, who is in, and bookings that go in together."""

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, book, set_attention, set_companion
from eventdesk.core.money import Money
from eventdesk.door import check_in, ticket_view
from eventdesk.sales import NewTicketType, add_ticket_type
from screens.desk.desk_screen import DeskScreen
from screens.desk.group_dialog import GroupDialog, GroupResults
from tests.build import NOON, OTHER_STAFF, STAFF
from tests.screens.exceptions import Keys, admitted, at_most, scanned
from tests.screens.stage import Stage, page, reads, send, shown, typed, until

pytestmark = pytest.mark.long

# Attention, and who is in


async def test_a_note_cannot_be_missed(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    note = "Needs [b]a chair"
    set_attention(stage.fair.store, STAFF.at(NOON), booked.ticket_ids[0], note=note)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await reads(pilot, f"! ATTENTION  {note}")
        await pilot.press("escape")
        await until(pilot, lambda: "ATTENTION" not in page(pilot))


async def test_who_is_in_shows_when_where_and_by_whom(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    scan = stage.fair.scan(stage.fair.token(booked), gate_id=stage.fair.gate.id)
    check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
    async with stage.desk_screen(size=(120, 30)) as (pilot, _screen):
        await typed(pilot, "grace hopper")
        await reads(pilot, "✓ In since 12:00 at Gate A, by Olu Other")


# Groups


async def test_a_booking_goes_in_together_with_two_keys(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    async with stage.desk_screen() as (pilot, _screen):
        keys = Keys(pilot)
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        with at_most(keys, 2):
            await keys.press("f11")
            dialog = await shown(pilot, GroupDialog)
            await reads(pilot, "3 of 3 are marked")
            await keys.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "3 of 3 are in")
        assert dialog.group.booking_code == booked.code
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
    assert admitted(stage) == 3


async def test_a_scan_says_how_many_of_its_booking_are_to_come_and_with_which_key(
    stage: Stage,
) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await reads(pilot, "F11: 2 others of this booking")
        await pilot.press("f11")
        await shown(pilot, GroupDialog)
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
        await until(pilot, lambda: "of this booking" not in page(pilot))
    assert admitted(stage) == 3


async def test_chosen_members_go_in_and_others_stay_out(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(stage.fair.token(booked)))
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Bob")
        await reads(pilot, "booking")
        await pilot.press("f11")
        await shown(pilot, GroupDialog)
        await reads(pilot, "2 of 3 are marked")
        assert "Already in" in page(pilot)
        await typed(pilot, "cy")
        await pilot.press("enter", "space")
        await reads(pilot, "1 of 3 are marked")
        await pilot.press("enter")
        await shown(pilot, GroupResults)
    inside = [
        ticket_view(stage.fair.store, SYSTEM, each, list_id=stage.fair.door.id).inside
        for each in booked.ticket_ids
    ]
    assert inside == [True, True, False]


async def test_a_family_stands_together_and_a_child_stays_out_alone(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    kind = NewTicketType("Child", Money(0, "EUR"), accompanied=True)
    child = add_ticket_type(store, SYSTEM.at(NOON), event_id, kind)
    types = {"Kim": child, "Ada": stage.fair.regular, "Carl": stage.fair.regular}
    tickets = tuple(NewTicket(each, name) for name, each in types.items())
    booking = NewBooking("Ada", "ada@example.org", tickets, paid=True)
    (booked,) = book(store, SYSTEM.at(NOON), event_id, [booking])
    _kim, ada, carl = booked.ticket_ids
    set_companion(store, STAFF.at(NOON), carl, ada)
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Kim")
        await reads(pilot, "booking")
        await pilot.press("f11")
        dialog = await shown(pilot, GroupDialog)
        assert [each.name for each in dialog.group.members] == ["Ada", "Carl", "Kim"]
        assert "with Ada" in page(pilot)
        assert "needs company" in page(pilot)
        await reads(pilot, "3 of 3 are marked")
        await pilot.press("space", "down", "space")
        await reads(pilot, "1 of 3 are marked")
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "0 of 1 are in")
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
        await pilot.press("f11")
        await shown(pilot, GroupDialog)
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "3 of 3 are in")
    assert admitted(stage) == 3


async def test_a_ticket_scanned_into_the_results_of_a_group_is_taken(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    other = stage.fair.token(stage.fair.sell("Cy"))
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        await pilot.press("f11")
        dialog = await shown(pilot, GroupDialog)
        assert dialog.group.booking_code == booked.code
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        send(pilot, f"{other}\r")
        await until(pilot, lambda: admitted(stage) == 3)
        await shown(pilot, DeskScreen)
