"""Writing to guests on the command line."""

import pytest

from tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def _event(call: Call) -> None:
    assert call("demo", "--size", "3").exit_code == 0


def test_it_says_how_many_before_anything_is_sent(call: Call) -> None:
    tried = call("announce", "send", "Doors open", "--text", "At ten.", "--dry-run")
    assert tried.exit_code == 0, tried.stderr
    assert tried.stdout.startswith("Not sent. 1 person gets it.")
    assert call("announce", "list").stdout.startswith("Nothing was sent yet")


def test_what_was_sent_is_listed(call: Call) -> None:
    sent = call("announce", "send", "Doors open", "--text", "At ten.", "--type", "vip")
    assert sent.exit_code == 0, sent.stderr
    assert sent.stdout.startswith("Sent. Nobody gets it.")
    listed = call("announce", "list").stdout.splitlines()
    assert listed[0].endswith("Doors open")
    assert listed[1].strip() == "to VIP: 0 told, 0 read"


def test_whom_it_is_for_has_to_exist(call: Call) -> None:
    for wrong in (
        ["--type", "Nothing"],
        ["--session", "Nothing"],
        ["--type", "v", "--session", "x"],
    ):
        assert call("announce", "send", "Title", "--text", "Text", *wrong).exit_code == 2
