"""What is sold, on the command line: ticket types, codes, seats."""

from pathlib import Path

import pytest

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.exercises.demo.fill import fill_demo
from tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def _demo(home: Path) -> None:
    with Store.create(home) as store:
        fill_demo(store, size=2, seed=0, now=utc_now())


def test_a_type_is_added_listed_and_changed(call: Call) -> None:
    added = call(
        "type", "add", "Early bird", "89.00", "--quota", "100", "--tax", "19", "--fee", "2.5%"
    )
    assert added.exit_code == 0, added.stderr
    line = next(line for line in call("type", "list").stdout.splitlines() if "Early" in line)
    assert " ".join(line.split()) == "Early bird 91.23 EUR 0 sold 0 held 100 left on sale"
    changed = call("type", "change", "early", "--price", "99", "--quota", "none", "--fee", "1.00")
    assert changed.exit_code == 0, changed.stderr
    assert changed.stdout == "Early bird: 102.48 EUR, on sale.\n"
    assert call("type", "change", added.stdout.strip(), "--off").stdout.endswith("off.\n")
    assert call("type", "change", "early", "--remove").exit_code == 0
    assert "Early" not in call("type", "list").stdout


def test_wrong_terms_say_what_to_type(call: Call) -> None:
    for wrong in (["--quota", "many"], ["--until", "soon"], ["--tax", "lots"], ["--most", "0"]):
        refused = call("type", "add", "Early bird", "89.00", *wrong)
        assert refused.exit_code == 2
        assert refused.stderr.startswith("eventdesk: ")
    assert call("type", "change", "Nothing", "--off").exit_code == 2


def test_codes_are_added_listed_and_ended(call: Call) -> None:
    assert call("code", "list").stdout.startswith("No codes yet")
    assert call("code", "add", "early bird", "--off", "10%", "--most", "5").stdout == "EARLYBIRD\n"
    made = call("code", "add", "guest-", "--off", "5.00", "--make", "3").stdout.split()
    assert len(set(made)) == 3
    listed = call("code", "list").stdout
    first = " ".join(listed.splitlines()[0].split())
    assert first == "EARLYBIRD 10 % 0 of 5 used good"
    assert listed.count("5.00 EUR") == 3
    assert call("code", "end", "early bird").exit_code == 0
    assert "ended" in call("code", "list", "--search", "early").stdout


def test_a_code_takes_off_or_unlocks(call: Call) -> None:
    hidden = call("type", "add", "Backstage", "0", "--hidden")
    assert hidden.exit_code == 0, hidden.stderr
    assert call("code", "add", "CREW").exit_code == 2
    assert call("code", "add", "CREW", "--unlock", "--off", "10%").exit_code == 2
    assert call("code", "add", "CREW", "--unlock", "--type", "Backstage").exit_code == 0
    assert "unlocks" in call("code", "list").stdout


def test_seats_are_drawn_before_and_after_they_are_made(call: Call) -> None:
    assert "seats make" in call("seats", "plan").stdout
    arguments = ("seats", "make", "Stalls", "A-B", "4", "--aisles", "2", "--block", "B-1")
    drawn = call(*arguments, "--dry-run").stdout
    assert "B   ·   · · B" in drawn
    assert "seats make" in call("seats", "plan").stdout
    made = call(*arguments)
    assert made.stdout == "8 seats were made in Stalls.\n"
    assert drawn.rpartition("\n8 seats")[0] in call("seats", "plan").stdout
    assert call(*arguments).exit_code == 2
    more = call("seats", "make", "stalls", "C", "4")
    assert more.exit_code == 0
    assert "Stalls: 11 free, 0 taken" in call("seats", "plan").stdout


def test_a_type_may_be_for_one_section_and_one_day(call: Call) -> None:
    assert call("type", "change", "VIP", "--section", "Box").exit_code == 2
    assert call("seats", "make", "Box", "A", "2").exit_code == 0
    for terms in (
        ("--section", "box", "--good-from", "2030-01-01", "--good-until", "2030-01-02"),
        ("--section", "none", "--good-from", "none", "--good-until", "none"),
    ):
        changed = call("type", "change", "VIP", *terms)
        assert changed.exit_code == 0, changed.stderr
    backwards = ("--good-from", "2030-01-02", "--good-until", "2030-01-01")
    assert call("type", "change", "VIP", *backwards).exit_code == 2
