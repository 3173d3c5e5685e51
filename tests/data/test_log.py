"""The log of a store: folded beside those who write, and short however long they do."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count

import pytest

import data.sqlite.log
from data.files import problems
from data.sqlite.driver import driver
from data.sqlite.engine import MAX_LOG
from data.sqlite.log import FEW, PAGE, Log, readers_of
from data.store import Store
from tests.faults.processes import start

ROW = 64 * 1024
NUMBERS = count()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.sqlite.log, "PAUSE_S", 0.01)
    monkeypatch.setattr(data.sqlite.log, "LAST_PAUSE_S", 0.05)


def _write(store: Store, mib: float) -> None:
    """Commit so much, in transactions of a row."""
    for _ in range(int(mib * 1024**2 / ROW)):
        with store.write() as connection:
            row = (f"row {next(NUMBERS)}", ROW)
            connection.exec_driver_sql("INSERT INTO setting VALUES (?, zeroblob(?))", row)


def _size(store: Store) -> int:
    return store.path.with_name(f"{store.path.name}-wal").stat().st_size


def _left(store: Store) -> int:
    """Pages of the log that are not in the file yet."""
    with closing(driver.connect(str(store.path))) as connection:
        _busy, pages, folded = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return int(pages) - int(folded)


def _until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.002)


def test_a_commit_folds_nothing_by_itself(store: Store) -> None:
    store._file.log.close()
    before = store.path.stat().st_size
    _write(store, 6)
    assert store.path.stat().st_size == before
    assert _left(store) > 6 * 1024**2 / PAGE


def test_what_was_committed_is_folded_in_the_next_pause(store: Store) -> None:
    _write(store, 2)
    _until(lambda: _left(store) < FEW)
    assert store.path.stat().st_size > 2 * 1024**2


def test_a_commit_succeeds_where_no_thread_can_be_started_and_a_later_one_starts_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        _write(store, 2)
    _write(store, 0.1)
    _until(lambda: _left(store) < FEW)


def test_the_log_stays_short_while_two_programs_write_and_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.sqlite.log, "LONG", 500)
    monkeypatch.setattr(data.sqlite.log, "VERY_LONG", 500)
    largest = 0
    with Store(store.home) as other:
        for _ in range(20):
            _write(store, 1)
            with store.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM setting").scalar_one()
                _write(other, 1)
            _until(lambda: _left(store) < FEW)
            largest = max(largest, _size(store))
    assert largest < 10 * 1024**2
    assert problems(store.path) == []


def test_a_log_that_grew_beside_a_reader_is_cut_when_that_has_ended(store: Store) -> None:
    with Store(store.home) as other:
        with other.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM setting").scalar_one()
            _write(store, 70)
            assert _size(store) > MAX_LOG
        _until(lambda: _size(store) == 0)
        with store.read() as connection:
            rows = connection.exec_driver_sql("SELECT sum(length(value)) FROM setting")
            assert rows.scalar_one() > 70 * 1024**2 - ROW


def test_who_writes_is_not_held_up_by_a_log_that_is_read_from(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.sqlite.log, "LONG", 500)
    monkeypatch.setattr(data.sqlite.log, "VERY_LONG", 500)
    asked: list[str] = []
    checkpoint = Log._checkpoint

    def note(log: Log, how: str) -> object:
        asked.append(how)
        return checkpoint(log, how)

    monkeypatch.setattr(Log, "_checkpoint", note)
    with Store(store.home) as other, other.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM setting").scalar_one()
        _write(store, 6)
        _until(lambda: asked.count("PASSIVE") > 3)
        assert set(asked) == {"NOOP", "PASSIVE"}


def test_a_log_that_lies_there_no_more_is_left_alone(store: Store) -> None:
    store._file.log.close()
    path = store.path.with_name(f"{store.path.name}-wal")
    asked = threading.Event()

    def is_there() -> bool:
        asked.set()
        return False

    log = Log(path, store._file.engine, is_there)
    _write(store, 6)
    log.note_commit()
    assert asked.wait(30)
    log.close()
    assert _left(store) > 6 * 1024**2 / PAGE


def test_a_store_that_is_closed_leaves_no_thread(store: Store) -> None:
    before = threading.active_count()
    with Store(store.home) as other:
        _write(other, 4)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_the_log_is_folded_again_after_an_error(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def interrupted(log: Log, how: str) -> object:
        monkeypatch.undo()
        raise driver.OperationalError("interrupted")

    monkeypatch.setattr(data.sqlite.log.Log, "_checkpoint", interrupted)
    _write(store, 4)
    _until(lambda: _left(store) < FEW)
    assert "could not be folded" in caplog.text


def test_a_program_that_reads_for_long_is_found(store: Store) -> None:
    reader = start("turn_program", store.home, "reader")
    assert reader.stdin is not None
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    assert readers_of(store.path) == {}
    reader.stdin.write("read\n")
    reader.stdin.flush()
    assert reader.stdout.readline() == "inside\n"
    assert [*readers_of(store.path)] == [reader.pid]
    reader.communicate("done")
    assert readers_of(store.path) == {}
