"""Commands that ask first, where nobody can answer: standard input is closed."""

import subprocess
import sys
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.keeping import make_backup


def _run_closed(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as `eventdesk ... <&-` does."""
    command = [sys.executable, "-m", "eventdesk", "--home", str(home), *arguments]
    return subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", ["reset", "restore"])
def test_with_closed_input_it_refuses_or_does_what_yes_says(tmp_path: Path, command: str) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        make_backup(store, SYSTEM)
    refused = _run_closed(home, command)
    assert refused.returncode == 2
    assert "Add --yes" in refused.stderr
    done = _run_closed(home, command, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    verified = _run_closed(home, "audit", "verify")
    assert (verified.returncode, verified.stderr) == (0, "")
