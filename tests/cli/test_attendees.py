"""Who has a ticket of an event, on the command line."""

import json
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import block, cancel_tickets, list_attendees
from eventdesk.cli import attendees
from eventdesk.door import check_in
from tests.build import NOON, STAFF, Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.orders import EARLY, order_for, person


@pytest.fixture
def fair(home: Path) -> Fair:
    """Ada is in, Ben is blocked, Cid is cancelled, Dan did not pay in time, Eve is to pay."""
    with empty_store(home) as store:
        fair = make_fair(store)
        ada = fair.sell("Ada Lovelace", seat="A 1")
        check_in(store, STAFF.at(NOON), fair.scan(fair.token(ada)))
        ben = fair.sell("Ben", ticket_type_id=fair.vip)
        block(store, SYSTEM.at(NOON), ben.ticket_ids[0], note="card stolen")
        cid = fair.sell("Cid")
        cancel_tickets(store, SYSTEM.at(NOON), cid.ticket_ids, reason="ill")
        order_for(fair, person(store, "Dan"), "Dan", now=EARLY)
        fair.sell_all(["Eve"], paid=False)
    return fair


def names(call: Call, *arguments: str) -> list[str]:
    listed = call("attendee", "list", *arguments, "--json")
    assert listed.exit_code == 0, listed.stderr
    return [one["name"] for one in json.loads(listed.stdout)]


def test_all_attendees_are_listed_with_state_type_seat_and_whether_they_are_in(
    call: Call, fair: Fair
) -> None:
    listed = call("attendee", "list", "Demo")
    assert listed.exit_code == 0, listed.stderr
    lines = {
        line.split("  ")[-1].split(" · ")[0].strip(): line for line in listed.stdout.splitlines()
    }
    assert list(lines) == ["Eve", "Dan", "Cid", "Ben", "Ada Lovelace"]
    assert " paid       ✓ in    Ada Lovelace · Regular · seat A 1" in lines["Ada Lovelace"]
    assert lines["Ben"].endswith("Ben · VIP · ✗ blocked")
    assert " cancelled " in lines["Cid"]
    assert " expired " in lines["Dan"]
    assert " pending " in lines["Eve"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("--state paid", ["Ben", "Ada Lovelace"]),
        ("--state pending", ["Eve"]),
        ("--state cancelled", ["Cid"]),
        ("--state expired", ["Dan"]),
        ("--state waiting", []),
        ("--in", ["Ada Lovelace"]),
        ("--state paid --not-in", ["Ben"]),
        ("--search lovelace", ["Ada Lovelace"]),
        ("--search lovelace --not-in", []),
    ],
)
def test_a_list_is_narrowed(call: Call, fair: Fair, given: str, found: list[str]) -> None:
    assert names(call, *given.split()) == found


def test_who_waits_for_approval_is_found_as_such(call: Call, fair: Fair, home: Path) -> None:
    with Store(home) as store:
        Fair(store, fair.event, fair.regular, fair.vip, fair.door, fair.gate).sell_all(
            ["Fay"], approved=False
        )
    assert names(call, "--state", "waiting") == ["Fay"]
    assert "Fay" not in names(call, "--state", "paid")


def test_a_list_longer_than_a_page_is_whole(
    call: Call, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendees, "AT_ONCE", 2)
    assert names(call) == ["Eve", "Dan", "Cid", "Ben", "Ada Lovelace"]


def test_who_books_meanwhile_moves_nobody_into_the_list_twice(
    call: Call, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendees, "AT_ONCE", 2)
    pages: list[object] = []

    def interrupted(store: Store, *given: object, **more: object) -> object:
        page = list_attendees(store, *given, **more)  # type: ignore[arg-type]
        if not pages:
            Fair(store, fair.event, fair.regular, fair.vip, fair.door, fair.gate).sell("Gus")
        pages.append(page)
        return page

    monkeypatch.setattr(attendees, "list_attendees", interrupted)
    assert names(call) == ["Eve", "Dan", "Cid", "Ben", "Ada Lovelace"]
    assert len(pages) == 3


def test_an_event_without_tickets_says_so(call: Call, home: Path) -> None:
    with empty_store(home) as store:
        make_fair(store)
    assert call("attendee", "list").stdout == "Nobody.\n"
