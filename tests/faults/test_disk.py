"""A disk that is full or may not be written: a clear error, and a file that is whole."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.files import problems
from data.schema import AdmissionRow, DeliveryRow, ScanRow
from data.store import FILE_NAME, Store
from eventdesk.booking import Booked
from eventdesk.core.errors import StoreFullError
from eventdesk.door import Outcome, check_in
from tests.build import NOON, STAFF, Fair, make_fair
from tests.faults.powerless_program import NOBODY
from tests.faults.processes import start

pytestmark = pytest.mark.long

GUESTS = 600


def _rows(store: Store) -> list[int]:
    with store.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (ScanRow, AdmissionRow, DeliveryRow)
        ]


def _let_nothing_grow(store: Store) -> None:
    """Let SQLite find no further page, as on a full disk."""
    writer = store._file.writer()
    pages = writer.exec_driver_sql("PRAGMA page_count").scalar_one()
    writer.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _scan_all(fair: Fair, booked: Booked, answers: list[Outcome]) -> None:
    for index in range(GUESTS):
        scan = fair.scan(fair.token(booked, index))
        answers.append(check_in(fair.store, STAFF.at(NOON), scan).outcome)


def test_a_full_disk_refuses_the_whole_scan_and_leaves_the_file_whole(fair: Fair) -> None:
    store = fair.store
    booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
    _let_nothing_grow(store)
    admitted: list[Outcome] = []
    with pytest.raises(StoreFullError, match="disk is full") as full:
        _scan_all(fair, booked, admitted)
    assert "Make room" in full.value.hint
    assert 0 < len(admitted) < GUESTS
    assert _rows(store) == [len(admitted)] * 3
    assert problems(store.path) == []


def test_a_store_that_met_a_full_disk_goes_on_when_there_is_room(fair: Fair) -> None:
    store = fair.store
    booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
    _let_nothing_grow(store)
    with pytest.raises(StoreFullError):
        _scan_all(fair, booked, [])
    refused = fair.scan(fair.token(booked, GUESTS - 1))
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert check_in(store, STAFF.at(NOON), refused).outcome is Outcome.ADMITTED


def test_a_log_that_may_not_grow_loses_no_answer(store: Store) -> None:
    fair = make_fair(store)
    booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
    tokens = "\n".join(fair.token(booked, index) for index in range(GUESTS))
    store.close()
    most_bytes = store.path.stat().st_size
    door = start("limited_program", store.home, fair.door.id, most_bytes)
    *answers, complaint = door.communicate(tokens)[0].splitlines()
    assert door.returncode == 0
    assert complaint.startswith(("store: ", "store_full: "))
    assert "Nothing was written" in complaint or "nothing was written" in complaint
    assert 0 < len(answers) < GUESTS
    assert _rows(store) == [len(answers)] * 3
    assert problems(store.path) == []
    again = check_in(store, STAFF.at(NOON), fair.scan(fair.token(booked, GUESTS - 1)))
    assert again.outcome is Outcome.ADMITTED


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that another user can reach; pytest's own folders are the runner's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.mark.parametrize("folder_mode", [0o755, 0o555], ids=["file", "file and folder"])
def test_a_file_that_may_not_be_written_says_so(home: Path, folder_mode: int) -> None:
    with Store.create(home) as store:
        fair = make_fair(store)
        code = fair.sell().ticket_codes[0]
    everything = [home, *home.rglob("*")]
    if os.geteuid() == 0:
        for path in everything:
            os.chown(path, NOBODY, -1)
    (home / FILE_NAME).chmod(0o444)
    home.chmod(folder_mode)
    try:
        door = start("powerless_program", home, fair.door.id, code)
        said = door.communicate()[0]
    finally:
        home.chmod(0o755)
    assert said.startswith("store_read_only: ")
    assert str(home / FILE_NAME) in said
    assert "Check who owns the file" in said
    assert problems(home / FILE_NAME) == []
