"""Nothing a guest can do leaves the kiosk."""

import random
import string
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.events import Key
from textual.keys import Keys
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.acts import SYSTEM
from eventdesk.door import recent_scans, remove_check_in_list, remove_gate, set_staff_pin
from eventdesk.printing import NewPrinter, add_printer, list_printers
from screens.door.choose_screen import ChooseScreen
from screens.modals.questions import PickOne, TextQuestion
from screens.self_service.kiosk_screen import KioskScreen
from screens.self_service.staff_menu import StaffPin
from tests.build import NOON, SUPERVISOR
from tests.screens.stage import (
    DEADLINE_S,
    FakeScanner,
    Stage,
    comes_to_rest,
    reads,
    send,
    shown,
    text_of,
    typed,
    until,
)

pytestmark = pytest.mark.long

PIN = "258013"
SPECIAL = [key.value for key in Keys]
CHORDS = [
    f"{chord}+{key}"
    for chord in ("ctrl", "alt", "shift", "ctrl+shift", "ctrl+alt", "super", "hyper", "meta")
    for key in (
        *string.ascii_lowercase,
        *string.digits,
        "enter",
        "escape",
        "tab",
        "f4",
        "backslash",
    )
]
FUNCTION_KEYS = [f"f{number}" for number in range(1, 25)]
ACTIONS = [
    *("quit", "app.quit", "leave", "app.leave", "command_palette", "suspend_process", "pop_screen"),
    *("back", "app.back", "next_theme", "change_theme", "help_quit", "screenshot", "help"),
    *("show_help_panel", "switch_mode('x')", "re_read", "push_screen('x')", "toggle_dark"),
    "simulate_key('ctrl+q')",
]
PIECES = [
    *("\x1b", "\x1b[", "\x1b[200~", "\x1b[201~", "\x11", "\x03", "\x1a", "\x10", "\x1c", "\x9b"),
    *("\x1b]0;x\x07", "\x1bP", "[/b]", "[@click=app.quit]x[/]", "\r", "\n", "\x00", "A" * 400),
    *("\x1b[17~", "\x1b[21~", "\x1b[113;5u", "\x1b[1;5P", "é漢😀", "\u202e"),
]
CONTROL_CHARACTERS = [*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0))]


@asynccontextmanager
async def still_locked(stage: Stage) -> AsyncIterator[tuple[Pilot[None], KioskScreen, FakeScanner]]:
    """Open a kiosk; after the block it must be locked, alive, and check a ticket in."""
    camera = FakeScanner()
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.kiosk(camera) as (pilot, screen):
        await pilot.press("f9", "escape")
        yield pilot, screen, camera
        # A thousand keys take longer than a pause waits for, and one of them may open a form.
        await comes_to_rest(pilot)
        await pilot.resize_terminal(80, 24)
        assert pilot.app._exit is False
        assert pilot.app.is_running
        assert screen in pilot.app.screen_stack
        assert isinstance(pilot.app.screen, KioskScreen | StaffPin)
        await come_back(pilot, screen)
        camera.show(token)
        await reads(pilot, "Welcome, Grace Hopper")


async def come_back(pilot: Pilot[None], screen: KioskScreen) -> None:
    """Forget what is on show until no key that was sent before opens a form any more."""
    deadline_s = time.monotonic() + DEADLINE_S
    while True:
        await screen.forget()
        await comes_to_rest(pilot)
        if pilot.app.screen is screen:
            return
        assert time.monotonic() < deadline_s, "forms open again and again"


def press_at_once(pilot: Pilot[None], keys: list[str]) -> None:
    for key in keys:
        character = key if len(key) == 1 else None
        pilot.app.post_message(Key(key, character))


@pytest.mark.parametrize("begin", ["escape", "f9", "f10"], ids=["idle", "form", "pin"])
async def test_no_key_leaves_it(stage: Stage, begin: str) -> None:
    async with still_locked(stage) as (pilot, screen, _camera):
        for keys in (SPECIAL, CHORDS, FUNCTION_KEYS, CONTROL_CHARACTERS, list(string.printable)):
            await screen.forget()
            await pilot.press(begin)
            press_at_once(pilot, keys)
            await pilot.pause()


async def test_no_action_of_the_program_leaves_it(stage: Stage) -> None:
    async with still_locked(stage) as (pilot, screen, _camera):
        theme = pilot.app.theme
        for action in ACTIONS:
            await pilot.app.run_action(action)
            await screen.run_action(action)
            await pilot.pause()
            assert pilot.app.theme == theme
            assert pilot.app.screen is screen, action


async def test_no_garbage_pasted_or_sent_leaves_it(stage: Stage) -> None:
    chance = random.Random(7)
    async with still_locked(stage) as (pilot, _screen, _camera):
        for begin in ("escape", "f9", "f10"):
            await pilot.press(begin)
            send(pilot, "".join(chance.choices(PIECES, k=60)))
            garbage = "".join(chance.choices(PIECES[3:], k=60))
            send(pilot, f"\x1b[200~{garbage}\x1b[201~")
            send(pilot, "\x1b[201~\x1b\\")
            await pilot.pause()


async def test_no_mouse_gesture_leaves_it(stage: Stage) -> None:
    chance = random.Random(5)
    async with still_locked(stage) as (pilot, _screen, _camera):
        for begin in ("escape", "f9", "f10"):
            await pilot.press(begin)
            for _ in range(50):
                x, y = chance.randint(1, 80), chance.randint(1, 24)
                button = chance.choice((0, 1, 2, 4, 8, 16, 64, 65))
                for _ in range(chance.randint(1, 3)):
                    send(pilot, f"\x1b[<{button};{x};{y}M\x1b[<{button};{x};{y}m")
                u, v = chance.randint(1, 80), chance.randint(1, 24)
                send(pilot, f"\x1b[<0;{x};{y}M\x1b[<32;{u};{v}M\x1b[<0;{u};{v}m")
            await pilot.pause()


async def test_no_size_of_the_terminal_ends_it(stage: Stage) -> None:
    async with still_locked(stage) as (pilot, _screen, _camera):
        for begin in ("escape", "f9", "f10"):
            await pilot.press(begin)
            for size in ((1, 1), (1, 50), (3, 3), (300, 90), (80, 24)):
                await pilot.resize_terminal(*size)
                await pilot.pause()


async def test_a_wrong_pin_does_not_open_the_menu(stage: Stage) -> None:
    async with still_locked(stage) as (pilot, _screen, _camera):
        await pilot.press("f10")
        await typed(pilot, "111999")
        await pilot.press("enter")
        await reads(pilot, "✗ This PIN is wrong.")


async def test_the_staff_pin_opens_the_menu_which_closes_it(stage: Stage) -> None:
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    async with stage.kiosk(FakeScanner(), actor=SUPERVISOR) as (pilot, _screen):
        await pilot.press("f10")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press("end", "enter")
        await shown(pilot, ChooseScreen)


async def test_closing_it_ends_the_program_when_nobody_signed_in(stage: Stage) -> None:
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    async with stage.kiosk(FakeScanner()) as (pilot, _screen):
        await pilot.press("f10")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press("end", "enter")
        await until(pilot, lambda: pilot.app._exit)


async def test_the_menu_helps_where_list_and_gate_were_removed(stage: Stage) -> None:
    store, fair = stage.fair.store, stage.fair
    set_staff_pin(store, SYSTEM.at(NOON), fair.event.id, PIN)
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        assert screen.place.gate_id == fair.gate.id
        other = fair.list("Side entrance")
        remove_check_in_list(store, SYSTEM.at(NOON), fair.door.id)
        remove_gate(store, SYSTEM.at(NOON), fair.gate.id)
        scanner.show(fair.token(fair.sell()))
        await reads(pilot, "Please go to the desk.")
        for entry, question in ((2, "Which check-in list?"), (3, "Which gate?")):
            await pilot.press("f10")
            await typed(pilot, PIN)
            await pilot.press("enter")
            await shown(pilot, PickOne)
            await pilot.press(*["down"] * entry, "enter")
            await reads(pilot, question)
            await pilot.press("enter")
            await shown(pilot, KioskScreen)
        await until(pilot, lambda: screen.place.gate is None)
        assert screen.place.check_in_list.id == other.id
        scanner.show(fair.token(fair.sell()))
        await reads(pilot, "Welcome, Ada Lovelace")


async def test_where_the_gate_was_removed_guests_are_let_in_without_one(stage: Stage) -> None:
    store, fair = stage.fair.store, stage.fair
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, _screen):
        remove_gate(store, SYSTEM.at(NOON), fair.gate.id)
        scanner.show(fair.token(fair.sell()))
        await reads(pilot, "Welcome, Ada Lovelace")
    assert [each.gate for each in recent_scans(store, SYSTEM, fair.door.id)] == [""]


async def test_the_menu_changes_gate_camera_theme_and_sounds(stage: Stage) -> None:
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    missing = str(stage.home / "none.mp4")
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        for entry, then in ((6, []), (7, []), (3, ["home", "enter"])):
            await pilot.press("f10")
            await typed(pilot, PIN)
            await pilot.press("enter")
            await shown(pilot, PickOne)
            await pilot.press(*["down"] * entry, "enter")
            if then:
                await reads(pilot, "Which gate?")
                await pilot.press(*then)
            await shown(pilot, KioskScreen)
        assert pilot.app.theme == "eventdesk-light"
        assert screen.tools.sounds.on
        await until(pilot, lambda: screen.place.gate is None)

        await pilot.press("f10")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press("down", "enter")
        question = await shown(pilot, TextQuestion)
        question.query_one("#answer", Input).value = missing
        await pilot.press("enter")
        await shown(pilot, KioskScreen)
        await until(pilot, lambda: "no file" in text_of(screen, "#health-camera"))


async def test_the_menu_chooses_the_language_to_begin_with(stage: Stage) -> None:
    set_staff_pin(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, PIN)
    async with stage.kiosk(FakeScanner()) as (pilot, _screen):
        await pilot.press("f10")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press(*["down"] * 5, "enter")
        await reads(pilot, "Which language to begin with?")
        await pilot.press("down", "down", "enter")
        await shown(pilot, KioskScreen)
        await reads(pilot, "Pas de code")


async def test_the_menu_switches_a_printer_off_and_on(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    set_staff_pin(store, SYSTEM.at(NOON), event_id, PIN)
    new = NewPrinter("Door", f"folder:{stage.home.parent / 'paper'}")
    printer = add_printer(store, SYSTEM.at(NOON), new)
    async with stage.kiosk(FakeScanner()) as (pilot, _screen):
        await pilot.press("f10")
        await typed(pilot, PIN)
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await pilot.press(*["down"] * 4, "enter")
        await reads(pilot, "Which printer?")
        await pilot.press("enter")
        await reads(pilot, "Switch it off")
        await pilot.press("down", "enter")
        await shown(pilot, KioskScreen)
        await until(pilot, lambda: not list_printers(store, SYSTEM)[0].enabled)
    assert list_printers(store, SYSTEM)[0].id == printer.id
