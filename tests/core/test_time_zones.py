"""The machine's time zone, wherever it is said."""

from pathlib import Path

import pytest

from eventdesk.core import wall_clock as time_zones
from eventdesk.core.wall_clock import machine_zone


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that says no zone."""
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(time_zones, "LOCALTIME", tmp_path / "localtime")
    monkeypatch.setattr(time_zones, "TIMEZONE", tmp_path / "timezone")
    return tmp_path


def test_a_machine_that_says_none_has_utc(machine: Path) -> None:
    assert machine_zone() == "UTC"


def test_the_environment_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "timezone").write_text("Asia/Tokyo\n")
    monkeypatch.setenv("TZ", ":Africa/Nairobi")
    assert machine_zone() == "Africa/Nairobi"


def test_the_link_into_the_zones_is_followed(machine: Path) -> None:
    zone = machine / "zoneinfo" / "America" / "Lima"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (machine / "localtime").symlink_to(zone)
    assert machine_zone() == "America/Lima"


@pytest.mark.parametrize("said", ["Europe/Nowhere", "../../etc/passwd", "\x00", ""])
def test_what_is_no_zone_is_passed_over(
    machine: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    (machine / "timezone").write_text(said)
    if "\x00" not in said:
        monkeypatch.setenv("TZ", said)
    assert machine_zone() == "UTC"
