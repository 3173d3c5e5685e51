"""Forms in dialogs: submitted once, refused without loss, left only on purpose."""

import asyncio
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Button

from eventdesk.core.errors import InvalidInputError
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.widgets.form import MoneyField, TextField
from tests.screens.stage import Stage, page, reads, shown, typed, until

pytestmark = pytest.mark.long


class Office:
    """Takes what is submitted when the test lets it."""

    def __init__(self) -> None:
        self.submitted: list[dict[str, Any]] = []
        self.results: list[Any] = []
        self.error: InvalidInputError | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, values: dict[str, Any]) -> str:
        self.submitted.append(values)
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return f"{values['name']} for {values['price']}"


async def opened(pilot: Pilot[None], office: Office, **given: Any) -> FormDialog[str]:
    await shown(pilot, SignInScreen)
    dialog = FormDialog(
        given.pop("title", "Add a ticket type"),
        [
            TextField("name", "Name", required=True),
            MoneyField("price", "Price", currency="EUR"),
            *(TextField(f"more{place}", f"More {place}") for place in range(given.pop("more", 0))),
        ],
        office.take,
        **given,
    )
    pilot.app.push_screen(dialog, office.results.append)
    return await shown(pilot, FormDialog)


async def test_submits_what_was_typed_and_is_left_with_the_result(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        await opened(pilot, office)
        await typed(pilot, "VIP")
        await pilot.press("enter")
        await typed(pilot, "290")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: office.results == ["VIP for 29000"])
        assert office.submitted == [{"name": "VIP", "price": 29000}]


async def test_a_key_that_is_still_on_its_way_is_submitted_too(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        await typed(pilot, "VIP")
        assert dialog.focused is not None
        dialog.focused.post_message(Key("2", "2"))
        dialog.action_submit()
        await until(pilot, lambda: office.results == ["VIP2 for None"])


async def test_the_last_enter_reaches_the_button(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        await opened(pilot, office, confirm="Add")
        await typed(pilot, "VIP")
        await pilot.press("enter", "enter")
        assert isinstance(pilot.app.focused, Button)
        await pilot.press("enter")
        await until(pilot, lambda: office.results == ["VIP for None"])


async def test_a_refusal_is_shown_and_everything_typed_stays(stage: Stage) -> None:
    office = Office()
    office.error = InvalidInputError("There is a “[b]VIP[/b]”.", hint="Take another\x1b[2J name.")
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        await typed(pilot, "VIP")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ There is a “[b]VIP[/b]”. Take another name.")
        assert dialog.form.values["name"] == "VIP"
        assert dialog.form.fields["name"].editor.has_focus
        office.error = None
        await typed(pilot, "2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: office.results == ["VIP2 for None"])


async def test_what_is_wrong_with_one_field_is_said_there(stage: Stage) -> None:
    office = Office()
    office.error = InvalidInputError("That is too many.", hint="Take 5.", field="price")
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        await typed(pilot, "VIP")
        await pilot.press("ctrl+s")
        price = dialog.form.fields["price"]
        await until(pilot, lambda: price.has_class("-wrong") and price.has_focus_within)
        await reads(pilot, "✗ That is too many. Take 5.")
        assert not dialog.query_one("#form-problem").display


async def test_what_is_wrong_is_not_submitted(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        dialog.form.fields["price"].focus()
        await typed(pilot, "-1")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ Please fill this in.")
        assert dialog.form.fields["name"].editor.has_focus
        assert "✗ This cannot be less than zero." in page(pilot)
        assert office.submitted == []


async def test_a_second_press_while_it_runs_does_nothing(stage: Stage) -> None:
    office = Office()
    office.open.clear()
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        await typed(pilot, "VIP")
        await pilot.press("ctrl+s", "ctrl+s", "escape")
        await until(pilot, lambda: office.submitted)
        await pilot.click("#confirm")
        await pilot.click("#cancel")
        await reads(pilot, "◌ One moment")
        assert pilot.app.screen is dialog
        assert len(office.submitted) == 1
        office.open.set()
        await until(pilot, lambda: office.results == ["VIP for None"])
        assert len(office.submitted) == 1


async def test_escape_asks_before_it_loses_something(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        dialog = await opened(pilot, office)
        await typed(pilot, "VIP")
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, FormDialog)
        assert dialog.form.values["name"] == "VIP"
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await until(pilot, lambda: office.results == [None])


async def test_escape_leaves_an_untouched_form_at_once(stage: Stage) -> None:
    office = Office()
    async with stage.app().run_test() as pilot:
        await opened(pilot, office)
        await pilot.press("escape")
        await until(pilot, lambda: office.results == [None])
        assert not isinstance(pilot.app.screen, YesNo)


async def test_quitting_asks_before_it_loses_something(stage: Stage) -> None:
    async with stage.app().run_test() as pilot:
        await opened(pilot, Office())
        await typed(pilot, "VIP")
        await pilot.press("ctrl+q")
        await shown(pilot, YesNo)
        await reads(pilot, "not saved yet")
        assert not pilot.app._exit


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 14)])
async def test_title_buttons_and_refusal_fit_the_screen(
    stage: Stage, size: tuple[int, int]
) -> None:
    office = Office()
    office.error = InvalidInputError("That is taken.")
    async with stage.app().run_test(size=size) as pilot:
        dialog = await opened(pilot, office, more=30, title="Add [b]it[/b]")
        await typed(pilot, "VIP")
        for part in ("Add [b]it[/b]", "VIP", "Save", "Cancel"):
            await reads(pilot, part)
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ That is taken.")
        assert "Save" in page(pilot)
        dialog.form.fields["more29"].focus()
        await reads(pilot, "More 29")
        assert dialog.query_one(".form-dialog").region.width <= size[0]
        if size[0] == 160:
            assert dialog.query_one(".form-dialog").region.width > 100


async def test_a_form_that_fits_is_not_stretched(stage: Stage) -> None:
    async with stage.app().run_test(size=(160, 48)) as pilot:
        dialog = await opened(pilot, Office())
        assert dialog.query_one(".form-dialog").region.height < 16
