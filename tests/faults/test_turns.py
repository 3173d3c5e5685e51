"""Programs that write take turns, and none waits for one that is gone, stopped or in the way."""

import errno
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

import data.sqlite.engine
import data.sqlite.turn
from data.sqlite.driver import driver
from data.sqlite.turn import FILE_NAME as TURN
from data.store import Store
from eventdesk.core.errors import StoreBusyError
from tests.faults.processes import start
from tests.faults.turn_program import note

pytestmark = pytest.mark.long

PROGRAMS = 4
TURNS = 60

Program = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def program(store: Store) -> Iterator[Program]:
    """Start a program that writes into the store; it ends with the test."""
    with ExitStack() as started:

        def begin(name: str) -> "subprocess.Popen[str]":
            process = start("turn_program", store.home, name)
            started.callback(process.communicate)
            started.callback(process.kill)
            assert _said(process) == "ready"
            return process

        yield begin


def _tell(program: "subprocess.Popen[str]", line: str) -> None:
    assert program.stdin is not None
    program.stdin.write(f"{line}\n")
    program.stdin.flush()


def _said(program: "subprocess.Popen[str]") -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def _until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.002)


def _is_free(home: Path, since: int = 0) -> bool:
    """Whether nobody has the turn or waits for it who came later than an instant."""
    with open(home / TURN, "ab") as file:
        try:
            data.sqlite.turn._lock(file.fileno(), since, 0, wait=False)
        except BlockingIOError:
            return False
    return True


def _somebody_queues(home: Path) -> Callable[[], bool]:
    """Whether somebody has come to the queue since this was called."""
    since = time.monotonic_ns()
    return lambda: not _is_free(home, since)


def _write(store: Store, name: str = "ours") -> None:
    with store.write() as connection:
        note(connection, name)


def _writers(store: Store) -> list[str]:
    """Who wrote, in the order of writing."""
    rows = "SELECT value FROM setting WHERE key != 'device_id' ORDER BY rowid"
    with store.read() as connection:
        return list(connection.exec_driver_sql(rows).scalars())


def _stop(program: "subprocess.Popen[str]") -> None:
    program.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WNOWAIT)


# Fairness


def test_programs_that_write_without_a_pause_are_served_in_the_order_they_came(
    store: Store, program: Program
) -> None:
    names = [f"program-{number}" for number in range(PROGRAMS)]
    programs = [program(name) for name in names]
    for each in programs:
        _tell(each, f"write {TURNS}")
    for each in programs:
        assert _said(each) == "done"
    turns = [line.split() for line in _writers(store)]
    assert Counter(name for name, _ in turns) == dict.fromkeys(names, TURNS)
    came = [int(place) for _, place in turns]
    overtaken = [sum(other > mine for other in came[:place]) for place, mine in enumerate(came)]
    # A program may lose the processor after it looked at the clock and before its place is locked.
    assert sum(overtaken) < len(turns) / 10, overtaken


def test_who_has_just_written_does_not_overtake_one_who_waits(
    store: Store, program: Program
) -> None:
    other = program("theirs")
    with store.write() as connection:
        note(connection, "first")
        queues = _somebody_queues(store.home)
        _tell(other, "write 1")
        _until(queues)
    _write(store, "again")
    assert _said(other) == "done"
    assert [line.split()[0] for line in _writers(store)] == ["first", "theirs", "again"]


def test_threads_and_stores_of_one_program_take_turns_too(store: Store) -> None:
    with Store(store.home) as second, Store(store.home) as third:

        def write(store: Store) -> None:
            for _ in range(10):
                _write(store)

        threads = [
            threading.Thread(target=write, args=[each])
            for each in (store, second, third)
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(_writers(store)) == 60


# Those who do not come back


@pytest.mark.parametrize("child", ["", " fork", " start"])
def test_a_program_that_was_killed_while_it_wrote_leaves_nothing_locked(
    store: Store, program: Program, child: str
) -> None:
    other = program("theirs")
    _tell(other, f"hold{child}")
    said, *children = _said(other).split()
    assert (said, len(children)) == ("inside", len(child.split()))
    assert not _is_free(store.home)
    other.kill()
    other.wait()
    _until(lambda: _is_free(store.home))
    _write(store)
    assert _writers(store) == ["ours"]
    for number in children:
        os.kill(int(number), signal.SIGKILL)


def test_a_program_that_was_killed_in_the_queue_leaves_nothing_locked(
    store: Store, program: Program
) -> None:
    other = program("theirs")
    with store.write():
        queues = _somebody_queues(store.home)
        _tell(other, "write 1")
        _until(queues)
        other.kill()
        other.wait()
        assert not queues()
    _write(store)


def test_behind_a_program_that_is_stopped_while_it_writes_nobody_waits_for_ever(
    store: Store, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.sqlite.engine, "BUSY_TIMEOUT_MS", 50)
    other = program("theirs")
    _tell(other, "hold")
    assert _said(other) == "inside"
    _stop(other)
    for _ in range(2):
        with pytest.raises(StoreBusyError, match="Another desk held the store"):
            _write(store)
    other.send_signal(signal.SIGCONT)
    _tell(other, "go on")
    assert _said(other) == "done"
    monkeypatch.undo()
    _write(store)
    assert sorted(_writers(store)) == ["ours", "theirs"]


def test_a_program_that_is_stopped_in_the_queue_is_waited_for_once(
    store: Store, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program("theirs")
    with Store(store.home) as second:
        with second.write():
            queues = _somebody_queues(store.home)
            _tell(other, "write 1")
            _until(queues)
            _stop(other)
        monkeypatch.setattr(data.sqlite.turn, "PATIENCE_S", 0.05)
        _write(store)
        monkeypatch.setattr(data.sqlite.turn, "PATIENCE_S", 1e9)
        monkeypatch.setattr(data.sqlite.engine, "BUSY_TIMEOUT_MS", 10**9)
        _write(store)
        other.send_signal(signal.SIGCONT)
        assert _said(other) == "done"
    assert sorted(line.split()[0] for line in _writers(store)) == ["ours", "ours", "theirs"]
    _until(lambda: _is_free(store.home))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_that_waits_for_its_turn_can_be_ended(
    store: Store, program: Program, number: signal.Signals
) -> None:
    other = program("theirs")
    with store.write():
        queues = _somebody_queues(store.home)
        _tell(other, "write 1")
        _until(queues)
        other.send_signal(number)
        assert other.wait() != 0
        assert not queues()
    assert _writers(store) == []


def test_a_store_that_is_closed_leaves_the_queue(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.sqlite.engine, "BUSY_TIMEOUT_MS", 20)
    before = threading.active_count()
    with store.write():
        with Store(store.home) as second, pytest.raises(StoreBusyError):
            _write(second)
        assert threading.active_count() == before + 1
    _until(lambda: threading.active_count() == before)
    _until(lambda: _is_free(store.home))


# Those who do not queue


def test_a_program_that_knows_no_turns_is_waited_for(store: Store) -> None:
    with closing(driver.connect(str(store.path), isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=_write, args=[store])
        thread.start()
        _until(lambda: not _is_free(store.home))
        foreign.execute("INSERT INTO setting VALUES ('a', 'theirs')")
        foreign.execute("COMMIT")
        thread.join()
    assert sorted(_writers(store)) == ["ours", "theirs"]


def test_a_program_that_knows_no_turns_gets_in_between(store: Store, program: Program) -> None:
    other = program("theirs")
    _tell(other, "write 30")
    with closing(driver.connect(str(store.path), isolation_level=None, timeout=30)) as foreign:
        for number in range(30):
            foreign.execute("INSERT INTO setting VALUES (?, 'foreign')", [f"{number}"])
    assert _said(other) == "done"
    assert Counter(line.split()[0] for line in _writers(store)) == {"theirs": 30, "foreign": 30}


def test_where_the_system_has_no_locks_nobody_queues(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int, asked: int, lock: bytes) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    _write(store)
    assert _writers(store) == ["ours"]


def test_where_no_file_can_be_made_nobody_queues(store: Store) -> None:
    (store.home / TURN).mkdir()
    _write(store)
    assert _writers(store) == ["ours"]


def test_the_file_of_the_queue_is_its_owners_only(store: Store) -> None:
    former = os.umask(0)
    try:
        _write(store)
    finally:
        os.umask(former)
    assert (store.home / TURN).stat().st_mode & 0o777 == 0o600
