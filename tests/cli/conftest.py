"""Calling the command line as people do."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventdesk.cli import cli
from eventdesk.exercises.demo.morning import PRINTERS

DEMO_PRINTERS = [new.name for new, _gate in PRINTERS]
Call = Callable[..., Result]


def take_printers_away(call: Call) -> None:
    """Take the printers of the demo away: badges go into the folder of the home then."""
    for name in DEMO_PRINTERS:
        taken = call("printer", "remove", name)
        assert taken.exit_code == 0, taken.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def call(home: Path) -> Call:
    """Run a command in this process; standard output and error come apart."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--home", str(home), *arguments])

    return run


@pytest.fixture
def program(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command as a process of its own, with pipes instead of a terminal."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "eventdesk", "--home", str(home), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run
