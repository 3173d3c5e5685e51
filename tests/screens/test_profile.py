"""Everybody's own page."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from eventdesk.accounts import (
    ApiToken,
    add_passkey,
    bearer,
    begin_passkey,
    find_people,
    list_team,
    my_app_sessions,
    my_passkeys,
    my_tokens,
    my_web_sessions,
    profile,
    sign_in,
    start_app_session,
    start_web_session,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, Permission, Role
from eventdesk.core.serving import noted_serving
from screens.accounts.profile_screen import ProfileScreen
from screens.accounts.shown_once import ShownOnce
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from tests.accounts.soft_device import ORIGIN, Device
from tests.build import NOON
from tests.people import PASSWORD, PIN, make_another_admin, make_guest, make_staff
from tests.screens.stage import Stage, noted, page, reads, shown, until

pytestmark = pytest.mark.long

ACTS = (
    "change",
    "notices",
    "secret",
    "second_step",
    "ways_in",
    "export",
    "leave",
    "erase",
    "desk_pin",
)


@pytest.fixture
def guest(stage: Stage) -> Actor:
    return make_guest(stage.fair.store)


@asynccontextmanager
async def opened(
    stage: Stage, actor: Actor, act: str = ""
) -> AsyncIterator[tuple[Pilot[None], ProfileScreen]]:
    """Open the page, and choose what to do."""
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(ProfileScreen(app.tools, actor))
        screen = await shown(pilot, ProfileScreen)
        await until(pilot, lambda: screen.view is not None)
        if act:
            screen.query_one("#acts", OptionList).highlighted = ACTS.index(act)
            await pilot.press("enter")
        yield pilot, screen


async def submit(pilot: Pilot[None], **values: object) -> None:
    """Fill in the dialog on top, and submit it."""
    dialog = await shown(pilot, FormDialog)
    for name, value in values.items():
        dialog.form.fields[name].put(value)
    await pilot.press("ctrl+s")


async def test_a_passkey_is_named_and_removed(stage: Stage, guest: Actor) -> None:
    asked = begin_passkey(stage.fair.store, guest, PIN, name="my [b]phone", origin=ORIGIN)
    add_passkey(stage.fair.store, guest, asked.note, Device().make(asked))
    async with opened(stage, guest, "ways_in") as (pilot, _screen):
        await shown(pilot, PickOne)
        await reads(pilot, "Passkey: my [b]phone · never used")
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: my_passkeys(stage.fair.store, guest) == [])


async def test_a_profile_is_told_and_shown(stage: Stage, guest: Actor) -> None:
    async with opened(stage, guest, "change") as (pilot, _screen):
        await submit(pilot, interests=" looms,  numbers ,", payment_reference="4111111111111111")
        await reads(pilot, "the number of a card")
        await submit(pilot, payment_reference="my [i]account", dietary="no nuts")
        await shown(pilot, ProfileScreen)
        await reads(pilot, "looms, numbers")
        await reads(pilot, "[i]account)")
    told = profile(stage.fair.store, guest).profile
    assert (told.interests, told.dietary) == (("looms", "numbers"), "no nuts")


async def test_a_token_is_made_shown_once_and_ended(stage: Stage, guest: Actor) -> None:
    with noted_serving(stage.home, ("https://desk.example.org",)):
        async with opened(stage, guest, "ways_in") as (pilot, _screen):
            await shown(pilot, PickOne)
            await pilot.press("enter")
            await submit(pilot, name="Door [b]app", may=[Permission.ATTEND])
            secret = (await shown(pilot, ShownOnce)).secret
            assert bearer(stage.fair.store, SYSTEM, secret).id == guest.id
            await reads(pilot, secret)
            await pilot.press("enter")
            listed = await shown(pilot, PickOne)
            assert secret not in "".join(listed.names)
            await reads(pilot, "Door [b]app")
            await pilot.press("down", "enter")
            await shown(pilot, YesNo)
            await pilot.press("enter")
            await until(pilot, lambda: [each.ended for each in tokens(stage, guest)] == [True])


async def test_where_nothing_else_signs_in_that_is_said(stage: Stage, guest: Actor) -> None:
    async with opened(stage, guest, "ways_in") as (pilot, screen):
        await noted(pilot, "Nothing signs in as you but")
        assert pilot.app.screen is screen


def tokens(stage: Stage, who: Actor) -> list[ApiToken]:
    return my_tokens(stage.fair.store, who)


async def test_sign_ins_of_browsers_and_apps_are_ended(stage: Stage, guest: Actor) -> None:
    store, email = stage.fair.store, "gus@example.org"
    start_web_session(store, VISITOR, email, PIN, browser="Mozilla/5.0 (X11) Firefox/150.0")
    start_app_session(store, VISITOR, email, PIN, name="A phone")
    async with opened(stage, guest, "ways_in") as (pilot, _screen):
        listed = await shown(pilot, PickOne)
        assert [line.split(":")[0] for line in listed.names] == ["Browser", "App"]
        await reads(pilot, "Firefox/150.0 X11")
        for _ in range(2):
            await shown(pilot, PickOne)
            await pilot.press("enter")
            await shown(pilot, YesNo)
            await pilot.press("enter")
        await until(pilot, lambda: not my_app_sessions(store, guest))
    assert my_web_sessions(store, guest) == []


async def test_notices_are_chosen_and_the_rest_of_the_profile_stays(
    stage: Stage, guest: Actor
) -> None:
    async with opened(stage, guest, "notices") as (pilot, _screen):
        dialog = await shown(pilot, FormDialog)
        await pilot.press("space")
        await until(pilot, lambda: "[ ] My bookings" in page(pilot))
        assert dialog.form.changed
        await pilot.press("ctrl+s")
        await shown(pilot, ProfileScreen)
    now = profile(stage.fair.store, guest).profile
    assert now == replace(now, name="Gus", silenced=frozenset({"booking"}))


async def test_a_new_pin_needs_the_old_one(stage: Stage, guest: Actor) -> None:
    async with opened(stage, guest, "secret") as (pilot, _screen):
        await submit(pilot, old="000000", new="314159", again="141592")
        await reads(pilot, "differ")
        await submit(pilot, again="314159")
        await reads(pilot, "The old PIN or password is wrong")
        await submit(pilot, old=PIN)
        await shown(pilot, ProfileScreen)
    assert sign_in(stage.fair.store, SYSTEM.at(NOON), "gus@example.org", "314159").id == guest.id


async def test_everything_held_is_saved_in_a_file(stage: Stage, guest: Actor) -> None:
    async with opened(stage, guest, "export") as (pilot, _screen):
        await noted(pilot, "Everything held about you")
        await noted(pilot, "exports")
    [path] = (stage.fair.store.home / "exports").iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["accounts"][0]["name"] == "Gus"


async def test_one_leaves_a_team(stage: Stage) -> None:
    admin = make_another_admin(stage.fair.store)
    sam = make_staff(stage.fair, Role.STAFF)
    anywhere = sign_in(stage.fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    async with opened(stage, anywhere, "leave") as (pilot, _screen):
        await shown(pilot, PickOne)
        assert "Demo Days (staff)" in page(pilot)
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "You left the team of Demo Days")
    assert sam.id not in [
        one.account_id for one in list_team(stage.fair.store, admin, stage.fair.event.id)
    ]


async def test_erasing_oneself_asks_for_the_own_address(stage: Stage, guest: Actor) -> None:
    admin = make_another_admin(stage.fair.store)
    async with opened(stage, guest, "erase") as (pilot, _screen):
        await submit(pilot, email="boss@example.org")
        await reads(pilot, "This is not your e-mail address")
        await submit(pilot, email=" GUS@example.org ")
        await shown(pilot, SignInScreen)
    assert [one.name for one in find_people(stage.fair.store, admin)[0]] == ["Boss"]


async def test_an_open_booking_keeps_from_erasing_and_says_so(stage: Stage, guest: Actor) -> None:
    stage.fair.sell("Gus", account_id=guest.id)
    async with opened(stage, guest, "erase") as (pilot, _screen):
        await noted(pilot, "There is a booking for Demo Days")


async def test_a_supervisor_chooses_the_pin_to_approve_with(stage: Stage) -> None:
    boss = make_staff(stage.fair, Role.ORGANIZER, "Sue")
    async with opened(stage, boss, "desk_pin") as (pilot, _screen):
        await submit(pilot, pin="481516", again="481517")
        await reads(pilot, "The two PINs differ")
        await submit(pilot, pin="123456", again="123456")
        await reads(pilot, "too easy to guess")
        await submit(pilot, pin="481516", again="481516")
        await shown(pilot, ProfileScreen)
        await reads(pilot, "Desk PIN: chosen")
    assert profile(stage.fair.store, boss).has_desk_pin


async def test_nobody_else_is_offered_a_desk_pin(stage: Stage, guest: Actor) -> None:
    async with opened(stage, guest) as (pilot, _screen):
        assert "Desk PIN" not in page(pilot)
