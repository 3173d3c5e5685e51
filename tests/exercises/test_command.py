"""`eventdesk rehearse` from the command line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventdesk.cli import cli
from eventdesk.exercises.rehearsal import rehearsing
from eventdesk.exercises.rehearsal.checking import Promises

pytestmark = pytest.mark.long


def call(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    call(tmp_path / "home", "demo", "--size", "20")
    return tmp_path / "home"


def test_the_report_is_read_saved_and_understood_by_scripts(home: Path, tmp_path: Path) -> None:
    page, table = tmp_path / "report.md", tmp_path / "report.json"
    shown = call(home, "rehearse", "--guests", "12", "--lanes", "1", "--report", str(page))
    assert shown.exit_code == 0
    assert "✓ Every promise was kept." in shown.stdout
    assert page.read_text(encoding="utf-8").strip() == shown.stdout.strip()
    again = call(
        home, "rehearse", "--guests", "12", "--lanes", "1", "--json", "--report", str(table)
    )
    said = json.loads(again.stdout)
    assert said == json.loads(table.read_text(encoding="utf-8"))
    assert said["came"] == 12
    assert said["kept"] is True
    assert {stage["name"] for stage in said["stages"]} >= {"check-in", "verdict → paper"}


def test_a_broken_promise_is_an_exit_status(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Promises(badges_lost=1, details=("the badge of ABCD did not come out",))
    monkeypatch.setattr(rehearsing, "check", lambda *_, **__: broken)
    shown = call(home, "rehearse", "--guests", "3", "--lanes", "1")
    assert shown.exit_code == 1
    assert "✗ the badge of ABCD did not come out" in shown.stdout
    assert "✗ A promise was broken." in shown.stdout


def test_what_was_typed_wrong_is_said(home: Path, tmp_path: Path) -> None:
    assert call(home, "rehearse", "--chaos", "fire").exit_code == 2
    assert call(home, "rehearse", "--guests", "0").exit_code == 2
    assert call(tmp_path / "nowhere", "rehearse").exit_code == 2
    (tmp_path / "no").write_text("a file, where a folder is meant")
    nowhere = str(tmp_path / "no" / "folder.md")
    assert call(home, "rehearse", "--guests", "2", "--report", nowhere).exit_code == 2


def test_an_interrupt_ends_with_the_report_so_far(home: Path) -> None:
    arguments = ["rehearse", "--guests", "5000", "--lanes", "1", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "eventdesk", "--home", str(home), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "guests come" in line:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    said = json.loads(out)
    assert process.returncode == 128 + signal.SIGINT
    assert said["stopped"] is True
    assert said["came"] < 5000
