"""Paired devices: the code at the desk, its phones, and the organizer's list of all."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from eventdesk.accounts import (
    DeviceProfile,
    DeviceRole,
    DeviceView,
    at_event,
    end_phone,
    list_devices,
    offer_pairing,
    offer_phone,
    pair_device,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, Role
from eventdesk.core.serving import noted_serving
from screens.desk.desk_screen import DeskScreen
from screens.door.conflicts_screen import ConflictsScreen
from screens.door.pairing import PairDialog
from screens.door.phones_screen import PhonesScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.event_screen import EventScreen
from tests.build import Fair
from tests.people import make_staff
from tests.screens.stage import Stage, noted, page, reads, shown, text_of, until

SERVED = "https://192.168.178.100:8440"
SIZES = ((80, 24), (160, 48))


@pytest.fixture
def served(stage: Stage) -> Iterator[str]:
    with noted_serving(stage.home, (SERVED,)):
        yield SERVED


def devices(fair: Fair) -> list[DeviceView]:
    return list_devices(fair.store, SYSTEM, fair.event.id)


def with_phone(fair: Fair, name: str) -> DeviceView:
    offer = offer_phone(fair.store, SYSTEM, fair.door.id, gate_id=fair.gate.id)
    return pair_device(fair.store, VISITOR, offer.code, name=name).device


# At the desk


@pytest.mark.parametrize("size", SIZES)
async def test_a_desk_shows_a_code_and_says_which_phone_took_it(
    stage: Stage, served: str, size: tuple[int, int]
) -> None:
    async with stage.desk_screen(size=size) as (pilot, _screen):
        await pilot.press("ctrl+d")
        dialog = await shown(pilot, PairDialog)
        assert dialog.encoded == f"{served}/pair#{dialog.offer.code}"
        code = dialog.query_one("#code", Static)
        assert code.display
        assert code.region.bottom <= size[1]
        assert code.region.right <= size[0]
        assert dialog.query_one("#beside").region.bottom <= size[1]
        await reads(pilot, f"Code: {dialog.offer.code}")
        assert "Main entrance · Gate A" in text_of(dialog, ".name")
        await reads(pilot, f"{served}/pair")
        await until(pilot, lambda: "◌ holds for 4:" in page(pilot))
        pair_device(stage.fair.store, VISITOR, dialog.offer.code, name="Pia's [b] phone")
        await shown(pilot, DeskScreen)
        await noted(pilot, "✓ Pia's [b] phone is paired")
    (phone,) = devices(stage.fair)
    assert phone.profile == DeviceProfile(DeviceRole.PHONE, stage.fair.door.id, stage.fair.gate.id)


async def test_a_code_that_is_over_goes_and_another_one_comes(stage: Stage, served: str) -> None:
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("ctrl+d")
        dialog = await shown(pilot, PairDialog)
        first = dialog.offer.code
        dialog.ends_s = time.monotonic()
        await until(pilot, lambda: "The code is over." in text_of(dialog, "#told"))
        assert not dialog.query_one("#code").display
        assert first not in page(pilot)
        await pilot.press("n")
        await until(pilot, lambda: dialog.offer.code != first)
        await reads(pilot, f"Code: {dialog.offer.code}")
        assert dialog.query_one("#code").display
        await pilot.press("escape")
        await shown(pilot, DeskScreen)


async def test_where_nothing_is_served_it_is_said_how_and_the_code_is_typed(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("ctrl+d")
        dialog = await shown(pilot, PairDialog)
        await until(pilot, lambda: "eventdesk serve" in text_of(dialog, "#told"))
        assert "--host 0.0.0.0" in text_of(dialog, "#told")
        await reads(pilot, f"Code: {dialog.offer.code}")
        assert not dialog.query_one("#code").display


@pytest.mark.parametrize("size", SIZES)
async def test_the_phones_of_a_desk_are_listed_and_ended(
    stage: Stage, served: str, size: tuple[int, int]
) -> None:
    fair = stage.fair
    phone = with_phone(fair, "Pia's [b] phone")
    elsewhere = offer_phone(fair.store, SYSTEM, fair.door.id)
    pair_device(fair.store, VISITOR, elsewhere.code, name="At no gate")
    async with stage.desk_screen(size=size) as (pilot, _screen):
        await pilot.press("ctrl+d")
        await shown(pilot, PairDialog)
        await reads(pilot, "1 phone helps here: L lists it")
        await pilot.press("l")
        await shown(pilot, PhonesScreen)
        await reads(pilot, "Pia's [b] phone")
        assert "At no gate" not in page(pilot)
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await reads(pilot, "No phone helps here.")
        assert phone.id not in {each.id for each in devices(fair)}
        with_phone(fair, "Ida's phone")
        await reads(pilot, "Ida's phone")
        await pilot.press("escape")
        await noted(pilot, "✓ Ida's phone is paired")


# The organizer's list


@asynccontextmanager
async def opened(stage: Stage, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    boss = make_staff(stage.fair, Role.ORGANIZER, "Sue")
    there: Actor = at_event(stage.fair.store, boss, stage.fair.event.id)
    app = stage.app(start="desk", actor=boss, gate_id=stage.fair.gate.id)
    async with app.run_test(size=size) as pilot:
        await shown(pilot, DeskScreen)
        screen = EventScreen(app.tools, there, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("devices", enter=True)
        await until(pilot, lambda: screen.query("#tab-devices PagedTable PagedLines"))
        yield pilot


@pytest.mark.parametrize("size", SIZES)
async def test_an_organizer_pairs_changes_and_revokes(
    stage: Stage, served: str, size: tuple[int, int]
) -> None:
    fair = stage.fair
    async with opened(stage, size) as pilot:
        await reads(pilot, "No device is paired yet.")
        await pilot.press("n")
        form = await shown(pilot, FormDialog)
        form.form.fields["role"].put(DeviceRole.KIOSK)
        form.form.fields["gate_id"].put(fair.gate.id)
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PairDialog)
        await reads(pilot, "A new kiosk")
        pair_device(fair.store, VISITOR, dialog.offer.code, name="By the [b] stairs")
        await shown(pilot, EventScreen)
        await noted(pilot, "✓ By the [b] stairs is paired")
        await reads(pilot, "By the [b] stairs")
        await reads(pilot, "✓ online")
        await pilot.press("enter")
        form = await shown(pilot, FormDialog)
        form.form.fields["name"].put("Stairs")
        form.form.fields["role"].put(DeviceRole.PHONE)
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await until(pilot, lambda: "Stairs" in page(pilot) and "phone" in page(pilot))
        (device,) = devices(fair)
        profile = DeviceProfile(DeviceRole.PHONE, fair.door.id, fair.gate.id)
        assert (device.name, device.profile) == ("Stairs", profile)
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await reads(pilot, "No device is paired yet.")
        assert devices(fair) == []


async def test_the_list_follows_what_others_do(stage: Stage) -> None:
    fair = stage.fair
    async with opened(stage, (160, 48)) as pilot:
        await reads(pilot, "No device is paired yet.")
        phone = with_phone(fair, "Pia's phone")
        await reads(pilot, "Pia's phone")
        await reads(pilot, "as its gate has it")
        end_phone(fair.store, SYSTEM, phone.id)
        await reads(pilot, "No device is paired yet.")


async def test_a_phone_without_a_list_is_refused_in_the_form(stage: Stage) -> None:
    async with opened(stage) as pilot:
        await reads(pilot, "No device is paired yet.")
        await pilot.press("n")
        form = await shown(pilot, FormDialog)
        form.form.fields["list_id"].put(None)
        await pilot.press("ctrl+s")
        await reads(pilot, "The phone of a desk has the list of that desk.")


async def test_what_is_to_be_settled_is_reached_from_the_devices(stage: Stage) -> None:
    async with opened(stage) as pilot:
        await reads(pilot, "No device is paired yet.")
        await pilot.press("s")
        await shown(pilot, ConflictsScreen)


async def test_a_device_that_was_there_already_is_not_taken_for_the_new_one(
    stage: Stage, served: str
) -> None:
    fair = stage.fair
    profile = DeviceProfile(DeviceRole.PHONE, fair.door.id, fair.gate.id)
    with_phone(fair, "Old phone")
    async with stage.desk_screen() as (pilot, _screen):
        await pilot.press("ctrl+d")
        dialog = await shown(pilot, PairDialog)
        await reads(pilot, "1 phone helps here: L lists it")
        assert dialog.offer.profile == profile
        offer = offer_pairing(fair.store, SYSTEM, fair.event.id)
        pair_device(fair.store, VISITOR, offer.code, name="A desk")
        with_phone(fair, "New phone")
        await noted(pilot, "✓ New phone is paired")
