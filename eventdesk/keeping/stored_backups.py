"""Backups elsewhere: encrypted here, kept in storage that speaks S3, restored on an empty machine.

What is uploaded is one sealed stream (`core.sealed_stream`) with the packed copy of the store, its
keys, and the rest of the key folder: the secrets of services are inside. It is sealed with the
house's recovery secret, which lies in the key folder and on a sheet of paper as a phrase.
"""

import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from data.store import KEYS_FOLDER, Store
from eventdesk.acts import (
    SYSTEM,
    Act,
    Permission,
    ReadingSteps,
    Steps,
    reads,
    reads_in_steps,
    steps,
)
from eventdesk.core.errors import BackupError, InvalidInputError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import create_private, make_folders, read_private, replace_private
from eventdesk.core.recovery import SECRET_BYTES, new_secret, phrase_of
from eventdesk.core.remedies import Remedy, advise
from eventdesk.core.sealed_stream import Pieces, opened, sealed, sealed_size
from eventdesk.core.tar_stream import Packed, size_of, stream_of
from eventdesk.keeping.backups import ENDINGS, FOLDER, STAMP, STORAGE, UPLOAD, keys_beside
from eventdesk.keeping.restoring import restore
from eventdesk.services import Dropped, Failed, Later, Outgoing, Sent, SetUp, Told, service_of

if TYPE_CHECKING:
    from eventdesk.integrations.storage.bucket import Bucket

SECRET_FILE: Final = "recovery.key"
"""Lies in the key folder: the recovery secret."""

ENDING: Final = ".sealed"
USUAL_KEPT: Final = 30
KEEP_MONTHLY: Final = timedelta(days=366)

MAX_KEY_FILE: Final = 1 << 20
MAX_KEY_FILES: Final = 10_000

_NAME: Final = re.compile(r"(\d{8}T\d{6}Z)(-\d{1,6})?\.sealed")
_INSIDE: Final = re.compile(r"(store|beside|keys)(/[\w][\w.-]{0,120}){1,3}")
_OF_ITS_TIME: Final = ("progress.json", "audit-seal.json", "eventdesk-keys.json")
"""Files of the key folder that belong to one state of the store; a restore makes them."""


@dataclass(frozen=True, slots=True)
class StoredBackup:
    """A backup in the storage.

    Attributes:
        name: As it is restored by.
        made_at: By the clock of the house, which may have been wrong.
        size: In bytes.
        stored_at: By the clock of the storage.
    """

    name: str
    made_at: datetime
    size: int
    stored_at: datetime


@steps(Permission.INSTALLATION, local=True)
def make_recovery_phrase(steps: Steps) -> str:
    """Make the phrase that opens the backups kept elsewhere; it is shown this once.

    Backups that were uploaded before open with the phrase from before.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    secret = new_secret()
    replace_private(_secret_file(steps.store.home), secret.hex().encode())
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        act.record("make_recovery_phrase", ("store", None))
    return phrase_of(secret)


@reads(Permission.INSTALLATION, local=True)
def has_recovery_phrase(act: Act) -> bool:
    """Whether somebody made the phrase that opens the backups kept elsewhere."""
    act.need(None, Permission.INSTALLATION)
    return recovery_secret(act.store.home) is not None


@reads_in_steps(Permission.INSTALLATION, local=True)
def list_stored(steps: ReadingSteps) -> list[StoredBackup]:
    """List the backups in the storage that is set up, the latest first.

    Raises:
        InvalidInputError: No storage is set up.
        ServiceError: It does not answer, or refuses.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    service = service_of(steps.store, SYSTEM, STORAGE)
    if service is None:
        raise InvalidInputError(
            msg("No storage for backups is set up."), hint=msg("An admin does, under Services.")
        )
    return stored_in(bucket_of(service.values))


class StorageSender:
    """Uploads backups; see `services.Sender`."""

    kind = UPLOAD
    service = STORAGE
    patience = timedelta(days=1)
    at_once = 1

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Upload backups, and delete those there that are past their time."""
        bucket = bucket_of(service.values)
        for job in jobs:
            path = store.home / FOLDER / PurePosixPath(str(job.payload.get("backup"))).name
            secret = recovery_secret(store.home)
            if not path.is_file():
                told(job.id, Dropped())
            elif secret is None:
                told(job.id, Failed(NO_PHRASE))
            else:
                try:
                    name = upload(bucket, store.home, path, secret)
                except OSError as error:
                    told(
                        job.id,
                        Later(msg("{path} cannot be read: {error}.", path=path, error=error)),
                    )
                    continue
                told(job.id, Sent(f"{bucket.name}/{name}"))
                _thin(bucket, _kept(service))


def _kept(service: SetUp) -> int:
    keep = service.values.get("keep")
    return keep if isinstance(keep, int) and keep > 0 else USUAL_KEPT


NO_PHRASE: Final = msg(
    "Nobody made a recovery phrase yet. {remedy}", remedy=advise(Remedy.MAKE_PHRASE)
)

SENDER: Final = StorageSender()


def upload(bucket: "Bucket", home: Path, backup: Path, secret: bytes) -> str:
    """Upload a backup with the keys; returns its name there.

    Raises:
        ServiceError: The storage did not take it; there is nothing of it there then.
        OSError: It cannot be read.
    """
    files = list(_files(home, backup))
    name = backup.name.partition(".")[0] + ENDING
    bucket.put(name, sealed(stream_of(files), secret), sealed_size(size_of(files)))
    return name


def stored_in(bucket: "Bucket") -> list[StoredBackup]:
    """List the backups of a bucket, the latest first.

    Raises:
        ServiceError: It cannot be listed.
    """
    found = [
        StoredBackup(each.name, _stamp(each.name), each.size, each.changed_at)
        for each in bucket.list()
        if _NAME.fullmatch(each.name)
    ]
    return sorted(
        found,
        key=lambda each: (each.stored_at, each.made_at, len(each.name), each.name),
        reverse=True,
    )


def restore_stored(
    bucket: "Bucket",
    home: Path,
    secret: bytes,
    *,
    name: str = "",
    now: datetime,
    replayed: "Callable[[Bucket, Path, bytes], Path] | None" = None,
) -> tuple[StoredBackup, Path]:
    """Bring back a backup from elsewhere, the latest unless it is named.

    On an empty machine the whole key folder comes back; keys that are there stay.

    Args:
        bucket: Where it is.
        home: The home folder, which may be empty or not there.
        secret: The house's, as `recovery.secret_of` reads it from the phrase.
        name: As it is listed.
        now: The time.
        replayed: Fetches a newer store file into a folder (`keeping.replica`); the backup gives
            the keys then.

    Returns:
        Which backup, and where what was there before was set aside.

    Raises:
        NotFoundError: There is none.
        BackupError: It does not open, or was changed; and whatever `restore` raises.
        ServiceError: The storage does not answer, or refuses.
    """
    there = stored_in(bucket)
    wanted = next((each for each in there if name in ("", each.name)), None)
    if wanted is None:
        raise NotFoundError(
            msg("There is no backup {name} in {bucket}.", name=name or "-", bucket=bucket.name),
            hint=msg("Check the folder: it is what the storage was set up with."),
        )
    make_folders(home / FOLDER)
    folder = Path(tempfile.mkdtemp(prefix=".fetching-", dir=home / FOLDER))
    try:
        _unpack(opened(bucket.read(wanted.name), secret), folder)
        if replayed is not None:
            store = replayed(bucket, folder, secret)
            shutil.rmtree(folder / "store")
            (folder / "store").mkdir()
            store.rename(folder / "store" / f"{now.astimezone(UTC):{STAMP}}{ENDINGS[0]}")
        path = _put_beside_others(folder, home)
        aside = restore(home, path, now=now)
        _put_keys(folder / "keys", home / KEYS_FOLDER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return wanted, aside


def past_their_time(there: Sequence[StoredBackup], keep: int, now: datetime) -> list[StoredBackup]:
    """The backups that may go: not of the newest, and not the first of a month of the last year."""
    gone = []
    months: set[str] = set()
    for each in reversed(there):  # the oldest first
        month = f"{each.stored_at:%Y-%m}"
        first, young = month not in months, now - each.stored_at <= KEEP_MONTHLY
        months.add(month)
        if each not in there[:keep] and not (first and young):
            gone.append(each)
    return gone


def _thin(bucket: "Bucket", keep: int) -> None:
    there = stored_in(bucket)
    # By the storage's own clock: that of the house may be wrong, and then nothing must go.
    for each in past_their_time(there, keep, there[0].stored_at if there else datetime.now(UTC)):
        bucket.delete(each.name)


def bucket_of(values: Any) -> "Bucket":
    """The bucket that a storage was set up with."""
    from eventdesk.integrations.storage.bucket import Bucket

    return Bucket(values)


def _files(home: Path, backup: Path) -> Iterator[Packed]:
    """What goes into a backup elsewhere: the copy, its own keys, and the key folder."""
    yield Packed.of(f"store/{backup.name}", backup)
    beside, keys = keys_beside(backup), home / KEYS_FOLDER
    for folder, inside in ((beside, "beside"), (keys, "keys")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_KEY_FILE:
                name = f"{inside}/{path.relative_to(folder).as_posix()}"
                if _INSIDE.fullmatch(name) and path.name not in _left_out(inside):
                    content = path.read_bytes()
                    yield Packed(name, content, len(content))


def _left_out(inside: str) -> Collection[str]:
    return _OF_ITS_TIME if inside == "keys" else ()


def _unpack(pieces: Iterable[bytes], folder: Path) -> None:
    """Write the files of a stream; all of it is read, so that its end is proved."""
    source = Pieces(pieces)
    try:
        with tarfile.open(fileobj=source, mode="r|", bufsize=tarfile.RECORDSIZE) as archive:  # type: ignore[call-overload]  # a reader is enough
            for number, info in enumerate(archive):
                if not info.isreg() or not _INSIDE.fullmatch(info.name) or number > MAX_KEY_FILES:
                    raise BackupError(msg("This is no backup of eventdesk."))
                path = folder / info.name
                make_folders(path.parent)
                content = archive.extractfile(info)
                assert content is not None
                with path.open("xb") as file:
                    shutil.copyfileobj(content, file, 1 << 20)
    except tarfile.TarError as error:
        raise BackupError(msg("This is no backup of eventdesk.")) from error
    while source.read(1 << 20):
        pass


def _put_beside_others(folder: Path, home: Path) -> Path:
    """Put the copy and its keys among the backups of the home, under a free name.

    One of the same name that is there may be damaged: it is not trusted, and not touched.
    """
    copies = [path for path in (folder / "store").glob("*") if path.name.endswith(ENDINGS)]
    if len(copies) != 1:
        raise BackupError(msg("This is no backup of eventdesk."))
    path = _free(home / FOLDER / copies[0].name)
    shutil.copytree(folder / "beside", keys_beside(path), dirs_exist_ok=True)
    copies[0].rename(path)
    return path


def _free(path: Path) -> Path:
    """A name for a backup that no other has; see `keeping.backups`."""
    stamp, _dot, ending = path.name.partition(".")
    names = (f"{stamp.partition('-')[0]}-{number}.{ending}" for number in count(2))
    named = (path.with_name(name) for name in (path.name, *islice(names, MAX_KEY_FILES)))
    return next(each for each in named if not each.exists() and not keys_beside(each).exists())


def _put_keys(fetched: Path, keys: Path) -> None:
    """Put files of the key folder back that are not there."""
    for path in sorted(fetched.rglob("*")):
        there = keys / path.relative_to(fetched)
        if path.is_file() and not there.exists():
            create_private(there, path.read_bytes())


def _secret_file(home: Path) -> Path:
    return home / KEYS_FOLDER / SECRET_FILE


def recovery_secret(home: Path) -> bytes | None:
    """The secret that what leaves is sealed with; None while nobody made a phrase."""
    try:
        secret = bytes.fromhex(read_private(_secret_file(home), limit=100)[0].decode("ascii"))
    except (OSError, ValueError):
        return None
    return secret if len(secret) == SECRET_BYTES else None


def _stamp(name: str) -> datetime:
    try:
        return datetime.strptime(name[:16], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
