"""The desk's input by itself: how characters that come faster than they are typed are taken."""

from textual.widgets import Input

from screens.desk.scan_input import ScanInput
from tests.screens.bare import BareApp
from tests.screens.stage import send


class TellingApp(BareApp):
    """Notes each text that the input tells of."""

    def __init__(self) -> None:
        super().__init__(lambda: [ScanInput(id="entry")])
        self.told: list[str] = []

    def on_input_changed(self, message: Input.Changed) -> None:
        self.told.append(message.value)


async def test_characters_that_wait_are_typed_and_told_of_at_once() -> None:
    app = TellingApp()
    async with app.run_test() as pilot:
        send(pilot, "2025-SCANNED-CODE")
        await pilot.pause()
        assert app.told == ["2025-SCANNED-CODE"]


async def test_characters_go_where_the_cursor_stands() -> None:
    app = TellingApp()
    async with app.run_test() as pilot:
        send(pilot, "Alovelace")
        await pilot.pause()
        app.query_one(ScanInput).cursor_position = 1
        send(pilot, "da ")
        await pilot.pause()
        assert app.query_one(ScanInput).value == "Ada lovelace"
        assert app.query_one(ScanInput).cursor_position == 4
