"""What people who come do for themselves, by the keys they press."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from textual.pilot import Pilot
from textual.widgets import Input, Static

from data.schema import AccountRow, BookingRow, DeliveryRow, EventRow, TicketRow, TicketTypeRow
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.door import Outcome, check_in
from eventdesk.sales import NewTicketType, add_ticket_type
from eventdesk.seating import NewRows, add_section, make_rows, plan
from eventdesk.waiting import my_entries
from kiosk.decoder import Decoder
from screens.accounts.home_screen import HomeScreen
from screens.app import EventDeskApp
from screens.attendee.attendee_screen import AttendeeScreen
from screens.attendee.book_screen import BookScreen
from screens.attendee.checkout import PeopleDialog
from screens.attendee.event_page import EventPage
from screens.attendee.tickets_part import TicketsPart
from screens.booking.booking_screen import BookingScreen
from screens.booking.new_code import NewCode
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.modals.seat_picker import SeatPicker
from screens.money.payment_dialog import PaymentDialog
from tests.build import NOON, STAFF
from tests.orders import set_event, set_type
from tests.screens.screenshot import pixels
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long


def _ada(stage: Stage) -> Actor:
    account_id = new_id()
    with stage.fair.store.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                id=account_id,
                email="ada@example.org",
                name="Ada Lovelace",
                is_admin=False,
                secret_kind="pin",
                secret_hash="",
                created_at=NOON,
            )
        )
    return Actor(ActorKind.ACCOUNT, account_id, "Ada Lovelace", Role.ATTENDEE)


@asynccontextmanager
async def _open(
    stage: Stage, actor: Actor, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], EventDeskApp]]:
    app = stage.app(actor=actor)
    async with app.run_test(size=size, notifications=True) as pilot:
        app.push_screen(AttendeeScreen(app.tools, actor))
        await shown(pilot, AttendeeScreen)
        await reads(pilot, "Demo Days")
        yield pilot, app


async def _to_booking(pilot: Pilot[None]) -> BookScreen:
    """Look at the event that was found, and begin to book."""
    await pilot.press("f6", "enter")
    await shown(pilot, EventPage)
    await reads(pilot, "120.00 EUR")
    await pilot.press("b")
    screen = await shown(pilot, BookScreen)
    await until(pilot, lambda: screen.offers)
    return screen


def _tickets(stage: Stage, account_id: UUID | None) -> list[str]:
    with stage.fair.store.read() as connection:
        return list(
            connection.execute(
                select(TicketRow.holder_name)
                .join(BookingRow, BookingRow.id == TicketRow.booking_id)
                .where(BookingRow.account_id == account_id)
                .order_by(TicketRow.search_no)
            ).scalars()
        )


async def test_finds_an_event_and_books_two_tickets(stage: Stage) -> None:
    ada = _ada(stage)
    async with _open(stage, ada) as (pilot, _):
        await _to_booking(pilot)
        await pilot.press("2")
        await reads(pilot, "Together 240.00 EUR")
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        dialog.form.fields["name-1"].focus()
        await typed(pilot, "Bob Babbage")
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentDialog)
        await reads(pilot, "240.00 EUR are due until")
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
    assert _tickets(stage, ada.id) == ["Ada Lovelace", "Bob Babbage"]


async def test_a_person_names_the_price_where_a_ticket_leaves_it_open(stage: Stage) -> None:
    ada = _ada(stage)
    set_type(stage.fair, stage.fair.regular, price_chosen=True, suggested_minor=15000)
    async with _open(stage, ada) as (pilot, _):
        await _to_booking(pilot)
        await pilot.press("2")
        await reads(pilot, "you pay 150.00 EUR each")
        await pilot.press("p")
        question = await shown(pilot, TextQuestion)
        question.query_one(Input).value = "-1"
        await pilot.press("enter")
        await reads(pilot, "less than zero")
        question = await shown(pilot, TextQuestion)
        question.query_one(Input).value = "130"
        await pilot.press("enter")
        await reads(pilot, "Together 260.00 EUR")
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        dialog.form.fields["name-1"].focus()
        await typed(pilot, "Bob Babbage")
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentDialog)
        await reads(pilot, "260.00 EUR are due until")


async def test_a_person_gives_and_brings_a_family(stage: Stage) -> None:
    ada = _ada(stage)
    store, event_id = stage.fair.store, stage.fair.event.id
    for kind in (
        NewTicketType("Family", Money(10000, "EUR"), admits=2),
        NewTicketType("Gift", Money(0, "EUR"), price_chosen=True, admits=0),
    ):
        add_ticket_type(store, SYSTEM.at(NOON), event_id, kind)
    async with _open(stage, ada) as (pilot, _):
        screen = await _to_booking(pilot)
        await pilot.press("end", "plus")
        question = await shown(pilot, TextQuestion)
        question.query_one(Input).value = "25"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await reads(pilot, "Together 25.00 EUR")
        await pilot.press("up", "plus")
        await reads(pilot, "Together 125.00 EUR")
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        assert "name-2" not in dialog.form.fields
        dialog.form.fields["name-1"].focus()
        await typed(pilot, "Bob Babbage")
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentDialog)
        await reads(pilot, "125.00 EUR are due until")
    assert _tickets(stage, ada.id) == ["Ada Lovelace", "Bob Babbage", "Ada Lovelace"]


async def test_a_name_that_is_missing_keeps_what_was_typed(stage: Stage) -> None:
    ada = _ada(stage)
    async with _open(stage, ada) as (pilot, _):
        await _to_booking(pilot)
        await pilot.press("2")
        await reads(pilot, "Together 240.00 EUR")
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "Please fill this in")
        assert dialog.form.values["name-0"] == "Ada Lovelace"
    assert _tickets(stage, ada.id) == []


async def test_what_is_sold_out_leads_to_the_waitlist(stage: Stage) -> None:
    ada = _ada(stage)
    stage.fair.sell_all(["Grace Hopper", "Guest 2", "Guest 3"])
    stage.clock[0] = NOON - timedelta(days=5)
    with stage.fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket_type SET quota = 3 WHERE name = 'Regular'")
    async with _open(stage, ada) as (pilot, _):
        await pilot.press("f6", "enter")
        await shown(pilot, EventPage)
        await reads(pilot, "sold out, waitlist")
        await pilot.press("b")
        screen = await shown(pilot, BookScreen)
        await until(pilot, lambda: screen.offers)
        await pilot.press("1")
        assert not any(screen.counts.values())
        await pilot.press("w")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["places"].put("3")
        dialog.form.fields["fewer"].put(True)
        await pilot.press("ctrl+s")
        await reads(pilot, "number 1")
    (entry,) = my_entries(stage.fair.store, ada.at(stage.clock[0]))
    assert (entry.places, entry.least) == (3, 1)


async def test_the_code_on_the_terminal_is_read_by_our_decoder(stage: Stage) -> None:
    ada = _ada(stage)
    stage.fair.sell("Ada Lovelace", account_id=ada.id)
    async with _open(stage, ada) as (pilot, app):
        await pilot.press("ctrl+pagedown")
        await reads(pilot, "✓ ")
        await pilot.press("f6", "enter")
        await shown(pilot, NewCode)
        (reading,) = Decoder().decode(pixels(app), patient=True)
    scan = stage.fair.scan(reading.text)
    assert check_in(stage.fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


async def test_a_person_prints_the_badge_once_where_the_event_lets_them(stage: Stage) -> None:
    ada = _ada(stage)
    booked = stage.fair.sell("Ada Lovelace", account_id=ada.id)

    async def at_ticket(pilot: Pilot[None], app: EventDeskApp) -> TicketsPart:
        screen = app.screen
        assert isinstance(screen, AttendeeScreen)
        screen.open_part("tickets", enter=True)
        await reads(pilot, booked.ticket_codes[0])
        part = screen.query_one(TicketsPart)
        await until(pilot, lambda: part.table.marked is not None)
        return part

    async with _open(stage, ada) as (pilot, app):
        part = await at_ticket(pilot, app)
        assert part.check_action("print_badge", ()) is False
    set_event(stage.fair, own_badges=True)
    async with _open(stage, ada) as (pilot, app):
        await at_ticket(pilot, app)
        await reads(pilot, "B Print badge")
        await pilot.press("b")
        await shown(pilot, YesNo)
        assert _badges(stage) == []
        await pilot.press("enter")
        await noted(pilot, "Your badge is printing.")
        assert _badges(stage) == list(booked.ticket_ids)
        await pilot.press("b")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "This badge was printed already.")
    assert _badges(stage) == list(booked.ticket_ids)


def _badges(stage: Stage) -> list[UUID | None]:
    with stage.fair.store.read() as connection:
        return list(connection.execute(select(DeliveryRow.ticket_id)).scalars())


async def test_a_ticket_that_is_not_paid_says_so_and_shows_no_code(stage: Stage) -> None:
    ada = _ada(stage)
    stage.fair.sell_all(["Ada Lovelace"], paid=False, account_id=ada.id)
    async with _open(stage, ada) as (pilot, app):
        await pilot.press("ctrl+pagedown")
        await reads(pilot, "unpaid")
        await pilot.press("f6", "enter")
        await reads(pilot, "No code yet")
        assert isinstance(app.screen, AttendeeScreen)


async def test_a_private_event_opens_by_its_code(stage: Stage) -> None:
    ada = _ada(stage)
    async with _open(stage, ada) as (pilot, _):
        with stage.fair.store.write() as connection:
            connection.execute(update(EventRow).values(visibility="private", access_code="SECRET7"))
        await reads(pilot, "No events here")
        await pilot.press("f6", "k")
        await reads(pilot, "Code of the event")
        await typed(pilot, "secret7\r")
        await shown(pilot, EventPage)
        await reads(pilot, "Demo Days")


def _seat_regular(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    section = add_section(store, SYSTEM.at(NOON), event_id, "Stalls")
    make_rows(store, SYSTEM.at(NOON), section, NewRows("A-C", 8))
    with store.write() as connection:
        connection.execute(
            update(TicketTypeRow)
            .where(TicketTypeRow.id == stage.fair.regular)
            .values(section_id=section)
        )


async def test_the_best_seats_together_are_booked_with_the_tickets(stage: Stage) -> None:
    ada = _ada(stage)
    _seat_regular(stage)
    async with _open(stage, ada) as (pilot, _):
        await _to_booking(pilot)
        await pilot.press("2")
        await reads(pilot, "Together 240.00 EUR")
        await pilot.press("ctrl+s")
        picker = await shown(pilot, SeatPicker)
        await reads(pilot, "0 of 2 seats")
        await pilot.press("b")
        await until(pilot, lambda: len(picker.mine) == 2)
        labels = sorted(seat.label for seat in picker.mine)
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        dialog.form.fields["name-1"].focus()
        await typed(pilot, "Bob Babbage")
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentDialog)
        await reads(pilot, "240.00 EUR are due until")
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
    with stage.fair.store.read() as connection:
        seats = connection.execute(select(TicketRow.seat).order_by(TicketRow.seat)).scalars().all()
    assert list(seats) == labels


async def test_seats_picked_and_given_up_are_free_again(stage: Stage) -> None:
    ada = _ada(stage)
    _seat_regular(stage)
    async with _open(stage, ada) as (pilot, _):
        await _to_booking(pilot)
        await pilot.press("1", "ctrl+s")
        picker = await shown(pilot, SeatPicker)
        await reads(pilot, "0 of 1 seats")
        await pilot.press("space")
        await until(pilot, lambda: len(picker.mine) == 1)
        await pilot.press("escape")
        await shown(pilot, BookScreen)
    (section,) = plan(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, holder_id=ada.id)
    assert section.count("free") == 24


async def test_a_seat_is_picked_for_a_type_with_seats_and_the_rest_paid(stage: Stage) -> None:
    ada, fair = _ada(stage), stage.fair
    section = add_section(fair.store, SYSTEM.at(NOON), fair.event.id, "Boxes")
    make_rows(fair.store, SYSTEM.at(NOON), section, NewRows("A", 4))
    with fair.store.write() as connection:
        connection.execute(
            update(TicketTypeRow).where(TicketTypeRow.id == fair.vip).values(section_id=section)
        )
    stage.clock[0] = NOON - timedelta(days=5)
    booked = fair.sell("Ada Lovelace", account_id=ada.id)
    async with _open(stage, ada) as (pilot, app):
        app.push_screen(BookingScreen(app.tools, ada, booked.booking_id))
        booking = await shown(pilot, BookingScreen)
        await reads(pilot, "✓ paid")
        await pilot.press("u")
        dialog = await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        await shown(pilot, SeatPicker)
        await pilot.press("escape")
        await reads(pilot, "No seat was chosen")
        assert app.screen is dialog
        await pilot.press("ctrl+s")
        picker = await shown(pilot, SeatPicker)
        await reads(pilot, "0 of 1 seats")
        await pilot.press("b")
        await until(pilot, lambda: len(picker.mine) == 1)
        label = picker.mine[0].label
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentDialog)
        await reads(pilot, "170.00 EUR are due until")
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        await reads(pilot, "! part-paid")
        assert booking.detail is not None
        assert [each.seat for each in booking.detail.tickets] == [label]


async def test_a_wrong_discount_code_is_asked_for_again_and_not_kept(stage: Stage) -> None:
    ada = _ada(stage)
    async with _open(stage, ada) as (pilot, _):
        screen = await _to_booking(pilot)
        await pilot.press("1", "c")
        await shown(pilot, TextQuestion)
        await typed(pilot, "nothing\r")
        await reads(pilot, "There is no code")
        await pilot.press("escape")
        await shown(pilot, BookScreen)
        assert screen.code == ""
        await reads(pilot, "Together 120.00 EUR")


async def test_who_came_with_a_pin_is_not_led_to_organizing(stage: Stage) -> None:
    ada = _ada(stage)
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(HomeScreen(app.tools, ada))
        await shown(pilot, HomeScreen)
        await reads(pilot, "My tickets and programme")
        assert "Organize events" not in page(pilot)
        with stage.fair.store.write() as connection:
            connection.execute(update(AccountRow).values(secret_kind="password"))
        await reads(pilot, "Organize events")


async def test_a_long_description_is_one_widget_and_all_of_it_is_there(stage: Stage) -> None:
    """As a widget for each item it took 220 MB and a minute."""
    items = "\n".join(f"- item {number}" for number in range(1400))
    with stage.fair.store.write() as connection:
        connection.execute(update(EventRow).values(description=f"# Why\n\n{items}\n\n[b]last[/b]"))
    async with _open(stage, _ada(stage)) as (pilot, _app):
        await _to_booking_page(pilot)
        screen = await shown(pilot, EventPage)
        await reads(pilot, "• item 0")
        assert len(screen.query("*")) < 80
        text = screen.query_one("#event-description", Static)
        assert text.size.height > 1400
        await pilot.press("end")
        await reads(pilot, "[b]last[/b]")
        await reads(pilot, "Tickets")


async def _to_booking_page(pilot: Pilot[None]) -> None:
    await pilot.press("f6", "enter")
    await shown(pilot, EventPage)
