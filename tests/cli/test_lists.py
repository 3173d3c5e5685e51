"""Check-in lists from the command line: every field, rules that are typed, and trying them."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.lists import read_rule
from eventdesk.core.errors import EventDeskError
from eventdesk.door import (
    CheckInList,
    DoorSetup,
    EntryPolicy,
    GateView,
    ListKind,
    Rule,
    RuleKind,
    doors_of_event,
)
from eventdesk.events import list_events
from tests.build import NOON, make_fair
from tests.cli.conftest import Call

CHILD, NORTH, SOUTH = (UUID(int=number) for number in range(3))
SETUP = DoorSetup(
    (),
    (GateView(NORTH, CHILD, "North gate"), GateView(SOUTH, CHILD, "South gate")),
    ((CHILD, "Child"),),
)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("2 a day", Rule(RuleKind.PER_DAY, number=2)),
        ("1 entry", Rule(RuleKind.MOST, number=1)),
        ("3 Entries", Rule(RuleKind.MOST, number=3)),
        ("30 minutes", Rule(RuleKind.MINUTES, number=30)),
        (
            "child: 10:00-12:00, 14-16",
            Rule(
                RuleKind.TIMES,
                ticket_type_ids=frozenset({CHILD}),
                spans=(("10:00", "12:00"), ("14:00", "16:00")),
            ),
        ),
        (
            "9-10 on 2026-06-01",
            Rule(RuleKind.TIMES, spans=(("09:00", "10:00"),), days=("2026-06-01",)),
        ),
        ("on 2026-06-01", Rule(RuleKind.TIMES, days=("2026-06-01",))),
        ("at north, South gate", Rule(RuleKind.GATES, gate_ids=frozenset({NORTH, SOUTH}))),
    ],
)
def test_rules_are_read_as_they_are_typed(typed: str, rule: Rule) -> None:
    assert read_rule(typed, SETUP) == rule


@pytest.mark.parametrize("typed", ["often", "2 weeks", "VIP: 2 a day", "at east", "9-10 on Monday"])
def test_what_is_no_rule_says_how_one_is_typed(typed: str) -> None:
    with pytest.raises(EventDeskError) as told:
        read_rule(typed, SETUP)
    assert told.value.hint


def lists(home: Path) -> dict[str, CheckInList]:
    with Store(home) as store:
        (event,) = list_events(store, SYSTEM.at(NOON))
        return {each.name: each for each in doors_of_event(store, SYSTEM, event.id).lists}


def said(call: Call, *arguments: str, exit_code: int = 0) -> str:
    shown: Any = call(*arguments)
    assert shown.exit_code == exit_code, shown.output
    return str(shown.output)


def test_a_list_is_named_without_its_event_where_no_other_is_called_so(call: Call) -> None:
    said(call, "init")
    for name in ("Fair", "Gala"):
        days = ("--from", "2031-05-01 10:00", "--until", "2031-05-02 18:00")
        said(call, "event", "create", name, *days)
        said(call, "list", "add", f"{name} door", "--event", name)
    changed = said(call, "list", "change", "Gala door", "--capacity", "7")
    assert "at most 7 inside" in changed
    said(call, "list", "add", "Fair door", "--event", "Gala")
    assert call("list", "change", "Fair door", "--capacity", "7").exit_code == 2
    there = said(call, "list", "change", "Fair door", "--capacity", "8", "--event", "Gala")
    assert "at most 8 inside" in there


def test_lists_of_all_kinds_are_added_changed_shown_and_tried(call: Call, home: Path) -> None:
    said(call, "demo", "--size", "5")
    pool = ["--entry", "any", "--rule", "1 a day", "--auto-exit", "22:00", "--capacity", "3"]
    said(call, "list", "add", "Pool", "--kind", "room", *pool)
    shirts = ["--item", "T-shirt", "--question", "Which size? [S | M]"]
    said(call, "list", "add", "Shirts", "--kind", "collect", *shirts)
    said(call, "list", "add", "Way out", "--kind", "leave")
    said(call, "list", "add", "Badges", "--kind", "badge")
    there = lists(home)
    assert there["Pool"].kind is ListKind.ROOM
    assert (there["Pool"].limit, there["Pool"].auto_exit) == (3, "22:00")
    assert there["Shirts"].questions[0].choices == ("S", "M")
    assert there["Way out"].kind is ListKind.LEAVE
    assert (there["Badges"].kind, there["Badges"].item) == (ListKind.BADGE, "Badge")
    shown = said(call, "list", "show")
    assert "Pool  (room, at most 3 inside, all out at 22:00)" in shown
    assert "    at most 1 a day" in shown

    at = ["--type", "VIP", "--at", "2026-06-01 13:00"]
    assert "✓ Come in" in said(call, "list", "try", "Pool", *at)
    before = ["--before", "2026-06-01 10:05"]
    refused = said(call, "list", "try", "Pool", *at, *before, exit_code=3)
    assert "! Not now: At most 1 entry a day, all used; again on Tue 2 Jun at 00:00." in refused
    assert "Room full: 3 of 3" in said(
        call, "list", "try", "Pool", *at, "--inside", "3", exit_code=3
    )

    assert "ends the stay in other rooms" in said(call, "list", "change", "Pool", "--ends-stays")
    assert lists(home)["Pool"].ends_stays
    said(call, "list", "change", "Pool", "--keeps-stays")
    changed = said(call, "list", "change", "Pool", "--capacity", "none", "--rule", "none")
    assert "(room, all out at 22:00)" in changed
    pool_now = lists(home)["Pool"]
    assert (pool_now.rules, pool_now.capacity) == ((), None)
    assert pool_now.entry_policy is EntryPolicy.ANY
    said(call, "list", "change", "Shirts", "--name", "Bags", "--item", "Bag")
    assert lists(home)["Bags"].item == "Bag"
    said(call, "list", "change", "Bags", "--remove")
    assert "Bags" not in lists(home)


def test_an_empty_event_says_how_to_add_the_first(call: Call) -> None:
    said(call, "init")
    said(call, *("event", "create", "Fair", "--from", "2099-06-01 09:00"), "--until", "2099-06-02")
    for kind in ("list", "gate"):
        assert f"eventdesk {kind} add" in said(call, kind, "show")
    assert "eventdesk type add" in said(call, "type", "list")


def test_a_companion_is_named_and_a_type_needs_company(call: Call, home: Path) -> None:
    said(call, "demo", "--size", "1")
    with Store(home) as store:
        fair = make_fair(store, "Fair")
        ada, carl = fair.sell("Ada").ticket_codes[0], fair.sell("Carl").ticket_codes[0]
    assert "Carl accompanies Ada." in said(call, "ticket", "companion", carl, "--of", ada)
    assert "Carl accompanies nobody." in said(call, "ticket", "companion", carl)
    said(call, "type", "add", "Child", "0", "--accompanied", "--event", "Fair")
    (refused, at) = ("nobody of its booking", ["--type", "Child", "--event", "Fair"])
    told = said(call, "list", "try", "Main", *at, exit_code=3)
    assert refused in told.casefold()
    said(call, "list", "try", "Main", *at, "--company")


def test_a_question_is_answered_and_a_shirt_handed_out(call: Call, home: Path) -> None:
    with Store.create(home) as store:
        fair = make_fair(store, "Fair")
        code = fair.sell("Ada").ticket_codes[0]
    asked = ["--item", "T-shirt", "--question", "Which size? [S | M]", "--rule", "at Gate A"]
    said(call, "list", "add", "Shirts", "--kind", "collect", *asked)
    at = ["check-in", code, "--list", "Shirts"]
    assert "Only at Gate A." in said(call, *at, exit_code=3)
    assert "? Which size? [S | M]" in said(call, *at, "--gate", "Gate", exit_code=3)
    at += ["--gate", "Gate A", "--answer"]
    assert "is not one of the choices" in said(call, *at, "Which size?=XL", exit_code=3)
    assert "answers no question of this list" in said(call, *at, "Colour=red", exit_code=2)
    handed = said(call, *at, "which size?=m")
    assert "✓ Hand out  Ada (Regular)\n  T-shirt" in handed


def test_optional_questions_are_asked_answered_or_skipped(call: Call, home: Path) -> None:
    with Store.create(home) as store:
        fair = make_fair(store, "Fair")
        codes = [fair.sell("Ada").ticket_codes[0] for _ in range(2)]
    said(call, "list", "add", "Teas", "--question", "Any wish? (optional)")
    asked = said(call, "check-in", codes[0], "--list", "Teas", exit_code=3)
    assert "? Any wish? (optional)" in asked
    said(call, "check-in", codes[0], "--list", "Teas", "--answer", "any wish?=Tea")
    said(call, "check-in", codes[1], "--list", "Teas", "--skip-questions")
