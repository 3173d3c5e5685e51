"""Sets of columns: kept by name, written by themselves once for each due time."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, EventRow, NoticeRow, QuestionRow
from data.store import Store
from eventdesk.acts import EXPORTED, SYSTEM, Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.exchange import (
    EVERYTHING,
    Every,
    ExportSet,
    Listing,
    NewExportSet,
    Schedule,
    Selection,
    change_export_set,
    export_sets,
    find_export_set,
    read_condition,
    remove_export_set,
    save_export_set,
    schedule_export_set,
    write_due_exports,
)
from eventdesk.exchange.exports.schedule import next_due
from eventdesk.exchange.exports.scheduled import LEASE, TRY_AGAIN
from eventdesk.sales import NewQuestion, add_question
from eventdesk.tables.files import Form, open_table
from tests.build import NOON, Fair
from tests.people import make_admin

EIGHT = NOON.replace(hour=6)  # 08:00 in Berlin
DAILY = Schedule(Every.DAY, minute=8 * 60, keep=2)


@pytest.fixture(autouse=True)
def long_event(fair: Fair) -> None:
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(ends_at=NOON + timedelta(days=30)))


def keep(
    fair: Fair, name: str = "Guests", selection: Selection = EVERYTHING, form: Form = Form.CSV
) -> UUID:
    new = NewExportSet(name, Listing.ATTENDEES, form, selection)
    return save_export_set(fair.store, SYSTEM.at(NOON), fair.event.id, new)


def the_set(fair: Fair) -> ExportSet:
    return find_export_set(fair.store, SYSTEM, fair.event.id, "")


def exports(fair: Fair) -> list[str]:
    folder = fair.store.home / "exports"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def audited(fair: Fair, verb: str) -> list[dict[str, object]]:
    with fair.store.read() as connection:
        query = select(AuditRow.detail).where(AuditRow.verb == verb).order_by(AuditRow.seq)
        return list(connection.execute(query).scalars())


def due(fair: Fair, at: datetime) -> int:
    return write_due_exports(fair.store, SYSTEM.at(at))


def test_a_set_comes_back_as_it_was_kept(fair: Fair) -> None:
    chosen = Selection(("name", "email"), (read_condition("state = valid"),), "name", True)
    keep(fair, "Mail list", chosen, Form.XLSX)
    (found,) = export_sets(fair.store, SYSTEM, fair.event.id, listing=Listing.ATTENDEES)
    assert (found.name, found.form, found.selection) == ("Mail list", Form.XLSX, chosen)
    assert export_sets(fair.store, SYSTEM, fair.event.id, listing=Listing.SCANS) == ()


def test_two_sets_never_write_into_one_folder(fair: Fair) -> None:
    keep(fair, "a/b")
    with pytest.raises(InvalidInputError, match="already"):
        keep(fair, "A:B")


def test_a_set_is_renamed_and_forgotten(fair: Fair) -> None:
    set_id = keep(fair)
    change_export_set(
        fair.store, SYSTEM.at(NOON), set_id, NewExportSet("Others", Listing.ATTENDEES)
    )
    assert the_set(fair).name == "Others"
    assert remove_export_set(fair.store, SYSTEM.at(NOON), set_id) == "Others"
    assert export_sets(fair.store, SYSTEM, fair.event.id) == ()
    verbs = ("save_export_set", "change_export_set", "remove_export_set")
    assert [len(audited(fair, verb)) for verb in verbs] == [1, 1, 1]


def test_a_file_has_its_columns_and_rows_and_no_formula(fair: Fair) -> None:
    fair.sell("=cmd()", email="a@example.org")
    fair.sell("Ben", email="b@example.org")
    chosen = Selection(("email", "name"), (read_condition("name ~ cmd"),))
    schedule_export_set(fair.store, SYSTEM.at(NOON), keep(fair, selection=chosen), DAILY)
    assert due(fair, EIGHT + timedelta(days=1)) == 1
    (file,) = exports(fair)
    path = fair.store.home / "exports" / file
    said = path.read_text("utf-8-sig").replace('"', "").split()
    assert said == ["email,name", "a@example.org,'=cmd()"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_written_for_each_due_time_and_the_last_ones_stay(fair: Fair) -> None:
    fair.sell("Ada")
    due_at = schedule_export_set(fair.store, SYSTEM.at(NOON), keep(fair), DAILY)
    assert due_at == EIGHT + timedelta(days=1)
    assert due(fair, due_at - timedelta(seconds=1)) == 0
    for day in (1, 2, 3):
        assert due(fair, EIGHT + timedelta(days=day, minutes=5)) == 1
        assert due(fair, EIGHT + timedelta(days=day, minutes=6)) == 0
    folder = the_set(fair).folder
    assert exports(fair) == [f"{folder}/Guests 2026-06-0{day} 0800.csv" for day in (3, 4)]
    assert the_set(fair).due_at == EIGHT + timedelta(days=4)


def test_what_was_missed_is_written_once_and_called_after_its_due_time(fair: Fair) -> None:
    schedule_export_set(fair.store, SYSTEM.at(NOON), keep(fair), DAILY)
    assert due(fair, EIGHT + timedelta(days=5)) == 1
    assert due(fair, EIGHT + timedelta(days=5, minutes=1)) == 0
    assert exports(fair) == [f"{the_set(fair).folder}/Guests 2026-06-02 0800.csv"]
    assert the_set(fair).due_at == EIGHT + timedelta(days=6)


def test_nothing_is_due_once_the_event_is_over(fair: Fair) -> None:
    set_id = keep(fair)
    schedule_export_set(fair.store, SYSTEM.at(NOON), set_id, DAILY)
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(ends_at=EIGHT + timedelta(days=1, hours=1)))
    assert due(fair, EIGHT + timedelta(days=1)) == 1
    assert the_set(fair).due_at is None
    with pytest.raises(InvalidInputError, match="ends before"):
        schedule_export_set(fair.store, SYSTEM.at(EIGHT + timedelta(days=1)), set_id, DAILY)


def test_a_failure_is_told_once_seen_and_tried_again(fair: Fair) -> None:
    admin = make_admin(fair.store)
    question = add_question(fair.store, SYSTEM.at(NOON), fair.event.id, NewQuestion("Size?"))
    set_id = keep(fair, selection=Selection(("name", "Size?")))
    due_at = schedule_export_set(fair.store, admin.at(NOON), set_id, DAILY)
    assert due_at is not None
    rename(fair, question, "Which size?")
    for tries in (0, 1):
        assert due(fair, due_at + TRY_AGAIN * tries) == 0
    assert "no column 'Size?'" in the_set(fair).problem
    assert notices(fair, admin) == ["The export Guests could not be written"]
    rename(fair, question, "Size?")
    assert due(fair, due_at + TRY_AGAIN * 2) == 1
    assert the_set(fair).problem == ""
    assert exports(fair) == [f"{the_set(fair).folder}/Guests 2026-06-02 0800.csv"]


def test_many_programs_write_one_file_for_a_due_time(fair: Fair) -> None:
    schedule_export_set(fair.store, SYSTEM.at(NOON), keep(fair), DAILY)
    at, together = EIGHT + timedelta(days=1), threading.Barrier(4)
    written: list[int] = []

    def program() -> None:
        with Store(fair.store.home) as store:
            together.wait()
            written.append(write_due_exports(store, SYSTEM.at(at)))

    programs = [threading.Thread(target=program) for _ in range(4)]
    for each in programs:
        each.start()
    for each in programs:
        each.join()
    assert sorted(written) == [0, 0, 0, 1]
    assert len(exports(fair)) == len(audited(fair, EXPORTED)) == 1


KILLED = """
import sys, time
from datetime import datetime
from pathlib import Path
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.exchange.exports import scheduled

home, at, when = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3]

def stop(*_given, **_named):
    print("here", flush=True)
    time.sleep(600)

setattr(scheduled, when, stop)
with Store(home) as store:
    scheduled.write_due_exports(store, SYSTEM.at(at))
"""


@pytest.mark.parametrize("when", ["save_table", "_finish"])
def test_who_is_killed_while_writing_leaves_one_file_and_one_entry(fair: Fair, when: str) -> None:
    fair.sell("Ada")
    schedule_export_set(fair.store, SYSTEM.at(NOON), keep(fair), DAILY)
    at = EIGHT + timedelta(days=1)
    arguments = [sys.executable, "-c", KILLED, str(fair.store.home), at.isoformat(), when]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "here\n"
        if when == "save_table":
            assert due(fair, at + timedelta(minutes=1)) == 0, "it is being written"
        os.kill(program.pid, signal.SIGKILL)
    assert due(fair, at + LEASE) == 1
    assert due(fair, at + LEASE) == 0
    (file,) = exports(fair)
    assert len(audited(fair, EXPORTED)) == 1
    table = open_table(fair.store.home / "exports" / file)
    assert [cells[2] for _no, cells in table.rows()] == ["Ada"]


def test_times_of_day_are_those_of_the_event_whatever_the_clocks_do() -> None:
    early = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
    first = next_due(DAILY, early, "Europe/Berlin")
    assert first.isoformat() == "2026-03-29T06:00:00+00:00"  # summer time began that night
    in_the_gap = Schedule(Every.DAY, minute=2 * 60 + 30)
    assert next_due(in_the_gap, early, "Europe/Berlin").isoformat() == "2026-03-29T01:30:00+00:00"


def test_weeks_fall_on_their_day_and_hours_keep_their_rhythm() -> None:
    friday = Schedule(Every.WEEK, minute=0, weekday=4)
    assert next_due(friday, NOON, "UTC").isoformat() == "2026-06-05T00:00:00+00:00"
    every = Schedule(Every.HOURS, hours=6)
    last = NOON + timedelta(hours=1)
    late = next_due(every, NOON + timedelta(hours=14), "UTC", last=last)
    assert late == NOON + timedelta(hours=19)


def rename(fair: Fair, question_id: UUID, text: str) -> None:
    with fair.store.write() as connection:
        connection.execute(
            update(QuestionRow).where(QuestionRow.id == question_id).values(text=text)
        )


def notices(fair: Fair, whom: Actor) -> list[str]:
    with fair.store.read() as connection:
        query = select(NoticeRow.title).where(NoticeRow.account_id == whom.id)
        return list(connection.execute(query).scalars())
