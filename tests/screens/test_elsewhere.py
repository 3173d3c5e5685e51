"""Signing in with a phone by a provider elsewhere, on the terminal."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from textual.widgets import Button

from eventdesk.accounts import ask_device, link_elsewhere, my_links, offer_device, ways_elsewhere
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.services import add_service
from screens.accounts.elsewhere import DeviceDialog
from screens.accounts.home_screen import HomeScreen
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.questions import PickOne, YesNo
from tests.integrations.chaos import Fault
from tests.integrations.oidc.lying import CLIENT, Lying, lying
from tests.people import PIN, make_another_admin, make_guest
from tests.screens.stage import Stage, reads, shown, until
from tests.screens.test_profile import opened, submit

pytestmark = pytest.mark.long


@pytest.fixture
def provider(stage: Stage) -> Iterator[Lying]:
    make_another_admin(stage.fair.store)
    with lying() as said:
        said.document, said.claims = {}, {"nonce": ...}
        values = {"issuer": said.issuer, "client_id": CLIENT, "client_secret": "s"}
        add_service(stage.fair.store, SYSTEM, "oidc", values, name="Company [b]")
        said.interval_s, said.clock = 1, stage.clock[0].timestamp
        yield said


async def test_a_new_person_signs_in_with_a_phone(stage: Stage, provider: Lying) -> None:
    provider.token = {"error": "authorization_pending"}
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.query_one("#elsewhere", Button).display)
        await pilot.press("f6")
        dialog = await shown(pilot, DeviceDialog)
        await reads(pilot, "Company [b]")
        await reads(pilot, "WDJB-MJHT")
        assert dialog.query_one("#code").display
        provider.token = None
        await shown(pilot, HomeScreen)


async def test_the_owner_of_an_account_says_its_pin_once(stage: Stage, provider: Lying) -> None:
    ada = make_guest(stage.fair.store, "Ada")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.ways)
        await pilot.press("f6")
        await submit(pilot, secret="161803")
        await reads(pilot, "is wrong")
        assert my_links(stage.fair.store, ada) == []
        await submit(pilot, secret=PIN)
        await shown(pilot, HomeScreen)
    assert len(my_links(stage.fair.store, ada)) == 1


async def test_a_provider_that_is_away_is_one_line(stage: Stage, provider: Lying) -> None:
    provider.there.fails(Fault.OUT_OF_ORDER, times=None)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.ways)
        await pilot.press("f6")
        await reads(pilot, "has a fault of its own")
        await shown(pilot, SignInScreen)


async def test_without_a_provider_nothing_is_offered(stage: Stage) -> None:
    make_another_admin(stage.fair.store)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        assert not screen.query_one("#elsewhere", Button).display
        await pilot.press("f6")
        assert pilot.app.screen is screen


async def test_a_link_is_ended_under_the_profile(stage: Stage, provider: Lying) -> None:
    ada = make_guest(stage.fair.store, "Ada")
    now = stage.clock[0]
    offer = offer_device(stage.fair.store, VISITOR.at(now), provider_id(stage))
    came = ask_device(stage.fair.store, VISITOR.at(now), offer.note)
    assert came is not None
    link_elsewhere(stage.fair.store, ada.at(now), came.note)
    async with opened(stage, ada, "ways_in") as (pilot, _screen):
        await shown(pilot, PickOne)
        await reads(pilot, "Link: http://127.0.0.1")
        await pilot.press("down", "enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: my_links(stage.fair.store, ada) == [])


async def test_who_is_signed_in_links_a_sign_in_with_a_phone(stage: Stage, provider: Lying) -> None:
    gus = make_guest(stage.fair.store)
    async with opened(stage, gus, "ways_in") as (pilot, _screen):
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await reads(pilot, "You came back as Ada")
        assert my_links(stage.fair.store, gus) == []
        await pilot.press("enter")
        await reads(pilot, "Link: http://127.0.0.1")
    [link] = my_links(stage.fair.store, gus)
    assert link.email == "ada@example.org"


def provider_id(stage: Stage) -> UUID:
    return ways_elsewhere(stage.fair.store, VISITOR)[0].id
