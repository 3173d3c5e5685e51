"""`eventdesk start`: an event in one command, and the same command again."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call

PEOPLE = "name,email,type\nAda Lovelace,ada@example.org,Regular\nKay,kay@example.org,\n"
HOW = ("start", "Harbour Summit", "--types", "Regular 120@25.00,Student 40")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def test_the_first_guest_is_in_by_the_third_command(call: Call, people: Path) -> None:
    made = call(*HOW, "--guests", str(people), "--email", "ada@desk.example")
    assert made.exit_code == 0, made.output
    assert "2 tickets in 2 bookings were imported." in made.stdout
    assert "Sign in as     ada@desk.example · " in made.stdout
    code = call("find", "lovelace").stdout.split()[0]
    admitted = call("check-in", code)
    assert admitted.exit_code == 0, admitted.output
    assert "Admitted  Ada Lovelace (Regular)" in admitted.stdout
    prices = call("type", "list").stdout
    assert "Regular" in prices
    assert "25.00" in prices


def test_the_same_again_changes_nothing_and_says_so(call: Call, people: Path) -> None:
    call(*HOW, "--guests", str(people))
    again = call(*HOW, "--guests", str(people))
    assert again.exit_code == 0
    assert "All of it was here already; nothing was changed." in again.stdout
    assert "Sign in as" not in again.stdout
    assert len(json.loads(call("events", "--json").stdout)) == 1
    assert len(call("booking", "list").stdout.splitlines()) == 2


def test_a_longer_file_brings_those_who_are_new(call: Call, people: Path) -> None:
    call(*HOW, "--guests", str(people))
    people.write_text(PEOPLE + "Zola,zola@example.org,Student\n")
    again = call(*HOW, "--guests", str(people))
    assert "1 ticket in 1 booking was imported." in again.stdout


def test_without_types_the_file_says_them(call: Call, people: Path) -> None:
    people.write_text("name,type\nAda,Crew\nKay,Press\n")
    made = call("start", "Fair", "--guests", str(people))
    assert made.exit_code == 0, made.output
    assert {line.split()[0] for line in call("type", "list").stdout.splitlines()} == {
        "Crew",
        "Press",
    }


def test_a_type_nobody_named_is_said_and_what_was_made_is_kept(call: Call, people: Path) -> None:
    people.write_text("name,type\nAda,VIP\n")
    refused = call(*HOW, "--guests", str(people))
    assert refused.exit_code == 3
    assert "row 2: unknown ticket type" in refused.stderr
    assert "give the same command again" in refused.stderr
    people.write_text("name,type\nAda,Student\n")
    assert "1 ticket in 1 booking was imported." in call(*HOW, "--guests", str(people)).stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ("start", ""),
        ("start", "Fair", "--types", "@5"),
        ("start", "Fair", "--types", "Regular 5@cheap"),
        ("start", "Fair", "--types", "Regular 5, regular 6"),
        ("start", "Fair", "--currency", "QQQ"),
        ("start", "Fair", "--zone", "Europe/Nowhere"),
        ("start", "Fair", "--from", "2030-06-02 09:00", "--until", "2030-06-01 09:00"),
        ("start", "Fair", "--guests", "nowhere.csv"),
        ("start", "Fair", "--email", "nobody"),
    ],
)
def test_what_cannot_be_used_makes_no_event(call: Call, wrong: tuple[str, ...]) -> None:
    refused = call(*wrong)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("eventdesk: ")
    assert "[]" in call("events", "--json").stdout or call("events").exit_code != 0


def test_an_empty_file_makes_no_event(call: Call, people: Path) -> None:
    people.write_text("name,type\n")
    refused = call("start", "Fair", "--guests", str(people))
    assert refused.exit_code == 2
    assert "has a heading but no rows" in refused.stderr
    assert call("events", "--json").stdout.strip() == "[]"


def test_at_a_terminal_it_asks(home: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "eventdesk", "--home", str(home), "start"]
    with subprocess.Popen(
        command, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as asked:
        os.write(master, b"Harbour Summit\nRegular 9\n\nada@example.org\n")
        told, _error = asked.communicate(timeout=120)
    os.close(master)
    os.close(slave)
    assert asked.returncode == 0, told
    assert "Name of the event" in told
    assert "Harbour Summit (" in told
    assert "Sign in as     ada@example.org" in told
