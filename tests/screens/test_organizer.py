"""Organizers at their screens: from a new event to a published one, and what happens there."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import OptionList

from data.rows import update_row
from data.schema import TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.desk import Desk
from eventdesk.events import (
    EventState,
    NewEvent,
    cancel_event,
    create_event,
    events_of_team,
    publish_event,
    refuse_event,
    submit_event,
)
from eventdesk.programme import Programme, read_programme
from eventdesk.sales import offers
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.event_screen import EventScreen
from screens.organizer.organizer_screen import OrganizerScreen
from screens.organizer.privacy_screen import PrivacyScreen
from tests.build import NOON
from tests.events.organizing import START, make_house
from tests.screens.organizing import Office
from tests.screens.stage import page, reads, shown, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, tmp_path / "home")


def programme(office: Office) -> Programme:
    return read_programme(office.house.store, office.house.admin.at(NOON), office.house.event_id)


# The list of events


async def test_a_new_event_is_made_from_nothing_and_opened(office: Office) -> None:
    async with office.my_events() as (pilot, _):
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "Winter [b]School[/b]")
        dialog.form.fields["time_zone"].put("Asia/Tokyo")
        await pilot.pause()
        dialog.form.fields["starts"].put(START)
        await pilot.press("ctrl+s")
        await reads(pilot, "Please fill this in.")
        dialog.form.fields["ends"].put(START - timedelta(hours=1))
        await pilot.press("ctrl+s")
        await reads(pilot, "This is not after the beginning.")
        dialog.form.fields["ends"].put(START + timedelta(hours=3))
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await reads(pilot, "Winter [b]School[/b]")
    mine, total = events_of_team(office.house.store, office.house.organizer.at(NOON))
    assert total == 2
    (made,) = (event for event in mine if event.name.startswith("Winter"))
    assert (made.starts_at, made.time_zone, made.role) == (START, "Asia/Tokyo", Role.ORGANIZER)


async def test_the_list_leads_to_the_events_that_hold_personal_data(office: Office) -> None:
    async with office.my_events() as (pilot, _):
        await pilot.press("p")
        await shown(pilot, PrivacyScreen)
        await reads(pilot, "No event holds personal data")
        await pilot.press("escape")
        await shown(pilot, OrganizerScreen)


async def test_times_follow_the_zone_that_is_typed(office: Office) -> None:
    async with office.my_events() as (pilot, _):
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        fields["starts"].put(START)
        as_typed = fields["starts"].raw
        fields["time_zone"].put("America/New_York")
        await pilot.pause()
        assert fields["starts"].raw == as_typed
        assert fields["starts"].value == START + timedelta(hours=6)


async def test_whoever_has_only_a_pin_is_told_what_to_do(office: Office) -> None:
    async with office.my_events(office.house.guest) as (pilot, _):
        await reads(pilot, "Press N to set up the first one.")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "Party")
        dialog.form.fields["starts"].put(START)
        dialog.form.fields["ends"].put(START + timedelta(hours=1))
        await pilot.press("ctrl+s")
        await reads(pilot, "Setting up an event needs an account with a password.")
        assert dialog.form.values["name"] == "Party"


async def test_events_are_shown_by_state_and_found_by_words(office: Office) -> None:
    house = office.house
    new = NewEvent("Sold out already", START, START + timedelta(days=1))
    other = create_event(house.store, house.organizer.at(NOON), new)
    publish_event(house.store, house.admin.at(NOON), other.id)
    house.complete()
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    refuse_event(house.store, house.admin.at(NOON), house.event_id, reason="No address.")
    async with office.my_events() as (pilot, _):
        await reads(pilot, "! sent back")
        assert "✓ published" in page(pilot)
        await pilot.press("s")
        await reads(pilot, "My events: ✎ draft")
        await until(pilot, lambda: "Sold out" not in page(pilot) and "Harbour" in page(pilot))
        await pilot.press("s", "s")
        await until(pilot, lambda: "Sold out" in page(pilot) and "Harbour" not in page(pilot))
        await pilot.press("s", "s", "s", "s")
        await until(pilot, lambda: "Sold out" in page(pilot) and "Harbour" in page(pilot))
        await pilot.press("slash")
        await typed(pilot, "harb")
        await until(pilot, lambda: "Sold out" not in page(pilot))


async def test_a_state_without_events_says_how_to_see_the_others(office: Office) -> None:
    async with office.my_events() as (pilot, _):
        await pilot.press("s", "s")
        await reads(pilot, "My events: … waiting")
        await reads(pilot, "No events in this state; S shows the next.")
        assert "No events yet" not in page(pilot)
        await pilot.press("s", "s", "s", "s", "s")
        await reads(pilot, "Harbour")
        assert "No events in this state" not in page(pilot)


async def test_an_event_is_duplicated_a_year_of_weeks_later(office: Office) -> None:
    office.house.session("Talk")
    async with office.my_events() as (pilot, _):
        await pilot.press("d")
        await shown(pilot, FormDialog)
        await pilot.press("end")
        await typed(pilot, " 2027")
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await reads(pilot, "Harbour Summit 2027")
        await pilot.press("escape")
        await shown(pilot, OrganizerScreen)
        await reads(pilot, "2 found")
    mine, _ = events_of_team(office.house.store, office.house.organizer.at(NOON))
    copy = next(event for event in mine if event.name.endswith("2027"))
    assert copy.starts_at - START == timedelta(days=364)
    assert copy.state is EventState.DRAFT


# The overview


async def test_the_list_of_what_is_missing_leads_to_where_it_is_done(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        await reads(pilot, "✗ A description  needed")
        assert "✓ Dates that are still to come" in page(pilot)
        await pilot.press("u")
        await reads(pilot, "It needs: A ticket type to book; A description.")
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.current == "settings")
        await reads(pilot, "As it is")


async def test_the_marked_line_of_what_is_missing_bears_a_sign_and_its_key_is_named(
    office: Office,
) -> None:
    async with office.part("overview") as (pilot, screen):
        checks = screen.query_one("#checklist", OptionList)
        await until(pilot, lambda: checks.highlighted is not None)
        assert checks.has_focus
        first = checks.highlighted
        assert first is not None
        assert "Enter Go there" in page(pilot)
        for at in (first, first + 1):
            line = str(checks.get_option_at_index(at).prompt)
            assert line.startswith("▸ ")
            assert "✓" not in line
            assert page(pilot).count("▸") == 1
            await pilot.press("down")


async def test_what_does_not_meet_says_what_to_do_and_leads_there(office: Office) -> None:
    house = office.house.complete()
    (offer,) = offers(house.store, SYSTEM.at(NOON), house.event_id)
    with house.store.write() as connection:
        late = {"sales_until": START + timedelta(days=60)}
        update_row(connection, TicketTypeRow, offer.ticket_type_id, **late)
    async with office.part("overview") as (pilot, screen):
        await reads(pilot, "are on sale until after the event")
        assert "→ Change when their sale ends." in page(pilot)
        await pilot.press("end", "enter")
        await until(pilot, lambda: screen.current == "tickets")


async def test_an_organizer_submits_takes_back_and_cancels(office: Office) -> None:
    office.house.complete()
    async with office.part("overview") as (pilot, _):
        await reads(pilot, "All that is needed is there: U submits it.")
        await pilot.press("u")
        await reads(pilot, "An admin looks at it now.")
        await reads(pilot, "… waiting")
        await pilot.press("b")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "✎ draft")
        await pilot.press("x")
        dialog = await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        await reads(pilot, "A reason is needed.")
        await typed(pilot, "Storm [red]warning")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog not in pilot.app.screen_stack)
        await reads(pilot, "Cancelled: Storm [red]warning")
        assert "Submit" not in page(pilot)
    assert office.event().state is EventState.CANCELLED


async def test_the_bookings_of_a_cancelled_event_are_given_back(office: Office) -> None:
    house = office.house.complete()
    publish_event(house.store, house.admin.at(NOON), house.event_id)
    (offer,) = offers(house.store, SYSTEM.at(NOON), house.event_id)
    tickets = (NewTicket(offer.ticket_type_id, "Gus"),)
    sold = [NewBooking("Gus", "gus@example.org", tickets) for _ in range(25)]
    book(house.store, SYSTEM.at(NOON), house.event_id, sold)
    cancel_event(house.store, house.organizer.at(NOON), house.event_id, reason="Storm.")
    async with office.part("overview") as (pilot, _):
        await reads(pilot, "25  bookings are paid")
        await pilot.press("g")
        await shown(pilot, YesNo)
        await reads(pilot, "Cancel 25 bookings?")
        await pilot.press("enter")
        await reads(pilot, "25 bookings are cancelled.")
        await reads(pilot, " 0  bookings are paid")
        await until(pilot, lambda: "Give back" not in page(pilot) and "Pause" not in page(pilot))
    assert office.event().taken == 0


async def test_a_draft_is_deleted_after_a_question(office: Office) -> None:
    house = office.house
    async with office.my_events() as (pilot, _):
        await pilot.press("enter")
        screen = await shown(pilot, EventScreen)
        await until(pilot, lambda: screen.tab is not None and screen.tab.is_mounted)
        screen.open_part("overview", enter=True)
        await reads(pilot, "Delete")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, EventScreen)
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await shown(pilot, OrganizerScreen)
        await reads(pilot, "No events yet")
    assert events_of_team(house.store, house.organizer.at(NOON))[1] == 0


async def test_an_event_that_is_over_is_archived_and_comes_back(office: Office) -> None:
    house = office.house
    house.complete()
    cancel_event(house.store, SYSTEM.at(NOON), house.event_id, reason="Storm")
    async with office.part("overview") as (pilot, _):
        await reads(pilot, "Archive")
        await pilot.press("a")
        await reads(pilot, "▽ archived")
        await pilot.press("b")
        await reads(pilot, "✗ cancelled")
