"""The best seats together, rows from a few words, and the plan as text."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.seating import (
    NewRows,
    best_block,
    best_split,
    drawn,
    preview,
    read_labels,
    read_numbers,
)
from eventdesk.seating.seat_layout import MAX_SEATS, lay_out, read_rows


@dataclass(frozen=True)
class Chair:
    row_no: int
    column_no: int
    free: bool = True


def hall(*rows: str) -> list[Chair]:
    """Seats from pictures of rows: a dot is free, an x is not, a space is an aisle."""
    return [
        Chair(row_no, column_no, sign == ".")
        for row_no, row in enumerate(rows)
        for column_no, sign in enumerate(row)
        if sign != " "
    ]


def picture(rows: tuple[str, ...], chosen: tuple[Chair, ...]) -> list[str]:
    marks = {(chair.row_no, chair.column_no) for chair in chosen}
    return [
        "".join("#" if (row_no, place) in marks else sign for place, sign in enumerate(row))
        for row_no, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "count", "best"),
    [
        pytest.param((".....", "....."), 3, [".###.", "....."], id="the middle of the front"),
        pytest.param(("xx.xx", "....."), 3, ["xx.xx", ".###."], id="the next row when it must"),
        pytest.param(("..xxxx", "......"), 2, ["..xxxx", "..##.."], id="a row back, not two aside"),
        pytest.param(
            ("x. .x", "x...x"), 2, ["x. .x", "x##.x"], id="no aisle between, though further back"
        ),
        pytest.param((". . .",), 2, ["# # ."], id="across one aisle where there is no other way"),
        pytest.param(("..x..",), 3, ["..x.."], id="no row has so many"),
        pytest.param((), 1, [], id="no seats"),
    ],
)
def test_the_best_block_is_where_people_would_point(
    rows: tuple[str, ...], count: int, best: list[str]
) -> None:
    assert picture(rows, best_block(hall(*rows), count)) == best


halls = st.lists(st.text(alphabet=". x", max_size=12), max_size=6).map(lambda rows: hall(*rows))


def in_reading_order(seats: list[Chair]) -> list[Chair]:
    return sorted(seats, key=lambda chair: (chair.row_no, chair.column_no))


@given(halls, st.integers(1, 6))
def test_a_block_is_free_seats_of_one_row_with_none_between(seats: list[Chair], count: int) -> None:
    block = best_block(seats, count)
    assert len(block) in (0, count)
    assert all(chair.free for chair in block)
    assert len({chair.row_no for chair in block}) <= 1
    ordered = in_reading_order(seats)
    if block:
        start = ordered.index(block[0])
        assert ordered[start : start + count] == list(block)


@given(halls, st.integers(1, 6))
def test_a_block_is_found_whenever_a_row_has_one(seats: list[Chair], count: int) -> None:
    ordered = in_reading_order(seats)
    windows = [ordered[start : start + count] for start in range(len(ordered) - count + 1)]
    there_is = any(
        all(chair.free for chair in window) and len({chair.row_no for chair in window}) == 1
        for window in windows
    )
    assert bool(best_block(seats, count)) is there_is


@given(halls, st.integers(1, 9))
def test_a_party_is_split_into_free_seats_each_once(seats: list[Chair], count: int) -> None:
    groups = best_split(seats, count)
    chosen = [chair for group in groups for chair in group]
    assert len(chosen) == len(set(chosen))
    assert all(chair.free for chair in chosen)
    enough = sum(chair.free for chair in seats) >= count
    assert len(chosen) == (count if enough else 0)
    if best_block(seats, count):
        assert len(groups) == 1


def test_the_largest_group_that_is_left_comes_first() -> None:
    rows = ("..x.x", "...xx")
    assert [len(group) for group in best_split(hall(*rows), 5)] == [3, 2]


def test_a_hall_of_twenty_thousand_seats_is_searched() -> None:
    wide = ["." * 200] * 100
    assert len(best_block(hall(*wide), 8)) == 8


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("A-C", ("A", "B", "C")),
        ("y-ab", ("Y", "Z", "AA", "AB")),
        ("1–3", ("1", "2", "3")),
        (" A , b;  D - E ", ("A", "B", "D", "E")),
        ("Box", ("BOX",)),
    ],
)
def test_rows_are_read_as_people_write_them(typed: str, names: tuple[str, ...]) -> None:
    assert read_rows(typed) == names


@pytest.mark.parametrize(
    "typed", ["", "  ", "C-A", "9-1", "A-9", "A-A1", "A,A", "1-2000", "\x1b[31m", "NINESIGNS"]
)
def test_rows_that_cannot_be_read_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_rows(typed)


def test_an_aisle_is_a_gap_between_columns_and_not_between_numbers() -> None:
    seats = lay_out(NewRows("A", 4, aisles_after=(2,)))
    assert [(seat.label, seat.column_no) for seat in seats] == [
        ("A-1", 1),
        ("A-2", 2),
        ("A-3", 4),
        ("A-4", 5),
    ]


def test_labels_begin_with_the_words_given_and_blocked_seats_are_meant_either_way() -> None:
    seats = lay_out(NewRows("A", 3, blocked=("a-1", "Balcony A-3"), prefix="Balcony"))
    assert [seat.label for seat in seats] == ["Balcony A-1", "Balcony A-2", "Balcony A-3"]
    assert [seat.blocked for seat in seats] == [True, False, True]


@pytest.mark.parametrize(
    "new",
    [
        NewRows("A", 0),
        NewRows("A", 501),
        NewRows("1-100", MAX_SEATS // 100 + 1),
        NewRows("A", 5, aisles_after=(5,)),
        NewRows("A", 5, aisles_after=(0,)),
        NewRows("A", 5, blocked=("B-1",)),
        NewRows("A", 5, prefix="x" * 21),
    ],
)
def test_rows_that_cannot_be_are_refused(new: NewRows) -> None:
    with pytest.raises(InvalidInputError):
        lay_out(new)


def test_numbers_and_labels_are_read_from_lists() -> None:
    assert read_numbers(" 5, 15;20 ") == (5, 15, 20)
    assert read_numbers("") == ()
    assert read_labels("a-1,  B-2 ,") == ("A-1", "B-2")
    with pytest.raises(InvalidInputError, match="These are no numbers"):
        read_numbers("five")


def test_a_plan_is_drawn_with_stage_rows_aisles_and_blocked_seats() -> None:
    plan = preview(NewRows("A-B", 4, aisles_after=(2,), blocked=("B-1",)))
    assert drawn(plan) == ["  ──stage──", "A · ·   · · A", "B   ·   · · B"]
