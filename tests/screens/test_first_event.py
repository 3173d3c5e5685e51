"""The sign-in of an empty house: the first account, and a first event with its guests."""

from pathlib import Path

import pytest
from textual.widgets import Input

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import list_check_in_lists
from eventdesk.events import list_events
from screens.accounts.home_screen import HomeScreen
from screens.accounts.shown_once import ShownOnce
from screens.accounts.sign_in_screen import SignInScreen
from screens.app import EventDeskApp
from screens.modals.form_dialog import FormDialog
from tests.screens.stage import page, reads, shown, until

pytestmark = pytest.mark.long

ACCOUNT = {
    "new-name": "Ada",
    "new-email": "ada@example.org",
    "new-secret": "correct horse",
    "new-again": "correct horse",
}


def app_on(desk: Desk, home: Path) -> EventDeskApp:
    app = EventDeskApp(desk, Settings(home, sounds=False))
    app.animation_level = "none"
    return app


async def test_who_makes_the_first_account_makes_a_first_event(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,type\nAda,VIP\nKay,Student\n")
    async with app_on(desk, tmp_path / "home").run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-first"))
        for field, value in ACCOUNT.items():
            screen.query_one(f"#{field}", Input).value = value
        await pilot.click("#create")
        dialog = await shown(pilot, FormDialog)
        values = {"name": "Harbour Summit", "types": "Regular 120@25.00", "guests": str(people)}
        for name, value in values.items():
            dialog.form.fields[name].put(value)
        await pilot.press("ctrl+s")
        await reads(pilot, "2 rows cannot be taken in.")
        assert "VIP" in page(pilot)

        dialog.form.fields["types"].put("")
        await pilot.press("ctrl+s")
        once = await shown(pilot, ShownOnce)
        assert once.secret.isdecimal()
        await pilot.press("escape")
        await shown(pilot, HomeScreen)
    (event,) = list_events(store, SYSTEM)
    assert (event.name, event.tickets) == ("Harbour Summit", 2)
    assert len(list_check_in_lists(store, SYSTEM, event.id)) == 1


async def test_a_first_event_can_wait(store: Store, desk: Desk, tmp_path: Path) -> None:
    async with app_on(desk, tmp_path / "home").run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-first"))
        for field, value in ACCOUNT.items():
            screen.query_one(f"#{field}", Input).value = value
        await pilot.click("#create")
        await shown(pilot, FormDialog)
        await pilot.press("escape")
        await shown(pilot, HomeScreen)
    assert list_events(store, SYSTEM) == []
