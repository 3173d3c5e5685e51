"""The first five minutes without a terminal."""

from pathlib import Path

import pytest

from eventdesk.cli import tour
from tests.cli.conftest import Call


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
