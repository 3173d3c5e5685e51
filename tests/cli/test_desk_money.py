"""Walk-ins and cash drawers on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build import Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.orders import add_seats, set_type
from tests.people import make_staff


@pytest.fixture
def fair(home: Path) -> Iterator[Fair]:
    with empty_store(home) as store:
        yield make_fair(store)


def said(call: Call, *arguments: str, status: int = 0) -> str:
    shown = call(*arguments)
    assert shown.exit_code == status, shown.output
    return shown.output


def test_a_day_at_the_desk_from_the_float_to_the_report(call: Call, fair: Fair, home: Path) -> None:
    assert "Desk 1\teventdesk" in said(call, "cash", "open", "Desk 1", "--float", "100")
    sold = said(call, "walk-in", "Ada Lovelace", "--type", "regular", "--given", "150")
    assert sold.startswith("in\t")
    assert "Change 30.00 EUR" in sold
    assert "booked in Desk 1" in sold
    card = said(
        call, "walk-in", "Bob", "--type", "VIP", "--method", "terminal", "--reference", "17"
    )
    assert "Change" not in card
    assert "should hold 200.00 EUR" in said(
        call, "cash", "move", "out", "20", "--reason", "courier"
    )
    assert "should hold 220.00 EUR" in said(
        call, "cash", "move", "back", "3", "--reason", "never left"
    )
    assert "20.00 EUR missing" in said(call, "cash", "count", "200x1")
    assert "needs a note" in said(call, "cash", "close", "200x1", status=2)
    report = said(call, "cash", "close", "200x1", "20x1")
    assert "✓ right" in report
    assert "takes back no. 3: never left" in report
    assert "\t✓ right" in said(call, "cash", "list")
    assert "agree" in said(call, "cash", "report", "--all")
    path = said(call, "cash", "report", "--drawer", "Desk 1", "--form", "pdf").strip()
    assert Path(path).read_bytes().startswith(b"%PDF")
    assert "of 1 booking " not in said(call, "payments", "check")


def test_the_badge_of_a_walk_in_is_printed_at_once(call: Call, fair: Fair, home: Path) -> None:
    said(call, "walk-in", "Ada Lovelace", "--type", "regular", "--given", "150")
    (badge,) = (home / "badges").glob("*.txt")
    assert "Ada Lovelace" in badge.read_text(encoding="utf-8")
    left = said(call, "walk-in", "Bob", "--type", "regular", "--no-print")
    assert "The badge waits" in left


def test_a_drawer_is_handed_over_on_the_command_line(call: Call, fair: Fair) -> None:
    for name in ("Sam", "Olu"):
        make_staff(fair, name=name)
    said(call, "cash", "open", "A", "--float", "50", "--operator", "sam@example.org")
    told = said(call, "cash", "hand-over", "50x1", "--to", "olu@example.org")
    assert "A went from Sam to Olu with 50.00 EUR: ✓ right." in told
    assert "Olu" in said(call, "cash", "list", "--open")


def test_the_same_nonce_sells_once(call: Call, fair: Fair) -> None:
    given = ("walk-in", "Ada", "--type", "Regular", "--nonce", "n-1")
    assert said(call, *given) == said(call, *given)
    assert "in no drawer" in said(call, *given)


def test_what_cannot_be_sold_is_said(call: Call, fair: Fair) -> None:
    assert "Name it with --type" in said(call, "walk-in", "Ada", status=2)
    set_type(fair, fair.vip, quota=0)
    assert "sold out" in said(call, "walk-in", "Ada", "--type", "VIP", status=1)
    forced = said(call, "walk-in", "Ada", "--type", "VIP", "--force", "the mayor")
    assert forced.startswith("in\t")
    only = fair.list("Crew", ticket_type_ids=frozenset({fair.vip}))
    refused = said(call, "walk-in", "Bob", "--type", "Regular", "--list", only.name, status=3)
    assert "Nothing was sold" in refused
    sold = said(call, "walk-in", "Bob", "--type", "Regular", "--list", only.name, "--only-sell")
    assert sold.startswith("sold\t")


def test_a_seat_is_named_by_its_label(call: Call, fair: Fair) -> None:
    section_id, _ = add_seats(fair, 3)
    set_type(fair, fair.vip, section_id=section_id)
    assert "Seat H-3" in said(call, "walk-in", "Ada", "--type", "VIP", "--seat", "h-3")
    assert "no seat" in said(call, "walk-in", "Bob", "--type", "VIP", "--seat", "Z-9", status=2)


@pytest.mark.parametrize("pieces", ["50", "50x", "x3", "3x1", "50x-1", "50x" + "9" * 5000])
def test_what_is_no_count_is_refused(call: Call, fair: Fair, pieces: str) -> None:
    said(call, "cash", "open", "--float", "0")
    assert "eventdesk:" in said(call, "cash", "count", "--", pieces, status=2)


def test_without_a_drawer_the_command_says_how_to_open_one(call: Call, fair: Fair) -> None:
    assert "eventdesk cash open" in said(call, "cash", "count", "50x1", status=2)
    said(call, "cash", "open", "--float", "0")
    assert "no movement" in said(call, "cash", "move", "back", "99", "--reason", "x", status=2)
