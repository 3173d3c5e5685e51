"""Upgrading a home: tried on a copy that is compared, and undone without a loss."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

import data.migrate
from data.comparison import differing
from data.files import copy_file, problems
from data.migrate import HEAD, revision_of
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM, Steps, seal_audit, verify_audit, watch_clock
from eventdesk.core.errors import (
    BackupError,
    NotFoundError,
    StoreBrokenError,
    StoreBusyError,
    StoreChangedError,
    StoreFullError,
)
from eventdesk.core.remedies import Remedy, advise
from eventdesk.keeping import check_upgrade, gone_back, mark_progress, undo_upgrade, upgrade
from tests.build import NOON
from tests.data.old_homes import REVISIONS, old_home
from tests.faults.processes import start


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the last 0.1.0."""
    return old_home(tmp_path / "home", "0005")


def files_of(home: Path) -> dict[str, bytes]:
    """Everything in a home but the locks."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_check_compares_a_copy_and_leaves_the_home_as_it_is(
    tmp_path: Path, revision: str
) -> None:
    home = old_home(tmp_path / "home", revision)
    before = files_of(home)
    check = check_upgrade(home)
    assert check.problems == ()
    assert check.revision == revision
    assert {each.table: each.present for each in check.tables}["ticket"] >= 6
    assert check.balances > 0 or revision == "0001"
    assert check.entries > 0
    assert files_of(home) == before


def test_a_check_leaves_alone_what_is_still_in_the_log(home: Path, tmp_path: Path) -> None:
    """As after a crash: the last changes are not in the file yet."""
    connection = sqlite3.connect(home / FILE_NAME)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("INSERT INTO setting (key, value) VALUES ('logged', '1')")
    connection.commit()
    crashed = tmp_path / "crashed"
    shutil.copytree(home, crashed)
    connection.close()
    (crashed / f"{FILE_NAME}-shm").unlink()
    before = files_of(crashed)
    (settings,) = (each for each in check_upgrade(crashed).tables if each.table == "setting")
    assert settings.former == 3
    after = files_of(crashed)
    after.pop(f"{FILE_NAME}-shm", None)
    assert after == before


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM name_word WHERE no = 1", "name_word had"),
        ("UPDATE audit SET verb = 'nothing' WHERE seq = 3", "Entry 3 was changed"),
        (
            "DROP TRIGGER ledger_stays; UPDATE ledger SET amount_minor = amount_minor + 1"
            " WHERE no = 1",
            "minor units of EUR",
        ),
    ],
)
def test_what_a_migration_damages_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str, said: str
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(data.migrate.SCRIPTS, scripts)
    new = f"{int(HEAD) + 1:04}"
    (scripts / "versions" / f"{new}_harm.py").write_text(
        f'from alembic import op\nrevision = "{new}"\ndown_revision = "{HEAD}"\n'
        f"def upgrade() -> None:\n    for each in {harm.split('; ')!r}:\n        op.execute(each)\n"
    )
    monkeypatch.setattr(data.migrate, "HEAD", new)
    monkeypatch.setattr(data.migrate, "SCRIPTS", scripts)
    assert any(said in problem for problem in check_upgrade(home).problems)


def test_a_check_without_room_says_where_it_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil._ntuple_diskusage(2**30, 2**30 - 2**20, 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    with pytest.raises(StoreFullError) as error:
        check_upgrade(home)
    assert "TMPDIR" in error.value.hint


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_undone_upgrade_leaves_every_row_as_the_older_version_wrote_it(
    tmp_path: Path, revision: str
) -> None:
    home = old_home(tmp_path / "home", revision)
    former = old_home(tmp_path / "former", revision)
    kept = upgrade(home)
    assert revision_of(home / FILE_NAME) == HEAD
    undone = undo_upgrade(home, now=NOON)
    assert (undone.revision, undone.kept) == (revision, kept)
    assert revision_of(home / FILE_NAME) == revision
    assert differing(former / FILE_NAME, home / FILE_NAME, {}) == []
    assert problems(home / FILE_NAME) == []
    assert revision_of(undone.aside / FILE_NAME) == HEAD


def test_what_an_open_program_notes_by_itself_does_not_stop_an_undo(home: Path) -> None:
    upgrade(home)
    with Store(home) as store:
        watch_clock(store, SYSTEM)
        while seal_audit(store, SYSTEM):
            pass
        mark_progress(store, SYSTEM)
    undo_upgrade(home, now=NOON)
    with Store(home) as store:
        assert verify_audit(store, SYSTEM).problems == ()
        assert gone_back(store, SYSTEM) is None


def test_an_undo_refuses_to_lose_what_was_written_since(home: Path) -> None:
    upgrade(home)
    with Store(home) as store, Steps(store, SYSTEM.at(NOON)).write() as act:
        act.record("test", ("store", None))
        act.connection.exec_driver_sql("UPDATE ticket SET holder_name = 'Ada'")
        act.connection.exec_driver_sql("DELETE FROM token_revocation")
    before = files_of(home)
    with pytest.raises(StoreChangedError) as error:
        undo_upgrade(home, now=NOON)
    assert "audit (+1), ticket (changed), token_revocation (-1)." in str(error.value)
    assert "restore" in error.value.hint
    assert files_of(home) == before


def test_without_an_upgrade_or_a_copy_there_is_nothing_to_undo(home: Path) -> None:
    with pytest.raises(NotFoundError, match="has not brought it over"):
        undo_upgrade(home, now=NOON)
    upgrade(home)
    shutil.rmtree(home / "backups")
    with pytest.raises(NotFoundError, match="No copy"):
        undo_upgrade(home, now=NOON)


@pytest.mark.parametrize("left", [0, 5000, 200_000])
def test_an_undo_with_a_cut_copy_names_it_and_leaves_the_home(home: Path, left: int) -> None:
    kept = upgrade(home)
    assert kept is not None
    kept.write_bytes(kept.read_bytes()[:left])
    before = files_of(home)
    with pytest.raises(BackupError, match=re.escape(f"{kept} is not sound")) as error:
        undo_upgrade(home, now=NOON)
    assert error.value.advice == advise(Remedy.RESTORE_BEFORE)
    assert files_of(home) == before


def test_a_copy_of_a_damaged_file_names_that_file(home: Path, tmp_path: Path) -> None:
    (home / FILE_NAME).write_bytes(b"coffee" * 1000)
    with pytest.raises(StoreBrokenError, match=re.escape(f"{home / FILE_NAME} is damaged")):
        copy_file(home / FILE_NAME, tmp_path / "copy.db")


def test_programs_that_open_an_older_home_at_once_keep_one_copy(home: Path) -> None:
    programs = [start("opening_program", home) for _ in range(8)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    said = [program.communicate()[0] for program in programs]
    assert said == [f"{HEAD}\n"] * 8
    assert len(list((home / "backups").glob("*.db"))) == 1


def test_a_home_that_is_open_is_neither_upgraded_nor_undone(home: Path) -> None:
    upgrade(home)
    with Store(home):
        for act in (upgrade, lambda it: undo_upgrade(it, now=NOON)):
            with pytest.raises(StoreBusyError):
                act(home)


def test_a_home_that_is_up_to_date_is_left_alone(store: Store) -> None:
    store.close()
    assert upgrade(store.home) is None
    assert not (store.home / "backups").exists()


@pytest.mark.parametrize(("act", "other"), [("upgrade", HEAD), ("undo", "0005")])
def test_ended_at_any_step_the_home_holds_a_whole_store_of_one_version(
    home: Path, act: str, other: str
) -> None:
    former = "0005"
    if act == "undo":
        upgrade(home)
        former = HEAD
    sold = _tickets(home)
    ended = int(start("ended_program", act, home).communicate()[0])
    copies = [home.with_name(f"{home.name}-{number}") for number in range(ended)]
    found = [revision_of(copy / FILE_NAME) for copy in copies]
    assert found[0] == former
    assert found[-1] == other
    assert found.count(former) + found.count(other) == ended > 5
    for copy in copies:
        assert problems(copy / FILE_NAME) == []
        assert _tickets(copy) == sold
    for copy in copies[:: max(1, ended // 8)]:
        with Store(copy) as store:
            assert verify_audit(store, SYSTEM).problems == ()
        assert _tickets(copy) == sold


def _tickets(home: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / FILE_NAME)
    try:
        return connection.execute("SELECT id, code, state, revision FROM ticket").fetchall()
    finally:
        connection.close()
