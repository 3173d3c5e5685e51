"""Fingers quicker than the screens: what follows a key goes into what that key opens."""

import threading
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.desk import Desk
from screens.core.parts_screen import PartsScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.help_screen import HelpScreen
from screens.organizer.event_screen import EventScreen
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import Stage, page, send, shown, text_of, until


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, tmp_path / "home")


async def test_what_is_typed_with_the_key_that_opens_a_form_fills_the_form(office: Office) -> None:
    async with office.part("tickets") as (pilot, screen):
        send(pilot, "nRegular cm")
        dialog = await shown(pilot, FormDialog)
        name = dialog.form.fields["name"]
        await until(pilot, lambda: name.raw == "Regular cm")
        assert len(pilot.app.screen_stack) == screen.app.screen_stack.index(dialog) + 1
        assert sum(isinstance(each, FormDialog) for each in pilot.app.screen_stack) == 1


async def test_it_waits_for_what_the_form_reads_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    async with office.part("tickets") as (pilot, _screen):
        read = office.desk.read

        async def slowly(*given: object, **named: object) -> object:
            import asyncio

            while not go_on.is_set():
                await asyncio.sleep(0.01)
            return await read(*given, **named)  # type: ignore[arg-type]

        tab = _screen.tab
        assert tab is not None
        tab.setup = None  # type: ignore[attr-defined]
        monkeypatch.setattr(office.desk, "read", slowly)
        send(pilot, "nco")
        await pilot.pause()
        go_on.set()
        dialog = await shown(pilot, FormDialog)
        await until(pilot, lambda: dialog.form.fields["name"].raw == "co")


async def test_keys_go_through_dialogs_and_back_in_their_order(office: Office) -> None:
    async with office.part("tickets") as (pilot, screen):
        send(pilot, "\x1bOP")  # F1
        send(pilot, "q")
        send(pilot, "c")
        dialog = await shown(pilot, FormDialog)
        assert "code" in dialog.form.fields
        assert not any(isinstance(each, HelpScreen) for each in pilot.app.screen_stack)
        assert isinstance(screen, PartsScreen)
        assert isinstance(screen, EventScreen)


async def test_a_key_that_begins_something_endless_holds_the_next_ones_only_shortly(
    office: Office,
) -> None:
    async with office.part("team") as (pilot, screen):
        import asyncio

        async def forever() -> None:
            await asyncio.Event().wait()

        def begin() -> None:
            screen.run_worker(forever(), exclusive=False)

        screen.tab.action_add = begin  # type: ignore[union-attr]
        send(pilot, "n")
        send(pilot, "\x1bOP")
        await shown(pilot, HelpScreen)


async def test_text_for_a_field_is_not_held(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "ada lovelace")
        await until(pilot, lambda: "ada lovelace" in page(pilot))
        assert text_of(screen, "#counters")
