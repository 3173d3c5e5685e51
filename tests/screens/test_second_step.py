"""The second step on the terminal: set up, asked for at the sign-in, switched off."""

from base64 import b32decode
from datetime import datetime

import pytest

from eventdesk.accounts import begin_second_step, confirm_second_step, my_second_step
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import Actor
from screens.accounts.home_screen import HomeScreen
from screens.accounts.second_step import KeyForApp
from screens.accounts.shown_once import ShownOnce
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from tests.people import PASSWORD, make_staff
from tests.screens.stage import Stage, reads, shown, typed, until
from tests.screens.test_profile import opened, submit

pytestmark = pytest.mark.long


@pytest.fixture
def sam(stage: Stage) -> Actor:
    return make_staff(stage.fair)


def code_of(key: str, at: datetime) -> str:
    return code_at(b32decode(key), step_at(at))


def set_up(stage: Stage, sam: Actor) -> list[str]:
    now = stage.fair.store.clock()
    key = begin_second_step(stage.fair.store, sam, PASSWORD).key
    return confirm_second_step(stage.fair.store, sam, code_of(key, now))


async def test_it_is_set_up_with_a_qr_code_and_a_first_code(stage: Stage, sam: Actor) -> None:
    async with opened(stage, sam, "second_step") as (pilot, screen):
        await submit(pilot, secret=PASSWORD)
        shows = await shown(pilot, KeyForApp)
        assert shows.query_one("#code").display
        await pilot.press("enter")
        await submit(pilot, code="nonsense")
        await reads(pilot, "not the code that the app shows")
        await submit(pilot, code=code_of(shows.new.key, stage.fair.store.clock()))
        codes = (await shown(pilot, ShownOnce)).secret
        assert len(codes.replace("\n", " ").split()) == 10
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
    assert my_second_step(stage.fair.store, sam).since is not None


async def test_the_sign_in_asks_for_a_code(stage: Stage, sam: Actor) -> None:
    codes = set_up(stage, sam)
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "sam@example.org")
        await pilot.press("enter")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await submit(pilot, code="000000")
        await reads(pilot, "wrong, or was used")
        await submit(pilot, code=codes[0])
        await shown(pilot, HomeScreen)


async def test_who_gives_up_typing_the_code_is_not_in(stage: Stage, sam: Actor) -> None:
    set_up(stage, sam)
    async with stage.app().run_test() as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await typed(pilot, "sam@example.org")
        await pilot.press("enter")
        await typed(pilot, PASSWORD)
        await pilot.press("enter")
        await shown(pilot, FormDialog)
        await pilot.press("escape")
        await shown(pilot, SignInScreen)
        await reads(pilot, "A code of your app is needed")


async def test_it_is_switched_off_with_password_and_code(stage: Stage, sam: Actor) -> None:
    codes = set_up(stage, sam)
    async with opened(stage, sam, "second_step") as (pilot, _screen):
        await shown(pilot, PickOne)
        await reads(pilot, "10 recovery codes left")
        await pilot.press("enter")
        await submit(pilot, secret=PASSWORD, code=codes[0])
        await until(pilot, lambda: my_second_step(stage.fair.store, sam).since is None)
