"""The replica: each commit elsewhere, sealed; nothing that was there is lost by a kill."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import NotFoundError
from eventdesk.core.recovery import secret_of
from eventdesk.events import list_events
from eventdesk.integrations.storage.bucket import Bucket
from eventdesk.keeping import make_recovery_phrase, replay, replica_state, restore_stored
from eventdesk.services import add_service
from tests.build import Fair, make_fair
from tests.integrations.storage.counterpart import ROOT, moto, new_bucket

pytestmark = pytest.mark.long

INSTALLED = ROOT / ".counterparts" / "litestream" / "bin"
WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def litestream(monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.pathsep.join([os.environ.get("PATH", ""), str(INSTALLED)])
    if shutil.which("litestream", path=path) is None:
        pytest.skip("litestream is not installed: make services")
    monkeypatch.setenv("PATH", path)


@contextmanager
def replicating(home: Path, *to: str) -> Iterator["subprocess.Popen[bytes]"]:
    program = subprocess.Popen(
        [sys.executable, "-m", "eventdesk", "--home", str(home), "replicate", *to],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AWS_CA_BUNDLE": "/nowhere"},
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def wait_until_there(home: Path) -> None:
    """Until all that was written by now is elsewhere."""
    since, turn = utc_now(), threading.Event()
    for _look in range(int(WITHIN_S / 0.1)):
        state = replica_state(home)
        if state is not None and state.at is not None and state.at > since:
            return
        turn.wait(0.1)
    raise AssertionError(replica_state(home))


def names(home: Path) -> set[str]:
    with Store(home) as store:
        return {each.name for each in list_events(store, SYSTEM)}


def test_a_kill_loses_nothing_that_was_there(fair: Fair, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    phrase = make_recovery_phrase(fair.store, SYSTEM)
    with replicating(fair.store.home, "--to", str(elsewhere)) as program:
        make_fair(fair.store, "Before")
        wait_until_there(fair.store.home)
        program.send_signal(signal.SIGKILL)
        program.wait()
    make_fair(fair.store, "While it was down")
    with replicating(fair.store.home, "--to", str(elsewhere)):
        make_fair(fair.store, "After")
        wait_until_there(fair.store.home)
    restore_stored(
        Bucket({"folder": str(elsewhere)}),
        tmp_path / "empty",
        secret_of(phrase),
        now=utc_now(),
        replayed=replay,
    )
    assert names(tmp_path / "empty") >= {"Before", "While it was down", "After"}


def test_it_comes_back_from_storage_and_nothing_of_it_can_be_read_there(
    fair: Fair, tmp_path: Path
) -> None:
    with moto() as url:
        storage = new_bucket(url)
        add_service(fair.store, SYSTEM, "storage", storage.values())
        phrase = make_recovery_phrase(fair.store, SYSTEM)
        bucket = Bucket(storage.values())
        with pytest.raises(NotFoundError):
            replay(bucket, tmp_path / "none", secret_of(phrase))
        with replicating(fair.store.home):
            make_fair(fair.store, "Wintermoot")
            wait_until_there(fair.store.home)
        for each in bucket.list():
            kept = b"".join(bucket.read(each.name))
            assert kept.startswith(b"eventdesk sealed 1\n")
            assert b"LTX1" not in kept
        restore_stored(
            bucket, tmp_path / "empty", secret_of(phrase), now=utc_now(), replayed=replay
        )
    assert "Wintermoot" in names(tmp_path / "empty")
