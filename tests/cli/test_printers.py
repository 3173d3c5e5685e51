"""Printers from the command line: set up, assigned, looked after, and used by what prints."""

import json
import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Call, take_printers_away


@pytest.fixture
def desk(call: Call) -> Call:
    assert call("demo", "--size", "20", "--seed", "1").exit_code == 0
    take_printers_away(call)
    return call


def _listed(call: Call) -> list[dict[str, object]]:
    result = call("printer", "list", "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.output)
    return found


def test_what_a_printer_says_ends_without_a_full_stop_for_programs(
    desk: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert desk("printer", "add", "Desk A", "cups:paper").exit_code == 0
    assert desk("printer", "test", "Desk A").exit_code != 0
    assert _listed(desk)[0]["text"] == "CUPS is not installed on this machine"


def test_a_printer_from_setting_up_to_the_badge(desk: Call, tmp_path: Path) -> None:
    assert "No printer is set up" in desk("printer", "list").output
    folder = tmp_path / "badges of desk a"
    added = desk("printer", "add", "Desk A", f"folder:{folder}", "--labels", "300", "--warn", "299")
    assert added.exit_code == 0, added.output
    assert desk("gate", "add", "Own gate").exit_code == 0
    assert desk("printer", "assign", "desk a", "--gate", "own gate").exit_code == 0
    tried = desk("printer", "test", "Desk A")
    assert tried.exit_code == 0, tried.output
    assert tried.output.startswith("✓ Printed: ")
    assert len(list(folder.iterdir())) == 1
    (printer,) = _listed(desk)
    assert (printer["gates"], printer["labels_left"]) == (["Own gate"], 299)
    status = desk("printer", "status")
    assert status.exit_code == 0
    assert "! Desk A" in status.output
    assert desk("printer", "refill", "Desk A", "500").exit_code == 0
    assert desk("printer", "assign", "Desk A", "--everywhere").exit_code == 0
    assert desk("printer", "change", "Desk A", "--name", "Desk B", "--off").exit_code == 0
    (printer,) = _listed(desk)
    assert (printer["name"], printer["on"], printer["labels_left"]) == ("Desk B", False, 500)
    assert desk("printer", "remove", "Desk B").exit_code == 0
    assert _listed(desk) == []


def test_scans_print_on_the_printer_that_is_set_up_unless_another_is_named(
    desk: Call, tmp_path: Path, home: Path
) -> None:
    assert desk("printer", "add", "Desk A", f"folder:{tmp_path / 'set-up'}").exit_code == 0
    film = str(tmp_path / "guests.avi")
    assert desk("demo-video", film, "--scenes", "1").exit_code == 0
    scanned = desk("scan", film, "--list", "Main entrance")
    assert scanned.exit_code == 0, scanned.output
    printed = list((tmp_path / "set-up").glob("*.txt"))
    assert printed
    assert not list((home / "badges").glob("*.txt"))


def test_the_order_is_changed_and_an_absent_printer_is_said_to_be(desk: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    desk("printer", "add", "One", f"tcp://127.0.0.1:{port}")
    desk("printer", "add", "Two", "folder")
    assert desk("printer", "change", "Two", "--earlier").exit_code == 0
    assert [each["name"] for each in _listed(desk)] == ["Two", "One"]
    tried = desk("printer", "test", "One")
    assert tried.exit_code == 1
    assert tried.output.startswith("✗ Nothing was sent")
    status = desk("printer", "status")
    assert status.exit_code == 1
    assert "✗ One" in status.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("printer", "add", "A", "smoke:signals"), "is no printer"),
        (("printer", "test", "Nobody"), "printer"),
        (("printer", "assign", "Nobody"), "At which gates"),
        (("printer", "refill", "Nobody"), "How many labels"),
        (("printer", "remove", "Nobody"), "printer"),
    ],
)
def test_what_cannot_be_done_says_so_and_exits_2(
    desk: Call, arguments: tuple[str, ...], says: str
) -> None:
    result = desk(*arguments)
    assert result.exit_code == 2, result.output
    assert says in result.output


def test_an_address_is_tried_without_being_set_up(desk: Call, tmp_path: Path) -> None:
    result = desk("printer", "test", f"file:{tmp_path / 'paper.txt'}")
    assert result.exit_code == 0, result.output
    assert "Test print" in (tmp_path / "paper.txt").read_text()
    assert _listed(desk) == []
    assert desk("printer", "find").exit_code == 0
