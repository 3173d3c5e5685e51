"""The mails of an event on the terminal: what became of each, and how they read."""

from pathlib import Path

import pytest
from sqlalchemy import update

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.ids import new_id
from eventdesk.desk import Desk
from eventdesk.events import NewAnnouncement, send_announcement
from eventdesk.mailing import list_mail_texts
from eventdesk.sales import list_ticket_types
from screens.modals.form_dialog import FormDialog
from screens.organizer.mail_texts_screen import MailPreview, MailTextsScreen
from screens.organizer.mails_screen import MailsScreen
from tests.events.organizing import make_house
from tests.mailing.office import set_mail_up
from tests.people import make_guest
from tests.screens.organizing import Office
from tests.screens.stage import page, reads, shown, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store).complete(), desk, tmp_path)


async def test_mails_are_listed_and_their_words_changed(office: Office) -> None:
    house = office.house
    set_mail_up(house.store, 9)
    guest = make_guest(house.store, "Gusto [b]Farina")
    types = list_ticket_types(house.store, SYSTEM, house.event_id)
    new = NewBooking(guest.name, "", (NewTicket(types[0].id, guest.name),), account_id=guest.id)
    book(house.store, SYSTEM, house.event_id, [new])
    async with office.part("messages") as (pilot, _screen):
        await pilot.press("m")
        await shown(pilot, MailsScreen)
        await reads(pilot, "… waits")
        await pilot.press("r")
        await reads(pilot, "It waits already.")
        await pilot.press("w")
        await shown(pilot, MailTextsScreen)
        await reads(pilot, "booking without")
        await pilot.press("p")
        await shown(pilot, MailPreview)
        await reads(pilot, "Ada Lovelace")
        await pilot.press("escape")
        await shown(pilot, MailTextsScreen)
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["subject"].put("{{ nobody }}")
        await pilot.press("ctrl+s")
        await reads(pilot, "There is no 'nobody' in mails.")
        dialog.form.fields["subject"].put("Hi {{ name }}")
        await pilot.press("ctrl+s")
        await reads(pilot, "✓ own")
        await pilot.press("d", "enter")
        asked = house.store, SYSTEM, house.event_id
        await until(pilot, lambda: not any(each.own for each in list_mail_texts(*asked)))


async def test_a_mail_that_came_back_goes_to_the_address_that_is_typed(office: Office) -> None:
    house = office.house
    set_mail_up(house.store, 9)
    types = list_ticket_types(house.store, SYSTEM, house.event_id)
    new = NewBooking("Gusto", "guto@example.org", (NewTicket(types[0].id, "Gusto"),))
    (booked,) = book(house.store, SYSTEM, house.event_id, [new])
    with Steps(house.store, SYSTEM).write() as act:
        act.deliver(
            "mail",
            new_id(),
            event_id=house.event_id,
            booking_id=booked.booking_id,
            payload={"mail": "booking"},
        )
        act.connection.execute(update(DeliveryRow).values(state="bounced", last_error="550 no"))
    async with office.part("attendees", size=(160, 48)) as (pilot, _screen):
        await reads(pilot, "✗ bounced")
    async with office.part("messages") as (pilot, _screen):
        await pilot.press("m")
        await shown(pilot, MailsScreen)
        await reads(pilot, "✗ bounced")
        await reads(pilot, "550 no")
        await pilot.press("r")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["to"].put("gusto@example.org")
        await pilot.press("ctrl+s")
        await reads(pilot, "… waits")
        await reads(pilot, "gusto@example.org")
        await pilot.press("f")
        await reads(pilot, "! Only what nobody got; F lists all")
        await until(pilot, lambda: "… waits" not in page(pilot))
        await pilot.press("f")
        await reads(pilot, "… waits")


async def test_an_announcement_is_paused_and_stopped(office: Office) -> None:
    house = office.house
    set_mail_up(house.store, 9)
    guest = make_guest(house.store, "Gusto")
    types = list_ticket_types(house.store, SYSTEM, house.event_id)
    new = NewBooking(guest.name, "", (NewTicket(types[0].id, guest.name),), account_id=guest.id)
    book(house.store, SYSTEM, house.event_id, [new])
    send_announcement(house.store, SYSTEM, house.event_id, NewAnnouncement("Doors", "At nine."))
    async with office.part("messages") as (pilot, _screen):
        await reads(pilot, "… 0 of 1")
        await pilot.press("p")
        await reads(pilot, "! paused, 0 of 1")
        await pilot.press("p")
        await reads(pilot, "It goes on.")
        await pilot.press("delete")
        await reads(pilot, "Stop Doors?")
        await pilot.press("enter")
        await reads(pilot, "- stopped")
