"""The way in without a code, and what the kiosk forgets."""

import pytest
from textual.widgets import Input

from eventdesk.accounts import add_account
from eventdesk.acts import SYSTEM, Role
from eventdesk.door import counters
from screens.self_service import kiosk_screen
from screens.self_service.keyboard import Keyboard
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import NOON
from tests.screens.stage import FakeScanner, Stage, page, reads, shown, text_of, typed, until

pytestmark = pytest.mark.long

PIN = "258013"


def guest(stage: Stage) -> None:
    """Sell Ada and her friend a ticket each, on an account of Ada's."""
    account_id = add_account(
        stage.fair.store,
        SYSTEM.at(NOON),
        stage.fair.event.id,
        email="ada@example.org",
        name="Ada",
        role=Role.ATTENDEE,
        secret=PIN,
    )
    stage.fair.sell_all(["Ada Lovelace", "Grace Hopper"], account_id=account_id)


async def test_lets_in_by_email_and_pin(stage: Stage) -> None:
    guest(stage)
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.click("#no-code-button")
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await until(pilot, lambda: screen.panes.current == "tickets")
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert "Welcome, Grace Hopper" in page(pilot)
        assert counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted == 1


async def test_lets_in_by_booking_code_typed_on_the_screen(stage: Stage) -> None:
    booked = stage.fair.sell("Ada Lovelace")
    async with stage.kiosk(FakeScanner(), size=(120, 40)) as (pilot, screen):
        await pilot.press("f9")
        await pilot.click("#guest-booking")
        keyboard = screen.query_one(Keyboard)
        for sign in booked.code.lower():
            row = next(row for row in keyboard.rows if sign in row)
            at = (
                row.index(sign) * keyboard._key_width + 1,
                keyboard.rows.index(row) * keyboard._row_height,
            )
            await pilot.click(Keyboard, offset=at)
        await pilot.click("#find")
        await until(pilot, lambda: screen.panes.current == "tickets")
        await pilot.press("enter")
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert "Welcome, Ada Lovelace" in page(pilot)


async def test_a_wrong_pin_and_an_unknown_guest_look_the_same(stage: Stage) -> None:
    guest(stage)
    said = []
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        for email in ("ada@example.org", "bob@example.org"):
            await pilot.press("f9", *email, "enter")
            await typed(pilot, "111999")
            await pilot.press("enter")
            await reads(pilot, "✗")
            said.append(text_of(screen, "#no-code-problem"))
            await pilot.press("escape")
    assert said[0] == said[1]
    assert "wrong" in said[0]


async def test_three_wrong_pins_lock_for_a_while_and_say_so(stage: Stage) -> None:
    guest(stage)
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.press("f9")
        await typed(pilot, "ada@example.org")
        for _ in range(4):
            await pilot.click("#guest-pin")
            await typed(pilot, "111999")
            await pilot.press("enter")
            await until(pilot, lambda: not screen.query_one("#guest-pin", Input).value)
        await reads(pilot, "Too many wrong tries")


async def test_keeps_the_email_when_the_pin_was_wrong(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.press("f9")
        await typed(pilot, "ada@example.org")
        await pilot.press("enter")
        await typed(pilot, "111999")
        await pilot.press("enter")
        await reads(pilot, "✗")

        assert "ada@example.org" in page(pilot)
        assert not screen.query_one("#guest-pin", Input).value


async def test_left_alone_it_forgets_everything_typed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.press("f9")
        await typed(pilot, "ada@example.org")
        assert "ada@example.org" in page(pilot)
        monkeypatch.setattr(kiosk_screen, "FORGET_S", 0.05)
        await pilot.press("x")
        await until(pilot, lambda: screen.panes.current == "idle")

        assert not any(field.value for field in screen.query(Input))


async def test_left_alone_it_closes_the_staff_pin(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, _screen):
        await pilot.press("f10")
        monkeypatch.setattr(kiosk_screen, "FORGET_S", 0.05)
        await pilot.press("1")
        await shown(pilot, KioskScreen)
