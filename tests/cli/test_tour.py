"""The first five minutes without a terminal."""

from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli import tour
from eventdesk.core.clock import utc_now
from eventdesk.door import recent_scans
from eventdesk.exercises.demo.fill import fill_demo
from tests.cli.conftest import Call

pytestmark = pytest.mark.long


def test_the_tour_ends_with_a_table_badges_and_a_picture(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "SIZE", 20)
    monkeypatch.setattr(tour, "SCENES", 2)
    shown = call("tour")
    assert shown.exit_code == 0, shown.output
    table = dict(line.rsplit(None, 1) for line in shown.stdout.splitlines() if "  " in line)
    assert table["shown"] == table["admitted"] == table["badges written"] == "2"
    assert "decode p95" in shown.stdout
    assert len(list((home / "badges").glob("*.txt"))) == 2
    picture = (home / "exports" / "kiosk.svg").read_text(encoding="utf-8")
    assert "Welcome" in picture.replace("&#160;", " ")
    again = call("tour")
    assert again.exit_code == 0, again.output
    assert "already_in" in again.stdout


def test_a_second_tour_leaves_events_that_came_after_it_alone(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "SIZE", 20)
    monkeypatch.setattr(tour, "SCENES", 2)
    assert call("tour").exit_code == 0
    with Store(home) as store:
        own = fill_demo(store, size=20, seed=1, now=utc_now()).list
    assert call("tour").exit_code == 0
    with Store(home) as store:
        assert recent_scans(store, SYSTEM, own.id) == []


def test_a_store_whose_tour_is_not_known_is_left_alone(call: Call, home: Path) -> None:
    assert call("demo", "--size", "20").exit_code == 0
    (home / tour.MADE_BY_TOUR).touch()
    shown = call("tour")
    assert shown.exit_code == 2, shown.output
    assert "was not made by a tour" in shown.stderr
