"""Announcements on the event's screen."""

from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.desk import Desk
from eventdesk.events import list_announcements
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import reads, shown, until


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store).complete(), desk, tmp_path)


async def test_an_announcement_is_written_asked_about_and_sent(office: Office) -> None:
    house = office.house
    async with office.part("messages") as (pilot, _screen):
        await reads(pilot, "Press N to write")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
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
