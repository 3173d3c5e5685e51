"""An event from nothing to its reports, through the screens of everybody who has a part in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from textual.pilot import Pilot

from badges.printers import open_printer
from data.schema import TicketRow
from data.store import Store
from eventdesk.accounts import create_first_admin, sign_up
from eventdesk.acts import SYSTEM
from eventdesk.core.paying import Method
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.seating import NewRows, add_section, make_rows
from eventdesk.spooler import Spooler
from screens.accounts.home_screen import HomeScreen
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.app import EventDeskApp
from screens.attendee.attendee_screen import AttendeeScreen
from screens.attendee.book_screen import BookScreen
from screens.attendee.checkout import PeopleDialog
from screens.attendee.event_page import EventPage
from screens.booking.booking_screen import BookingScreen
from screens.core.parts_screen import PartsScreen
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.modals.seat_picker import SeatPicker
from screens.money.payment_dialog import PaymentDialog, PaymentOutcome
from screens.organizer.event_screen import EventScreen
from screens.organizer.organizer_screen import OrganizerScreen
from tests.build import empty_store
from tests.screens.stage import reads, shown, typed, until

pytestmark = pytest.mark.long

SPRING = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
PASSWORD = "correct horse"
PIN = "258013"
ROWS = NewRows("A-B", 4)


@dataclass
class Town:
    """A store, and everybody's way to it."""

    store: Store
    desk: Desk
    clock: list[datetime] = field(default_factory=lambda: [SPRING])

    def join(self, name: str, secret: str = PIN) -> None:
        """Make an account, as the sign-in screen does."""
        kind: Any = "pin" if secret == PIN else "password"
        address = f"{name.lower()}@example.org"
        sign_up(self.store, SYSTEM.at(SPRING), email=address, name=name, secret=secret, kind=kind)

    def codes(self) -> list[str]:
        """The codes of all valid tickets."""
        with self.store.read() as connection:
            valid = select(TicketRow.code).where(TicketRow.state == "valid")
            return list(connection.execute(valid.order_by(TicketRow.search_no)).scalars())

    @asynccontextmanager
    async def signed_in(self, name: str, secret: str = PIN) -> AsyncIterator[Pilot[None]]:
        """Sit down at a machine, sign in by typing, and see the menu."""
        settings = Settings(self.store.home, sounds=False)
        app = EventDeskApp(self.desk, settings, now=lambda: self.clock[0])
        app.animation_level = "none"
        async with app.run_test(size=(110, 36), notifications=True) as pilot:
            screen = await shown(pilot, SignInScreen)
            await until(pilot, lambda: screen.has_class("-known"))
            await typed(pilot, f"{name.lower()}@example.org\r")
            await typed(pilot, f"{secret}\r")
            await shown(pilot, HomeScreen)
            yield pilot


async def go(pilot: Pilot[None], entry: str) -> None:
    """Take a line of the menu."""
    screen = await shown(pilot, HomeScreen)
    await until(pilot, lambda: entry in [each.id for each in screen.lines])
    menu = screen.query_one("#menu")
    menu.highlighted = menu.get_option_index(entry)  # type: ignore[attr-defined]
    await pilot.press("enter")


async def part(pilot: Pilot[None], name: str) -> None:
    """Go into a part of the screen on show."""
    screen = pilot.app.screen
    assert isinstance(screen, PartsScreen)
    screen.open_part(name, enter=True)
    await until(pilot, lambda: screen.current == name and screen.tab is not None)
    await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)


async def fill(pilot: Pilot[None], **values: Any) -> None:
    """Fill in the form on show and submit it."""
    dialog = pilot.app.screen
    assert isinstance(dialog, FormDialog)
    for name, value in values.items():
        dialog.form.fields[name].put(value)
    await pilot.pause()
    await pilot.press("ctrl+s")
    await until(pilot, lambda: pilot.app.screen is not dialog)


async def open_form(pilot: Pilot[None], key: str) -> None:
    """Press a key that opens a form."""
    await pilot.press(key)
    await shown(pilot, FormDialog)


async def organize(town: Town) -> None:
    """Olga sets the event up and hands it in; without a description she is told."""
    async with town.signed_in("Olga", PASSWORD) as pilot:
        await go(pilot, "organize")
        await shown(pilot, OrganizerScreen)
        await open_form(pilot, "n")
        begin, end = MORNING.replace(hour=7, minute=0), MORNING.replace(day=2, hour=16)
        await fill(pilot, name="Harbour Summit", time_zone="Europe/Berlin", starts=begin, ends=end)
        screen = await shown(pilot, EventScreen)
        event_id = screen.event.id
        section = add_section(town.store, screen.actor.at(SPRING), event_id, "Stalls")
        make_rows(town.store, screen.actor.at(SPRING), section, ROWS)
        await part(pilot, "tickets")
        await open_form(pilot, "n")
        await fill(pilot, name="Regular", price=12000, tax_bp=1900, quota=2, section_id=section)
        await reads(pilot, "Regular")
        await open_form(pilot, "n")
        await fill(pilot, name="VIP", price=29000, tax_bp=1900, quota=1, priority=1)
        await reads(pilot, "VIP")
        await part(pilot, "lists")
        await open_form(pilot, "n")
        await fill(pilot, name="Main entrance")
        await reads(pilot, "Main entrance")
        await part(pilot, "settings")
        await reads(pilot, "Words")
        await pilot.press("enter")
        await shown(pilot, FormDialog)
        await fill(pilot, description="Two days **by the water**.")
        await part(pilot, "overview")
        await reads(pilot, "✓ A description")
        await pilot.press("u")
        await reads(pilot, "… waiting · public")


async def approve(town: Town) -> None:
    """Root looks at it and publishes it."""
    async with town.signed_in("Root", PASSWORD) as pilot:
        await go(pilot, "admin")
        await shown(pilot, AdminScreen)
        await part(pilot, "approvals")
        await reads(pilot, "Harbour Summit")
        await pilot.press("a")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "No event waits for approval")


async def to_booking(pilot: Pilot[None]) -> BookScreen:
    """Find the event and begin to book."""
    await go(pilot, "attend")
    await shown(pilot, AttendeeScreen)
    await reads(pilot, "Harbour Summit")
    await pilot.press("enter", "enter")
    await shown(pilot, EventPage)
    await reads(pilot, "120.00 EUR")
    await pilot.press("b")
    screen = await shown(pilot, BookScreen)
    await until(pilot, lambda: len(screen.offers) == 2)
    return screen


async def book(pilot: Pilot[None], *, vip: bool = False) -> BookingScreen:
    """Book one ticket, with the best seat where there are seats."""
    await to_booking(pilot)
    await pilot.press(*(("down", "1") if vip else ("1",)))
    await reads(pilot, f"Together {'290.00' if vip else '120.00'} EUR")
    await pilot.press("ctrl+s")
    if not vip:
        picker = await shown(pilot, SeatPicker)
        await pilot.press("b")
        await until(pilot, lambda: len(picker.mine) == 1)
        await pilot.press("ctrl+s")
    await shown(pilot, PeopleDialog)
    await pilot.press("ctrl+s")
    await shown(pilot, PaymentDialog)
    await pilot.press("escape")
    screen = await shown(pilot, BookingScreen)
    await until(pilot, lambda: screen.detail is not None)
    return screen


async def pay(town: Town, pilot: Pilot[None], answer: str, *says: str) -> None:
    """Pay at the test desk; from another terminal it is told what to answer."""
    await pilot.press("p")
    dialog = await shown(pilot, PaymentDialog)
    way = next(each for each in dialog.ways.ways if each.method is Method.GATEWAY)
    dialog.form.fields["way"].put(way)
    await pilot.pause()
    await pilot.press("ctrl+s")
    outcome = await shown(pilot, PaymentOutcome)
    TestDeskGateway(town.store.home).answer(outcome.view.reference, answer)
    for words in says:
        await reads(pilot, words)
    await pilot.press("escape")
    await shown(pilot, BookingScreen)


async def wait_for_a_place(town: Town, name: str, place: int) -> None:
    """Find it sold out and join the waitlist."""
    async with town.signed_in(name) as pilot:
        await to_booking(pilot)
        await reads(pilot, "sold out, waitlist")
        await pilot.press("w")
        await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, f"number {place}")


async def sell_out(town: Town) -> None:
    """Ada's payment fails and then comes in twice; Bob and Vic pay at once."""
    async with town.signed_in("Ada") as pilot:
        await book(pilot)
        await pay(town, pilot, "failed", "It did not go through", "Nothing was taken")
        await pay(town, pilot, "twice", "✓ Paid: 120.00 EUR")
    async with town.signed_in("Bob") as pilot:
        await book(pilot)
        await pay(town, pilot, "paid", "✓ Paid: 120.00 EUR")
    async with town.signed_in("Vic") as pilot:
        await book(pilot, vip=True)
        await pay(town, pilot, "paid", "✓ Paid: 290.00 EUR")


async def cancel(town: Town) -> None:
    """Bob cannot come: he sees what comes back before he cancels."""
    async with town.signed_in("Bob") as pilot:
        await go(pilot, "attend")
        await shown(pilot, AttendeeScreen)
        await part(pilot, "bookings")
        await reads(pilot, "✓ paid")
        await pilot.press("enter")
        screen = await shown(pilot, BookingScreen)
        await until(pilot, lambda: screen.detail is not None)
        await open_form(pilot, "x")
        await reads(pilot, "120.00 EUR")
        await fill(pilot, reason="ill")
        await reads(pilot, "cancelled")


async def take_the_offer(town: Town) -> None:
    """Vic, who joined after Cleo, is a VIP and gets the place first."""
    async with town.signed_in("Vic") as pilot:
        await go(pilot, "attend")
        await shown(pilot, AttendeeScreen)
        await part(pilot, "waiting")
        await reads(pilot, "Regular")
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await shown(pilot, PaymentDialog)
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        await pilot.press("escape")
        await shown(pilot, AttendeeScreen)
        await part(pilot, "bookings")
        await reads(pilot, "! to pay")
        await pilot.press("enter")
        booking = await shown(pilot, BookingScreen)
        await until(pilot, lambda: booking.detail is not None)
        await pay(town, pilot, "paid", "✓ Paid: 120.00 EUR")


async def open_doors(town: Town) -> None:
    """Everybody who has a ticket is let in at the desk, and a badge is printed for each."""
    town.clock[0] = MORNING
    async with town.signed_in("Olga", PASSWORD) as pilot:
        await go(pilot, "door")
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: not choice.query_one("#desk").disabled)
        await pilot.press("d")
        desk = await shown(pilot, DeskScreen)
        await reads(pilot, "expected")
        for count, code in enumerate(town.codes(), 1):
            await typed(pilot, f"{code}\r")
            await reads(pilot, f"{count} in ")
            await pilot.press("escape")
        assert desk.is_current
        await print_badges(town, pilot)


async def print_badges(town: Town, pilot: Pilot[None]) -> None:
    """Let the printer of the house print what waits."""
    badges = town.store.home / "badges"
    spooler = Spooler(town.store, open_printer("folder", badges_folder=badges))
    spooler.start()
    try:
        await until(pilot, lambda: len(list(badges.glob("*.txt"))) == 3)
    finally:
        spooler.stop()


async def look_back(town: Town) -> None:
    """The reports are right to the cent."""
    async with town.signed_in("Olga", PASSWORD) as pilot:
        await go(pilot, "organize")
        await shown(pilot, OrganizerScreen)
        await reads(pilot, "Harbour Summit")
        await pilot.press("enter")
        await shown(pilot, EventScreen)
        await part(pilot, "reports")
        await reads(pilot, "100.0 %")
        await pilot.press("right")
        for words in ("530.00 EUR", "84.62 EUR", "445.38 EUR"):
            await reads(pilot, words)


async def test_an_event_from_nothing_to_its_reports(tmp_path: Path) -> None:
    with empty_store(tmp_path / "home") as store:
        desk = Desk(store)
        town = Town(store, desk)
        create_first_admin(store, SYSTEM.at(SPRING), "root@example.org", "Root", PASSWORD)
        town.join("Olga", PASSWORD)
        for name in ("Ada", "Bob", "Vic", "Cleo"):
            town.join(name)
        TestDeskGateway(store.home).enable()
        await organize(town)
        await approve(town)
        await sell_out(town)
        await wait_for_a_place(town, "Cleo", 1)
        await wait_for_a_place(town, "Vic", 1)
        await cancel(town)
        await take_the_offer(town)
        await open_doors(town)
        await look_back(town)
        desk.close()
