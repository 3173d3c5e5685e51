"""When garbage is collected: in a pause, and at a busy door every ten minutes all the same."""

import time

from textual.app import App

from screens.core.memory import MAX_S, PAUSE_S, QuietCollector


def test_garbage_waits_for_a_pause_but_not_for_ever() -> None:
    collector, begun_s = QuietCollector(App[None]()), time.monotonic()
    collector.touched()
    assert not collector.collect_if_due(begun_s + PAUSE_S / 2)
    assert collector.collect_if_due(begun_s + 2 * PAUSE_S)
    at_s = begun_s + 2 * PAUSE_S
    for _ in range(int(MAX_S) - 1):  # somebody is there every second
        at_s += 1
        collector._touched_s = at_s
        assert not collector.collect_if_due(at_s)
    assert collector.collect_if_due(at_s + 2)
