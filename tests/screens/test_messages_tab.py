"""Announcements on the event's screen."""

from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM, read_notices
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.desk import Desk
from eventdesk.events import Audience, NewAnnouncement, list_announcements, send_announcement
from eventdesk.sales import list_ticket_types
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.readers_screen import ReadersScreen
from screens.widgets.paged_table import PagedTable
from tests.events.organizing import make_house
from tests.people import make_guest
from tests.screens.organizing import Office
from tests.screens.stage import page, reads, shown, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store).complete(), desk, tmp_path)


async def test_an_announcement_is_written_asked_about_and_sent(office: Office) -> None:
    house = office.house
    async with office.part("messages") as (pilot, _screen):
        await reads(pilot, "Press N to write")
        assert not pilot.app.screen.query_one("#message").display
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        types = dialog.form.fields["types"]
        assert not types.display
        dialog.form.fields["kind"].put(Audience.TYPES)
        await until(pilot, lambda: types.display)
        dialog.form.fields["kind"].put(Audience.ALL)
        dialog.form.fields["title"].put("Doors [b]open[/b]")
        dialog.form.fields["text"].put("The train is late.\nWe wait.")
        await pilot.press("ctrl+s")
        await shown(pilot, YesNo)
        await reads(pilot, "Nobody gets it.")
        await pilot.press("escape")
        await reads(pilot, "It is not sent yet.")
        assert dialog.form.values["text"] == "The train is late.\nWe wait."
        assert list_announcements(house.store, SYSTEM, house.event_id)[1] == 0
        await pilot.press("ctrl+s")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, FormDialog | YesNo))
        await reads(pilot, "Doors [b]open[/b]")
        await reads(pilot, "We wait.")


async def test_enter_shows_who_has_read_an_announcement(office: Office) -> None:
    house = office.house
    reader, other = (make_guest(house.store, name) for name in ("Gusto Farina", "Tara Late"))
    types = list_ticket_types(house.store, SYSTEM, house.event_id)
    for guest in (reader, other):
        assert guest.id is not None
        new = NewBooking(guest.name, "", (NewTicket(types[0].id, guest.name),), account_id=guest.id)
        book(house.store, SYSTEM, house.event_id, [new])
    words = NewAnnouncement("Doors open", "Come in.")
    send_announcement(house.store, SYSTEM, house.event_id, words)
    read_notices(house.store, reader)
    async with office.part("messages") as (pilot, _screen):
        await reads(pilot, "Doors open")
        pilot.app.screen.query_one(PagedTable).focus()
        await pilot.press("enter")
        await shown(pilot, ReadersScreen)
        await reads(pilot, "Tara Late")
        lines = [line for line in page(pilot).splitlines() if "Farina" in line or "Late" in line]
        assert "✓" in lines[0]
        assert "not yet" in lines[1]
        await pilot.press("escape")
        await reads(pilot, "Come in.")
