"""`eventdesk plan`."""

import json
from pathlib import Path

import pytest

from eventdesk.door import Direction, ListKind
from tests.build import empty_store, make_fair
from tests.cli.conftest import Call


@pytest.fixture
def fair_home(home: Path) -> None:
    with empty_store(home) as store:
        make_fair(store).sell_all(["Ada", "Kay"])


DOOR = ("--guests", "600", "--lanes", "2", "--seconds", "12", "--doors", "09:00")


def test_a_door_is_planned_in_words(call: Call, fair_home: None) -> None:
    done = call("plan", *DOOR)
    assert done.exit_code == 0, done.stderr
    assert "65% of the guests come in the first half hour." in done.stdout
    assert "!     2        10 min 09:29" in done.stdout
    assert "09:05  Open one more lane: then 3 open" in done.stdout


def test_a_door_is_planned_for_a_script(call: Call, fair_home: None) -> None:
    plan = json.loads(call("plan", *DOOR, "--json").stdout)
    assert plan["enough"] == 3
    assert plan["advice"][0]["change"] == 1
    assert max(point["wait_s"] for point in plan["advised"]) < 300


def test_without_numbers_it_takes_those_of_the_store(call: Call, fair_home: None) -> None:
    assert json.loads(call("plan", "--json").stdout)["rows"][0]["lanes"] == 1


def test_of_several_lists_it_takes_the_first_to_arrive_by(call: Call, home: Path) -> None:
    with empty_store(home) as store:
        fair = make_fair(store)
        fair.list("Way out", kind=ListKind.LEAVE, direction=Direction.EXIT)
        fair.list("VIP lounge")
    done = call("plan", *DOOR)
    assert done.exit_code == 0, done.stderr
    assert "Main entrance" in done.stdout


def test_what_makes_no_sense_is_refused(call: Call, fair_home: None) -> None:
    assert call("plan", "--doors", "teatime").exit_code == 2
    assert call("plan", "--lanes", "0").exit_code == 2
    assert call("plan", "--list", "Nowhere").exit_code != 0
