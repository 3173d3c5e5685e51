"""Notices: the count in the header, the list, and where they lead."""

from datetime import timedelta

import pytest

from eventdesk.acts import SYSTEM, Actor, Steps, unread_notices
from eventdesk.waiting import join
from screens.accounts.home_screen import HomeScreen
from screens.accounts.notices_screen import NoticesScreen
from screens.attendee.waiting_part import WaitingScreen
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import STAFF, Fair
from tests.figures.crowd import EARLY, free, id_of, person, sell_out
from tests.people import make_known
from tests.screens.stage import FakeScanner, Stage, page, reads, shown, until


@pytest.fixture
def early(stage: Stage) -> Stage:
    """The stage a month before the event."""
    stage.clock[0] = EARLY
    return stage


def tell(fair: Fair, actor: Actor, title: str, minutes: int = 0) -> None:
    with Steps(fair.store, SYSTEM.at(EARLY + timedelta(minutes=minutes))).write() as act:
        act.tell(id_of(actor), "change", title, "Room [b]2[/b]", event_id=fair.event.id)


async def test_the_header_counts_what_is_unread_and_a_key_shows_it(early: Stage) -> None:
    fair = early.fair
    ada = person(fair.store, "Ada")
    tell(fair, ada, "Another [i]room[/i]")
    app = early.app()
    app.actor = ada
    async with app.run_test(size=(160, 48)) as pilot:
        await shown(pilot, HomeScreen)
        await reads(pilot, "✉ 1")
        tell(fair, ada, "Another time", 1)
        await reads(pilot, "✉ 2 F12")
        await pilot.press("f12")
        await shown(pilot, NoticesScreen)
        await reads(pilot, "Another [i]room[/i]")
        assert page(pilot).index("Another time") < page(pilot).index("Another [i]room[/i]")
        await until(pilot, lambda: page(pilot).count("●") == 2)
        await pilot.press("r")
        await reads(pilot, "✉ 1")
        await pilot.press("a")
        await until(pilot, lambda: "✉" not in page(pilot) and "●" not in page(pilot))
        assert unread_notices(fair.store, ada) == 0
        await pilot.press("f12", "escape")
        await shown(pilot, HomeScreen)


async def test_an_offer_leads_to_the_place_that_is_offered(early: Stage) -> None:
    fair = early.fair
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(fair.store, "Ada")
    join(fair.store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, ticket)
    app = early.app()
    app.actor = ada
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, HomeScreen)
        await pilot.press("f12")
        await shown(pilot, NoticesScreen)
        await reads(pilot, "A place for you: Regular")
        await pilot.press("enter")
        await shown(pilot, WaitingScreen)
        await reads(pilot, "! take it")
        await pilot.press("escape")
        await shown(pilot, NoticesScreen)
        await until(pilot, lambda: "●" not in page(pilot))


async def test_without_notices_the_screen_says_what_comes_here(early: Stage) -> None:
    app = early.app()
    app.actor = person(early.fair.store, "Ada")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, HomeScreen)
        assert "✉" not in page(pilot)
        await pilot.press("f12")
        screen = await shown(pilot, NoticesScreen)
        await reads(pilot, "No notices yet")
        keys = {each.binding.action: each.enabled for each in screen.active_bindings.values()}
        assert not keys["read"]
        assert not keys["read_all"]


async def test_a_kiosk_shows_nobodys_notices(early: Stage) -> None:
    make_known(early.fair, STAFF)
    tell(early.fair, STAFF, "Private")
    async with early.kiosk(FakeScanner(), actor=STAFF) as (pilot, screen):
        await pilot.press("f12")
        await pilot.pause()
        assert isinstance(pilot.app.screen, KioskScreen)
        assert "✉" not in page(pilot)
        assert screen.reader is None
