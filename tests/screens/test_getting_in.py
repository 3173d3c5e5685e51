"""Getting in for the first time, or again; and being put out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.accounts import add_member, ban, end_admin, make_code, sign_in
from eventdesk.accounts import make_admin as promote
from eventdesk.acts import SYSTEM, Actor, Role, my_notices
from eventdesk.keeping import erase_account
from screens.accounts.home_screen import HomeScreen
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import NOON
from tests.people import ADMIN, PASSWORD, PIN, make_admin, make_guest, make_staff
from tests.screens.stage import FakeScanner, Stage, noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long

NEW = "314159"


@pytest.fixture
def admin(stage: Stage) -> Actor:
    return make_admin(stage.fair.store)


@asynccontextmanager
async def at_the_sign_in(stage: Stage) -> AsyncIterator[Pilot[None]]:
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        yield pilot


async def fill(pilot: Pilot[None], **values: str) -> None:
    """Type into the fields of the dialog on top, and submit it."""
    dialog = pilot.app.screen
    assert isinstance(dialog, FormDialog)
    for name, value in values.items():
        dialog.form.fields[name].put(value)
    await pilot.press("ctrl+s")


async def enter(pilot: Pilot[None], email: str, secret: str) -> HomeScreen:
    """Sign in at the sign-in."""
    for text in (email, secret):
        await typed(pilot, text)
        await pilot.press("enter")
    return await shown(pilot, HomeScreen)


@pytest.mark.usefixtures("admin")
async def test_a_stranger_signs_up_and_is_in(stage: Stage) -> None:
    async with at_the_sign_in(stage) as pilot:
        await typed(pilot, "zoe@example.org")
        await pilot.press("f3")
        dialog = await shown(pilot, FormDialog)
        assert dialog.form.values["email"] == "zoe@example.org"
        await fill(pilot, name="Zoë [b]Żuk", secret=PIN, again="000000")
        await reads(pilot, "differ")
        await fill(pilot, secret="123456", again="123456")
        await reads(pilot, "too easy to guess")
        assert dialog.form.values["name"] == "Zoë [b]Żuk"
        await fill(pilot, secret=PIN, again=PIN)
        await shown(pilot, HomeScreen)
        assert "Hello, Zoë [b]Żuk" in page(pilot)
    assert sign_in(stage.fair.store, SYSTEM.at(NOON), "zoe@example.org", PIN).role is Role.ATTENDEE


@pytest.mark.usefixtures("admin")
async def test_an_organizer_signs_up_with_a_password(stage: Stage) -> None:
    async with at_the_sign_in(stage) as pilot:
        await pilot.press("f3")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["kind"].put("password")
        await fill(pilot, name="Olga", email="olga@example.org", secret=PIN, again=PIN)
        await reads(pilot, "at least 10 characters")
        await fill(pilot, secret=PASSWORD, again=PASSWORD)
        await shown(pilot, HomeScreen)


@pytest.mark.usefixtures("admin")
async def test_a_taken_address_says_no_more_than_a_wrong_pin(stage: Stage) -> None:
    make_guest(stage.fair.store)
    async with at_the_sign_in(stage) as pilot:
        await pilot.press("f3")
        await shown(pilot, FormDialog)
        await fill(pilot, name="Eve", email="gus@example.org", secret=NEW, again=NEW)
        await reads(pilot, "is wrong")
        assert "already" not in page(pilot).replace("an account already", "")


async def test_asking_for_a_code_says_the_same_for_everybody(stage: Stage, admin: Actor) -> None:
    make_guest(stage.fair.store)
    async with at_the_sign_in(stage) as pilot:
        for email in ("gus@example.org", "nobody@example.org"):
            await pilot.press("f4")
            await shown(pilot, PickOne)
            await pilot.press("down", "enter")
            question = await shown(pilot, TextQuestion)
            question.query_one("#answer", Input).value = email
            await pilot.press("enter")
            await noted(pilot, "If there is an account with this address")
            pilot.app.clear_notifications()
    assert len(my_notices(stage.fair.store, admin)[0]) == 1


async def test_a_code_lets_in_again_and_a_wrong_one_keeps_what_was_typed(
    stage: Stage, admin: Actor
) -> None:
    guest = make_guest(stage.fair.store)
    assert guest.id is not None
    code = make_code(stage.fair.store, admin.at(NOON), guest.id)
    async with at_the_sign_in(stage) as pilot:
        await pilot.press("f4", "enter")
        dialog = await shown(pilot, FormDialog)
        await fill(pilot, email="gus@example.org", code="22222222", secret=NEW, again=NEW)
        await reads(pilot, "no longer")
        assert dialog.form.values["code"] == "22222222"
        await fill(pilot, code=f"{code[:4]} {code[4:]}".lower())
        await shown(pilot, HomeScreen)


async def test_who_is_banned_is_put_out_wherever_they_are(stage: Stage, admin: Actor) -> None:
    sam = make_staff(stage.fair)
    assert sam.id is not None
    async with at_the_sign_in(stage) as pilot:
        await enter(pilot, "sam@example.org", PASSWORD)
        await pilot.press("end", "enter")
        await reads(pilot, "Change my profile")
        await pilot.press("enter")
        await shown(pilot, FormDialog)
        ban(stage.fair.store, admin.at(NOON), sam.id, reason="Copies")
        await shown(pilot, SignInScreen)
        await reads(pilot, "The account of Sam")
        for text in ("sam@example.org", PASSWORD):
            await typed(pilot, text)
            await pilot.press("enter")
        await reads(pilot, "Copies")


async def test_a_kiosk_that_a_banned_person_opened_is_closed(stage: Stage, admin: Actor) -> None:
    sam = make_staff(stage.fair)
    assert sam.id is not None
    async with stage.kiosk(FakeScanner(), actor=sam) as (pilot, _kiosk):
        ban(stage.fair.store, admin.at(NOON), sam.id, reason="A test")
        await shown(pilot, SignInScreen)
        assert not any(isinstance(each, KioskScreen) for each in pilot.app.screen_stack)


async def test_who_was_erased_is_put_out(stage: Stage, admin: Actor) -> None:
    guest = make_guest(stage.fair.store)
    async with at_the_sign_in(stage) as pilot:
        await enter(pilot, "gus@example.org", PIN)
        erase_account(stage.fair.store, admin.at(NOON), guest.id)
        await shown(pilot, SignInScreen)
        await reads(pilot, "This account was erased")


async def test_the_menu_follows_the_roles(stage: Stage, admin: Actor) -> None:
    guest = make_guest(stage.fair.store, secret=PASSWORD)
    assert guest.id is not None
    async with at_the_sign_in(stage) as pilot:
        await enter(pilot, "gus@example.org", PASSWORD)
        assert "Check people in" not in page(pilot)
        add_member(
            stage.fair.store,
            SYSTEM.at(NOON),
            stage.fair.event.id,
            email="gus@example.org",
            role=Role.STAFF,
        )
        await reads(pilot, "Check people in")
        promote(stage.fair.store, admin.at(NOON), guest.id)
        await reads(pilot, "Administer")
        end_admin(stage.fair.store, admin.at(NOON), guest.id)
        await until(pilot, lambda: "Administer" not in page(pilot))


async def test_the_admin_sees_all_of_the_menu(stage: Stage, admin: Actor) -> None:
    async with at_the_sign_in(stage) as pilot:
        await enter(pilot, ADMIN[0], ADMIN[2])
        for words in ("Check people in", "My profile", "Administer"):
            assert words in page(pilot)


@pytest.mark.usefixtures("admin")
async def test_what_a_password_manager_types_in_one_go_lands_in_its_fields(stage: Stage) -> None:
    async with at_the_sign_in(stage) as pilot:
        await pilot.press("f4", "enter")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, f"gus@example.org\tABCD 2345\t{NEW}\t{NEW}")
        await until(pilot, lambda: dialog.form.values["again"] == NEW)
        assert dialog.form.values["code"] == "ABCD 2345"
