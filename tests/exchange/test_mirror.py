"""The mirror: whole files, only those that changed, and nobody's edits kept."""

import json
import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from data.schema import EventRow
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import NotAllowedError
from eventdesk.exchange import Mirrored, follow_store, refresh_mirror
from eventdesk.tables.files import open_table
from tests.build import NOON, SUPERVISOR, Fair

LISTS = ("attendees", "registrations", "transactions", "waitlist", "queue", "availability")
FILES = 2 * (1 + len(LISTS))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


def refresh(fair: Fair, folder: Path) -> Mirrored:
    return refresh_mirror(fair.store, SYSTEM.at(NOON), folder)


def place_of(fair: Fair) -> str:
    return f"{fair.event.code} {fair.event.name}"


def test_everything_is_there_as_csv_and_json(fair: Fair, place: Path) -> None:
    fair.sell("=Ada")
    done = refresh(fair, place)
    names = ["events", *(f"{place_of(fair)}/{name}" for name in LISTS)]
    assert sorted(done.written) == sorted(
        f"{name}.{form}" for name in names for form in ("csv", "json")
    )
    people = json.loads((place / place_of(fair) / "attendees.json").read_text())
    assert [each["name"] for each in people] == ["=Ada"]
    table = open_table(place / place_of(fair) / "availability.csv")
    rows = [dict(zip(table.heading, cells, strict=True)) for _, cells in table.rows()]
    assert [(row["ticket type"], row["price"], row["taken"]) for row in rows] == [
        ("Regular", "120.00", "1"),
        ("VIP", "290.00", "0"),
    ]


def test_only_what_changed_is_written(fair: Fair, place: Path) -> None:
    refresh(fair, place)
    again = refresh(fair, place)
    assert (again.written, again.unchanged) == ((), FILES)
    fair.sell(paid=False)
    changed = {Path(name).stem for name in refresh(fair, place).written}
    assert changed == {"events", "attendees", "registrations", "transactions", "availability"}


def test_an_edit_by_hand_is_overwritten_and_told(
    fair: Fair, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refresh(fair, place)
    edited = place / "events.csv"
    before = edited.read_bytes()
    edited.write_text("mine")
    with caplog.at_level(logging.WARNING):
        done = refresh(fair, place)
    assert done.overwritten == ("events.csv",)
    assert edited.read_bytes() == before
    assert "changed by hand" in caplog.text


def test_a_change_of_the_store_is_no_edit(fair: Fair, place: Path) -> None:
    refresh(fair, place)
    fair.sell()
    assert refresh(fair, place).overwritten == ()


def test_the_folder_goes_with_the_events_name(fair: Fair, place: Path) -> None:
    refresh(fair, place)
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(name="Renamed / Days"))
    done = refresh(fair, place)
    assert done.overwritten == ()
    folders = [each.name for each in place.iterdir() if each.is_dir()]
    assert folders == [f"{fair.event.code} Renamed-Days"]


def test_no_draft_is_left_behind(fair: Fair, place: Path) -> None:
    refresh(fair, place)
    hidden = [each.name for each in place.rglob(".*")]
    assert hidden == [".mirror.json"]


def test_following_refreshes_when_something_was_committed(fair: Fair, place: Path) -> None:
    stop, refreshed = threading.Event(), threading.Semaphore(0)
    counts: list[int] = []

    def once() -> None:
        counts.append(len(refresh(fair, place).written))
        refreshed.release()

    follower = threading.Thread(
        target=follow_store, args=(fair.store, once), kwargs={"stop": stop, "poll_s": 0.01}
    )
    follower.start()
    try:
        assert refreshed.acquire(timeout=10)
        fair.sell("Ada Lovelace")
        assert refreshed.acquire(timeout=10)
    finally:
        stop.set()
        follower.join(10)
    assert not follower.is_alive()
    assert counts[0] == FILES
    assert counts[1] > 0
    assert "Ada Lovelace" in (place / place_of(fair) / "attendees.csv").read_text()


def test_a_mirror_shows_everything_so_only_an_admin_makes_one(fair: Fair, place: Path) -> None:
    with pytest.raises(NotAllowedError):
        refresh_mirror(fair.store, SUPERVISOR.at(NOON), place)
