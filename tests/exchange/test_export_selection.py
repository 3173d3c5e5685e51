"""What of a list is exported: columns in their order, rows that fit, sorted."""

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.exchange import Comparison, Condition, Selection, read_condition
from eventdesk.exchange.exports.selection import selected
from eventdesk.tables.cells import Cell
from tests.build import NOON

HEADING = ("name", "price", "state", "at")
LINES: list[list[Cell]] = [
    ["Żuk", Money(900, "EUR"), "valid", NOON],
    ["Ada", Money(12000, "EUR"), "cancelled", None],
    ["zoe", Money(1000, "EUR"), "valid", NOON],
]


def taken(selection: Selection) -> tuple[tuple[str, ...], list[list[object]]]:
    heading, lines = selected((HEADING, iter(LINES)), selection)
    return heading, [list(line) for line in lines]


def names(*conditions: str, sort: str = "", descending: bool = False) -> list[object]:
    wanted = tuple(map(read_condition, conditions))
    _heading, lines = taken(Selection(("name",), wanted, sort, descending))
    return [name for (name,) in lines]


def test_columns_stand_in_the_order_they_were_chosen() -> None:
    heading, lines = taken(Selection(("state", "name")))
    assert heading == ("state", "name")
    assert lines[0] == ["valid", "Żuk"]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("state = Valid", ["Żuk", "zoe"]),
        ("state != valid", ["Ada"]),
        ("name ~ ZU", ["Żuk"]),
        ("price >= 10", ["Ada", "zoe"]),
        ("price <= 9,50", ["Żuk"]),
        ("at >= 2026-06-01", ["Żuk", "zoe"]),
        ("at <= 2026-06-01", ["Żuk", "zoe"]),
        ("at <= 2026-05", []),
        ("at =", ["Ada"]),
    ],
)
def test_a_condition_keeps_the_rows_it_is_true_of(condition: str, kept: list[str]) -> None:
    assert names(condition) == kept


def test_all_conditions_have_to_hold() -> None:
    assert names("state = valid", "price >= 10") == ["zoe"]


def test_rows_are_sorted_as_people_sort_and_numbers_as_numbers() -> None:
    assert names(sort="name") == ["Ada", "zoe", "Żuk"]
    assert names(sort="price", descending=True) == ["Ada", "zoe", "Żuk"]


def test_a_column_that_is_gone_is_said_and_not_left_out() -> None:
    with pytest.raises(InvalidInputError, match="no column 'Which size"):
        taken(Selection(("name", "Which size?")))


def test_a_number_column_takes_numbers_only() -> None:
    with pytest.raises(InvalidInputError, match="'cheap' is no number"):
        names("price >= cheap")


def test_a_condition_is_read_as_it_is_written() -> None:
    condition = Condition("note for the door", Comparison.HAS, "a = b")
    assert read_condition(str(condition)) == condition
