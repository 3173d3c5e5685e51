"""Fields that refer to what is not there yet offer to make it, and nothing typed is lost."""

from pathlib import Path

import pytest

from data.store import Store
from eventdesk.desk import Desk
from eventdesk.programme import read_programme
from screens.modals.form_dialog import FormDialog
from screens.organizer.programme_tab import SessionDialog
from tests.build import NOON
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import page, reads, shown, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, tmp_path / "home")


async def test_a_session_gets_a_room_in_a_venue_that_are_both_made_on_the_way(
    office: Office,
) -> None:
    house = office.house
    async with office.part("programme") as (pilot, _):
        await pilot.press("n")
        session = await shown(pilot, SessionDialog)
        await typed(pilot, "Opening")
        await reads(pilot, "none yet: Enter makes one")
        session.form.fields["room_id"].focus()
        await pilot.press("enter")
        await reads(pilot, "New room")
        room = pilot.app.screen
        assert isinstance(room, FormDialog)
        room.form.fields["venue_id"].focus()
        await pilot.press("enter")
        await reads(pilot, "New venue")
        await typed(pilot, "Mill")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is room)
        await reads(pilot, "Mill")
        room.form.fields["name"].focus()
        await typed(pilot, "Hall")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is session)
        await until(pilot, lambda: session.form.values["room_id"] is not None)
        assert session.form.values["title"] == "Opening"
        await pilot.press("ctrl+s")
        await reads(pilot, "Opening")
        await until(pilot, lambda: not isinstance(pilot.app.screen, FormDialog))
    made = read_programme(house.store, house.admin.at(NOON), house.event_id).sessions
    assert [(one.title, one.room) for one in made] == [("Opening", "Hall")]


async def test_a_speaker_who_is_added_is_ticked(office: Office) -> None:
    async with office.part("programme") as (pilot, _):
        await pilot.press("n")
        session = await shown(pilot, SessionDialog)
        session.form.fields["speaker_ids"].focus()
        await pilot.press("enter")
        await reads(pilot, "New speaker")
        await typed(pilot, "Grace")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is session)
        await reads(pilot, "[✓] Grace")
        assert len(session.form.values["speaker_ids"]) == 1


async def test_what_is_given_up_leaves_the_field_as_it_was(office: Office) -> None:
    async with office.part("programme") as (pilot, _):
        await pilot.press("n")
        session = await shown(pilot, SessionDialog)
        session.form.fields["room_id"].focus()
        await pilot.press("enter")
        await reads(pilot, "New room")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is session)
        assert session.form.values["room_id"] is None
        assert "none yet" in page(pilot)
