"""One code at the kiosk, and the rest of its booking with one touch."""

import pytest
from sqlalchemy import select

from data.schema import ScanRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import transfer_ticket
from eventdesk.door import ListKind, Outcome, check_in, counters
from tests.build import NOON, STAFF
from tests.screens.stage import FakeScanner, Stage, page, reads, until

pytestmark = pytest.mark.long

MORE = "#verdict-more"


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


async def test_a_family_goes_in_with_one_code_and_one_touch_without_a_name(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob Secret", "Cy", "Dan"])
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Let all 4 in")
        assert "More of your booking: 3 × Regular" in page(pilot)
        assert "Bob" not in page(pilot)
        assert admitted(stage) == 1
        await pilot.click(MORE)
        await reads(pilot, "You are all through.")
        assert not screen.query_one(MORE).has_class("-shown")
    assert admitted(stage) == 4
    with stage.fair.store.read() as connection:
        groups = connection.execute(
            select(ScanRow.group_id).where(ScanRow.group_id.is_not(None))
        ).scalars()
        assert len(list(groups)) == 3


async def test_the_key_does_it_once_however_often_it_is_pressed(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Let the other one in too")
        await pilot.press("f8", "f8", "f8")
        await reads(pilot, "You are both through.")
    with stage.fair.store.read() as connection:
        assert len(connection.execute(select(ScanRow.id)).all()) == 2


async def test_enter_of_a_scanner_that_types_lets_nobody_in(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Let the other one in too")
        await pilot.press("a", "enter", "space", "tab", "enter")
        await pilot.pause()
        assert admitted(stage) == 1


async def test_a_refused_code_offers_nothing(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(stage.fair.token(booked)))
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(booked))
        await until(pilot, lambda: screen.verdict.answer is not None)
        await reads(pilot, "This ticket was used")
        assert not screen.query_one(MORE).has_class("-shown")
        await pilot.press("f8")
        assert admitted(stage) == 1


async def test_the_next_guest_takes_the_offer_away(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    alone = stage.fair.sell("Grace Hopper")
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Let the other one in too")
        camera.show(stage.fair.token(alone))
        await reads(pilot, "Welcome, Grace Hopper")
        assert not screen.query_one(MORE).has_class("-shown")
        await pilot.press("f8")
        assert admitted(stage) == 2


async def test_who_cannot_pass_is_told_by_number(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Let all 3 in")
        # Somebody else lets one of them in meanwhile.
        result = check_in(
            stage.fair.store, STAFF.at(NOON), stage.fair.scan(stage.fair.token(booked, 1))
        )
        assert result.outcome is Outcome.ADMITTED
        await pilot.click(MORE)
        await reads(pilot, "1 ticket could not pass. Please go to the desk.")
    assert admitted(stage) == 3


async def test_at_a_badge_desk_the_badges_of_the_others_are_taken_along(stage: Stage) -> None:
    desk = stage.fair.list("Badge desk", kind=ListKind.BADGE, item="Badge")
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    camera = FakeScanner()
    async with stage.kiosk(camera, list_id=desk.id) as (pilot, _screen):
        camera.show(stage.fair.token(booked))
        await reads(pilot, "Take all 3")
        await pilot.press("f8")
        await reads(pilot, "Here you are, for all of you.")
    assert counters(stage.fair.store, SYSTEM, desk.id).admitted == 3


async def test_who_was_handed_a_ticket_is_offered_nobody_of_the_sellers_booking(
    stage: Stage,
) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    store, ada = stage.fair.store, booked.ticket_ids[0]
    code = transfer_ticket(store, SYSTEM.at(NOON), ada, name="Eve", email="eve@example.org")
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(code)
        await reads(pilot, "Welcome, Eve")
        await pilot.press("f8")
        await pilot.pause()
        assert not screen.query_one(MORE).has_class("-shown")
        assert "More of your booking" not in page(pilot)
    assert admitted(stage) == 1
