"""The replica: each commit of the store elsewhere within seconds, encrypted before it leaves.

litestream, a program beside ours, writes each commit into files of a folder of the home, and
gathers them into larger ones; these files are kept in step with the storage as other folders are
(`keeping.stored_files`), oldest first, so that what is there is always a state that was. litestream
itself knows neither the storage nor a secret, for it no longer encrypts.

Each store file has a folder of its own, so that what was put back from a backup does not continue
the replica of the file before.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.house_lock import sending
from data.store import FILE_NAME, KEYS_FOLDER, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    BackupError,
    EventDeskError,
    InvalidInputError,
    NotFoundError,
    ServiceSilentError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.messages import ENGLISH, msg, reading
from eventdesk.core.plain_text import plain
from eventdesk.core.private_file import make_folders, read_private, replace_private
from eventdesk.core.remedies import Remedy, advise
from eventdesk.keeping.backups import list_backups, make_backup
from eventdesk.keeping.stored_backups import ENDING, stored_in, upload
from eventdesk.keeping.stored_files import bring_in_step, fetch_files, files_in, is_in_step

if TYPE_CHECKING:
    from eventdesk.integrations.storage.bucket import Bucket

FOLDER: Final = "replica"
"""Folder of the home, and of the storage."""

STATE: Final = "state.json"
"""File in it that says how it stands."""

LOOK_S: Final = 1.0
"""How often it is looked what litestream wrote."""

WRITES: Final = timedelta(seconds=1)
"""How long litestream gathers commits before it writes them."""

NOTE_S: Final = 5.0
"""How often it is noted that all is well, though nothing changed."""

FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
"""After what failed it is tried again; the pauses double from the first to the last."""

END_S: Final = 15.0
"""How long litestream may take to write the rest when it is told to end."""

RESTORE_S: Final = 3600.0
FORMER: Final = timedelta(days=7)
"""How long the replica of a former store file stays in the storage."""

_LAUNCH: Final = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Has litestream end with us, however we end (prctl(2), PR_SET_PDEATHSIG)."""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """How the replica stands.

    Attributes:
        at: When all that was written by then was last known to be elsewhere; None never.
        trouble: What went wrong since, in English; "" nothing.
    """

    at: datetime | None
    trouble: str


def litestream() -> str:
    """Where litestream is.

    Raises:
        InvalidInputError: It is not installed.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which("litestream", path=path)
    if found is None:
        raise InvalidInputError(
            msg("Replication needs litestream, which is not installed."),
            hint=msg("Install it: {command}", command='pip install "eventdesk[replicate]"'),
        )
    return found


def replicate(store: Store, bucket: "Bucket", secret: bytes, stop: threading.Event) -> None:
    """Keep a replica elsewhere until it is told to stop.

    Args:
        store: The store, which others use meanwhile.
        bucket: Where to.
        secret: The house's recovery secret.
        stop: Ends it, once the rest is elsewhere or the storage does not take it.

    Raises:
        InvalidInputError: litestream is not installed, or another program replicates the store.
    """
    program = litestream()
    with sending(store.home, FOLDER) as mine, reading(ENGLISH):
        if not mine:
            raise InvalidInputError(msg("Another program replicates this store already."))
        folder = _folder_of(store.home)
        replica = _Replica(store, bucket, secret, folder)
        with _beside(program, folder, store.path) as child:
            replica.follow(child, stop)
        replica.ship_the_rest()


def replica_state(home: Path) -> ReplicaState | None:
    """How the replica of a home stands; None where there never was one."""
    try:
        kept = json.loads(read_private(home / FOLDER / STATE, limit=4096)[0])
        at = kept["at"] and datetime.fromisoformat(kept["at"])
        return ReplicaState(at, str(kept["trouble"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def replay(bucket: "Bucket", folder: Path, secret: bytes) -> Path:
    """Fetch the latest replica, and make a store file of it.

    Args:
        bucket: Where it is.
        folder: A folder for that alone.
        secret: The house's recovery secret.

    Raises:
        NotFoundError: There is none.
        BackupError: It does not open, or is not whole.
        ServiceError: The storage does not answer, or refuses.
    """
    program = litestream()
    there = [each for each in bucket.list(f"{FOLDER}/") if each.name.count("/") == 2]
    if not there:
        raise NotFoundError(
            msg("There is no replica in {bucket}.", bucket=bucket.name),
            hint=advise(Remedy.RESTORE_BACKUP),
        )
    latest = max(there, key=lambda each: each.changed_at).name.split("/")[1]
    fetched = fetch_files(bucket, folder, secret, [FOLDER], under=f"{FOLDER}/{latest}/")
    store = folder / "replayed.db"
    if fetched.files:
        _write_orders(folder / FOLDER / latest, store)
        _call(program, folder / FOLDER / latest, store)
    if not store.is_file():
        raise BackupError(
            msg("The replica does not open with this key, or is not whole."),
            hint=advise(Remedy.RESTORE_BACKUP),
        )
    store.chmod(0o600)
    return store


class _Replica:
    """The replica of one store file, and what is known of it."""

    def __init__(self, store: Store, bucket: "Bucket", secret: bytes, folder: Path) -> None:
        self._store, self._bucket, self._secret, self._folder = store, bucket, secret, folder
        self._name = f"{FOLDER}/{folder.name}"
        self._keys_at = -1
        self._noted_s = -NOTE_S
        self._at: datetime | None = None

    def follow(self, child: "_Child", stop: threading.Event) -> None:
        """Take elsewhere what the child writes."""
        pause_s = FIRST_PAUSE_S
        while not stop.wait(LOOK_S):
            try:
                child.keep()
                self._ship()
                pause_s = FIRST_PAUSE_S
            except (EventDeskError, OSError) as error:
                self._note(plain(str(error), limit=300))
                stop.wait(pause_s)
                pause_s = min(LAST_PAUSE_S, 2 * pause_s)

    def ship_the_rest(self) -> None:
        """Take elsewhere what is left, if that is possible."""
        try:
            self._ship()
        except (EventDeskError, OSError) as error:
            self._note(plain(str(error), limit=300))

    def _ship(self) -> None:
        self._keep_keys()
        home, where = self._store.home, self._bucket.name
        at = self._followed_to()
        changed = not is_in_step(home, self._name, where, self._secret, kept=True)
        if changed:
            bring_in_step(
                self._bucket,
                home,
                self._name,
                where,
                self._secret,
                kept=True,
                under=f"{self._name}/",
                in_order=True,
            )
        if at is not None and (changed or time.monotonic() - self._noted_s >= NOTE_S):
            self._at = at
            self._note("")

    def _followed_to(self) -> datetime | None:
        """Up to when litestream wrote all commits; None while it wrote none."""
        now = utc_now()
        files = files_in(self._store.home, self._name)
        newest = max((each.modified_ns for each in files), default=0)
        log = self._store.path.with_name(f"{FILE_NAME}-wal")
        if newest and (not log.exists() or log.stat().st_mtime_ns <= newest):
            return now
        return datetime.fromtimestamp(newest / 1e9, UTC) - WRITES if newest else None

    def _keep_keys(self) -> None:
        """Have a backup there with the keys that open the replica's tickets."""
        home = self._store.home
        keys_at = (home / KEYS_FOLDER / KEY_FILE_NAME).stat().st_mtime_ns
        if keys_at == self._keys_at:
            return
        newest = next(iter(list_backups(home)), None)
        if newest is None or newest.path.stat().st_mtime_ns < keys_at:
            newest = make_backup(self._store, SYSTEM)
        name = newest.path.name.partition(".")[0] + ENDING
        if name not in [each.name for each in stored_in(self._bucket)]:
            upload(self._bucket, home, newest.path, self._secret)
        self._forget_former()
        self._keys_at = keys_at

    def _forget_former(self) -> None:
        """Delete the replicas of former store files."""
        there = self._bucket.list(f"{FOLDER}/")
        latest = max((each.changed_at for each in there), default=None)
        for each in there:
            is_former = not each.name.startswith(f"{self._name}/")
            if is_former and latest is not None and latest - each.changed_at > FORMER:
                self._bucket.delete(each.name)

    def _note(self, trouble: str) -> None:
        self._noted_s = time.monotonic()
        told = {"at": self._at.isoformat() if self._at else None, "trouble": trouble}
        with suppress(OSError):
            replace_private(self._store.home / FOLDER / STATE, json.dumps(told).encode())


class _Child:
    """litestream, started again when it ends."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._started: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start it unless it runs.

        Raises:
            ServiceSilentError: It had ended; it is started by the next call.
        """
        if self._started is None:
            self._started = self._start()
        elif self._started.poll() is not None:
            status, self._started = self._started.returncode, None
            raise ServiceSilentError(
                msg(
                    "litestream ended with status {status}; see {log}.",
                    status=status,
                    log=self._folder / _LOG,
                )
            )

    def end(self) -> None:
        """Let it write the rest and end."""
        if self._started is not None and self._started.poll() is None:
            self._started.terminate()
            try:
                self._started.wait(END_S)
            except subprocess.TimeoutExpired:
                self._started.kill()
                self._started.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        orders = ["replicate", "-no-expand-env", "-config", str(self._folder / _ORDERS)]
        with (self._folder / _LOG).open("wb") as told:
            return subprocess.Popen(
                [sys.executable, "-c", _LAUNCH, str(os.getpid()), self._program, *orders],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                env=_environment(),
                start_new_session=True,
            )


_ORDERS: Final = ".litestream.json"
_LOG: Final = ".litestream.log"
_OWN: Final = ".litestream"


@contextmanager
def _beside(program: str, folder: Path, store: Path) -> Iterator[_Child]:
    _write_orders(folder, store)
    child = _Child(program, folder)
    try:
        yield child
    finally:
        child.end()


def _environment() -> dict[str, str]:
    """What litestream needs; AWS_CA_BUNDLE ends it, and secrets are none of its business."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


def _write_orders(folder: Path, store: Path) -> None:
    """Tell litestream what to follow; JSON is YAML, too, whatever is in a path."""
    one = {
        "path": str(store),
        "meta-path": str(folder / _OWN),
        "replica": {"type": "file", "path": str(folder), "sync-interval": "1s"},
    }
    orders = {"dbs": [one], "snapshot": {"interval": "24h", "retention": "24h"}}
    replace_private(folder / _ORDERS, json.dumps(orders).encode())


def _call(program: str, folder: Path, store: Path) -> None:
    orders = ["restore", "-no-expand-env", "-config", str(folder / _ORDERS), str(store)]
    try:
        subprocess.run(
            [program, *orders],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=RESTORE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        store.unlink(missing_ok=True)


def _folder_of(home: Path) -> Path:
    """The folder of the present store file; those of former ones go."""
    make_folders(home / FOLDER)
    (home / FOLDER).chmod(0o700)
    ending = f"-{(home / FILE_NAME).stat().st_ino}"
    there = sorted(path for path in (home / FOLDER).iterdir() if path.is_dir())
    mine = [path for path in there if path.name.endswith(ending)]
    for path in there:
        if path not in mine:
            shutil.rmtree(path)
    if mine:
        return mine[-1]
    folder = home / FOLDER / f"{new_id().hex}{ending}"
    folder.mkdir(mode=0o700)
    return folder
