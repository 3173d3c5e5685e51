"""Where a guest goes first, on the answer of the kiosk."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from data.schema import SignUpRow
from eventdesk.accounts import add_account
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.ids import new_id
from eventdesk.events import NewRoom, NewVenue, add_room, add_venue
from eventdesk.programme import NewSession, add_session
from eventdesk.waiting import coming_session
from tests.build import NOON, STAFF
from tests.screens.stage import FakeScanner, Stage, page, reads, until

pytestmark = pytest.mark.long


def signed_up(stage: Stage, *names: str) -> str:
    """Sell tickets to Ada, who signed up for a session that is over and two to come."""
    fair, at = stage.fair, SYSTEM.at(NOON)
    venue = add_venue(fair.store, at, fair.event.id, NewVenue("Harbour"))
    room = add_room(fair.store, at, fair.event.id, NewRoom(venue.id, "Room 2", 40))
    account = add_account(
        fair.store, at, fair.event.id, email="ada@example.org", name="Ada",
        role=Role.ATTENDEE, secret="258013",
    )  # fmt: skip
    for title, begins in (("Later", 120), ("Knots", 30), ("Over", -90)):
        starts_at = NOON + timedelta(minutes=begins)
        new = NewSession(
            title, starts_at, starts_at + timedelta(minutes=45), room_id=room.id, sign_up=True
        )
        session = add_session(fair.store, at, fair.event.id, new).session
        with fair.store.write() as connection:
            connection.execute(
                insert(SignUpRow).values(
                    id=new_id(),
                    event_id=fair.event.id,
                    session_id=session.id,
                    account_id=account,
                    created_at=NOON,
                )
            )
    return fair.token(fair.sell_all(list(names), account_id=account))


async def test_the_answer_names_the_first_session_that_is_not_over(stage: Stage) -> None:
    camera = FakeScanner()
    token = signed_up(stage, "Ada Lovelace")
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show(token)
        await reads(pilot, "Knots · Room 2")
        assert "Later" not in page(pilot)
        assert "Over" not in page(pilot)


async def test_who_got_a_ticket_of_somebody_elses_booking_is_told_nothing(stage: Stage) -> None:
    camera = FakeScanner()
    token = signed_up(stage, "Ada Lovelace", "Grace Hopper")
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(token)
        await until(pilot, lambda: screen.verdict.answer is not None)
        assert "Knots" not in page(pilot)


def test_a_guest_without_an_account_has_no_session(stage: Stage) -> None:
    booked = stage.fair.sell("Ada Lovelace")
    assert coming_session(stage.fair.store, STAFF.at(NOON), booked.ticket_ids[0]) is None
