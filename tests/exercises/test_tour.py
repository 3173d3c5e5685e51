"""The tour points at one thing after another, and ends within three minutes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import counters, find_tickets
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.exercises.demo.morning import set_up_morning
from eventdesk.exercises.tour import arrivals
from eventdesk.exercises.tour.company import Company, find_company
from eventdesk.exercises.tour.steps import LONGEST_S, STEPS
from eventdesk.exercises.tour.tour_app import POINTED_AT, TourApp
from screens.accounts.home_screen import HomeScreen
from screens.desk.desk_screen import DeskScreen
from screens.money.take_money import TakeMoney
from screens.organizer.event_screen import EventScreen
from screens.self_service import kiosk_screen
from screens.self_service.kiosk_screen import KioskScreen
from screens.wall.wall_screen import WallScreen
from tests.screens.stage import FakeScanner, page, reads, shown, text_of, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def company(store: Store) -> Company:
    now = utc_now()
    made = fill_demo(store, size=80, seed=1, now=now, doors_at=now + timedelta(minutes=10))
    set_up_morning(store, made, now=now)
    return find_company(store, made.list, skip=2)


def tour(desk: Desk, home: Path, company: Company) -> TourApp:
    settings = Settings(home, sounds=False)
    return TourApp(desk, settings, company, scanner_factory=FakeScanner)


async def on(pilot: Pilot[None], number: int, of: int = len(STEPS)) -> None:
    """Wait for a step of the tour, and that something is pointed at."""
    await reads(pilot, f"Tour {number} of {of}")
    await until(pilot, lambda: pilot.app.screen.query(f".{POINTED_AT}"))


def test_whoever_only_watches_is_through_in_three_minutes() -> None:
    assert sum(step.seconds for step in STEPS) <= LONGEST_S


async def test_it_goes_through_all_screens_and_then_all_works(
    store: Store, tmp_path: Path, company: Company
) -> None:
    desk = Desk(store)
    app = tour(desk, tmp_path, company)
    screens = []
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(1, len(STEPS) + 1):
            await on(pilot, number)
            screens.append(type(pilot.app.screen))
            await pilot.press("ctrl+g")
        assert list(dict.fromkeys(screens)) == [DeskScreen, KioskScreen, WallScreen, EventScreen]
        await shown(pilot, HomeScreen)
        assert "Olga Organizer" in page(pilot)
        assert app.check_action("tour_on", ()) is False  # the desk has an act on the same key
    desk.close()


async def test_its_words_stay_in_sight_below_a_verdict_of_the_kiosk(
    store: Store, tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_screen, "VERDICT_S", 3600.0)
    desk, camera = Desk(store), FakeScanner()
    app = TourApp(desk, Settings(tmp_path, sounds=False), company, scanner_factory=lambda: camera)
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(1, 6):
            await on(pilot, number)
            await pilot.press("ctrl+g")
        await reads(pilot, "A film stands in for the camera")
        camera.show("nobody's ticket")
        await reads(pilot, "UNKNOWN")
        assert "A film stands in for the camera" in page(pilot)
        assert "F10 Staff" in page(pilot)
    desk.close()


async def test_what_it_points_at_on_the_wall_is_there(
    store: Store, tmp_path: Path, company: Company
) -> None:
    desk = Desk(store)
    async with tour(desk, tmp_path, company).run_test(size=(80, 24)) as pilot:
        for number in range(1, 7):
            await on(pilot, number)
            await pilot.press("ctrl+g")
        await shown(pilot, WallScreen)
        await on(pilot, 7)
        (pointed,) = pilot.app.screen.query(f".{POINTED_AT}").results(Static)
        await until(pilot, lambda: str(pointed.content).strip())
    desk.close()


def test_who_has_not_paid_is_named_by_what_every_keyboard_can_type(store: Store) -> None:
    made = fill_demo(store, size=80, seed=0, now=utc_now())
    unpaid = find_company(store, made.list, skip=2).unpaid
    (ticket,) = find_tickets(store, SYSTEM, made.event.id, unpaid)
    assert unpaid == ticket.code
    assert not ticket.name.isascii()


async def test_a_step_about_somebody_there_is_not_is_left_out(
    store: Store, tmp_path: Path, company: Company
) -> None:
    desk = Desk(store)
    async with tour(desk, tmp_path, replace(company, unpaid="")).run_test() as pilot:
        for number in range(1, 4):
            await reads(pilot, f"Tour {number} of {len(STEPS) - 1}")
            assert "Not paid yet" not in page(pilot)
            await pilot.press("ctrl+g")
    desk.close()


async def test_a_step_that_was_done_leads_to_the_next(
    store: Store, tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventdesk.exercises.tour.tour_app.SEEN_FOR_S", 0.0)
    desk = Desk(store)
    app = tour(desk, tmp_path, company)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await on(pilot, 1)
        assert company.guest in text_of(pilot.app.screen, "#tour-words")
        await typed(pilot, company.guest)
        await pilot.press("enter")
        await on(pilot, 2)
        await pilot.press("f3")
        await on(pilot, 3)
        assert company.unpaid in text_of(pilot.app.screen, "#tour-words")
        await typed(pilot, company.unpaid)
        await pilot.press("enter")
        await shown(pilot, TakeMoney)
    desk.close()


async def test_guests_of_the_other_gate_come_by_themselves(
    store: Store, tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "GAPS_S", (0.0, 0.01))
    desk = Desk(store)
    app = tour(desk, tmp_path, company)
    door = company.here.check_in_list
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: counters(store, SYSTEM, door.id).inside >= 5)
    desk.close()
