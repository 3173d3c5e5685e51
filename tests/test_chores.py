"""Chores that are done on changes: at first, after a change, and a part of the time at most."""

import time

import pytest

from data.store import Store
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Topic
from eventdesk.spooler.chores import OnChange
from tests.build import Fair

SALES = frozenset({Topic.SALES})


class Clock:
    """Seconds that pass when it is said."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "monotonic", made.monotonic)
    return made


def change(store: Store, fair: Fair, *topics: Topic) -> None:
    with store.write() as connection:
        note_touched(connection, [(topic, fair.event.id) for topic in topics] or [UNSEEN])


def test_it_is_done_at_first_and_where_something_of_its_topics_changed(
    store: Store, fair: Fair, clock: Clock
) -> None:
    done: list[int] = []
    chore = OnChange(store, SALES, lambda: done.append(1))
    chore()
    chore()
    change(store, fair)
    change(store, fair, Topic.DOOR)
    chore()
    assert len(done) == 1
    change(store, fair, Topic.SALES)
    chore()
    assert len(done) == 2


def test_one_that_fails_is_done_again_without_another_change(store: Store, fair: Fair) -> None:
    tries: list[int] = []

    def fails() -> None:
        tries.append(1)
        raise OSError("the disk is full")

    chore = OnChange(store, SALES, fails)
    for _ in range(2):
        with pytest.raises(OSError, match="disk"):
            chore()
    assert len(tries) == 2


def test_one_that_takes_long_rests_nine_times_as_long_and_misses_nothing(
    store: Store, fair: Fair, clock: Clock
) -> None:
    done: list[float] = []

    def takes_long() -> None:
        clock.now_s += 4.0
        done.append(clock.now_s)

    chore = OnChange(store, SALES, takes_long)
    chore()
    change(store, fair, Topic.SALES)
    clock.now_s += 35.0
    chore()
    assert done == [1004.0]
    clock.now_s += 1.0
    chore()
    assert done == [1004.0, 1044.0]
