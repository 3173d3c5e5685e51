"""What is typed while the program is loaded reaches its first screen, in order and whole."""

from pathlib import Path

import pytest
from textual.events import Key

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import counters, find_tickets, list_check_in_lists
from eventdesk.exercises.demo.fill import fill_demo
from screens.core.terminal_driver import keys_of
from tests.terminal import Terminal

DESK = ["desk", "--list", "Main"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "home") as store:
        fill_demo(store, size=6, seed=1, now=utc_now())
    return tmp_path / "home"


def _tokens(home: Path, count: int) -> list[str]:
    with Store(home) as store:
        return list(
            some_tokens(store, SYSTEM, list_check_in_lists(store, SYSTEM)[0].event_id, limit=count)
        )


def _inside(home: Path) -> int:
    with Store(home) as store:
        return counters(store, SYSTEM, list_check_in_lists(store, SYSTEM)[0].id).inside


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_codes_scanned_before_the_desk_is_there_are_checked_in(home: Path, end: str) -> None:
    tokens = _tokens(home, 3)
    with Terminal(home, DESK) as terminal:
        for token in tokens:
            terminal.press(f"{token}{end}")
        terminal.wait_for("3 inside now")
    assert _inside(home) == 3


def test_a_code_scanned_while_the_screen_is_being_made_is_whole(home: Path) -> None:
    (token,) = _tokens(home, 1)
    with Terminal(home, DESK) as terminal:
        terminal.press(token[:20])
        while b"\x1b[?1049h" not in terminal.output:  # the terminal is taken over here
            terminal.read_for(0.002)
            assert not terminal.ended
        terminal.press(token[20:])
        terminal.read_for(0.002)
        terminal.press("\r")
        terminal.wait_for("1 inside now")


def test_a_name_typed_early_is_searched_for(home: Path) -> None:
    with Store(home) as store:
        event_id = list_check_in_lists(store, SYSTEM)[0].event_id
        ticket = find_tickets(store, SYSTEM, event_id, "a")[0]
    with Terminal(home, DESK) as terminal:
        terminal.press(ticket.name.split()[0])
        terminal.wait_for(ticket.code)


def test_a_code_scanned_after_an_early_escape_is_checked_in(home: Path) -> None:
    (token,) = _tokens(home, 1)
    with Terminal(home, DESK) as terminal:
        terminal.press("nobody\x1b")  # clears what was typed
        terminal.press(f"{token}\r")
        terminal.wait_for("1 inside now")


def test_keys_that_are_read_at_once_are_told_apart() -> None:
    keys = [
        each.key for each in keys_of("\x1bab\x1b\x1b[Ac\x1bOP\x1b[21~\x1b") if isinstance(each, Key)
    ]
    assert keys == ["escape", "a", "b", "escape", "up", "c", "f1", "f10", "escape"]


def test_the_key_of_the_staff_is_heard_by_a_kiosk_that_is_being_loaded(home: Path) -> None:
    with Terminal(home, ["kiosk", "--camera", f"{home}/none.mp4", "--list", "Main"]) as terminal:
        terminal.press("\x1b[21~")  # F10
        terminal.wait_for("PIN")
        terminal.wait_for("Hold your ticket")


def test_an_enter_typed_early_is_one_at_the_sign_in(home: Path) -> None:
    with Terminal(home, []) as terminal:
        terminal.press("nobody@example.org\r")
        terminal.wait_for("nobody@example.org")
        terminal.wait_for("PIN")
