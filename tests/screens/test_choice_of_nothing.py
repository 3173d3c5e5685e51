"""What is said while there is nothing to choose from."""

from pathlib import Path

from data.store import Store
from eventdesk.desk import Desk
from eventdesk.settings import Settings
from screens.app import EventDeskApp
from screens.choose_screen import ChooseScreen
from tests.screens.stage import reads, shown, until


async def test_says_how_to_make_the_first_event(desk: Desk, store: Store, tmp_path: Path) -> None:
    app = EventDeskApp(desk, Settings(tmp_path), start="desk")
    async with app.run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.has_class("-empty"))
        await reads(pilot, "eventdesk demo --size 500")
