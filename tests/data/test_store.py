"""The store: opened only when whole, written wholly or not at all, durable across processes."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import Connection, event, func, insert, select

import data.sqlite.engine
import data.store
from data.files import problems
from data.home_modes import loose
from data.house_lock import FILE_NAME as LOCK_NAME
from data.migrate import HEAD
from data.schema import EventRow, SettingRow
from data.sqlite.engine import has_wal_reset_bug
from data.store import FILE_NAME, KEYS_FOLDER, Store, subject
from eventdesk.core.errors import (
    InvalidInputError,
    KeyFileLostError,
    NotFoundError,
    StoreBrokenError,
    StoreBusyError,
    StoreNewerError,
    StoreReadOnlyError,
)
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.keyring import Keyring
from tests.build import NOON, make_fair
from tests.faults.processes import start


def _set(connection: Connection, key: str, value: str) -> None:
    connection.execute(SettingRow.__table__.insert().values(key=key, value=value))


def _get(store: Store, key: str) -> str | None:
    with store.read() as connection:
        return connection.execute(
            select(SettingRow.value).where(SettingRow.key == key)
        ).scalar_one_or_none()


def test_a_new_home_has_a_store_keys_and_a_name(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    with Store.create(home, device_name="Desk 1") as store:
        device_id = store.device_id
    assert sorted(path.name for path in home.iterdir()) == [LOCK_NAME, FILE_NAME, KEYS_FOLDER]
    with Store(home) as store, store.read() as connection:
        assert store.device_id == device_id
        assert connection.exec_driver_sql("SELECT name FROM device").scalar_one() == "Desk 1"


def test_a_second_store_is_not_put_over_the_first(store: Store) -> None:
    with pytest.raises(InvalidInputError, match="already"):
        Store.create(store.home)


@pytest.mark.long
def test_of_several_processes_that_make_a_store_at_once_one_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "eventdesk", "--home", str(home), "init"]
    makers = [subprocess.Popen(command, stdout=PIPE, stderr=PIPE) for _ in range(3)]
    said = [maker.communicate()[1] for maker in makers]
    assert sorted(maker.returncode for maker in makers) == [0, 2, 2], said
    assert sum(b"already" in error for error in said) == 2
    Store(home).close()
    assert sorted(path.name for path in home.iterdir()) == [LOCK_NAME, FILE_NAME, KEYS_FOLDER]


def test_a_store_made_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"

    def fill_slowly(draft: Path, device_name: str) -> None:
        fill(draft, device_name)
        monkeypatch.setattr(data.store, "_fill", fill)
        Store.create(home, device_name="the quick one").close()

    fill = data.store._fill
    monkeypatch.setattr(data.store, "_fill", fill_slowly)
    with pytest.raises(InvalidInputError, match="already"):
        Store.create(home, device_name="the slow one")
    with Store(home) as store, store.read() as connection:
        name = connection.exec_driver_sql("SELECT name FROM device").scalar_one()
    assert name == "the quick one"


def test_the_log_of_a_store_that_is_gone_is_not_applied_to_a_new_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(tmp_path / "living") as former:
        make_fair(former).sell()
        shutil.copytree(former.home, home)
    (home / FILE_NAME).unlink()
    with Store.create(home) as store:
        assert problems(store.path) == []
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one() == 0


def test_the_home_is_for_its_owner_only_whoever_made_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "a page of mine.txt").touch(mode=0o644)
    Store.create(tmp_path / "shared").close()
    Store.create(tmp_path / "own").close()
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("shared", "own")]
    assert modes == [0o700, 0o700]
    mine = tmp_path / "shared" / "a page of mine.txt"
    assert mine.stat().st_mode & 0o777 == 0o644


def test_what_others_could_read_is_taken_away_when_the_store_is_opened(store: Store) -> None:
    store.close()
    (store.home / "badges").mkdir()
    (store.home / "badges" / "Ada.txt").touch()
    for path in (store.home, store.path, store.home / "badges", store.home / "badges" / "Ada.txt"):
        path.chmod(0o755)
    with Store(store.home) as again:
        assert len(again.tightened) == 4
    assert list(loose(store.home)) == []


def test_a_folder_that_is_everybodys_stays_so(tmp_path: Path) -> None:
    (tmp_path / "everybody").mkdir()
    (tmp_path / "everybody").chmod(0o1777)
    Store.create(tmp_path / "everybody").close()
    assert (tmp_path / "everybody").stat().st_mode & 0o7777 == 0o1777


def test_a_home_without_a_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no eventdesk store in") as error:
        Store(tmp_path)
    assert "eventdesk init" in error.value.hint
    assert not list(tmp_path.glob("*.db"))


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StoreReadOnlyError, match="cannot be written"):
        Store.create(tmp_path / "home")


@pytest.mark.parametrize("content", [b"", b"hello\n" * 1000, b"SQLite format 3\0" + bytes(200)])
def test_what_is_no_store_is_refused_and_left_as_it_is(store: Store, content: bytes) -> None:
    store.close()
    store.path.write_bytes(content)
    with pytest.raises(StoreBrokenError) as error:
        Store(store.home)
    assert "eventdesk restore" in error.value.hint
    assert store.path.read_bytes() == content


def test_a_database_of_another_program_is_refused(store: Store) -> None:
    store.close()
    store.path.unlink()
    connection = sqlite3.connect(store.path)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    with pytest.raises(StoreBrokenError, match="not an eventdesk store"):
        Store(store.home)


def test_a_file_cut_in_half_never_opens_as_a_whole_one(store: Store) -> None:
    make_fair(store).sell_all([f"Guest {number}" for number in range(200)])
    store.close()
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreBrokenError):
        _read_everything(store.home)


def _read_everything(home: Path) -> None:
    with Store(home) as store, store.read() as connection:
        for table in ("event", "booking", "ticket", "ticket_search", "audit"):
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar_one() == "ok"


def test_a_newer_file_is_refused_and_not_touched(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    content = store.path.read_bytes()
    with pytest.raises(StoreNewerError, match=rf"schema 9999, this one knows {HEAD}") as error:
        Store(store.home)
    assert "Update eventdesk" in error.value.hint
    assert store.path.read_bytes() == content


def test_lost_keys_are_missed_before_doors_open(store: Store) -> None:
    make_fair(store).sell()
    store.close()
    (store.home / KEYS_FOLDER / KEY_FILE_NAME).unlink()
    with pytest.raises(KeyFileLostError):
        Store(store.home)
    Keyring.create(store.home / KEYS_FOLDER)
    with pytest.raises(KeyFileLostError, match="key 1 is a different one"):
        Store(store.home)


def test_keys_may_differ_while_nothing_is_sold(store: Store) -> None:
    store.close()
    (store.home / KEYS_FOLDER / KEY_FILE_NAME).unlink()
    Keyring.create(store.home / KEYS_FOLDER)
    Store(store.home).close()


def test_a_key_rotated_by_another_desk_is_read_when_it_is_met(store: Store) -> None:
    store.keys.rotate(NOON)
    assert store.key(2).key_id == 2
    with pytest.raises(KeyFileLostError, match="Key 3"):
        store.key(3)


def test_every_connection_keeps_references_and_waits_for_the_disk(store: Store) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for name, value in expected.items():
        with store.write() as writer, store.read() as reader:
            for connection in (writer, reader):
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == value


def test_a_row_that_refers_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFoundError), store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO gate (id, event_id, name) VALUES (zeroblob(16), zeroblob(16), 'A')"
        )


def test_returning_commits_and_raising_rolls_everything_back(store: Store) -> None:
    with store.write() as connection:
        _set(connection, "kept", "yes")
    with suppress(ZeroDivisionError), store.write() as connection:
        _set(connection, "lost", "yes")
        _set(connection, "lost too", "yes")
        raise ZeroDivisionError
    assert (_get(store, "kept"), _get(store, "lost"), _get(store, "lost too")) == (
        "yes",
        None,
        None,
    )
    with store.write() as connection:
        _set(connection, "after", "yes")
    assert _get(store, "after") == "yes"


def test_a_write_transaction_knows_the_event_it_is_about_until_it_ends(store: Store) -> None:
    fair = make_fair(store)
    with store.write(about=fair.event.id) as connection:
        assert subject(connection) == fair.event.id
    with suppress(ZeroDivisionError), store.write(about=fair.event.id):
        raise ZeroDivisionError
    with store.write() as connection:
        assert subject(connection) is None
    with store.read() as connection:
        assert subject(connection) is None


def test_a_transaction_interrupted_from_the_keyboard_is_rolled_back(store: Store) -> None:
    with suppress(KeyboardInterrupt), store.write() as connection:
        _set(connection, "lost", "yes")
        raise KeyboardInterrupt
    assert _get(store, "lost") is None


def test_what_one_process_committed_another_reads(store: Store) -> None:
    fair = make_fair(store)
    booked = fair.sell()
    door = start("door_program", store.home, fair.door.id, 1)
    said = door.communicate(fair.token(booked))[0].split("\n")
    assert said == ["ready", f"admitted {booked.ticket_codes[0]}", ""]
    with store.read() as connection:
        scans = connection.exec_driver_sql("SELECT count(*) FROM admission").scalar_one()
    assert scans == 1


def test_a_reader_sees_one_instant_while_others_write(store: Store) -> None:
    count = select(func.count()).select_from(EventRow)
    with store.read() as connection:
        assert connection.execute(count).scalar_one() == 0
        make_fair(store)
        assert connection.execute(count).scalar_one() == 0
    with store.read() as connection:
        assert connection.execute(count).scalar_one() == 1


def test_threads_write_one_after_the_other(store: Store) -> None:
    with store.write() as connection:
        _set(connection, "count", "0")

    def add() -> None:
        for _ in range(25):
            with store.write() as connection:
                connection.exec_driver_sql(
                    "UPDATE setting SET value = value + 1 WHERE key = 'count'"
                )

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _get(store, "count") == "100"


def test_a_lock_held_too_long_is_said_and_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.sqlite.engine, "BUSY_TIMEOUT_MS", 50)
    with Store(store.home) as other:
        with store.write() as connection:
            _set(connection, "mine", "yes")
            with pytest.raises(StoreBusyError) as error, other.write() as connection:
                _set(connection, "theirs", "yes")
            assert "Try again" in error.value.hint
        with other.write() as connection:
            _set(connection, "later", "yes")
    assert (_get(store, "mine"), _get(store, "theirs"), _get(store, "later")) == (
        "yes",
        None,
        "yes",
    )


def test_the_watch_notices_commits_of_others_and_no_rollbacks(store: Store) -> None:
    with Store(store.home) as other, store.watch() as version:
        before = version()
        assert version() == before
        with suppress(ZeroDivisionError), other.write() as connection:
            _set(connection, "lost", "yes")
            raise ZeroDivisionError
        assert version() == before
        with other.write() as connection:
            _set(connection, "kept", "yes")
        after_others = version()
        assert after_others != before
        with store.write() as connection:
            _set(connection, "own", "yes")
        assert version() != after_others


def test_text_that_is_no_unicode_is_refused_in_words(store: Store) -> None:
    with pytest.raises(InvalidInputError, match="cannot be kept"), store.write() as connection:
        _set(connection, "broken", "\ud800")
    assert _get(store, "broken") is None


@pytest.mark.parametrize(
    ("number", "buggy"),
    [
        ((3, 45, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_versions_with_the_bug_are_known(number: tuple[int, ...], buggy: bool) -> None:
    assert has_wal_reset_bug(number) is buggy


def test_ctrl_c_inside_a_statement_undoes_the_transaction_and_the_store_goes_on(
    store: Store,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def half() -> None:
        with store.write() as connection:
            connection.execute(insert(SettingRow).values(key="half", value="done"))
            event.listen(connection, "after_cursor_execute", interrupt)
            connection.execute(select(SettingRow.key))

    with pytest.raises(KeyboardInterrupt):
        half()
    with store.write() as connection:
        keys = connection.execute(select(SettingRow.key)).scalars().all()
        assert "half" not in keys


def test_reads_one_after_the_other_fill_the_cache_of_one_connection(store: Store) -> None:
    with store.read(), store.read(), store.read():
        pass
    used = set()
    for _ in range(6):
        with store.read() as connection:
            used.add(id(connection.connection.dbapi_connection))
    assert len(used) == 1
