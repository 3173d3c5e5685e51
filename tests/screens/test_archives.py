"""Archives on the admin's screen: made, checked and taken in with keys alone."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.events import all_events
from eventdesk.exchange import look_into_archive, pack_event
from screens.admin.admin_screen import AdminScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from tests.build import NOON, make_fair
from tests.people import make_admin
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until
from tests.screens.test_admin import opened

pytestmark = pytest.mark.long

PASSPHRASE = "correct horse battery"


@pytest.fixture
def admin(stage: Stage) -> Actor:
    return make_admin(stage.fair.store)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """An archive of another house."""
    path = tmp_path / "theirs.eventdesk.zip"
    with Store.create(tmp_path / "elsewhere", device_name="other desk") as store:
        other = make_fair(store, "Their fair")
        other.sell("Ada [b]L[/b]")
        pack_event(store, SYSTEM.at(NOON), other.event.id, passphrase=PASSPHRASE, path=path)
    return path


async def passphrase(pilot: Pilot[None], text: str = PASSPHRASE) -> FormDialog[object]:
    dialog = await shown(pilot, FormDialog)
    dialog.form.fields["passphrase"].put(text)
    await pilot.press("ctrl+s")
    return dialog


async def test_an_event_is_written_and_checked_with_keys(stage: Stage, admin: Actor) -> None:
    stage.fair.sell("Ada")
    async with opened(stage, admin, "archives") as (pilot, _screen):
        await reads(pilot, "No archive among the exports")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["again"].put("another one")
        await passphrase(pilot)
        await reads(pilot, "The two passphrases differ.")
        dialog.form.fields["again"].put(PASSPHRASE)
        await pilot.press("ctrl+s")
        await shown(pilot, AdminScreen)
        await reads(pilot, "Enter checks it")
        await pilot.press("enter")
        await passphrase(pilot, "a wrong one")
        await reads(pilot, "The passphrase is wrong")
        await passphrase(pilot)
        await reads(pilot, "1 tickets, 1 bookings")
        await reads(pilot, "is in this house already")
        await pilot.press("i")
        await passphrase(pilot)
        await noted(pilot, "It cannot be taken in")
    (path,) = (stage.home / "exports").iterdir()
    assert look_into_archive(stage.fair.store, SYSTEM, path, passphrase=PASSPHRASE).tickets == 1


async def test_an_event_from_elsewhere_is_looked_at_and_taken_in(
    stage: Stage, admin: Actor, theirs: Path
) -> None:
    async with opened(stage, admin, "archives") as (pilot, _screen):
        await pilot.press("o")
        await shown(pilot, TextQuestion)
        await typed(pilot, str(theirs))
        await pilot.press("enter")
        await passphrase(pilot)
        await shown(pilot, YesNo)
        assert "1 tickets, 1 bookings" in page(pilot)
        await pilot.press("escape")
        await shown(pilot, AdminScreen)
        assert len(all_events(stage.fair.store, SYSTEM)) == 1
        await pilot.press("o")
        await shown(pilot, TextQuestion)
        await typed(pilot, str(theirs))
        await pilot.press("enter")
        await passphrase(pilot)
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "with 1 ticket is here")
    assert len(all_events(stage.fair.store, SYSTEM)) == 2


async def test_a_file_that_is_no_archive_says_so_and_what_to_do(stage: Stage, admin: Actor) -> None:
    exports = stage.home / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "broken.eventdesk.zip").write_bytes(b"PK no")
    async with opened(stage, admin, "archives") as (pilot, _screen):
        await reads(pilot, "▸ broken ")
        await pilot.press("enter")
        await passphrase(pilot)
        await until(pilot, lambda: "This is no whole archive" in page(pilot))


def test_a_look_changes_nothing_and_names_new_people(stage: Stage, theirs: Path) -> None:
    store = stage.fair.store
    before = store.keys.active_id, len(store.keys.token_keys)
    look = look_into_archive(store, SYSTEM.at(NOON), theirs, passphrase=PASSPHRASE)
    assert (look.fits, look.tickets, look.here_as) == (True, 1, "")
    assert (store.keys.active_id, len(store.keys.token_keys)) == before
    assert len(all_events(store, SYSTEM)) == 1
