"""Restoring: what does not fit is refused before anything is touched, and keys come along."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from data import packed
from data.files import problems
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM, verify_audit
from eventdesk.core.errors import BackupError, EventDeskError, KeyFileError, StoreNewerError
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.keyring import Keyring
from eventdesk.door import Outcome, check_in
from eventdesk.keeping import Backup, make_backup, restore
from tests.backing import plain
from tests.build import NOON, STAFF, Fair, make_fair
from tests.faults.processes import start


@pytest.fixture
def sold(tmp_path: Path) -> tuple[Fair, str, Backup]:
    """A fair of another machine with one ticket sold, its token, and a backup."""
    with Store.create(tmp_path / "elsewhere") as store:
        fair = make_fair(store)
        token = fair.token(fair.sell())
        return fair, token, make_backup(store, SYSTEM.at(NOON))


def admits(home: Path, fair: Fair, token: str) -> bool:
    with Store(home) as store:
        return check_in(store, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED


def files_of(home: Path) -> dict[str, bytes]:
    """Everything in a home but the lock and the empty log that looking at a store leaves."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix not in (".lock", ".db-wal", ".db-shm")
    }


def test_a_missing_home_is_made_and_gets_the_keys_too(
    sold: tuple[Fair, str, Backup], tmp_path: Path
) -> None:
    fair, token, backup = sold
    home = tmp_path / "new" / "home"
    restore(home, backup.path, now=NOON)
    assert home.stat().st_mode & 0o077 == 0
    assert admits(home, fair, token)


def test_after_init_on_a_new_machine_the_keys_of_the_backup_come_in(
    sold: tuple[Fair, str, Backup], tmp_path: Path
) -> None:
    fair, token, backup = sold
    home = tmp_path / "home"
    with Store.create(home) as store:
        former = store.keys
    aside = restore(home, backup.path, now=NOON)
    assert admits(home, fair, token)
    with Store(home) as store:
        assert verify_audit(store, SYSTEM).problems == ()
    assert Keyring.open(aside / KEYS_FOLDER).audit_key == former.audit_key
    with Store(aside) as store:
        assert store.keys.audit_key == former.audit_key


def test_keys_that_tickets_were_sold_with_are_not_replaced(
    sold: tuple[Fair, str, Backup], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        make_fair(store).sell()
    before = files_of(home)
    with pytest.raises(KeyFileError, match="tickets were sold with those"):
        restore(home, sold[2].path, now=NOON)
    assert files_of(home) == before


@pytest.mark.parametrize("with_keys", [True, False])
def test_an_empty_store_of_another_house_does_not_replace_events(
    tmp_path: Path, with_keys: bool
) -> None:
    with Store.create(tmp_path / "elsewhere") as store:
        backup = make_backup(store, SYSTEM.at(NOON))
    home = tmp_path / "home"
    with Store.create(home) as store:
        make_fair(store)
    path = backup.path
    if not with_keys:
        path = Path(shutil.copy(path, tmp_path))
    before = files_of(home)
    with pytest.raises(BackupError, match="another house"):
        restore(home, path, now=NOON)
    assert files_of(home) == before


def test_an_empty_store_of_this_house_is_put_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        backup = make_backup(store, SYSTEM.at(NOON))
        make_fair(store)
    restore(home, backup.path, now=NOON)
    with Store(home) as store, store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one() == 0


def test_keys_rotated_since_the_backup_stay(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        token = fair.token(fair.sell())
        backup = make_backup(store, SYSTEM.at(NOON))
        store.keys.rotate(NOON)
    restore(home, backup.path, now=NOON)
    assert set(Keyring.open(home / KEYS_FOLDER).token_keys) == {1, 2}
    assert admits(home, fair, token)


def test_keys_put_back_too_old_give_way_to_those_of_the_backup(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        fair.sell()
        store.keys.copy_to(tmp_path / "old")
        store.keys = store.keys.rotate(NOON)
        token = fair.token(fair.sell())
        backup = make_backup(store, SYSTEM.at(NOON))
    (tmp_path / "old" / KEY_FILE_NAME).replace(home / KEYS_FOLDER / KEY_FILE_NAME)
    restore(home, backup.path, now=NOON)
    assert admits(home, fair, token)


def _without_keys(path: Path) -> None:
    shutil.rmtree(path.with_suffix(".keys"))


def _with_other_keys(path: Path) -> None:
    _without_keys(path)
    Keyring.create(path.with_suffix(".keys"))


def _change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def _foreign(path: Path) -> None:
    path.unlink()
    _change(path, "CREATE TABLE songs (title TEXT)")


def _newer(path: Path) -> None:
    _change(path, "UPDATE alembic_version SET version_num = '9999'")


def _unknown(path: Path) -> None:
    _change(path, "UPDATE alembic_version SET version_num = '0000'")


def _incomplete(path: Path) -> None:
    _change(path, "DROP TABLE delivery")


def _with_trigger(path: Path) -> None:
    _change(
        path,
        "CREATE TRIGGER nobody_comes_in AFTER INSERT ON admission"
        " BEGIN DELETE FROM admission WHERE id = NEW.id; END",
    )


def _with_other_trigger(path: Path) -> None:
    _change(path, "DROP TRIGGER ledger_stays")
    _change(
        path,
        "CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
    )


@pytest.mark.parametrize("form", ["packed", "plain"])
@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_without_keys, KeyFileError),
        (_with_other_keys, KeyFileError),
        (_foreign, BackupError),
        (lambda path: path.write_bytes(b""), BackupError),
        (_newer, StoreNewerError),
        (_unknown, EventDeskError),
        (_incomplete, BackupError),
        (_with_trigger, BackupError),
        (_with_other_trigger, BackupError),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_touched(
    sold: tuple[Fair, str, Backup],
    tmp_path: Path,
    spoil: Callable[[Path], object],
    error: type[EventDeskError],
    form: str,
) -> None:
    home = tmp_path / "home"
    Store.create(home).close()
    path = plain(sold[2].path)
    spoil(path)
    if form == "packed":
        packed.pack(path, sold[2].path)
        path = sold[2].path
    before = files_of(home)
    with pytest.raises(error):
        restore(home, path, now=NOON)
    assert files_of(home) == before


def test_a_backup_of_an_older_eventdesk_is_put_back(
    sold: tuple[Fair, str, Backup], tmp_path: Path
) -> None:
    fair, token, backup = sold
    restore(tmp_path / "home", plain(backup.path), now=NOON)
    assert admits(tmp_path / "home", fair, token)


def test_a_damaged_store_is_replaced_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        token = fair.token(fair.sell())
        backup = make_backup(store, SYSTEM.at(NOON))
    (home / FILE_NAME).write_bytes(b"coffee" * 1000)
    (home / f"{FILE_NAME}-wal").write_bytes(b"was here" * 1000)
    aside = restore(home, backup.path, now=NOON)
    assert (aside / FILE_NAME).read_bytes() == b"coffee" * 1000
    assert not (home / f"{FILE_NAME}-wal").exists()
    assert admits(home, fair, token)
    assert problems(home / FILE_NAME) == []


@pytest.mark.long
def test_a_restore_ended_at_any_moment_leaves_a_whole_store(
    sold: tuple[Fair, str, Backup], tmp_path: Path
) -> None:
    """The former store's last changes are still in its log, as after a crash."""
    _fair, _token, backup = sold
    with Store.create(tmp_path / "living") as store:
        make_fair(store, "Former")
        home = tmp_path / "home"
        shutil.copytree(store.home, home)
    assert (home / f"{FILE_NAME}-wal").stat().st_size > 0
    program = start("ended_program", "restore", home, backup.path)
    ended = int(program.communicate()[0])
    names = [_checked_event(home.with_name(f"home-{number}")) for number in range(ended)]
    assert names == sorted(names, key="Former, Demo Days".find)
    assert set(names) == {"Former", "Demo Days"}
    for number in range(0, ended, 5):
        again = home.with_name(f"home-{number}")
        restore(again, backup.path, now=NOON)
        assert _checked_event(again) == "Demo Days"
        assert not list(again.glob(".restoring*"))


def _checked_event(home: Path) -> str:
    """The name of the event in a home, whose store must open and be whole."""
    with Store(home) as store, store.read() as connection:
        name = connection.exec_driver_sql("SELECT name FROM event").scalar_one()
    assert problems(home / FILE_NAME) == []
    return str(name)
