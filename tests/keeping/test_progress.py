"""A store that goes back is missed, although it is sound in itself."""

from pathlib import Path

import pytest

from data.files import copy_file
from data.progress_mark import FILE_NAME as PROGRESS_NAME
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM, verify_audit
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import reading
from eventdesk.core.settings import Settings
from eventdesk.door import Tone, check_in
from eventdesk.keeping import accept_progress, gone_back, make_backup, mark_progress, restore
from eventdesk.keeping.examination.finding import Patient
from eventdesk.keeping.examination.home import look_at_store
from tests.build import NOON, STAFF, Fair, make_fair
from tests.cli.conftest import Call, call, home

__all__ = ["call", "home"]


def _scan(fair: Fair) -> None:
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))


@pytest.fixture
def older(home: Path, tmp_path: Path) -> Path:
    """A home whose store was replaced by one from before its last scan."""
    older = tmp_path / "older.db"
    with Store.create(home) as store:
        fair = make_fair(store)
        _scan(fair)
        copy_file(store.path, older)
        _scan(fair)
        assert mark_progress(store, SYSTEM) is None
    older.replace(home / FILE_NAME)
    return home


def test_a_store_that_goes_on_has_not_gone_back(fair: Fair) -> None:
    for _ in range(3):
        _scan(fair)
        assert mark_progress(fair.store, SYSTEM) is None
        assert gone_back(fair.store, SYSTEM) is None


def test_a_lost_scan_is_missed_although_the_audit_verifies(older: Path) -> None:
    with Store(older) as store:
        assert verify_audit(store, SYSTEM).problems == ()
        lost = gone_back(store, SYSTEM)
        assert lost is not None
        assert "it ends with scan 1, but had come to 2" in str(lost.sentence)
        [finding] = look_at_store(Patient(Settings(older), store))
        assert finding.tone is Tone.STOP


def test_a_lost_log_is_missed(home: Path) -> None:
    with Store.create(home) as store:
        make_fair(store)
    with Store(home) as store:
        before = (home / FILE_NAME).read_bytes()
        make_fair(store, "Another")
        mark_progress(store, SYSTEM)
        for suffix in ("-wal", "-shm"):
            (home / f"{FILE_NAME}{suffix}").rename(home / f"gone{suffix}")
        (home / FILE_NAME).unlink()
        (home / FILE_NAME).write_bytes(before)
    with Store(home) as store:
        lost = gone_back(store, SYSTEM)
    assert lost is not None
    assert "entry of the audit" in str(lost.sentence)


def test_going_on_after_the_loss_does_not_hide_it(older: Path) -> None:
    with Store(older) as store:
        fair = make_fair(store, "Later Days")
        for _ in range(3):
            _scan(fair)
            assert mark_progress(store, SYSTEM) is not None
        lost = gone_back(store, SYSTEM)
    assert lost is not None
    assert "scan 2 is another one than it was" in str(lost.sentence)


def test_a_loss_is_accepted_by_an_admin_and_told_in_the_audit(older: Path) -> None:
    with Store(older) as store:
        with pytest.raises(NotAllowedError):
            accept_progress(store, STAFF.at(NOON))
        with reading("de"):
            lost = accept_progress(store, SYSTEM.at(NOON))
            assert "war aber schon bei 2" in str(lost and lost.sentence)
        assert gone_back(store, SYSTEM) is None
        with store.read() as connection:
            told = connection.exec_driver_sql(
                "SELECT detail FROM audit WHERE verb = 'accept_progress'"
            ).scalar_one()
    assert "had come to 2" in told


def test_a_restore_needs_no_such_word(home: Path) -> None:
    with Store.create(home) as store:
        fair = make_fair(store)
        backup = make_backup(store, SYSTEM.at(NOON))
        _scan(fair)
        mark_progress(store, SYSTEM)
    restore(home, backup.path, now=NOON)
    with Store(home) as store:
        assert gone_back(store, SYSTEM) is None


def test_a_mark_that_was_changed_is_said(fair: Fair) -> None:
    _scan(fair)
    mark_progress(fair.store, SYSTEM)
    mark = fair.store.keys.folder / PROGRESS_NAME
    mark.write_text(mark.read_text().replace('"scan": [1', '"scan": [0'))
    lost = gone_back(fair.store, SYSTEM)
    assert lost is not None
    assert "was changed" in str(lost.sentence)


def test_verify_names_it_and_accept_takes_it(older: Path, call: Call) -> None:
    said = call("audit", "verify")
    assert said.exit_code == 1
    assert "The store went back: it ends with scan 1" in said.stderr
    assert call("audit", "accept", "--yes").exit_code == 0
    said = call("audit", "verify")
    assert said.exit_code == 0
    assert "Not proved" in said.stdout
