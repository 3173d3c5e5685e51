"""Ctrl+P finds people, bookings, events, screens and acts in one box, with typos."""

from textual.pilot import Pilot

from eventdesk.acts import Actor
from screens.accounts.home_screen import HomeScreen
from screens.accounts.profile_screen import ProfileScreen
from screens.admin.admin_screen import AdminScreen
from screens.attendee.event_page import EventPage
from screens.booking.booking_screen import BookingScreen
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.find.find_screen import FindScreen
from screens.organizer.event_screen import EventScreen
from tests.build import SUPERVISOR
from tests.people import make_admin, make_guest
from tests.screens.stage import FakeScanner, Stage, page, reads, shown, text_of, typed, until


async def ask(pilot: Pilot[None], text: str) -> FindScreen:
    """Open the box, type, and wait for what it found."""
    await pilot.press("ctrl+p")
    box = await shown(pilot, FindScreen)
    await typed(pilot, text)
    await until(pilot, lambda: box.found_for == text)
    return box


async def at_home(pilot: Pilot[None]) -> HomeScreen:
    return await shown(pilot, HomeScreen)


def titles(box: FindScreen, kind: str) -> list[str]:
    return [each.title for each in box.found if str(each.kind) == kind]


async def test_an_organizer_goes_from_home_to_a_guest_s_booking(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper")
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        box = await ask(pilot, "grcae hoper")
        assert titles(box, "Person") == ["Grace Hopper"]
        await pilot.press("enter")
        await shown(pilot, BookingScreen)
        await reads(pilot, "Grace Hopper")
        await pilot.press("escape")
        await at_home(pilot)


async def test_a_booking_is_found_by_its_code(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        box = await ask(pilot, booked.code)
        assert titles(box, "Booking") == [f"{booked.code} Grace Hopper"]


async def test_events_and_screens_open_with_typos(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        await ask(pilot, "dmeo days")
        await pilot.press("enter")
        await shown(pilot, EventScreen)
        await ask(pilot, "my profilee")
        await pilot.press("enter")
        await shown(pilot, ProfileScreen)
        await pilot.press("escape")
        await shown(pilot, EventScreen)


async def test_a_part_of_the_event_is_one_word_away(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        await ask(pilot, "demo")
        await pilot.press("enter")
        screen = await shown(pilot, EventScreen)
        box = await ask(pilot, "waitl")
        assert titles(box, "Part") == ["Waitlist"]
        await pilot.press("enter")
        await until(pilot, lambda: screen.current == "waitlist" and screen.tab is not None)


async def test_at_the_desk_it_shows_a_guest_and_lets_nobody_in(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper")
    async with stage.desk_screen() as (pilot, screen):
        box = await ask(pilot, "hoper")
        assert titles(box, "Person") == ["Grace Hopper"]
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
        await reads(pilot, "Not in yet")
        assert "0 in" in text_of(screen, "#counters")


async def test_an_act_is_done_by_its_name(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        await ask(pilot, "theem")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.theme == "eventdesk-light")
        assert pilot.app.screen is screen


async def test_what_was_typed_and_entered_at_once_is_still_what_is_opened(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        await pilot.press("ctrl+p", *"check", "enter")
        await shown(pilot, ChooseScreen)


async def test_what_has_no_room_in_its_line_is_told_below(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        box = await ask(pilot, "check people in")
        await reads(pilot, "Screen    Check people in")
        about = box.query_one("#find-about")
        assert about.display
        assert "for guests." in text_of(box, "#find-about")
        assert "for guests." in page(pilot)


async def test_nothing_found_says_what_to_try(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        await ask(pilot, "[xyzzy]")
        assert "Nothing is called so" in page(pilot)
        await pilot.press("enter", "escape")
        await at_home(pilot)


async def test_guests_find_events_and_no_other_people(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper")
    guest = make_guest(stage.fair.store)
    app = stage.app(actor=guest)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        box = await ask(pilot, "grace")
        assert titles(box, "Person") == titles(box, "Booking") == titles(box, "Account") == []
        await pilot.press("escape")
        await ask(pilot, "demo days")
        await pilot.press("enter")
        await shown(pilot, EventPage)


async def test_an_admin_finds_accounts(stage: Stage) -> None:
    admin: Actor = make_admin(stage.fair.store)
    make_guest(stage.fair.store, "Gusto Farina")
    app = stage.app(actor=admin)
    async with app.run_test(notifications=True) as pilot:
        await at_home(pilot)
        box = await ask(pilot, "gusto")
        assert titles(box, "Account") == ["Gusto Farina"]
        await pilot.press("enter")
        await shown(pilot, AdminScreen)
        await reads(pilot, "gusto@example.org")


async def test_a_kiosk_has_no_such_box(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.press("ctrl+p")
        assert pilot.app.screen is screen
