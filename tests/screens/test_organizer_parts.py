"""Organizers plan a programme, thank sponsors, change settings and invite people."""

from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from textual.widgets import Label

from data.store import Store
from eventdesk.desk import Desk
from eventdesk.events import NewRoom, NewVenue, Visibility, add_room, add_venue, list_invitations
from eventdesk.programme import (
    NewSpeaker,
    NewSponsor,
    Programme,
    add_speaker,
    add_sponsor,
    read_programme,
)
from screens.attendee.event_page import EventPage
from screens.attendee.logos import Logo, Logos
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.money.import_preview import ImportPreview
from tests.build import NOON
from tests.events.organizing import START, make_house
from tests.exchange.in_step.test_pretalx import SECOND, as_json, talk
from tests.screens.organizing import Office
from tests.screens.stage import noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, tmp_path / "home")


def programme(office: Office) -> Programme:
    return read_programme(office.house.store, office.house.admin.at(NOON), office.house.event_id)


# The programme


async def test_conflicts_are_told_while_typing_and_kept_none_the_less(office: Office) -> None:
    house = office.house
    venue = add_venue(house.store, house.organizer.at(NOON), house.event_id, NewVenue("Mill"))
    new_room = NewRoom(venue.id, "Hall", 50)
    room = add_room(house.store, house.organizer.at(NOON), house.event_id, new_room)
    grace = add_speaker(house.store, house.organizer.at(NOON), house.event_id, NewSpeaker("Grace"))
    house.session("First", room_id=room.id, speaker_ids=(grace.id,))
    async with office.part("programme") as (pilot, _):
        await reads(pilot, "First")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        await typed(pilot, "Second")
        fields["starts_at"].put(START + timedelta(minutes=90))
        fields["room_id"].put(room.id)
        await reads(pilot, "! Hall is taken by “First”")
        fields["speaker_ids"].put([grace.id])
        await reads(pilot, "! Grace speaks in “First”")
        fields["starts_at"].put(START + timedelta(minutes=120))
        await until(pilot, lambda: "is taken by" not in page(pilot))
        fields["ends_at"].put(START + timedelta(minutes=100))
        await reads(pilot, "! It ends before it starts.")
        fields["ends_at"].put(START + timedelta(minutes=150))
        fields["capacity"].put(60)
        await reads(pilot, "! 60 people do not fit into Hall, which holds 50.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
        await reads(pilot, "! Second")
        await reads(pilot, "1 at odds")
        await pilot.press("down")
        await reads(pilot, "60 people do not fit into Hall")
    assert [one.title for one in programme(office).sessions] == ["First", "Second"]


async def test_a_session_is_called_off_taken_back_and_removed(office: Office) -> None:
    office.house.session("Talk")
    async with office.part("programme") as (pilot, _):
        await reads(pilot, "Talk")
        await pilot.press("x")
        await shown(pilot, FormDialog)
        await typed(pilot, "Ill.")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ cancelled: Talk")
        await pilot.press("x")
        await until(pilot, lambda: "✗ cancelled: Talk" not in page(pilot))
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await reads(pilot, "Remove Talk?")
        await pilot.press("enter")
        await reads(pilot, "No sessions yet.")
    assert programme(office).sessions == ()


async def test_a_programme_is_taken_in_from_a_file_after_a_look(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "schedule.json"
    file.write_bytes(b"<html>")
    async with office.part("programme") as (pilot, _):
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["path"].put(str(file))
        await pilot.press("ctrl+s")
        await reads(pilot, "This is no schedule.xml or schedule.json.")
        file.write_bytes(as_json(talk(), talk(SECOND, "Closing")))
        await pilot.press("ctrl+s")
        await shown(pilot, ImportPreview)
        await reads(pilot, "New: 2, would change: 0")
        await reads(pilot, "Closing: There is no room Hall here.")
        assert programme(office).sessions == ()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(programme(office).sessions) == 2)
        await reads(pilot, "Closing")
        await noted(pilot, "New: 2, changed: 0, called off: 0. What does not fit: 2.")


async def test_rooms_and_speakers_are_added_and_kept_where_they_are_needed(office: Office) -> None:
    async with office.part("programme") as (pilot, _):
        await pilot.press("r")
        await reads(pilot, "No venue yet.")
        await pilot.press("n")
        await shown(pilot, FormDialog)
        await typed(pilot, "Old Mill")
        await pilot.press("ctrl+s")
        await reads(pilot, "Old Mill")
        await pilot.press("n")
        await shown(pilot, FormDialog)
        await typed(pilot, "Hall")
        await pilot.press("ctrl+s")
        await reads(pilot, "  Hall")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "This venue still has 1 room.")
        await pilot.press("k")
        await reads(pilot, "No speakers yet.")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "Grace")
        dialog.form.fields["email"].put("nowhere")
        await pilot.press("ctrl+s")
        await reads(pilot, "is not an e-mail address")
        dialog.form.fields["email"].put("grace@example.org")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
        await reads(pilot, "Speakers 1")
    made = programme(office)
    assert [room.name for room in made.rooms] == ["Hall"]
    assert [speaker.email for speaker in made.speakers] == ["grace@example.org"]


async def test_a_sponsor_gets_a_logo_that_guests_see(office: Office, tmp_path: Path) -> None:
    house = office.house
    add_sponsor(house.store, house.organizer.at(NOON), house.event_id, NewSponsor("Acme"))
    logo = tmp_path / "logo.png"
    Image.new("RGB", (40, 20), "red").save(logo)
    async with office.part("sponsors") as (pilot, screen):
        await reads(pilot, "Acme")
        await pilot.press("l")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["file"].put(str(logo))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(programme(office).sponsors[0].logo))
        await until(pilot, lambda: pilot.app.screen is screen)
        pilot.app.push_screen(EventPage(screen.tools, house.organizer, house.event_id))
        guest = await shown(pilot, EventPage)
        await until(pilot, lambda: bool(guest.query(Logo)))
        assert guest.query(Logo).first().size == (16, 4)
        logos = guest.query_one(Logos)
        assert [str(name.content) for name in logos.query(Label)] == ["Acme"]


async def test_sponsors_are_added_and_moved(office: Office) -> None:
    async with office.part("sponsors") as (pilot, _):
        await reads(pilot, "No sponsors yet.")
        for name in ("Anna", "Bert"):
            await pilot.press("n")
            await shown(pilot, FormDialog)
            await typed(pilot, name)
            await pilot.press("ctrl+s")
            await reads(pilot, name)
        await pilot.press("plus")
        await until(pilot, lambda: programme(office).sponsors[0].name == "Bert")


# Settings


async def test_settings_are_changed_and_kept_through_an_error(office: Office) -> None:
    async with office.part("settings", size=(120, 40)) as (pilot, _):
        await reads(pilot, "Wed 1 Jul 2026")
        await pilot.press("down", "enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["ends_at"].put(START - timedelta(days=1))
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ This is not after the beginning.")
        dialog.form.fields["ends_at"].put(START + timedelta(days=3))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
        await reads(pilot, "Sat 4 Jul 2026")
        await pilot.press("down", "down", "down", "enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["cancel_fee_bp"].put(1250)
        dialog.form.fields["cancel_fee_minor"].put(None)
        await pilot.press("ctrl+s")
        await reads(pilot, "keeping 12.5 %")
        assert "Commission" not in page(pilot)
    event = office.event()
    assert event.ends_at == START + timedelta(days=3)
    assert (event.rules.cancel_fee_bp, event.rules.cancel_fee_minor) == (1250, 0)


async def test_reverse_charge_needs_a_vat_id_and_is_said_in_the_list(office: Office) -> None:
    async with office.part("settings") as (pilot, _):
        await reads(pilot, "Invoices")
        await pilot.press("end")
        assert "reverse charge" not in page(pilot)
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["reverse_charge"].put(True)
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ Reverse charge needs the sender's VAT ID")
        dialog.form.fields["invoice_sender"].put("House\nVAT ID DE123456789")
        await pilot.press("ctrl+s")
        await reads(pilot, "House · bank: not said yet · reverse charge")
    assert office.event().rules.reverse_charge


async def test_another_name_and_zone_are_everywhere_at_once(office: Office) -> None:
    async with office.part("settings", size=(120, 40)) as (pilot, screen):
        await reads(pilot, "Wed 1 Jul 2026 12:00")
        await pilot.press("down")  # the detail tells the whole of the times
        office.house.change(name="Autumn \x1b[31mSummit", time_zone="Asia/Tokyo")
        await reads(pilot, "Asia/Tokyo")
        await until(pilot, lambda: page(pilot).splitlines()[0].strip().startswith("Autumn Summit"))
        assert screen.event.time_zone == "Asia/Tokyo"
        await until(pilot, lambda: "19:00" in page(pilot).splitlines()[0])


async def test_people_are_invited_and_taken_off_the_list(office: Office) -> None:
    house = office.house
    async with office.part("settings") as (pilot, screen):
        await reads(pilot, "Who sees it")
        assert "Invite" not in page(pilot)
        await pilot.press("down", "down", "down", "enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["visibility"].put(Visibility.INVITED)
        await pilot.press("ctrl+s")
        await reads(pilot, "Nobody is invited yet.")
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "Gus <gus@example.org>, nobody")
        await pilot.press("ctrl+s")
        await reads(pilot, "is not an e-mail address")
        dialog.form.fields["emails"].put("Gus <gus@example.org>, new@example.org")
        await pilot.press("ctrl+s")
        await reads(pilot, "2 added, 0 were on the list.")
        await reads(pilot, "new@example.org")
        screen.query_one("#invitations PagedLines").focus()
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await reads(pilot, "Take gus@example.org off the list?")
        await pilot.press("enter")
        await until(pilot, lambda: "gus@example.org" not in page(pilot))
    left, _ = list_invitations(house.store, house.organizer, house.event_id)
    assert [one.email for one in left] == ["new@example.org"]


async def test_admins_set_the_commission_of_an_event(office: Office) -> None:
    async with office.part("settings", office.house.admin) as (pilot, _):
        await reads(pilot, "as agreed with the owner")
        await pilot.press("end", "enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["commission_bp"].put(250)
        await pilot.press("ctrl+s")
        await reads(pilot, "2.5 %")
    assert office.event().commission_bp == 250
