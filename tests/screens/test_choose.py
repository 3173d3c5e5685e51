"""What is offered to choose from, and what is said while there is nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.widgets import OptionList

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.events import NewEvent, create_event
from screens.app import EventDeskApp
from screens.door.choose_screen import ChooseScreen
from tests.build import NOON, make_fair
from tests.screens.stage import Stage, page, reads, shown, until


async def test_says_how_to_make_the_first_event(desk: Desk, store: Store, tmp_path: Path) -> None:
    app = EventDeskApp(desk, Settings(tmp_path), start="desk")
    async with app.run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.has_class("-empty"))
        await reads(pilot, "eventdesk demo --size 500")


async def test_the_next_event_is_marked_and_told_by_the_days_of_its_own_zone(stage: Stage) -> None:
    store = stage.fair.store
    make_fair(store, "Another that is over")
    for name, month in (("Later", 8), ("Late night", 7)):
        begins = datetime(2026, month, 1, 22, 30, tzinfo=UTC)
        event = NewEvent(name, begins, begins + timedelta(hours=3), "Europe/Berlin")
        create_event(store, SYSTEM.at(NOON), event)
    stage.clock[0] = datetime(2026, 6, 20, tzinfo=UTC)
    async with stage.app(start="desk").run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await reads(pilot, "This event has")
        marked = choice.query_one("#events", OptionList).highlighted
        assert marked is not None
        assert choice.events[marked].name == "Late night"
        assert "no check-in list" in page(pilot)
        assert "2026-07-02" in page(pilot)
        assert "tickets" not in page(pilot)
