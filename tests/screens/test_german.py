"""German is complete where guests and staff meet it first, and has room."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.store import Store
from eventdesk.core.fields import cleaned, filled
from eventdesk.core.messages import ENGLISH, use_language
from eventdesk.core.money import Money
from eventdesk.desk import Desk
from eventdesk.door import DoorQuestion, UnpaidPolicy, recent_scans
from eventdesk.sales import TICKET_TYPE, NewTicketType, QuestionKind
from screens.accounts.sign_in_screen import SignInScreen
from screens.attendee.attendee_screen import AttendeeScreen
from screens.booking.booking_screen import BookingScreen
from screens.desk.desk_menu import DeskMenu
from screens.desk.list_questions import ListQuestions
from screens.modals.form_dialog import FormDialog
from screens.money.cash_acts import CountDialog
from screens.money.cash_screen import CashScreen
from screens.widgets.form.entity_fields import entity_fields
from tests.build import STAFF, SUPERVISOR
from tests.events.organizing import make_house
from tests.payments import owe
from tests.people import make_staff
from tests.screens.exceptions import door, scanned
from tests.screens.organizing import Office
from tests.screens.stage import FakeScanner, Stage, noted, page, reads, shown, until
from tests.screens.test_cash_screen import opened
from tools.messages import read_catalogue

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    use_language("de_DE")
    yield
    use_language(ENGLISH)


async def test_a_kiosk_speaks_german_to_its_guests(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Ada Lovelace"))
    camera = FakeScanner()
    app = stage.app(start="kiosk", gate_id=stage.fair.gate.id, scanner_factory=lambda: camera)
    async with app.run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Halten Sie den QR-Code")
        await reads(pilot, "Ohne Code")
        camera.show(token)
        await reads(pilot, "Willkommen, Ada Lovelace")
        assert "EINGELASSEN" in page(pilot)


async def test_a_refusal_says_in_german_what_to_do(stage: Stage) -> None:
    camera = FakeScanner()
    app = stage.app(start="kiosk", gate_id=stage.fair.gate.id, scanner_factory=lambda: camera)
    async with app.run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Halten Sie den QR-Code")
        camera.show("nobody's ticket")
        await reads(pilot, "UNBEKANNT")
        await until(pilot, lambda: "Dieses Ticket kennen wir nicht" in page(pilot))


async def test_the_sign_in_speaks_german_and_its_errors_do(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        await reads(pilot, "Willkommen bei eventdesk")
        await reads(pilot, "Legen Sie das erste Konto an")
        await pilot.press("f1")
        await reads(pilot, "Tippen Sie Ihre E-Mail-Adresse und Ihre PIN")


async def test_the_form_of_an_entity_speaks_german_and_what_it_refuses_does(stage: Stage) -> None:
    new = NewTicketType("", Money(0, "EUR"))

    async def save(values: dict[str, Any]) -> NewTicketType:
        return cleaned(TICKET_TYPE, replace(filled(TICKET_TYPE, new, values), priority=10**6))

    async with stage.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        dialog = FormDialog("Neue Ticketart", entity_fields(TICKET_TYPE, new), save)
        pilot.app.push_screen(dialog)
        await shown(pilot, FormDialog)
        await reads(pilot, "Etwa: Frühbucher.")
        fields = dialog.form.fields.values()
        said = {text for each in fields for text in (each.label, each.help)}
        assert said & {text for one in TICKET_TYPE for text in (one.label, one.hint)} <= {
            "",
            "Name",
        }
        await pilot.press("F", "ctrl+s")
        await reads(pilot, "Ein Vorrang: eine Zahl von -")


async def test_a_key_has_one_name_in_german(stage: Stage) -> None:
    async with stage.desk_screen(size=(120, 48)) as (pilot, screen):
        await pilot.press("f9")
        await shown(pilot, DeskMenu)
        await reads(pilot, "Strg+T")
        assert "Ctrl" not in page(pilot)
        pilot.app.push_screen(FormDialog("", [], screen.tools.now))  # type: ignore[arg-type]
        await reads(pilot, "Strg+S")
    for each in read_catalogue("de"):
        words = [each.string] if isinstance(each.string, str) else [*(each.string or ())]
        assert not [word for word in words if "Ctrl" in word], each.id


async def test_a_question_of_the_desk_takes_a_german_yes(stage: Stage) -> None:
    knives = DoorQuestion("knives", "Messer dabei?", QuestionKind.YES_NO)
    async with stage.desk_screen() as (pilot, screen):
        asking = screen.run_worker(screen.dialogs.ask(ListQuestions((knives,), "Ada")))
        await shown(pilot, ListQuestions)
        await reads(pilot, "1  ja")
        await pilot.press("j", "enter")
        assert await asking.wait() == {"knives": "yes"}


async def test_what_the_desk_can_do_and_why_it_refuses_is_german(stage: Stage) -> None:
    fair = stage.fair
    ticket = fair.sell("Ada Lovelace")
    async with stage.desk_screen(size=(120, 48)) as (pilot, screen):
        await scanned(pilot, screen, fair.token(ticket))
        await scanned(pilot, screen, fair.token(ticket))
        await reads(pilot, "Da seit 12:00, Gate A.")
        await pilot.press("f9")
        menu = await shown(pilot, DeskMenu)
        await reads(pilot, "Was der Schalter kann")
        for act in menu.acts:
            # A long sentence goes on in a next line.
            assert str(act.tooltip)[:30] in page(pilot)
    (entry,) = [each for each in recent_scans(fair.store, STAFF, fair.door.id) if each.reason]
    assert entry.reason == "In since 12:00 at Gate A."


async def test_the_desk_names_the_state_of_a_booking_in_german(stage: Stage) -> None:
    fair = stage.fair
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = fair.sell("Ada Lovelace")
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, fair.token(booked))
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("ctrl+t")
        await noted(pilot, "Nichts ist offen")
        await noted(pilot, "ist bezahlt.")


async def test_each_list_of_money_is_found_in_german(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    office = Office(make_house(store).complete(), desk, tmp_path)
    async with office.part("money", office.house.admin) as (pilot, _screen):
        await reads(pilot, "Noch keine Zahlungen")
        await pilot.press("4")
        await reads(pilot, "Keine Zeile ist zu prüfen")
        await reads(pilot, "I Import")
        await pilot.press("5")
        await reads(pilot, "Noch keine Gutscheine")
        await pilot.press("n")
        await reads(pilot, "Gutscheine ausstellen")


async def test_a_key_that_cancels_a_ticket_is_not_called_like_one_that_gives_up(
    stage: Stage,
) -> None:
    owed = owe(stage.fair, 12000)
    app = stage.app()
    async with app.run_test(size=(160, 24)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(BookingScreen(app.tools, SUPERVISOR, owed.booking_id))
        screen = await shown(pilot, BookingScreen)
        await until(pilot, lambda: screen.detail is not None)
        await reads(pilot, "Stornieren")
        assert "Abbrechen" not in page(pilot)


async def test_an_unpaid_ticket_is_called_so_in_german(stage: Stage) -> None:
    ada = make_staff(stage.fair, name="Ada")
    stage.fair.sell_all(["Ada"], paid=False, account_id=ada.id)
    stage.fair.sell_all(["Bob"], approved=False, account_id=ada.id)
    app = stage.app(actor=ada)
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(AttendeeScreen(app.tools, ada))
        await shown(pilot, AttendeeScreen)
        await pilot.press("ctrl+pagedown")
        await reads(pilot, "… unbezahlt")
        await reads(pilot, "… wartet")


async def test_the_next_operator_of_a_drawer_has_a_german_role(stage: Stage) -> None:
    olu = make_staff(stage.fair, name="Olu")
    opened(stage)
    async with stage.desk_screen() as (pilot, desk):
        desk.app.push_screen(CashScreen(desk.tools, desk.place))
        await shown(pilot, CashScreen)
        await reads(pilot, "Startgeld")
        await pilot.press("h")
        dialog = await shown(pilot, CountDialog)
        dialog.form.fields["to"].put(olu.id)
        await reads(pilot, "Olu, Team")
