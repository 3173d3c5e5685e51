"""Backups: sound under load, thinned by rule, put back without losing what was there."""

import gzip
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data import files, packed
from data.files import keys_sold_with, problems
from data.house_lock import backing_up
from data.packed_copy import pack_copy
from data.schema import AdmissionRow, BookingRow, ScanRow
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.background import in_background
from eventdesk.core.errors import BackupError, KeyFileError, NotFoundError, StoreBusyError
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.keyring import Keyring
from eventdesk.door import Outcome, check_in
from eventdesk.keeping import (
    FOLDER,
    Backup,
    is_backing_up,
    keep_backup,
    list_backups,
    make_backup,
    restore,
    thinned,
)
from eventdesk.keeping.backups import (
    HOURLY_STEP,
    KEEP_ALL,
    KEEP_DAILY,
    KEEP_HOURLY,
    KEEP_MONTHLY,
    KEEP_NEWEST,
    LEFT_AFTER_S,
    keys_beside,
    unpacked,
)
from tests.backing import plain
from tests.build import NOON, STAFF, Fair, make_fair

HOUR = timedelta(hours=1)


def test_a_backup_taken_under_four_writers_is_sound_and_of_one_instant(fair: Fair) -> None:
    stop, sold = threading.Event(), count()
    threads = [threading.Thread(target=_sell_until, args=(fair, stop, sold)) for _ in range(4)]
    for thread in threads:
        thread.start()
    backups = [make_backup(fair.store, SYSTEM.at(NOON + number * HOUR)) for number in range(5)]
    stop.set()
    for thread in threads:
        thread.join()
    bookings = [_in_backup(backup.path) for backup in backups]
    assert all(_problems(backup.path) == [] for backup in backups)
    assert all(tickets == 2 * booked for booked, tickets in bookings)
    assert bookings == sorted(bookings)
    assert bookings[0] < bookings[-1], "nobody wrote meanwhile"


def _sell_until(fair: Fair, stop: threading.Event, sold: "count[int]") -> None:
    while not stop.is_set():
        fair.sell_all([f"Guest {next(sold)}", f"Guest {next(sold)}"])


def _in_backup(path: Path) -> tuple[int, int]:
    with unpacked(path) as store:
        return _bookings_and_tickets(store)


def _problems(path: Path) -> list[str]:
    with unpacked(path) as store:
        return problems(store)


def _bookings_and_tickets(path: Path) -> tuple[int, int]:
    connection = sqlite3.connect(path)
    try:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM booking), (SELECT count(*) FROM ticket)"
        ).fetchone()
    finally:
        connection.close()
    return int(row[0]), int(row[1])


def test_a_backup_holds_the_keys_and_leaves_no_draft(fair: Fair) -> None:
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    assert backup.made_at == NOON
    assert backup.size == backup.path.stat().st_size
    assert sorted(path.name for path in (fair.store.home / FOLDER).iterdir()) == [
        "20260601T100000Z.db.gz",
        "20260601T100000Z.keys",
    ]
    assert (keys_beside(backup.path) / KEY_FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_backup_is_kept_every_hour(store: Store) -> None:
    for minutes in (0, 30, 59, 60, 61, 130):
        keep_backup(store, SYSTEM.at(NOON + timedelta(minutes=minutes)))
    made = [backup.made_at for backup in list_backups(store.home)]
    assert made == [NOON + timedelta(minutes=minutes) for minutes in (130, 60, 0)]


def test_backups_of_a_year_thin_out_by_day_and_month(store: Store) -> None:
    folder = store.home / FOLDER
    folder.mkdir()
    hours = range(6, 24 * 500, 6)
    for age in hours:
        (folder / f"{NOON - age * HOUR:%Y%m%dT%H%M%SZ}.db").touch()
    make_backup(store, SYSTEM.at(NOON))
    ages = [NOON - backup.made_at for backup in list_backups(store.home)]
    assert sum(age <= KEEP_ALL for age in ages) == 5
    daily = sum(KEEP_ALL < age <= KEEP_DAILY for age in ages)
    last = KEEP_NEWEST - 5  # those made last stay even where there are four a day
    assert daily in (last + 30 - 5, last + 31 - 5)
    assert sum(age > KEEP_DAILY for age in ages) in (11, 12, 13)
    assert max(ages) <= KEEP_MONTHLY


@given(st.lists(st.integers(0, 24 * 400), unique=True, max_size=60))
def test_thinning_again_changes_nothing_and_spares_the_newest(ages: list[int]) -> None:
    backups = [_backup(NOON - age * HOUR) for age in ages]
    gone = thinned(backups, NOON)
    kept = [backup for backup in backups if backup not in gone]
    assert thinned(kept, NOON) == []
    assert all(backup in kept for backup in backups if NOON - backup.made_at <= KEEP_ALL)
    days = {backup.made_at.date() for backup in backups if NOON - backup.made_at <= KEEP_DAILY}
    assert days == {b.made_at.date() for b in kept if NOON - b.made_at <= KEEP_DAILY}


def _backup(made_at: datetime, number: int = 0, *, hourly: bool = False) -> Backup:
    return Backup(Path(f"{made_at:%Y%m%dT%H%M%SZ}.db"), made_at, 1, number, hourly)


def _kept(hours: int, every: timedelta = HOUR) -> list[Backup]:
    """What is left of so many that were made by the hour, each with its thinning."""
    kept: list[Backup] = []
    for number in range(1, hours + 1):
        now = NOON + number * every
        kept.append(_backup(now, number, hourly=True))
        gone = thinned(kept, now)
        kept = [backup for backup in kept if backup not in gone]
    return kept


def test_of_a_day_by_the_hour_the_last_six_stay_and_every_third_before_them() -> None:
    assert [backup.number for backup in _kept(24)] == [3, 6, 9, 12, 15, 18, *range(19, 25)]
    week = _kept(7 * 24)
    assert len([each for each in week if each.made_at > week[-1].made_at - KEEP_ALL]) <= 13


def test_those_made_by_the_hour_of_which_a_day_has_one_stay() -> None:
    assert [backup.number for backup in _kept(20, every=timedelta(days=1))] == [*range(1, 21)]


def test_what_somebody_made_stays_for_the_day() -> None:
    made = [_backup(NOON + number * HOUR, number, hourly=number != 4) for number in range(1, 13)]
    gone = thinned(made, NOON + 13 * HOUR)
    assert [backup.number for backup in gone] == [5, 2, 1]


@given(st.lists(st.integers(-400, 400), max_size=60))
def test_the_six_made_last_stay_whatever_the_clock_says(hours: list[int]) -> None:
    made = [_backup(NOON + hour * HOUR, at, hourly=True) for at, hour in enumerate(hours, 1)]
    for now in (NOON, NOON + 100 * timedelta(days=365), NOON - 100 * timedelta(days=365)):
        gone = thinned(made, now)
        assert not {each.number for each in gone} & {*range(len(made) - 5, len(made) + 1)}
        lately = [each for each in made if each.number > len(made) - KEEP_NEWEST]
        third = max(0, len(lately) - KEEP_HOURLY) // HOURLY_STEP
        stay = [each for each in lately if each not in gone]
        assert len(stay) >= min(len(lately), KEEP_HOURLY + third)


def test_a_backup_is_gzip_that_any_machine_unpacks(fair: Fair, tmp_path: Path) -> None:
    fair.sell()
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    whole = gzip.decompress(backup.path.read_bytes())
    (tmp_path / "store.db").write_bytes(whole)
    assert problems(tmp_path / "store.db") == []
    assert backup.size < len(whole) / 3


def test_a_backup_takes_less_room_than_one_packed_as_fast_as_gzip_goes(fair: Fair) -> None:
    """By so much a day of backups of a large event stays under 1.2 GB (`python -m bench.day`)."""
    fair.sell_all([f"Guest {number}" for number in range(100)])
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    fastest = gzip.compress(gzip.decompress(backup.path.read_bytes()), 1)
    assert backup.size < 0.97 * len(fastest)


def test_a_backup_of_any_level_is_restored(fair: Fair, tmp_path: Path) -> None:
    fair.sell()
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    plain, old = gzip.decompress(backup.path.read_bytes()), tmp_path / "old.db.gz"
    with gzip.open(old, "wb", compresslevel=9) as file:
        file.write(plain)
    backup.path.write_bytes(old.read_bytes())
    home = fair.store.home
    fair.sell_all(["Late Guest"])
    fair.store.close()
    restore(home, backup.path, now=NOON + HOUR)
    with unpacked(backup.path) as whole:
        assert _bookings_and_tickets(home / FILE_NAME) == _bookings_and_tickets(whole)


def test_what_takes_long_is_done_in_the_background_and_said(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[object, bool]] = []

    def listening(work: Callable[..., object], *given: str) -> object:
        called.append((work, is_backing_up(fair.store, SYSTEM)))
        return in_background(work, *given)

    monkeypatch.setattr("eventdesk.keeping.backups.in_background", listening)
    make_backup(fair.store, SYSTEM.at(NOON))
    assert called == [(pack_copy, True)]
    assert not is_backing_up(fair.store, SYSTEM)


def test_a_file_made_to_fill_the_disk_does_not(tmp_path: Path) -> None:
    header = bytearray(b"SQLite format 3\0".ljust(100, b"\0"))
    header[16:18] = (4096).to_bytes(2, "big")
    header[28:32] = (3).to_bytes(4, "big")
    path, target = tmp_path / "bomb.db.gz", tmp_path / "store.db"
    with gzip.open(path, "wb", compresslevel=1) as bomb:
        bomb.write(header)
        for _ in range(200):
            bomb.write(bytes(1024**2))
    with pytest.raises(BackupError, match="more than its header says"):
        packed.unpack(path, target)
    assert target.stat().st_size <= 3 * 4096
    header[28:32] = (2**32 - 1).to_bytes(4, "big")
    path.write_bytes(gzip.compress(bytes(header)))
    with pytest.raises(BackupError, match="has room for"):
        packed.unpack(path, tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


def test_a_copy_in_pieces_is_of_one_instant_and_never_begins_anew(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = fair.store.path.stat().st_size // 4096
    forced = count()

    def force(_descriptor: int) -> None:
        if next(forced) < 2 * pages:
            fair.sell(f"Guest {next(forced)}")

    fair.sell()
    monkeypatch.setattr(files, "STEP_PAGES", 8)
    monkeypatch.setattr(os, "fsync", force)
    files.copy_file(fair.store.path, tmp_path / "copy.db")
    monkeypatch.undo()
    assert problems(tmp_path / "copy.db") == []
    assert _bookings_and_tickets(tmp_path / "copy.db") == (1, 1)
    assert 8 < next(forced) < pages, "it was copied in pieces, and only once"


def test_no_program_makes_the_hourly_backup_while_another_does(store: Store) -> None:
    with backing_up(store.home) as claimed:
        assert claimed
        keep_backup(store, SYSTEM.at(NOON))
        assert list_backups(store.home) == []
    keep_backup(store, SYSTEM.at(NOON))
    assert [backup.hourly for backup in list_backups(store.home)] == [True]


def test_restore_brings_the_evening_back_and_sets_the_store_aside(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        token = fair.token(fair.sell())
        check_in(store, STAFF.at(NOON), fair.scan(token))
        backup = make_backup(store, SYSTEM.at(NOON))
        fair.sell("Too late")
    aside = restore(home, backup.path, now=NOON + HOUR)
    assert _bookings_and_tickets(aside / FILE_NAME) == (2, 2)
    with Store(home) as store, store.read() as connection:
        for table in (BookingRow, ScanRow, AdmissionRow):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
    with Store(home) as store:
        again = check_in(store, STAFF.at(NOON + HOUR), fair.scan(token))
        assert again.outcome is Outcome.ALREADY_IN
    assert backup.path.exists()
    assert not list(home.glob("*.restoring"))


def test_restore_brings_lost_keys_back_and_keeps_the_backup_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        token = fair.token(fair.sell())
        backup = make_backup(store, SYSTEM.at(NOON))
    for path in (home / KEYS_FOLDER).iterdir():
        path.unlink()
    (home / KEYS_FOLDER).rmdir()
    (home / FILE_NAME).unlink()
    restore(home, backup.path, now=NOON + HOUR)
    with Store(home) as store:
        assert check_in(store, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED
    assert (keys_beside(backup.path) / KEY_FILE_NAME).exists()


@pytest.mark.parametrize("form", ["packed", "plain"])
@pytest.mark.parametrize("damage", ["cut", "overwritten", "empty", "text", "longer"])
def test_a_broken_backup_is_refused_and_the_store_stays(
    tmp_path: Path, damage: str, form: str
) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        make_fair(store).sell()
        path = make_backup(store, SYSTEM.at(NOON)).path
    if form == "plain":
        path = plain(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    broken = {
        "cut": whole[:middle],
        "overwritten": whole[:4096] + b"\xff" * middle + whole[4096 + middle :],
        "empty": b"",
        "text": b"not a database, only a text\n" * 1000,
        "longer": whole + whole,
    }
    if (damage, form) == ("longer", "plain"):
        return  # SQLite takes a file as long as its header says
    path.write_bytes(broken[damage])
    with pytest.raises(BackupError, match=r"not sound|not an eventdesk"):
        restore(home, path, now=NOON)
    assert _bookings_and_tickets(home / FILE_NAME) == (1, 1)
    with pytest.raises(NotFoundError, match="There is no backup"):
        restore(home, tmp_path / "nowhere.db", now=NOON)


def test_an_open_store_is_not_replaced(fair: Fair) -> None:
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    with pytest.raises(StoreBusyError):
        restore(fair.store.home, backup.path, now=NOON)


def test_a_folder_that_cannot_be_written_is_said(store: Store) -> None:
    (store.home / FOLDER).write_text("in the way")
    with pytest.raises(BackupError, match="cannot be written"):
        make_backup(store, SYSTEM.at(NOON))


def test_strange_files_among_the_backups_are_left_alone(store: Store) -> None:
    backup = make_backup(store, SYSTEM.at(NOON))
    strange = store.home / FOLDER / "mine.db"
    strange.write_text("mine")
    assert list_backups(store.home) == [backup]
    make_backup(store, SYSTEM.at(NOON + timedelta(days=800)))
    assert strange.exists()


def test_a_backup_has_the_key_another_desk_rotated_to(fair: Fair) -> None:
    home = fair.store.home
    with Store(home) as other:
        other.keys = other.keys.rotate(NOON)
        Fair(other, fair.event, fair.regular, fair.vip, fair.door, fair.gate).sell()
    assert 2 not in fair.store.keys.token_keys
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    keys = Keyring.open(keys_beside(backup.path))
    with unpacked(backup.path) as store:
        sold = keys_sold_with(store)
    assert set(sold) == {2}
    keys.check(sold)


def test_a_backup_whose_keys_are_lost_is_not_called_one(fair: Fair) -> None:
    fair.sell()
    (fair.store.home / KEYS_FOLDER / KEY_FILE_NAME).unlink()
    Keyring.create(fair.store.home / KEYS_FOLDER)
    with pytest.raises(KeyFileError, match="a different one"):
        make_backup(fair.store, SYSTEM.at(NOON))
    assert list((fair.store.home / FOLDER).iterdir()) == []


def test_backups_of_one_second_are_all_kept_and_the_last_is_the_newest(store: Store) -> None:
    with ThreadPoolExecutor(4) as desks:
        list(desks.map(lambda _number: make_backup(store, SYSTEM.at(NOON)), range(8)))
    last = make_backup(store, SYSTEM.at(NOON))
    backups = list_backups(store.home)
    stamp = f"{NOON:%Y%m%dT%H%M%SZ}"
    assert [backup.path.name for backup in backups] == [
        *(f"{stamp}-{number}.db.gz" for number in range(9, 1, -1)),
        f"{stamp}.db.gz",
    ]
    assert backups[0] == last
    assert all(_problems(backup.path) == [] for backup in backups)
    assert all(Keyring.open(keys_beside(backup.path)) for backup in backups)


def test_the_folder_of_backups_is_for_its_owner_only(store: Store) -> None:
    make_backup(store, SYSTEM.at(NOON))
    assert (store.home / FOLDER).stat().st_mode & 0o077 == 0


def test_copies_that_were_never_finished_go_after_a_day(store: Store) -> None:
    folder = store.home / FOLDER
    folder.mkdir()
    draft = f"20260601T120000Z.{'0' * 32}.part"
    old, journal = folder / draft, folder / f"{draft}-journal"
    young, other = folder / f"20260602T120000Z.{'1' * 32}.part", folder / "mine.part"
    for path in (old, journal, young, other):
        path.write_bytes(b"x")
    for path in (old, journal, other):
        then_s = path.stat().st_mtime - LEFT_AFTER_S - 60
        os.utime(path, (then_s, then_s))
    made = make_backup(store, SYSTEM.at(NOON))
    assert {each.name for each in folder.glob("*.part*")} == {young.name, other.name}
    assert made.path.exists()
