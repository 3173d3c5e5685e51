"""Ctrl+C and a polite kill, at any moment."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from eventdesk.cli.stopping import until_interrupted


def test_ctrl_c_sets_the_event_and_the_former_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with until_interrupted() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(10)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_kill_while_the_event_is_being_waited_for_does_not_hang() -> None:
    # The signal comes while this thread holds the lock that waiting and setting share.
    with until_interrupted() as stop:
        with stop._cond:  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(10)


def test_signals_beyond_number_are_one() -> None:
    with until_interrupted() as stop:
        for _ in range(1_000):
            signal.raise_signal(signal.SIGINT)
        assert stop.wait(10)
    assert "interrupts" not in {thread.name for thread in threading.enumerate()}


WHILE_LOADING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "eventdesk.cli.group":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from eventdesk.cli import main
main(["--version"])
"""


def test_ctrl_c_while_the_program_loads_ends_it_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WHILE_LOADING], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.fixture
def hang_up() -> Iterator[None]:
    """Let SIGHUP end programs as it does by default, also where the tests run under nohup."""
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, former)


@pytest.mark.usefixtures("hang_up")
def test_a_terminal_that_is_closed_ends_it_in_good_order() -> None:
    with until_interrupted() as stop:
        os.kill(os.getpid(), signal.SIGHUP)
        assert stop.wait(10)


@pytest.mark.usefixtures("hang_up")
def test_where_a_closed_terminal_is_to_be_ignored_it_goes_on() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with until_interrupted() as stop:
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        os.kill(os.getpid(), signal.SIGHUP)
        assert not stop.is_set()
