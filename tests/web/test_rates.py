"""Counts of requests are forgotten when their window is over, and no thread is made for them."""

import threading
from collections.abc import Callable

import pytest

from eventdesk.web.counts import FORGET, Counts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time."""

    def set_to(now_s: float) -> None:
        monkeypatch.setattr("eventdesk.web.counts.time.time", lambda: now_s)

    set_to(1000.0)
    return set_to


def test_a_window_ends_and_the_next_begins(clock: Callable[[float], None]) -> None:
    counts = Counts()
    assert [counts.incr("one", 60) for _ in range(3)] == [1, 2, 3]
    assert (counts.get("one"), counts.get("other")) == (3, 0)
    assert counts.get_expiry("one") == 1060
    clock(1060.0)
    assert counts.get("one") == 0
    assert counts.incr("one", 60) == 1


def test_windows_that_are_over_are_forgotten(clock: Callable[[float], None]) -> None:
    counts = Counts()
    for number in range(FORGET):
        counts.incr(f"early {number}", 60)
    clock(1060.0)
    for number in range(FORGET):
        counts.incr(f"late {number}", 60)
    assert counts.reset() <= FORGET + 1


def test_a_count_makes_no_thread() -> None:
    before = threading.active_count()
    counts = Counts()
    for _ in range(100):
        counts.incr("one", 60)
    assert threading.active_count() == before
    counts.clear("one")
    assert counts.get("one") == 0
    assert counts.check()
