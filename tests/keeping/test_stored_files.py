"""Folders elsewhere: in step with the storage, sealed, each file once, gone when gone here."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import ServiceSilentError
from eventdesk.core.recovery import new_secret, secret_of
from eventdesk.core.sealed_stream import sealed
from eventdesk.integrations.service import named
from eventdesk.integrations.storage import bucket as bucket_module
from eventdesk.integrations.storage.bucket import Bucket
from eventdesk.integrations.storage.kind import FOLDERS
from eventdesk.keeping import (
    Fetched,
    InStep,
    erase_account,
    export_personal_data,
    fetch_files,
    make_recovery_phrase,
    queue_folders,
    stored_files,
)
from eventdesk.keeping.stored_files import UNDER, Kept, bring_in_step, files_in, is_in_step
from eventdesk.services import (
    OutgoingView,
    add_service,
    change_service,
    service_deliveries,
    service_of,
)
from eventdesk.spooler.senders import SENDERS, ServiceCourier
from tests.build import NOON, Fair
from tests.integrations.storage.counterpart import Storage, cut_line, moto, new_bucket
from tests.people import make_guest

pytestmark = pytest.mark.long

SECRET = bytes(range(16))
MIB = 1 << 20


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture
def storage(moto_url: str) -> Storage:
    return new_bucket(moto_url)


@pytest.fixture
def bucket(storage: Storage) -> Bucket:
    return Bucket(storage.values())


@pytest.fixture
def house(tmp_path: Path) -> Path:
    home = tmp_path / "house"
    for name, content in (("layouts/logo.png", b"a logo"), ("exports/fair/guests.csv", b"Ada")):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return home


def bring(bucket: Bucket, home: Path, folder: str = "exports", *, kept: bool = True) -> InStep:
    return bring_in_step(bucket, home, folder, "here", SECRET, kept=kept)


def fetch(bucket: Bucket, home: Path, secret: bytes = SECRET) -> Fetched:
    return fetch_files(bucket, home, secret, FOLDERS)


def test_folders_come_back_on_an_empty_machine(bucket: Bucket, house: Path, tmp_path: Path) -> None:
    for folder in ("exports", "layouts"):
        assert bring(bucket, house, folder) == InStep(1, 0)
    empty = tmp_path / "empty"
    assert fetch(bucket, empty) == Fetched(2, 0)
    for name in ("layouts/logo.png", "exports/fair/guests.csv"):
        assert (empty / name).read_bytes() == (house / name).read_bytes()
        assert (empty / name).stat().st_mtime_ns == (house / name).stat().st_mtime_ns
        assert (empty / name).stat().st_mode & 0o077 == 0
    assert fetch(bucket, empty) == Fetched(0, 0)
    assert bring(bucket, empty) == InStep(0, 0)


def test_neither_content_nor_names_can_be_read_there(bucket: Bucket, house: Path) -> None:
    bring(bucket, house)
    (there,) = bucket.list(UNDER)
    kept = b"".join(bucket.read(there.name))
    assert b"guests" not in kept
    assert b"Ada" not in kept
    assert "guests" not in there.name


def test_each_version_goes_once_and_takes_the_place_of_the_one_before(
    bucket: Bucket, house: Path
) -> None:
    assert bring(bucket, house) == InStep(1, 0)
    before = bucket.list(UNDER)
    assert bring(bucket, house) == InStep(0, 0)
    assert bucket.list(UNDER) == before
    (house / "exports/fair/guests.csv").write_bytes(b"Ada, Grace")
    assert bring(bucket, house) == InStep(1, 1)
    assert len(bucket.list(UNDER)) == 1


def test_what_is_deleted_here_is_deleted_there(bucket: Bucket, house: Path) -> None:
    bring(bucket, house)
    bring(bucket, house, "layouts")
    (house / "exports/fair/guests.csv").unlink()
    assert bring(bucket, house) == InStep(0, 1)
    assert len(bucket.list(UNDER)) == 1


def test_a_folder_that_was_lost_takes_nothing_along(
    bucket: Bucket, house: Path, tmp_path: Path
) -> None:
    bring(bucket, house)
    (tmp_path / "new" / "exports").mkdir(parents=True)
    assert bring(bucket, tmp_path / "new") == InStep(0, 0)
    assert len(bucket.list(UNDER)) == 1


def test_what_is_not_to_be_there_any_more_is_deleted_there(bucket: Bucket, house: Path) -> None:
    bring(bucket, house)
    assert not is_in_step(house, "exports", "here", SECRET, kept=False)
    assert bring(bucket, house, kept=False) == InStep(0, 1)
    assert is_in_step(house, "exports", "here", SECRET, kept=False)
    assert bucket.list(UNDER) == []
    assert (house / "exports/fair/guests.csv").exists()


def test_another_storage_gets_all_of_it(bucket: Bucket, moto_url: str, house: Path) -> None:
    bring(bucket, house)
    assert is_in_step(house, "exports", "here", SECRET, kept=True)
    assert not is_in_step(house, "exports", "there", SECRET, kept=True)
    assert bring(Bucket(new_bucket(moto_url).values()), house) == InStep(1, 0)


def test_a_large_upload_that_was_cut_goes_on_where_it_was(
    storage: Storage, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_files, "PIECE", 4 * MIB)
    monkeypatch.setattr(bucket_module, "RETRY_FOR", timedelta(seconds=1))
    (house / "recordings").mkdir()
    (house / "recordings" / "talk.mp4").write_bytes(os.urandom(15 * MIB))
    with cut_line(storage.url, after=1 << 40, cuts=1000) as (address, line):
        cut = Bucket(storage.values(endpoint=address))
        put = cut.put

        def then_cut(*args: object) -> None:
            put(*args)  # type: ignore[arg-type]  # as it was called
            line.after = 2 * MIB

        monkeypatch.setattr(cut, "put", then_cut)
        with pytest.raises(ServiceSilentError):
            bring(cut, house, "recordings")
        assert line.cut
    bucket = Bucket(storage.values())
    before = {each.name: each.changed_at for each in bucket.list(UNDER)}
    assert len(before) == 1
    assert not is_in_step(house, "recordings", "here", SECRET, kept=True)
    assert fetch(bucket, tmp_path / "half").files == 0
    assert bring(bucket, house, "recordings") == InStep(1, 0)
    after = {each.name: each.changed_at for each in bucket.list(UNDER)}
    assert len(after) == 4
    assert {name: after[name] for name in before} == before
    assert fetch(bucket, tmp_path / "whole") == Fetched(1, 0)
    name = "recordings/talk.mp4"
    assert (tmp_path / "whole" / name).read_bytes() == (house / name).read_bytes()


def test_what_a_program_that_ended_had_taken_there_is_not_forgotten(
    bucket: Bucket, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = bucket.put

    def ends(*args: object) -> None:
        put(*args)  # type: ignore[arg-type]  # as it was called
        raise KeyboardInterrupt

    monkeypatch.setattr(bucket, "put", ends)
    with pytest.raises(KeyboardInterrupt):
        bring(bucket, house)
    (house / "exports/fair/guests.csv").unlink()
    assert not is_in_step(house, "exports", "here", SECRET, kept=True)
    assert bring(bucket, house) == InStep(0, 1)
    assert bucket.list(UNDER) == []


def test_a_file_that_changes_while_it_is_read_is_not_there_by_half(
    bucket: Bucket, house: Path
) -> None:
    file = house / "exports/fair/guests.csv"
    looked = list(files_in(house, "exports"))
    file.write_bytes(b"Ada, Grace")
    with pytest.raises(OSError, match="was changed"):
        stored_files._upload(bucket, house, looked[0], SECRET, (), UNDER)
    assert bucket.list(UNDER) == []


def test_hidden_files_and_links_stay_here(house: Path) -> None:
    (house / "exports" / ".draft.part").write_bytes(b"x")
    (house / "exports" / ".former").mkdir()
    (house / "exports" / ".former" / "old").write_bytes(b"x")
    (house / "exports" / "half.csv.part").write_bytes(b"x")
    (house / "exports" / "link").symlink_to("/etc/passwd")
    assert [each.path for each in files_in(house, "exports")] == ["exports/fair/guests.csv"]


OUTSIDE = (
    *("../exports/a", "exports/../../a", "/etc/a", "exports//a", "keys/recovery.key", "exports"),
    *("exports/.hidden", "exports/a\\b", "exports/a\x1b[1m", "exports/./a", "eventdesk.db"),
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_is_written_outside_of_the_folders(
    path: str, bucket: Bucket, tmp_path: Path
) -> None:
    put_piece(bucket, Kept(path, 1, 0), b"x")
    home = tmp_path / "a" / "home"
    assert fetch(bucket, home).files == 0
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_piece_in_the_place_of_another_is_no_file(bucket: Bucket, tmp_path: Path) -> None:
    one, other = Kept("exports/a", 1, 0), Kept("exports/b", 1, 0)
    put_piece(bucket, one, b"x", named=other)
    assert fetch(bucket, tmp_path / "empty") == Fetched(0, 1)


def test_files_of_another_phrase_are_counted(bucket: Bucket, house: Path, tmp_path: Path) -> None:
    bring(bucket, house)
    assert fetch(bucket, tmp_path / "empty", new_secret()) == Fetched(0, 1)


def test_a_file_that_is_here_stays_and_the_newest_version_comes_back(
    bucket: Bucket, house: Path, tmp_path: Path
) -> None:
    bring(bucket, house)
    (house / "exports" / stored_files.LIST).unlink()
    (house / "exports/fair/guests.csv").write_bytes(b"Ada, Grace")
    bring(bucket, house)
    assert len(bucket.list(UNDER)) == 2
    assert fetch(bucket, tmp_path / "empty") == Fetched(1, 0)
    path = tmp_path / "empty/exports/fair/guests.csv"
    assert path.read_bytes() == b"Ada, Grace"
    path.write_bytes(b"mine")
    fetch(bucket, tmp_path / "empty")
    assert path.read_bytes() == b"mine"
    assert bring(bucket, tmp_path / "empty") == InStep(1, 2)


def put_piece(bucket: Bucket, file: Kept, content: bytes, *, named: Kept | None = None) -> None:
    told = {"path": file.path, "size": file.size, "modified_ns": file.modified_ns, "piece": 0}
    whole = b"".join(sealed([json.dumps(told).encode() + b"\n", content], SECRET))
    bucket.put((named or file).names(SECRET)[0], [whole], len(whole))


# In a house: the chore, the delivery and its courier.


@pytest.fixture
def turn(fair: Fair, storage: Storage) -> Callable[[], int]:
    """A house whose storage keeps layouts and exports; brings them in step."""
    fair.store.clock = lambda: NOON
    add_service(fair.store, SYSTEM, "storage", storage.values(folders=["layouts", "exports"]))
    make_recovery_phrase(fair.store, SYSTEM)
    for folder in ("layouts", "exports"):
        (fair.store.home / folder).mkdir(exist_ok=True)

    def turn() -> int:
        service = service_of(fair.store, SYSTEM, "storage")
        assert service is not None
        queued = queue_folders(fair.store, SYSTEM)
        sender = named(SENDERS["stored_files"][1])
        courier = ServiceCourier(fair.store, sender, service, threading.Event())
        while courier.turn():
            pass
        return queued

    return turn


def deliveries(fair: Fair) -> list[OutgoingView]:
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    return service_deliveries(fair.store, SYSTEM, service.id)[0]


def test_a_folder_that_changed_is_one_delivery(
    fair: Fair, bucket: Bucket, turn: Callable[[], int]
) -> None:
    assert turn() == 0
    for name in ("a.csv", "b.csv"):
        (fair.store.home / "exports" / name).write_bytes(b"x")
    assert turn() == 1
    (line,) = deliveries(fair)
    assert (line.state, line.what, line.where) == ("sent", "exports", f"{bucket.name}: +2 -0")
    assert len(bucket.list(UNDER)) == 2
    assert turn() == 0


def test_a_folder_that_is_not_chosen_stays_here_and_goes_from_there(
    fair: Fair, bucket: Bucket, storage: Storage, turn: Callable[[], int]
) -> None:
    (fair.store.home / "recordings").mkdir()
    (fair.store.home / "recordings" / "talk.mp4").write_bytes(b"x")
    (fair.store.home / "exports" / "a.csv").write_bytes(b"x")
    assert turn() == 1
    assert len(bucket.list(UNDER)) == 1
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    change_service(fair.store, SYSTEM, service.id, storage.values(folders=[]))
    assert turn() == 1
    assert bucket.list(UNDER) == []


def test_what_erasure_deletes_here_goes_from_there(
    fair: Fair, bucket: Bucket, turn: Callable[[], int]
) -> None:
    ada = make_guest(fair.store, "Ada")
    export_personal_data(fair.store, ada)
    turn()
    assert len(bucket.list(UNDER)) == 1
    erase_account(fair.store, ada)
    turn()
    assert bucket.list(UNDER) == []


def test_a_new_phrase_opens_all_that_is_there(
    fair: Fair, bucket: Bucket, turn: Callable[[], int], tmp_path: Path
) -> None:
    (fair.store.home / "exports" / "a.csv").write_bytes(b"x")
    turn()
    secret = secret_of(make_recovery_phrase(fair.store, SYSTEM))
    turn()
    assert fetch(bucket, tmp_path / "empty", secret) == Fetched(1, 0)


def test_without_a_phrase_nothing_leaves(fair: Fair, bucket: Bucket, storage: Storage) -> None:
    add_service(fair.store, SYSTEM, "storage", storage.values(folders=["exports"]))
    (fair.store.home / "exports").mkdir(exist_ok=True)
    (fair.store.home / "exports" / "a.csv").write_bytes(b"x")
    assert queue_folders(fair.store, SYSTEM) == 0


def test_a_storage_that_refused_is_asked_again_after_an_hour(
    fair: Fair, storage: Storage, turn: Callable[[], int]
) -> None:
    (fair.store.home / "exports" / "a.csv").write_bytes(b"x")
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    wrong = storage.values(folders=["exports"], bucket="nowhere-here")
    change_service(fair.store, SYSTEM, service.id, wrong)
    assert turn() == 1
    assert [each.state for each in deliveries(fair)] == ["failed"]
    assert turn() == 0
    fair.store.clock = lambda: NOON + timedelta(hours=2)
    change_service(fair.store, SYSTEM, service.id, storage.values(folders=["exports"]))
    assert turn() == 1
    assert deliveries(fair)[0].state == "sent"


def test_deliveries_that_are_long_over_are_no_longer_listed(
    fair: Fair, turn: Callable[[], int]
) -> None:
    for day in range(0, 20, 5):
        fair.store.clock = lambda day=day: NOON + timedelta(days=day)  # type: ignore[misc]
        (fair.store.home / "exports" / f"{day}.csv").write_bytes(b"x")
        turn()
    assert len(deliveries(fair)) == 2
