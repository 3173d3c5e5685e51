"""The real program in a real terminal, ended from outside: kills, closed windows, keys."""

import csv
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.door import counters
from eventdesk.exercises.demo.fill import fill_demo
from tests.terminal import Terminal

SCREENS = {
    "sign-in": ([], "to work at the door"),
    "desk": (["desk", "--list", "Main"], "Main entrance"),
    "kiosk": (["kiosk", "--camera", "{home}/none.mp4", "--list", "Main"], "Hold your ticket"),
    "wall": (["wall"], "Arrivals"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("signals") / "home"
    with Store.create(home) as store:
        fill_demo(store, size=3, seed=1, now=utc_now())
    return home


Opened = Callable[[str], Terminal]


@pytest.fixture
def opened(made: Path) -> Opened:
    def start(name: str) -> Terminal:
        arguments = [each.format(home=made) for each in SCREENS[name][0]]
        return Terminal(made, arguments)

    return start


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *((name, signal.SIGTERM) for name in SCREENS),
        ("desk", signal.SIGHUP),
        ("kiosk", signal.SIGINT),
    ],
)
def test_a_signal_ends_a_screen_and_gives_the_terminal_back(
    opened: Opened, name: str, number: signal.Signals
) -> None:
    with opened(name) as terminal:
        terminal.wait_for(SCREENS[name][1])
        terminal.signal(number)
        assert terminal.wait_for_end() == 128 + number
        assert terminal.is_restored
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("name", list(SCREENS))
def test_a_screen_whose_store_lost_its_memory_gives_the_terminal_back_and_says_what_to_do(
    opened: Opened, made: Path, name: str
) -> None:
    """The signal is what the system sends where the index of the log was cut."""
    with opened(name) as terminal:
        terminal.wait_for(SCREENS[name][1])
        terminal.signal(signal.SIGBUS)
        assert terminal.wait_for_end() == 1
        assert terminal.is_restored
        assert terminal.has_usual_keys
        assert f"{made}/eventdesk.db-shm, was cut" in terminal.text
        assert "eventdesk doctor" in terminal.text


@pytest.mark.parametrize("name", ["desk", "kiosk"])
def test_a_closed_window_ends_a_screen(opened: Opened, name: str) -> None:
    with opened(name) as terminal:
        terminal.wait_for(SCREENS[name][1])
        assert terminal.hang_up() == 128 + signal.SIGHUP


def test_a_desk_that_was_started_to_outlive_its_terminal_works_on(made: Path) -> None:
    arguments = SCREENS["desk"][0]
    with Terminal(made, arguments, ignored=[signal.SIGHUP]) as terminal:
        terminal.wait_for(SCREENS["desk"][1])
        terminal.signal(signal.SIGHUP)
        terminal.press("\x1bOP")  # F1
        terminal.wait_for("The cash drawer: open it")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_for_end() == 128 + signal.SIGTERM


@pytest.fixture
def started_to_outlive() -> Iterator[None]:
    """Ignore the end of the terminal, as tests under nohup do."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, former)


@pytest.mark.usefixtures("started_to_outlive")
def test_a_program_of_the_tests_ends_by_signals_that_they_ignore(opened: Opened) -> None:
    with opened("sign-in") as terminal:
        terminal.wait_for(SCREENS["sign-in"][1])
        terminal.signal(signal.SIGHUP)
        assert terminal.wait_for_end() == 128 + signal.SIGHUP


def test_keys_that_are_signals_elsewhere_leave_the_kiosk_locked(opened: Opened) -> None:
    with opened("kiosk") as terminal:
        terminal.wait_for(SCREENS["kiosk"][1])
        terminal.press(b"\x03\x1c\x1a\x03")  # Ctrl+C, Ctrl+\, Ctrl+Z
        terminal.press("\x1b[21~")  # F10
        terminal.wait_for("PIN")
        assert not terminal.ended


def test_ctrl_c_in_a_long_import_ends_it_with_one_line_and_imports_nothing(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "guests.csv"
    with Store.create(home) as store:
        made = fill_demo(store, size=3, seed=1, now=utc_now())
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["name", "email", "order"])
        rows.writerows([f"Guest {each}", f"g{each}@example.org", each] for each in range(4_000))
    with Terminal(home, ["import", str(file), "--default-type", "Regular"]) as terminal:
        terminal.wait_for("1000/4000")
        terminal.press("\x03")
        assert terminal.wait_for_end(patience_s=10) == 130
        assert (
            terminal.text.splitlines()[-1] == "eventdesk: Stopped. What was not finished is undone."
        )
        assert "Traceback" not in terminal.text
    with Store(home) as store:
        assert counters(store, SYSTEM, made.list.id).expected == 3


def test_ctrl_c_at_a_question_is_ctrl_c(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        fill_demo(store, size=1, seed=1, now=utc_now())
    with Terminal(tmp_path, ["reset"]) as terminal:
        terminal.wait_for("[y/N]: ")
        for _ in range(50):  # a press before readline waits is seen at the next one
            if not terminal.ended:
                terminal.press("\x03")
                terminal.read_for(0.2)
        assert terminal.wait_for_end() == 130
