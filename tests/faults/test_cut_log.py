"""A log, or its index, that is cut in place while the store is open: no guest is told a lie."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from data.files import problems
from data.schema import AdmissionRow, TicketRow
from data.sqlite import index
from data.sqlite.engine import commit
from data.sqlite.log import FRAME, HEAD
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import StoreGoneError
from eventdesk.door import Outcome, check_in
from eventdesk.headless import Answered, scan_all
from tests.build import NOON, STAFF, Fair
from tests.faults.processes import REPOSITORY, start
from tests.faults.test_gone import _admitted, _in_store
from tests.screens.stage import FakeScanner

pytestmark = pytest.mark.long

MANY = 300

SOME = 80
"""Guests whose pictures are shown to `eventdesk scan`."""


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


def part(home: Path, suffix: str) -> Path:
    return home / f"{FILE_NAME}{suffix}"


def cut(home: Path, *, to: float = 0.0, suffix: str = "-wal") -> None:
    """Cut to a share of what there is."""
    path = part(home, suffix)
    os.truncate(path, int(path.stat().st_size * to))


@pytest.mark.parametrize("to", [0.0, 0.5, 0.99])
def test_nobody_is_admitted_once_the_log_was_cut(
    fair: Fair, admit: Callable[[], Outcome], to: float
) -> None:
    admit()
    cut(fair.store.home, to=to)
    for _again in range(2):
        with pytest.raises(StoreGoneError, match="was cut") as gone:
            admit()
    assert "eventdesk doctor" in gone.value.hint
    with pytest.raises(StoreGoneError):
        _in_store(fair.store)
    fair.store.close()
    assert problems(fair.store.path) == []


@pytest.mark.parametrize("to", [0.0, 0.5])
def test_a_door_in_another_process_ends_when_the_log_is_cut_under_its_scans(
    fair: Fair, to: float
) -> None:
    booked = fair.sell_all([f"Guest {number}" for number in range(MANY)])
    door = start("door_program", fair.store.home, fair.door.id, 1)
    assert door.stdin is not None
    assert door.stdout is not None
    assert door.stdout.readline() == "ready\n"
    door.stdin.write("\n".join(fair.token(booked, number) for number in range(MANY)))
    door.stdin.close()
    door.stdin = None
    said = [door.stdout.readline() for _ in range(5)]
    cut(fair.store.home, to=to)
    said += door.communicate()[0].splitlines()
    assert {line.split()[0] for line in said} == {"admitted"}
    assert len(said) < MANY
    assert door.returncode == 1  # of its own: no signal ended it


@pytest.mark.parametrize("to", [0.0, 0.5])
def test_a_cut_between_the_look_and_the_commit_is_seen_behind_the_hole(
    fair: Fair, admit: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch, to: float
) -> None:
    admit()

    def cut_first(connection: Any) -> None:
        cut(fair.store.home, to=to)
        commit(connection)

    monkeypatch.setattr("data.store.commit", cut_first)
    before = part(fair.store.home, "-wal").stat().st_size
    with pytest.raises(StoreGoneError, match="was cut"):
        admit()
    assert part(fair.store.home, "-wal").stat().st_size > before  # it grew again
    monkeypatch.undo()
    with pytest.raises(StoreGoneError, match="was cut"):
        admit()
    fair.store.close()
    assert problems(fair.store.path) == []


def test_the_headless_door_says_so_to_each_guest(fair: Fair, tokens: list[str]) -> None:
    scanner, stop = FakeScanner(), threading.Event()
    door: Any = scanner
    scanner.show(tokens[0])
    said = []
    for answered in scan_all(fair.store, SYSTEM, door, fair.door, stop, on_notice=print):
        if isinstance(answered, Answered):
            said.append(answered.result.outcome)
            if len(said) == 1:
                cut(fair.store.home)
                scanner.show(tokens[1])
                scanner.show(tokens[2])
        if len(said) == 3:
            stop.set()
    assert said == [Outcome.ADMITTED, Outcome.ERROR, Outcome.ERROR]


def test_an_emptied_log_is_none_that_was_cut(fair: Fair, admit: Callable[[], Outcome]) -> None:
    for _ in range(3):
        admit()
        assert fair.store.fold_log()
    assert part(fair.store.home, "-wal").stat().st_size == 0
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == 4


def test_a_log_that_starts_over_in_another_program_is_none_that_was_cut(
    fair: Fair, admit: Callable[[], Outcome]
) -> None:
    admit()
    with Store(fair.store.home) as other:
        end = fair.store._file.before_commit()[1]
        assert other.fold_log()
        assert fair.store._file.is_behind(end)
        with other.write() as connection:
            connection.exec_driver_sql("INSERT INTO setting VALUES ('over', 'again')")
        assert fair.store._file.is_behind(end)
        admit()
    assert _in_store(fair.store) == 2


def test_a_page_of_an_older_log_is_not_taken_for_the_last_one(
    fair: Fair, admit: Callable[[], Outcome]
) -> None:
    admit()
    end = fair.store._file.before_commit()[1]
    assert fair.store._file.is_behind(end)
    with part(fair.store.home, "-wal").open("r+b") as log:
        log.seek(HEAD + (end.pages - 1) * FRAME + 8)
        log.write(bytes(8))
    assert not fair.store._file.is_behind(end)


@pytest.mark.parametrize("to", [0.0, 0.5])
def test_a_cut_index_is_built_anew_and_loses_nothing(
    fair: Fair, admit: Callable[[], Outcome], to: float
) -> None:
    """In a process of its own the memory that is gone would end it by a signal."""
    admit()
    cut(fair.store.home, to=to, suffix="-shm")
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == 2
    fair.store.close()
    assert _admitted(fair.store.home) == 2
    assert problems(fair.store.path) == []


def test_a_store_whose_index_was_cut_is_closed_without_harm(
    fair: Fair, admit: Callable[[], Outcome]
) -> None:
    admit()
    cut(fair.store.home, suffix="-shm")
    fair.store.close()
    assert _admitted(fair.store.home) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has locks of a descriptor")
def test_an_index_is_not_emptied_under_a_write_but_by_the_writer_itself(
    fair: Fair, admit: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "PATIENCE_S", 0.05)
    admit()
    path = part(fair.store.home, "-shm")
    size = path.stat().st_size

    def cut_and_empty() -> None:
        with fair.store.write():
            cut(fair.store.home, suffix="-shm")
            assert not index.empty(str(path), size)
            assert path.stat().st_size == 0
            assert index.empty(str(path), size, writing=True)
            assert path.stat().st_size == size
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_and_empty()
    cut(fair.store.home, suffix="-shm")
    assert index.empty(str(path), size)
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == 2


@pytest.mark.parametrize("to", [0.0, 0.5])
def test_a_door_opened_beside_a_cut_index_knows_who_is_in(
    fair: Fair, tokens: list[str], admit: Callable[[], Outcome], to: float
) -> None:
    admit()
    cut(fair.store.home, to=to, suffix="-shm")
    door = start("door_program", fair.store.home, fair.door.id, 1)
    said, _nothing = door.communicate(tokens[0])
    assert said.split()[:2] == ["ready", "already_in"]
    assert admit() is Outcome.ADMITTED
    assert _in_store(fair.store) == 2


def test_an_index_cut_under_two_doors_loses_no_guest_who_was_answered(fair: Fair) -> None:
    """Each is ended by a signal at most: what it answered before stands, once."""
    booked = fair.sell_all([f"Guest {number}" for number in range(MANY)])
    tokens = "\n".join(fair.token(booked, number) for number in range(MANY))
    home, said = fair.store.home, []
    with ExitStack() as ended:
        doors = [
            ended.enter_context(start("door_program", home, fair.door.id, seed, "on"))
            for seed in (1, 2)
        ]
        for door in doors:
            assert door.stdin is not None
            assert door.stdout is not None
            assert door.stdout.readline() == "ready\n"
            door.stdin.write(tokens)
            door.stdin.close()
        fair.store.close()
        for to in itertools.cycle([0.0, 0.7, 0.3, 0.9]):
            for _ in range(8):
                lines = [door.stdout.readline() for door in doors if door.stdout is not None]
                said += lines
            if not any(lines):
                break
            with suppress(FileNotFoundError):  # whoever closes last takes it away
                cut(home, to=to, suffix="-shm")
    assert {door.returncode for door in doors} <= {0, -signal.SIGBUS}
    answers = [line.split() for line in said if line]
    let_in = [ticket for outcome, ticket in answers if outcome == "admitted"]
    assert len(let_in) == len(set(let_in))
    assert problems(fair.store.path) == []
    with Store(fair.store.home) as store, store.read() as connection:
        codes = select(TicketRow.code).join(AdmissionRow, AdmissionRow.ticket_id == TicketRow.id)
        assert set(let_in) <= set(connection.execute(codes).scalars())


# The real command, with a picture of each ticket


def program(home: Path, *arguments: object) -> "subprocess.Popen[str]":
    """Start eventdesk with pipes for what it says."""
    return subprocess.Popen(
        [sys.executable, "-m", "eventdesk", "--home", str(home), *map(str, arguments)],
        cwd=REPOSITORY,
        env=os.environ | {"LC_ALL": "C.UTF-8", "LANGUAGE": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def pictures(fair: Fair, tmp_path: Path) -> Path:
    """A folder with the ticket of each guest."""
    fair.sell_all([f"Guest {number}" for number in range(SOME)])
    folder = tmp_path / "tickets"
    export = ("ticket", "export", "--event", fair.event.id, "--to", folder)
    exporting = program(fair.store.home, *export)
    complaint = exporting.communicate()[1]
    assert exporting.returncode == 0, complaint
    fair.store.close()
    return folder


def scan(fair: Fair, pictures: Path) -> "subprocess.Popen[str]":
    return program(fair.store.home, "scan", pictures, "--list", fair.door.id, "--json")


def admitted(lines: Iterable[str]) -> list[str]:
    """The tickets that were answered so."""
    said = map(json.loads, filter(None, lines))
    return [line["ticket"] for line in said if line.get("outcome") == "admitted"]


@pytest.mark.parametrize("to", [0.0, 0.3, 0.9, 0.999])
def test_a_scan_whose_log_is_cut_admits_nobody_more_and_says_what_to_do(
    fair: Fair, pictures: Path, to: float
) -> None:
    door = scan(fair, pictures)
    assert door.stdout is not None
    before = [door.stdout.readline() for _ in range(10)]
    cut(fair.store.home, to=to)
    out, complaint = door.communicate()
    assert door.returncode == 1
    assert "was cut" in complaint
    assert "eventdesk doctor" in complaint
    assert "Traceback" not in complaint
    assert len(admitted([*before, *out.splitlines()])) < SOME
    assert problems(fair.store.path) == []


TOUCHED = """
import mmap, sys
from contextlib import ExitStack, suppress
from pathlib import Path
from eventdesk.core.lost_memory import told_of_lost_memory

path = Path(sys.argv[1])
with path.open("r+b") as file, told_of_lost_memory(path):
    memory = mmap.mmap(file.fileno(), 0)
    file.truncate(0)
    memory[0]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody cut a mapped file")
def test_a_program_whose_memory_is_gone_says_so_before_its_end(tmp_path: Path) -> None:
    file = tmp_path / "mapped"
    file.write_bytes(bytes(8192))
    done = subprocess.run(
        [sys.executable, "-c", TOUCHED, str(file)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{file}-shm, was cut" in done.stderr
    assert "eventdesk doctor" in done.stderr
