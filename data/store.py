"""The store: one file, its keys, and the two ways in: read and write."""

import logging
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import UUID

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError, StatementError

from data.audit_mark import FILE_NAME as MARK_NAME
from data.home_modes import tighten
from data.house_lock import alone, present
from data.migrate import bring_up_to_date, migrate
from data.open_file import Identity, OpenFile, Place, found_index, identity
from data.progress_mark import FILE_NAME as PROGRESS_NAME
from data.schema import DeviceRow, SettingRow, TokenKeyRow
from data.sqlite.driver import driver
from data.sqlite.engine import commit, make_engine, take_write_lock
from data.sqlite.errors import translate
from data.sqlite.log import LogEnd
from data.touched import begin_unsaid, end_unsaid
from data.vocabulary import Vocabulary
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    EventDeskError,
    InvalidInputError,
    KeyFileError,
    KeyFileLostError,
    NotFoundError,
    StoreBusyError,
    StoreCutError,
    StoreError,
    StoreGoneError,
    StoreReadOnlyError,
    StoreReplacedError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME
from eventdesk.core.keyring import FOLDER_NAME, Keyring
from eventdesk.core.messages import msg
from eventdesk.core.private_file import OWNER_ONLY_FOLDER, create_empty, folder_lock
from eventdesk.core.token import TokenKey

log = logging.getLogger(__name__)

FILE_NAME = "eventdesk.db"
KEYS_FOLDER = FOLDER_NAME

_SUBJECT = "about"
"""Where a connection keeps the event its transaction is about."""

ASKED_AGAIN_S = 1.0
"""How soon a file that was refused is looked at again."""


class Store:
    """Everything the desk keeps, in one home folder.

    Safe to use from several threads and from several processes at once. Within a process
    writers queue at a lock, because waiting there is fair and wakes at once; processes queue
    for a turn (`data.sqlite.turn`), and SQLite's own lock decides.

    Attributes:
        home: The folder that holds the file, the keys, backups and badges.
        path: The database file.
        keys: What seals and opens tickets.
        device_id: This machine, as scans name it.
        vocabulary: Words of all names, for correcting typos.
        writes: Transactions that were committed through this object.
        tightened: Files and folders of the home that others could read until it was opened.
        clock: Says what time it is, aware UTC, to whoever does not bring an instant along.
    """

    def __init__(self, home: Path, *, keys: Keyring | None = None) -> None:
        """Open the store of a home folder; a missing file is an error, see `Store.create`.

        Raises:
            NotFoundError: There is no store in this folder yet.
            StoreError: The file cannot be used; the message says why.
            KeyFileError: Tickets were sold with keys that are not here.
        """
        self.home = home
        self.path = home / FILE_NAME
        if not self.path.is_file():
            raise NotFoundError(
                msg("There is no eventdesk store in {home}.", home=home),
                hint=msg("Make one with `eventdesk init`, or try `eventdesk demo --size 500`."),
            )
        self.keys = keys or Keyring.open(home / KEYS_FOLDER)
        self.tightened = tighten(home)
        self.vocabulary = Vocabulary()
        self.writes = 0
        self.clock: Callable[[], datetime] = utc_now
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._refused: tuple[Identity | None, float, StoreError] | None = None
        self._told = Place.SAME
        with ExitStack() as in_vain, self._translated():
            self._presence = in_vain.enter_context(present(home))
            self._file = _opened(self.path)
            in_vain.callback(self._file.close)
            self.device_id, sold = _identified(self._file)
            self.keys.check(sold)
            in_vain.pop_all()

    @classmethod
    def create(cls, home: Path, *, device_name: str = "") -> Self:
        """Make a new home: the folder, the keys and an empty store.

        The file appears under its name only when it is complete, so that a half-made store is
        never opened.

        Raises:
            InvalidInputError: There is a store in this folder already.
            StoreError: The folder or the file cannot be written.
            KeyFileError: The folder has a broken key file.
        """
        path = home / FILE_NAME
        if path.exists():
            raise _there_already(home)
        with _writable(home):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_keys(home / KEYS_FOLDER)
            draft = home / f".{FILE_NAME}.{new_id().hex}"
            try:
                _fill(draft, device_name or platform.node() or "desk")
                _clear_traces(home)
                path.hardlink_to(draft)
            except FileExistsError:
                raise _there_already(home) from None
            finally:
                for leftover in home.glob(f"{draft.name}*"):
                    leftover.unlink()
        return cls(home)

    @contextmanager
    def write(self, *, about: UUID | None = None) -> Iterator[Connection]:
        """Open one write transaction: returning commits, raising rolls back.

        The lock is taken first, so what the block reads stays true until it commits, and
        what it wrote is on the disk, in the file that lies in the home, when the block has ended.

        Args:
            about: The one event whose rows are read and written; None for the whole house.
                SQLite has one lock for all and only notes it, see `subject`. PostgreSQL locks
                this event alone, so transactions about other events go on beside it, and
                without it the whole house.

        Raises:
            StoreBusyError: Another process held the lock too long.
            StoreGoneError: The file was deleted, moved or replaced.
            StoreError: It could not be written; the message says why. Nothing was.
        """
        with self._writing, self._used(briefly=True) as file:
            connection = file.writer()
            try:
                take_write_lock(connection, file.turn)
                connection.info[_SUBJECT] = about
                changed = begin_unsaid(connection)
                yield connection
                end_unsaid(connection, changed)
                place, end = file.before_commit()
                self._need(place)
                commit(connection)
                self._need_behind(file, end)
                self.writes += 1
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                file.turn.end()
            file.log.note_commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one read transaction: everything in the block sees the same instant.

        Raises:
            StoreGoneError: The file was deleted, moved or replaced.
            StoreError: It cannot be read; the message says why.
        """
        with self._used() as file, file.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    def fold_log(self) -> bool:
        """Write the log into the file and empty it, so that nothing of what was erased is in it.

        Returns:
            Whether it is empty; not while another program reads, and then the last to close does.
        """
        with self._writing, self._used() as file:
            return file.log.empty()

    @contextmanager
    def watch(self) -> Iterator[Callable[[], int]]:
        """Give a function whose number changes when any process has committed something.

        The function raises StoreGoneError while the file is not where it was opened.
        """

        def version() -> int:
            with self._translated(), self._opening:
                self._need(self._file.place())
                return self._file.version()

        yield version

    def check(self) -> None:
        """Make sure that the file which lies in the home is the one that is open.

        One that was put in its place is opened, if it is of the same house.

        Raises:
            StoreGoneError: The file was deleted or moved, or its log was.
            StoreReplacedError: A file of another house lies there.
            StoreError: The file that lies there cannot be used.
        """
        with self._used():
            pass

    def check_writable(self) -> None:
        """Make sure that a transaction can be begun; it is rolled back.

        Raises:
            StoreBusyError: Another process holds the lock too long.
            StoreError: The file cannot be written.
        """
        with suppress(_TriedError), self.write():
            raise _TriedError

    @property
    def opening(self) -> int:
        """How often a file was opened, from 1; what is remembered of another one is void."""
        return self._file.number

    @property
    def file_mark(self) -> str:
        """Names the house and the file that is open: one put in its place has another history."""
        inode = self._file.id[1] if self._file.id is not None else 0
        return f"{self.device_id.hex[-6:]}{inode:x}"

    def key(self, key_id: int) -> TokenKey:
        """The key tickets were sealed with; the key file is read again when another desk rotated.

        Raises:
            KeyFileLostError: It is not in the key file.
        """
        if key_id not in self.keys.token_keys:
            self.reread_keys()
        try:
            return self.keys.token_keys[key_id]
        except KeyError:
            raise KeyFileLostError(
                msg("Key {key_id} is not in the key file.", key_id=key_id),
                hint=msg("Put back the folder {home} from a backup.", home=self.home / KEYS_FOLDER),
            ) from None

    def reread_keys(self) -> None:
        """Read the key file again: another process may have rotated the keys.

        Raises:
            KeyFileError: The file is no longer there, or broken.
        """
        self.keys = Keyring.open(self.home / KEYS_FOLDER)

    def close(self) -> None:
        """Close all connections; the last one in the house folds the log into the file."""
        with self._writing, self._opening:
            self._file.close()
        self._presence.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _used(self, *, briefly: bool = False) -> Iterator[OpenFile]:
        """The open file, which nobody closes meanwhile.

        Args:
            briefly: Whether it is looked at once more before anything is committed.
        """
        with self._translated():
            with self._opening:
                if self._file.closed:
                    self._file = OpenFile(self.path, self._file.number + 1)
                elif self._file.place(briefly=briefly) is not Place.SAME:
                    self._opened_again()
                file = self._file
                self._tell(Place.SAME)
                file.users += 1
            try:
                yield file
            finally:
                with self._opening:
                    file.users -= 1

    def _need(self, place: Place) -> None:
        """Require that the file which lies in the home is the one that is open."""
        if place is not Place.SAME:
            self._tell(place)
            raise _gone(self.path, place)

    def _need_behind(self, file: OpenFile, end: LogEnd) -> None:
        """Require that what was committed stands in a log that was not cut meanwhile."""
        if not file.is_behind(end):
            self._tell(Place.CUT)
            raise _gone(self.path, Place.CUT)

    def _opened_again(self) -> None:
        """Open what lies at the path now, in the place of the file that was open.

        Raises:
            StoreGoneError: Nothing lies there, or other programs write into another log.
            StoreReplacedError: It is of another house.
            StoreBusyError: Some transactions have still to end.
        """
        former = self._file
        place = former.place()
        self._tell(place)
        if place in (Place.MISSING, Place.CUT):
            raise _gone(self.path, place)
        if former.users:
            raise StoreBusyError(
                msg("The store was replaced and is being opened again."),
                hint=msg("Nothing was written. Try again in a moment."),
            )
        there = identity(self.path)
        if self._refused is not None:
            refused, until_s, error = self._refused
            if refused == there and time.monotonic() < until_s:
                raise error
        try:
            if place is Place.OTHER:
                self._open_of_this_house()
            else:
                self._open_with_new_log()
        except StoreError as error:
            self._refused = (there, time.monotonic() + ASKED_AGAIN_S, error)
            raise
        self._refused = None
        log.warning("The store was opened again: %s", self.path)

    def _open_with_new_log(self) -> None:
        """Open the same file again, after what is in its deleted log was folded in."""
        former = self._file
        if not former.fold_in():
            raise _gone(self.path, Place.LOG)
        # All at once: in one process old and new connections would share the old log's index.
        former.close()
        self._file = OpenFile(self.path, former.number + 1)

    def _open_of_this_house(self) -> None:
        """Open a file that was put in the place of the open one, if it is of the same house."""
        former = self._file
        with ExitStack() as in_vain:
            presence = in_vain.enter_context(present(self.home))
            try:
                keys = Keyring.open(self.home / KEYS_FOLDER)
            except KeyFileError as error:
                raise StoreReplacedError(f"{error}", hint=error.hint) from error
            with folder_lock(self.home):
                former.set_logs_aside()
                opened = _opened(self.path, former.number + 1)
            in_vain.callback(opened.close)
            device_id, sold = _identified(opened)
            if device_id != self.device_id or keys.audit_key != self.keys.audit_key:
                raise StoreReplacedError(
                    msg("Another store was put in the place of {path}.", path=self.path),
                    hint=msg(
                        "Nothing was written. Put the right one back, or close eventdesk and "
                        "open it again to work with this one."
                    ),
                )
            try:
                keys.check(sold)
            except KeyFileError as error:
                raise StoreReplacedError(f"{error}", hint=error.hint) from error
            in_vain.pop_all()
        former.close()
        self._presence.close()
        self._file, self._presence, self.keys = opened, presence, keys
        self.vocabulary = Vocabulary()

    def _tell(self, place: Place) -> None:
        """Note in the log of the program when the file goes and when it is back."""
        if place is not self._told:
            self._told = place
            level = logging.INFO if place is Place.SAME else logging.ERROR
            log.log(level, "At %s lies %s.", self.path, place.value)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (StatementError, driver.Error) as error:
            refused = getattr(error, "orig", None)
            if isinstance(refused, EventDeskError):  # a value that cannot be kept
                raise refused from None
            expected = translate(error, self.path)
            if expected is None:
                raise
            raise expected from error
        except OverflowError as error:
            raise InvalidInputError(
                msg("A number or a time is too large or too small to be kept."),
                hint=msg("Nothing was written. Check the numbers and dates."),
            ) from error
        except UnicodeEncodeError as error:
            raise InvalidInputError(
                msg("This text has characters that cannot be kept."),
                hint=msg("Type it again; half of a character was lost on its way here."),
            ) from error


class _TriedError(Exception):
    """Ends a transaction that was only tried."""


def subject(connection: Connection) -> UUID | None:
    """The event a write transaction was opened about; None where it is about the whole house."""
    about: UUID | None = connection.info.get(_SUBJECT)
    return about


def _roll_back(connection: Connection) -> None:
    """End the transaction; after some errors (a full disk) SQLite has ended it already.

    One that a signal interrupted is closed by then, which ended its transaction too.
    """
    if connection.invalidated:
        connection.close()
    elif connection.connection.in_transaction:
        connection.exec_driver_sql("ROLLBACK")


def _opened(path: Path, number: int = 1) -> OpenFile:
    """Open a file, brought to the schema of this program."""
    had = found_index(path)  # before SQLite makes it longer
    bring_up_to_date(path)
    return OpenFile(path, number, had=had)


def _identified(file: OpenFile) -> tuple[UUID, dict[int, str]]:
    """Whose a file is: its device, and the keys its tickets were sold with."""
    with file.engine.connect() as connection:
        sold = connection.execute(select(TokenKeyRow.key_id, TokenKeyRow.fingerprint)).all()
        device_id = select(SettingRow.value).where(SettingRow.key == "device_id")
        return UUID(connection.execute(device_id).scalar_one()), dict(sold)


def _gone(path: Path, place: Place) -> StoreGoneError:
    if place is Place.LOG:
        return StoreGoneError(
            msg("The log of the store, {path}-wal, was deleted or replaced.", path=path),
            hint=msg(
                "Nothing was written. Close every eventdesk on this home, open one again and "
                "run `eventdesk doctor`."
            ),
        )
    if place is Place.CUT:
        return StoreCutError(
            msg("The log of the store, {path}-wal, was cut.", path=path),
            hint=msg(
                "What was written last may be lost. Close every eventdesk on this home, open one "
                "again and run `eventdesk doctor`."
            ),
        )
    if place is Place.OTHER:
        return StoreGoneError(
            msg("Another file was put in the place of {path}.", path=path),
            hint=msg("Nothing was written. It is opened by itself if it is of the same house."),
        )
    return StoreGoneError.missing(path)


def set_aside(home: Path, folder: Path) -> None:
    """Move the store of a home, with its log, into another folder. Nothing may have it open."""
    folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
        if (home / name).exists():
            (home / name).rename(folder / name)


def _there_already(home: Path) -> InvalidInputError:
    return InvalidInputError(
        msg("There is an eventdesk store in {home} already.", home=home),
        hint=msg("Open it, choose another folder with --home, or empty it: `eventdesk reset`."),
    )


def _make_keys(folder: Path) -> None:
    """Make keys unless there are some, or another process makes them just now."""
    file = folder / KEY_FILE_NAME
    if not file.exists():
        try:
            Keyring.create(folder)
        except KeyFileError:
            if not file.exists():
                raise


def _clear_traces(home: Path) -> None:
    """Take away what a store that is gone has left: its log would damage a new one."""
    traces = [home / f"{FILE_NAME}-wal", home / f"{FILE_NAME}-shm", home / KEYS_FOLDER / MARK_NAME]
    traces.append(home / KEYS_FOLDER / PROGRESS_NAME)
    if any(trace.exists() for trace in traces):
        with suppress(StoreBusyError), alone(home):
            for trace in traces if not (home / FILE_NAME).exists() else ():
                trace.unlink(missing_ok=True)


def _fill(draft: Path, device_name: str) -> None:
    """Lay out an empty store and write down which machine it is on."""
    create_empty(draft)
    migrate(draft)
    device_id = new_id()
    engine = make_engine(draft)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execute(
            insert(DeviceRow).values(id=device_id, name=device_name, created_at=utc_now())
        )
        connection.execute(insert(SettingRow).values(key="device_id", value=str(device_id)))
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


@contextmanager
def _writable(home: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise translate(error, home / FILE_NAME) or error from error
    except OSError as error:
        raise StoreReadOnlyError(
            msg("{home} cannot be written: {strerror}.", home=home, strerror=error.strerror),
            hint=msg("Choose another folder with --home, or ask who owns this one."),
        ) from error
