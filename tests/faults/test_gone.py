"""A store that is deleted, moved or swapped while it is open: nothing is admitted into thin air."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from badges.folder_printer import FolderPrinter
from badges.printers import open_printer
from data.files import problems
from data.schema import AdmissionRow
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreBusyError, StoreGoneError, StoreReplacedError
from eventdesk.desk import Desk
from eventdesk.door import CheckInResult, Outcome, check_in
from eventdesk.headless import Answered, scan_all
from eventdesk.keeping import keep_backup, make_backup
from eventdesk.printing import badge_queue, claim_badges
from eventdesk.spooler import Spooler
from tests.backing import plain
from tests.build import NOON, STAFF, Fair, make_fair
from tests.faults.processes import start
from tests.screens.stage import FakeScanner
from tests.test_spooler import _until

pytestmark = pytest.mark.long


def _admitted(home: Path) -> int:
    """Admissions in the file of a home, as a program that knows nothing of ours reads them."""
    with closing(sqlite3.connect(home / FILE_NAME)) as connection:
        return int(connection.execute("SELECT count(*) FROM admission").fetchone()[0])


def _in_store(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(AdmissionRow)).scalar_one()


@pytest.fixture
def tokens(fair: Fair) -> list[str]:
    """Tickets of guests who come one after the other."""
    booked = fair.sell_all([f"Guest {number}" for number in range(8)])
    return [fair.token(booked, number) for number in range(8)]


@pytest.fixture
def admit(fair: Fair, tokens: list[str]) -> Callable[[], Outcome]:
    """Scan the next guest's ticket."""
    following = iter(tokens)
    return lambda: check_in(fair.store, STAFF.at(NOON), fair.scan(next(following))).outcome


def test_nothing_is_admitted_when_the_home_was_deleted(
    fair: Fair, admit: Callable[[], Outcome]
) -> None:
    assert admit() is Outcome.ADMITTED
    shutil.rmtree(fair.store.home)
    with pytest.raises(StoreGoneError, match="not there any more") as gone:
        admit()
    assert "Put the folder" in gone.value.hint
    with pytest.raises(StoreGoneError):
        badge_queue(fair.store, SYSTEM, fair.event.id, now=NOON)
    assert not fair.store.home.exists()


def test_a_home_that_was_moved_goes_on_when_it_is_back(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path
) -> None:
    admit()
    fair.store.home.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreGoneError):
        admit()
    (tmp_path / "elsewhere").rename(fair.store.home)
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == _admitted(fair.store.home) == 2


def test_what_was_begun_before_the_home_went_is_not_committed(fair: Fair, tmp_path: Path) -> None:
    writing = fair.store.write()
    writing.__enter__().exec_driver_sql("INSERT INTO setting VALUES ('begun', 'before')")
    fair.store.home.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreGoneError):
        writing.__exit__(None, None, None)
    (tmp_path / "elsewhere").rename(fair.store.home)
    with fair.store.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM setting WHERE key = 'begun'")
        assert found.scalar_one() == 0


def test_a_copy_of_the_same_house_is_opened_in_its_place(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path
) -> None:
    admit()
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    admit()
    before = fair.store.opening
    plain(backup.path).replace(fair.store.path)
    assert _in_store(fair.store) == 1
    assert fair.store.opening > before
    assert admit() is Outcome.ADMITTED
    assert problems(fair.store.path) == []
    assert _admitted(fair.store.home) == 2


def test_a_store_of_another_house_is_not_written_to(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path
) -> None:
    with Store.create(tmp_path / "other") as other:
        make_fair(other)
    fair.store.home.rename(tmp_path / "elsewhere")
    (tmp_path / "other").rename(fair.store.home)
    with pytest.raises(StoreReplacedError, match="Another store"):
        admit()
    assert _admitted(fair.store.home) == 0
    fair.store.home.rename(tmp_path / "other")
    (tmp_path / "elsewhere").rename(fair.store.home)
    assert admit() is Outcome.ADMITTED


def test_the_right_store_without_its_keys_is_not_opened(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path
) -> None:
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    fair.store.home.rename(tmp_path / "elsewhere")
    fair.store.home.mkdir()
    plain(tmp_path / "elsewhere" / "backups" / backup.path.name).rename(fair.store.path)
    with pytest.raises(StoreReplacedError, match="no key file"):
        admit()


def test_a_deleted_log_loses_nothing(fair: Fair, admit: Callable[[], Outcome]) -> None:
    for _ in range(3):
        admit()
    for suffix in ("-wal", "-shm"):
        fair.store.path.with_name(FILE_NAME + suffix).unlink()
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == _admitted(fair.store.home) == 4
    assert problems(fair.store.path) == []


def test_two_programs_whose_log_was_deleted_both_go_on(
    fair: Fair, tokens: list[str], admit: Callable[[], Outcome]
) -> None:
    admit()
    door = start("door_program", fair.store.home, fair.door.id, 1)
    assert door.stdout is not None
    assert door.stdout.readline() == "ready\n"
    for suffix in ("-wal", "-shm"):
        fair.store.path.with_name(FILE_NAME + suffix).unlink()
    admit()
    said, _ = door.communicate("\n".join(tokens[4:]))
    assert [line.split()[0] for line in said.splitlines()] == ["admitted"] * 4
    admit()
    assert _in_store(fair.store) == _admitted(fair.store.home) == 7
    assert problems(fair.store.path) == []


def test_a_store_opened_again_waits_for_what_still_reads(
    fair: Fair, admit: Callable[[], Outcome]
) -> None:
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    with fair.store.read():
        plain(backup.path).replace(fair.store.path)
        with pytest.raises(StoreBusyError, match="opened again"):
            admit()
    assert admit() is Outcome.ADMITTED


def test_no_backup_and_no_chore_makes_the_home_anew(fair: Fair) -> None:
    shutil.rmtree(fair.store.home)
    with pytest.raises(StoreGoneError):
        keep_backup(fair.store, SYSTEM.at(NOON))
    spooler = Spooler(fair.store, open_printer("folder", badges_folder=fair.store.home / "badges"))
    spooler.start()
    spooler.stop()
    assert not fair.store.home.exists()


def test_a_badge_taken_before_the_home_went_is_not_printed_until_it_is_back(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit()
    spooler = Spooler(fair.store, FolderPrinter(tmp_path / "paper"), backups=False)
    claim = claim_badges

    def claim_then_move(*args: Any, **kwargs: Any) -> Any:
        jobs = claim(*args, **kwargs)
        fair.store.home.rename(tmp_path / "elsewhere")
        return jobs

    monkeypatch.setattr("eventdesk.spooler.courier.claim_badges", claim_then_move)
    with pytest.raises(StoreGoneError):
        spooler.deliver_due(now=utc_now())
    assert not (tmp_path / "paper").exists()
    monkeypatch.undo()
    (tmp_path / "elsewhere").rename(fair.store.home)
    assert spooler.deliver_due(now=utc_now()) == 1
    assert [badge.name[:7] for badge in (tmp_path / "paper").iterdir()] == ["Guest 0"]
    assert badge_queue(fair.store, SYSTEM, fair.event.id, now=utc_now()).waiting == 0


def test_a_running_spooler_goes_on_when_the_home_is_back(
    fair: Fair, admit: Callable[[], Outcome], tmp_path: Path
) -> None:
    printer = FolderPrinter(tmp_path / "paper")
    spooler = Spooler(fair.store, printer, backups=False)
    spooler.start()
    try:
        admit()
        _until(lambda: len([*(tmp_path / "paper").glob("*.txt")]) == 1)
        fair.store.home.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreGoneError):
            admit()
        assert len([*(tmp_path / "paper").glob("*.txt")]) == 1
        (tmp_path / "elsewhere").rename(fair.store.home)
        admit()
        _until(lambda: len([*(tmp_path / "paper").glob("*.txt")]) == 2)
    finally:
        spooler.stop()


def test_a_scan_of_the_headless_door_says_that_the_store_is_gone(
    fair: Fair, tokens: list[str]
) -> None:
    scanner, stop = FakeScanner(), threading.Event()
    shutil.rmtree(fair.store.home)
    scanner.show(tokens[0])
    scanner.show(tokens[1])
    said: list[CheckInResult] = []
    door: Any = scanner
    for answered in scan_all(fair.store, SYSTEM, door, fair.door, stop, on_notice=print):
        if isinstance(answered, Answered):
            said.append(answered.result)
        if len(said) == 2:
            stop.set()
    assert [result.outcome for result in said] == [Outcome.ERROR] * 2
    assert "not there any more" in said[0].reason


async def test_a_desk_hears_that_the_store_went_and_that_it_is_back(
    desk: Desk, fair: Fair, tmp_path: Path
) -> None:
    changes = desk.changes()
    heard = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    fair.store.home.rename(tmp_path / "elsewhere")
    await heard
    with pytest.raises(StoreGoneError):
        await desk.read(badge_queue, SYSTEM, fair.event.id, now=NOON)
    (tmp_path / "elsewhere").rename(fair.store.home)
    await anext(changes)
    await desk.read(badge_queue, SYSTEM, fair.event.id, now=NOON)


def test_a_door_in_another_process_admits_nobody_once_the_home_is_gone(
    fair: Fair, tokens: list[str], tmp_path: Path
) -> None:
    """The other door scans all the time while its home is moved away under it."""
    door = start("door_program", fair.store.home, fair.door.id, 1)
    assert door.stdin is not None
    assert door.stdout is not None
    assert door.stdout.readline() == "ready\n"
    fair.store.home.rename(tmp_path / "elsewhere")
    said, _ = door.communicate("\n".join(tokens))
    assert "admitted" not in said
    assert door.returncode != 0
    assert _admitted(tmp_path / "elsewhere") == 0
