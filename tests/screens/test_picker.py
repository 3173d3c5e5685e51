"""The choice that is searched by typing: no letter typed on it is lost or does something else."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.pilot import Pilot
from textual.widget import Widget

from screens.widgets.picker import Picker, PickerList
from tests.screens.bare import BareApp
from tests.screens.stage import page, reads, until

TOWNS = ["Aachen", "Berlin", "Bern", "Łódź", "New York"]


class Room(Vertical):
    """Something around the choice whose key must not act while the choice has the keyboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("b", "ring", "Ring")]
    rung = 0

    def compose(self) -> ComposeResult:
        yield Picker([Content(town) for town in TOWNS], 0)

    @on(Picker.Chosen)
    def take(self, message: Picker.Chosen) -> None:
        self.query_one(Picker).place = message.place

    def action_ring(self) -> None:
        self.rung += 1


def make() -> Iterator[Widget]:
    yield Room()


async def opened(pilot: Pilot[None]) -> Picker:
    picker = pilot.app.query_one(Picker)
    picker.focus()
    await pilot.pause()
    return picker


async def test_letters_open_the_list_mark_what_they_begin_and_enter_takes_it() -> None:
    async with BareApp(make).run_test() as pilot:
        picker = await opened(pilot)
        await pilot.press("b", "e", "r", "n")
        assert picker.expanded
        await reads(pilot, "/ bern")
        await pilot.press("enter")
        assert (picker.place, picker.expanded) == (TOWNS.index("Bern"), False)
        assert pilot.app.query_one(Room).rung == 0


async def test_letters_are_found_without_accents_and_within_words() -> None:
    async with BareApp(make).run_test() as pilot:
        picker = await opened(pilot)
        await pilot.press("l", "o", "d", "enter")
        assert picker.place == TOWNS.index("Łódź")
        await pilot.press("w", "space", "y", "enter")
        assert picker.place == TOWNS.index("New York")


async def test_what_nothing_is_called_is_said_and_can_be_rubbed_out() -> None:
    async with BareApp(make).run_test() as pilot:
        picker = await opened(pilot)
        await pilot.press("b", "x")
        await reads(pilot, "✗ bx")
        await pilot.press("backspace")
        await reads(pilot, "/ b")
        await pilot.press("escape")
        assert (picker.place, picker.expanded) == (0, False)
        await pilot.press("enter")
        await until(pilot, lambda: bool(picker.query(PickerList)))
        assert picker.query_one(PickerList).sought == ""
        assert "/ b" not in page(pilot)
