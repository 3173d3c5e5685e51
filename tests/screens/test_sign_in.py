"""Signing in, the first account, and choosing where to work."""

from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.accounts import add_account, create_first_admin
from eventdesk.acts import SYSTEM, Role
from screens.accounts.home_screen import HomeScreen
from screens.accounts.sign_in_screen import SignInScreen
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.modals.questions import YesNo
from tests.build import NOON, make_fair
from tests.screens.stage import Stage, page, reads, send, shown, typed, until

pytestmark = pytest.mark.long

PASSWORD = "correct horse"


def admin(stage: Stage) -> None:
    create_first_admin(stage.fair.store, SYSTEM.at(NOON), "ada@example.org", "Ada Admin", PASSWORD)


async def to_the_door(pilot: Pilot[None]) -> ChooseScreen:
    """Choose the door in the menu, where what is on now comes first."""
    menu = (await shown(pilot, HomeScreen)).menu
    menu.highlighted = menu.get_option_index("door")
    await pilot.press("enter")
    choice = await shown(pilot, ChooseScreen)
    await until(pilot, lambda: not choice.query_one("#desk").disabled)
    return choice


async def test_the_right_password_leads_to_the_choice_and_on_to_the_desk(stage: Stage) -> None:
    admin(stage)
    async with stage.app(gate="Gate A").run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await to_the_door(pilot)
        assert "Hello, Ada Admin" in page(pilot)

        await pilot.press("enter")  # the only event, list and gate
        await shown(pilot, DeskScreen)
        await reads(pilot, "Desk · Gate A")

        await pilot.press("escape")
        await shown(pilot, ChooseScreen)
        await pilot.press("escape")
        await shown(pilot, HomeScreen)
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await shown(pilot, SignInScreen)


@pytest.mark.parametrize("between", ["\r", "\t"])
async def test_what_is_typed_in_one_go_lands_in_its_fields(stage: Stage, between: str) -> None:
    address = f"{'ada' * 20}@example.org"
    create_first_admin(stage.fair.store, SYSTEM.at(NOON), address, "Ada Admin", "correct h0rse")
    async with stage.app().run_test() as pilot:
        send(pilot, f"{address}{between}")  # before it is known whether there are accounts
        send(pilot, "correct h0rse\r")
        await shown(pilot, HomeScreen)


async def test_a_wrong_password_says_so_and_keeps_what_was_typed(stage: Stage) -> None:
    admin(stage)
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, "wrong")
        await pilot.press("enter")
        await reads(pilot, "✗ The e-mail address or the PIN")

        assert screen.query_one("#email", Input).value == "ada@example.org"
        assert screen.query_one("#secret", Input).value == "wrong"


async def test_an_empty_field_is_asked_for_and_is_no_wrong_try(stage: Stage) -> None:
    admin(stage)
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        for _ in range(8):
            screen.query_one("#secret", Input).focus()
            await pilot.press("enter")
            await reads(pilot, "✗ Type your e-mail address.")
            assert screen.query_one("#email", Input).has_focus
        await typed(pilot, "ada@example.org")
        await pilot.press("enter", "enter")
        await reads(pilot, "✗ Type your PIN or password.")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await shown(pilot, HomeScreen)


async def test_many_wrong_passwords_lock_for_a_while(stage: Stage) -> None:
    admin(stage)
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, "wrong")
        for _ in range(4):
            await pilot.press("enter")
            await until(pilot, lambda: all(w.group != "sign-in" for w in pilot.app.workers))
        await reads(pilot, "Too many wrong tries")

        stage.clock[0] = NOON + timedelta(hours=2)
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await shown(pilot, HomeScreen)


async def test_a_guest_does_not_get_to_the_door(stage: Stage) -> None:
    add_account(
        stage.fair.store,
        SYSTEM.at(NOON),
        stage.fair.event.id,
        email="guest@example.org",
        name="Guest",
        role=Role.ATTENDEE,
        secret="258013",
    )
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "guest@example.org")
        await pilot.press("enter")
        await typed(pilot, "258013")
        await pilot.press("enter")
        await shown(pilot, HomeScreen)
        await reads(pilot, "My profile")
        assert "Check people in" not in page(pilot)
        assert "Administer" not in page(pilot)


async def test_the_first_start_makes_the_first_account(stage: Stage) -> None:
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-first"))
        await typed(pilot, "Ada")
        await pilot.press("enter")
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await typed(pilot, "correct cow")
        await pilot.press("enter")
        await reads(pilot, "The two passwords differ")
        screen.query_one("#new-again", Input).value = PASSWORD
        await pilot.press("enter")
        await shown(pilot, HomeScreen)


async def test_quitting_asks_when_the_first_account_is_half_typed(stage: Stage) -> None:
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-first"))
        await pilot.press("A", "ctrl+q")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, SignInScreen)
        assert not pilot.app._exit
        await pilot.press("backspace", "ctrl+q")
        await until(pilot, lambda: pilot.app._exit)


async def test_the_choice_shows_an_event_that_appears_meanwhile(stage: Stage) -> None:
    admin(stage)
    async with stage.app(start="desk", event_id=stage.fair.gate.id).run_test() as pilot:
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: len(choice.doors) == 1)
        make_fair(stage.fair.store, "[red]Later[/red] Days")
        await reads(pilot, "[red]Later[/red] Days")


async def test_a_person_works_only_where_they_have_a_role(stage: Stage) -> None:
    admin(stage)
    elsewhere = make_fair(stage.fair.store, "Elsewhere")
    add_account(
        stage.fair.store,
        SYSTEM.at(NOON),
        stage.fair.event.id,
        email="sam@example.org",
        name="Sam",
        role=Role.STAFF,
        secret=PASSWORD,
    )
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "sam@example.org")
        await pilot.press("enter")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await to_the_door(pilot)
        assert elsewhere.event.name not in page(pilot)
        await pilot.press("enter")
        desk = await shown(pilot, DeskScreen)
        assert desk.place.actor.role is Role.STAFF
        assert desk.place.actor.event_id == stage.fair.event.id
