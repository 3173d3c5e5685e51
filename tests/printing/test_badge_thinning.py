"""Files of badges go some time after the event; what waits, and what is young, stays."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from badges.folder_printer import FolderPrinter, PdfPrinter
from data.schema import DeliveryRow
from eventdesk.acts import SYSTEM, trust_clock, watch_clock
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.settings import Settings
from eventdesk.printing import Wanted, plan_badges, print_badges, thin_badges
from eventdesk.spooler import Spooler, chores
from tests.badge_jobs import admit, state_of
from tests.build import NOON, Fair

AFTER = utc_now() + timedelta(days=31)
"""Printing goes by the machine's clock; the event ended long before."""


@pytest.fixture
def badges(fair: Fair) -> Path:
    """Two badges, one with a text and a picture, one as PDF, and a file of somebody's own."""
    folder = fair.store.home / "badges"
    for name, printer in (
        ("Ada Lovelace", FolderPrinter(folder, with_picture=True)),
        ("Grace Hopper", PdfPrinter(folder)),
    ):
        admit(fair, name)
        spooler = Spooler(fair.store, printer, backups=False)
        spooler.drain(deadline=utc_now() + timedelta(seconds=20))
    (folder / "notes.txt").write_text("somebody's own", encoding="ascii")
    return folder


def test_files_are_deleted_and_the_badge_is_still_known(fair: Fair, badges: Path) -> None:
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 3
    assert [path.name for path in badges.iterdir()] == ["notes.txt"]
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 0
    with fair.store.read() as connection:
        rows = connection.execute(select(DeliveryRow.state, DeliveryRow.delivered_to)).all()
    assert set(map(tuple, rows)) == {("printed", str(badges))}


@pytest.mark.parametrize("days", [0, 32])
def test_files_stay_until_their_time_has_come(fair: Fair, badges: Path, days: int) -> None:
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=days) == 0
    assert len(list(badges.iterdir())) == 4


def test_files_stay_while_nobody_knows_whether_the_clock_is_right(fair: Fair, badges: Path) -> None:
    watch_clock(fair.store, SYSTEM)
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 0
    assert len(list(badges.iterdir())) == 4
    trust_clock(fair.store, SYSTEM.at(AFTER))
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 3


def test_files_stay_while_the_event_goes_on(fair: Fair, badges: Path) -> None:
    assert thin_badges(fair.store, SYSTEM.at(NOON), days=30) == 0


@pytest.mark.parametrize("state", ["queued", "leased", "failed"])
def test_what_waits_keeps_its_files(fair: Fair, badges: Path, state: str) -> None:
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state=state))
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 0


def test_a_badge_that_was_never_printed_waits_on(fair: Fair, badges: Path) -> None:
    waiting = admit(fair, "Mary Shelley")
    assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 3
    assert state_of(fair.store, waiting) == "queued"


def test_the_spooler_does_it_by_the_setting_of_the_home(
    fair: Fair, badges: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair.store.clock = lambda: AFTER
    settings = fair.store.home / "settings.toml"
    for days, left in ((90, 4), (30, 1)):
        settings.write_text(f"badge_days = {days}\n", encoding="ascii")
        stop = threading.Event()
        (group, *_) = chores.groups_of_chores(fair.store, stop, backups=False)
        group.thread.start()
        try:
            until(lambda left=left: len(list(badges.iterdir())) <= left)  # type: ignore[misc]
        finally:
            stop.set()
            group.thread.join()
        assert len(list(badges.iterdir())) == left


def until(condition: Callable[[], bool]) -> None:
    waiting, deadline = threading.Event(), time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.01)


@pytest.mark.parametrize(("text", "days"), [("0", 0), ("90", 90)])
def test_the_days_stand_in_the_settings(tmp_path: Path, text: str, days: int) -> None:
    (tmp_path / "settings.toml").write_text(f"badge_days = {text}\n", encoding="ascii")
    assert Settings.load(tmp_path).badge_days == days


@pytest.mark.parametrize("text", ["-1", "true", '"soon"', "40000"])
def test_days_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(f"badge_days = {text}\n", encoding="ascii")
    with pytest.raises(InvalidInputError, match="number of days"):
        Settings.load(tmp_path)


def test_badges_on_sheets_are_not_looked_for_again_and_again(fair: Fair) -> None:
    fair.sell("Ada")
    batch_id = plan_badges(fair.store, SYSTEM.at(NOON), fair.event.id, Wanted())
    (path,) = print_badges(fair.store, SYSTEM.at(NOON), batch_id).files
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        asked.extend([sql] if "delivered_to" in sql else [])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert thin_badges(fair.store, SYSTEM.at(AFTER), days=30) == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert (len(asked), path.exists()) == (1, True)
