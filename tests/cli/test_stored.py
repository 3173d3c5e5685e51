"""Backups elsewhere on the command line: the phrase, and a restore into an empty home."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli import cli
from eventdesk.core.recovery import secret_of
from eventdesk.integrations.service import named
from eventdesk.keeping import queue_folders
from eventdesk.services import add_service, service_of
from eventdesk.spooler.senders import SENDERS, ServiceCourier
from tests.cli.conftest import Call
from tests.integrations.storage.counterpart import Storage, moto, new_bucket


@pytest.fixture
def storage() -> Iterator[Storage]:
    with moto() as url:
        yield new_bucket(url)


def test_the_phrase_is_shown_once_and_made_anew_after_a_yes(call: Call, home: Path) -> None:
    call("init")
    phrase = call("backup", "--phrase").stdout.splitlines()[0]
    kept = (home / "keys" / "recovery.key").read_text()
    assert bytes.fromhex(kept) == secret_of(phrase)
    assert call("backup", "--phrase").exit_code != 0
    assert (home / "keys" / "recovery.key").read_text() == kept


@pytest.mark.parametrize("address", ["my-bucket", "s3://", "http://x/y"])
def test_what_is_no_storage_is_told(call: Call, address: str) -> None:
    refused = call("restore", "--yes", "--from", address)
    assert refused.exit_code == 2
    assert "s3://my-bucket/house" in refused.stderr


def test_without_storage_there_is_nothing_elsewhere(call: Call) -> None:
    call("init")
    refused = call("backup", "--elsewhere")
    assert refused.exit_code == 2
    assert "No storage for backups is set up." in refused.stderr


@pytest.mark.long
def test_one_command_brings_everything_back_into_an_empty_home(
    call: Call, home: Path, storage: Storage, tmp_path: Path
) -> None:
    call("demo", "--size", "3")
    with Store(home) as store:
        add_service(store, SYSTEM, "storage", storage.values(folders=["layouts"]))
    (home / "layouts").mkdir(exist_ok=True)
    (home / "layouts" / "logo.png").write_bytes(b"a logo")
    phrase = call("backup", "--phrase").stdout.splitlines()[0]
    call("backup")
    with Store(home) as store:
        service = service_of(store, SYSTEM, "storage")
        assert service is not None
        queue_folders(store, SYSTEM)
        for kind in ("stored_backup", "stored_files"):
            sender = named(SENDERS[kind][1])
            assert ServiceCourier(store, sender, service, threading.Event()).turn() == 1
    assert ".sealed" in call("backup", "--elsewhere").stdout

    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    line = ["--home", str(tmp_path / "empty"), "restore", "--yes", "--endpoint", storage.url]
    line += ["--from", f"s3://{storage.bucket}/house/a"]
    done = CliRunner().invoke(cli, line, env=keys, input=f"{phrase.lower()}\n")
    assert done.exit_code == 0, done.output
    assert "1 file came back, too." in done.output
    assert (tmp_path / "empty" / "layouts" / "logo.png").read_bytes() == b"a logo"
    shown = CliRunner().invoke(cli, ["--home", str(tmp_path / "empty"), "events"])
    assert "Demo Days" in shown.stdout
