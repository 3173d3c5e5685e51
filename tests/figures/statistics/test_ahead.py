"""The forecast beside the figures: days of an event, doors nobody works at yet, sober advice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from eventdesk.door import EntryPolicy, check_in, undo
from eventdesk.figures import (
    Pace,
    Standing,
    advice_words,
    door_basis,
    first_door,
    forecast_of,
    standing,
)
from eventdesk.figures.panel_values import Attendance, Lane
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair

DAY_2 = NOON + timedelta(days=1)


def seen(fair: Fair) -> Standing:
    return standing(fair.store, STAFF.at(DAY_2), fair.event.id)


def pace_of(fair: Fair) -> Pace:
    basis = door_basis(fair.store, STAFF.at(DAY_2), fair.door.id)
    return replace(Pace.of(basis), doors_at=DAY_2)


@pytest.mark.parametrize(
    ("policy", "to_come"), [(EntryPolicy.ONCE, 1.0), (EntryPolicy.ONCE_PER_DAY, 4.0)]
)
def test_on_the_second_day_those_come_who_may(
    fair: Fair, policy: EntryPolicy, to_come: float
) -> None:
    fair = make_fair(fair.store, "Two Days", entry_policy=policy)
    booked = fair.sell_all(["Ada", "Grace", "Alan", "Kay"])
    for number in range(3):
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, number)))
    now = seen(fair)
    assert (now.total.came, now.came_today) == (3, 0)
    ahead = forecast_of(now, pace_of(fair))
    assert ahead is not None
    assert ahead.to_come == pytest.approx(to_come)


def test_who_came_today_is_counted_once_and_not_after_an_undo(fair: Fair) -> None:
    fair = make_fair(fair.store, "Two Days", entry_policy=EntryPolicy.ANY)
    booked = fair.sell_all(["Ada", "Grace"])
    tokens = [fair.token(booked, number) for number in range(2)]
    for token in (tokens[0], tokens[0]):
        check_in(fair.store, STAFF.at(DAY_2), fair.scan(token))
    last = check_in(fair.store, STAFF.at(DAY_2), fair.scan(tokens[1]))
    undo(fair.store, SUPERVISOR.at(DAY_2), last.scan_id)
    assert seen(fair).came_today == 1


def test_the_door_is_the_first_list_to_arrive_by(fair: Fair) -> None:
    now = seen(fair)
    assert first_door(now, now.choice) == fair.door.id


def rush(fair: Fair, lanes: int, **given: Any) -> Standing:
    lane = Lane("Gate A", "Sam S.", 9, 2.0)
    return replace(
        seen(fair), opens_at=DAY_2, lanes=(lane,) * lanes, total=Attendance(0, 0, 5000), **given
    )


def test_before_anybody_works_there_it_says_how_many_desks_to_have(fair: Fair) -> None:
    now = rush(fair, 0)
    ahead = forecast_of(now)
    assert ahead is not None
    words = advice_words(now, ahead)
    assert f"Have {ahead.advice[0].lanes} desks open at 12:00." in words
    assert "Open" not in words.split("Have")[0]


def test_in_a_narrow_place_whole_sentences_are_left_out(fair: Fair) -> None:
    now = rush(fair, 4, seconds_each=25.0)
    ahead = forecast_of(now)
    assert ahead is not None
    words = advice_words(now, ahead, 50)
    assert len(words) <= 50
    assert words.endswith(".")
    assert advice_words(now, ahead).startswith(words)
    assert advice_words(now, ahead) != words


def test_a_door_at_work_is_not_told_to_find_a_hundred_lanes(fair: Fair) -> None:
    ahead = forecast_of(rush(fair, 4, seconds_each=25.0))
    assert ahead is not None
    assert 4 < max(advice.lanes for advice in ahead.advice) <= 12
