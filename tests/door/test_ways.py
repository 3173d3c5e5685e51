"""Which lists end what a check-in at another list began: the door and the figures ask the same."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from eventdesk.door import all_left_at, ways
from eventdesk.door.check_in_list import ends, leads_out_of

HALL, ATTIC = UUID(int=100), UUID(int=101)


@dataclass(frozen=True)
class Door:
    id: UUID
    kind: str
    place_id: UUID | None = None
    auto_exit: str = ""


ARRIVE = Door(UUID(int=1), "arrive")
HALL_DOOR = Door(UUID(int=2), "room", HALL)
ATTIC_DOOR = Door(UUID(int=3), "room", ATTIC)
SHIRTS = Door(UUID(int=4), "collect")
BADGES = Door(UUID(int=5), "badge")
HOME = Door(UUID(int=6), "leave", auto_exit="23:00")
OUT_OF_HALL = Door(UUID(int=7), "leave", HALL)
ALL = (ARRIVE, HALL_DOOR, ATTIC_DOOR, SHIRTS, BADGES, HOME, OUT_OF_HALL)


@pytest.mark.parametrize(
    ("entered", "by"),
    [
        (ARRIVE, {ARRIVE, HOME}),
        (HALL_DOOR, {HALL_DOOR, HOME, OUT_OF_HALL}),
        (ATTIC_DOOR, {ATTIC_DOOR, HOME}),
        (SHIRTS, {SHIRTS}),
        (BADGES, {BADGES}),
    ],
)
def test_a_stay_is_ended_by_its_own_list_its_room_s_and_the_house_s(
    entered: Door, by: set[Door]
) -> None:
    assert {each for each in ALL if ends(each, entered)} == by


def test_a_way_out_counts_those_who_came_by_its_own_door() -> None:
    assert [each for each in ALL if leads_out_of(HOME, each)] == [ARRIVE]
    assert [each for each in ALL if leads_out_of(OUT_OF_HALL, each)] == [HALL_DOOR]


def test_the_ways_of_a_list_are_those_of_what_it_counts() -> None:
    assert ways([ARRIVE], ALL) == ((ARRIVE,), (ARRIVE, HOME))
    assert ways([OUT_OF_HALL], ALL) == ((HALL_DOOR,), (HALL_DOOR, HOME, OUT_OF_HALL))
    assert ways([SHIRTS], ALL) == ((SHIRTS,), (SHIRTS,))


def test_all_have_left_when_the_way_out_says_so() -> None:
    assert all_left_at(ARRIVE, ALL) == "23:00"
    assert all_left_at(SHIRTS, ALL) == ""
    assert all_left_at(Door(UUID(int=9), "arrive", auto_exit="20:00"), ALL) == "20:00"
