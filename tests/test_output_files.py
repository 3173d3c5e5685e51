"""Where files for people may be written: nowhere in a home but its exports, and never unasked."""

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.house_lock import FILE_NAME as LOCK
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.core.errors import FileTakenError, InvalidInputError
from eventdesk.core.keyring import FILE_NAME as KEY_FILE
from eventdesk.core.output_files import HOME_SIGNS, drafted, need_folder, need_place, write_file
from eventdesk.core.settings import FILE_NAME as SETTINGS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def home(store: Store) -> Path:
    (store.home / SETTINGS).write_text('theme = "light"\n')
    (store.home / "exports").mkdir(exist_ok=True)
    return store.home


Spell = Callable[[Path, Path], Path]
"""Spells the path of a file of the home, given a folder outside of it."""


def dotted(target: Path, outside: Path) -> Path:
    return target.parent / "exports" / ".." / target.name


def linked(target: Path, outside: Path) -> Path:
    (outside / "link.csv").symlink_to(target)
    return outside / "link.csv"


def through_a_folder(target: Path, outside: Path) -> Path:
    (outside / "door").symlink_to(target.parent)
    return outside / "door" / target.name


def second_name(target: Path, outside: Path) -> Path:
    os.link(target, outside / "twin.csv")
    return outside / "twin.csv"


def itself(target: Path, outside: Path) -> Path:
    return target


SPELLINGS: list[Spell] = [itself, dotted, linked, through_a_folder, second_name]
TARGETS = [FILE_NAME, SETTINGS, f"{KEYS_FOLDER}/{KEY_FILE}"]


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("name", TARGETS)
def test_no_file_of_a_home_is_written_over(
    home: Path, tmp_path: Path, name: str, spell: Spell
) -> None:
    target = home / name
    before = target.read_bytes()
    path = spell(target, tmp_path)
    for overwrite in (False, True):
        with pytest.raises(InvalidInputError):
            write_file(path, b"overwritten", overwrite=overwrite)
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["new.csv", "eventdesk.db-wal2", "backups/x.db", "keys/new", "layouts/a.toml"]
)
def test_nothing_new_appears_in_a_home_but_among_the_exports(home: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="inside the home folder"):
        write_file(home / name, b"x")
    assert not (home / name).exists()
    write_file(home / "exports" / "deep" / "new.csv", b"x")
    assert (home / "exports" / "deep" / "new.csv").read_bytes() == b"x"


def test_a_store_inside_the_exports_of_another_is_a_home_too(home: Path) -> None:
    (home / "exports" / "inner").mkdir()
    (home / "exports" / "inner" / FILE_NAME).touch()
    with pytest.raises(InvalidInputError, match="inside the home folder"):
        write_file(home / "exports" / "inner" / "x.csv", b"x")


def test_a_link_that_leads_into_a_home_names_nothing_new_there(home: Path, tmp_path: Path) -> None:
    (tmp_path / "wal.csv").symlink_to(home / "eventdesk.db-journal")
    with pytest.raises(InvalidInputError, match="inside the home folder"):
        write_file(tmp_path / "wal.csv", b"x", overwrite=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_devices_pipes_and_folders_are_no_place_for_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    for name in ("/dev/null", "/dev/new", "/proc/self/x", "pipe", "null", "", ".."):
        with pytest.raises(InvalidInputError):
            write_file(tmp_path / name, b"x", overwrite=True)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    for name in ("a\0b", "a\x1b[2Jb", "new\nline", "x" * 300):
        with pytest.raises(InvalidInputError):
            write_file(tmp_path / name, b"x")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_file(path, b"mine")
    with pytest.raises(FileTakenError, match="already"):
        write_file(path, b"theirs")
    assert path.read_bytes() == b"mine"
    write_file(path, b"theirs", overwrite=True)
    assert path.read_bytes() == b"theirs"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"

    def race() -> None:
        with drafted(path) as draft:
            draft.write_bytes(b"late")
            path.write_bytes(b"first")

    with pytest.raises(FileTakenError):
        race()
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]


def test_a_link_is_replaced_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(b"old")
    (tmp_path / "latest.csv").symlink_to(tmp_path / "old.csv")
    write_file(tmp_path / "latest.csv", b"new", overwrite=True)
    assert (tmp_path / "old.csv").read_bytes() == b"old"
    assert (tmp_path / "latest.csv").read_bytes() == b"new"


def test_names_of_many_wide_letters_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'神' * 75}.csv"
    write_file(path, b"x")
    assert path.exists()


def test_folders_of_files_are_outside_of_homes_too(home: Path, tmp_path: Path) -> None:
    for folder in (home, home / "backups", home / "mirror"):
        with pytest.raises(InvalidInputError, match="inside the home folder"):
            need_folder(folder)
    assert need_folder(home / "exports" / "mirror") == (home / "exports" / "mirror").resolve()
    assert need_folder(tmp_path / "mirror") == (tmp_path / "mirror").resolve()


def test_the_case_of_a_name_makes_no_other_place(home: Path) -> None:
    for name in ("EventDesk.DB", "EXPORTS.csv", "Keys/x"):
        with pytest.raises(InvalidInputError, match="inside the home folder"):
            need_place(home / name)


def test_a_home_is_known_by_its_store_its_keys_or_its_lock() -> None:
    assert set(HOME_SIGNS) == {FILE_NAME, LOCK, f"{KEYS_FOLDER}/{KEY_FILE}"}


# Who writes

WRITERS = {
    "badges/folder_printer.py": "badges, in the folder an admin set up, by `badges.spec.path`",
    "badges/path_printer.py": "a printer an admin set up, by `badges.spec.path`",
    "badges/line.py": "a device an admin set up; it is refused where it is a file",
    "data/house_lock.py": "the lock of the home",
    "data/audit_mark.py": "the seal of the audit, beside the keys",
    "data/migrate.py": "copies of the store before a migration",
    "data/open_file.py": "the log of a store that was swapped, set aside",
    "data/sqlite/index.py": "the index of the store's log, in its home",
    "data/sqlite/turn.py": "the locks of the queue of those who write",
    "data/packed.py": "the backups, and a store that one holds",
    "data/progress_mark.py": "how far the store had come, in the folder of the keys",
    "data/files.py": "a copy of the store, for its own home",
    "data/store.py": "the store itself",
    "eventdesk/cli/tour.py": "the mark that a tour made this home",
    "eventdesk/cli/group.py": "closes standard output",
    "eventdesk/cli/quiet_libraries.py": "the null device, in place of standard error",
    "eventdesk/cli/log_file.py": "the folder of the log",
    "eventdesk/integrations/test_desk.py": "the notes of the test gateway, in its own folder",
    "eventdesk/core/serving.py": "where this house serves, in its home",
    "eventdesk/core/authority.py": "the authority and its certificate, beside the keys",
    "eventdesk/core/keyring.py": "the keys",
    "eventdesk/core/output_files.py": "the rule",
    "eventdesk/core/private_file.py": "the keys, the settings and layouts, all the home's own",
    "eventdesk/door/own_reader.py": "this machine's card reader, in its home",
    "eventdesk/door/workplaces.py": "this machine's last place, in its home",
    "eventdesk/exercises/rehearsal/copying.py": "a copy of the home, in a temporary folder",
    "eventdesk/tables/csv_file.py": "a draft of `eventdesk.core.output_files`",
    "eventdesk/tables/json_file.py": "a draft of `eventdesk.core.output_files`",
    "eventdesk/tables/xlsx.py": "a draft of `eventdesk.core.output_files`",
    "eventdesk/keeping/personal_data.py": "exports, under a name of its own",
    "eventdesk/keeping/traces.py": "deletes what names an erased person in the home",
    "eventdesk/exchange/exports/exporting.py": "a list over HTTP, in a temporary folder",
    "eventdesk/exchange/exports/scheduled.py": "deletes what it wrote among the exports, too old",
    "eventdesk/exchange/archive/packing.py": "a draft of `eventdesk.core.output_files`",
    "eventdesk/keeping/backups.py": "the backups",
    "eventdesk/exercises/rehearsal/rehearsing.py": "the temporary folder of the copy",
    "eventdesk/keeping/store_upgrade.py": "a copy of the store to try",
    "eventdesk/services/secret_files.py": "secrets of services, beside the keys",
    "eventdesk/printing/printed_files.py": "deletes badges of events long past",
    "eventdesk/printing/badge_batches.py": "a draft of `eventdesk.core.output_files`",
    "eventdesk/printing/layout_files.py": "the layouts",
    "eventdesk/printing/badge_layouts.py": "logos, in the folder of the layouts",
    "eventdesk/exchange/mirror.py": "its own files, each by `need_place`",
    "eventdesk/integrations/calls.py": "a certificate with its key under a word that nobody keeps",
    "eventdesk/integrations/apple_wallet/passes.py": "nothing: the archive is in memory",
    "eventdesk/keeping/restoring.py": "the store, from a backup",
    "eventdesk/keeping/stored_backups.py": "a backup from elsewhere, in a folder of its own",
    "eventdesk/keeping/replica.py": "the replica, in its own folder of the home",
    "eventdesk/keeping/stored_files.py": "files from elsewhere, by names that it checks",
    "eventdesk/exercises/scenes/clips.py": "a draft of `eventdesk.core.output_files`",
}
"""Modules that write, replace or remove files, and why the rule lets them."""

CALLS = frozenset(
    {
        *("write_text", "write_bytes", "rename", "unlink", "rmtree", "rmdir", "mkdir", "touch"),
        *("symlink", "symlink_to", "hardlink_to", "makedirs", "removedirs"),
        *("copyfile", "copytree", "copy2", "mkstemp", "mkdtemp"),
        *("NamedTemporaryFile", "TemporaryDirectory", "replace_private", "create_private"),
        *("VideoWriter", "save_screenshot", "deliver_screenshot", "savefig"),
        *("FileHandler", "RotatingFileHandler"),
    }
)
OF_ACTS = {("act", "touch"), ("self", "touch")}
OF_OS = {"open", "replace", "remove", "link", "move"}


def writing_calls(source: str) -> Iterator[str]:
    """Name the calls of a module that may write a file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        owner = getattr(getattr(called, "value", None), "id", "")
        if (owner, name) in OF_ACTS:
            continue
        of_a_path = name == "replace" and len(node.args) == 1 and not node.keywords
        opens = name in ("open", "ZipFile") and any(map(is_mode_of_writing, modes(node)))
        if name in CALLS or of_a_path or opens or (owner in ("os", "shutil") and name in OF_OS):
            yield name


def modes(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:2], *(each.value for each in call.keywords if each.arg == "mode")]


def is_mode_of_writing(node: ast.expr) -> bool:
    word = node.value if isinstance(node, ast.Constant) else None
    return isinstance(word, str) and set(word) <= set("wxabt+r") and bool(set(word) & set("wxa+"))


def modules() -> Iterator[Path]:
    for package in ("eventdesk", "screens", "kiosk", "data", "badges"):
        yield from (ROOT / package).rglob("*.py")


def test_only_these_modules_write_files() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(set(writing_calls(path.read_text("utf-8"))))
        for path in modules()
    }
    writing = {name: calls for name, calls in found.items() if calls}
    strangers = {name: calls for name, calls in writing.items() if name not in WRITERS}
    assert not strangers, strangers
    assert [name for name in WRITERS if name not in writing] == []
